"""Distances and sizes of groups that a map draws otherwise are told, and what is torn away is listed."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conftest import blobs, make_map, make_space, random_pair

import embeddings_core as ec
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.store import Store
from embeddings_core.trust.centers import disorders


def clusters(places: list[list[float]], spread: list[float] | None = None, each: int = 40) -> np.ndarray:
    """Items around places, cluster by cluster."""
    rng = np.random.default_rng(0)
    spread = spread or [0.1] * len(places)
    return np.concatenate([
        np.array(place) + size * rng.normal(size=(each, len(place)))
        for place, size in zip(places, spread, strict=True)
    ])  # fmt: skip


LINE = [[0.0, 0, 0], [10.0, 0, 0], [100.0, 0, 0]]
THREE = np.repeat([0, 1, 2], 40)


def test_three_far_clusters_by_umap_are_told(store: Store) -> None:
    space = make_space(clusters(LINE))
    found = ec.center_distances(
        space, ec.project(space, "umap", store=store, metric="euclidean"), THREE, metric="euclidean"
    )
    assert found.disagrees
    assert found.warning
    straight = ec.center_distances(space, ec.project(space, "pca", store=store), THREE, "abc", metric="euclidean")
    assert not straight.disagrees
    assert (straight.warning, straight.names) == ("", ("a", "b", "c"))
    assert straight.agreement == pytest.approx(1)
    np.testing.assert_allclose(straight.drawn, straight.true, atol=0.01)


def test_distances_are_those_of_the_means() -> None:
    vectors = clusters([[0, 0, 0], [3, 4, 0], [0, 0, 12], [7, 7, 7]])
    labels = np.repeat([0, 3, -1, 5], 40)
    found = ec.center_distances(make_space(vectors), make_map(5 * vectors[:, :2]), labels, metric="euclidean")
    means = [vectors[labels == group].mean(axis=0) for group in (0, 3, 5)]
    apart = np.array([[math.dist(a, b) for b in means] for a in means])
    np.testing.assert_allclose(found.true, apart / apart[np.triu_indices(3, 1)].mean(), atol=1e-5)
    shown = np.array([[math.dist(a[:2], b[:2]) for b in means] for a in means])
    np.testing.assert_allclose(found.drawn / found.drawn[0, 1], shown / shown[0, 1], atol=1e-5)
    pairs = np.triu_indices(3, 1)
    assert np.median(found.drawn[pairs] / found.true[pairs]) == pytest.approx(1)
    assert (found.groups.tolist(), found.names) == ([0, 3, 5], ("1", "4", "6"))


def test_by_cosine_only_directions_count() -> None:
    vectors = clusters([[1, 0, 0], [0, 50, 0], [0, 0, 9]], [0.001] * 3)
    found = ec.center_distances(make_space(vectors), make_map(vectors[:, :2]), THREE)
    np.testing.assert_allclose(found.true[np.triu_indices(3, 1)], 1, atol=1e-3)


def test_an_order_that_is_turned_is_said() -> None:
    space = make_space(clusters([[0, 0], [1, 0], [5, 0]]))
    plane = make_map(clusters([[0, 0], [5, 0], [1, 0]]))
    found = ec.center_distances(space, plane, THREE, ("cats", "dogs", "cars"), metric="euclidean")
    assert found.disorders.tolist()[0] == [0, 2, 1]
    assert found.warning == "cats and cars look close, but dogs is nearer to cats."
    assert found.disagrees
    assert found.agreement < 0.6


def test_disorders_are_those_of_plain_loops() -> None:
    rng = np.random.default_rng(3)
    true, shown = (np.abs(m + m.T) for m in rng.normal(size=(2, 7, 7)))
    expected: dict[tuple[int, int], float] = {}
    for a in range(7):
        for b in range(7):
            for c in range(7):
                if len({a, b, c}) == 3:
                    plain = min(shown[a, c] / shown[a, b], true[a, b] / true[a, c])
                    if plain >= 1.25:
                        pair = (min(a, b), max(a, b))
                        expected[pair] = max(expected.get(pair, 0), plain)
    found = disorders(true, shown)
    assert [(min(a, b), max(a, b)) for a, b, _ in found.tolist()] == sorted(expected, key=expected.__getitem__)[::-1]
    assert all(shown[a, c] > shown[a, b] and true[a, c] < true[a, b] for a, b, c in found.tolist())


def test_a_pair_drawn_too_close_or_too_far_is_said() -> None:
    far = [[0, 0], [10, 0], [5, 9]]
    close = [[0, 0], [1, 0], [0.5, 9]]
    equal, squeezed = make_space(clusters(far)), make_space(clusters(close))
    near = ec.center_distances(equal, make_map(clusters(close)), THREE, "abc", metric="euclidean")
    assert near.warning == "a and b look 9 times closer than they are, compared with other groups."
    apart = ec.center_distances(squeezed, make_map(clusters(far)), THREE, "abc", metric="euclidean")
    assert apart.warning == "a and b look 9 times farther apart than they are, compared with other groups."
    assert near.stretched.tolist() == apart.stretched.tolist() == [[0, 1]]


def test_sizes_are_compared_too() -> None:
    space = make_space(clusters(LINE, [0.1, 0.5, 1.0]))
    found = ec.center_distances(space, make_map(clusters(LINE, [0.5, 0.1, 1.0])[:, :2]), THREE, metric="euclidean")
    assert found.missized.tolist() == [[0, 1]]
    assert np.argsort(found.spreads).tolist() == [0, 1, 2]
    assert np.argsort(found.drawn_spreads).tolist() == [1, 0, 2]
    assert found.spreads.mean() == pytest.approx(1)
    assert found.spreads[1] / found.spreads[0] == pytest.approx(5, rel=0.3)


def test_equal_and_single_items_are_no_trouble() -> None:
    space = make_space(np.ones((6, 3)))
    found = ec.center_distances(space, make_map(np.zeros((6, 2))), np.array([0, 0, 1, 1, 2, -1]))
    assert (found.disagrees, found.warning, found.true.any(), found.missized.size) == (False, "", False, 0)
    assert math.isnan(found.agreement)
    two = ec.center_distances(make_space(np.eye(2)), make_map(np.eye(2)), np.array([0, 1]))
    assert not two.disagrees
    assert math.isnan(two.agreement)
    apart = ec.center_distances(make_space(np.eye(3)), make_map(np.zeros((3, 2))), np.arange(3))
    assert len(apart.stretched) == 3
    assert apart.warning == "1 and 2 look far closer than they are, compared with other groups."


def test_what_cannot_be_compared_is_refused() -> None:
    space, plane = random_pair(300)
    for labels in (np.zeros(300, int), np.full(300, -1), np.arange(300)):
        with pytest.raises(InputError, match="groups cannot be compared"):
            ec.center_distances(space, plane, labels)
    with pytest.raises(InputError, match="3 labels"):
        ec.center_distances(space, plane, np.arange(3))


class TestTorn:
    @pytest.mark.parametrize("metric", ["cosine", "euclidean"])
    def test_it_is_who_is_not_on_both_lists(self, metric: ec.Metric) -> None:
        space, plane = random_pair(50)
        found = ec.torn(space, plane, [7, 3], 6, metric=metric)
        values = (space.unit if metric == "cosine" else space.vectors).astype(float)
        torn, torn_ranks, strangers, stranger_ranks = [], [], [], []
        for i in (7, 3):
            true, shown = (
                [int(j) for j in np.argsort(np.linalg.norm(side - side[i], axis=1)) if j != i]
                for side in (values, plane.coords)
            )
            torn += [[i, j] for j in true[:6] if j not in shown[:6]]
            torn_ranks += [shown.index(j) + 1 for j in true[:6] if j not in shown[:6]]
            strangers += [[i, j] for j in shown[:6] if j not in true[:6]]
            stranger_ranks += [true.index(j) + 1 for j in shown[:6] if j not in true[:6]]
        assert found.torn.tolist() == torn
        assert found.torn_ranks.tolist() == torn_ranks
        assert found.strangers.tolist() == strangers
        assert found.stranger_ranks.tolist() == stranger_ranks
        assert (found.k, min(torn_ranks + stranger_ranks) > 6) == (6, True)

    def test_it_is_what_recall_leaves(self, store: Store) -> None:
        space = make_space(blobs(90, 9)[0])
        plane = ec.project(space, "pca", store=store)
        found, measured = ec.torn(space, plane, range(90)), ec.trust(space, plane, store=store)
        lost = np.bincount(found.strangers[:, 0], minlength=90)
        np.testing.assert_allclose(1 - lost / 15, measured.point_recall, atol=1e-6)
        one = ec.torn(space, plane, 4)
        assert set(one.torn[:, 0].tolist()) <= {4}
        assert len(one.strangers) == lost[4]

    def test_a_perfect_map_has_nothing_and_none_is_asked_for(self) -> None:
        points = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
        for items in (range(20), []):
            found = ec.torn(make_space(points), make_map(points), items, metric="euclidean")
            assert (found.torn.shape, found.strangers.shape) == ((0, 2), (0, 2))
            assert (found.torn_ranks.shape, found.stranger_ranks.shape) == ((0,), (0,))

    def test_it_can_be_stopped_and_refuses(self) -> None:
        space, plane = random_pair(20)

        def stop(done: int, total: int) -> None:
            raise Cancelled

        with pytest.raises(Cancelled):
            ec.torn(space, plane, 0, progress=stop)
        for wrong in (-1, 20, [3, 21]):
            with pytest.raises(ParameterError, match="items 0 to 19"):
                ec.torn(space, plane, wrong)

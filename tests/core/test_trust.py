"""The figures of a map are scikit-learn's and those of direct definitions."""

from __future__ import annotations

import math
import sys
from importlib import import_module
from itertools import combinations

import numpy as np
import pytest
from conftest import blobs, make_map, make_space, random_pair
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.manifold import trustworthiness

import embeddings_core as ec
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.store import Store
from embeddings_core.trust import figures

FIGURES = tuple(figures.FIGURES)
CURVES = ("trustworthiness_at", "continuity_at", "recall_at")
POINTS = ("point_trust", "point_continuity", "point_recall")


def by_definition(vectors: np.ndarray, coords: np.ndarray, k: int) -> dict[str, float]:
    """Every figure that has no chance in it, item by item and pair by pair."""
    from scipy.stats import spearmanr

    n = len(vectors)
    true, shown = (
        [[math.dist(a, b) for b in side.astype(float).tolist()] for a in side.astype(float).tolist()]
        for side in (vectors, coords)
    )
    trust = continuity = kept = error_space = error_map = 0.0
    near: list[tuple[float, float]] = []
    for i in range(n):
        others = [j for j in range(n) if j != i]
        by_truth = sorted(others, key=lambda j: true[i][j])
        by_map = sorted(others, key=lambda j: shown[i][j])
        for place, j in enumerate(by_map[:k], start=1):
            rank = by_truth.index(j) + 1
            trust += max(0, rank - k)
            kept += rank <= k
            error_map += abs(rank - place) / place
        for place, j in enumerate(by_truth[:k], start=1):
            rank = by_map.index(j) + 1
            continuity += max(0, rank - k)
            error_space += abs(rank - place) / place
            near.append((true[i][j], shown[i][j]))
    worst = n * k * (2 * n - 3 * k - 1) / 2
    reverse = n * sum(abs(n - 2 * at + 1) / at for at in range(1, k + 1))
    pairs = np.array([(true[i][j], shown[i][j]) for i, j in combinations(range(n), 2)])
    scale = (pairs[:, 0] @ pairs[:, 1]) / (pairs[:, 1] @ pairs[:, 1])
    return {
        "trustworthiness": 1 - trust / worst,
        "continuity": 1 - continuity / worst,
        "knn_recall": kept / (n * k),
        "mrre_space": error_space / reverse,
        "mrre_map": error_map / reverse,
        "shepard_near": spearmanr(*np.array(near).T).statistic,
        "shepard_far": spearmanr(*pairs.T).statistic,
        "stress": math.sqrt(((pairs[:, 0] - scale * pairs[:, 1]) ** 2).sum() / (pairs[:, 0] ** 2).sum()),
    }


@pytest.mark.parametrize(("k", "seed", "metric"), [(7, 0, "cosine"), (15, 1, "euclidean"), (1, 2, "cosine")])
def test_every_figure_is_its_definition(k: int, seed: int, metric: ec.Metric, store: Store) -> None:
    space, plane = random_pair(60, seed)
    found = ec.trust(space, plane, k, metric=metric, store=store)
    vectors = space.unit if metric == "cosine" else space.vectors
    expected = by_definition(vectors, plane.coords, k)
    assert {name: getattr(found, name) for name in expected} == pytest.approx(expected, abs=1e-5)
    assert found.trustworthiness == pytest.approx(trustworthiness(vectors, plane.coords, n_neighbors=k))
    assert found.continuity == pytest.approx(trustworthiness(plane.coords, vectors, n_neighbors=k))
    assert set(FIGURES) == {*expected, "triplets"}
    assert (found.k, found.sampled, set(found.intervals)) == (k, 60, {"triplets"})


def test_the_curves_are_the_figures_at_each_k(store: Store) -> None:
    space, plane = random_pair(230)
    found = ec.trust(space, plane, 12, store=store)
    assert found.ks.tolist() == [1, 2, 5, 10, 12, 15, 20, 30, 50, 100]
    for at, k in enumerate(found.ks.tolist()):
        assert found.trustworthiness_at[at] == pytest.approx(trustworthiness(space.unit, plane.coords, n_neighbors=k))
        one = ec.trust(space, plane, k, store=store)
        for name, curve in zip(FIGURES[:3], CURVES, strict=True):
            assert getattr(found, curve)[at] == pytest.approx(getattr(one, name))


def test_points_are_what_each_item_adds_to_the_mean(store: Store) -> None:
    space, plane = random_pair(80)
    found = ec.trust(space, plane, 5, store=store)
    for name, points in zip(FIGURES[:3], POINTS, strict=True):
        assert getattr(found, points).shape == (80,)
        assert getattr(found, points).mean() == pytest.approx(getattr(found, name), abs=1e-6)
    worst = found.worst(10)
    both = found.point_trust + found.point_continuity
    assert sorted(both)[:10] == both[worst].tolist()
    assert len(found.worst()) == 80


@settings(max_examples=20)
@given(st.integers(3, 40), st.integers(1, 50), st.integers(0, 9))
def test_a_map_that_is_the_space_keeps_everything(n: int, k: int, seed: int) -> None:
    vectors = np.random.default_rng(seed).normal(size=(n, 2)).astype(np.float32)
    found = ec.trust(make_space(vectors), make_map(3 - 2 * vectors), k, metric="euclidean")
    assert found.k == min(k, (n - 1) // 2)
    assert [getattr(found, name) for name in FIGURES[:5]] == [1, 1, 1, 0, 0]
    assert found.shepard_far == pytest.approx(1, abs=1e-3)
    assert found.stress == pytest.approx(0, abs=1e-3)
    assert found.triplets == pytest.approx(1, abs=0.1)
    assert (found.near, found.together, found.far) == ("kept", "kept", "kept")


def test_triplets_are_half_by_chance_and_none_where_the_map_is_turned_inside_out(store: Store) -> None:
    space, _ = random_pair(400)
    chance = ec.trust(space, make_map(np.random.default_rng(5).normal(size=(400, 2))), store=store)
    low, high = chance.intervals["triplets"]
    assert low < 0.5 < high
    assert high - low < 0.02
    far = np.stack([np.arange(1, 9), -np.arange(1, 9)], axis=1)[None, None].astype(np.float32)
    assert figures.triplets(far) == 0
    assert figures.triplets(far * [1, 0]) == 0.5
    assert figures.triplets(far * [0, 1]) == 1
    assert math.isnan(figures.triplets(far[..., :1, :]))


def test_twins_stand_for_one_another(store: Store) -> None:
    vectors = np.repeat(np.random.default_rng(0).normal(size=(12, 8)), 5, axis=0)
    # five twins each, drawn in any order near each other
    coords = np.repeat(np.arange(12.0) ** 2, 5)[:, None] * [1, 0] + np.random.default_rng(1).normal(size=(60, 2)) * 0.01
    found = ec.trust(make_space(vectors), make_map(coords), 4, store=store)
    assert [getattr(found, name) for name in FIGURES[:5]] == [1, 1, 1, 0, 0]
    one = ec.trust(make_space(vectors), make_map(coords), 2, store=store)
    assert (one.trustworthiness, one.knn_recall) == (1, 1)


def test_one_spot_wins_nothing(store: Store) -> None:
    space, _ = random_pair(200)
    found = ec.trust(space, make_map(np.zeros((200, 2))), store=store)
    assert found.continuity == 1
    assert found.trustworthiness < 0.65
    assert found.knn_recall < 0.2
    assert (found.stress, found.triplets) == (1, 0.5)
    assert math.isnan(found.shepard_far)
    assert "all the same" in found.verdict


def test_equal_vectors_have_nothing_to_keep(store: Store) -> None:
    space = make_space(np.ones((30, 4)))
    found = ec.trust(space, ec.project(space, "pca", store=store), store=store)
    assert (found.trustworthiness, found.continuity, found.knn_recall, found.triplets) == (1, 1, 1, 1)
    assert math.isnan(found.shepard_near)
    assert "all the same" in found.verdict


def test_zeros_and_far_away_vectors_are_measured(store: Store) -> None:
    vectors = np.random.default_rng(0).normal(size=(50, 3))
    vectors[:5] = 0
    plane = make_map(vectors[:, :2])
    found = ec.trust(make_space(vectors), plane, store=store)
    assert all(np.isfinite(getattr(found, name)) for name in FIGURES)
    near, away = (ec.trust(make_space(v), plane, metric="euclidean", store=store) for v in (vectors, vectors + 1000))
    assert away.trustworthiness == pytest.approx(near.trustworthiness, abs=0.01)


def test_explained_variance_is_that_of_pca(store: Store) -> None:
    space, plane = random_pair(40)
    pca = ec.project(space, "pca", store=store)
    found = ec.trust(space, pca, store=store)
    assert found.explained_variance == pytest.approx(pca.extras["explained_variance"].sum())
    assert ec.trust(space, plane, store=store).explained_variance is None


class TestASample:
    @pytest.mark.parametrize("seed", [0, 1, 2])
    def test_the_exact_figures_lie_in_its_intervals(
        self, seed: int, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        space = make_space(blobs(1200, 12, 6)[0])
        plane = ec.project(space, "pca", store=store)
        exact = ec.trust(space, plane, store=store)
        trust_module = sys.modules["embeddings_core.trust"]
        monkeypatch.setattr(trust_module, "EXACT", 1000)
        monkeypatch.setattr(trust_module, "SAMPLE", 300)
        found = ec.trust(space, plane, seed=10 + seed, store=store)
        assert (exact.sampled, found.sampled) == (1200, 300)
        assert set(found.intervals) == set(FIGURES)
        outside = []
        for name, (low, high) in found.intervals.items():
            assert low <= getattr(found, name) <= high
            assert high - low < 0.2
            outside += [name] if not low <= getattr(exact, name) <= high else []
        assert len(outside) <= 1, outside  # one in twenty may be
        for points in POINTS:
            values = getattr(found, points)
            measured = ~np.isnan(values)
            assert measured.sum() == 300
            np.testing.assert_array_equal(values[measured], getattr(exact, points)[measured])
        assert measured[found.worst()].all()

    def test_it_does_not_depend_on_the_blocks(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        space, plane = random_pair(150)
        whole = ec.trust(space, plane, store=store)
        monkeypatch.setattr(import_module("embeddings_core.trust.ranks"), "BLOCK", 7 * 150)
        monkeypatch.setattr(import_module("embeddings_core.trust.ranks"), "_COLUMNS", 40)
        seen: list[tuple[int, int]] = []
        parts = ec.trust(space, plane, store=Store(store.home / "other"), progress=lambda *at: seen.append(at))
        assert {n: getattr(parts, n) for n in FIGURES} == pytest.approx({n: getattr(whole, n) for n in FIGURES})
        assert seen == [(done, 150) for done in range(0, 150, 7)]


def test_it_is_remembered_and_can_be_stopped(store: Store) -> None:
    space, plane = random_pair(60)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.trust(space, plane, store=store, progress=stop)
    first = ec.trust(space, plane, store=store)
    again = ec.trust(space, plane, store=store, progress=stop)
    for name in (*FIGURES, "k", "sampled", "intervals"):
        assert getattr(first, name) == getattr(again, name)
    for name in (*CURVES, *POINTS):
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    with pytest.raises(Cancelled):
        ec.trust(space, plane, 14, store=store, progress=stop)
    with pytest.raises(Cancelled):
        ec.trust(space, plane, metric="euclidean", store=store, progress=stop)


def test_what_cannot_be_measured_is_refused(store: Store) -> None:
    space, plane = random_pair(20)
    with pytest.raises(InputError, match="A map of 2 items"):
        ec.trust(make_space(np.eye(2)), make_map(np.eye(2)), store=store)
    with pytest.raises(InputError, match="20 items but a map of 19"):
        ec.trust(space, make_map(plane.coords[:19]), store=store)
    with pytest.raises(ParameterError, match="k is 0"):
        ec.trust(space, plane, 0, store=store)
    with pytest.raises(ParameterError, match="dot"):
        ec.trust(space, plane, metric="dot", store=store)
    other = ec.trust(*random_pair(30), store=store)
    with pytest.raises(InputError, match="null map has 30 items"):
        ec.trust(space, plane, null=other, store=store)

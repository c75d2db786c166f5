"""Two views of the same items: overlap by plain loops, RSA as SciPy has it, who moved, other items, samples."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from embeddings_core.compare import representations
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.space import Projection, Space
from embeddings_core.store import Store

MODULE = importlib.import_module("embeddings_core.compare")  # the package's name for it is the function
RNG = np.random.default_rng(0)
ONE, OTHER = RNG.normal(size=(80, 6)), RNG.normal(size=(80, 9))
OTHER[:, :6] += ONE


def plane(coords: np.ndarray, name: str = "a map") -> Projection:
    return Projection(name, "made", coords.shape[1], 0, {}, coords.astype(np.float32))


def nearest(vectors: np.ndarray, item: int, k: int) -> list[int]:
    """By plain loops, by cosine."""
    unit = [vector / math.sqrt(sum(vector**2)) for vector in vectors]
    others = [other for other in range(len(vectors)) if other != item]
    return sorted(others, key=lambda other: -float(unit[item] @ unit[other]))[:k]


def test_overlap_is_that_of_plain_loops(store: Store) -> None:
    found = ec.compare(make_space(ONE), make_space(OTHER), 7, store=store)
    pairs = [(set(nearest(ONE, item, 7)), set(nearest(OTHER, item, 7))) for item in range(80)]
    np.testing.assert_allclose(found.point_overlap, [len(a & b) / 7 for a, b in pairs], rtol=1e-6)
    assert found.overlap == pytest.approx(np.mean([len(a & b) / 7 for a, b in pairs]))
    assert found.jaccard == pytest.approx(np.mean([len(a & b) / len(a | b) for a, b in pairs]))
    assert found.chance == 7 / 79
    assert found.chance < found.overlap < 1
    assert found.interval == (pytest.approx(found.overlap),) * 2
    assert not found.sampled
    assert math.isnan(found.disparity)


def test_the_distances_correlate_as_scipy_says(store: Store) -> None:
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    found = ec.compare(make_space(ONE), make_space(OTHER), store=store)
    theirs = spearmanr(pdist(ONE, "cosine"), pdist(OTHER, "cosine")).statistic
    assert found.rsa == pytest.approx(theirs, abs=1e-4)
    assert found.rsa_interval == (found.rsa, found.rsa)
    assert found.pairs == 80 * 79 // 2


def test_a_space_is_like_itself_turned_and_scaled(store: Store) -> None:
    turn = np.linalg.qr(RNG.normal(size=(6, 6)))[0]
    found = ec.compare(make_space(ONE), make_space(3 * ONE @ turn), store=store)
    assert (found.overlap, found.jaccard) == (1, 1)
    assert found.cka == pytest.approx(1, abs=1e-5)
    assert found.cka_debiased == pytest.approx(1, abs=1e-5)
    assert found.rsa == pytest.approx(1, abs=1e-5)
    assert found.shift.max() < 1e-5


def test_movers_and_who_left_and_came(store: Store) -> None:
    vectors, labels = blobs(120, 12, 4)
    moved = vectors.copy()
    moved[3] = vectors[labels == 0][5] + 0.01
    found = ec.compare(make_space(vectors), make_space(moved), 5, store=store)
    assert found.movers[0] == 3
    assert sorted(found.movers) == list(range(120))
    assert (np.diff(found.point_overlap[found.movers]) >= 0).all()
    changes = found.changes(3)
    assert changes.stayed.tolist() == []
    assert changes.left.tolist() == nearest(vectors, 3, 5)
    assert changes.came.tolist() == nearest(moved, 3, 5)
    one = ec.compare(make_space(ONE), make_space(OTHER), 7, store=store)
    for item in (0, 33):
        before, after = nearest(ONE, item, 7), nearest(OTHER, item, 7)
        changes = one.changes(item)
        assert changes.stayed.tolist() == [other for other in before if other in after]
        assert changes.left.tolist() == [other for other in before if other not in after]
        assert changes.came.tolist() == [other for other in after if other not in before]
    with pytest.raises(InputError, match="item 120 were not compared"):
        found.changes(120)


def test_common_items_are_compared_and_the_rest_is_counted(store: Store) -> None:
    first = make_space(ONE[:6], make_texts(["a", "twin", "b", "twin", "c", "only here"]))
    second = make_space(OTHER[:7], make_texts(["c", "new", "twin", "a", "b", "newer", "twin"]))
    found = ec.compare(first, second, 2, store=store)
    assert found.items.tolist() == [0, 1, 2, 3, 4]
    assert found.others.tolist() == [3, 2, 4, 6, 0]
    assert found.left_out == (1, 2)
    alone = ec.compare(make_space(ONE[:5]), make_space(OTHER[[3, 2, 4, 6, 0]]), 2, store=store)
    assert found.point_overlap.tolist() == alone.point_overlap.tolist()
    assert found.cka == pytest.approx(alone.cka)
    changes = ec.compare(second, first, 2, store=store).changes(6)
    assert set(changes.left) | set(changes.came) | set(changes.stayed) <= {0, 2, 3, 4}


def test_the_same_items_in_another_order_are_the_same(store: Store) -> None:
    order = RNG.permutation(80)
    mixed = make_space(ONE[order], make_texts([f"item {i}" for i in order]))
    found = ec.compare(make_space(ONE), mixed, store=store)
    assert found.overlap == 1
    assert (order[found.others] == found.items).all()


class TestMaps:
    def test_two_maps(self, store: Store) -> None:
        coords = RNG.normal(size=(50, 2))
        turn = np.array([[0, 2], [-2, 0]])
        found = ec.compare(plane(coords, "one"), plane(coords @ turn + 9, "other"), store=store)
        assert found.overlap == 1
        assert found.disparity == pytest.approx(0, abs=1e-6)
        wild = plane(RNG.normal(size=(50, 2)), "wild")
        different = ec.compare(plane(coords, "one"), wild, store=store)
        assert different.disparity == pytest.approx(ec.align(coords, wild.coords)[1], abs=1e-6)
        assert math.isnan(ec.compare(wild, plane(RNG.normal(size=(50, 3)), "solid"), store=store).disparity)

    def test_a_map_and_its_space(self, store: Store) -> None:
        space = make_space(blobs(90, 8)[0])
        drawn = ec.project(space, "pca", store=store)
        found = ec.compare(space, drawn, 5, store=store)
        near = np.argsort(((drawn.coords[:, None] - drawn.coords) ** 2).sum(axis=2), axis=1)[:, 1:6]
        expected = [len(set(nearest(space.vectors, i, 5)) & set(near[i].tolist())) / 5 for i in range(90)]
        np.testing.assert_allclose(found.point_overlap, expected, rtol=1e-6)

    def test_a_map_of_other_items(self, store: Store) -> None:
        with pytest.raises(InputError, match="map of other items: 80 and 5"):
            ec.compare(make_space(ONE), plane(np.eye(5)), store=store)


def test_of_very_many_a_sample_is_compared_with_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (make_space(v) for v in (blobs(900, 10)[0], blobs(900, 10)[0] + RNG.normal(size=(900, 10)) * 0.3))
    whole = ec.compare(first, second, store=store)
    monkeypatch.setattr(MODULE, "MOST", 800)
    monkeypatch.setattr(MODULE, "SAMPLE", 300)
    monkeypatch.setattr(representations, "PAIRS", 4_000)
    fresh = Store(store.home / "fresh")
    part = ec.compare(first, second, store=fresh)
    assert part.sampled
    assert len(part.measured) == 300 == len(part.movers)
    known = ~np.isnan(part.point_overlap)
    assert np.flatnonzero(known).tolist() == part.measured.tolist()
    assert part.point_overlap[known].tolist() == whole.point_overlap[known].tolist()
    assert part.cka == whole.cka
    again = ec.compare(first, second, seed=1, store=fresh)
    assert again.measured.tolist() != part.measured.tolist()
    assert again.interval[0] < whole.overlap < again.interval[1]
    assert again.rsa_interval[0] < whole.rsa < again.rsa_interval[1]


def test_it_is_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_space(ONE), make_space(OTHER)
    found = ec.compare(first, second, store=store)
    monkeypatch.delattr(MODULE, "_compared")
    again = ec.compare(first, second, store=store)
    assert (again.rsa, again.cka, again.interval) == (found.rsa, found.cka, found.interval)
    assert again.movers.tolist() == found.movers.tolist()


def test_it_tells_how_far_it_is_and_can_be_stopped(store: Store) -> None:
    seen: list[float] = []
    ec.compare(make_space(ONE), make_space(OTHER), store=store, progress=lambda done, of: seen.append(done / of))
    assert seen == sorted(seen)
    assert 0.8 <= seen[-1] <= 1

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.compare(make_space(OTHER), make_space(ONE), store=store, progress=stop)


@pytest.mark.parametrize("k", [0, -1, 80, 1_000])
def test_a_k_that_is_not_there_is_told(k: int, store: Store) -> None:
    with pytest.raises(ParameterError, match=f"k is {k:}, but each item has 79 others") as caught:
        ec.compare(make_space(ONE), make_space(OTHER), k, store=store)
    assert "from 1 to 79" in caught.value.hint


def test_what_has_no_neighborhoods_is_told(store: Store) -> None:
    space = make_space(ONE)
    for constant in (np.ones((80, 3)), np.outer(np.arange(1, 81), [1, 2])):
        with pytest.raises(InputError, match="same direction"):
            ec.compare(space, make_space(constant), store=store)
    with pytest.raises(InputError, match="places are one"):
        ec.compare(space, plane(np.ones((80, 2))), store=store)
    with pytest.raises(InputError, match="No item is in all of 'test', 'test'"):
        ec.compare(space, make_space(ONE, make_texts([f"other {i}" for i in range(80)])), store=store)


def test_one_item_alone_is_told(store: Store) -> None:
    with pytest.raises(InputError, match="One item"):
        ec.compare(make_space(ONE[:1]), make_space(OTHER[:1]), 1, store=store)


def test_two_items_have_one_neighbor(store: Store) -> None:
    found = ec.compare(make_space(ONE[:2]), make_space(OTHER[:2]), 1, store=store)
    assert found.overlap == 1 == found.chance
    assert math.isnan(found.cka_debiased)
    assert math.isnan(found.rsa)


def test_real_encoders_agree_more_than_chance(store: Store) -> None:
    ec.seed(store)
    data = ec.sample("everyday")
    spaces: list[Space] = [ec.encode(data, name, store=store) for name in ("minilm", "tfidf", "random")]
    words = ec.compare(spaces[0], spaces[1], store=store)
    nothing = ec.compare(spaces[0], spaces[2], store=store)
    assert words.overlap > 3 * nothing.overlap
    assert nothing.overlap == pytest.approx(nothing.chance, abs=0.02)
    assert words.rsa > nothing.rsa + 0.05
    assert abs(nothing.cka_debiased) < 0.05 < words.cka_debiased

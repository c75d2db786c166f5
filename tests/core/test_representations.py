"""CKA is what its definition says, and changes only with what it should; nothing is alike by chance."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings_core.compare.representations import cka, pair_distances, pairs_of, rank_correlation, rank_interval
from embeddings_core.errors import Cancelled

SEEDS = st.integers(0, 2**32 - 1)
SIZES = st.integers(5, 40)
DIMENSIONS = st.integers(1, 12)


def two(seed: int, n: int, c: int, d: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of the same items that share something."""
    rng = np.random.default_rng(seed)
    one, other = rng.normal(size=(n, c)), rng.normal(size=(n, d))
    other[:, 0] += one[:, 0]
    return one.astype(np.float32), other.astype(np.float32)


def hsic(one: np.ndarray, other: np.ndarray) -> float:
    """From the n x n matrices."""
    center = np.eye(len(one)) - 1 / len(one)
    return float(np.trace(one @ one.T @ center @ other @ other.T @ center))


def unbiased_hsic(one: np.ndarray, other: np.ndarray) -> float:
    """Song et al. 2012, equation 5, from the n x n matrices."""
    n = len(one)
    k, l = (a.astype(np.float64) @ a.T for a in (one, other))  # noqa: E741
    np.fill_diagonal(k, 0)
    np.fill_diagonal(l, 0)
    total = np.trace(k @ l) + k.sum() * l.sum() / ((n - 1) * (n - 2)) - 2 / (n - 2) * (k @ l).sum()
    return float(total / (n * (n - 3)))


@given(seed=SEEDS, n=SIZES, c=DIMENSIONS, d=DIMENSIONS)
def test_it_is_its_definition(seed: int, n: int, c: int, d: int) -> None:
    one, other = two(seed, n, c, d)
    found = cka(one, other)
    assert found.value == pytest.approx(hsic(one, other) / math.sqrt(hsic(one, one) * hsic(other, other)), abs=1e-4)
    both, first, second = unbiased_hsic(one, other), unbiased_hsic(one, one), unbiased_hsic(other, other)
    if min(first, second) > 1e-2:
        assert found.debiased == pytest.approx(both / math.sqrt(first * second), abs=1e-2)


@given(seed=SEEDS, n=SIZES, c=DIMENSIONS, d=DIMENSIONS, scale=st.floats(1e-6, 1e6))
def test_turning_mirroring_scaling_and_moving_change_nothing(
    seed: int, n: int, c: int, d: int, scale: float
) -> None:  # fmt: skip
    one, other = two(seed, n, c, d)
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(d, d)))[0]
    turned = (scale * (other @ turn + rng.normal(size=d))).astype(np.float32)
    before, after = cka(one, other), cka(one, turned)
    assert after.value == pytest.approx(before.value, abs=1e-4)
    assert cka(turned, one).value == pytest.approx(after.value, abs=1e-6)
    assert cka(other, turned).value == pytest.approx(1, abs=1e-4)
    assert -1e-6 <= before.value <= 1 + 1e-6


def test_another_linear_map_changes_it() -> None:
    one = two(0, 60, 5, 5)[0]
    assert cka(one, one * np.array([100, 1, 1, 1, 1], dtype=np.float32)).value < 0.7


def test_a_space_is_like_itself_and_not_like_chance() -> None:
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 5_000, 20)).astype(np.float32)
    assert cka(one, one).value == pytest.approx(1)
    assert cka(one, one).debiased == pytest.approx(1)
    assert cka(one, other).value < 0.01
    few = cka(one[:30], other[:30])
    assert few.value > 0.2  # what few items in many dimensions seem to share
    assert abs(few.debiased) < 0.15


def test_blocks_make_no_difference_and_it_can_be_stopped() -> None:
    one, other = two(0, 9_000, 7, 5)
    seen: list[tuple[int, int]] = []
    found = cka(one, other, lambda *so_far: seen.append(so_far))
    assert seen == [(0, 9_000), (4_096, 9_000), (8_192, 9_000)]
    a, b = (v.astype(np.float64) - v.mean(axis=0, dtype=np.float64) for v in (one, other))
    direct = ((a.T @ b) ** 2).sum() / math.sqrt(((a.T @ a) ** 2).sum() * ((b.T @ b) ** 2).sum())
    assert found.value == pytest.approx(direct, rel=1e-5)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        cka(one, other, stop)


@pytest.mark.parametrize("n", [1, 3, 50])
def test_what_does_not_vary_is_like_nothing(n: int) -> None:
    found = cka(np.full((n, 4), 0.1, dtype=np.float32), np.arange(n * 2, dtype=np.float32).reshape(n, 2))
    assert math.isnan(found.value)
    assert math.isnan(found.debiased)


@given(n=st.integers(2, 40))
def test_all_pairs_of_few_items(n: int) -> None:
    one, other = pairs_of(n)
    assert len({frozenset(pair) for pair in zip(one.tolist(), other.tolist(), strict=True)}) == n * (n - 1) // 2
    assert (one != other).all()


def test_a_fair_sample_of_the_pairs_of_many() -> None:
    one, other = pairs_of(2_000)
    assert len(one) == len(other) == 500_000
    assert (one != other).all()
    counts = np.bincount(np.concatenate([one, other]), minlength=2_000)
    assert 380 < counts.min() < counts.max() < 630
    assert (pairs_of(2_000)[1] == other).all()
    assert (pairs_of(2_000, seed=1)[1] != other).any()


def test_distances_and_their_ranks_are_scipys() -> None:
    from scipy.spatial.distance import pdist
    from scipy.stats import spearmanr

    points = np.random.default_rng(0).normal(size=(120, 5)).astype(np.float32)
    found = pair_distances(points, pairs_of(120))
    np.testing.assert_allclose(found, pdist(points), rtol=1e-5)
    tied = np.round(found)
    assert rank_correlation(found, tied) == pytest.approx(spearmanr(found, tied).statistic)
    assert math.isnan(rank_correlation(found, np.ones_like(found)))


@pytest.mark.parametrize("kind", ["normal", "lumps", "mixed"])
def test_the_interval_holds_what_it_should(kind: str) -> None:
    rng = np.random.default_rng(0)

    def drawn(p: int) -> tuple[np.ndarray, np.ndarray]:
        one, noise = rng.normal(size=(2, p))
        if kind == "lumps":
            one += 30 * rng.integers(2, size=p)
        return one, np.where(rng.random(p) < 0.5, one, noise) if kind == "mixed" else one + noise

    true = rank_correlation(*drawn(1_000_000))
    inside = 0
    for _ in range(200):
        low, high = rank_interval(*drawn(400))
        inside += low < true < high
    assert 180 <= inside <= 199

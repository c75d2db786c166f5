"""Maps are laid over each other as SciPy does it, in the coordinates of the one that stays."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.errors import InputError

SEEDS = st.integers(0, 2**32 - 1)


def turned(points: np.ndarray, seed: int) -> np.ndarray:
    """The same shape elsewhere: rotated, mirrored or not, scaled, moved."""
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.normal(size=(points.shape[1],) * 2))[0]
    return rng.uniform(0.01, 100) * points @ turn + rng.normal(size=points.shape[1]) * 10


@given(seed=SEEDS, n=st.integers(4, 60), d=st.integers(1, 4))
def test_it_is_scipys(seed: int, n: int, d: int) -> None:
    from scipy.spatial import procrustes

    rng = np.random.default_rng(seed)
    points, onto = rng.normal(size=(n, d)), rng.normal(size=(n, d)) * 3 + 5
    theirs_onto, theirs, disparity = procrustes(onto, points)
    aligned, ours = ec.align(points, onto)
    assert ours == pytest.approx(disparity, abs=1e-9)
    scale = np.linalg.norm(onto - onto.mean(axis=0))
    np.testing.assert_allclose(aligned, theirs * scale + onto.mean(axis=0), atol=1e-4 * scale)
    np.testing.assert_allclose(theirs_onto * scale + onto.mean(axis=0), onto, atol=1e-9)


@given(seed=SEEDS, n=st.integers(2, 60), d=st.integers(1, 4))
def test_the_same_shape_comes_home(seed: int, n: int, d: int) -> None:
    onto = np.random.default_rng(seed).normal(size=(n, d))
    aligned, disparity = ec.align(turned(onto, seed), onto)
    assert disparity == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(aligned, onto, atol=1e-4)
    assert aligned.dtype == np.float32


@given(seed=SEEDS)
def test_what_was_moved_before_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points, onto = rng.normal(size=(2, 30, 2))
    aligned, disparity = ec.align(points, onto)
    again, same = ec.align(turned(points, seed), onto)
    np.testing.assert_allclose(again, aligned, atol=1e-4)
    assert same == pytest.approx(disparity) == pytest.approx(ec.align(onto, points)[1])


def test_the_disparity_is_what_is_not_met() -> None:
    points, onto = np.random.default_rng(0).normal(size=(2, 40, 3))
    aligned, disparity = ec.align(points, onto)
    spread = ((onto - onto.mean(axis=0)) ** 2).sum()
    assert ((aligned - onto) ** 2).sum() / spread == pytest.approx(disparity, rel=1e-5)
    assert 0 < disparity < 1


def test_a_single_place_has_no_shape() -> None:
    place, onto = np.full((5, 2), 0.1, dtype=np.float32), np.random.default_rng(0).normal(size=(5, 2))
    aligned, disparity = ec.align(place, onto)
    assert disparity == 1
    np.testing.assert_allclose(aligned, np.tile(onto.mean(axis=0), (5, 1)), rtol=1e-5)
    assert ec.align(onto, place)[1] == 1
    np.testing.assert_allclose(ec.align(onto, place)[0], place, rtol=1e-6)


@pytest.mark.parametrize("shapes", [((4, 2), (5, 2)), ((4, 2), (4, 3)), ((0, 2), (0, 2)), ((4,), (4,))])
def test_other_items_cannot_be_laid_over(shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> None:
    with pytest.raises(InputError, match="cannot be laid over") as caught:
        ec.align(*map(np.zeros, shapes))
    assert caught.value.hint

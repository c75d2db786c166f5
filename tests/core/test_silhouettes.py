"""Silhouettes are scikit-learn's."""

from __future__ import annotations

import math

import numpy as np
import pytest
from conftest import blobs
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings_core.groups import silhouettes as core
from embeddings_core.groups.silhouettes import silhouettes


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), min_size=3, max_size=40), st.integers(0, 5))
def test_they_are_scikit_learns(given: list[int], seed: int) -> None:
    from sklearn.metrics import silhouette_samples

    labels = np.unique(given, return_inverse=True)[1].astype(np.int64)
    points = np.random.default_rng(seed).normal(size=(len(labels), 3)).astype(np.float32)
    found = silhouettes(points, labels, int(labels.max()) + 1)
    if 2 <= len(set(given)) < len(given):
        theirs = silhouette_samples(points.astype(np.float64), labels)
        np.testing.assert_allclose(found.values, theirs, atol=1e-6)
        assert found.mean == pytest.approx(theirs.mean(), abs=1e-6)
        assert found.each == pytest.approx([theirs[labels == g].mean() for g in range(labels.max() + 1)], abs=1e-6)
    else:
        assert math.isnan(found.mean)
        assert all(map(math.isnan, found.each))
        assert found.sampled == 0


def test_noise_is_left_out() -> None:
    points, labels = blobs(60, 5, 3)
    noisy = labels.copy()
    noisy[::7] = -1
    found = silhouettes(points, noisy, 3)
    inside = noisy >= 0
    assert found.items.tolist() == np.flatnonzero(inside).tolist()
    np.testing.assert_array_equal(found.values, silhouettes(points[inside], labels[inside], 3).values)


def test_twins_have_distance_zero() -> None:
    points = np.repeat(np.array([[1e3, 1], [1e3, 2]], np.float32), 4, axis=0)
    assert silhouettes(points, np.repeat([0, 1], 4), 2).values.tolist() == [1] * 8
    assert silhouettes(points[:4], np.array([0, 0, 1, 1]), 2).values.tolist() == [0] * 4


def test_of_many_items_a_sample_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core, "SAMPLE", 100)
    points, labels = blobs(600, 10, 3)
    found = silhouettes(points, labels, 3)
    assert found.sampled == len(set(found.items.tolist())) == 100
    assert found.mean > 0.5
    lonely = np.where(np.arange(600) == 599, 3, labels)
    assert math.isnan(silhouettes(points, lonely, 4).each[3]) == (599 not in found.items)

"""DBSCAN: scikit-learn's groups, and a distance of its own."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_space

import embeddings_core as ec
from embeddings_core.clusterings import by_size
from embeddings_core.plugins import plugins
from embeddings_core.store import Store


@pytest.mark.parametrize("eps", [0.2, 0.35, 0.5, 3.0])
@pytest.mark.parametrize("least", [1, 4, 12])
def test_dbscan_is_scikit_learns(eps: float, least: int, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.cluster import DBSCAN

    monkeypatch.setattr(plugins("clusterings")["dbscan"], "_PAIRS", 50_000)  # several blocks
    vectors = np.vstack([np.random.default_rng(2).normal(size=(400, 4)), np.ones((9, 4))])
    groups = ec.cluster(make_space(vectors), "dbscan", store=store, eps=eps, min_samples=least)
    theirs = DBSCAN(eps=eps, min_samples=least).fit_predict(make_space(vectors).unit.astype(np.float64))
    np.testing.assert_array_equal(groups.labels, by_size(theirs.astype(np.int64)))


def test_dbscan_finds_its_distance_at_the_elbow(store: Store) -> None:
    from sklearn.neighbors import NearestNeighbors

    dbscan = plugins("clusterings")["dbscan"]
    values = np.random.default_rng(2).normal(size=(300, 4)).astype(np.float32)
    theirs = np.sort(NearestNeighbors(n_neighbors=5).fit(values).kneighbors(values)[0][:, -1])
    np.testing.assert_allclose(dbscan.curve(values, 5), theirs, atol=1e-5)
    # flat, then steep: the last of the flat part
    assert dbscan.elbow(np.concatenate([np.linspace(1, 1.1, 90), np.linspace(2, 9, 10)])) == pytest.approx(1.1)
    assert dbscan.elbow(np.ones(4)) == 1
    assert dbscan.elbow(np.zeros(4)) == 0
    groups = ec.cluster(make_space(blobs(200, 10, 4)[0]), "dbscan", store=store)
    assert len(groups.names) >= 4
    assert "elbow" in groups.note


def test_copies_do_not_draw_the_elbow_to_zero(store: Store) -> None:
    vectors, truth = blobs(200, 10, 4)
    vectors[truth == 0] = np.repeat(vectors[truth == 0][::5], 5, axis=0)  # ten items, five times each
    groups = ec.cluster(make_space(vectors), "dbscan", store=store)
    assert len(groups.names) >= 4
    assert groups.noise < 50

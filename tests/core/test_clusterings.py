"""What every clustering keeps to, and that the figures are scikit-learn's."""

from __future__ import annotations

import math
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from embeddings_core.clusterings import EXAMPLES, by_size, silhouette
from embeddings_core.errors import Cancelled, ParameterError
from embeddings_core.plugins import plugins
from embeddings_core.store import Store

METHODS = [spec.id for spec in ec.clusterings() if not spec.reads]
ODD = {
    "one": np.ones((1, 4)),
    "two": np.eye(2, 4),
    "three": np.eye(3, 4),
    "all alike": np.ones((20, 6)),
    "two places": np.repeat(np.eye(2), 8, axis=0),
    "a zero vector": np.vstack([np.zeros(12), np.random.default_rng(0).normal(size=(30, 12))]),
}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("odd", ODD)
def test_any_data_gets_groups(method: str, odd: str, store: Store) -> None:
    space = make_space(ODD[odd])
    groups = ec.cluster(space, method, store=store)
    count = len(groups.names)
    assert groups.labels.shape == (len(space),)
    assert set(groups.labels.tolist()) - {-1} == set(range(count))
    assert groups.sizes == tuple(int((groups.labels == g).sum()) for g in range(count))
    assert list(groups.sizes) == sorted(groups.sizes, reverse=True)
    assert sum(groups.sizes) + groups.noise == len(space)
    assert len(set(groups.names)) == count
    assert groups.examples.shape == (count, EXAMPLES)
    for group, items in enumerate(groups.examples):
        assert (groups.labels[items[items >= 0]] == group).all()


@pytest.mark.parametrize("method", METHODS)
def test_plain_groups_are_found(method: str, store: Store) -> None:
    from sklearn.metrics import adjusted_rand_score

    vectors, truth = blobs(300, 20, 5)
    settings = {"clusters": 5} if method == "kmeans" else {"selection": "eom"}
    groups = ec.cluster(make_space(vectors), method, store=store, **settings)
    assert adjusted_rand_score(truth, groups.labels) == 1
    assert groups.silhouette > 0.5


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_computed_once_and_the_same(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space(blobs(100, 8)[0])
    first = ec.cluster(space, method, store=Store(tmp_path / "a"))
    other = ec.cluster(space, method, store=Store(tmp_path / "b"))
    monkeypatch.setattr(plugins("clusterings")[method], "fit", None)
    again = ec.cluster(space, method, store=Store(tmp_path / "a"))
    for groups in (other, again):
        assert groups.labels.tobytes() == first.labels.tobytes()
        assert (groups.names, groups.sizes, groups.silhouettes) == (first.names, first.sizes, first.silhouettes)
        assert groups.examples.tolist() == first.examples.tolist()


@pytest.mark.parametrize("method", METHODS)
def test_settings_are_checked(method: str, store: Store) -> None:
    space = make_space(blobs(30, 4)[0])
    with pytest.raises(ParameterError, match="no setting"):
        ec.cluster(space, method, store=store, nonsense=1)
    for param in plugins("clusterings")[method].SPEC.params:
        assert param.help
        if param.low is not None:
            with pytest.raises(ParameterError, match=param.label):
                ec.cluster(space, method, store=store, **{param.name: param.low - 1})


@pytest.mark.parametrize("method", METHODS)
def test_finding_groups_can_be_cancelled(method: str, store: Store) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.cluster(make_space(blobs(30, 4)[0]), method, store=store, progress=stop)


@pytest.mark.parametrize("starts", [1, 4])
def test_kmeans_is_scikit_learns(starts: int, store: Store) -> None:
    from sklearn.cluster import KMeans
    from sklearn.metrics import silhouette_samples, silhouette_score

    vectors = np.random.default_rng(0).normal(size=(400, 16))
    space = make_space(vectors)
    groups = ec.cluster(space, "kmeans", seed=3, store=store, clusters=6, starts=starts)
    theirs = KMeans(6, n_init=starts, random_state=3).fit(space.unit).labels_
    np.testing.assert_array_equal(groups.labels, by_size(theirs.astype(np.int64)))
    assert groups.silhouette == pytest.approx(silhouette_score(space.unit, theirs), abs=1e-6)
    each = silhouette_samples(space.unit, groups.labels)
    assert groups.silhouettes == pytest.approx([each[groups.labels == g].mean() for g in range(6)], abs=1e-6)


def test_kmeans_never_makes_more_groups_than_there_are_places(store: Store) -> None:
    groups = ec.cluster(make_space(np.repeat(np.eye(3), 5, axis=0)), "kmeans", store=store, clusters=10)
    assert groups.sizes == (5, 5, 5)


def test_hdbscan_calls_what_lies_between_noise(store: Store) -> None:
    # six items, each in a direction of its own
    vectors = np.block([[blobs(200, 20, 4)[0], np.zeros((200, 6))], [np.zeros((6, 20)), np.eye(6)]])
    groups = ec.cluster(make_space(vectors), "hdbscan", store=store, selection="eom")
    assert len(groups.names) == 4
    assert (groups.labels[-6:] == -1).all()


def test_examples_are_the_items_nearest_the_center(store: Store) -> None:
    space = make_space(blobs(120, 10, 3)[0])
    groups = ec.cluster(space, "kmeans", store=store, clusters=3)
    members = np.flatnonzero(groups.labels == 0)
    away = np.linalg.norm(space.unit[members] - space.unit[members].mean(axis=0), axis=1)
    assert groups.examples[0].tolist() == members[np.argsort(away, kind="stable")[:EXAMPLES]].tolist()


def test_a_silhouette_of_one_group_is_not_a_number() -> None:
    overall, each, sampled = silhouette(make_space(np.eye(4)), np.zeros(4, dtype=np.int64), 1)
    assert math.isnan(overall)
    assert math.isnan(each[0])
    assert sampled == 0


def test_a_large_silhouette_is_sampled_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("embeddings_core.clusterings"), "SILHOUETTE_SAMPLE", 100)
    vectors, truth = blobs(600, 10, 3)
    overall, each, sampled = silhouette(make_space(vectors), truth, 3)
    assert sampled == 100
    assert overall > 0.5
    assert len(each) == 3


def test_groups_of_texts_are_named_by_their_words(store: Store) -> None:
    texts = [f"the {word} and the {word} again {i}" for word in ("river", "engine") for i in range(10)]
    vectors = np.repeat(np.eye(2), 10, axis=0) + np.random.default_rng(0).normal(scale=0.01, size=(20, 2))
    groups = ec.cluster(make_space(vectors, make_texts(texts)), "kmeans", store=store, clusters=2)
    assert sorted(groups.names) == ["engine", "river"]

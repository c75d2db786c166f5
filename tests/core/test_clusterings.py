"""What every clustering keeps to, and that the figures are scikit-learn's."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from embeddings_core.clusterings import EXAMPLES, by_size
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.plugins import plugins
from embeddings_core.points import Points
from embeddings_core.space import Projection
from embeddings_core.store import Store

METHODS = [spec.id for spec in ec.clusterings() if not spec.reads]
PLAIN = {"hdbscan": {"selection": "eom"}, "dbscan": {"eps": 0.4}}
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
    groups = ec.cluster(make_space(vectors), method, store=store, **PLAIN.get(method, {"clusters": 5}))
    assert adjusted_rand_score(truth, groups.labels) == 1
    assert groups.silhouette > 0.5


@pytest.mark.parametrize("method", METHODS)
def test_groups_are_computed_once_and_the_same(method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space(blobs(100, 8)[0])
    first = ec.cluster(space, method, store=Store(tmp_path / "a"))
    other = ec.cluster(space, method, store=Store(tmp_path / "b"))
    monkeypatch.delattr(plugins("clusterings")[method], "fit")
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
    theirs = KMeans(6, n_init=starts, random_state=3).fit(space.unit.astype(np.float64)).labels_
    np.testing.assert_array_equal(groups.labels, by_size(theirs.astype(np.int64)))
    assert groups.silhouette == pytest.approx(silhouette_score(space.unit, theirs), abs=1e-6)
    each = silhouette_samples(space.unit, groups.labels)
    assert groups.silhouettes == pytest.approx([each[groups.labels == g].mean() for g in range(6)], abs=1e-6)


def test_kmeans_never_makes_more_groups_than_there_are_places(store: Store) -> None:
    assert "too few items differ" in ec.cluster(make_space(ODD["two places"]), store=store, clusters=5).note
    assert "differ" not in ec.cluster(make_space(ODD["two places"]), store=store, clusters=2).note
    groups = ec.cluster(make_space(np.repeat(np.eye(3), 5, axis=0)), "kmeans", store=store, clusters=10)
    assert groups.sizes == (5, 5, 5)


@pytest.mark.parametrize("method", ["kmeans", "minibatch", "agglomerative", "mixture"])
def test_two_items_are_two_groups_where_two_are_asked_for(method: str, store: Store) -> None:
    assert ec.cluster(make_space(np.eye(2, 4)), method, store=store, clusters=2).labels.tolist() == [0, 1]
    assert ec.cluster(make_space(np.ones((2, 4))), method, store=store, clusters=2).labels.tolist() == [0, 0]


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


def test_groups_of_texts_are_named_by_their_words(store: Store) -> None:
    texts = [f"the {word} and the {word} again {i}" for word in ("river", "engine") for i in range(10)]
    vectors = np.repeat(np.eye(2), 10, axis=0) + np.random.default_rng(0).normal(scale=0.01, size=(20, 2))
    groups = ec.cluster(make_space(vectors, make_texts(texts)), "kmeans", store=store, clusters=2)
    assert sorted(groups.names) == ["engine", "river"]


def test_agglomerative_is_scikit_learns(store: Store) -> None:
    from sklearn.cluster import AgglomerativeClustering

    space = make_space(np.random.default_rng(1).normal(size=(700, 9)))
    for linkage in ("ward", "average", "complete"):
        groups = ec.cluster(space, "agglomerative", store=store, clusters=7, linkage=linkage)
        theirs = AgglomerativeClustering(7, linkage=linkage).fit_predict(space.unit.astype(np.float64))
        np.testing.assert_array_equal(groups.labels, by_size(theirs.astype(np.int64)))
        assert groups.approximate == ""


@pytest.mark.parametrize(("shape", "covariance"), [("diagonal", "diag"), ("full", "full")])
def test_the_mixture_is_scikit_learns(shape: str, covariance: str, store: Store) -> None:
    from sklearn.mixture import GaussianMixture

    space = make_space(blobs(400, 6, 3)[0] + np.random.default_rng(0).normal(size=(400, 6)) * 2)
    groups = ec.cluster(space, "mixture", store=store, seed=2, clusters=3, shape=shape)
    values = Points(space, "pca50").values.astype(np.float64)
    model = GaussianMixture(3, covariance_type=covariance, reg_covar=1e-4 * values.var(axis=0).mean(), random_state=2)
    theirs = model.set_params(max_iter=200).fit(values)
    np.testing.assert_array_equal(groups.labels, by_size(theirs.predict(values).astype(np.int64)))
    settings = {"clusters": 3, "shape": shape}
    ours = plugins("clusterings")["mixture"].criterion(values.astype(np.float32), 2, settings, None)
    assert ours == pytest.approx(theirs.bic(values), rel=1e-4)


def test_minibatches_come_close_to_kmeans(store: Store) -> None:
    from sklearn.metrics import adjusted_rand_score

    space = make_space(blobs(9_000, 12, 8)[0])
    groups = ec.cluster(space, "minibatch", store=store, clusters=8)
    assert adjusted_rand_score(ec.cluster(space, "kmeans", store=store, clusters=8).labels, groups.labels) > 0.85


@pytest.mark.parametrize("method", ["agglomerative", "hdbscan", "dbscan", "kmeans"])
def test_a_sample_stands_for_many_items(method: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from sklearn.metrics import adjusted_rand_score

    plugin = plugins("clusterings")[method]
    for limit, value in {"MOST": 200, "WORK": 200**2 * 36, "TRIED": 200}.items():
        if hasattr(plugin, limit):
            monkeypatch.setattr(plugin, limit, value)
    vectors, truth = blobs(1_000, 20, 5)
    groups = ec.cluster(make_space(vectors), method, store=store, **PLAIN.get(method, {"clusters": 5}))
    assert adjusted_rand_score(truth, groups.labels) == 1
    # the starts of KMeans are tried on a sample, but it goes on with all items
    assert groups.approximate.startswith("" if method == "kmeans" else "A fair sample of 200 items was grouped")
    assert (groups.approximate == "") == (method == "kmeans")


class TestPoints:
    def test_vectors_are_compared_by_direction_or_as_they_are(self, store: Store) -> None:
        vectors = np.array([[1, 0.01], [9, 0], [1, 0], [10, 0.1], [0.9, 0], [9.5, 0]])
        near = ec.cluster(make_space(vectors), "kmeans", store=store, metric="euclidean", clusters=2)
        assert near.labels.tolist() == [0, 1, 0, 1, 0, 1]
        same = ec.cluster(make_space(vectors), "kmeans", store=store, clusters=2)
        assert same.labels.tolist() == [1, 0, 0, 1, 0, 0]
        assert (near.metric, same.metric, near.on, near.note) == ("euclidean", "cosine", "vectors", "")

    def test_principal_axes_are_scikit_learns(self) -> None:
        from sklearn.decomposition import PCA

        space = make_space(np.random.default_rng(0).normal(size=(200, 80)))
        ours = Points(space, "pca50").values
        theirs = PCA(50).fit_transform(space.unit)
        assert ours.shape == (200, 50)
        np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-4)
        assert "first 50 principal axes" in Points(space, "pca50").note

    def test_groups_of_the_map_are_those_that_one_sees(self, store: Store) -> None:
        space = make_space(np.eye(6))
        plane = ec.project(space, "pca", store=store)
        drawn = Projection("drawn", "pca", 2, 0, {}, np.repeat(np.eye(2, dtype=np.float32), 3, axis=0))
        groups = ec.cluster(space, "kmeans", on="map", plane=drawn, store=store, clusters=2)
        assert groups.labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert "the map as it is drawn" in groups.note
        other = ec.cluster(space, "kmeans", on="map", plane=plane, store=store, clusters=2)
        assert other.fingerprint != groups.fingerprint
        assert groups.silhouette == pytest.approx(0, abs=1e-6)  # measured on the vectors, all equally far apart

    def test_what_cannot_be_is_refused(self, store: Store) -> None:
        space = make_space(blobs(30, 4)[0])
        with pytest.raises(ParameterError, match="need a map"):
            ec.cluster(space, on="map", store=store)
        plane = Projection("drawn", "pca", 2, 0, {}, np.zeros((6, 2), np.float32))
        with pytest.raises(InputError, match="map of 6"):
            ec.cluster(space, on="map", plane=plane, store=store)
        with pytest.raises(ParameterError, match="dot"):
            ec.cluster(space, metric="dot", store=store)
        with pytest.raises(ParameterError, match="'elsewhere'"):
            ec.cluster(space, on="elsewhere", store=store)
        with pytest.raises(ParameterError, match="does not look for groups in 'vectors'"):
            ec.cluster(space, "mixture", on="vectors", store=store)


class TestCount:
    @pytest.mark.parametrize("method", ["kmeans", "minibatch", "agglomerative", "mixture"])
    def test_the_number_of_plain_groups_is_found(self, method: str, store: Store) -> None:
        space = make_space(blobs(400, 20, 6)[0])
        curve = ec.choose_count(space, method, range(2, 11), store=store)
        assert (curve.chosen, curve.ks, curve.sampled) == (6, tuple(range(2, 11)), 400)
        assert curve.measure == ("BIC" if method == "mixture" else "silhouette")
        groups = ec.cluster(space, method, store=store, clusters=0)
        assert len(groups.names) == 6
        assert f"{curve.measure} of 2 to 20" in groups.note

    def test_the_curve_is_scikit_learns(self, store: Store) -> None:
        from sklearn.cluster import KMeans
        from sklearn.metrics import silhouette_score

        space = make_space(np.random.default_rng(0).normal(size=(200, 5)))
        curve = ec.choose_count(space, "kmeans", [2, 4, 7], store=store, starts=3)
        theirs = [KMeans(k, n_init=3, random_state=0).fit_predict(space.unit.astype(float)) for k in (2, 4, 7)]
        scores = [silhouette_score(space.unit.astype(float), labels) for labels in theirs]
        assert curve.values == pytest.approx(scores, abs=1e-6)
        assert curve.chosen == (2, 4, 7)[int(np.argmax(scores))]

    def test_a_large_curve_is_made_of_a_sample(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(import_module("embeddings_core.clusterings._count"), "SAMPLE", 100)
        curve = ec.choose_count(make_space(blobs(900, 8, 3)[0]), "kmeans", range(2, 6), store=store)
        assert (curve.chosen, curve.sampled) == (3, 100)
        groups = ec.cluster(make_space(blobs(900, 8, 3)[0]), "kmeans", store=store, clusters=0)
        assert "on a sample of 100 items" in groups.note

    def test_odd_questions(self, store: Store) -> None:
        space = make_space(blobs(30, 4)[0])
        with pytest.raises(ParameterError, match="itself"):
            ec.choose_count(space, "hdbscan", store=store)
        for ks in ([], [1, 2], [3, 500]):
            with pytest.raises(ParameterError):
                ec.choose_count(space, "kmeans", ks, store=store)
        alike = ec.choose_count(make_space(np.ones((5, 3))), "kmeans", store=store)
        assert (alike.ks, alike.chosen) == ((1,), 1)
        assert np.isnan(alike.values).all()
        assert alike.told(5) == "Different items: 1. There is no number of groups to choose."
        few = ec.choose_count(make_space(np.eye(3)), "mixture", range(2, 9), store=store)
        assert few.ks == (2, 3)

    def test_who_reaches_the_end_of_the_curve_is_told_that_there_is_more(self, store: Store) -> None:
        space = make_space(blobs(200, 20, 8)[0])
        assert "more groups may be better" in ec.choose_count(space, "kmeans", range(2, 9), store=store).told(200)
        assert "more groups" not in ec.choose_count(space, "kmeans", range(2, 12), store=store).told(200)
        places = make_space(np.repeat(np.eye(8), 5, axis=0))
        told = ec.choose_count(places, "kmeans", store=store).told(40)
        assert told == "8 groups have the highest silhouette of 2 to 8."

"""What every projection keeps to, and how good each is."""

from __future__ import annotations

import io
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
from conftest import blobs, make_space

import embeddings_core as ec
from embeddings_core.errors import Cancelled, ParameterError
from embeddings_core.neighbors import all_neighbors
from embeddings_core.plugins import plugins
from embeddings_core.projections._graph import fuzzy_graph
from embeddings_core.space import Neighbors, Space
from embeddings_core.store import Store

METHODS = [spec.id for spec in ec.projections()]
QUICK = {"tsne": {"iterations": 250}}
ODD = {
    "one": np.ones((1, 4)),
    "two": np.eye(2, 4),
    "three": np.eye(3, 4),
    "five": np.eye(5, 8),
    "all alike": np.ones((20, 6)),
    "two alike and one": np.array([[1, 0], [1, 0], [0, 1.0]]),
    "a zero vector": np.vstack([np.zeros(12), np.random.default_rng(0).normal(size=(30, 12))]),
    "one dimension": np.arange(20.0)[:, None],
    "very wide": np.random.default_rng(1).normal(size=(15, 2000)),
    "many twins": np.repeat(np.eye(4), 15, axis=0),
}


def quick(method: str) -> dict[str, int]:
    return QUICK.get(method, {})


@pytest.fixture(scope="module")
def digits() -> Space:
    data = ec.sample("digits")
    return ec.encode(data, "pixels")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("dims", [2, 3])
@pytest.mark.parametrize("odd", ODD)
def test_any_data_gets_a_map(method: str, dims: int, odd: str, store: Store) -> None:
    space = make_space(ODD[odd])
    plane = ec.project(space, method, dims=dims, store=store, **quick(method))
    assert plane.coords.shape == (len(space), dims)
    assert plane.coords.dtype == np.float32
    assert np.isfinite(plane.coords).all()
    assert plane.note
    assert not plane.coords.flags.writeable


@pytest.mark.parametrize("method", METHODS)
def test_same_inputs_and_seed_give_the_same_bytes(method: str, tmp_path: Path) -> None:
    space = make_space(blobs(120, 10)[0])
    first, second, other = (
        ec.project(space, method, seed=seed, store=Store(tmp_path / name), **quick(method))
        for name, seed in (("a", 5), ("b", 5), ("c", 6))
    )
    assert first.coords.tobytes() == second.coords.tobytes()
    assert first.fingerprint == second.fingerprint
    assert other.fingerprint != first.fingerprint


@pytest.mark.parametrize("method", METHODS)
def test_a_map_is_computed_once(method: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space(blobs(60, 6)[0])
    first = ec.project(space, method, store=store, **quick(method))
    monkeypatch.setattr(plugins("projections")[method], "fit", None)
    again = ec.project(space, method, store=store, **quick(method))
    assert again.coords.tobytes() == first.coords.tobytes()
    assert (again.note, again.params) == (first.note, first.params)
    assert all(np.array_equal(again.extras[name], first.extras[name]) for name in first.extras)


@pytest.mark.parametrize("method", METHODS)
def test_settings_are_checked(method: str, store: Store) -> None:
    space = make_space(blobs(30, 4)[0])
    with pytest.raises(ParameterError, match="no setting 'nonsense'"):
        ec.project(space, method, store=store, nonsense=1)
    with pytest.raises(ParameterError, match="2 or 3"):
        ec.project(space, method, store=store, dims=4)
    for param in plugins("projections")[method].SPEC.params:
        assert param.help
        if param.high is not None:
            with pytest.raises(ParameterError, match=param.label):
                ec.project(space, method, store=store, **{param.name: param.high + 1})
        if param.kind == "choice":
            with pytest.raises(ParameterError, match="not a choice"):
                ec.project(space, method, store=store, **{param.name: "nonsense"})


@pytest.mark.parametrize("method", METHODS)
def test_a_map_can_be_cancelled_and_leaves_nothing_behind(method: str, store: Store) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    space = make_space(blobs(60, 6)[0])
    with pytest.raises(Cancelled):
        ec.project(space, method, store=store, progress=stop, **quick(method))
    assert not list((store.home / "results").iterdir())


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_slow_maps_tell_how_far_they_are_and_stop_midway(method: str, store: Store) -> None:
    space = make_space(blobs(400, 10)[0])
    seen: list[tuple[int, int]] = []

    def watch(done: int, total: int) -> None:
        seen.append((done, total))
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        ec.project(space, method, store=store, progress=watch)
    assert seen[0][0] == 0
    done, total = seen[-1]
    assert 0 < done < total


def test_a_cancelled_umap_leaves_no_lock_behind(store: Store) -> None:
    from tqdm import tqdm

    def stop(done: int, total: int) -> None:
        if done:
            raise Cancelled

    with pytest.raises(Cancelled):
        ec.project(make_space(blobs(400, 10)[0]), "umap", store=store, progress=stop)
    # the thread that holds it could take it again, so another one tries
    other = Thread(target=lambda: list(tqdm(range(3), file=io.StringIO())), daemon=True)
    other.start()
    other.join(10)
    assert not other.is_alive()


def test_an_unknown_projection_is_told(store: Store) -> None:
    with pytest.raises(ParameterError, match="no 'nonsense' among the projections") as caught:
        ec.project(make_space(np.eye(4)), "nonsense", store=store)
    assert "umap" in caught.value.hint


def test_pca_is_scikit_learns(store: Store) -> None:
    from sklearn.decomposition import PCA

    space = make_space(blobs(200, 12)[0])
    plane = ec.project(space, "pca", dims=3, store=store)
    model = PCA(3, svd_solver="full").fit(space.vectors.astype(float))
    theirs = model.transform(space.vectors.astype(float))
    signs = np.sign((theirs * plane.coords).sum(axis=0))
    np.testing.assert_allclose(plane.coords, theirs * signs, atol=1e-3)
    np.testing.assert_allclose(plane.extras["explained_variance"], model.explained_variance_ratio_, rtol=1e-4)
    kept = f"{model.explained_variance_ratio_.sum():.0%}"
    assert kept in plane.note


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_neighbors_stay_near_on_real_digits(method: str, digits: Space, store: Store) -> None:
    from sklearn.manifold import trustworthiness

    plane = ec.project(digits, method, store=store)
    assert trustworthiness(digits.vectors, plane.coords, n_neighbors=10) > 0.96
    flat = ec.project(digits, "pca", store=store)
    assert trustworthiness(digits.vectors, flat.coords, n_neighbors=10) < 0.9


@pytest.mark.parametrize("kind", ["blobs", "many twins", "three"])
def test_the_graph_of_umap_is_umap_learns(kind: str) -> None:
    from umap.umap_ import fuzzy_simplicial_set

    vectors = (blobs(300, 8)[0] if kind == "blobs" else ODD[kind]).astype(np.float32)
    k = min(15, len(vectors) - 1)
    indices, distances = all_neighbors(vectors, k)
    theirs = fuzzy_simplicial_set(vectors, k, None, "euclidean", {}, indices, distances)[0]
    np.testing.assert_allclose(fuzzy_graph(indices, distances).toarray(), theirs.toarray(), atol=1e-5)


def test_umap_on_exact_neighbors_keeps_as_much_as_plain_umap(digits: Space, store: Store) -> None:
    import umap
    from sklearn.manifold import trustworthiness

    ours = ec.project(digits, "umap", store=store)
    plain = umap.UMAP(metric="cosine", random_state=0, n_jobs=1).fit_transform(digits.vectors)
    measure = [trustworthiness(digits.unit, coords, n_neighbors=15) for coords in (ours.coords, plain)]
    assert measure[0] > measure[1] - 0.01


def test_pca_places_what_it_has_not_seen_exactly(store: Store) -> None:
    vectors = blobs(100, 8)[0]
    space = make_space(vectors)
    plane = ec.project(space, "pca", store=store)
    hits = Neighbors(np.zeros((2, 1), int), np.zeros((2, 1), np.float32), "cosine", vectors[:2])
    place, how = ec.place(plane, hits)
    assert how == "exactly"
    np.testing.assert_allclose(place, plane.coords[:2], atol=1e-4)


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_other_maps_place_a_query_among_its_neighbors(metric: str, store: Store) -> None:
    vectors, labels = blobs(100, 8)
    space = make_space(vectors)
    plane = ec.project(space, "umap", store=store)
    hits = ec.neighbors(space, vectors[:1], k=10, metric=metric)  # type: ignore[arg-type]
    place, how = ec.place(plane, hits)
    assert how == "approximately"
    own = np.linalg.norm(plane.coords[labels == labels[0]] - place, axis=1).mean()
    others = np.linalg.norm(plane.coords[labels != labels[0]] - place, axis=1).mean()
    assert own < others


@pytest.mark.parametrize("unit", [False, True])
def test_pca_places_an_items_own_vector_where_the_item_is(unit: bool, store: Store) -> None:
    space = make_space(blobs(60, 8)[0])
    plane = ec.project(space, "pca", store=store, unit=unit)
    coords, how = ec.place(plane, ec.neighbors(space, space.vectors[5]))
    assert how == "exactly"
    np.testing.assert_allclose(coords[0], plane.coords[5], atol=1e-4)


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_out_of_range_is_told(seed: int, store: Store) -> None:
    for method, run in (("umap", ec.project), ("kmeans", ec.cluster)):
        with pytest.raises(ParameterError, match="seed"):
            run(make_space(blobs(20, 4)[0]), method, seed=seed, store=store)

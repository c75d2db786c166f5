"""Neighbors are exact: the same as by brute force in double precision, whatever the vectors are like."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.filters import Filter
from embeddings_core.neighbors import METRICS, all_neighbors
from embeddings_core.pictures import Picture
from embeddings_core.space import DISTANCES, Metric, Projection, Space

VECTORS = {
    "blobs": blobs(200, 12)[0],
    "twins": np.repeat(blobs(20, 5)[0], 8, axis=0),
    "a zero vector": np.vstack([np.zeros(6), blobs(40, 6)[0]]),
    "far from the origin": blobs(150, 30)[0] + 5_000,
    "of any length": blobs(90, 9)[0] * np.logspace(-3, 3, 90)[:, None],
    "one dimension": np.arange(30.0)[:, None],
}


def brute_force(vectors: np.ndarray, query: np.ndarray, metric: Metric) -> np.ndarray:
    """A score for every item, in double precision."""
    vectors, query = vectors.astype(np.float64), query.astype(np.float64)
    if metric in DISTANCES:
        return cdist(vectors, query[None], {"manhattan": "cityblock"}.get(metric, metric))[:, 0]
    products = vectors @ query
    if metric == "dot":
        return products
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
    return np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0)


def assert_nearest(
    space: Space, found: ec.Neighbors, query: np.ndarray, metric: Metric, without: int | np.ndarray | None
) -> None:
    """That `found` has the best scores there are, and that each score is the item's own."""
    truth = brute_force(space.vectors, query, metric)
    indices, scores = found.indices[0], found.scores[0]
    scale = max(1.0, float(np.abs(truth).max()))
    np.testing.assert_allclose(scores, truth[indices], atol=2e-5 * scale)
    others = np.delete(truth, without) if without is not None else truth
    best = np.sort(others) if metric in DISTANCES else -np.sort(-others)
    np.testing.assert_allclose(scores, best[: len(scores)], atol=2e-5 * scale)
    assert len(set(indices.tolist())) == len(indices)
    assert not np.isin(indices, [] if without is None else without).any()


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", VECTORS)
def test_an_items_neighbors_are_those_of_brute_force(kind: str, metric: Metric) -> None:
    space = make_space(VECTORS[kind])
    for item in (0, 7, len(space) - 1):
        found = ec.neighbors(space, item, 10, metric)
        assert found.metric == metric
        assert_nearest(space, found, space.vectors[item], metric, item)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("kind", VECTORS)
def test_a_vectors_neighbors_are_those_of_brute_force(kind: str, metric: Metric) -> None:
    space = make_space(VECTORS[kind])
    query = space.vectors[:3].mean(axis=0)
    assert_nearest(space, ec.neighbors(space, query, 10, metric), query, metric, None)


numbers = st.integers(-1000, 1000).map(lambda tenths: tenths / 10)  # squares of the tiniest floats are 0


@settings(max_examples=60)
@given(
    arrays(np.float32, st.tuples(st.integers(3, 25), st.integers(1, 6)), elements=numbers),
    st.integers(1, 30),
    st.sampled_from(sorted(METRICS)),
)
def test_any_vectors_agree_with_brute_force(vectors: np.ndarray, k: int, metric: Metric) -> None:
    space = make_space(vectors)
    found = ec.neighbors(space, 1, k, metric)
    assert found.indices.shape == found.scores.shape == (1, min(k, len(space) - 1))
    assert_nearest(space, found, space.vectors[1], metric, 1)


def test_several_vectors_are_asked_at_once() -> None:
    space = make_space(VECTORS["blobs"])
    found = ec.neighbors(space, space.vectors[:4], 3)
    assert found.indices.shape == (4, 3)
    assert found.indices[:, 0].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "manhattan"])
def test_neighbors_are_those_of_scikit_learn(metric: Metric) -> None:
    space = make_space(VECTORS["blobs"])
    theirs = NearestNeighbors(n_neighbors=9, algorithm="brute", metric=metric).fit(space.vectors.astype(np.float64))
    distances, indices = theirs.kneighbors(space.vectors[3:4].astype(np.float64))
    found = ec.neighbors(space, 3, 8, metric)
    assert found.indices[0].tolist() == indices[0, 1:].tolist()
    np.testing.assert_allclose(found.scores[0], distances[0, 1:] if metric != "cosine" else 1 - distances[0, 1:], 1e-4)


def test_manhattan_distances_are_measured_block_by_block() -> None:
    space = make_space(np.random.default_rng(0).normal(size=(10_000, 3)))
    query = space.vectors[9_999] + 0.01
    assert_nearest(space, ec.neighbors(space, query, 40, "manhattan"), query, "manhattan", None)


@settings(max_examples=80)
@given(
    arrays(np.float32, st.tuples(st.integers(3, 25), st.integers(1, 6)), elements=numbers),
    st.data(),
    st.integers(1, 30),
    st.sampled_from(sorted(METRICS)),
)
def test_only_what_stays_is_ranked(vectors: np.ndarray, data: st.DataObject, k: int, metric: Metric) -> None:
    space = make_space(vectors)
    stays = data.draw(arrays(bool, len(space)))
    found = ec.neighbors(space, 1, k, metric, where=stays)
    gone = np.flatnonzero(~stays | (np.arange(len(space)) == 1))
    assert found.indices.shape == found.scores.shape == (1, min(k, len(space) - len(gone)))
    assert_nearest(space, found, space.vectors[1], metric, gone)


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("every", [2, 3, 40])
def test_a_filter_loses_nothing(every: int, metric: Metric) -> None:
    vectors = np.random.default_rng(1).normal(size=(9_000, 5)).astype(np.float32)
    texts = make_texts([f"item {i}" for i in range(9_000)], part=[f"part {i % every}" for i in range(9_000)])
    space = make_space(vectors, texts)
    found = ec.neighbors(space, vectors[0], 9_000, metric, where=Filter(values={"part": ("part 1",)}))
    assert sorted(found.indices[0].tolist()) == list(range(1, 9_000, every))
    alone = make_space(vectors[1::every])
    np.testing.assert_array_equal(
        (found.indices[0] - 1) // every, ec.neighbors(alone, vectors[0], 9_000, metric).indices[0]
    )


def test_where_nothing_stays_there_is_nothing_and_no_place_on_the_map() -> None:
    space = make_space(VECTORS["blobs"])
    found = ec.neighbors(space, space.vectors[:2], 5, where=np.zeros(200, bool))
    assert found.indices.shape == found.scores.shape == (2, 0)
    plane = Projection("p", "umap", 2, 0, {}, np.zeros((200, 2), np.float32))
    assert ec.place(plane, found)[0].shape == (0, 2)


@pytest.mark.parametrize("where", [np.ones(3, bool), np.ones(200), [True, False]])
def test_a_mask_that_does_not_fit_is_told(where: object) -> None:
    with pytest.raises(InputError, match="filter has shape") as caught:
        ec.neighbors(make_space(VECTORS["blobs"]), 0, where=where)  # type: ignore[arg-type]
    assert "200 items" in caught.value.hint


def test_several_things_are_asked_as_the_mean_of_their_directions() -> None:
    space = make_space(VECTORS["of any length"])
    found = ec.neighbors(space, [4, space.vectors[9] * 1000, 6], 5)
    mean = np.mean([space.unit[4], space.unit[9], space.unit[6]], axis=0)
    np.testing.assert_allclose(found.query, mean[None], atol=1e-6)
    assert_nearest(space, found, mean, "cosine", np.array([4, 6]))


def test_distances_are_nearer_when_smaller() -> None:
    space = make_space(VECTORS["blobs"])
    for metric in METRICS:
        nearness = ec.neighbors(space, 0, 20, metric).nearness[0]
        assert (np.diff(nearness) <= 0).all()
        assert nearness[0] > nearness[-1]


@pytest.mark.parametrize("metric", METRICS)
def test_ties_go_to_the_lower_index(metric: Metric) -> None:
    space = make_space(np.ones((9, 4)))
    assert ec.neighbors(space, 4, 5, metric).indices[0].tolist() == [0, 1, 2, 3, 5]


def test_an_empty_text_is_no_query() -> None:
    space = Space(make_texts(["a", "b"]), "minilm", "made", np.eye(2, 384, dtype=np.float32))
    with pytest.raises(InputError, match="empty"):
        ec.neighbors(space, "  ")


@pytest.mark.parametrize(
    ("query", "k", "metric", "error", "said"),
    [
        (999, 5, "cosine", InputError, "no item 999"),
        (-1, 5, "cosine", InputError, "no item -1"),
        (np.ones(3), 5, "cosine", InputError, "shape"),
        (np.full(12, np.nan), 5, "cosine", InputError, "NaN"),
        (0, 0, "cosine", ParameterError, "k is 0"),
        (0, 5, "hamming", ParameterError, "no metric"),
        ([], 5, "cosine", InputError, "empty"),
        ([3, 200], 5, "cosine", InputError, "no item 200"),
        ([3, "  "], 5, "cosine", InputError, "empty"),
    ],
)
def test_what_cannot_be_asked_is_told(query: object, k: int, metric: Metric, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said) as caught:
        ec.neighbors(make_space(VECTORS["blobs"]), query, k, metric)  # type: ignore[arg-type]
    assert caught.value.hint


def test_a_picture_is_nothing_to_an_encoder_of_texts() -> None:
    space = Space(make_texts(["a", "b"]), "minilm", "made", np.eye(2, 384, dtype=np.float32))
    with pytest.raises(InputError, match="does not read pictures"):
        ec.neighbors(space, Picture("0" * 64, b""))


@pytest.mark.parametrize("kind", VECTORS)
def test_all_neighbors_are_those_of_brute_force(kind: str) -> None:
    vectors = VECTORS[kind].astype(np.float32)
    indices, distances = all_neighbors(vectors, 6)
    assert (indices[:, 0] == np.arange(len(vectors))).all()
    assert (distances[:, 0] == 0).all()
    for item, (near, away) in enumerate(zip(indices, distances, strict=True)):
        truth = brute_force(vectors, vectors[item], "euclidean")
        np.testing.assert_allclose(away, truth[near], rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(away, np.sort(truth)[:6], rtol=1e-3, atol=1e-3)
        assert len(set(near.tolist())) == 6

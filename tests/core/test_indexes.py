"""Indexes of many vectors: candidates by faiss, scores exact, the recall as measured, and nothing lost by a filter."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_space, make_texts

import embeddings_core as ec
from embeddings_core import indexes
from embeddings_core.errors import Cancelled
from embeddings_core.indexes import index_of, make_index
from embeddings_core.space import Metric, Space
from embeddings_core.store import Store

N = 3000
KINDS = ("fp16", "hnsw")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both kinds, for data that is small enough for a test."""
    monkeypatch.setattr(indexes, "EXACT", 500)
    monkeypatch.setattr(indexes, "SCANNED", N if request.param == "fp16" else N - 1)
    monkeypatch.setattr(indexes, "_made", type(indexes._made)())
    return str(request.param)


def vectors(unit: bool = True) -> np.ndarray:
    rng = np.random.default_rng(0)
    made = rng.normal(size=(60, 16))[rng.integers(60, size=N)] + rng.normal(size=(N, 16))
    return made / np.linalg.norm(made, axis=1, keepdims=True) if unit else made


def measured(space: Space, k: int, metric: Metric = "cosine") -> float:
    """The share of the true k nearest that is found, over 300 vectors of the space."""
    asked = np.random.default_rng(5).choice(len(space), 300, replace=False)
    pairs = [
        (ec.neighbors(space, int(i), k, metric), ec.neighbors(space, int(i), k, metric, exact=True)) for i in asked
    ]
    return float(np.mean([np.isin(near.indices, truth.indices).mean() for near, truth in pairs]))


def test_an_index_finds_what_it_says_and_gives_exact_scores(kind: str, store: Store) -> None:
    space = make_space(vectors())
    assert index_of(space, 10, "cosine") is None
    index = make_index(space, store=store)
    assert index is not None
    assert index.kind == kind
    assert index.recall >= (indexes.GOAL if kind == "hnsw" else 0.999)
    assert measured(space, 10) == pytest.approx(index.recall, abs=0.01)
    found = ec.neighbors(space, 7, 10)
    assert found.recall == index.recall
    assert 7 not in found.indices
    np.testing.assert_allclose(found.scores[0], space.unit[found.indices[0]] @ space.unit[7], atol=1e-6)
    assert (np.diff(found.scores[0]) <= 0).all()
    several = ec.search(space, space.vectors[:3], 5)
    assert several.indices[:, 0].tolist() == [0, 1, 2]
    assert several.recall == index.recall


def test_a_graph_is_searched_as_widely_as_the_goal_takes(
    kind: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    if kind == "fp16":
        assert not hasattr(make_index(make_space(vectors()), store=store).faiss, "hnsw")  # type: ignore[union-attr]
        return
    found = []
    monkeypatch.setattr(indexes, "_NARROW", 4)
    monkeypatch.setattr(indexes, "_LINKS", 6)  # else so few vectors are found at once
    for goal in (0.3, 0.9, 0.99):
        monkeypatch.setattr(indexes, "GOAL", goal)
        monkeypatch.setattr(indexes, "_made", type(indexes._made)())
        index = make_index(make_space(vectors()), store=Store(store.home / f"{goal}"))
        assert index is not None
        found.append((index.faiss.hnsw.efSearch, index.recall))
        assert index.recall >= goal
    assert sorted(found) == found
    assert found[0][0] < found[2][0]


def test_exact_is_always_possible_and_so_it_is_under_a_filter_and_for_many(kind: str, store: Store) -> None:
    space = make_space(vectors())
    plain = {k: ec.neighbors(space, 3, k) for k in (10, 101, N)}
    among = np.arange(N) % 7 == 1
    filtered = ec.neighbors(space, 3, N, where=among)
    make_index(space, store=store)
    same = ec.neighbors(space, 3, 10, exact=True)
    assert same.recall == 1
    np.testing.assert_array_equal(same.indices, plain[10].indices)
    for k in (101, N):
        np.testing.assert_array_equal(ec.neighbors(space, 3, k).indices, plain[k].indices)
    again = ec.neighbors(space, 3, N, where=among)
    np.testing.assert_array_equal(again.indices, filtered.indices)
    assert sorted(again.indices[0].tolist()) == np.flatnonzero(among).tolist()
    assert ec.search(space, [3, 4], 10, "hybrid").recall == 1


@pytest.mark.parametrize("unit", [True, False])
def test_it_serves_the_metrics_whose_order_it_has(kind: str, store: Store, unit: bool) -> None:
    space = make_space(vectors(unit))
    make_index(space, store=store)
    served = {metric for metric in ec.METRICS if index_of(space, 10, metric) is not None}
    assert served == ({"cosine", "dot", "euclidean"} if unit else {"cosine"})
    for metric in ec.METRICS:
        assert measured(space, 10, metric) >= (0.97 if metric in served else 1)


def test_where_an_index_finds_too_few_all_are_read(kind: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space(vectors())
    make_index(space, store=store)
    monkeypatch.setattr(indexes.Index, "candidates", lambda *given: np.arange(20))
    assert ec.neighbors(space, 0, 19).indices.max() < 20
    assert ec.neighbors(space, 0, 20).indices.max() >= 20


def test_twins_do_not_lower_the_recall(kind: str, store: Store) -> None:
    space = make_space(np.repeat(vectors()[: N // 50], 50, axis=0))
    index = make_index(space, store=store)
    assert index is not None
    assert index.recall >= 0.98


def test_what_is_the_same_at_half_precision_is_found_all(kind: str, store: Store) -> None:
    """A graph of copies would hold islands, which a search does not leave."""
    copies = np.repeat(vectors()[: N // 50], 50, axis=0) * (1 + 1e-7 * np.arange(N)[:, None])
    space = make_space(np.random.default_rng(2).permutation(copies))
    index = make_index(space, store=store)
    assert index is not None
    assert index.faiss.ntotal < N / 10
    assert sorted(index.members.tolist()) == list(range(N))
    near, truth = (ec.neighbors(space, 5, 80, exact=exact) for exact in (False, True))
    np.testing.assert_array_equal(near.indices, truth.indices)


def test_where_one_vector_is_all_there_is(kind: str, store: Store) -> None:
    space = make_space(np.ones((N, 16)))
    index = make_index(space, store=store)
    assert index is not None
    assert index.recall == 1
    assert ec.neighbors(space, 2, 5).indices.tolist() == [[0, 1, 3, 4, 5]]


def test_the_recall_is_measured_for_vectors_that_were_not_there_yet(kind: str, store: Store) -> None:
    space = make_space(vectors())
    index = make_index(space, store=store)
    assert index is not None
    asked = index.members[-indexes._QUERIES :]
    assert len(set(asked.tolist())) == indexes._QUERIES
    assert index.faiss.ntotal == N  # now they are
    assert [i for i in asked.tolist() if i not in index.candidates(space.vectors[i], 1)] == []


def test_where_no_width_reaches_the_goal_all_are_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexes, "EXACT", 500)
    monkeypatch.setattr(indexes, "SCANNED", 600)
    monkeypatch.setattr(indexes, "_made", type(indexes._made)())
    for name, low in (("_NARROW", 2), ("_WIDE", 2), ("_LINKS", 2)):
        monkeypatch.setattr(indexes, name, low)
    monkeypatch.setattr(indexes, "GOAL", 0.995)
    index = make_index(make_space(vectors()), store=store)
    assert index is not None
    assert index.kind == "fp16"
    assert index.recall >= 0.995


def test_an_index_is_kept_in_memory_and_in_the_store(kind: str, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    space, told = make_space(vectors()), list[tuple[int, int]]()
    index = make_index(space, store=store, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, N), (0, N)]
    assert make_index(space, store=store) is index
    before = ec.neighbors(space, 5, 10)
    monkeypatch.setattr(indexes, "_made", type(indexes._made)())
    monkeypatch.setattr(indexes, "_make", None)  # it is not made again
    read = make_index(space, store=store)
    assert read is not None
    assert read is not index
    assert (read.kind, read.recall, read.even) == (index.kind, index.recall, index.even)  # type: ignore[union-attr]
    np.testing.assert_array_equal(ec.neighbors(space, 5, 10).indices, before.indices)


def test_only_the_last_ones_are_kept_in_memory(kind: str, store: Store) -> None:
    spaces = [make_space(vectors() + shift) for shift in (0, 1, 2)]
    for space in spaces:
        make_index(space, store=store)
    assert [index_of(space, 10, "cosine") is not None for space in spaces] == [False, True, True]


def test_making_one_can_be_stopped(kind: str, store: Store) -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    space = make_space(vectors())
    with pytest.raises(Cancelled):
        make_index(space, store=store, progress=stop)
    assert index_of(space, 10, "cosine") is None


def test_what_is_not_large_needs_none(store: Store) -> None:
    space = make_space(vectors(), make_texts(["a"] * N))
    assert make_index(space, store=store) is None
    assert ec.neighbors(space, 0).recall == 1


def test_a_graph_holds_vectors_along_few_axes_where_these_hold_nearly_all(kind: str, store: Store) -> None:
    wide = np.concatenate([vectors(), 0.01 * np.random.default_rng(1).normal(size=(N, 16))], axis=1)
    space = make_space(wide)
    index = make_index(space, store=store)
    assert index is not None
    assert (index.axes is None) == (kind == "fp16")
    if index.axes is not None:
        assert index.axes.shape[1] <= 16
        assert index.recall >= indexes.GOAL
    assert measured(space, 10) == pytest.approx(index.recall, abs=0.01)
    indexes._made.clear()
    again = make_index(space, store=store)  # from the store
    assert again is not None
    assert again.candidates(space.vectors[3], 10).tolist() == index.candidates(space.vectors[3], 10).tolist()
    even = make_index(make_space(vectors()), store=store)
    assert even is not None
    assert even.axes is None

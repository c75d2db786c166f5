"""Search by meaning, by words and by both: each list and their fusion, and whatever cannot be asked."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_space, make_texts
from hypothesis import given, settings
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.filters import Filter
from embeddings_core.search import DEPTH, fused, ranks_in
from embeddings_core.search.keywords import keywords, words
from embeddings_core.store import Store

TEXTS = ["the train is late", "a red apple", "late again", "my dog", "the red train", "an apple a day", "no word of it"]


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> ec.Space:
    store = Store(tmp_path_factory.mktemp("home"))
    return ec.encode(make_texts(TEXTS, kind=list("abcabca")), "random", store=store)


def test_by_meaning_it_is_neighbors(space: ec.Space) -> None:
    found, near = ec.search(space, "late train", 4), ec.neighbors(space, "late train", 4)
    np.testing.assert_array_equal(found.indices, near.indices)
    assert found.metric == "cosine"
    assert ec.search(space, 3, 4, metric="manhattan").metric == "manhattan"


def test_by_words_it_is_bm25(space: ec.Space) -> None:
    found = ec.search(space, "late train zebra", 10, "keyword")
    items, scores = keywords(space.dataset).scores(["late", "train"])
    order = np.lexsort((items, -scores))
    assert found.indices[0].tolist() == items[order].tolist() == [0, 2, 4]
    np.testing.assert_array_equal(found.scores[0], scores[order])
    assert found.metric == "bm25"
    assert found.query.shape == (0, space.vectors.shape[1])


def by_hand(lists: list[list[int]]) -> dict[int, float]:
    """Reciprocal rank fusion, as Cormack, Clarke and Buettcher (2009) write it."""
    return {i: sum(1 / (60 + each.index(i) + 1) for each in lists if i in each) for each in lists for i in each}


def test_by_both_it_is_the_fusion_of_both_lists(space: ec.Space) -> None:
    found = ec.search(space, "late train", 5, "hybrid")
    lists = [ec.search(space, "late train", 7, mode).indices[0].tolist() for mode in ("semantic", "keyword")]
    truth = by_hand(lists)
    best = sorted(truth, key=lambda item: (-truth[item], item))[:5]
    assert found.indices[0].tolist() == best
    np.testing.assert_allclose(found.scores[0], [truth[item] for item in best], rtol=1e-6)
    assert found.metric == "rrf"
    for mode, each in zip(("semantic", "keyword"), lists, strict=True):
        places = [each.index(item) + 1 if item in each else 0 for item in best]
        assert found.ranks[mode].tolist() == [places]


rankings = st.lists(st.permutations(range(9)).flatmap(lambda p: st.integers(0, 9).map(lambda m: p[:m])), min_size=2)


@settings(max_examples=100)
@given(rankings, st.integers(1, 12))
def test_any_lists_are_fused_as_by_hand(lists: list[list[int]], k: int) -> None:
    given = [(np.array(each, dtype=np.int64), np.zeros(len(each), np.float32)) for each in lists]
    truth = by_hand(lists)
    items, scores = fused(given, k)
    assert len(items) == min(k, len(truth))
    np.testing.assert_allclose(scores, [truth[item] for item in items.tolist()], rtol=1e-6)
    np.testing.assert_allclose(scores, sorted(truth.values(), reverse=True)[:k], rtol=1e-6)
    assert ranks_in(given[0], items).tolist() == [lists[0].index(i) + 1 if i in lists[0] else 0 for i in items]


def test_lists_are_fused_to_a_thousand_places_or_to_k() -> None:
    vectors = np.random.default_rng(0).normal(size=(3 * DEPTH, 4))
    far = make_space(vectors, make_texts([f"item {i}" for i in range(3 * DEPTH)]))
    for k in (10, 2 * DEPTH):
        found = ec.search(far, [vectors[0], 5], k, "hybrid")
        assert 1 in found.ranks["semantic"]
        assert found.ranks["semantic"].max() <= max(DEPTH, k)
        assert found.indices.shape == (1, k)


MODES = sorted(ec.MODES)


@pytest.mark.parametrize("mode", MODES)
def test_only_what_stays_is_found_and_nothing_of_it_is_lost(space: ec.Space, mode: ec.Mode) -> None:
    among = np.array([True, False, False, True, True, True, False])
    found = ec.search(space, "the train", 1000, mode, where=among)
    holders = [i for i, text in enumerate(TEXTS) if among[i] and set(words(text)) & {"the", "train"}]
    assert sorted(found.indices[0].tolist()) == (holders if mode == "keyword" else [0, 3, 4, 5])
    same = ec.search(space, "the train", 1000, mode, where=Filter(values={"kind": ("a", "b")}))
    mask = ec.search(space, "the train", 1000, mode, where=np.isin(list("abcabca"), ["a", "b"]))
    np.testing.assert_array_equal(same.indices, mask.indices)


@pytest.mark.parametrize("mode", MODES)
def test_contradictory_filters_leave_nothing_to_find(space: ec.Space, mode: ec.Mode) -> None:
    where = Filter(words="apple", values={"kind": ("c",)}, ranges={})
    found = ec.search(space, "the train", 5, mode, where=Filter(words="dog", values={"kind": ("c",)}))
    assert found.indices.shape == found.scores.shape == (1, 0)
    assert ec.search(space, "an apple", 5, mode, where=where).indices.tolist() == [[5]]


@pytest.mark.parametrize("mode", MODES)
def test_an_item_is_no_answer_to_itself(space: ec.Space, mode: ec.Mode) -> None:
    assert 0 not in ec.search(space, 0, 100, mode).indices
    assert not {0, 4} & set(ec.search(space, [0, 4, "late"], 100, mode).indices[0].tolist())


def test_several_things_are_the_mean_of_their_directions_and_the_union_of_their_words(space: ec.Space) -> None:
    things = ["late dog", 1, "red"]
    vectors = [ec.neighbors(space, thing).query[0] for thing in ("late dog", "red")] + [space.vectors[1]]
    mean = np.mean([vector / np.linalg.norm(vector) for vector in vectors], axis=0)
    np.testing.assert_allclose(ec.search(space, things).query[0], mean, atol=1e-6)
    np.testing.assert_array_equal(
        ec.search(space, things, 9, "keyword").indices,
        ec.search(space, "late dog a red apple red", 9, "keyword", where=np.arange(7) != 1).indices,
    )


@pytest.mark.parametrize("mode", MODES)
def test_ten_thousand_characters_are_a_query(space: ec.Space, mode: ec.Mode) -> None:
    found = ec.search(space, ("late train? " * 1000)[:10_000], 3, mode)
    assert found.indices.shape == (1, 3)
    if mode == "keyword":
        np.testing.assert_array_equal(found.indices, ec.search(space, "late train", 3, mode).indices)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("query", "k", "error", "said"),
    [
        ("", 5, InputError, "empty"),
        (" \n", 5, InputError, "empty"),
        ([], 5, InputError, "empty"),
        (["late", ""], 5, InputError, "empty"),
        (7, 5, InputError, "no item 7"),
        ("late", 0, ParameterError, "k is 0"),
        ("late", -3, ParameterError, "k is -3"),
    ],
)
def test_what_cannot_be_asked_is_told(
    space: ec.Space, mode: ec.Mode, query: ec.Query, k: int, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        ec.search(space, query, k, mode)
    assert caught.value.hint


def test_a_query_needs_words_or_a_direction(space: ec.Space) -> None:
    zero = np.zeros(space.vectors.shape[1], np.float32)
    for query in ("?!", zero):
        with pytest.raises(InputError, match="no word") as caught:
            ec.search(space, query, mode="keyword")
        assert caught.value.hint
    with pytest.raises(InputError, match="no direction") as caught:
        ec.search(space, zero)
    assert caught.value.hint
    assert ec.search(space, zero, 3, metric="euclidean").indices.shape == (1, 3)
    with pytest.raises(InputError, match="2 queries"):
        ec.search(space, space.vectors[:2], mode="hybrid")


def test_in_a_fusion_one_list_may_be_empty(space: ec.Space) -> None:
    zero = np.zeros(space.vectors.shape[1], np.float32)
    meant = ec.search(space, "?!", 9, "hybrid")
    np.testing.assert_array_equal(meant.indices, ec.search(space, "?!", 9).indices)
    assert not meant.ranks["keyword"].any()
    worded = ec.search(
        make_space(np.zeros((3, 2)), make_texts(["red", "red hat", "sky"])), [np.zeros(2), 0], 9, "hybrid"
    )
    assert worded.indices.tolist() == [[1]]
    assert worded.ranks["semantic"].tolist() == [[0]]
    assert ec.search(space, zero, 9, "hybrid").indices.shape == (1, 0)


def test_a_mode_that_there_is_not_is_told(space: ec.Space) -> None:
    with pytest.raises(ParameterError, match="no mode 'magic'") as caught:
        ec.search(space, "late", mode="magic")  # type: ignore[arg-type]
    assert "hybrid" in caught.value.hint

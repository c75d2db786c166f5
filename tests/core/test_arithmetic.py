"""Adding, taking away, walking and comparing: by hand, and analogies as gensim answers them."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts
from hypothesis import given
from hypothesis import strategies as some

import embeddings_core as ec
from embeddings_core.arithmetic import part_vector
from embeddings_core.errors import CoreError, InputError, ParameterError
from embeddings_core.filters import Filter
from embeddings_core.space import Space

CAPITALS = """athens greece baghdad iraq bangkok thailand beijing china berlin germany bern switzerland cairo egypt
canberra australia hanoi vietnam havana cuba helsinki finland islamabad pakistan kabul afghanistan london england madrid
spain moscow russia oslo norway ottawa canada paris france rome italy stockholm sweden tehran iran tokyo japan"""
FAMILY = """boy girl brother sister brothers sisters dad mom father mother grandfather grandmother grandpa grandma
grandson granddaughter groom bride he she his her husband wife king queen man woman nephew niece policeman policewoman
prince princess son daughter sons daughters stepbrother stepsister stepfather stepmother stepson stepdaughter
uncle aunt"""
WORDS = 30_000
"""The commonest of GloVe's, and all of the questions."""


def pairs_of(text: str) -> list[tuple[str, str]]:
    words = text.split()
    return list(zip(words[::2], words[1::2], strict=True))


@pytest.fixture(scope="module")
def glove() -> Space:
    vocabulary: Any = ec.get_encoder("words").vocabulary  # type: ignore[attr-defined]
    asked = {*CAPITALS.split(), *FAMILY.split()}
    words = [word for word, row in vocabulary.index.items() if row < WORDS or word in asked]
    rows = [vocabulary.index[word] for word in words]
    return Space(
        make_texts(words),
        "words",
        ec.get_encoder("words").fingerprint,
        np.array(vocabulary.vectors[rows], dtype=np.float32),
    )


@pytest.mark.model
@pytest.mark.parametrize(("text", "least"), [(CAPITALS, 0.7), (FAMILY, 0.6)], ids=["capitals", "family"])
def test_analogies_are_as_gensim_answers_them(text: str, least: float, glove: Space) -> None:
    from gensim.models import KeyedVectors

    words = list(glove.dataset.items)
    place = {str(word): i for i, word in enumerate(words)}
    model = KeyedVectors(50)
    model.add_vectors(words, glove.vectors)
    right = theirs = 0
    questions = list(itertools.permutations(pairs_of(text), 2))
    assert len(questions) == 506
    for (a, b), (c, d) in questions:
        plus, minus = [place[b], place[c]], [place[a]]
        vector = ec.combine(glove, plus, minus)
        found = ec.nearest_others(glove, vector, 1, ec.mentioned(glove, plus + minus)).indices[0, 0]
        right += words[found] == d
        theirs += model.most_similar([b, c], [a], topn=1)[0][0] == d
    assert right == theirs
    assert right / len(questions) >= least


@pytest.mark.model
def test_typed_words_are_the_same_question(glove: Space) -> None:
    plus, minus = ["king", "woman"], ["man"]
    answer = ec.nearest_others(glove, ec.combine(glove, plus, minus), 1, ec.mentioned(glove, plus + minus))
    assert glove.dataset.items[int(answer.indices[0, 0])] == "queen"


# -- sums --------------------------------------------------------------------------------------------


@pytest.fixture
def space() -> Space:
    return make_space(blobs(60, 8)[0] * np.logspace(-2, 2, 60)[:, None])


def test_unit_vectors_are_summed(space: Space) -> None:
    mask = np.arange(60) < 5
    vector = np.arange(1.0, 9.0)
    found = ec.combine(space, [3, (mask, 2.0), (vector, 0.5)], [np.array([7, 8]), (9, 0.25)])
    unit = space.vectors.astype(np.float64) / np.linalg.norm(space.vectors.astype(np.float64), axis=1, keepdims=True)
    total = unit[3] + 2 * unit[:5].mean(axis=0) + 0.5 * vector / np.linalg.norm(vector)
    total -= unit[[7, 8]].mean(axis=0) + 0.25 * unit[9]
    np.testing.assert_allclose(found, total / np.linalg.norm(total), atol=1e-6)
    assert found.dtype == np.float32


def test_weights_make_it_rocchios_query(space: Space) -> None:
    like, unlike = np.array([0, 5, 10]), np.array([1, 6])
    found = ec.combine(space, [2, (like, 0.75)], [(unlike, 0.15)])
    query = space.unit[2] + 0.75 / 3 * space.unit[like].sum(axis=0) - 0.15 / 2 * space.unit[unlike].sum(axis=0)
    np.testing.assert_allclose(found, query / np.linalg.norm(query), atol=1e-6)


def test_lists_and_numpy_numbers_are_items(space: Space) -> None:
    np.testing.assert_array_equal(ec.combine(space, [[1, 2]]), ec.combine(space, [np.array([1, 2], dtype=np.int32)]))
    np.testing.assert_array_equal(ec.combine(space, [np.int64(4)]), ec.combine(space, [4]))


def test_texts_are_encoded_as_queries_are() -> None:
    space = ec.encode(make_texts(["a", "b", "c"]), "random")
    np.testing.assert_allclose(ec.combine(space, ["b"]), space.unit[1], atol=1e-6)
    both = space.unit[1] - 0.5 * space.unit[0]
    np.testing.assert_allclose(ec.combine(space, ["b"], [("a", 0.5)]), both / np.linalg.norm(both), atol=1e-6)
    assert ec.mentioned(space, ["b", 2, ("c", 0.5), "unknown"]).tolist() == [1, 2]


@pytest.mark.model
def test_a_text_over_a_bridge_cannot_be_added() -> None:
    from PIL import Image

    pictures = ec.read([Image.new("RGB", (32, 32), color) for color in ("red", "blue", "green")])
    with pytest.raises(InputError, match="reads no text") as caught:
        ec.combine(ec.encode(pictures, "imagenet"), [0, "a red square"])
    assert "CLIP" in caught.value.hint


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "nothing to add"),
    ({"plus": [3], "minus": [3]}, "cancel"),
    ({"plus": [(3, 0.0)]}, "All weights are 0"),
    ({"plus": [(3, float("nan"))]}, "weight"),
    ({"plus": [60]}, "no item 60"),
    ({"plus": [-1]}, "no item -1"),
    ({"plus": [np.array([2, 99])]}, "no item 99"),
    ({"plus": [[]]}, "empty"),
    ({"plus": [np.zeros(60, dtype=bool)]}, "empty"),
    ({"plus": [np.ones(7, dtype=bool)]}, "shape"),
    ({"plus": [np.zeros(8)]}, "not one vector"),
    ({"plus": [np.ones((2, 8))]}, "not one vector"),
    ({"plus": [np.ones(5)]}, "shape"),
    ({"plus": [" "]}, "empty"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=[said + str(i) for i, (_, said) in enumerate(WRONG)])
def test_what_has_no_sum_is_told(given: dict[str, Any], said: str, space: Space) -> None:
    with pytest.raises(InputError, match=said) as caught:
        ec.combine(space, **given)
    assert caught.value.hint


@pytest.mark.parametrize("weight", [1e-300, 1e300, 0.5])
def test_a_common_weight_changes_nothing(weight: float, space: Space) -> None:
    scaled = ec.combine(space, [(1, weight)], [(2, weight)])
    np.testing.assert_allclose(scaled, ec.combine(space, [1], [2]), atol=1e-6)


def test_zeros_have_no_direction() -> None:
    space = make_space(np.array([[0, 0], [1, 0], [-1, 0]]))
    for part, said in ((0, "Item 0 is a vector of zeros"), ([1, 2], "no direction")):
        with pytest.raises(InputError, match=said) as caught:
            part_vector(space, part)
        assert caught.value.hint


def test_nearest_others_are_neighbors_without_some(space: Space) -> None:
    found = ec.nearest_others(space, space.vectors[4], 5, [4])
    assert found.indices.tolist() == ec.neighbors(space, 4, 5).indices.tolist()
    assert ec.nearest_others(space, space.vectors[4], 99, [4, 5]).indices.shape == (1, 58)
    assert ec.nearest_others(make_space(np.ones((1, 2))), np.ones(2), 3, [0]).indices.shape == (1, 0)
    with pytest.raises(ParameterError, match="k is 0"):
        ec.nearest_others(space, space.vectors[4], 0)


@given(some.lists(some.booleans(), min_size=60, max_size=60), some.sets(some.integers(0, 59)), some.integers(1, 70))
def test_only_what_a_filter_leaves_is_near(chosen: list[bool], besides: set[int], k: int) -> None:
    vectors = blobs(60, 8)[0]
    space, mask = make_space(vectors), np.array(chosen)
    found = ec.nearest_others(space, vectors[4], k, sorted(besides), where=mask)
    everything = ec.nearest_others(space, vectors[4], 60, sorted(besides))
    left = mask[everything.indices[0]]
    assert found.indices[0].tolist() == everything.indices[0][left][:k].tolist()
    assert found.scores[0].tolist() == pytest.approx(everything.scores[0][left][:k].tolist(), abs=1e-6)


def test_a_filter_of_columns_and_one_that_does_not_fit(space: Space) -> None:
    vector = space.vectors[4]
    words = Filter(words="item 57")
    assert ec.nearest_others(space, vector, 5, where=words).indices.tolist() == [[57]]
    assert ec.nearest_others(space, vector, 5, [57], where=words).indices.shape == (1, 0)
    for wrong in (np.ones(7, dtype=bool), Filter(values={"nothing": ("x",)})):
        with pytest.raises(InputError):
            ec.nearest_others(space, vector, 5, where=wrong)


# -- the way between two -----------------------------------------------------------------------------


def test_the_way_is_walked_in_equal_turns() -> None:
    angles = np.radians([0, 22, 41, 63, 90])
    space = make_space(np.stack([np.cos(angles), np.sin(angles)], axis=1) * [[1], [5], [0.1], [2], [3]])
    walk = ec.interpolate(space, 0, 4, 5)
    turned = np.degrees(np.arctan2(walk.vectors[:, 1], walk.vectors[:, 0]))
    np.testing.assert_allclose(turned, [0, 22.5, 45, 67.5, 90], atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(walk.vectors, axis=1), 1, atol=1e-6)
    assert walk.items.tolist() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(walk.cosines, np.cos(np.radians([0, 0.5, 4, 4.5, 0])), atol=1e-6)


def test_between_the_ends_the_ends_are_left_out(space: Space) -> None:
    walk = ec.interpolate(space, 0, 1, 9)
    assert (walk.items[0], walk.items[-1]) == (0, 1)
    assert not {0, 1} & set(walk.items[1:-1].tolist())
    assert set(ec.interpolate(make_space(np.eye(2)), 0, 1, 4).items.tolist()) == {0, 1}


def test_a_way_to_itself_stays_there(space: Space) -> None:
    walk = ec.interpolate(space, 5, 5, 3)
    np.testing.assert_allclose(walk.vectors, np.repeat(space.unit[5:6], 3, axis=0), atol=1e-6)


@pytest.mark.parametrize(("end", "steps", "said"), [(1, 5, "opposite"), (2, 1, "1 steps"), (9, 5, "no item 9")])
def test_a_way_that_is_none_is_told(end: int, steps: int, said: str) -> None:
    with pytest.raises(CoreError, match=said) as caught:
        ec.interpolate(make_space(np.array([[1, 0], [-1, 0], [0, 1]])), 0, end, steps)
    assert caught.value.hint


# -- several at a glance -----------------------------------------------------------------------------


def test_like_comes_beside_like() -> None:
    vectors, labels = blobs(60, 12, groups=4)
    space = make_space(vectors)
    found = ec.similarity_matrix(space, np.random.default_rng(0).permutation(60))
    assert sorted(found.items.tolist()) == list(range(60))
    np.testing.assert_allclose(found.cosines, space.unit[found.items] @ space.unit[found.items].T, atol=1e-6)
    assert len(list(itertools.groupby(labels[found.items]))) == 4


def test_a_few_items_have_a_matrix(space: Space) -> None:
    assert ec.similarity_matrix(space, [7]).cosines.ravel().tolist() == pytest.approx([1])
    assert ec.similarity_matrix(space, [7, 3, 7]).items.tolist() == [7, 3]


def test_twins_and_zeros_have_a_matrix() -> None:
    found = ec.similarity_matrix(make_space(np.array([[0, 0], [1, 1], [1, 1], [0, 0]])), [0, 1, 2, 3])
    assert np.isfinite(found.cosines).all()


@pytest.mark.parametrize(("items", "said"), [([], "empty"), ([1, 99], "no item 99"), (list(range(61)), "61 items")])
def test_a_matrix_that_cannot_be_is_told(items: list[int], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        ec.similarity_matrix(make_space(blobs(70, 4)[0]), items)
    assert caught.value.hint


def test_the_dimensions_that_differ_most_come_first() -> None:
    one, other = np.array([3.0, 0, 4, 0]), np.array([0, 0, 0.8, -0.6])
    found = ec.differing_dimensions(one, other, 2)
    assert found.dimensions.tolist() == [0, 3]
    np.testing.assert_allclose(found.first, [0.6, 0])
    np.testing.assert_allclose(found.second, [0, -0.6])
    np.testing.assert_allclose(found.shares, [0.5, 0.5])
    assert len(ec.differing_dimensions(one, one, 99).shares) == 4


@pytest.mark.parametrize(
    ("one", "other", "k"), [(np.zeros(3), np.ones(3), 1), (np.ones(2), np.ones(3), 1), (np.ones(3), np.ones(3), 0)]
)
def test_vectors_without_dimensions_to_compare_are_told(one: np.ndarray, other: np.ndarray, k: int) -> None:
    with pytest.raises(CoreError) as caught:
        ec.differing_dimensions(one, other, k)
    assert caught.value.hint

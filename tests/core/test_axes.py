"""Axes between poles, and WEAT against its formulas and the paper's flowers and insects."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from embeddings_core import axes
from embeddings_core.errors import CoreError, InputError, ParameterError
from embeddings_core.space import Space

# the paper's first test; gladiolus stands for its gladiola, which these vectors lack
FLOWERS = """aster clover hyacinth marigold poppy azalea crocus iris orchid rose bluebell daffodil lilac pansy tulip
buttercup daisy lily peony violet carnation gladiolus magnolia petunia zinnia"""
INSECTS = """ant caterpillar flea locust spider bedbug centipede fly maggot tarantula bee cockroach gnat mosquito
termite beetle cricket hornet moth wasp blackfly dragonfly horsefly roach weevil"""
PLEASANT = """caress freedom health love peace cheer friend heaven loyal pleasure diamond gentle honest lucky rainbow
diploma gift honor miracle sunrise family happy laughter paradise vacation"""
UNPLEASANT = """abuse crash filth murder sickness accident death grief poison stink assault disaster hatred pollute
tragedy divorce jail poverty ugly cancer kill rotten vomit agony prison"""


@pytest.fixture
def space() -> Space:
    return make_space(blobs(60, 8)[0] * np.logspace(-2, 2, 60)[:, None])


@pytest.fixture(scope="module")
def glove() -> Space:
    """The words of the paper; others are encoded as they are asked."""
    vocabulary: Any = ec.get_encoder("words").vocabulary  # type: ignore[attr-defined]
    words = " ".join([FLOWERS, INSECTS, PLEASANT, UNPLEASANT]).split()
    rows = [vocabulary.index[word] for word in words]
    return Space(
        make_texts(words),
        "words",
        ec.get_encoder("words").fingerprint,
        np.array(vocabulary.vectors[rows], dtype=np.float32),
    )


# -- axes --------------------------------------------------------------------------------------------


def test_the_poles_are_0_and_1_on_average(space: Space) -> None:
    low, high = np.array([0, 5, 10]), np.arange(60) % 5 == 1
    scores = ec.axis(space, low, high)
    assert scores.shape == (60,)
    assert scores.dtype == np.float32
    assert scores[low].mean() == pytest.approx(0, abs=1e-5)
    assert scores[high].mean() == pytest.approx(1, abs=1e-5)


def test_scores_rank_as_the_cosine_with_the_direction_does(space: Space) -> None:
    unit = space.vectors.astype(np.float64) / np.linalg.norm(space.vectors.astype(np.float64), axis=1, keepdims=True)
    way = unit[[7, 8]].mean(axis=0) - unit[3]
    cosines = unit @ way / np.linalg.norm(way)
    scores = ec.axis(space, 3, np.array([7, 8]))
    np.testing.assert_allclose(scores, (unit - unit[3]) @ way / (way @ way), atol=1e-5)
    assert np.argsort(scores).tolist() == np.argsort(cosines).tolist()


def test_a_pole_may_be_a_list_of_anything(space: Space) -> None:
    vector = np.arange(1.0, 9.0)
    mean = (space.unit[2] + space.unit[[4, 5]].mean(axis=0) + vector / np.linalg.norm(vector)) / 3
    np.testing.assert_allclose(axes.pole_vector(space, [2, np.array([4, 5]), vector]), mean, atol=1e-6)
    np.testing.assert_array_equal(ec.axis(space, [1, 2], 3), ec.axis(space, np.array([1, 2]), 3))


def test_the_axis_turned_around_is_its_mirror(space: Space) -> None:
    np.testing.assert_allclose(ec.axis(space, 1, 2), 1 - ec.axis(space, 2, 1), atol=1e-5)


@pytest.mark.model
def test_typed_words_are_poles(glove: Space) -> None:
    scores = ec.axis(glove, ["hate", "ugly", "pain"], ["love", "beautiful", "joy"])
    words = list(glove.dataset.items)
    good, bad = (scores[[words.index(word) for word in text.split()]] for text in (PLEASANT, UNPLEASANT))
    assert np.mean(good[:, None] > bad[None]) > 0.85


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [([], 3, "empty"), (3, 3, "same"), (3, 60, "no item 60"), (np.zeros(60, dtype=bool), 3, "empty"),
     (3, np.zeros(8), "direction"), (3, "", "empty")],
)  # fmt: skip
def test_poles_that_are_none_are_told(low: Any, high: Any, said: str, space: Space) -> None:
    with pytest.raises(InputError, match=said) as caught:
        ec.axis(space, low, high)
    assert caught.value.hint


def test_one_item_has_no_axis_of_its_own() -> None:
    with pytest.raises(InputError, match="same"):
        ec.axis(make_space(np.ones((1, 4))), 0, 0)


# -- WEAT --------------------------------------------------------------------------------------------


def direct(space: Space, first: Sequence[int], second: Sequence[int], good: Sequence[int], bad: Sequence[int]):  # type: ignore[no-untyped-def]
    """Effect and exact p, word by word as the paper writes them."""

    def cosine(a: int, b: int) -> float:
        x, y = space.vectors[a].astype(np.float64), space.vectors[b].astype(np.float64)
        return float(x @ y / np.sqrt((x @ x) * (y @ y)))

    tied = {w: np.mean([cosine(w, a) for a in good]) - np.mean([cosine(w, b) for b in bad]) for w in (*first, *second)}
    spread = np.std(list(tied.values()))
    effect = (np.mean([tied[w] for w in first]) - np.mean([tied[w] for w in second])) / spread

    def statistic(chosen: Sequence[int]) -> float:
        return sum(tied[w] for w in chosen) - sum(tied[w] for w in tied if w not in chosen)

    ways = list(itertools.combinations(tied, len(first)))
    return effect, np.mean([statistic(way) >= statistic(first) - 1e-9 for way in ways]), len(ways)


@pytest.mark.parametrize("sizes", [(4, 4), (5, 3), (2, 2)])
def test_weat_is_as_it_is_written(sizes: tuple[int, int], space: Space) -> None:
    first, second = range(sizes[0]), range(20, 20 + sizes[1])
    effect, p, ways = direct(space, first, second, [40, 41, 42], [50, 51])
    found = ec.weat(space, list(first), list(second), ([40, 41, 42], [50, 51]))
    assert found.effect == pytest.approx(effect, abs=1e-6)
    assert found.p == pytest.approx(p, abs=1e-9)
    assert (found.ways, found.exact) == (ways, True)
    assert len(found.scores) == sum(sizes)
    mirrored = ec.weat(space, list(second), list(first), ([40, 41, 42], [50, 51]))
    assert mirrored.effect == pytest.approx(-effect, abs=1e-6)


@pytest.mark.model
def test_flowers_are_pleasant_and_insects_are_not(glove: Space) -> None:
    lists = [text.split() for text in (FLOWERS, INSECTS, PLEASANT, UNPLEASANT)]
    assert [len(each) for each in lists] == [25, 25, 25, 25]
    found = ec.weat(glove, lists[0], lists[1], (lists[2], lists[3]))
    assert found.effect > 1
    assert found.p < 1e-3
    assert (found.exact, found.ways) == (False, axes.SAMPLED)
    numbers = np.split(np.arange(100), 4)
    by_item = ec.weat(glove, numbers[0].tolist(), numbers[1].tolist(), (numbers[2].tolist(), numbers[3].tolist()))
    assert by_item.effect == pytest.approx(found.effect, abs=1e-5)


def test_a_sample_of_the_ways_is_near_all_of_them(space: Space, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: tuple[Any, ...] = (space, [0, 1, 2, 23, 4], [20, 21, 22, 3, 24], ([40, 41], [50, 52]))
    exact = ec.weat(*asked)
    monkeypatch.setattr(axes, "EXACT", 10)
    sampled = ec.weat(*asked, seed=1)
    assert not sampled.exact
    assert sampled.p == pytest.approx(exact.p, abs=0.01)
    assert sampled == ec.weat(*asked, seed=1)


WRONG: list[tuple[tuple[Any, ...], type[CoreError], str]] = [
    (([0], [1, 2], ([3], [4])), InputError, "too short"),
    (([0, 1], [], ([3], [4])), InputError, "too short"),
    (([0, 1], [2, 3], ([], [4])), InputError, "too short"),
    (([0, 1], [2, 3], ([5], [5])), InputError, "alike"),
    (([0, 1], [2, 99], ([5], [6])), InputError, "no item 99"),
    (([0, 1], [2, 3], ([5],)), ParameterError, "1 lists"),
]


@pytest.mark.parametrize(("given", "error", "said"), WRONG, ids=[str(i) for i in range(len(WRONG))])
def test_a_test_that_cannot_be_made_is_told(
    given: tuple[Any, ...], error: type[CoreError], said: str, space: Space
) -> None:
    with pytest.raises(error, match=said) as caught:
        ec.weat(space, *given)
    assert caught.value.hint

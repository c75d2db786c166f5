"""What is special about a selection: words, metadata, numbers and members, each against a formula of its own."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts
from scipy import stats
from scipy.stats.contingency import expected_freq

from embeddings_core import contrast as module
from embeddings_core import labels
from embeddings_core.contrast import contrast, log_odds, rank_biserial, residuals
from embeddings_core.errors import Cancelled, InputError
from embeddings_core.space import Dataset, Space


def first(n: int, of: int) -> np.ndarray:
    """A selection of the first n items."""
    return np.arange(of) < n


def space_of(texts: list[str], **columns: list[object]) -> Space:
    return make_space(np.random.default_rng(0).normal(size=(len(texts), 4)), make_texts(texts, **columns))


def planted(n: int = 400) -> Space:
    """Items of random words; the first 40 also hold "comet" and are mostly of topic "sky"."""
    rng = np.random.default_rng(1)
    texts = [" ".join(f"word{'abcdefghij'[w]}" for w in rng.integers(0, 10, 6)) for _ in range(n)]
    topics: list[object] = ["sky" if rng.random() < (0.8 if i < 40 else 0.1) else "ground" for i in range(n)]
    return space_of([text + " comet" * (i < 40 or i == 300) for i, text in enumerate(texts)], topic=topics)


# -- words -----------------------------------------------------------------------------------------


def test_a_tiny_corpus_scores_as_computed_by_hand() -> None:
    # inside: cat 3, dog 1 (4 words); outside: cat 1, dog 5, bird 2 (8); both: cat 4, dog 6, bird 2 of 12
    scores = log_odds(np.array([3, 1, 0]), np.array([1, 5, 2]))
    # cat with its prior: 3 + 4/3 of 8 inside, 1 + 8/3 of 16 outside
    inside, outside = 13 / 3, 11 / 3
    ratio = math.log(inside / (8 - inside)) - math.log(outside / (16 - outside))
    assert scores[0] == pytest.approx(ratio / math.sqrt(1 / inside + 1 / outside))
    assert scores[0] == pytest.approx(1.9449, abs=1e-4)
    assert scores[0] > 0 > scores[1]


def test_words_count_once_an_item() -> None:
    texts = ["apple apple pie", "apple tart", "apple cake", "apple jam", *["car wheel", "car door", "car seat"] * 4]
    found = contrast(space_of(texts), first(4, 16)).words
    assert [(word.word, word.inside, word.outside) for word in found] == [("apple", 4, 0)]


def test_a_planted_word_comes_first() -> None:
    found = contrast(planted(), first(40, 400)).words
    assert (found[0].word, found[0].inside, found[0].outside) == ("comet", 40, 1)
    assert all(word.score > 1.96 for word in found)


def test_a_word_of_one_item_counts_only_where_there_is_one() -> None:
    space = space_of(["unique words", *["plain text"] * 60])
    assert {word.word for word in contrast(space, first(1, 61)).words} == {"unique", "words"}
    assert not contrast(space, first(2, 61)).words


def test_there_is_no_word_without_texts() -> None:
    vectors = np.eye(6, dtype=np.float32)
    found = contrast(
        make_space(vectors, Dataset("v", "vector", list(vectors), pd.DataFrame(index=range(6)))), first(2, 6)
    )
    assert (found.words, found.sampled, found.read) == ((), 0, (0, 0))


def test_pictures_and_vectors_have_the_words_of_a_column() -> None:
    vectors = np.eye(30, dtype=np.float32)
    kinds = ["red fox"] * 6 + ["gray wolf"] * 23 + [None]
    found = contrast(
        make_space(vectors, Dataset("v", "vector", list(vectors), pd.DataFrame({"label": kinds}))), first(6, 30)
    )
    assert [word.word for word in found.words] == ["fox", "red"]


def test_many_texts_are_sampled_and_a_small_side_is_read_in_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "READ", 100)
    monkeypatch.setattr(module, "WHOLE", 50)
    space = planted()
    found = contrast(space, first(40, 400))
    assert found.read[0] == 40
    assert 60 <= found.read[1] <= 100
    assert found.sampled == sum(found.read)
    assert (found.words[0].word, found.words[0].inside) == ("comet", 40)
    assert contrast(space, first(40, 400), ~first(360, 400)).sampled == 0


def test_words_are_looked_up_once_and_tell_how_far(monkeypatch: pytest.MonkeyPatch) -> None:
    space, seen = planted(2500), []
    contrast(space, first(40, 2500), progress=lambda *at: seen.append(at))
    assert seen == [(0, 2500), (1000, 2500), (2000, 2500)]
    contrast(space, first(9, 2500), progress=lambda *at: seen.append(at))
    assert len(seen) == 3


def test_it_can_be_cancelled() -> None:
    def stop(done: int, total: int) -> None:
        raise Cancelled

    space = space_of([f"some text {i}" for i in range(11)])
    with pytest.raises(Cancelled):
        contrast(space, first(3, 11), progress=stop)
    assert contrast(space, first(3, 11)).size == 3


# -- metadata --------------------------------------------------------------------------------------


def test_a_planted_value_is_over_represented_and_the_other_under() -> None:
    found = contrast(planted(), first(40, 400))
    assert [(share.column, share.value) for share in found.over] == [("topic", "sky")]
    assert [share.value for share in found.under] == ["ground"]
    assert found.over[0].score > 5
    assert found.over[0].expected == pytest.approx(40 * found.over[0].outside / 360)


def test_residuals_are_those_of_the_textbook() -> None:
    inside, outside = np.array([12, 30, 8]), np.array([40, 20, 90])
    for value, found in enumerate(residuals(inside, outside)):
        table = np.array([[n[value], n.sum() - n[value]] for n in (inside, outside)])
        expected, total = expected_freq(table), table.sum()
        rest = (1 - table.sum(axis=1)[0] / total) * (1 - table.sum(axis=0)[0] / total)
        assert found == pytest.approx((table[0, 0] - expected[0, 0]) / math.sqrt(expected[0, 0] * rest))
        # its square is the chi-square of the table
        assert found**2 == pytest.approx(stats.chi2_contingency(table, correction=False).statistic)


def test_values_stay_as_they_are_and_missing_ones_are_a_value() -> None:
    tags: list[object] = ["<script>alert(1)</script>"] * 10 + [None] * 20 + [1, "1", True, 2.5, ["x"]] * 4
    found = contrast(space_of(["same"] * 50, tag=tags), first(10, 50))
    assert [share.value for share in found.over] == ["<script>alert(1)</script>"]
    assert [(share.value, share.inside, share.outside) for share in found.under] == [("(empty)", 0, 20)]
    ones = contrast(space_of(["same"] * 50, tag=tags), ~first(30, 50)).over
    assert {share.value: share.inside for share in ones} == {"1": 8, "True": 4, "2.5": 4, "['x']": 4}


def test_columns_of_one_value_or_very_many_and_the_texts_have_no_shares() -> None:
    texts = ["apple"] * 30 + ["car"] * 270
    found = contrast(space_of(texts, same=["x"] * 300, id=[f"id {i}" for i in range(300)]), first(30, 300))
    assert found.over == found.under == ()


def test_dates_numbers_and_categories_have_shares() -> None:
    half: list[object] = [1] * 20 + [2] * 20
    columns = {
        "n": half,
        "flag": [True] * 20 + [False] * 20,
        "day": list(pd.to_datetime(["2024-02-03", None]).repeat(20)),
    }
    found = contrast(space_of(["same"] * 40, **columns, kind=list("ab" * 20)), first(20, 40))
    assert {(share.column, share.value) for share in found.over} == {
        ("n", "1"),
        ("flag", "True"),
        ("day", "2024-02-03"),
    }
    assert {(share.column, share.value) for share in found.under} == {("n", "2"), ("flag", "False"), ("day", "(empty)")}


@pytest.mark.parametrize("decimals", [0, 6])
def test_rank_biserial_is_that_of_scipy(decimals: int) -> None:
    rng = np.random.default_rng(3)
    a, b = np.round(rng.normal(0.5, 1, 37), decimals), np.round(rng.normal(size=90), decimals)
    u = stats.mannwhitneyu(a, b).statistic
    assert rank_biserial(a, b) == pytest.approx(2 * u / (37 * 90) - 1)


def test_numbers_have_medians_and_gaps_do_not_count() -> None:
    price = [9.0, 8.0, 7.0, math.nan, math.inf, *[1.0, 2.0, 3.0, math.nan, 0.0]]
    found = contrast(space_of(["same"] * 10, price=price, none=[math.nan] * 10, same=[4] * 10), first(5, 10)).numbers
    assert [(each.column, each.inside, each.outside, each.score) for each in found] == [("price", 8.0, 1.5, 1.0)]


def test_nullable_and_other_numbers() -> None:
    data = make_texts(["same"] * 8)
    data.metadata["n"] = pd.array([1, 2, None, 4, 5, 6, 7, None], dtype="Int64")
    data.metadata["flag"] = [True, False] * 4
    data.metadata["mixed"] = [1, "2", 3.0, None] * 2
    data.metadata["complex"] = np.arange(8) * 1j
    found = contrast(make_space(np.eye(8), data), first(4, 8)).numbers
    assert [(each.column, each.score) for each in found] == [("n", -1.0)]


# -- members ---------------------------------------------------------------------------------------


def test_typical_and_odd_members_are_those_of_brute_force() -> None:
    vectors = np.random.default_rng(5).normal(1, 1, (9_000, 6))
    chosen = np.random.default_rng(6).random(9_000) < 0.6
    found = contrast(make_space(vectors), chosen, ~chosen)
    unit = vectors.astype(np.float32).astype(float)
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    center = unit[chosen].mean(axis=0)
    cosine = unit @ center / np.linalg.norm(center)
    members = np.flatnonzero(chosen)
    order = members[np.argsort(-cosine[members])]
    assert found.typical.tolist() == order[:5].tolist()
    assert found.odd.tolist() == order[::-1][:5].tolist()
    assert found.mean_similarity == pytest.approx(cosine[members].mean(), abs=1e-6)


def test_no_member_is_both_typical_and_odd() -> None:
    found = contrast(make_space(np.ones((12, 3))), first(7, 12))
    assert found.typical.tolist() == [0, 1, 2, 3]
    assert found.odd.tolist() == [4, 5, 6]
    assert found.mean_similarity == pytest.approx(1)


def test_one_item_is_typical_of_itself() -> None:
    found = contrast(make_space(np.eye(3)), np.array([False, True, False]))
    assert (found.size, found.against, found.typical.tolist(), found.odd.tolist()) == (1, 2, [1], [])
    assert found.mean_similarity == pytest.approx(1)


def test_zero_vectors_are_similar_to_nothing() -> None:
    assert contrast(make_space(np.zeros((4, 3))), first(2, 4)).mean_similarity == 0


# -- selections ------------------------------------------------------------------------------------


def test_everything_is_compared_with_nothing() -> None:
    found = contrast(planted(), np.ones(400, dtype=bool))
    assert (found.size, found.against, found.words, found.over, found.under, found.numbers) == (400, 0, (), (), (), ())
    assert len(found.typical) == len(found.odd) == 5


def test_what_is_in_both_selections_counts_as_selected() -> None:
    space = planted()
    whole = contrast(space, first(40, 400), np.ones(400, dtype=bool))
    rest = contrast(space, first(40, 400))
    assert (whole.size, whole.against) == (40, 360)
    assert (whole.words, whole.over, whole.under) == (rest.words, rest.over, rest.under)
    assert contrast(space, first(40, 400), first(20, 400)).against == 0


def test_another_selection_is_compared_with_alone() -> None:
    texts = ["apple pie"] * 10 + ["apple car"] * 10 + ["boat"] * 30
    found = contrast(space_of(texts), first(10, 50), first(20, 50))
    assert (found.size, found.against) == (10, 10)
    assert [word.word for word in found.words] == ["pie"]


@pytest.mark.parametrize(
    ("selected", "against", "said"),
    [
        (first(0, 4), None, "The selection is empty"),
        (first(2, 4), first(0, 4), "compare with is empty"),
        (first(2, 3), None, "shape"),
        (np.array([0, 1, 1, 0]), None, "int64"),
    ],
)
def test_what_is_no_selection_is_told(selected: np.ndarray, against: np.ndarray | None, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        contrast(make_space(np.eye(4)), selected, against)
    assert caught.value.hint


def test_one_item_alone() -> None:
    found = contrast(make_space(np.ones((1, 2))), np.array([True]))
    assert (found.size, found.against, found.typical.tolist()) == (1, 0, [0])

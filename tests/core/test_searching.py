"""The words of the search box: what they find, what is marked, and what nobody can break with them."""

from __future__ import annotations

import gc
import itertools
import re
import threading
import weakref

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings_core import memo as memo_module
from embeddings_core import searching
from embeddings_core.errors import InputError
from embeddings_core.memo import memo
from embeddings_core.searching import Terms, marks, matching, parse, searchable
from embeddings_core.space import Dataset

TEXTS = ["The late train", "Too late, the TRAM left", "a train, late", "Zürich Hauptbahnhof", "aaaaaaaaaaaaaaaaaaaaa!"]
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LETTERS = st.text("abAB \n.*", max_size=12)


def found(words: str, texts: list[str] = TEXTS, **columns: list[object]) -> list[int]:
    return np.flatnonzero(matching(make_texts(texts, **columns), words)).tolist()


def refused(words: str) -> InputError:
    with pytest.raises(InputError) as caught:
        parse(words)
    assert caught.value.hint
    return caught.value


def test_a_query_is_read_as_words_phrases_or_an_expression() -> None:
    assert parse("late  train") == Terms(("late", "train"))
    assert parse('the "late train" the') == Terms(("the", "late train"))
    assert parse('a "not closed ') == Terms(("a", "not closed"))
    assert parse('"" " "') == parse("  ") == Terms()
    assert parse(" /tra(in|m)/ ") == Terms(pattern="tra(in|m)")
    assert parse("/") == Terms(("/",))
    assert parse("//") == Terms(("//",))
    assert parse("and/or") == Terms(("and/or",))


def test_all_words_must_occur_anywhere_in_any_case() -> None:
    assert found("late train") == [0, 2]
    assert found("LATE") == [0, 1, 2]
    assert found('"late train"') == [0]
    assert found('"late train') == [0]
    assert found("ZÜRICH") == [3]
    assert found("") == found(' "" ') == [0, 1, 2, 3, 4]
    assert found("a.*b") == []


def test_an_expression_is_one_when_it_stands_between_slashes() -> None:
    assert found("/tra(in|m)/") == [0, 1, 2]
    assert found("/late$/") == [2]
    assert found("/^a /") == [2]
    assert found("/(?-i)TRA/") == [1]


def test_metadata_is_searched_as_it_is_shown() -> None:
    columns: dict[str, list[object]] = {
        "stars": [5.0, None, 3.0],
        "when": [pd.Timestamp("2024-05-01"), None, pd.Timestamp("2024-06-02")],
        "tags": [["red", 1], None, {"a": "blue"}],
    }
    assert found("5", ["x", "y", "z"], **columns) == [0]
    assert found("2024-06-02", ["x", "y", "z"], **columns) == [2]
    assert found("nan", ["x", "y", "z"], **columns) == found("none", ["x", "y", "z"], **columns) == []
    assert found("blue z", ["x", "y", "z"], **columns) == [2]
    assert found("/^3$/", ["x", "y", "z"], **columns) == [2]
    assert searchable(make_texts(["x", "y", "z"], **columns)).to_pylist()[1] == "y"


def test_captions_of_things_that_are_no_texts() -> None:
    vectors = np.eye(3, dtype=np.float32)
    nameless = Dataset("v", "vector", list(vectors), pd.DataFrame(index=range(3)))
    assert np.flatnonzero(matching(nameless, "item 2")).tolist() == [1]
    columns = pd.DataFrame([["a", "b"]] * 2 + [["c", "d"]], columns=["<img src=x onerror=alert(1)>"] * 2)
    twice = Dataset("v", "vector", list(vectors), columns)
    assert np.flatnonzero(matching(twice, "d")).tolist() == [2]


@pytest.mark.parametrize("pattern", ["(", "a)(b", "a**", "[", "x{1001}", "(?=a)", "(a)\\1", "\\", "(\\pL{1,30} ){30}x"])
def test_a_wrong_expression_is_refused_with_what_is_wrong(pattern: str) -> None:
    error = refused(f"/{pattern}/")
    assert "cannot be read" in error.message
    assert "(?im)" not in error.message


def test_a_query_that_is_too_long_is_refused() -> None:
    assert "501 characters" in refused("x" * 501).message
    assert parse("x" * 500).words == ("x" * 500,)


def test_expressions_that_hang_other_engines_do_not_hang() -> None:
    texts = ["a" * 5_000 + "!", "a" * 5_000]
    assert found("/(a+)+$/", texts) == [1]
    assert found("/^(a|aa)+$/", texts) == [1]
    assert found("/(a*)*b/", texts) == []
    assert marks("a" * 900 + "!", "/(a+)+$/") == []


def test_a_search_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_texts(TEXTS)
    with monkeypatch.context() as hasty:
        hasty.setattr(searching, "PATIENCE", -1.0)
        with pytest.raises(InputError, match="given up") as caught:
            matching(data, "/(x|\\w\\s|.){1000}/")
    assert caught.value.hint
    assert not matching(data, "/(x|\\w\\s|.){1000}/").any()


def test_an_expression_too_costly_to_mark_is_not_marked(monkeypatch: pytest.MonkeyPatch) -> None:
    assert marks("late", "/late/") == [(0, 4)]
    monkeypatch.setattr(searching, "_AFFORDABLE", -1.0)
    assert marks("late", "/late/") == []
    assert marks("late", "late") == [(0, 4)]


def test_pieces_and_empty_texts_are_searched_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["", "b" * 50, "x", "", "", "needle" + "y" * 90, "needle", ""]
    want = found("needle", texts)
    assert want == [5, 6]
    for size, swift in itertools.product((1, 7, 60, 150), (-1.0, 1.0)):
        monkeypatch.setattr(searching, "_PIECE", size)
        monkeypatch.setattr(searching, "_SWIFT", swift)
        assert found("needle", texts) == want
        assert found("needle yy", texts) == [5]
        assert found("/^$/", texts) == [0, 3, 4, 7]


@settings(max_examples=60)
@given(st.lists(LETTERS, min_size=1, max_size=8), st.lists(st.text("abAB.*", min_size=1, max_size=3), max_size=3))
def test_words_find_what_a_plain_search_finds(texts: list[str], words: list[str]) -> None:
    want = [i for i, text in enumerate(texts) if all(word.lower() in text.lower() for word in words)]
    assert found(" ".join(words), texts) == want


@settings(max_examples=100)
@given(ANY_TEXT, ANY_TEXT)
def test_any_query_is_answered_or_refused(text: str, words: str) -> None:
    try:
        parse(words)
    except InputError:
        return
    found(words, [text, "other"])
    spans = marks(text, words)
    assert all(0 <= begin < end <= len(text) for begin, end in spans)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(spans))


@settings(max_examples=60)
@given(LETTERS, st.text("abAB.*", min_size=1, max_size=3))
def test_marks_are_where_the_word_is(text: str, word: str) -> None:
    want = np.zeros(len(text), bool)
    for match in re.finditer(re.escape(word), text, re.IGNORECASE):
        want[match.start() : match.end()] = True
    got = np.zeros(len(text), bool)
    for begin, end in marks(text, word):
        got[begin:end] = True
    assert got.tolist() == want.tolist()


def test_marks_are_sorted_joined_and_counted_in_characters() -> None:
    assert marks("Der späte Zug, spät", "spät zug") == [(4, 8), (10, 13), (15, 19)]
    assert marks("abc", "ab bc") == [(0, 3)]
    assert marks("🚂 train", "TRAIN") == [(2, 7)]
    assert marks("bbaab", "/a*/") == [(2, 4)]
    assert marks("late\nlate", "/^l/") == [(0, 1), (5, 6)]
    assert marks("a\ufdd0b\ufdd1c", "b c") == [(2, 3), (4, 5)]
    assert marks("x" * 2_000, "x") == [(0, 1_000)]
    assert marks("late", "") == marks("", "late") == []
    assert marks("ü", "/\\C/") == []
    with pytest.raises(InputError):
        marks("late", "/(/")


@pytest.mark.parametrize("hostile", ["\ud800", "\0", "a\0b", "\\", "$^.|?*+()[]{}", "</script>", "\u202e", "\n\t"])
def test_hostile_signs_are_plain_signs(hostile: str) -> None:
    data = Dataset("test", "text", [f"x{hostile}y", "z"], pd.DataFrame(index=range(2)))
    assert matching(data, hostile).tolist() == [True, not hostile.strip()]
    assert marks(f"x{hostile}y", f'"{hostile}"') == ([(1, 1 + len(hostile))] if hostile.strip() else [])


def test_answers_are_kept_read_only_and_go_with_the_dataset() -> None:
    data = make_texts(TEXTS)
    mask = matching(data, "late")
    assert matching(data, "late") is mask
    assert searchable(data) is searchable(data)
    with pytest.raises(ValueError, match="read-only"):
        mask[0] = False
    gone = weakref.ref(data)
    del data
    gc.collect()
    assert gone() is None


def test_several_threads_share_one_making() -> None:
    made, start = [], threading.Barrier(4)

    @memo(most=2)
    def slow(dataset: Dataset, key: str) -> list[str]:
        made.append(key)
        return [key]

    def ask(data: Dataset, answers: list[list[str]]) -> None:
        start.wait()
        answers.append(slow(data, "a"))

    data, answers = make_texts(["x"]), list[list[str]]()
    threads = [threading.Thread(target=ask, args=(data, answers)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["a"]
    assert all(answer is answers[0] for answer in answers)
    slow(data, "b"), slow(data, "c"), slow(data, "a")
    assert made == ["a", "b", "c", "a"]


def test_what_fails_is_asked_again() -> None:
    asked = []

    @memo_module.memo(most=2)
    def sometimes(dataset: Dataset) -> int:
        asked.append(1)
        if len(asked) == 1:
            raise InputError("not yet")
        return 1

    data = make_texts(["x"])
    with pytest.raises(InputError):
        sometimes(data)
    assert sometimes(data) == 1

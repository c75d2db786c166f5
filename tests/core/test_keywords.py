"""Keyword search is BM25: the same as by its formula, term by term, and as an implementation of another kind."""

from __future__ import annotations

import math
import re
import threading
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array

from embeddings_core.errors import Cancelled
from embeddings_core.search.keywords import keywords, text_of, words
from embeddings_core.space import Dataset

TEXTS = ["the cat sat on the mat", "a dog sat", "the the the", "", "cat cat cat dog", "Bus 42 is late, the 43 is not"]


def directly(texts: list[str], query: str, k1: float = 1.2, b: float = 0.75) -> list[float]:
    """BM25 (Robertson and Zaragoza 2009) of every text, as the formula stands there."""
    bags = [Counter(re.findall(r"\w+", text.lower())) for text in texts]
    mean = sum(bag.total() for bag in bags) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for word in set(re.findall(r"\w+", query.lower())):
            holders = sum(word in other for other in bags)
            idf = math.log(1 + (len(bags) - holders + 0.5) / (holders + 0.5))
            norm = k1 * (1 - b + b * bag.total() / mean) if mean else 1.0
            score += idf * bag[word] / (bag[word] + norm) if bag[word] else 0.0
        scores.append(score)
    return scores


def by_matrices(texts: list[str], query: str) -> np.ndarray:
    """The same as a product of sparse matrices, from scikit-learn's counts."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(token_pattern=r"\w+")
    counts = coo_array(counter.fit_transform(texts), dtype=float)
    length, holders = counts.sum(axis=1), np.bincount(counts.col, minlength=counts.shape[1])
    norm = 1.2 * (0.25 + 0.75 * length / length.mean())
    counts.data = counts.data / (counts.data + norm[counts.row])
    asked = counter.transform([query]).toarray()[0] > 0
    idf = np.log1p((len(texts) - holders + 0.5) / (holders + 0.5))
    return counts.tocsr() @ (idf * asked)


def scores_of(texts: list[str], query: str) -> np.ndarray:
    index = keywords(make_texts(texts))
    found, scores = index.scores(words(query))
    every = np.zeros(len(texts))
    every[found] = scores
    return every


@pytest.mark.parametrize("query", ["cat", "the cat", "dog sat", "42", "sat sat sat", "zebra", "", "THE Mat zebra"])
def test_scores_are_those_of_the_formula(query: str) -> None:
    found = scores_of(TEXTS, query)
    np.testing.assert_allclose(found, directly(TEXTS, query), rtol=1e-6)
    np.testing.assert_allclose(found, by_matrices(TEXTS, query), rtol=1e-6)


def test_a_score_worked_out_by_hand() -> None:
    # 3 texts of 2 words on average; "red" is in 1 of them, of 1 word: ln(1 + 2.5/1.5) / (1 + 1.2 (0.25 + 0.75/2))
    assert scores_of(["red", "blue sky", "a green tree"], "red")[0] == pytest.approx(0.980829 / 1.75, rel=1e-5)


texts = st.lists(st.lists(st.sampled_from("abcdefg"), max_size=8).map(" ".join), min_size=1, max_size=12)


@settings(max_examples=100)
@given(texts, st.lists(st.sampled_from("abcxyz"), max_size=5).map(" ".join))
def test_any_texts_agree_with_the_formula(texts: list[str], query: str) -> None:
    np.testing.assert_allclose(scores_of(texts, query), directly(texts, query), rtol=1e-5, atol=1e-7)


def test_only_items_that_hold_a_word_are_found_and_only_its_list_is_read() -> None:
    index = keywords(make_texts(TEXTS))
    assert index.scores(["cat", "zebra"])[0].tolist() == [0, 4]
    reads: list[object] = []

    class Watched(np.ndarray):
        def __getitem__(self, key: object) -> object:
            reads.append(key)
            return super().__getitem__(key)

    object.__setattr__(index, "items", index.items.view(Watched))
    index.scores(["cat", "zebra"])
    place = index.places["cat"]
    assert reads == [slice(index.starts[place], index.starts[place + 1])]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Don’t panic!", ["don't", "panic"]),
        ("Straße STRASSE", ["strasse", "strasse"]),
        ("e\u0301te\u0301 \u00e9t\u00e9", ["été", "été"]),
        ("ﬁne 3310 x", ["fine", "3310", "x"]),
        ("'quoted' snake_case", ["quoted", "snake_case"]),
        ("日本 ok", ["日", "本", "ok"]),
        ("हिन्दी", ["हिन्दी"]),
        ("?! …", []),
    ],
)
def test_words_are_unicode_words_in_lower_case(text: str, found: list[str]) -> None:
    assert words(text) == found


def test_a_text_is_searched_alone_and_anything_else_by_caption_and_metadata() -> None:
    assert text_of(make_texts(["a cat"], topic=["pets"]), 0) == "a cat"
    table = pd.DataFrame({"file": ["cat.png", "bus.png"], "place": ["Paris", None]})
    pictures = Dataset("p", "vector", [np.zeros(2, np.float32)] * 2, table)
    assert keywords(pictures).scores(["paris"])[0].tolist() == [0]
    assert keywords(pictures).scores(["bus"])[0].tolist() == [1]


def test_an_index_is_made_once_tells_how_far_it_is_and_can_be_stopped() -> None:
    data = make_texts(["one text"] * 2500)
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done >= 1000:
            raise Cancelled

    with pytest.raises(Cancelled):
        keywords(data, progress=stop)
    assert told == [(0, 2500), (1000, 2500)]
    told.clear()
    index = keywords(data, progress=lambda done, total: told.append((done, total)))
    assert told == [(0, 2500), (1000, 2500), (2000, 2500)]
    assert keywords(data) is index


def test_who_waits_for_an_index_goes_on_where_another_is_stopped() -> None:
    data, begun, go = make_texts(["one text"] * 10), threading.Event(), threading.Event()
    ends: list[object] = []

    def stopped(done: int, total: int) -> None:
        begun.set()
        go.wait(10)
        raise Cancelled

    def ask(progress: object = None) -> None:
        try:
            ends.append(keywords(data, progress=progress))  # type: ignore[arg-type]
        except Cancelled:
            ends.append("stopped")

    threads = [threading.Thread(target=ask, args=(stopped,)), threading.Thread(target=ask)]
    threads[0].start()
    assert begun.wait(10)
    threads[1].start()
    go.set()
    for thread in threads:
        thread.join(10)
    assert "stopped" in ends
    assert keywords(data) in ends

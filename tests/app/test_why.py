"""Why a result: the sentences and words that are shown, and how strongly they are marked."""

from __future__ import annotations

import pytest
from conftest import make_texts, run_until
from hypothesis import given
from hypothesis import strategies as st
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.items.rows import SENTENCE, why_rows
from embeddings_core.search.evidence import evidence_of

SHELL = ROOT / "components" / "shell.py"
TEXT = "Nobody came. The 🚂 train was late! Why?"
START, END = 13, 34


def word(text: str, said: str, drop: float) -> ec.WordDrop:
    return ec.WordDrop(text.index(said), text.index(said) + len(said), drop)


def test_the_nearest_sentence_is_shown_with_its_words_marked_by_their_drop() -> None:
    words = (word(TEXT, "train", 0.4), word(TEXT, "late", 0.1), word(TEXT, "was", 0.01), word(TEXT, "The", -0.2))
    found = ec.Evidence(0.5, START, END, 0.62, words, len(TEXT))
    (row,) = why_rows(make_texts([TEXT]), [0], [found])
    assert row["parts"] == [("… ", 0), ("The 🚂 ", 0), ("train", 1), (" was ", 0), ("late", 0.25), ("!", 0), (" …", 0)]
    assert row["more"] == "without “train” −0.40, “late” −0.10"
    assert row["score"] == "0.620"


def test_the_strongest_word_of_all_items_is_marked_most() -> None:
    texts = ["red dog", "blue cat"]
    found = [
        ec.Evidence(0.5, 0, len(t), 0.5, (word(t, t.split()[1], d),), len(t))
        for t, d in zip(texts, (0.2, 0.4), strict=True)
    ]
    shown = why_rows(make_texts(texts), [0, 1], found)
    assert [row["parts"][-1] for row in shown] == [("dog", 0.5), ("cat", 1)]


def test_of_a_text_without_words_the_whole_similarity_is_told() -> None:
    (row,) = why_rows(make_texts(["…"]), [0], [ec.Evidence(0.25)])
    assert row["parts"] == [("…", 0)]
    assert row["score"] == "0.250"


def test_what_was_not_compared_is_told() -> None:
    text = "One. " * 1_000
    (row,) = why_rows(make_texts([text]), [0], [ec.Evidence(0.5, 0, 4, 0.5, (), 299)])
    assert row["more"] == "only the first 299 characters were compared"


@given(st.lists(st.text("ab ", min_size=1), min_size=1, max_size=300), st.data())
def test_the_parts_are_the_sentence(words: list[str], data: st.DataObject) -> None:
    text, spans = "".join(words), []
    for said in words:
        begin = spans[-1][1] if spans else 0
        spans.append((begin, begin + len(said)))
    drops = data.draw(st.lists(st.floats(-1, 1), min_size=len(spans), max_size=len(spans)))
    tried = tuple(ec.WordDrop(a, b, drop) for (a, b), drop in zip(spans, drops, strict=True))
    (row,) = why_rows(make_texts([text]), [0], [ec.Evidence(0.5, 0, len(text), 0.5, tried, len(text))])
    whole = "".join(part for part, _ in row["parts"])
    assert whole.removesuffix(" …") == text[:SENTENCE] if text[SENTENCE:].strip() else whole == text[:SENTENCE]
    assert all(0 <= weight <= 1 for _, weight in row["parts"])


@pytest.mark.model
@pytest.mark.usefixtures("home")
def test_a_typed_search_can_be_explained() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", query="the train was late", why=True)
    app.run()
    run_until(app, lambda: any("nearest to your question" in caption.value for caption in app.caption))
    assert not app.exception
    app.session_state["app"].mode = "keyword"
    app.run()
    run_until(app, lambda: any("BM25" in caption.value for caption in app.caption))
    assert not any("nearest to your question" in caption.value for caption in app.caption)  # words have no vector


@pytest.mark.model
@pytest.mark.usefixtures("home")
def test_the_neighbors_of_a_picked_item_are_explained_when_it_is_asked() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    state = app.session_state["app"] = AppState(projection="pca", item=5)
    app.run()
    run_until(app, lambda: any("Exact search" in caption.value for caption in app.caption))
    assert not any(section.label == "Why these" for section in app.expander)
    state.why = True
    app.run()
    run_until(app, lambda: any("nearest to the picked item" in caption.value for caption in app.caption))
    assert not app.exception
    space = ec.encode(ec.sample("everyday"), "minilm")
    hits = ec.neighbors(space, 5, 3)
    found = evidence_of(space, 5, hits.indices[0].tolist())
    assert [why.similarity for why in found] == pytest.approx(hits.scores[0].tolist(), abs=1e-5)
    assert all(why.words for why in found)


@pytest.mark.usefixtures("home")
def test_what_has_no_words_is_not_explained() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(dataset="digits", encoder="pixels", projection="pca", item=5, why=True)
    app.run()
    run_until(app, lambda: any("Exact search" in caption.value for caption in app.caption))
    assert not any(section.label == "Why these" for section in app.expander)
    assert not app.exception

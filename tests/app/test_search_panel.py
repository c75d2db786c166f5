"""Search: by meaning, by words, by both; among what a filter leaves."""

from __future__ import annotations

import pytest
from conftest import make_texts, run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.items.rows import near_rows
from components.links import from_link, to_link
from embeddings_core.filters import Filter

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def explore(**fields: object) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", **fields)  # type: ignore[arg-type]
    return app.run()


def says(app: AppTest, words: str) -> bool:
    return any(words in caption.value for caption in app.caption)


@pytest.mark.model
@pytest.mark.parametrize("mode", list(ec.MODES))
def test_the_list_is_what_the_search_finds(mode: str) -> None:
    app = explore(query="the train was late", mode=mode)
    run_until(app, lambda: says(app, "Score: "))
    assert not app.exception
    said = [caption.value for caption in app.caption]
    score = {"semantic": "cosine similarity", "keyword": "BM25", "hybrid": "reciprocal rank fusion"}[mode]
    assert any(score in caption and "all 615 items" in caption for caption in said)
    # words have no place on the map
    assert any("diamond" in caption for caption in said) == (mode != "keyword")
    assert bool(app.button(key="side_by_side"))


@pytest.mark.model
def test_only_what_the_filter_leaves_is_searched() -> None:
    where = Filter(values={"topic": ("work",)}).to_text()
    app = explore(query="the train was late", filter=where, within=True)
    run_until(app, lambda: says(app, "the items that the filter leaves"))
    assert not app.exception
    app.toggle(key="within").set_value(False).run()
    run_until(app, lambda: says(app, "all 615 items"))


@pytest.mark.model
def test_no_word_found_is_said() -> None:
    app = explore(query="xyzzy plugh", mode="keyword")
    run_until(app, lambda: says(app, "No item holds any of these words"))
    assert not app.exception


def test_pictures_can_be_searched_by_their_words() -> None:
    app = explore(dataset="digits", query="digit-7")
    run_until(app, lambda: says(app, "BM25"))
    assert not app.exception


def test_the_places_in_both_lists_are_told() -> None:
    data = make_texts(["a red dog", "a blue cat", "a red cat"])
    space = ec.encode(data, "tfidf")
    hits = ec.search(space, "red dog", 3, "hybrid")
    told = [row["more"] for row in near_rows(data, hits)]
    first = hits.ranks["keyword"][0, 0]
    assert told[0].startswith(f"place {hits.ranks['semantic'][0, 0]} by meaning, place {first} by words")
    assert any("not by words" in text for text in told)  # the blue cat holds neither word


def test_a_link_carries_how_was_searched() -> None:
    state = AppState(query="x", mode="keyword", within=True)
    assert to_link(state) == {"query": "x", "mode": "keyword", "within": "True"}
    assert from_link(to_link(state)).within is True
    assert from_link({"within": "nonsense"}).within is False

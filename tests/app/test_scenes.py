"""What a kept view shows while a story is played: what was pointed out on its map or its maps, without a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import run_until
from played import FIRST, SHELL, opened, state_of, words_of
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.map import map as map_module
from components.presenting import keeping, scenes
from components.remembered import Presenting
from embeddings_core.stories import begin_story

pytestmark = pytest.mark.usefixtures("home")


def drawn(app: AppTest, monkeypatch: pytest.MonkeyPatch, ready: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """What a map of a view is drawn with, once it is `ready`: its marks, coloring, stop and the like."""
    told: list[dict[str, Any]] = []
    payload = map_module.payload

    def watched(dataset: Any, projection: Any, coloring: Any, marks: Any, *more: Any) -> dict[str, Any]:
        told.append({"marks": marks, "coloring": coloring, "more": more})
        return payload(dataset, projection, coloring, marks, *more)

    with monkeypatch.context() as patch:
        patch.setattr(map_module, "payload", watched)
        run_until(app, lambda: bool(told) and ready(told[-1]))
    return told[-1]


def playing(link: Mapping[str, str]) -> AppTest:
    """The page while a story of that view is played."""
    return opened(AppState(story=begin_story(ec.get_store(), "Mine", (replace(FIRST, link=link),)).key))


def test_a_sum_is_played_until_something_else_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    app = playing({"dataset": "everyday", "encoder": "tfidf", "panel": "Compose", "summands": "[[1,3],[-1,9]]"})
    marks = drawn(app, monkeypatch, lambda told: told["marks"].query is not None)["marks"]
    assert marks.start is not None
    assert len(marks.neighbors) == 10
    assert not words_of(app, monkeypatch)["turned"]
    state_of(app).pick(5)
    marks = drawn(app, monkeypatch, lambda told: told["marks"].item == 5 and told["marks"].neighbors)["marks"]
    assert marks.query is None
    assert words_of(app, monkeypatch)["turned"]
    state_of(app).presenting.played = ("", 0)
    assert drawn(app, monkeypatch, lambda told: told["marks"].query is not None)["marks"].item is None


def test_a_sum_whose_items_are_gone_says_so_over_its_map(monkeypatch: pytest.MonkeyPatch) -> None:
    link = {"dataset": "everyday", "encoder": "tfidf", "panel": "Compose", "summands": '[[1,"abcd","some"]]'}
    app = playing(link)
    drawn(app, monkeypatch, lambda told: True)
    assert not app.exception
    assert any("are not here" in error.value for error in app.error)


def test_trust_is_played_with_its_lines_and_its_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    app = playing(
        {"dataset": "everyday", "encoder": "tfidf", "panel": "Trust", "trust_worst": "True", "color": "@measure",
         "shade": "point_recall"}
    )  # fmt: skip
    told = drawn(app, monkeypatch, lambda told: bool(told["marks"].lines) and told["coloring"].kind == "number")
    assert {line.kind for line in told["marks"].lines} <= {"torn", "false"}
    assert told["coloring"].label == "Share of neighbors kept"


SIDES = '[["tfidf","pca",0,{}],["random","pca",0,{}],["tfidf","pca",1,{}]]'


def test_maps_that_were_compared_are_played_beside_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    app = playing({"dataset": "everyday", "page": "compare", "sides": SIDES, "pair": "2", "item": "5", "view": "aa:1"})
    seen: list[tuple[Any, ...]] = []
    with monkeypatch.context() as patch:
        patch.setattr(scenes, "draw_beside", lambda maps, coloring, marks, stop: seen.append((maps, marks, stop)))
        run_until(app, lambda: bool(seen) and bool(seen[-1][1][0].neighbors))
        maps, marks, stop = seen[-1]
        assert [one.side.encoder for one in maps] == ["tfidf", "random", "tfidf"]
        assert [bool(one.neighbors) for one in marks] == [True, False, True]
        assert stop.view == "aa:1"
        state_of(app).ask("a rainy day")
        run_until(app, lambda: all(one.query is not None for one in seen[-1][1]))
        answer = words_of(app, monkeypatch)["answer"]
        assert answer["asked"] == "a rainy day"
        assert "on each map" in answer["note"]


def test_where_no_encoder_reads_text_a_question_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = '[["colors","pca",0,{}],["pixels","pca",0,{}]]'
    app = playing({"dataset": "emoji", "page": "compare", "sides": sides})
    seen: list[Any] = []
    with monkeypatch.context() as patch:
        patch.setattr(scenes, "draw_beside", lambda maps, coloring, marks, stop: seen.append(marks))
        run_until(app, lambda: bool(seen))
        state_of(app).ask("a heart")
        app.run()
        assert [one.query for one in seen[-1]] == [None, None]
        assert "read no text" in words_of(app, monkeypatch)["answer"]["note"]


def test_maps_that_turn_into_each_other_are_played_so(monkeypatch: pytest.MonkeyPatch) -> None:
    app = playing({"dataset": "everyday", "page": "compare", "sides": SIDES, "laid": "morph"})
    told = drawn(app, monkeypatch, lambda told: True)
    *_, beside, stop = told["more"]
    assert beside.ends is not None
    assert stop is not None


@pytest.mark.parametrize("sides", ["", "nonsense", '[["nobody","pca",0,{}],["tfidf","pca",0,{}]]'])
def test_a_comparison_that_cannot_be_made_says_so(sides: str) -> None:
    app = playing({"dataset": "everyday", "page": "compare", "sides": sides})
    assert not app.exception
    assert any("cannot be made here" in info.value for info in app.info)


def test_what_is_usual_is_written_out_where_a_view_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    state = AppState(query="rain", color="@measure")
    state.measure(("everyday", "minilm"), "Share of neighbors kept", np.zeros(615, np.float32))
    monkeypatch.setattr(keeping, "get_state", lambda: state)
    keeping.ask_to_keep("aa:1,2,3,4")
    assert state.presenting.to_keep is not None
    asked = {"dataset": "everyday", "encoder": "minilm", "query": "rain", "shade": "point_recall", "view": "aa:1,2,3,4"}
    assert state.presenting.to_keep.items() >= asked.items()
    keeping.ask_to_keep("", SIDES)
    assert state.presenting.to_keep.items() >= {"page": "compare", "sides": SIDES, "query": ""}.items()


def test_it_is_said_what_of_the_map_is_not_kept() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    link = {"dataset": "everyday", "color": "@measure"}
    app.session_state["app"] = AppState(presenting=Presenting(to_keep=link))
    app.run()
    assert any("measurement, which is not kept" in caption.value for caption in app.caption)


def test_a_comparison_with_a_model_from_elsewhere_is_not_kept() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    link = {"dataset": "everyday", "page": "compare", "sides": SIDES.replace("random", "some/model")}
    app.session_state["app"] = AppState(presenting=Presenting(to_keep=link))
    app.run()
    assert any("cannot be kept" in info.value for info in app.info)
    assert not [one for one in app.button if one.key == "keep"]

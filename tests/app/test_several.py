"""A question of several things: a text or a picture, and items that go with it."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState, numbers
from components.links import from_link, to_link

SHELL = ROOT / "components" / "shell.py"


def test_an_item_that_is_let_go_leads_back_to_the_question() -> None:
    state = AppState(query="late train")
    state.pick(3)
    state.pick(4)
    assert (state.query, state.item) == ("", 4)
    state.let_go()
    assert (state.query, state.item) == ("late train", None)
    state.pick(5)
    state.pick(None)
    state.let_go()
    assert (state.query, state.item) == ("", None)


def test_items_join_the_question_and_leave_it() -> None:
    state = AppState(query="late train")
    for item in (3, 12, 3):
        state.pick(item)
        state.ask_with(item)
    assert (state.query, state.item, state.also_items) == ("late train", None, [3, 12])
    state.ask_without(3)
    assert state.also == "12"
    state.open("digits")
    assert (state.also, state.before) == ("", ("", None))


def test_items_of_the_question_keep_their_places_when_data_grows() -> None:
    state = AppState(also="0.2.1")
    state.follow(np.array([5, -1, 3]), 6)
    assert state.also_items == [5, 3]


def test_a_link_carries_them_and_is_read_with_suspicion() -> None:
    state = AppState(query="x", also="3.12")
    assert to_link(state) == {"query": "x", "also": "3.12"}
    assert from_link(to_link(state)).also_items == [3, 12]
    assert from_link({"also": "3.-1.x..9999999999.12"}).also == "3.12"
    state.rows = np.arange(4)
    assert "also" not in to_link(state)


@pytest.mark.parametrize(("text", "found"), [("", []), ("1.2", [1, 2]), ("a.²", [])])
def test_numbers_between_dots(text: str, found: list[int]) -> None:
    assert numbers(text) == found


@pytest.mark.usefixtures("home")
def test_what_is_near_to_several_items_is_listed() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = state = AppState(projection="pca", item=5, also="7.9999999")
    app.run()
    run_until(app, lambda: any(button.key == "ask_with" for button in app.button))
    app.button(key="ask_with").click().run()
    run_until(app, lambda: any("mean of these" in caption.value for caption in app.caption))
    assert not app.exception
    assert state.item is None
    space = ec.encode(ec.sample("everyday"), "minilm")
    hits = ec.search(space, [7, 5], 10)
    job = ec.find_job(state.running["search"])
    assert job is not None
    assert job.result().indices.tolist() == hits.indices.tolist()
    app.button(key="without-7").click().run()
    assert state.also_items == [9999999, 5]
    run_until(app, lambda: not any("mean of these" in caption.value for caption in app.caption))
    assert not app.exception

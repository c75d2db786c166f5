"""The Selection panel: how the selection changes, what is kept of it, what it is made of."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from selection_page import CATS, NASTY, SPACE, N, keep, kept, key, now, opened, said, selected

import embeddings_core as ec
from components.app_state import AppState
from components.panels.download import file_of
from components.panels.selection import composition
from components.remembered import Found
from components.selecting import GONE, keep_selection, linked
from embeddings_core import selections
from embeddings_core.coloring import Coloring
from embeddings_core.filters import Filter
from embeddings_core.store import result_key


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of its own for every test."""
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))


def test_without_a_selection_it_says_how_to_select() -> None:
    app = opened()
    assert not app.exception
    assert "Nothing is selected" in app.caption[0].value
    assert [app.button(key=name).disabled for name in ("undo", "redo", "clear", "invert")] == [True, True, True, False]


def test_steps_can_be_taken_back() -> None:
    app = selected()
    assert f"**20 of {N} items** are selected" in said(app)
    assert "the box" in app.button(key="undo").help
    app.button(key="invert").click().run()
    assert now(app).tolist() == np.flatnonzero(~CATS).tolist()
    app.button(key="clear").click().run()
    assert now(app).tolist() == []
    assert "clearing" in app.button(key="undo").help
    app.button(key="undo").click().run()
    app.button(key="undo").click().run()
    assert now(app).tolist() == np.flatnonzero(CATS).tolist()
    assert "inverting" in app.button(key="redo").help
    app.button(key="redo").click().run()
    assert now(app).tolist() == np.flatnonzero(~CATS).tolist()


def test_what_the_filter_lets_through_is_selected() -> None:
    app = selected(filter=Filter(values={"topic": ("dog",)}).to_text())
    app.button(key="select_matching").click().run()
    assert now(app).tolist() == [i for i in range(N) if i % 3 == 1]


def test_a_filter_of_a_column_that_is_gone_is_told() -> None:
    app = selected(filter=Filter(values={"gone": ("dog",)}).to_text())
    app.button(key="select_matching").click().run()
    assert now(app).tolist() == np.flatnonzero(CATS).tolist()
    assert "gone" in app.toast[0].value


def test_neighbors_are_added() -> None:
    app = selected(item=4, k=3, metric="euclidean")
    near = ec.neighbors(SPACE, 4, 3, "euclidean").indices[0]
    app.button(key="add_neighbors").click().run()
    assert set(now(app)) == {*np.flatnonzero(CATS), *near}


def test_buttons_that_cannot_help_are_not_drawn() -> None:
    app = selected(item=N)
    assert not {"select_matching", "add_neighbors"} & {button.key for button in app.button}


def test_what_it_is_made_of() -> None:
    mask = CATS.copy()
    mask[1] = True
    assert "topic: cat 95%, dog 5%" in said(selected(mask))
    many = np.repeat(np.arange(300), 10)
    coloring = Coloring("n", "category", many.astype("<u2"), tuple(map(str, range(300))), ("",) * 300)
    assert composition(many >= 298, coloring) == "n: 298 50%, 299 50%"
    assert composition([0, 2999, 2998], coloring) == "n: 299 67%, 0 33%"


def test_a_selection_is_kept_under_a_name_and_selected_again() -> None:
    app = selected()
    app.text_input(key="keep_as").set_value(f" {NASTY}")
    app.button(key="keep").click().run()
    assert kept() == {NASTY: np.flatnonzero(CATS).tolist()}
    button = app.button(key=f"kept-{key(NASTY)}")
    assert button.label.replace("\\", "") == f"{NASTY} · 20"
    assert "**" not in button.label
    later = opened()
    later.button(key=f"kept-{key(NASTY)}").click().run()
    assert now(later).tolist() == np.flatnonzero(CATS).tolist()


def test_a_name_that_cannot_be_used_is_told() -> None:
    app = selected()
    app.button(key="keep").click().run()
    assert kept() == {}
    assert "1 to 60 characters" in app.toast[0].value


def test_keeping_under_a_name_again_replaces_it_and_says_so() -> None:
    keep("mine", [1])
    app = selected()
    app.text_input(key="keep_as").set_value("mine")
    app.button(key="keep").click().run()
    assert kept() == {"mine": np.flatnonzero(CATS).tolist()}
    assert "in place of" in app.toast[0].value


@pytest.mark.parametrize(("how", "items"), [("add", [0, 3, 4]), ("remove", [0]), ("keep", [3])])
def test_kept_ones_are_combined_with_the_selection(how: str, items: list[int]) -> None:
    keep("mine", [3, 4, N + 5])
    mask = np.isin(np.arange(N), [0, 3])
    app = selected(mask)
    app.session_state[f"more-{key('mine')}"] = True
    app.run().button(key=f"{how}-{key('mine')}").click().run()
    assert now(app).tolist() == items
    assert "mine" in app.button(key="undo").help


def test_kept_ones_are_renamed_and_deleted() -> None:
    keep("mine", [3, 4])
    keep("other", [5])
    app = opened()
    app.session_state[f"more-{key('mine')}"] = True
    app.run().text_input(key=f"rename-{key('mine')}").set_value("other").run()
    assert "Another selection" in app.toast[0].value
    assert app.text_input(key=f"rename-{key('mine')}").value == "mine"
    app.text_input(key=f"rename-{key('mine')}").set_value("yours").run()
    assert kept() == {"yours": [3, 4], "other": [5]}
    app.session_state[f"more-{key('yours')}"] = True
    app.run().button(key=f"forget-{key('yours')}").click().run()
    assert kept() == {"other": [5]}
    assert not app.exception


def test_a_file_of_the_selection_has_the_tags() -> None:
    assert selected().get("download_button")[0].key == "selection_download"
    mask = np.isin(np.arange(N), [3, 5])
    assert "tags" not in json.loads(file_of(SPACE, "jsonl", mask, None, vectors=False).splitlines()[0])
    keep("mine", [3, 4])
    rows = [json.loads(line) for line in file_of(SPACE, "jsonl", mask, None, vectors=False).splitlines()]
    assert [(row["item"], row["tags"]) for row in rows] == [(3, "mine"), (5, "")]


def test_a_link_brings_its_selection_back() -> None:
    link = selected().session_state["app"].selection
    assert len(link) == 64
    app = opened(selection=link)
    assert now(app).tolist() == np.flatnonzero(CATS).tolist()
    assert app.session_state["app"].selection == link
    app.button(key="clear").click().run()
    assert app.session_state["app"].selection == ""


@pytest.mark.parametrize("link", ["0" * 64, "../../etc/passwd", "a" * 65, "x\x00", "ä"])
def test_a_selection_that_is_gone_is_told(link: str) -> None:
    app = opened(selection=link)
    assert app.warning[0].value == GONE
    assert app.session_state["app"].selection == ""


def test_a_selection_of_other_items_is_gone() -> None:
    history = selections.History(9)
    history.set(np.ones(9, bool), "")
    state = AppState(history=history)
    keep_selection(state, 9)
    assert linked(state.selection, 9).tolist() == [True] * 9  # type: ignore[union-attr]
    assert linked(state.selection, 8) is None
    store, bits = ec.get_store(), np.zeros(2, np.uint8)
    store.put_result(result_key("selection", "abc"), {"bits": bits}, {"n": 9})  # not what its name says
    assert linked("abc", 9) is None


def test_the_file_has_the_groups_that_were_found_last_for_this_space(monkeypatch: pytest.MonkeyPatch) -> None:
    from components.panels import selection as panel

    given: list[object] = []
    monkeypatch.setattr(panel, "download_button", lambda *args, **kwargs: given.append(args[4]))
    groups = ec.cluster(SPACE, "kmeans")
    history = selections.History(N)
    history.set(CATS, "the box")
    mine, other = Found(SPACE.fingerprint, groups), Found("another space", groups)
    for found, expected in ((mine, groups), (other, None), (None, None)):
        monkeypatch.setattr(panel, "get_state", lambda found=found: AppState(history=history, found=found))
        panel._export(SPACE, history)
        assert given[-1] is expected

"""The Selection panel: how the selection changes, what is kept of it, what it is made of."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.coloring import Coloring
from components.panels.download import file_of
from components.panels.selection import composition
from components.panels.special import in_words
from components.selecting import GONE, keep_selection, linked
from embeddings_core import selections
from embeddings_core.contrast import Share
from embeddings_core.filters import Filter
from embeddings_core.fingerprints import fingerprint
from embeddings_core.store import result_key

N = 60
NASTY = "**cats** <b>[x](y) $1$ :smile:"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of its own for every test."""
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))


def made_space() -> ec.Space:
    """Items 0, 3, 6, ... are about cats, the others about dogs and birds."""
    vectors, labels = blobs(N, groups=3)
    animals = ["cat", "dog", "bird"]
    texts = [f"a {animals[label]} number {i} sat {NASTY if i == 1 else ''}" for i, label in enumerate(labels)]
    topics = [animals[label] for label in labels]
    return make_space(vectors, make_texts(texts, topic=topics, price=[float(label) * 10 + 1 for label in labels]))


SPACE = made_space()
CATS = np.arange(N) % 3 == 0


def page(space: object) -> None:
    """What the explorer does for this panel."""
    from components.coloring import color_by
    from components.panels.selection import selection_panel
    from components.selecting import keep_selection
    from components.state import get_state

    keep_selection(get_state(), len(space))
    selection_panel(space, color_by("topic", space.dataset.metadata["topic"]))


def opened(**fields: Any) -> AppTest:
    """The panel, with these fields of the state."""
    app = AppTest.from_function(page, default_timeout=60, args=(SPACE,))
    app.session_state["app"] = AppState(**fields)
    return app.run()


def selected(mask: np.ndarray = CATS, **fields: Any) -> AppTest:
    """The panel with a selection."""
    history = selections.History(N)
    history.set(mask, "the box")
    return opened(history=history, **fields)


def now(app: AppTest) -> np.ndarray:
    assert not app.exception
    return np.flatnonzero(app.session_state["app"].history.now)


def said(app: AppTest) -> str:
    return "\n".join(block.value for block in (*app.markdown, *app.caption))


def key(name: str) -> str:
    return fingerprint(name)[:16]


def kept() -> dict[str, list[int]]:
    known = selections.kept(ec.get_store(), SPACE.dataset.fingerprint)
    return {one.name: one.items.tolist() for one in known}


def keep(name: str, items: list[int]) -> None:
    selections.keep(ec.get_store(), SPACE.dataset.fingerprint, name, items)


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


def special(mask: np.ndarray = CATS, against: str = "") -> AppTest:
    """The panel with the section open, once it is computed."""
    app = selected(mask)
    app.session_state["special"] = True
    app.run()
    if against:
        app.selectbox(key="against").set_value(against).run()
    end = time.monotonic() + 30
    while "Most typical" not in said(app) and time.monotonic() < end:
        app.run()
    assert not app.exception
    assert not app.error
    return app


def test_nothing_is_computed_while_the_section_is_closed() -> None:
    assert not selected().selectbox


def test_what_is_special_is_told() -> None:
    app = special()
    words = app.dataframe[0].value
    assert words["word"][0] == "cat"
    assert (words["inside"][0], words["outside"][0]) == (20, 0)
    text = said(app)
    assert "- **topic: cat** 20 of 20, 0 would be expected" in text
    assert "- **topic: dog** 0 of 20, 10 would be expected" in text
    assert "- **price** median 1, of the others 16" in text.replace("\\", "")
    assert "Oddest" in text
    assert all("1.96" in block.help for block in app.markdown if block.value in ("**Words**",))


def test_it_is_compared_with_a_kept_selection() -> None:
    keep("dogs", list(range(1, N, 3)))
    text = said(special(against="dogs"))
    assert "price** median 1, of the others 11" in text
    keep("cats", list(range(0, N, 3)))
    assert "There is nothing in cats that is not selected" in said(special(against="cats"))


def test_all_and_one_are_special_too() -> None:
    assert "There is nothing that is not selected" in said(special(np.ones(N, bool)))
    assert "Oddest" not in said(special(np.arange(N) == 5))


def test_a_share_in_words() -> None:
    share = Share("to*pic", "a<b>", 12, 3, 3.0, 5.25)
    assert in_words(share, 40) == "**to\\*pic: a\\<b\\>** 12 of 40, 3 would be expected (score 5.2)"
    few = Share("a", "b", 1, 1, 0.01, -2)
    assert in_words(few, 40).endswith("1 of 40, less than 0.1 would be expected (score −2.0)")


def test_the_file_has_the_groups_that_were_found_last_for_this_space(monkeypatch: pytest.MonkeyPatch) -> None:
    from components.panels import selection as panel

    given: list[object] = []
    monkeypatch.setattr(panel, "download_button", lambda *args, **kwargs: given.append(args[4]))
    groups = ec.cluster(SPACE, "kmeans")
    history = selections.History(N)
    history.set(CATS, "the box")
    for found, expected in (((SPACE.fingerprint, groups), groups), (("another space", groups), None), (None, None)):
        monkeypatch.setattr(panel, "get_state", lambda found=found: AppState(history=history, found=found))
        panel._export(SPACE, history)
        assert given[-1] is expected

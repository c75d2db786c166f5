"""More of data that is there, or a new version of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from conftest import make_texts
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.bring.adding import OWN, Goal, carry_over
from components.remembered import Shown
from components.state import get_state
from embeddings_core import selections
from embeddings_core.growing import extend

SHELL = Path(__file__).parents[2] / "components" / "shell.py"


@pytest.fixture
def open_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ec.Dataset, ec.Space, ec.Projection]:
    """A dataset on the Explore page, with a kept selection."""
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))
    st.cache_resource.clear()
    data = ec.get_store().put_dataset(
        make_texts([f"{word} number {i}" for i in range(5) for word in ("cat", "dog", "tree")])
    )
    space = ec.encode(data, "random")
    plane = ec.project(space, "pca")
    selections.keep(ec.get_store(), data.fingerprint, "some", np.array([0, 4]))
    st.session_state["app"] = AppState(
        dataset=data.fingerprint, encoder="random", projection="pca", shown=Shown(space.fingerprint, plane)
    )
    return data, space, plane


def test_what_is_added_comes_last(open_data: tuple[ec.Dataset, ec.Space, ec.Projection]) -> None:
    data, _, _ = open_data
    more = make_texts(["cat number 0", "a bird"])
    both = Goal("add", data.fingerprint).dataset(more)
    assert list(both.items) == [*data.items, "cat number 0", "a bird"]
    assert both.name == data.name
    assert Goal("renew", data.fingerprint).dataset(more).items == more.items
    assert OWN.dataset(more) is more


def test_other_kinds_do_not_fit(open_data: tuple[ec.Dataset, ec.Space, ec.Projection]) -> None:
    with pytest.raises(ec.InputError, match="kind text"):
        Goal("add", open_data[0].fingerprint).dataset(ec.read(np.eye(3, dtype=np.float32)))


def test_kept_selections_go_along_by_content(open_data: tuple[ec.Dataset, ec.Space, ec.Projection]) -> None:
    data, _, _ = open_data
    changed = ec.get_store().put_dataset(make_texts([str(data.items[4]), "new", "newer"]))
    carry_over(get_state(), Goal("renew", data.fingerprint), changed, "random")
    assert [one.items.tolist() for one in selections.kept(ec.get_store(), changed.fingerprint)] == [[0]]
    assert [one.items.tolist() for one in selections.kept(ec.get_store(), data.fingerprint)] == [[0, 4]]


def test_the_map_goes_along_where_the_encoder_is_the_same(
    open_data: tuple[ec.Dataset, ec.Space, ec.Projection], monkeypatch: pytest.MonkeyPatch
) -> None:
    data, space, plane = open_data
    both = ec.get_store().put_dataset(Goal("add", data.fingerprint).dataset(make_texts(["a bird"])))
    state = get_state()
    state.open(both.fingerprint, "random")
    carry_over(state, Goal("add", data.fingerprint), both, "random")
    assert state.grown is not None
    assert (state.grown.space.fingerprint, state.grown.plane) == (space.fingerprint, plane)
    more = ec.Space(both, "random", space.encoder_fingerprint, np.concatenate([space.vectors, space.vectors[:1]]))
    assert np.array_equal(extend(plane, state.grown.space, more).coords[:15], plane.coords)
    assert state.anew == ("", "")
    state.grown = None
    carry_over(state, Goal("add", data.fingerprint), both, "tfidf")
    assert state.grown is None
    assert state.anew == (both.fingerprint, "tfidf")


def test_the_pages_say_why_a_map_is_made_anew(open_data: tuple[ec.Dataset, ec.Space, ec.Projection]) -> None:
    data, _, _ = open_data
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(
        brought=ec.load(["a bird", "a cat"], "more"), projection="pca", encoder_for={"text": "tfidf"}
    )
    app.run().switch_page("../pages/data.py").run()
    app.selectbox(key="goal").set_value(Goal("add", data.fingerprint)).run()
    assert any("learns from the data" in caption.value for caption in app.caption)
    app.selectbox(key="encoder").set_value("random").run()
    assert not any("learns from the data" in caption.value for caption in app.caption)
    app.selectbox(key="encoder").set_value("tfidf").run()
    app.button(key="encode").click().run()
    for _ in range(100):
        if app.session_state["app"].shown is None:
            app.run()
    assert not app.exception
    assert any("the map is made anew" in caption.value for caption in app.caption)

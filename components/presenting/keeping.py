"""Keep the view of the map in a story: asked for on the map, told about in a dialog."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

import embeddings_core as ec
from components.app_state import MEASURE
from components.feedback import plain, shown
from components.links import VIEW, to_link
from components.state import get_state
from embeddings_core.stories import LONGEST, Scene, Story, begin_story, get_story, keep_story, stories

NEW = ""
"""The choice of a story that is yet to begin."""


def ask_to_keep(view: str) -> None:
    """The visitor asks to keep what is shown now; `view` is the part of the map that is looked at, as in a link."""
    state = get_state()
    state.presenting.to_keep = {**to_link(state), "dataset": state.dataset, VIEW: view}


def keep_view() -> None:
    """Open the dialog, where it was asked for."""
    state = get_state()
    link, state.presenting.to_keep = state.presenting.to_keep, None
    if link is not None:
        _dialog(link)


@st.dialog("Keep this view", icon=":material/bookmark:")
def _dialog(link: Mapping[str, str]) -> None:
    place = st.empty()
    with place.container():
        chosen, name, scene = _asked(link)
        pressed = st.button("Keep", key="keep", type="primary")
    if pressed:
        with shown():
            story = _kept(chosen, name, scene)
            with place.container():
                st.success(f"Kept in “{plain(story.name)}” as view {len(story.scenes)}.", icon=":material/bookmark:")
                st.page_link("../pages/present.py", label="Order and play the story", icon=":material/slideshow:")


def _asked(link: Mapping[str, str]) -> tuple[str, str, Scene]:
    """What is said about the view, and the story that it goes to: its key, NEW with a name for one to begin."""
    own = {story.key: story.name for story in stories(ec.get_store()) if not story.ready}
    st.caption("A story is a row of kept views, which the page Present plays on the whole screen.")
    title = st.text_input("Title", key="keep_title", max_chars=LONGEST["title"], placeholder="What there is to see")
    caption = st.text_area(
        "Caption", key="keep_caption", max_chars=LONGEST["caption"], height=80,
        placeholder="One or two sentences for everybody in the room",
    )  # fmt: skip
    chosen = NEW
    if own:
        last = get_state().presenting.kept_in
        options = [*own, NEW]
        chosen = st.selectbox(
            "Story", options, index=options.index(last) if last in own else len(own) - 1, key="keep_story",
            format_func=lambda key: own.get(key, "A new story"),
        )  # fmt: skip
    name = "" if chosen else st.text_input("Name of the story", "My story", key="keep_name", max_chars=60)
    if link.get("color") == MEASURE:
        st.caption(":material/info: The present color is a measurement, which is not kept: the view has the usual one.")
    return chosen, name or "", Scene((title or "").strip() or "A view", (caption or "").strip(), "", link)


def _kept(key: str, name: str, scene: Scene) -> Story:
    store = ec.get_store()
    if key:
        story = get_story(store, key).with_scene(scene)
        keep_story(store, story)
    else:
        story = begin_story(store, name, (scene,))
    get_state().presenting.kept_in = story.key
    return story

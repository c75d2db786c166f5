"""Keep the view of the map in a story: asked for on the map, told about in a dialog."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

import embeddings_core as ec
from components import cached
from components.app_state import MEASURE
from components.comparing.sides import readable_sides
from components.feedback import plain, shown
from components.links import PAGE, SHADE, VIEW, to_link
from components.sidebar import CLUSTER, chosen_encoder
from components.state import get_state
from components.trusting.points import shade_of
from embeddings_core.stories import (
    UNTITLED,
    Scene,
    begin_story,
    get_story,
    keep_story,
    names_of,
    own_stories,
)

COMPARE = "compare"
"""The page of views that show several maps."""
NEW = ""
"""The choice of a story that is yet to begin."""


def ask_to_keep(view: str, sides: str = "") -> None:
    """The visitor asks to keep what is shown now; `view` is the part of the map that is looked at, as in a link, and
    `sides` are those that the page Compare shows, as text. What a link may leave out, since it is what is usual, is
    written out: another encoder may be usual tomorrow."""
    state = get_state()
    link = {**to_link(state), "dataset": state.dataset, VIEW: view}
    link["encoder"] = chosen_encoder(state, cached.dataset(state.dataset))
    if sides:
        link |= {PAGE: COMPARE, "sides": sides, "query": ""}
    elif shade := shade_of(state):
        link[SHADE] = shade
    state.presenting.to_keep = link
    state.presenting.asked += 1


def keep_view() -> None:
    """Open the dialog, where it was asked for, and the one that tells where the view is."""
    presenting = get_state().presenting
    link, presenting.to_keep = presenting.to_keep, None
    kept, presenting.kept = presenting.kept, False
    if kept:
        _kept_in(presenting.kept_in)
    elif link is not None:
        _dialog(link)


@st.dialog("Keep this view", icon=":material/bookmark:")
def _dialog(link: Mapping[str, str]) -> None:
    if PAGE in link and not readable_sides(link["sides"]):
        st.info("A comparison with a model from a folder or a hub cannot be kept: no view loads one by itself.")
        return
    chosen, name, (title, caption) = _asked(link)
    if st.button("Keep", key="keep", type="primary"):
        with shown():
            _keep(chosen, name, Scene(title.strip() or UNTITLED, caption.strip(), "", link))
            st.rerun()  # a dialog cannot be emptied: another one takes its place


@st.dialog("Keep this view", icon=":material/bookmark:")
def _kept_in(key: str) -> None:
    with shown():
        story = get_story(ec.get_store(), key)
        st.success(f"Kept in “{plain(story.name)}” as view {len(story.scenes)}.", icon=":material/bookmark:")
        st.page_link("../pages/present.py", label="Order and play the story", icon=":material/slideshow:")


def _asked(link: Mapping[str, str]) -> tuple[str, str, tuple[str, str]]:
    """The story that the view goes to, by its key, NEW with a name for one to begin; title and caption of the view.

    What is too long is told when it is kept: a field with a limit drops what is pasted into it without a word.
    """
    own = names_of(own_stories(ec.get_store()))
    st.caption("A story is a row of kept views, which the page Present plays on the whole screen.")
    nth = get_state().presenting.asked  # other fields than last time: the browser remembers what was typed into those
    title = st.text_input("Title", key=f"keep_title-{nth}", placeholder="What there is to see")
    caption = st.text_area(
        "Caption", key=f"keep_caption-{nth}", height=80,
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
    for said in not_kept(link):
        st.caption(f":material/info: {said}")
    return chosen, name or "", (title or "", caption or "")


def not_kept(link: Mapping[str, str]) -> list[str]:
    """What is on the map now that the view of a `link` will not show."""
    state, said = get_state(), []
    if link.get("color") == MEASURE and SHADE not in link:
        said.append("The present color is a measurement, which is not kept: the view has the usual one.")
    if link.get("color") == CLUSTER and state.edits is not None and state.edits[1].can_undo:
        said.append("What you changed of the groups by hand is not kept: the view has them as they were found.")
    if state.picture is not None and state.item is None and PAGE not in link:
        said.append("The picture that you searched with is not kept.")
    return said


def _keep(key: str, name: str, scene: Scene) -> None:
    store = ec.get_store()
    if key:
        story = get_story(store, key).with_scene(scene)
        keep_story(store, story)
    else:
        story = begin_story(store, name, (scene,))
    presenting = get_state().presenting
    presenting.kept_in, presenting.kept = story.key, True

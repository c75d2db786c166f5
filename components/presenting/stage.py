"""A story on the whole window: the map of its view, the words over it, and what is asked from the floor."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

import embeddings_core as ec
from components import cached
from components.app_state import AppState
from components.feedback import guarded
from components.growing import carry, encoded
from components.links import PLAYED, VIEW, from_link
from components.map.map import Stop, draw_map
from components.map.naming import publish_names
from components.panels.groups import groups_panel
from components.panels.modes import modes_of
from components.panels.neighbors import answered
from components.projecting import projected
from components.remembered import Presenting
from components.scripts import component
from components.selecting import keep_selection
from components.sidebar import CLUSTER, chosen_color, chosen_encoder, colored, confirm_encoder, known_data
from components.state import get_state, heard, mirror_link, take_state
from embeddings_core.cards import cut
from embeddings_core.stories import Scene, Story

LISTED = 5
"""What is nearest to a question from the floor: so many are written out, all have rings."""
GONE = "The data of this view is not here any more. The story goes on with the next view."


@st.fragment
def play(story: Story) -> None:
    """Draw the view of the story that the state has come to."""
    state = get_state()
    if state.story != story.key:
        st.rerun()  # it was left
    state.stop = min(state.stop, len(story.scenes))
    scene = story.scenes[state.stop - 1]
    if state.presenting.played != (story.key, state.stop):
        state = _begun(state, scene, (story.key, state.stop))
    with st.container(key="play"):
        words, below = st.container(), st.container()
        answer: dict[str, Any] = {}
        with below, guarded():
            answer = _map(state, story, scene)
        with words:
            _words(state, story, scene, answer)
    mirror_link()


def leave() -> None:
    """Back to what was chosen before the story began; nothing where none is played."""
    before = get_state().presenting.aside
    if before is not None:
        before.story, before.stop = "", 1
        before.running = get_state().running
        take_state(before)


def _begun(before: AppState, scene: Scene, played: tuple[str, int]) -> AppState:
    """The state that a view of a story asks for takes the place of the one before it, which waits aside."""
    state = from_link({name: text for name, text in scene.link.items() if name not in PLAYED})
    aside = before.presenting.aside or before
    state.story, state.stop = before.story, played[1]
    state.presenting = Presenting(played, aside)
    if state.asked_encoder and state.asked_encoder in (before.encoder, aside.encoder):  # it has been agreed to already
        state.encoder, state.asked_encoder = state.asked_encoder, ""
    state.running, state.shown = before.running, before.shown
    take_state(state)
    return state


def _map(state: AppState, story: Story, scene: Scene) -> dict[str, Any]:
    """Draw the map; returns the answer to a question from the floor, where there is one."""
    with st.container(key="play_asked"):
        if state.dataset not in known_data():
            st.info(GONE, icon=":material/link_off:")
            return {}
        if state.asked_encoder:
            confirm_encoder(state)
            return {}
    dataset = cached.dataset(state.dataset)
    encoder = chosen_encoder(state, dataset)
    above, below = st.container(), st.container(key="play_said")
    with below:  # progress lies over the map that is there
        part = encoded(state.dataset, dataset, encoder)
        if part is None:
            return {}
        carry(part, len(dataset))
        space = part.space
        plane = projected(space, growing=part.rows is not None)
        if plane is None:
            return {}
        if part.rows is None:
            keep_selection(state, len(dataset))
        modes = modes_of(space)
        state.mode = state.mode if state.mode in modes else modes[0]
        marks, hits = answered(space, plane)
        _, color = chosen_color(state, encoder)
        groups = groups_panel(space, plane, colored=True, listed=False) if color == CLUSTER else None
        coloring = colored(state, len(space), color, part.rows, groups.coloring if groups else None)
    with above:
        where = Stop(f"{story.key}-{state.stop}", scene.link.get(VIEW, ""))
        draw_map(space.dataset, plane, coloring, marks, publish_names(space, plane, coloring), stop=where)
    if not state.query or state.query == scene.link.get("query", ""):
        return {}
    found = [] if hits is None else [int(item) for item in hits.indices[0][:LISTED]]
    titles = [cut(space.dataset.captions[item], 90) for item in found]
    return {"asked": state.query, "found": titles, "note": _said(plane, hits)}


def _said(plane: ec.Projection, hits: ec.Neighbors | None) -> str:
    """What the answer is."""
    if hits is None:
        return "Reading the question …"
    if not hits.indices.size:
        return "Nothing found."
    if not len(hits.query):
        return "Found by their words."
    where = f"The diamond shows {ec.place(plane, hits)[1]} where the text belongs on this map."
    return f"Most alike first. {where}" + (f" Approximate. {hits.approximate}" if hits.approximate else "")


def _words(state: AppState, story: Story, scene: Scene, answer: dict[str, Any]) -> None:
    """Title, caption and place in the story; the keys of whoever plays it."""

    def went() -> None:
        step = heard("player", "went")
        if isinstance(step, int) and 1 <= step <= len(story.scenes):
            get_state().stop = step

    def asked() -> None:
        text = heard("player", "asked")
        if isinstance(text, str) and text:
            get_state().ask(text)
        else:
            get_state().presenting.played = ("", 0)  # the view as it was kept

    def left() -> None:
        heard("player", "left")
        leave()

    data = {
        "story": story.key, "step": state.stop, "count": len(story.scenes), "title": scene.title,
        "caption": scene.caption, "notes": notes_address(story), "asked": "", "found": [], **answer,
    }  # fmt: skip
    scripts = ("presenting/channel.js", "presenting/player.js")
    component("player", "presenting/player.html", scripts, "presenting/player.css")(
        key="player", data=data, on_went_change=went, on_asked_change=asked, on_left_change=left
    )


def notes_address(story: Story) -> str:
    """Where the speaker's notes of a story are."""
    return f"./present?{urlencode({'story': story.key, 'notes': True})}"


def speaker(story: Story) -> None:
    """Draw the speaker's notes, which follow the window in which the story is played."""
    scenes = [{"title": scene.title, "notes": scene.notes} for scene in story.scenes]
    with st.container(key="speaker"):
        scripts = ("presenting/channel.js", "presenting/notes.js")
        component("notes", "presenting/notes.html", scripts, "presenting/notes.css")(
            key="notes", data={"story": story.key, "scenes": scenes}
        )

"""A story on the whole window: the map of its view, the words over it, and what is asked from the floor."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from components.app_state import AppState
from components.feedback import guarded
from components.links import PLAYED, from_link
from components.presenting.scenes import Answer, draw_scene
from components.remembered import Presenting
from components.scripts import component
from components.state import get_state, heard, mirror_link, take_state
from embeddings_core.cards import cut
from embeddings_core.stories import Scene, Story

ASKED = 120
"""Characters of a question that are shown over its answer."""


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
        asked, answer = bool(state.query) and state.query != scene.link.get("query", ""), None
        if not asked:  # the words need not wait for the map
            with words:
                _words(state, story, scene, None)
        with below, guarded():
            answer = draw_scene(state, story, scene)
        if asked:
            with words:
                _words(state, story, scene, answer)
    mirror_link()


def leave() -> None:
    """Back to what was chosen before the story began; nothing where none is played."""
    before = get_state().presenting.aside
    if before is not None:
        before.story, before.stop = "", 1
        before.running, before.touched = get_state().running, True  # the address still names the story
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


def _words(state: AppState, story: Story, scene: Scene, answer: Answer | None) -> None:
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

    at = state.stop - 1
    near = range(max(at - 1, 0), min(at + 2, len(story.scenes)))
    data = {
        "story": story.key, "step": state.stop, "count": len(story.scenes), "notes": notes_address(story),
        # what is said next is there before the map is
        "words": {str(place + 1): [story.scenes[place].title, story.scenes[place].caption] for place in near},
        "turned": state.presenting.turned(state),
        "answer": {"asked": cut(state.query, ASKED), **answer._asdict()} if answer else None,
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

"""Present: views of maps in an order, played on the whole window."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components.feedback import show
from components.presenting.editing import list_stories
from components.presenting.stage import leave, play, speaker
from components.state import get_state
from embeddings_core.stories import get_story

PAGE = {"title": "Present", "icon": ":material/slideshow:", "place": 9}


def page() -> None:
    """Draw the page."""
    state, problem = get_state(), None
    if state.story:
        try:
            story = get_story(ec.get_store(), state.story)
        except ec.CoreError as error:
            problem = error
        else:
            if story.scenes:
                (speaker if state.notes else play)(story)
                return
    leave()
    get_state().story = ""
    with st.container(key="page"):
        st.title("Stories to present")
        if problem is not None:
            show(problem)
        list_stories()


page()

"""Learn: short lessons about embeddings, step by step."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components.feedback import shown
from components.learning.page import contents, one_lesson
from components.state import get_state

PAGE = {"title": "Learn", "icon": ":material/school:", "place": 4}


def page() -> None:
    """Draw the page."""
    asked, lesson = get_state().lesson, None
    if asked:
        with shown():  # a link may ask for a lesson that there is not
            lesson = ec.lesson(asked)
    with st.container(key="lesson" if lesson else "page"):
        if lesson is None:
            contents()
        else:
            one_lesson(lesson)


page()

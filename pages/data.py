"""Data: bring texts, pictures, sounds, rows or vectors, or open a sample."""

from __future__ import annotations

import streamlit as st

from components.bring.preview import preview
from components.bring.sources import choose_source
from components.growing import in_progress

PAGE = {"title": "Data", "icon": ":material/database:", "place": 2}


def page() -> None:
    """Draw the page."""
    with st.container(key="page"):
        st.title("Bring data")
        in_progress()
        top = st.container()
        loaded = choose_source(top)
        if loaded is None:
            st.caption("Nothing is computed before you have seen a preview and pressed Encode.")
        else:
            with top:  # what was brought stands above where it came from: nobody has to scroll to it
                preview(loaded)


page()

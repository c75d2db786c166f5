"""Data: bring texts or pictures, or open a sample."""

from __future__ import annotations

import streamlit as st

from components.bring import choose_source, preview

PAGE = {"title": "Data", "icon": ":material/database:", "place": 2}


def page() -> None:
    """Draw the page."""
    with st.container(key="page"):
        st.title("Bring data")
        loaded = choose_source()
        if loaded is None:
            st.caption("Nothing is computed before you have seen a preview and pressed Encode.")
        else:
            preview(loaded)


page()

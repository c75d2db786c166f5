"""The panel of worklists: what is worth a look by hand, each list linked to the map and to be taken away."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import embeddings_core as ec
from components.feedback import shown
from components.panels.duplicates import duplicates_list
from components.panels.gap import gap_list
from components.panels.oddities import doubts_list, hubs_list, outliers_list
from components.state import bind

LISTS: dict[str, tuple[str, Callable[[ec.Space], None]]] = {
    "duplicates": ("Near-duplicates", duplicates_list),
    "outliers": ("Outliers", outliers_list),
    "doubts": ("Doubtful labels", doubts_list),
    "hubs": ("Hubs and orphans", hubs_list),
    "gap": ("Pictures far from their texts", gap_list),
}


def lists_panel(space: ec.Space) -> None:
    """Draw the panel."""
    chosen = st.selectbox(
        "What to look for", list(LISTS), format_func=lambda name: LISTS[name][0], **bind("worklist", list(LISTS)),
    )  # fmt: skip
    with st.container(key="lists"), shown():
        LISTS[chosen][1](space)

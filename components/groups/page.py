"""The page of one group: what is typical of it, what is on its edge, what is near, what sets it apart."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain
from components.groups.editing import edit_controls
from components.items.items import draw_items, draw_rows
from components.panels.special import tell_contrast
from components.sidebar import CLUSTER
from components.state import get_state
from embeddings_core.coloring import Coloring

NEAR = 5
"""Nearest groups that are listed."""
EDGE = (
    "Its items that are hardly nearer to its center than to that of another group, the most doubtful first. Where one "
    "belongs elsewhere, pick it, open its group and move it there."
)


def show_group(groups: ec.Clustering, group: int) -> None:
    """Show a group on the map: colored by group, its items selected."""
    state = get_state()
    if state.color != CLUSTER:
        state.hidden = ""
    state.group, state.color = group, CLUSTER
    state.select(groups.labels == group, f"the group {groups.names[group]}")


def _close() -> None:
    get_state().group = None


def group_page(space: ec.Space, groups: ec.Clustering, group: int, coloring: Coloring | None) -> None:
    """Draw the page, in place of the list of all groups."""
    st.button("All groups", key="all_groups", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    st.markdown(f"**{plain(groups.names[group])}** · {groups.sizes[group]:,} of {len(space):,} items")
    edit_controls(space, groups, group)
    st.button(
        "Select its items", key="select_group", icon=":material/select_all:", type="tertiary",
        on_click=show_group, args=(groups, group), help="In place of what is selected now.",
    )  # fmt: skip
    key = f"profile-{space.fingerprint}-{groups.fingerprint}-{group}"
    known = waiting.computed("profile", key, "Looking at the group", ec.profile, space, groups, group)
    if known is None:
        return
    st.markdown("**Nearest its center**", help="What is typical of it.")
    draw_items(space.dataset, known.typical.tolist(), key="group_examples")
    st.markdown("**On its edge**", help=EDGE)
    draw_items(space.dataset, known.edge.tolist(), key="group_edge")
    if len(known.near):
        st.markdown("**Nearest groups**", help="By the Euclidean distance of their centers; a click goes there.")
        near = zip(known.near[:NEAR].tolist(), known.distances[:NEAR].tolist(), strict=True)
        rows = [
            {
                "item": other,
                "text": groups.names[other],
                "score": f"{distance:.2f}",
                "color": coloring.palette[other] if coloring else None,
            }
            for other, distance in near
        ]
        draw_rows(rows, lambda other: show_group(groups, other), key="group_near")
    if known.contrast.against:
        tell_contrast(known.contrast, "In it", key="group_words")

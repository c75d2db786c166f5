"""Explore: the map, and beside it neighbors, sums, groups, how far it can be trusted, lists, filters and the like."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from components.about import about_encoding
from components.app_state import AppState
from components.encoding import counted
from components.feedback import guarded, plain
from components.growing import Part, carry, encoded, in_progress
from components.map.map import Marks, draw_map
from components.map.naming import publish_names
from components.panels.compose import compose_panel
from components.panels.download import download_panel
from components.panels.filters import filters_panel
from components.panels.groups import groups_panel
from components.panels.lists import lists_panel
from components.panels.neighbors import neighbors_panel
from components.panels.selection import selection_panel
from components.panels.table import table_panel
from components.panels.trust import trust_checks, trust_panel
from components.presenting.keeping import ask_to_keep, keep_view
from components.projecting import made_anew, offer_to_fit, projected
from components.selecting import keep_selection
from components.sidebar import CLUSTER, choose_color, choose_data, choose_projection, choose_space, colored
from components.state import bind, get_state, mirror_link
from components.trusting.groups import careful
from components.trusting.points import forget_color

PAGE = {"title": "Explore", "icon": ":material/scatter_plot:", "place": 1}

PANELS = ["Neighbors", "Compose", "Groups", "Trust", "Lists", "Filter", "Selection", "Table", "Download"]


def beside(state: AppState) -> tuple[object, ...]:
    """What is chosen beside the explorer: when it changes, the whole page is drawn again."""
    return (
        state.dataset,
        state.encoder,
        state.projection,
        state.dims,
        state.seed,
        state.color,
        state.measured and state.measured.label,
        repr(state.setting(state.projection)),
    )


@st.fragment
def explorer(part: Part, color: str, chosen: tuple[object, ...]) -> None:
    """The map and its panels: what happens here is answered without the rest of the page."""
    state, space = get_state(), part.space
    dataset = space.dataset
    if beside(state) != chosen:
        st.rerun()
    with guarded():
        left, right = st.columns([2, 1], gap="medium")
        above, below = left.container(), left.container()
        with below:  # progress must not push the map that is there
            plane = projected(space, growing=part.rows is not None)
        if plane is None:
            return
        if part.rows is None:
            keep_selection(state, len(dataset))
        marks, groups, told = Marks(), None, None
        with right, st.container(key="panels"):
            near, compose, found, trust, lists, filters, selection, table, download = st.tabs(
                PANELS, **bind("panel", PANELS)
            )
            with near:
                marks = neighbors_panel(space, plane, listed=bool(near.open))
            if compose.open:
                with compose:
                    marks = compose_panel(space, plane) or marks
            with found:
                if color == CLUSTER or found.open or download.open:
                    groups = groups_panel(space, plane, colored=color == CLUSTER, listed=bool(found.open))
            if trust.open:
                with trust:
                    told = trust_panel(space, plane)
                marks = replace(marks, lines=told.lines if told else ())
            else:
                forget_color(plane)
            if lists.open:
                with lists:
                    lists_panel(space)
            coloring = colored(state, len(space), color, part.rows, groups.coloring if groups else None)
            if told:
                with trust:
                    trust_checks(space, plane, told, coloring)
            if filters.open:
                with filters:
                    filters_panel(dataset)
            if selection.open:
                with selection:
                    selection_panel(space, coloring)
            if table.open:
                with table:
                    table_panel(dataset)
            if download.open:
                with download:
                    download_panel(space, plane, groups.clustering if groups else None, coloring)
        with above:
            thing = counted(1, dataset.kind).removeprefix("1 ")
            st.caption(f"Every dot is a {thing}. Dots that lie close together are alike to the encoder.")
            draw_map(dataset, plane, coloring, marks, publish_names(space, plane, coloring), keep=ask_to_keep)
            keep_view()
            words = [
                f"{len(space):,} item{'s' if len(space) > 1 else ''}",
                f"{space.vectors.shape[1]} dimensions",
                plane.note,
            ]
            with st.container(horizontal=True, gap="small", vertical_alignment="center"):
                st.caption(plain(" · ".join(filter(None, words))), width="content")
                if part.rows is None:
                    offer_to_fit(plane, dataset.kind)
            careful(space, plane, coloring)
            if state.anew == (state.dataset, space.encoder):
                st.caption(f":material/info: {plain(made_anew(space.encoder))}")
    mirror_link()


def page() -> None:
    """Draw the page."""
    state = get_state()
    with st.sidebar:
        st.markdown("**Embedding Explorer**")
        dataset = choose_data(state)
        encoder = choose_space(state, dataset)
        choose_projection(state)
        color = choose_color(state, encoder)
        in_progress(but=state.dataset)
    if state.broken:
        said = plain("; ".join(state.broken))
        st.warning(f"This link asks for what cannot be shown: {said}.", icon=":material/link_off:")
        state.broken = ()
    part = encoded(state.dataset, dataset, encoder)
    if part is not None:
        carry(part, len(dataset))
        if part.rows is None:  # all is there
            with st.sidebar:
                about_encoding(part.space)
        explorer(part, color, beside(state))


page()

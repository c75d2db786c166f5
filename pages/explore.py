"""Explore: the map, and beside it neighbors, filters, groups, the selection, the table and downloads."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import cached, waiting
from components.about import about_encoding
from components.coloring import Coloring, no_color
from components.controls import chosen_settings
from components.encoding import counted, encoded
from components.feedback import guarded, plain
from components.map.map import Marks, draw_map
from components.map.naming import publish_names
from components.panels.download import download_panel
from components.panels.filters import filters_panel
from components.panels.groups import Groups, groups_panel
from components.panels.neighbors import neighbors_panel
from components.panels.selection import selection_panel
from components.panels.table import table_panel
from components.published import publish_map
from components.selecting import keep_selection
from components.sidebar import CLUSTER, NONE, choose_color, choose_data, choose_projection, choose_space, column_of
from components.state import AppState, bind, get_state, mirror_link

PAGE = {"title": "Explore", "icon": ":material/scatter_plot:", "place": 1}

PANELS = ["Neighbors", "Filter", "Groups", "Selection", "Table", "Download"]


def projected(space: ec.Space) -> ec.Projection | None:
    """The chosen projection; until it is there its progress is drawn here, and the map that was shown before stays."""
    state = get_state()
    spec = next(spec for spec in ec.projections() if spec.id == state.projection)
    settings = chosen_settings(spec)
    key = f"project-{space.fingerprint}-{spec.id}-{state.dims}-{state.seed}-{sorted(settings.items())}"
    plane = waiting.computed(
        "project", key, f"Drawing the map with {spec.label}", ec.project, space, spec.id,
        dims=state.dims, seed=state.seed, **settings,
    )  # fmt: skip
    if plane is not None:
        state.shown = space.fingerprint, publish_map(plane).projection
    return state.shown[1] if state.shown and state.shown[0] == space.fingerprint else None


def colored(state: AppState, space: ec.Space, color: str, groups: Groups | None) -> Coloring:
    """The colors that were chosen; one for all until the groups are found."""
    if color == CLUSTER and groups is not None:
        return groups.coloring
    if color in (CLUSTER, NONE):
        return no_color(len(space))
    return cached.column_coloring(state.dataset, column_of(color))


def beside(state: AppState) -> tuple[object, ...]:
    """What is chosen beside the explorer: when it changes, the whole page is drawn again."""
    return (
        state.dataset,
        state.encoder,
        state.projection,
        state.dims,
        state.seed,
        state.color,
        repr(state.setting(state.projection)),
    )


@st.fragment
def explorer(space: ec.Space, color: str, chosen: tuple[object, ...]) -> None:
    """The map and its panels: what happens here is answered without the rest of the page."""
    state, dataset = get_state(), space.dataset
    if beside(state) != chosen:
        st.rerun()
    with guarded():
        left, right = st.columns([2, 1], gap="medium")
        above, below = left.container(), left.container()
        with below:  # progress must not push the map that is there
            plane = projected(space)
        if plane is None:
            return
        keep_selection(state, len(dataset))
        marks, groups = Marks(), None
        with right, st.container(key="panels"):
            near, filters, found, selection, table, download = st.tabs(PANELS, **bind("panel", PANELS))
            with near:
                marks = neighbors_panel(space, plane, listed=bool(near.open))
            with found:
                if color == CLUSTER or found.open or download.open:
                    groups = groups_panel(space, colored=color == CLUSTER)
            coloring = colored(state, space, color, groups)
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
                    download_panel(space, plane, groups.clustering if groups else None)
        with above:
            thing = counted(1, dataset.kind).removeprefix("1 ")
            st.caption(f"Every dot is a {thing}. Dots that lie close together are alike to the encoder.")
            draw_map(dataset, plane, coloring, marks, publish_names(space, plane, coloring))
            words = [f"{len(space):,} items", f"{space.vectors.shape[1]} dimensions", plane.note]
            st.caption(plain(" · ".join(filter(None, words))))
    mirror_link()


def page() -> None:
    """Draw the page."""
    state = get_state()
    with st.sidebar:
        st.markdown("**Embedding Explorer**")
        dataset = choose_data(state)
        encoder = choose_space(state, dataset)
        choose_projection(state)
        color = choose_color(state)
    if state.broken:
        said = plain("; ".join(state.broken))
        st.warning(f"This link asks for what cannot be shown: {said}.", icon=":material/link_off:")
        state.broken = ()
    space = encoded(state.dataset, dataset, encoder)
    if space is not None:
        with st.sidebar:
            about_encoding(space)
        explorer(space, color, beside(state))


page()

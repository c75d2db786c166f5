"""Explore: the map, and beside it neighbors, groups, the selection and downloads."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import cached, waiting
from components.coloring import no_color
from components.controls import chosen_settings
from components.encoding import counted, encoded
from components.feedback import plain
from components.map.map import draw_map
from components.panels.download import download_panel
from components.panels.groups import groups_panel
from components.panels.neighbors import neighbors_panel
from components.panels.selection import selection_panel
from components.sidebar import CLUSTER, NONE, choose_color, choose_data, choose_projection, choose_space, column_of
from components.state import bind, get_state

PAGE = {"title": "Explore", "icon": ":material/scatter_plot:", "place": 1}

PANELS = ["Neighbors", "Groups", "Selection", "Download"]


def projected(space: ec.Space) -> ec.Projection | None:
    """The chosen projection once it is there; its progress is drawn here until then."""
    state = get_state()
    spec = next(spec for spec in ec.projections() if spec.id == state.projection)
    settings = chosen_settings(spec)
    key = f"project-{space.fingerprint}-{spec.id}-{state.dims}-{state.seed}-{sorted(settings.items())}"
    return waiting.computed(
        "project", key, f"Drawing the map with {spec.label}", ec.project, space, spec.id,
        dims=state.dims, seed=state.seed, **settings,
    )  # fmt: skip


def page() -> None:
    """Draw the page."""
    state = get_state()
    with st.sidebar:
        st.markdown("**Embedding Explorer**")
        dataset = choose_data(state)
        encoder = choose_space(state, dataset)
        choose_projection(state)
        color = choose_color(state, dataset)
    space = encoded(state.dataset, dataset, encoder)
    if space is None:
        return
    left, right = st.columns([7, 3], gap="medium")
    with left:
        plane = projected(space)
    if plane is None:
        return
    with right, st.container(key="panels"):
        near, found, chosen, download = st.tabs(PANELS, **bind("panel", PANELS))
        with near:
            marks = neighbors_panel(space, plane)
        with found:
            colored = color == CLUSTER
            groups = groups_panel(space, wanted=colored or bool(found.open or download.open), colored=colored)
        if color == CLUSTER and groups is not None:
            coloring = groups.coloring
        elif color in (CLUSTER, NONE):
            coloring = no_color(len(dataset))
        else:
            coloring = cached.column_coloring(state.dataset, column_of(color))
        with chosen:
            selection_panel(dataset, coloring)
        with download:
            download_panel(space, plane, groups.clustering if groups else None)
    with left:
        thing = counted(1, dataset.kind).removeprefix("1 ")
        st.caption(f"Every dot is a {thing}. Dots that lie close together are alike to the encoder.")
        draw_map(dataset, plane, coloring, marks)
        words = [f"{len(space):,} items", f"{space.vectors.shape[1]} dimensions", plane.note]
        st.caption(plain(" · ".join(filter(None, words))))


page()

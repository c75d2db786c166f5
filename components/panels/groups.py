"""The panel that finds groups."""

from __future__ import annotations

import math
from typing import NamedTuple

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.app_state import AppState
from components.coloring import Coloring, color_groups
from components.controls import chosen_settings, method_settings, one_of
from components.feedback import plain
from components.items.items import draw_items, draw_rows
from components.panels.modes import readable
from components.sidebar import CLUSTER
from components.state import get_state

MEASURES = {
    "probability": "The probability is a mean over the group: that of all typed names it is this one (softmax "
    "over 100 × cosine similarity).",
    "similarity": "The similarity is a mean over the group: the cosine of an item and the name. This encoder gives no "
    "probabilities.",
}


class Groups(NamedTuple):
    """Groups that were found, and their colors."""

    clustering: ec.Clustering
    coloring: Coloring


def groups_panel(space: ec.Space, *, colored: bool) -> Groups | None:
    """Draw the panel; returns the groups once there are some. `colored` says that the map has their colors."""
    state = get_state()

    def change(method: str) -> None:
        get_state().clustering, get_state().group = method, None

    methods = [spec for spec in ec.clusterings() if readable(space).issuperset(spec.reads)]
    if state.clustering not in {spec.id for spec in methods}:
        state.clustering = AppState.clustering
    spec = one_of("Method", "clustering", methods, state.clustering, change)
    settings = chosen_settings(spec, len(space))
    method_settings(spec, len(space))
    if spec.id == "names" and not settings["names"].strip():
        return None  # nothing is asked yet
    with st.container(key="clusters"):
        key = f"cluster-{space.fingerprint}-{spec.id}-{sorted(settings.items())}"
        groups = waiting.computed("cluster", key, "Finding groups", ec.cluster, space, spec.id, **settings)
        if groups is None:
            return None
        state.found = space.fingerprint, groups
        coloring = color_groups(groups)
        _list(state, space, groups, coloring if colored else None)
        return Groups(groups, coloring)


def _list(state: AppState, space: ec.Space, groups: ec.Clustering, coloring: Coloring | None) -> None:
    st.markdown(summary(groups))
    if groups.note:
        st.caption(groups.note)
    if groups.measure:
        st.caption(MEASURES[groups.measure])
    if groups.approximate:
        st.caption(f":material/info: Approximate. {plain(groups.approximate)}")
    count = len(groups.names)
    if state.group is not None and state.group >= count:
        state.group = None
    rows = []
    for group in range(count):
        size = groups.sizes[group]
        more = f"{size:,} item{'s' if size != 1 else ''}"
        if not math.isnan(groups.silhouettes[group]):
            more += f" · silhouette {groups.silhouettes[group]:.2f}"
        if groups.confidence is not None:
            more += f" · {groups.measure} {groups.confidence[groups.labels == group].mean():.2f}"
        color = coloring.palette[group] if coloring else None
        chosen = group == state.group
        rows.append({"item": group, "text": groups.names[group], "more": more, "color": color, "chosen": chosen})
    draw_rows(rows, lambda group: show_group(groups, group), key="group_list")
    if state.group is not None:
        st.markdown("**Nearest its center**")
        draw_items(space.dataset, [i for i in groups.examples[state.group].tolist() if i >= 0], key="group_examples")


def show_group(groups: ec.Clustering, group: int) -> None:
    """Show a group on the map: colored by group, its items selected."""
    state = get_state()
    if state.color != CLUSTER:
        state.hidden = ""
    state.group, state.color = group, CLUSTER
    state.select(groups.labels == group, f"the group {groups.names[group]}")


def summary(groups: ec.Clustering) -> str:
    """What there is to say about all groups together, in Markdown."""
    count = len(groups.names)
    parts = [f"**{count} group{'s' if count != 1 else ''}**"]
    if groups.noise:
        parts.append(f"{groups.noise:,} items in none (noise)")
    if not math.isnan(groups.silhouette):
        sampled = f", on a sample of {groups.sampled:,}" if groups.sampled < len(groups.labels) - groups.noise else ""
        parts.append(f"silhouette {groups.silhouette:.2f} (from −1 to 1, higher is clearer{sampled})")
    return " · ".join(parts)

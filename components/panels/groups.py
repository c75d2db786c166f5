"""The panel that finds groups, judges them, and lets them be edited."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain
from components.groups.asking import ask
from components.groups.editing import edited, history_row, level_slider
from components.groups.judging import judge_section
from components.groups.page import group_page, show_group
from components.items.items import draw_rows
from components.panels.special import signed
from components.remembered import Found
from components.state import get_state
from embeddings_core.coloring import Coloring, color_groups

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


def groups_panel(space: ec.Space, plane: ec.Projection, *, colored: bool, listed: bool) -> Groups | None:
    """Draw the panel, if it is `listed`; returns the groups once there are some. `colored` says that the map has their
    colors."""
    state = get_state()
    question = ask(space, plane, listed=listed)
    if question.empty:
        return None
    with st.container(key="clusters"):
        found = waiting.computed(
            "cluster", f"cluster-{question.key}", "Finding groups", ec.cluster, space, question.spec.id,
            **question.given,
        )  # fmt: skip
        if found is None:
            return None
        groups = edited(space, found)
        state.found = Found(space.fingerprint, groups)
        if state.group is not None and state.group >= len(groups.names):
            state.group = None
        coloring = color_groups(groups)
        if listed:
            history_row(space, found)
            level_slider()
            judge_section(question, found, groups, coloring)
            _tell(groups)
            if state.group is None:
                _list(groups, coloring if colored else None)
            else:
                group_page(space, groups, state.group, coloring if colored else None)
        return Groups(groups, coloring)


def _tell(groups: ec.Clustering) -> None:
    st.markdown(summary(groups))
    if groups.measure:
        st.caption(MEASURES[groups.measure])
    if groups.note:
        st.caption(f":material/info: {plain(groups.note)}")
    if groups.approximate:
        st.caption(f":material/info: Approximate. {plain(groups.approximate)}")


def _list(groups: ec.Clustering, coloring: Coloring | None) -> None:
    if groups.names:
        st.caption("Click a group to select its items, rename it, merge or split it, and to see what is in it.")
    rows = [_row(groups, group, coloring) for group in range(len(groups.names))]
    draw_rows(rows, lambda group: show_group(groups, group), key="group_list", opens=True)


def _row(groups: ec.Clustering, group: int, coloring: Coloring | None) -> dict[str, Any]:
    size = groups.sizes[group]
    more = f"{size:,} item{'s' if size != 1 else ''}"
    if not math.isnan(groups.silhouettes[group]):
        more += f" · silhouette {signed(groups.silhouettes[group], 2)}"
    if groups.confidence is not None:
        more += f" · {groups.measure} {groups.confidence[groups.labels == group].mean():.2f}"
    color = coloring.palette[group] if coloring else None
    return {"item": group, "text": groups.names[group], "more": more, "color": color}


def summary(groups: ec.Clustering) -> str:
    """What there is to say about all groups together, in Markdown."""
    count = len(groups.names)
    parts = [f"**{count} group{'s' if count != 1 else ''}**"]
    if groups.noise:
        parts.append(f"{groups.noise:,} items in none (noise)")
    if not math.isnan(groups.silhouette):
        sampled = f", on a sample of {groups.sampled:,}" if groups.sampled < len(groups.labels) - groups.noise else ""
        parts.append(f"silhouette {signed(groups.silhouette, 2)} (from −1 to 1, higher is clearer{sampled})")
    return " · ".join(parts)

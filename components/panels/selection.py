"""The panel that shows what is selected on the map."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components.coloring import Coloring
from components.feedback import plain
from components.items.items import draw_items
from components.state import get_state

LISTED = 100


def selection_panel(dataset: ec.Dataset, coloring: Coloring) -> None:
    """Draw the panel."""
    state = get_state()
    items = [item for item in state.selection if item < len(dataset)]
    if not items:
        st.caption("Nothing is selected. Take the box or the loop above the map and drag it around some points.")
        return
    left, right = st.columns([3, 1], vertical_alignment="center")
    left.markdown(f"**{len(items):,} of {len(dataset):,} items** are selected.")
    right.button("Clear", key="clear", on_click=lambda: get_state().select(()))
    if coloring.kind == "category" and coloring.label:
        st.markdown(composition(items, coloring))
    draw_items(dataset, items[:LISTED], key="selection_list")
    if len(items) > LISTED:
        st.caption(f"The first {LISTED} are listed; the download holds all of them.")


def composition(items: list[int], coloring: Coloring) -> str:
    """What the selected items are made of, the commonest first, in Markdown."""
    counts: dict[str, int] = {}
    for item in items:
        name = coloring.names[int(coloring.values[item])]
        counts[name] = counts.get(name, 0) + 1
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:5]
    shares = (f"{plain(name)} {count / len(items):.0%}" for name, count in ranked)
    return f"{plain(coloring.label)}: " + ", ".join(shares)

"""What worklists share: how much is shown, items that are selected or color the map, and the list as a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

import embeddings_core as ec
from components.items.items import draw_items
from components.state import get_state, tie
from embeddings_core.sheets import Column
from embeddings_core.space import Floats, Ints

FEWEST, MOST = 5, 200
"""Items that a list shows."""


def take(
    space: ec.Space, parts: Mapping[str, Ints], name: str, items: Ints, columns: Mapping[str, Column], *, help: str
) -> None:
    """A button for each part of the list, item numbers (m,), that selects it, and one that saves the whole list: its
    items (k,), and what `columns` (k,) say of them."""
    with st.container(horizontal=True, gap="small"):
        for part, of_it in parts.items():
            st.button(
                f"Select {part} ({len(of_it):,})", key=f"select_{part}", icon=":material/select_all:", help=help,
                on_click=_select, args=(len(space), of_it, f"{name}: {part}"),
            )  # fmt: skip
        st.download_button(
            "Download the list",
            partial(ec.export, space.dataset, "csv", rows=items, extra=columns, include_vectors=False),
            ec.file_name(space.dataset, "csv", name), "text/csv",
            key="download_list", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def ranked(
    space: ec.Space, name: str, items: Ints, measure: Mapping[str, Floats], notes: list[str], said: Mapping[str, Column]
) -> None:
    """A list of items (m,), with the `measure` of all that ranks them (n,), which can color the map."""
    ((label, values),) = measure.items()
    take(space, {"these": items}, name, items, said, help="They become the selection on the map.")
    st.button(
        "Color the map by it", key="color_by_list", icon=":material/palette:", type="tertiary",
        on_click=get_state().measure, args=((get_state().dataset, space.encoder), label, values),
    )  # fmt: skip
    scores = [f"{value:,.0f}" if value.is_integer() else f"{value:,.3f}" for value in values[items]]
    draw_items(space.dataset, items.tolist(), scores, notes, key="worklist_items")


def how_many(there: int) -> int:
    """How many of those that are there the visitor wants to see."""
    state, most = get_state(), min(MOST, there)
    if most <= FEWEST:
        return most
    chosen = min(max(state.most, FEWEST), most)
    return st.slider("How many", FEWEST, most, **tie("most", chosen, _want))


def _want(most: int) -> None:
    get_state().most = most


def _select(n: int, items: Ints, label: str) -> None:
    get_state().select(np.isin(np.arange(n), items), label)

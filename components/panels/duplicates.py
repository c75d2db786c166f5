"""The worklist of near-duplicates: what each threshold would keep, and the groups at the chosen one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.encoding import counted
from components.items.items import draw_items, draw_rows
from components.panels.take import take
from components.state import bind, get_state
from embeddings_core.cards import cut
from embeddings_core.sheets import Column
from embeddings_core.space import Ints
from embeddings_core.worklists.duplicates import Duplicates, find_duplicates

LISTED = 100
HELP = (
    "Items are joined into a group by a cosine similarity of at least this, or by equal content. Joining chains: two "
    "items of a group may be less alike, when others lie between them."
)


def duplicates_list(space: ec.Space) -> None:
    """Draw the list."""
    state, key = get_state(), f"duplicates-{space.fingerprint}"
    found = waiting.computed("duplicates", key, "Comparing all pairs", find_duplicates, space)
    if found is None:
        return
    preview = found.preview()
    levels = [kept.threshold for kept in preview]
    if state.threshold not in levels:
        state.threshold = levels[-1] if state.threshold > levels[-1] else levels[0]
    threshold = st.select_slider(
        "Threshold", levels, format_func=lambda level: f"{level:.2f}", help=HELP, **bind("threshold")
    )
    st.dataframe(_table(found), hide_index=True, row_height=28, key="duplicates_preview", column_config=_columns())
    groups = found.groups(threshold)
    if not groups:
        st.caption("No two items are that much alike. Try a lower threshold.")
        return
    items = np.concatenate(groups)
    copies = np.concatenate([group[1:] for group in groups])
    thing = counted(len(space), space.dataset.kind)
    st.caption(f"Exact search among all pairs. Without the copies {len(space) - len(copies):,} of {thing} are left.")
    take(
        space, {"the copies": copies, "whole groups": items}, "near-duplicates", items, _said(found, groups),
        help="The copies are all but the first of each group.",
    )  # fmt: skip
    _groups(space, found, groups)


def _table(found: Duplicates) -> pd.DataFrame:
    return pd.DataFrame([(kept.threshold, kept.groups, kept.items, kept.kept) for kept in found.preview()],
                        columns=["threshold", "groups", "items", "kept"])  # fmt: skip


def _columns() -> dict[str, object]:
    number = st.column_config.NumberColumn
    return {
        "threshold": number("Threshold", format="%.2f"),
        "groups": number("Groups", format="localized"),
        "items": number("Items in them", format="localized"),
        "kept": number("Left", format="localized", help="Items that are left when one of each group stays."),
    }


def _said(found: Duplicates, groups: Sequence[Ints]) -> dict[str, Column]:
    """What the file says of each item of the groups."""
    sizes = [len(group) for group in groups]
    exact = np.repeat([found.exact(group) for group in groups], sizes)
    numbers = np.repeat(np.arange(1, len(groups) + 1), sizes)
    return {"group": numbers, "same_content": exact}


def _close() -> None:
    get_state().listed = None


def _groups(space: ec.Space, found: Duplicates, groups: Sequence[Ints]) -> None:
    captions, listed = space.dataset.captions, get_state().listed
    for group in groups:
        if listed in group:
            st.button("All groups", key="all_groups", icon=":material/arrow_back:", type="tertiary", on_click=_close)
            draw_items(space.dataset, group[:LISTED].tolist(), key="duplicate_items")
            return
    rows = []
    for number, group in enumerate(groups[:LISTED]):
        more = f"{len(group):,} items · {'equal content' if found.exact(group) else 'nearly the same'}"
        text = cut(captions[int(group[0])], 160)
        rows.append({"item": number, "text": text, "more": more})

    def pick(number: int) -> None:
        chosen = get_state()
        chosen.listed = int(groups[number][0])
        chosen.select(np.isin(np.arange(len(space)), groups[number]), "a group of near-duplicates")

    draw_rows(rows, pick, key="duplicate_groups", opens=True)
    if len(groups) > LISTED:
        st.caption(f"The {LISTED} largest groups are listed; the file holds all {len(groups):,}.")

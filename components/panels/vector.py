"""The numbers of a vector as a strip of colors, and the dimensions in which two vectors differ most."""

from __future__ import annotations

import math
from html import escape
from typing import Any, NamedTuple

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain, shown
from components.state import get_state
from embeddings_core.cards import cut
from embeddings_core.fingerprints import fingerprint
from embeddings_core.space import Floats

ACROSS, DOWN = 64, 16
"""Cells of a line of a strip at least, and lines at most."""
CELL = 12
"""Pixels of a line of a strip."""
MOST = 10
"""Dimensions that are told."""
BELOW, ZERO, ABOVE = "#0072B2", "#F7F7F7", "#D55E00"
"""Colors that everybody can tell apart."""
UNNAMED = "Single dimensions of most encoders mean nothing by themselves: only all of them together do."
NAMED = "This encoder knows what each dimension stands for: point at a cell to read it."


class Vectors(NamedTuple):
    """One or two items, m in all, their vectors (m, d) scaled to length 1, and what the d dimensions are called, ()
    where nobody knows."""

    items: tuple[int, ...]
    units: Floats
    names: tuple[str, ...]


def vector_section(space: ec.Space) -> None:
    """Draw the section where an item is picked, or one or two are selected; it is found out when it is open."""
    items = _chosen(len(space))
    if not items:
        return
    label = "Its vector" if len(items) == 1 else "Their vectors"
    section = st.expander(label, key="vector", icon=":material/barcode:", on_change="rerun")
    if not section.open:
        return
    with section:
        key = f"vector-{space.fingerprint}-{fingerprint(items)}"
        found = waiting.computed("vector", key, "Reading", waiting.silent(vectors_of), space, items)
        if found is not None:
            _strips(space.dataset, found)
            with shown():
                _differences(found, nearest=len(items) == 1)


def _chosen(n: int) -> tuple[int, ...]:
    """The picked item and what is selected, two at most; nothing of a larger selection."""
    state = get_state()
    history = state.selecting(n)
    selected = np.flatnonzero(history.now).tolist() if history.count <= 2 else []
    picked = [] if state.item is None or state.item >= n else [state.item]
    return tuple(dict.fromkeys([*picked, *selected]))[:2]


def vectors_of(space: ec.Space, items: tuple[int, ...]) -> Vectors:
    """The vectors of two items, or of one and its nearest neighbor, where it has one."""
    if len(items) == 1:
        near = ec.nearest_others(space, space.vectors[items[0]], 1, items).indices[0]
        items = (*items, *near.tolist())
    units = space.vectors[list(items)] * space.inverse_norms[list(items), None]
    return Vectors(items, units, ec.dimension_names(space))


def _strips(dataset: ec.Dataset, found: Vectors) -> None:
    most = float(np.abs(found.units).max(initial=0))
    d = found.units.shape[1]
    for place, (item, values) in enumerate(zip(found.items, found.units, strict=True)):
        caption = cut(dataset.captions[item], 60)
        st.caption(f"**{'AB'[place]}** {plain(caption)}")
        figure = strip(values, found.names, most)
        alt = f"{d} numbers as colors, from {values.min():.3f} to {values.max():.3f}: the vector of {caption}"
        st.plotly_chart(figure, key=f"strip-{place}", config={"displayModeBar": False}, alt=alt)
    st.caption(
        f"Each cell is one of {d:,} numbers, in their order, line by line: orange above 0, blue below. Vectors are "
        f"scaled to length 1. {NAMED if found.names else UNNAMED}"
    )


def _differences(found: Vectors, *, nearest: bool) -> None:
    if len(found.items) < 2:
        return
    one, other = found.units
    if np.array_equal(one, other):
        st.caption("Both vectors are the same.")
        return
    differ = ec.differing_dimensions(one, other, MOST)
    count, d = len(differ.dimensions), len(one)
    st.markdown(f"**Where {'it and its nearest neighbor' if nearest else 'they'} differ most**")
    st.dataframe(
        {
            "dimension": [name_of(found.names, dimension) for dimension in differ.dimensions.tolist()],
            "A": differ.first, "B": differ.second, "share": differ.shares * 100,
        },
        hide_index=True, row_height=28, key="differing",
        column_config={
            "dimension": st.column_config.TextColumn("Dimension"),
            "A": st.column_config.NumberColumn(format="%.3f", width=56),
            "B": st.column_config.NumberColumn(format="%.3f", width=56),
            "share": st.column_config.NumberColumn("Share", format="%.1f%%", width=64),
        },
    )  # fmt: skip
    st.caption(
        f"Share: of the squared distance between the two. These {count} of {d:,} dimensions make "
        f"{differ.shares.sum():.0%} of it; if all counted alike, they would make {count / d:.0%}."
    )


def name_of(names: tuple[str, ...], dimension: int) -> str:
    """What a dimension, from 0, is called."""
    return names[dimension] if names else f"dimension {dimension}"


def strip(values: Floats, names: tuple[str, ...], most: float) -> dict[str, Any]:
    """A Plotly figure of a vector (d,) in a few lines of cells, on a scale from -most to most."""
    d = len(values)
    across = min(d, max(ACROSS, math.ceil(d / DOWN)))
    down = math.ceil(d / across)
    cells = [float(value) for value in values] + [None] * (across * down - d)
    told = [escape(cut(name_of(names, at), 80), quote=False) for at in range(d)] + [""] * (across * down - d)
    lines = range(0, across * down, across)
    data = {
        "type": "heatmap", "z": [cells[at : at + across] for at in lines],
        "text": [told[at : at + across] for at in lines], "hovertemplate": "%{text}: %{z:.3f}<extra></extra>",
        "colorscale": [[0, BELOW], [0.5, ZERO], [1, ABOVE]], "zmin": -most or -1, "zmax": most or 1,
        "showscale": False, "hoverongaps": False,
    }  # fmt: skip
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "height": CELL * down + 8, "margin": {"l": 0, "r": 0, "t": 4, "b": 4}, "dragmode": False,
        "xaxis": hidden, "yaxis": {**hidden, "autorange": "reversed"},
    }  # fmt: skip
    return {"data": [data], "layout": layout}

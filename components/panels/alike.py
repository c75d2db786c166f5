"""How alike the selected items are: their similarity matrix as a heat map."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import shown
from components.panels.axes import wrapped
from embeddings_core.arithmetic import MOST, SimilarityMatrix
from embeddings_core.cards import cut
from embeddings_core.selections import History

NAMED = 25
"""Up to so many items have their names beside the rows."""


def alike_section(space: ec.Space, history: History) -> None:
    """Draw the section, for two selected items and more."""
    if history.count < 2:
        return
    section = st.expander("How alike are they", key="alike", icon=":material/grid_on:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        if history.count > MOST:
            st.caption(f"Select 2 to {MOST} items to see each compared with each.")
            return
        key = f"alike-{space.fingerprint}-{history.fingerprint}"
        items = np.flatnonzero(history.now)
        matrix = waiting.computed("alike", key, "Comparing", waiting.silent(ec.similarity_matrix), space, items)
        if matrix is not None:
            _draw(space.dataset, matrix)


def _draw(dataset: ec.Dataset, matrix: SimilarityMatrix) -> None:
    captions = [dataset.captions[item] for item in matrix.items]
    m = len(captions)
    mean = float((matrix.cosines.sum() - np.trace(matrix.cosines)) / (m * (m - 1)))
    alt = f"Heat map of the cosine similarities of {m} items with each other, {mean:.2f} on average."
    st.plotly_chart(heat_map(matrix, captions), key="alike_map", config={"displayModeBar": False}, alt=alt)
    st.caption(
        f"Cosine similarity of each with each, {mean:.2f} on average. Rows and columns are in the same order, which "
        "puts like beside like; an item with itself is left blank. Point at a cell to read both."
    )


def heat_map(matrix: SimilarityMatrix, captions: list[str]) -> dict[str, Any]:
    """A Plotly figure of the matrix (m, m), whose hover names both items. Its diagonal, all 1, is blank: it would
    take the colors of the rest."""
    words = [wrapped(caption) for caption in captions]
    rows = matrix.cosines.tolist()
    others = [[None if i == j else cosine for j, cosine in enumerate(row)] for i, row in enumerate(rows)]
    hover = [
        [f"{one}<br><br>{other}<br><br>{cosine:.3f}" for other, cosine in zip(words, row, strict=True)]
        for one, row in zip(words, rows, strict=True)
    ]
    cells = {
        "type": "heatmap", "z": others, "text": hover, "colorscale": "Viridis",
        "hovertemplate": "%{text}<extra></extra>",
        "colorbar": {"title": {"text": "cosine"}, "thickness": 10},
    }  # fmt: skip
    ticks: dict[str, Any] = {"showticklabels": False}
    if len(words) <= NAMED:
        names = [escape(cut(caption, 22), quote=False) for caption in captions]
        ticks = {"tickvals": list(range(len(names))), "ticktext": names}
    down = {"autorange": "reversed", **ticks}
    layout = {
        "height": 380,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "xaxis": {"showticklabels": False},
        "yaxis": down,
    }
    return {"data": [cells], "layout": layout}

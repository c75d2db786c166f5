"""The map of a space: a Streamlit component around plotly.js.

The points travel once, by address; a rerun sends only what is marked, selected and how it is colored.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from components.coloring import Coloring
from components.routes import plotly_address, publish_items, publish_numbers
from components.state import get_state, heard
from embeddings_core import Dataset, Projection, projections

FOLDER = Path(__file__).parent
SCRIPTS = ("loading.js", "parts.js", "places.js", "map.js")
KEY = "map"


@dataclass(frozen=True)
class Marks:
    """What the map points out: the picked item, or the place of a query, and the neighbors of either."""

    item: int | None = None
    query: tuple[float, ...] | None = None
    neighbors: tuple[int, ...] = field(default=())


def script() -> str:
    """The map's JavaScript, one module."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in SCRIPTS)


@cache
def _component() -> Any:
    return st.components.v2.component(
        "embedding_map",
        html=(FOLDER / "map.html").read_text(encoding="utf-8"),
        css=(FOLDER / "map.css").read_text(encoding="utf-8"),
        js=script(),
        # the page's own style sheet reaches the map, and anyone can find its root element
        isolate_styles=False,
    )


def payload(
    dataset: Dataset,
    projection: Projection,
    coloring: Coloring,
    marks: Marks,
    selection: Sequence[int],
    version: int,
) -> dict[str, Any]:
    """Everything that a rerun sends to the browser; the points themselves are fetched by address."""
    n = len(projection.coords)
    label = next((spec.label for spec in projections() if spec.id == projection.method), projection.method)
    return {
        "plotly": plotly_address(),
        "points": n,
        "dims": projection.dims,
        "coords": publish_numbers(projection.fingerprint, geometry(projection)),
        "items": publish_items(dataset),
        "coloring": {
            "address": publish_numbers(coloring.fingerprint, coloring.values.tobytes()),
            "kind": coloring.kind,
            "label": coloring.label,
            "names": coloring.names,
            "palette": coloring.palette,
            "counts": coloring.counts,
            "ends": coloring.ends,
        },
        "marks": {"item": marks.item, "query": marks.query, "neighbors": marks.neighbors},
        "selection": {"version": version, "packed": pack_bits(selection, n)},
        "alt": f"Map of {n:,} items of {dataset.name}, {label} in {projection.dims} dimensions. "
        "Arrow keys go from item to item, Enter picks one, Escape lets go.",
    }


def geometry(projection: Projection) -> bytes:
    """The coordinates as they travel: float32, item by item, 4 bytes a dimension."""
    return np.ascontiguousarray(projection.coords, dtype="<f4").tobytes()


def pack_bits(items: Sequence[int], count: int) -> str:
    """A set of items as base64 of one bit an item, the first item in the lowest bit."""
    bits = np.zeros(count, dtype=bool)
    bits[list(items)] = True
    return base64.b64encode(np.packbits(bits, bitorder="little").tobytes()).decode() if len(items) else ""


def unpack_bits(packed: str, count: int) -> tuple[int, ...]:
    """The items of a packed set, in order; nothing for what the browser cannot have sent."""
    try:
        raw = np.frombuffer(base64.b64decode(packed, validate=True), dtype=np.uint8)
    except ValueError:
        return ()
    bits = np.unpackbits(raw, bitorder="little")[:count]
    return tuple(int(item) for item in np.flatnonzero(bits))


def draw_map(dataset: Dataset, projection: Projection, coloring: Coloring, marks: Marks) -> None:
    """Draw the map; what is picked or selected on it arrives in the state."""
    state = get_state()
    n = len(dataset)

    def picked() -> None:
        item = heard(KEY, "picked")
        if isinstance(item, int) and item < n:
            state.pick(item if item >= 0 else None)

    def lassoed() -> None:
        packed = heard(KEY, "lasso")
        if isinstance(packed, str):
            # the map shows it already: its version stays
            state.selection = unpack_bits(packed, n)

    selection = [item for item in state.selection if item < n]
    _component()(
        key=KEY,
        data=payload(dataset, projection, coloring, marks, selection, state.selection_version),
        on_picked_change=picked,
        on_lasso_change=lassoed,
    )

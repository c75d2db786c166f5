"""The panel that gives the visitor everything that was computed, as a file."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import streamlit as st

import embeddings_core as ec
from components.panels.standalone import standalone_section
from components.reporting import offer_report
from components.state import get_state
from embeddings_core.coloring import Coloring
from embeddings_core.selections import kept, tags

FORMATS = {"csv": "CSV", "parquet": "Parquet", "jsonl": "JSONL", "npz": "NPZ"}
MIME = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "jsonl": "application/jsonl",
    "npz": "application/octet-stream",
}
HELP = (
    "CSV opens in any spreadsheet. Parquet keeps types and is small. JSONL has one JSON object a line. "
    "NPZ holds NumPy arrays."
)


def download_panel(space: ec.Space, plane: ec.Projection, groups: ec.Clustering | None, coloring: Coloring) -> None:
    """Draw the panel."""
    history = get_state().selecting(len(space))
    st.caption("One row an item: its text or file, its metadata, its place on the map, its group, its vector.")
    format = choose_format("format")
    vectors = st.toggle("With vectors", True, key="with_vectors", help=f"{space.vectors.shape[1]} numbers an item.")
    only = st.toggle(
        f"Only what is selected ({history.count:,})", key="only_selected", disabled=not history.count,
        help="Select items on the map, in the table or in a list, and take only these.",
    ) and bool(history.count)  # fmt: skip
    download_button(space, format, history.now if only else None, plane, groups, vectors=vectors, key="download")
    if groups is None:
        st.caption("Groups are left out until they have been found.")
    if get_state().rows is None:  # all is there
        offer_report([(space, plane)], coloring, groups=groups)
    standalone_section(space, plane, groups, coloring)


def choose_format(key: str) -> str:
    """A row of buttons, one a format; returns the chosen one."""
    chosen: str = st.segmented_control(
        "Format", list(FORMATS), default="csv", required=True, format_func=FORMATS.get, help=HELP, key=key
    )
    return chosen


def download_button(
    space: ec.Space,
    format: str,
    mask: npt.NDArray[np.bool_] | None,
    plane: ec.Projection | None,
    groups: ec.Clustering | None = None,
    *,
    vectors: bool,
    key: str,
) -> None:
    """Draw the button that makes the file when it is clicked: of the items of a mask (n,), or of all."""
    name = ec.file_name(space.dataset, format, "embeddings" if mask is None else "selection")
    make = partial(file_of, space, format, mask, plane, groups, vectors=vectors)
    st.download_button(
        "Download", make, name, MIME[format], key=key, on_click="ignore", icon=":material/download:", type="primary"
    )


def file_of(
    space: ec.Space,
    format: str,
    mask: npt.NDArray[np.bool_] | None,
    plane: ec.Projection | None,
    groups: ec.Clustering | None = None,
    *,
    vectors: bool,
) -> bytes:
    """The file that is downloaded, with the tags of every item if there are any."""
    rows = None if mask is None else np.flatnonzero(mask)
    return ec.export(
        space,
        format,
        projection=plane,
        clustering=groups,
        rows=rows,
        include_vectors=vectors,
        tags=tagged(space.dataset),
    )


def tagged(dataset: ec.Dataset) -> list[str] | None:
    """The names of the kept selections that each item is in, one text an item; None where none are kept."""
    store = ec.get_store()
    return tags(store, dataset.fingerprint, len(dataset)) if kept(store, dataset.fingerprint) else None

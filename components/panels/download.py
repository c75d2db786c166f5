"""The panel that gives the visitor everything that was computed, as a file."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components.state import get_state

FORMATS = {"csv": "CSV", "parquet": "Parquet", "npz": "NPZ"}
MIME = {"csv": "text/csv", "parquet": "application/vnd.apache.parquet", "npz": "application/octet-stream"}
HELP = "CSV opens in any spreadsheet. Parquet keeps types and is small. NPZ holds NumPy arrays."


def download_panel(space: ec.Space, plane: ec.Projection, groups: ec.Clustering | None) -> None:
    """Draw the panel."""
    state, dataset = get_state(), space.dataset
    st.caption("One row an item: its text or file, its metadata, its place on the map, its group, its vector.")
    format = st.segmented_control(
        "Format",
        list(FORMATS),
        default="csv",
        required=True,
        format_func=FORMATS.get,
        help=HELP,
        key="format",
    )
    vectors = st.toggle("With vectors", True, key="with_vectors", help=f"{space.vectors.shape[1]} numbers an item.")
    items = [item for item in state.selection if item < len(dataset)]
    only = st.toggle(f"Only the {len(items):,} selected items", key="only_selected", disabled=not items) and bool(items)

    def make() -> bytes:
        return ec.export(
            space,
            format,
            projection=plane,
            clustering=groups,
            rows=items if only else None,
            include_vectors=vectors,
        )

    st.download_button(
        "Download", make, ec.file_name(dataset, format), MIME[format],
        key="download", on_click="ignore", icon=":material/download:", type="primary",
    )  # fmt: skip
    if groups is None:
        st.caption("Groups are left out until they have been found.")

"""What is kept in memory between reruns and shared by all sessions, keyed by ids and fingerprints.

The only file that names st.cache_*. Vectors, coordinates and groups are kept on disk by the core's store;
here are only the objects around them.
"""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from embeddings_core.coloring import Coloring, color_by, color_columns


@st.cache_resource(show_spinner=False, max_entries=16)
def dataset(key: str) -> ec.Dataset:
    """A sample by its id, or a dataset in the store by its fingerprint."""
    if key in {sample.id for sample in ec.samples()}:
        return ec.sample(key)
    return ec.get_store().get_dataset(key)


@st.cache_resource(show_spinner=False, max_entries=6)
def space(key: str, encoder: str) -> ec.Space:
    """The space of a dataset that is already encoded: read from the store."""
    return ec.encode(dataset(key), encoder)


@st.cache_resource(show_spinner=False, max_entries=64)
def column_coloring(key: str, column: str) -> Coloring:
    """The colors of a metadata column."""
    data = dataset(key)
    return color_by(column, data.metadata[column])


@st.cache_resource(show_spinner=False, max_entries=64)
def columns_to_color(key: str) -> tuple[list[str], str | None]:
    """The metadata columns to color by, and the one that suits best."""
    return color_columns(dataset(key))

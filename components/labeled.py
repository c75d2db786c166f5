"""The chooser of a column that has labels."""

from __future__ import annotations

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import cached
from components.state import bind, get_state
from embeddings_core.metadata import MOST, column_of

FEW = 5
"""Items that a value must have to be a label."""


def choose_labels(dataset: ec.Dataset, help: str) -> str | None:
    """The chosen column with labels; without any, what would be one is said instead."""
    columns = labeled(dataset)
    if not columns:
        st.caption(f"No column of this data has labels: 2 to {MOST} different values, two or more of {FEW} items each.")
        return None
    chosen: str = st.selectbox("Column with labels", columns, help=help, **bind("label_column", columns))
    return chosen


def labeled(dataset: ec.Dataset) -> list[str]:
    """The columns with labels, those of few different values first."""
    columns, _ = cached.columns_to_color(get_state().dataset)
    found = []
    for name in columns:
        column = column_of(dataset, name)
        if column.codes is None or len(column.names) > MOST:
            continue
        if (np.bincount(column.codes[column.codes >= 0]) >= FEW).sum() > 1:
            found.append(name)
    return found

"""What every worklist offers: select its items on the map, and take the list away as a file."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

import embeddings_core as ec
from components.state import get_state
from embeddings_core.sheets import Column
from embeddings_core.space import Ints


def take(
    space: ec.Space, parts: Mapping[str, Ints], name: str, items: Ints, columns: Mapping[str, Column], *, help: str
) -> None:
    """A button for each part of the list, item numbers (m,), that selects it, and one that saves the whole list: its
    items (k,), and what `columns` (k,) say of them."""
    with st.container(horizontal=True, gap="small"):
        for part, items in parts.items():
            st.button(
                f"Select {part} ({len(items):,})", key=f"select_{part}", icon=":material/select_all:", help=help,
                on_click=_select, args=(len(space), items, f"{name}: {part}"),
            )  # fmt: skip
        st.download_button(
            "Download the list",
            partial(ec.export, space.dataset, "csv", rows=items, extra=columns, include_vectors=False),
            ec.file_name(space.dataset, "csv").replace("-embeddings.", f"-{name}."), "text/csv",
            key="download_list", on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _select(n: int, items: Ints, label: str) -> None:
    get_state().select(np.isin(np.arange(n), items), label)

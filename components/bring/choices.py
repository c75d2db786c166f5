"""What an item is, where data can be seen in several ways: the widgets, and what was chosen by them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

import embeddings_core as ec
from embeddings_core.fingerprints import fingerprint

NAMES: dict[ec.Kind, str] = {"text": "A text", "row": "A row", "vector": "Its ready vector"}
MEANS: dict[ec.Kind, str] = {
    "text": "The texts of one column are encoded.",
    "row": "The numbers and categories of a row are encoded side by side.",
    "vector": "The vectors that came with the data are used as they are.",
}
LINES, PASSAGES = "One line, one item", "Passages"
MOST_KEPT = 40
"""Columns that become metadata unless someone chooses otherwise."""


@dataclass(frozen=True)
class Choice:
    """What becomes of what was read: the kind of its items, the column of texts or the columns of a row, and the
    columns that become metadata (None for all)."""

    kind: ec.Kind
    text: str | None = None
    rows: tuple[str, ...] | None = None
    keep: tuple[str, ...] | None = None

    def preview(self, loaded: ec.Loaded) -> ec.Preview:
        """What will happen. Raises CoreError where nothing can."""
        return loaded.preview(self.text, kind=self.kind, rows=self.rows)

    def dataset(self, loaded: ec.Loaded) -> ec.Dataset:
        """The Dataset. Raises CoreError as `preview`."""
        return loaded.dataset(self.text, self.keep, kind=self.kind, rows=self.rows)


def usual(loaded: ec.Loaded) -> Choice:
    """What becomes of it unless someone chooses otherwise."""
    kind = loaded.kinds[0]
    text = loaded.guess if kind == "text" and not loaded.media else None
    rows = tuple(loaded.row_columns()[:MOST_KEPT]) if kind == "row" else None
    return Choice(kind, text, rows)


def choose_split(loaded: ec.Loaded) -> ec.Loaded:
    """A plain text as lines or as passages, where it may be either."""
    if loaded.split is None:
        return loaded
    way = st.segmented_control(
        "What is an item?", [LINES, PASSAGES], default=LINES, required=True, key=f"split-{loaded.name}",
        help="Passages are paragraphs of about 1,000 characters, put together or cut at the ends of sentences.",
    )  # fmt: skip
    return loaded.split() if way == PASSAGES else loaded


def choose_items(loaded: ec.Loaded) -> Choice:
    """The widgets for what an item is made of."""
    kinds = loaded.kinds
    kind = kinds[0]
    columns = [str(column) for column in loaded.table]
    slot = f"{loaded.name}-{fingerprint(columns)[:8]}"  # other columns, other choices
    if len(kinds) > 1:
        kind = st.segmented_control(
            "What is an item?", kinds, format_func=lambda kind: NAMES[kind], default=kinds[0], required=True,
            key=f"kind-{slot}",
        )  # fmt: skip
        ready = (
            " Ready vectors come along: one of the encoders uses them."
            if loaded.vectors is not None and kind != "vector"
            else ""
        )
        st.caption(MEANS[kind] + ready)
    if kind not in NAMES:
        return Choice(kind)
    left, right = st.columns(2)
    text, rows = None, None
    with left:
        if kind == "text":
            text = _text(loaded, columns)
        elif kind == "row":
            rows = st.multiselect(
                "Columns of a row", columns, default=loaded.row_columns()[:MOST_KEPT], key=f"rows-{slot}",
                help="What is encoded: numbers and categories. Leave out ids, and what you want to find again.",
            )  # fmt: skip
    with right if kind != "vector" else left:
        keep = _keep([column for column in columns if column != text], f"keep-{slot}-{kind}-{text}")
    return Choice(kind, text, None if rows is None else tuple(rows), keep)


def _text(loaded: ec.Loaded, columns: Sequence[str]) -> str | None:
    guess = loaded.guess
    return st.selectbox(
        "Text column", columns, index=columns.index(guess) if guess in columns else None, key="text_column",
        placeholder="Choose the column that holds the texts",
        help="The column that is encoded. This one is a guess: change it if it is wrong.",
    )  # fmt: skip


def _keep(others: Sequence[str], key: str) -> tuple[str, ...]:
    return tuple(
        st.multiselect(
            "Keep as metadata", others, default=others[:MOST_KEPT], key=key,
            help="Columns to color by, to see beside an item and to download.",
        )
    )  # fmt: skip

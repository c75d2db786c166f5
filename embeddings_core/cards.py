"""What a card or a list row says about one item. Pure: plain text and numbers, no markup."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pandas as pd

from .errors import CoreError
from .searching import marks
from .space import Dataset

LONGEST = 1_000
"""Characters of a text that a card shows; the item itself is never cut."""
FIELDS = 12


def card(dataset: Dataset, item: int, words: str = "") -> dict[str, Any]:
    """The content of an item's card: {"item", "title", "marks": [[start, end], ...], "fields": [[name, value], ...]},
    where the marks are what `words` match in the title."""
    title = cut(dataset.captions[item])
    fields = metadata_fields(dataset, item)
    found: list[tuple[int, int]] = []
    with suppress(CoreError):  # words that cannot be searched mark nothing
        found = marks(title, words) if words else []
    return {"item": item, "title": title, "marks": found, "fields": fields}


def metadata_fields(dataset: Dataset, item: int) -> list[list[str]]:
    """The filled metadata of an item, without the column that is its caption."""
    row = dataset.metadata.iloc[item]
    shown = []
    for name, value in row.items():
        text = show(value)
        if text and name != dataset.text and text != dataset.captions[item]:
            shown.append([str(name), cut(text, 200)])
    return shown[:FIELDS]


def show(value: Any) -> str:
    """A metadata value as plain text; nothing for what is missing."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return ""
    if isinstance(value, pd.Timestamp):
        return value.strftime("%Y-%m-%d" if value == value.normalize() else "%Y-%m-%d %H:%M")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return f"{value:.0f}"  # a column of whole numbers in which one is missing
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)


def cut(text: str, longest: int = LONGEST) -> str:
    """`text`, at most `longest` characters of it."""
    return text if len(text) <= longest else text[: longest - 1] + "…"

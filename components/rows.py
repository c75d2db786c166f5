"""The rows of the table: which items, in which order, and a page of them as text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from embeddings_core import Dataset, InputError
from embeddings_core.cards import cut, show
from embeddings_core.facets import order
from embeddings_core.filters import Filter, matches
from embeddings_core.memo import memo
from embeddings_core.metadata import column_places, is_number, series, whole
from embeddings_core.selections import unpack

PAGE = 100
MOST = 200
"""Rows of the largest page."""
COLUMNS = 40
"""Metadata columns that the table shows."""
LONGEST = 200
"""Characters of a cell."""
_CAPTIONS = ("name", "file", "title", "label")

Rows = npt.NDArray[np.integer[Any]]


def columns(dataset: Dataset) -> list[dict[str, Any]]:
    """What the cells of a row hold, the item itself first: [{"name", "sort": what sorts by it or "", "number"}]."""
    own = _own(dataset)
    item = {
        "name": {"text": "Text", "image": "Picture", "sound": "Sound"}.get(dataset.kind, "Item"),
        "sort": own,
        "number": False,
    }
    return [
        item,
        *({"name": name, "sort": name, "number": is_number(series(dataset, name))} for name in _shown(dataset)),
    ]


def left_out(dataset: Dataset) -> int:
    """How many metadata columns the table has no room for."""
    return len([name for name in column_places(dataset) if name != _own(dataset)]) - len(_shown(dataset))


def listed(dataset: Dataset, wanted: Filter, within: bytes | None, sort: str, descending: bool) -> Rows:
    """The items of the table, (rows,) in their order: those that pass the filter and are in the packed selection
    `within`, if there is one. No `sort` is the order of the data. Raises InputError as `order` and `matches` do."""
    if not wanted.active and within is None:
        return order(dataset, sort or None, descending)
    return _left(dataset, wanted, within, sort, descending)


@memo(most=6)
def _left(dataset: Dataset, wanted: Filter, within: bytes | None, sort: str, descending: bool) -> Rows:
    ordered = order(dataset, sort or None, descending)
    stay = matches(dataset, wanted)
    if within is not None:
        stay &= unpack(within, len(dataset))
    rows: Rows = ordered[stay[ordered]].astype(np.int32)
    rows.setflags(write=False)
    return rows


def page_of_rows(dataset: Dataset, wanted: Filter, within: bytes | None, asked: Mapping[str, str]) -> dict[str, Any]:
    """A page of the table: {"total": rows in all, "offset": the first row's, "rows": [{"item", "cells": [text, ...]}]},
    the cells as `columns` tells.

    `asked` may hold "sort", "descending" ("1"), "offset" and "count". With "about" the page is the one that holds
    this item; "place" is the item's row then, None where it is not listed. Raises InputError for numbers that
    cannot be, and as `listed` does.
    """
    count = _number(asked, "count", PAGE, 1, MOST)
    offset = _number(asked, "offset", 0, 0, 2**53)
    rows = listed(dataset, wanted, within, asked.get("sort", ""), asked.get("descending") == "1")
    found: dict[str, Any] = {"total": len(rows)}
    if "about" in asked:
        about = _number(asked, "about", 0, 0, len(dataset) - 1)
        places = np.flatnonzero(rows == about)
        found["place"] = int(places[0]) if len(places) else None
        offset = (found["place"] or 0) // count * count
    return {**found, "offset": offset, "rows": _texts(dataset, rows[offset : offset + count])}


def _texts(dataset: Dataset, items: Rows) -> list[dict[str, Any]]:
    captions = [dataset.captions[item] for item in items]
    values = [series(dataset, name).iloc[items].tolist() for name in _shown(dataset)]
    cells = zip(captions, *values, strict=True)
    return [
        {"item": int(item), "cells": [_text(value) for value in row]} for item, row in zip(items, cells, strict=True)
    ]


def _text(value: Any) -> str:
    return whole(cut(show(value), LONGEST))


def _own(dataset: Dataset) -> str:
    """The metadata column that the items' captions come from, "" for none."""
    if dataset.kind == "text":
        return dataset.text or ""
    return next((name for name in _CAPTIONS if name in dataset.metadata), "")


def _shown(dataset: Dataset) -> list[str]:
    own = _own(dataset)
    return [name for name in column_places(dataset) if name != own][:COLUMNS]


def _number(asked: Mapping[str, str], name: str, usual: int, low: int, high: int) -> int:
    """A whole number that was asked for. Raises InputError for what is none, or not from `low` to `high`."""
    try:
        number = int(asked.get(name, usual))
    except ValueError:
        number = low - 1
    if not low <= number <= high:
        raise InputError(f"{name} must be a whole number from {low} to {high:,}.", "Reload the page.")
    return number

"""The table of all items: it follows the filter and the selection, and drives the selection.

The rows travel by address, a page at a time; a rerun sends only the columns and what is marked.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from components.published import BASE, SHORT, publish, publish_items
from components.rows import columns, left_out, listed
from components.scripts import component
from components.state import get_state, heard, heard_item
from embeddings_core import CoreError, Dataset
from embeddings_core.filters import Filter
from embeddings_core.selections import History, pack

SCRIPTS = (
    "map/ask.js",
    "map/live.js",
    "table/track.js",
    "table/source.js",
    "table/line.js",
    "table/table.js",
    "table/hands.js",
)
KEY = "table"

Mask = npt.NDArray[np.bool_]


def _component() -> Any:
    return component("table", "table/table.html", SCRIPTS, "table/table.css")


def table_panel(dataset: Dataset) -> None:
    """Draw the panel; what is picked, checked or filtered in it arrives in the state."""
    publish_items(dataset)
    state = get_state()
    history = state.selecting(len(dataset))

    def picked() -> None:
        if (item := heard_item(KEY, len(dataset))) is not None:
            state.pick(item)

    def checked() -> None:
        state.select(with_changes(history.now, heard(KEY, "checked")), "checking rows")

    def ranged() -> None:
        state.select(with_range(dataset, history, heard(KEY, "range")), "checking rows")

    def filtered() -> None:
        text = heard(KEY, "filtered")
        if isinstance(text, str):
            state.filter_by(text)

    _component()(
        key=KEY,
        data=payload(dataset, history, state.item, state.filter),
        on_picked_change=picked,
        on_checked_change=checked,
        on_range_change=ranged,
        on_filtered_change=filtered,
    )


def payload(dataset: Dataset, history: History, item: int | None, filter: str) -> dict[str, Any]:
    """Everything that a rerun sends to the browser."""
    chosen = history.count > 0
    # made now: the history goes on, what is published under a fingerprint stays
    bits = pack(history.now) if chosen else b""
    return {
        "dataset": dataset.fingerprint,
        "rows": f"{BASE}/rows/{dataset.fingerprint}",
        "pictures": f"{BASE}/pictures/{dataset.fingerprint}" if dataset.kind == "image" else "",
        "sounds": f"{BASE}/sounds/{dataset.fingerprint}" if dataset.kind == "sound" else "",
        "items": len(dataset),
        "columns": columns(dataset),
        "more": left_out(dataset),
        "within": history.fingerprint[:SHORT] if chosen else "",
        "selection": publish(history.fingerprint, lambda: bits) if chosen else "",
        "picked": item,
        "filter": filter,
    }


def with_changes(now: Mask, sent: Any) -> Mask:
    """A selection (n,) after some items were checked or unchecked: {"changes": [[item, on], ...]}. What the table
    cannot have sent changes nothing."""
    mask = now.copy()
    try:
        for item, on in sent["changes"]:
            if isinstance(item, int) and 0 <= item < len(mask):
                mask[item] = bool(on)
    except (KeyError, TypeError, ValueError):
        return now
    return mask


def with_range(dataset: Dataset, history: History, sent: Any) -> Mask:
    """The selection (n,) after the rows `from` to `to` were checked (`on`) or unchecked, in the order that the table
    had: its `filter`, `sort` and `descending`, and `within`, the selection that it was limited to, "" for none.
    What the table cannot have sent changes nothing."""
    now = history.now
    try:
        first, last = sorted((int(sent["from"]), int(sent["to"])))
        within, sort = sent["within"], str(sent["sort"])
        if first < 0 or within not in ("", history.fingerprint):
            return now
        wanted = Filter.from_text(str(sent["filter"]))
        rows = listed(dataset, wanted, pack(now) if within else None, sort, bool(sent["descending"]))
        mask = now.copy()
        mask[rows[first : last + 1]] = bool(sent["on"])
    except (CoreError, KeyError, TypeError, ValueError, OverflowError):
        return now
    return mask

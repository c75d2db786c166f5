"""A list of items beside the map: rank, score, picture or text, metadata. A click picks the item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from components.items.rows import rows
from components.published import publish_items
from components.scripts import component
from components.state import get_state, heard, heard_item
from embeddings_core import Dataset


def _component() -> Any:
    return component("items", "items/items.html", ("map/ask.js", "map/live.js", "items/items.js"), "items/items.css")


def draw_items(
    dataset: Dataset, items: Sequence[int], scores: Sequence[str] = (), notes: Sequence[str] = (), *, key: str
) -> None:
    """Draw the list; the item that is clicked becomes the picked one."""
    publish_items(dataset)
    draw_rows(rows(dataset, items, scores, notes=notes), lambda item: get_state().pick(item), key=key)


def draw_rows(shown: Sequence[dict[str, Any]], pick: Callable[[int], None], *, key: str, opens: bool = False) -> None:
    """Draw a list of rows ("item", "text" and, if wanted, "rank", "score", "more", "picture", "sound", "color", or
    the text in "parts"); `pick` gets the "item" of the one that is clicked, which `opens` in place of the list."""
    known = {row["item"] for row in shown}

    def picked() -> None:
        item = heard(key, "picked")
        if item in known:
            pick(item)

    _component()(key=key, data={"rows": list(shown), "opens": opens}, on_picked_change=picked)


def draw_near(
    dataset: Dataset, part: str, shown: Sequence[dict[str, Any]], middle: int | str | None, source: str, *,
    key: str, gallery: bool = False, why: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Draw the "center" or the "list" (`part`) of what is near `middle`, which is an item, "query", or None.

    The rows of an item are not sent: `source` is where the browser finds them, which it has asked for already when the
    item was picked on the page. It shows those of an item that is picked before the page has been drawn again, so that
    this list has to be there even while there is nothing to show. A `gallery` shows large pictures and little else.
    `why` is called when the visitor asks why it is these; without it, that cannot be asked.
    """
    publish_items(dataset)

    def picked() -> None:
        if (item := heard_item(key, len(dataset))) is not None:
            get_state().pick(item)

    data: dict[str, Any] = {"near": part, "middle": middle}
    data |= {"source": source} if source else {"rows": list(shown)}
    data |= {"gallery": 1} if gallery else {}
    asked: dict[str, Any] = {} if why is None else {"on_why_change": why}
    data |= {"why": 1} if asked else {}
    _component()(key=key, data=data, on_picked_change=picked, **asked)

"""A list of items beside the map: rank, score, picture or text, metadata. A click picks the item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from components.cards import cut, metadata_fields
from components.published import picture_address, publish_items
from components.scripts import component
from components.state import get_state, heard
from embeddings_core import Dataset

WHOLE = 20_000
"""Characters of a text that are shown as a whole."""


def _component() -> Any:
    return component("items", "items/items.html", ("items/items.js",), "items/items.css")


def rows(
    dataset: Dataset, items: Sequence[int], scores: Sequence[str] = (), seen_as: Sequence[str] = (), longest: int = 160
) -> list[dict[str, Any]]:
    """What the list shows, one dictionary an item, texts of at most `longest` characters; with scores the
    items are ranked."""
    shown = []
    for place, item in enumerate(items):
        row: dict[str, Any] = {"item": int(item), "text": cut(dataset.captions[item], longest)}
        more = [f"seen as {seen_as[place]}"] if seen_as else []
        more += [f"{name}: {value}" for name, value in metadata_fields(dataset, item)[:5]]
        row["more"] = " · ".join(more)
        if scores:
            row |= {"rank": place + 1, "score": scores[place]}
        if dataset.kind == "image":
            row["picture"] = picture_address(dataset, item)
        shown.append(row)
    return shown


def draw_items(
    dataset: Dataset, items: Sequence[int], scores: Sequence[str] = (), seen_as: Sequence[str] = (), *, key: str
) -> None:
    """Draw the list; the item that is clicked becomes the picked one."""
    publish_items(dataset)
    draw_rows(rows(dataset, items, scores, seen_as), lambda item: get_state().pick(item), key=key)


def draw_item(dataset: Dataset, item: int, *, key: str) -> None:
    """Draw one item with its whole text, which scrolls when it is long."""
    publish_items(dataset)
    draw_rows(rows(dataset, [item], longest=WHOLE), lambda item: get_state().pick(item), key=key, full=True)


def draw_rows(shown: Sequence[dict[str, Any]], pick: Callable[[int], None], *, key: str, full: bool = False) -> None:
    """Draw a list of rows ("item", "text" and, if wanted, "rank", "score", "more", "picture", "color");
    `pick` gets the "item" of the one that is clicked."""
    known = {row["item"] for row in shown}

    def picked() -> None:
        item = heard(key, "picked")
        if item in known:
            pick(item)

    _component()(key=key, data={"rows": list(shown), "full": full}, on_picked_change=picked)

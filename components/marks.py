"""What the map points out, and what the browser asks for by itself when an item is picked: the items near it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from urllib.parse import urlencode

from components.items.rows import WHOLE, near_rows, rows
from components.published import BASE, SHORT, publish_space, short
from embeddings_core import Neighbors, Projection, Space

DRAWN = 100_000
"""Points up to which the browser has them all; of more it has a sample."""


class Line(NamedTuple):
    """A line on the map between two items. "torn": alike in the space, far apart on the map; "false": close on the map,
    strangers in the space; of two spaces, "left": neighbors only in the first, "came": only in the second."""

    start: int
    end: int
    kind: Literal["torn", "false", "left", "came"]


@dataclass(frozen=True)
class Marks:
    """The picked item, or the place of a query, and the neighbors of either. `start` is where the way to the query
    begins, where there is one; `ask` is where the browser asks for the neighbors of another item, "" where it cannot.
    """

    item: int | None = None
    query: tuple[float, ...] | None = None
    neighbors: tuple[int, ...] = ()
    start: tuple[float, ...] | None = None
    ask: str = ""
    lines: tuple[Line, ...] = ()


def placed(marks: Marks, projection: Projection) -> dict[str, Any]:
    """The marks that are there; with their places, where the browser has only a sample of the points."""
    place, places = None, []
    if len(projection.coords) > DRAWN:
        place = None if marks.item is None else short(projection.coords[marks.item])
        places = [short(projection.coords[item]) for item in marks.neighbors]
    lines = [
        [start, short(projection.coords[start]), end, short(projection.coords[end]), kind]
        for start, end, kind in marks.lines
    ]
    there = {"place": place, "query": marks.query, "start": marks.start, "places": places, "lines": lines}
    return {"item": marks.item, "neighbors": marks.neighbors} | {name: told for name, told in there.items() if told}


def address_to_ask(
    space: Space, projection: Projection, k: int, metric: str, item: int | str = "ITEM", filter: str = "",
    *, exact: bool = True,
) -> str:  # fmt: skip
    """Where the browser asks what is near an item, among those of a `filter`; without one, "ITEM" stands for its
    number. Unless `exact` an index answers, where one was made: what browsers keep must tell the two apart."""
    publish_space(space)
    asked = {"map": projection.fingerprint[:SHORT], "k": k, "metric": metric} | ({"filter": filter} if filter else {})
    asked |= {} if exact else {"index": 1}
    return f"{BASE}/near/{space.fingerprint[:SHORT]}/{item}?{urlencode(asked)}"


def near(space: Space, projection: Projection, item: int, hits: Neighbors) -> dict[str, Any]:
    """The answer: marks for the map, the picked item with its whole text, and the list of what is near it."""
    marks = Marks(item, neighbors=tuple(hits.indices[0].tolist()))
    center = rows(space.dataset, [item], longest=WHOLE)
    return {"marks": placed(marks, projection), "center": center, "list": near_rows(space.dataset, hits)}

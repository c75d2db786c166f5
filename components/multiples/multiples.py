"""Many small maps of the same items side by side; a click on one chooses it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from components.map.map import legend_of, map_address
from components.published import publish_map
from components.scripts import component
from components.state import heard
from embeddings_core import Projection
from embeddings_core.coloring import Coloring


class Cell(NamedTuple):
    """A small map with a title and, below it, a note; None in the place of a map that is still made. One may be
    marked as the chosen one."""

    title: str
    plane: Projection | None
    note: str = ""
    chosen: bool = False


def draw_multiples(
    cells: Sequence[Cell], coloring: Coloring, choose: Callable[[int], None] | None, *, columns: int, key: str
) -> None:
    """Draw 2-D maps of the same items in rows of `columns`; `choose` gets the place of the one that is clicked; without
    it they are only looked at."""

    def chosen() -> None:
        place = heard(key, "chosen")
        if choose and isinstance(place, int) and 0 <= place < len(cells) and cells[place].plane is not None:
            choose(place)

    component("multiples", "multiples/multiples.html", SCRIPTS, "multiples/multiples.css")(
        key=key,
        data={"cells": [_cell(cell) for cell in cells], "coloring": legend_of(coloring), "columns": columns}
        | ({} if choose else {"still": True}),
        on_chosen_change=chosen,
    )


SCRIPTS = ("map/ask.js", "map/loading.js", "map/colors.js", "multiples/multiples.js")


def _cell(cell: Cell) -> dict[str, Any]:
    told = {"title": cell.title, "note": cell.note, "map": "", "chosen": cell.chosen}
    if cell.plane is None:
        return told
    return {**told, "map": map_address(cell.plane), "home": publish_map(cell.plane).home}

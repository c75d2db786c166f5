"""The parts of a sum of meanings: texts, items and sets of items, each with a weight. Pure."""

from __future__ import annotations

from typing import NamedTuple

from embeddings_core.arithmetic import Part
from embeddings_core.space import Ints


class Summand(NamedTuple):
    """A named part, taken away where its weight is below 0: a text or, where there are any, `items` (m,)."""

    label: str
    weight: float
    text: str = ""
    items: Ints | None = None

    @property
    def part(self) -> Part:
        """As the core takes it; a set of one is that item."""
        if self.items is None:
            return self.text
        return int(self.items[0]) if len(self.items) == 1 else self.items

    @property
    def single(self) -> bool:
        """It is one text or one item."""
        return self.items is None or len(self.items) == 1


def carried(items: Ints, place: Ints) -> Ints:
    """Items under their new numbers, where `place` tells for each old one the new, or -1 for one that is gone."""
    moved = place[items[items < len(place)]]
    return moved[moved >= 0]

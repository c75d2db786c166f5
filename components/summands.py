"""The parts of a sum of meanings: texts, items and sets of items, each with a weight; as a link carries them. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import quote_plus

import numpy as np

from embeddings_core.arithmetic import Part
from embeddings_core.space import Ints

HEAVIEST = 3.0
"""The largest weight of a part."""
ROOM = 1_000
"""Characters of an address that a sum may take."""
_DIGITS = 9  # of an item's number


class Summand(NamedTuple):
    """A named part, taken away where its weight is below 0: a text or, where there are any, `items` (m,).

    `key` is that under which the store keeps a set of items, "" where it does not; a link's set has nothing else until
    it is looked for.
    """

    label: str
    weight: float
    text: str = ""
    items: Ints | None = None
    key: str = ""

    @property
    def part(self) -> Part:
        """As the core takes it; a set of one is that item."""
        if self.items is None:
            return self.text
        return int(self.items[0]) if self.single else self.items

    @property
    def single(self) -> bool:
        """It is one text or one item."""
        return bool(self.text) or (self.items is not None and len(self.items) == 1)

    @property
    def sought(self) -> bool:
        """It is a set of which only the key is known."""
        return self.items is None and not self.text


def carried(items: Ints, place: Ints) -> Ints:
    """Items under their new numbers, where `place` tells for each old one the new, or -1 for one that is gone."""
    moved = place[items[items < len(place)]]
    return moved[moved >= 0]


# -- in a link -------------------------------------------------------------------------------------


def written(parts: Sequence[Summand]) -> str:
    """All parts for a link, as JSON: [weight, text], [weight, item], or [weight, key, label] of a set. "" where the
    address has no room for them, or where a set is not in the store: a part of a sum is another sum."""
    if not parts or any(not part.single and not part.key for part in parts):
        return ""
    text = json.dumps([_written(part) for part in parts], ensure_ascii=False, separators=(",", ":"))
    return text if len(quote_plus(text)) <= ROOM else ""


def _written(part: Summand) -> list[float | str]:
    weight = int(part.weight) if part.weight == int(part.weight) else part.weight
    if part.text:
        return [weight, part.text]
    if part.single and part.items is not None:
        return [weight, int(part.items[0])]
    return [weight, part.key, part.label[:60]]


def read(text: str) -> tuple[Summand, ...]:
    """The parts that a link names; items and sets are still to be looked for. Raises ValueError."""
    if len(text) > ROOM:
        raise ValueError("too long")
    try:
        given = json.loads(text)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(given, list):
        raise ValueError("no list")
    return tuple(_read(part) for part in given)


def _read(given: Any) -> Summand:
    match given:
        case [float() | int() as weight, str() as text] if text.strip():
            return Summand(_said(text), _weight(weight), text=_said(text))
        case [float() | int() as weight, int() as item] if 0 <= item < 10**_DIGITS and not isinstance(item, bool):
            return Summand("", _weight(weight), items=np.array([item]))
        case [float() | int() as weight, str() as key, str() as label] if key:
            return Summand(_said(label), _weight(weight), key=_said(key))
    raise ValueError("no part of a sum")


def _said(text: str) -> str:
    text.encode()  # half of a character cannot be sent to a page: a ValueError
    return text.strip()


def _weight(given: float) -> float:
    if isinstance(given, bool) or not abs(given) <= HEAVIEST:  # so is NaN
        raise ValueError("no weight")
    return float(given)

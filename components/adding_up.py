"""The sum of meanings that is asked for: found beside the page, and where it lies on the map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

import embeddings_core as ec
from components import waiting
from components.marks import Marks
from components.selecting import settled
from components.state import get_state
from components.summands import Summand
from embeddings_core.arithmetic import part_vector
from embeddings_core.cards import cut
from embeddings_core.filters import Filter
from embeddings_core.fingerprints import fingerprint
from embeddings_core.space import Ints

MOST = 100
"""Items near the sum that are listed at most."""


class Sum(NamedTuple):
    """What is nearest to a sum, and to its first part; the items that were left out, (m,)."""

    hits: ec.Neighbors
    first: ec.Neighbors
    besides: Ints


def settle_parts(dataset: ec.Dataset) -> tuple[Summand, ...]:
    """The parts of the sum, with all that a link leaves out."""
    state = get_state()
    state.summands = tuple(settled(part, dataset) for part in state.summands)
    return state.summands


def found_sum(space: ec.Space, parts: tuple[Summand, ...]) -> Sum | None:
    """What the sum of these comes to; None while it is computed, which is shown here. Raises InputError for a part
    whose items are not here."""
    state = get_state()
    for part in parts:
        if part.sought:
            raise ec.InputError(
                f"The items of “{cut(part.label, 60)}” are not here.",
                "Remove this part." if state.rows is None else "They are found once everything is encoded.",
            )
    k, where = min(state.k, MOST), Filter.from_text(state.among)
    key = f"compose-{space.fingerprint}-{k}-{fingerprint(parts)}-{state.among}"
    return waiting.computed("compose", key, "Adding up", waiting.silent(added_up), space, parts, k, where)


def added_up(space: ec.Space, parts: Sequence[Summand], k: int, where: Filter | None = None) -> Sum:
    """The `k` items nearest to the sum of `parts` among those of `where`, without those that are parts themselves."""
    besides = ec.mentioned(space, [part.part for part in parts])
    total = ec.combine(space, [(part.part, part.weight) for part in parts])
    first = np.asarray(part_vector(space, parts[0].part), dtype=np.float32)
    return Sum(ec.nearest_others(space, total, k, besides, where=where), ec.nearest_others(space, first), besides)


def sum_marks(plane: ec.Projection, parts: Sequence[Summand], found: Sum) -> tuple[Marks, str]:
    """The sum on the map, the way to it from the first part, and in a word how it was placed."""
    near = tuple(int(item) for item in found.hits.indices[0])
    places, how = ec.place(plane, found.hits)
    if not len(places):
        return Marks(neighbors=near), how
    start = None
    if len(parts) > 1:
        one = parts[0].part
        start = _point(plane.coords[one] if isinstance(one, int) else ec.place(plane, found.first)[0])
    return Marks(query=_point(places), neighbors=near, start=start), how


def _point(place: np.ndarray) -> tuple[float, ...]:
    return tuple(float(x) for x in np.ravel(place))

"""Where a map is wrong, item by item: true neighbors that it tears away, and strangers that it draws near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from ..space import Ints, Metric, Progress, Projection, Space
from . import measurable
from .ranks import ranked


@dataclass(frozen=True, eq=False)
class Torn:
    """`torn` (a, 2): an item and one of its `k` nearest that is not among the k drawn nearest to it; `torn_ranks` (a,)
    tell its rank on the map, from 1. `strangers` (b, 2): an item and one of the k drawn nearest to it that is not among
    its k nearest; `stranger_ranks` (b,) tell its true rank. Item by item in the order asked for, the nearest first."""

    k: int
    torn: Ints
    torn_ranks: Ints
    strangers: Ints
    stranger_ranks: Ints


def torn(
    space: Space,
    projection: Projection,
    items: int | Sequence[int] | Ints,
    k: int = 15,
    *,
    metric: Metric = "cosine",
    progress: Progress | None = None,
) -> Torn:
    """What the map gets wrong about one item or some `items` (m,): the lines to draw for a selected item, or for the
    worst of a Trust. Exact; a second or two for 100 of 100,000. `k`, `metric` and what is raised are as in `trust`, and
    ParameterError for items that there are not. `progress` counts items.
    """
    vectors, k = measurable(space, projection, k, metric)
    asked = np.atleast_1d(np.asarray(items, dtype=np.int64))
    if ((asked < 0) | (asked >= len(space))).any():
        raise ParameterError(f"There are items 0 to {len(space) - 1}, not {asked.tolist()}.", "Choose of these.")
    pairs: list[list[Ints]] = [[], []]
    ranks: list[list[Ints]] = [[], []]
    done = 0
    for block in ranked(vectors, projection.coords, asked, k):
        if progress:
            progress(done, len(asked))
        done += len(block.items)
        sides = (block.true, block.true_on_map), (block.drawn, block.drawn_in_space)
        for side, (others, ranked_at) in enumerate(sides):
            row, column = np.nonzero(ranked_at > k)
            pairs[side].append(np.stack([block.items[row], others[row, column]], axis=1))
            ranks[side].append(ranked_at[row, column])
    empty = np.empty((0, 2), dtype=np.int64)
    found = [np.concatenate([empty, *side]) for side in pairs]
    places = [np.concatenate([empty[:, 0], *side]) for side in ranks]
    return Torn(k, found[0], places[0], found[1], places[1])

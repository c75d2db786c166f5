"""Who is near whom by the vectors and on the map: some items against all others, in blocks of bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..space import Floats, Ints

BLOCK = 8_000_000
"""Distances that are held at once, for each of the two sides."""
_COLUMNS = 8_192
_DUST = 1e-13
"""Squared distances below this share of the largest are 0: float32 vectors cannot tell such items apart."""


@dataclass(frozen=True, eq=False)
class Ranked:
    """The k nearest others of m `items` (m,), the nearest first: by the vectors `true` (m, k), on the map `drawn`
    (m, k); of each its rank on the other side, `true_on_map` and `drawn_in_space` (m, k).

    Ties count in favor: of the ranks that items equally far share, each has the one that is nearest to its place here.
    Who of them is among the nearest k: by the vectors the one that is nearer on the map, so that twins can stand for
    one another; on the map the first in the data, so that items drawn on one spot win nothing by it.

    `lengths` (m, k, 2) are the distances of the true neighbors, by the vectors and on the map; `far` (m, p, 2) those
    of p random others, each at most once an item.
    """

    items: Ints
    true: Ints
    drawn: Ints
    true_on_map: Ints
    drawn_in_space: Ints
    lengths: Floats
    far: Floats


def ranked(vectors: Floats, coords: Floats, items: Ints, k: int, others: int = 0, seed: int = 0) -> Iterator[Ranked]:
    """`items` (m,) of n in blocks, by Euclidean distance between `vectors` (n, d) and `coords` (n, dims); k and
    `others`, the random ones, are at most n - 1."""
    random = np.random.default_rng(seed)
    at_once = max(1, BLOCK // len(vectors))
    for start in range(0, len(items), at_once):
        rows = items[start : start + at_once]
        yield _block(distances(vectors, rows), distances(coords, rows), rows, k, others, random)


def distances(points: Floats, rows: Ints) -> Floats:
    """From `rows` (m,) to all `points` (n, d): (m, n) float32. To itself it is -1, so that it is always first."""
    center = points.mean(axis=0, dtype=np.float64)
    own = points[rows].astype(np.float64) - center
    squares = np.einsum("ij,ij->i", own, own)
    found = np.empty((len(rows), len(points)), dtype=np.float32)
    for at in range(0, len(points), _COLUMNS):
        others = points[at : at + _COLUMNS].astype(np.float64) - center
        lengths = np.einsum("ij,ij->i", others, others)
        square = squares[:, None] + lengths - 2 * own @ others.T
        square[square < _DUST * np.maximum(squares[:, None], lengths)] = 0
        found[:, at : at + _COLUMNS] = np.sqrt(square)
    found[np.arange(len(rows)), rows] = -1
    return found


def _block(near: Floats, drawn: Floats, rows: Ints, k: int, others: int, random: np.random.Generator) -> Ranked:
    m, n = near.shape
    ordered, ordered_map = np.sort(near, axis=1), np.sort(drawn, axis=1)
    true, close, true_on_map, drawn_in_space = (np.empty((m, k), dtype=np.int64) for _ in range(4))
    far = np.empty((m, others, 2), dtype=np.float32)
    for i in range(m):
        true[i] = _first(k, ordered[i], near[i], drawn[i])
        close[i] = _first(k, ordered_map[i], drawn[i])
        true_on_map[i] = _ranks(ordered_map[i], drawn[i, true[i]])
        drawn_in_space[i] = _ranks(ordered[i], near[i, close[i]])
        chosen = random.choice(n - 1, others, replace=False)
        chosen += chosen >= rows[i]
        far[i, :, 0], far[i, :, 1] = near[i, chosen], drawn[i, chosen]
    lengths = np.stack([np.take_along_axis(side, true, axis=1) for side in (near, drawn)], axis=2)
    return Ranked(rows, true, close, true_on_map, drawn_in_space, lengths, far)


def _first(k: int, ordered: Floats, *keys: Floats) -> Ints:
    """The k others with the smallest of the first of `keys`, each (n,), ties by the next one, then by place."""
    candidates = np.flatnonzero(keys[0] <= ordered[k])
    order = np.lexsort([key[candidates] for key in reversed(keys)])
    return np.asarray(candidates[order[1 : k + 1]])


def _ranks(ordered: Floats, values: Floats) -> Ints:
    """The places of `values` (k,) in `ordered` (n,), where the item itself is 0; of equal ones nearest to 1, ..., k."""
    first, after = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.clip(np.arange(1, len(values) + 1), first, after - 1)

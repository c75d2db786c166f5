"""All pairs of vectors that point nearly the same way: exact, in bounded memory, several times faster than comparing
whole vectors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..space import Floats, Progress

MOST = 10_000_000
"""Pairs that are kept; of more only those stay that join the groups."""
ROUNDING = 1e-6
"""What a cosine of float32 vectors may be off."""
_ROWS, _COLUMNS = 1024, 4096  # vectors that are compared at once: 16 MB of products
_CHUNK = 16_384  # pairs that are checked at once
_CROWD = 0.02  # a larger share of a block is compared as a whole
_SAMPLE = 1024
_CHECK = 30  # what checking one number of a pair costs, in products of a block


@dataclass(frozen=True, eq=False)
class Pairs:
    """`pairs` (m, 2) int32, the lower item first, and their `cosines` (m,) float32, the highest first.

    `whole` is False where there were more than MOST: then only a maximum spanning forest is here, which joins the
    same groups at every threshold as all pairs do.
    """

    pairs: npt.NDArray[np.int32]
    cosines: Floats
    whole: bool = True


def close_pairs(unit: Floats, floor: float, progress: Progress | None = None) -> Pairs:
    """All pairs of the unit vectors (n, d) whose cosine is at least `floor`. `progress` counts vectors.

    The vectors are turned so that their first numbers carry most (PCA without centering). With r the length of what
    is behind these, cos(x, y) <= x'y of the first numbers + r(x) r(y), which is a product of shorter vectors: only
    pairs that pass are compared in full.
    """
    n = len(unit)
    short = _shortened(unit, floor)
    slack = ROUNDING if short is unit else 1e-5  # turning rounds too
    found: list[Pairs] = []
    held, whole, done = 0, True, 0
    for row in range(0, n, _ROWS):
        for column in range(row, n, _COLUMNS):
            if progress:
                progress(done, n)
            near = _block(unit, short, row, column, floor, slack)
            if len(near.cosines):
                found.append(near)
                held += len(near.cosines)
            if held > MOST:
                found, whole = [_forest(_joined(found), n)], False
                held = len(found[0].cosines)
        done = min(row + _ROWS, n)
    pairs = _joined(found)
    if not whole:
        pairs = _forest(pairs, n)
    order = np.lexsort((pairs.pairs[:, 1], pairs.pairs[:, 0], -pairs.cosines))
    return Pairs(pairs.pairs[order], pairs.cosines[order], whole)


def share_above(unit: Floats, floors: tuple[float, ...]) -> list[float]:
    """Which share of all pairs has at least each of these cosines, estimated from about a million of them."""
    one, other = _sample(unit)
    products = one @ other.T
    return [float((products >= floor).mean()) for floor in floors]


def _sample(unit: Floats) -> tuple[Floats, Floats]:
    """Two sets of different vectors, the same each time."""
    rows = np.random.default_rng(0).permutation(len(unit))[: 2 * _SAMPLE]
    half = (len(rows) + 1) // 2
    return unit[rows[:half]], unit[rows[half:]]


def _shortened(unit: Floats, floor: float) -> Floats:
    """(n, m + 1): the first m numbers of the turned vectors, and the length of the rest; `unit` itself where that
    would not pay. m is what a sample finds cheapest."""
    n, d = unit.shape
    if n <= 2 * _SAMPLE or d < 64:
        return unit
    moments = np.zeros((d, d))
    for at in range(0, n, _COLUMNS):
        moments += unit[at : at + _COLUMNS].T @ unit[at : at + _COLUMNS]
    turn = np.linalg.eigh(moments)[1][:, ::-1].astype(np.float32)
    sample = [part @ turn for part in _sample(unit)]

    def price(m: int) -> float:
        one, other = (_cut(part, m) for part in sample)
        return float(m + 1 + _CHECK * d * (one @ other.T >= floor).mean())

    m = min(range(32, d, 32), key=price)
    if price(m) >= d:
        return unit
    return np.concatenate([_cut(unit[at : at + _COLUMNS] @ turn, m) for at in range(0, n, _COLUMNS)])


def _cut(turned: Floats, m: int) -> Floats:
    rest = np.linalg.norm(turned[:, m:], axis=1, keepdims=True)
    return np.concatenate([turned[:, :m], rest], axis=1)


def _block(unit: Floats, short: Floats, row: int, column: int, floor: float, slack: float) -> Pairs:
    """The pairs of some rows with some columns, each pair once."""
    rows, columns = slice(row, row + _ROWS), slice(column, column + _COLUMNS)
    products = short[rows] @ short[columns].T
    flat = np.flatnonzero(products >= floor - slack)
    crowd = short is not unit and len(flat) > _CROWD * products.size
    if crowd:
        products = unit[rows] @ unit[columns].T
        flat = np.flatnonzero(products >= floor - ROUNDING)
    first, second = np.divmod(flat, products.shape[1])
    once = first + row < second + column
    first, second, flat = first[once] + row, second[once] + column, flat[once]
    if crowd or short is unit:
        cosines = products.ravel()[flat]
    else:
        cosines = np.empty(len(first), dtype=np.float32)
        for at in range(0, len(first), _CHUNK):
            part = slice(at, at + _CHUNK)
            cosines[part] = np.einsum("ij,ij->i", unit[first[part]], unit[second[part]])
    near = cosines >= floor - ROUNDING
    pairs = np.stack([first[near], second[near]], axis=1).astype(np.int32)
    return Pairs(pairs, np.minimum(cosines[near], 1))


def _joined(found: list[Pairs]) -> Pairs:
    if not found:
        return Pairs(np.empty((0, 2), dtype=np.int32), np.empty(0, dtype=np.float32))
    return Pairs(np.concatenate([each.pairs for each in found]), np.concatenate([each.cosines for each in found]))


def _forest(pairs: Pairs, n: int) -> Pairs:
    """A maximum spanning forest: at most n - 1 pairs that join what all join, at every threshold."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    # a weight of 0 would be no edge
    weights = 2.0 - pairs.cosines.astype(np.float64)
    graph = coo_array((weights, (pairs.pairs[:, 0], pairs.pairs[:, 1])), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    return Pairs(np.stack([tree.row, tree.col], axis=1).astype(np.int32), (2.0 - tree.data).astype(np.float32), False)

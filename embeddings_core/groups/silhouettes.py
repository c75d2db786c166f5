"""Silhouettes (Rousseeuw 1987, doi:10.1016/0377-0427(87)90125-7): how much nearer an item is to its own group than to
the next one, from -1 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..space import Floats, Ints, Progress

Doubles = npt.NDArray[np.float64]
SAMPLE = 10_000
"""Items that are measured at most: a seeded sample, where there are more."""
_BLOCK = 512


@dataclass(frozen=True, eq=False)
class Silhouettes:
    """`values` (m,) of the `items` (m,) that were measured; `mean` over them, NaN where it is not defined (fewer than
    2 groups, or every item alone); `each` has the mean of every group, NaN where none of it was measured."""

    items: Ints
    values: Doubles
    mean: float
    each: tuple[float, ...]

    @property
    def sampled(self) -> int:
        """How many items were measured."""
        return len(self.items)


def silhouettes(points: Floats, labels: Ints, groups: int, progress: Progress | None = None) -> Silhouettes:
    """The silhouettes of `points` (n, k) by Euclidean distance; items of no group (-1) are left out."""
    items = np.flatnonzero(labels >= 0)
    if len(items) > SAMPLE:
        items = np.sort(np.random.default_rng(0).choice(items, SAMPLE, replace=False))
    seen = labels[items]
    known = len(np.unique(seen))
    if not 2 <= known < len(items):
        nothing = float("nan")
        return Silhouettes(np.empty(0, np.int64), np.empty(0), nothing, (nothing,) * groups)
    values = measured(points[items], [seen], progress)[0]
    sizes = np.bincount(seen, minlength=groups)
    sums = np.bincount(seen, weights=values, minlength=groups)
    each = np.divide(sums, sizes, out=np.full(groups, np.nan), where=sizes > 0)
    return Silhouettes(items, values, float(values.mean()), tuple(each.tolist()))


def measured(points: Floats, groupings: Sequence[Ints], progress: Progress | None = None) -> list[Doubles]:
    """The silhouettes (n,) of each of some groupings (n,) of the same `points` (n, k); all distances are measured once.
    An item alone in its group has 0. Each grouping has at least 2 groups, and no noise."""
    exact = points.astype(np.float64)
    exact -= exact.mean(axis=0)
    squares = np.einsum("ij,ij->i", exact, exact)
    codes = [np.unique(labels, return_inverse=True)[1].ravel() for labels in groupings]
    members = [(np.arange(int(code.max()) + 1) == code[:, None]).astype(np.float64) for code in codes]
    found = [np.empty(len(points)) for _ in groupings]
    for at in range(0, len(points), _BLOCK):
        if progress:
            progress(at, len(points))
        part = slice(at, at + _BLOCK)
        distances = squares[part, None] + squares - 2 * exact[part] @ exact.T
        own = np.arange(len(distances))
        distances[own, own + at] = 0
        np.sqrt(np.maximum(distances, 0, out=distances), out=distances)
        for values, code, inside in zip(found, codes, members, strict=True):
            values[part] = _values(distances @ inside, code[part], inside.sum(axis=0))
    return found


def _values(sums: Doubles, own: Ints, sizes: Doubles) -> Doubles:
    """From the summed distances (m, g) to each group."""
    rows = np.arange(len(own))
    within = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    away = sums / sizes
    away[rows, own] = np.inf
    nearest = away.min(axis=1)
    larger = np.maximum(within, nearest)
    apart = np.divide(nearest - within, larger, out=np.zeros(len(own)), where=larger > 0)
    return np.where(sizes[own] > 1, apart, 0)

"""DBCV, the validity of groups of any shape by their density (Moulavi et al. 2014, doi:10.1137/1.9781611973440.96)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..space import Floats, Ints, Progress

Doubles = npt.NDArray[np.float64]
SAMPLE = 3_000
"""Items that are measured at most."""


@dataclass(frozen=True)
class Density:
    """`score` from -1 to 1, higher is better; `each` has one a group, NaN for a group of fewer than 2 items; NaN where
    there are fewer than 2 groups of at least 2 items. `sampled` is how many items, noise too, it was measured on."""

    score: float
    each: tuple[float, ...]
    sampled: int


def dbcv(values: Floats, labels: Ints, groups: int, progress: Progress | None = None) -> Density:
    """The DBCV of groups of `values` (n, k) by Euclidean distance; labels (n,), -1 for noise, which counts against
    it. Of more than 3,000 items a seeded sample is measured, noise and groups in the same shares.

    As in the reference implementation twins do not make a place infinitely dense: their distance to each other says
    nothing. Groups of which the sample has a single item take no part.
    """
    from sklearn.metrics.pairwise import euclidean_distances

    items = np.arange(len(values))
    if len(items) > SAMPLE:
        items = np.sort(np.random.default_rng(0).choice(items, SAMPLE, replace=False))
    seen, exact = labels[items], values[items].astype(np.float64)
    exact -= exact.mean(axis=0)
    parts = {group: np.flatnonzero(seen == group) for group in range(groups)}
    parts = {group: part for group, part in parts.items() if len(part) >= 2}
    each = np.full(groups, np.nan)
    if len(parts) < 2:
        return Density(float("nan"), tuple(each.tolist()), len(items))
    sparse, inner, core = {}, {}, {}
    for at, (group, part) in enumerate(parts.items()):
        if progress:
            progress(at, 2 * len(parts))
        apart = euclidean_distances(exact[part])
        core[group] = core_distances(apart, exact.shape[1])
        sparse[group], inner[group] = _tree(apart, core[group])
    nearest = dict.fromkeys(parts, np.inf)
    names = list(parts)
    for at, one in enumerate(names):
        if progress:
            progress(len(parts) + at, 2 * len(parts))
        for other in names[at + 1 :]:
            left, right = inner[one], inner[other]
            between = euclidean_distances(exact[parts[one][left]], exact[parts[other][right]])
            reach = np.maximum(between, np.maximum.outer(core[one][left], core[other][right])).min()
            nearest[one], nearest[other] = min(nearest[one], reach), min(nearest[other], reach)
    for group in parts:
        larger = max(nearest[group], sparse[group])
        each[group] = (nearest[group] - sparse[group]) / larger if larger > 0 else 0.0
    score = sum(each[group] * len(part) for group, part in parts.items()) / len(items)
    return Density(float(score), tuple(each.tolist()), len(items))


def core_distances(apart: Doubles, dimensions: int) -> Doubles:
    """How sparse it is around each of m items: ((the mean over the others of (1 / distance) ** dimensions)) **
    (-1 / dimensions), (m,) from their distances (m, m); in logarithms, because such powers are no floats."""
    m = len(apart)
    with np.errstate(divide="ignore"):
        powers = np.where(apart > 0, -dimensions * np.log(np.where(apart > 0, apart, 1)), -np.inf)
    highest = powers.max(axis=1)
    real = np.isfinite(highest)
    total = np.exp(powers[real] - highest[real, None]).sum(axis=1)
    found = np.zeros(m)
    found[real] = np.exp(-(highest[real] + np.log(total) - np.log(m - 1)) / dimensions)
    return found


def _tree(apart: Doubles, core: Doubles) -> tuple[float, Ints]:
    """The longest inner edge of a group's spanning tree by mutual reachability, and its inner items."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import minimum_spanning_tree

    reach = np.maximum(apart, np.maximum.outer(core, core))
    rows, columns = np.triu_indices(len(reach), 1)
    # a tree of sparse matrices takes 0 for "no edge"
    weights = reach[rows, columns] + np.finfo(np.float64).tiny
    tree = minimum_spanning_tree(csr_array((weights, (rows, columns)), shape=reach.shape)).tocoo()
    ends = np.bincount(np.concatenate([tree.row, tree.col]), minlength=len(reach))
    inside = np.flatnonzero(ends > 1)
    edges = (ends[tree.row] > 1) & (ends[tree.col] > 1)
    longest = tree.data[edges].max() if edges.any() else tree.data.max()
    return float(longest), inside if len(inside) else np.arange(len(reach))

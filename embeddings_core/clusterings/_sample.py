"""Methods that compare all items with all others, on more items than that goes for: a fair sample is grouped, and
every other item goes where it is nearest."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..space import Floats, Ints, Progress
from ._asked import Fit, by_size

_BLOCK = 4096


def fair_sample(n: int, most: int, seed: int) -> Ints:
    """At most `most` of n items, sorted; all where there are no more."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def most_items(work: float, dimensions: int) -> int:
    """How many items may be compared with each other at the cost of `work` multiplications."""
    return int(math.sqrt(work / (dimensions + 16)))


def sampled(
    values: Floats,
    most: int,
    seed: int,
    fit: Callable[[Floats, Progress | None], npt.NDArray[Any]],
    progress: Progress | None,
    nearest: Literal["center", "item"],
) -> Fit:
    """What `fit` finds in `values` (n, d), or where n is more than `most` in a sample of so many; then every other item
    takes the group of the nearest center, or of the nearest sampled item (which may be noise)."""
    items = fair_sample(len(values), most, seed)
    labels = by_size(np.asarray(fit(values[items], progress), dtype=np.int64))
    if len(items) == len(values):
        return Fit(labels)
    if nearest == "center":
        found = nearest_of(values, centers(values[items], labels), progress)
        told = "its nearest center"
    else:
        found = labels[nearest_of(values, values[items], progress)]
        told = "its nearest item of the sample"
    found[items] = labels
    return Fit(found, f"A fair sample of {most:,} items was grouped; every other item went to the group of {told}.")


def centers(values: Floats, labels: Ints) -> Floats:
    """The mean of each group, (groups, d) float32; labels (n,) are numbered from 0, -1 for noise. Every group has
    members."""
    groups = int(labels.max(initial=-1)) + 1
    sums = np.zeros((groups, values.shape[1]))
    inside = np.flatnonzero(labels >= 0)
    order = inside[np.argsort(labels[inside], kind="stable")]
    ends = np.cumsum(np.bincount(labels[inside], minlength=groups))
    for group, part in enumerate(np.split(order, ends[:-1])):
        sums[group] = values[part].mean(axis=0, dtype=np.float64)
    return sums.astype(np.float32)


def nearest_of(values: Floats, places: Floats, progress: Progress | None = None) -> Ints:
    """The index (n,) of the place of `places` (m, d) that each of `values` (n, d) is nearest to."""
    import faiss

    index = faiss.IndexFlatL2(values.shape[1])
    index.add(np.ascontiguousarray(places, dtype=np.float32))
    found = np.empty(len(values), dtype=np.int64)
    for at in range(0, len(values), _BLOCK):
        if progress:
            progress(at, len(values))
        part = np.ascontiguousarray(values[at : at + _BLOCK], dtype=np.float32)
        found[at : at + _BLOCK] = index.search(part, 1)[1][:, 0]
    return found

"""Hubs and orphans: items that are near neighbors of very many others, and of none."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..graph import neighbor_graph
from ..space import Ints, Progress, Space
from ..store import Store

K = 10
FAR = 2.0
"""Standard deviations above the mean, from which an item is a hub."""


@dataclass(frozen=True, eq=False)
class Hubs:
    """Of how many items each of n items is one of the `k` nearest: `counts` (n,), whose mean is k.

    `skew` is the counts' third standardized moment: above 1 a few items are everybody's neighbors, which harms every
    search; 0 where all counts are equal. `hubs` are the items with more than mean + 2 standard deviations, the
    largest count first, `orphans` those of count 0, in the order of the data. `copied` is the number of items all of
    whose k nearest are the same vector again: which of so many copies are counted follows their order in the data.
    """

    counts: Ints
    skew: float
    hubs: Ints
    orphans: Ints
    k: int
    copied: int


def find_hubs(
    space: Space, k: int | None = None, *, store: Store | None = None, progress: Progress | None = None
) -> Hubs:
    """How often each item is a neighbor by cosine (k-occurrence: Radovanović, Nanopoulos and Ivanović, JMLR 11, 2010);
    None is k = 10, or all others where there are fewer. Raises as `neighbor_graph`."""
    n = len(space)
    graph = neighbor_graph(space, min(K, n - 1) if k is None and n > 1 else k, store=store, progress=progress)
    counts = np.bincount(graph.indices.ravel(), minlength=n)
    hubs = np.flatnonzero(counts - counts.mean() > FAR * counts.std())
    ranked, copied = hubs[np.argsort(-counts[hubs], kind="stable")], int((graph.distances[:, -1] == 0).sum())
    return Hubs(counts, skew(counts), ranked, np.flatnonzero(counts == 0), graph.k, copied)


def skew(counts: Ints) -> float:
    """The third standardized moment of (n,), 0 where all are equal."""
    beyond, spread = counts - counts.mean(), float(counts.std())
    return float((beyond**3).mean() / spread**3) if spread else 0.0

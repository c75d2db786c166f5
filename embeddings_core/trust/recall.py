"""The share of its neighbors that each item keeps on a map: of all items, where `trust` measures a sample."""

from __future__ import annotations

import numpy as np

from ..graph import neighbor_graph
from ..progress import phase
from ..space import Floats, Ints, Progress, Projection, Space
from ..store import Store
from . import measurable

_PAIRS = 50_000
"""Distances that are measured at once."""
_ROUNDING = 1e-6


def point_recall(
    space: Space, projection: Projection, k: int = 15, *, store: Store | None = None, progress: Progress | None = None
) -> Floats:
    """`Trust.point_recall` by cosine of every item, exact, (n,) float32: to color a large map by it.

    It rests on the nearest neighbors of all items, which take long when they are first looked for (see
    `neighbor_graph`), and little once the store has them. Ties of true distances count in favor. `progress`
    counts parts of the whole. Raises as `trust`.
    """
    vectors, k = measurable(space, projection, k, "cosine")
    n, at_once = len(space), max(1, _PAIRS // k)
    looked = phase(progress, 0, 0.9)
    farthest = neighbor_graph(space, k, store=store, progress=looked).distances[:, -1]
    near, found, measured = _near_on_map(projection.coords, k), np.empty(n, dtype=np.float32), phase(progress, 0.9, 1)
    for at in range(0, n, at_once):
        measured(at, n)
        part = slice(at, at + at_once)
        apart = np.linalg.norm(vectors[near[part]] - vectors[part, None], axis=2)
        found[part] = (apart <= farthest[part, None] + _ROUNDING).mean(axis=1)
    return found


def _near_on_map(coords: Floats, k: int) -> Ints:
    """The k nearest others (n, k) on the map."""
    from scipy.spatial import cKDTree

    indices = np.asarray(cKDTree(coords).query(coords, k + 1)[1])
    own = indices == np.arange(len(coords))[:, None]
    own[~own.any(axis=1), -1] = True  # so many lie on one spot that the item itself was not listed
    return np.asarray(indices[~own].reshape(-1, k))

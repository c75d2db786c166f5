"""The nearest items of every item: looked for once a space, read by all that asks who is near whom."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .errors import InputError, ParameterError
from .neighbors import all_neighbors
from .space import Floats, Ints, Progress, Space
from .store import Store, get_store, result_key

K = 20
"""Neighbors that are looked for at least, so that who asks for fewer finds them."""
_VERSION = 1


@dataclass(frozen=True, eq=False)
class Graph:
    """`indices` (n, k) int64 of the nearest other items of each of n items, the nearest first, and their `distances`
    (n, k) float32: Euclidean, between unit vectors."""

    indices: Ints
    distances: Floats

    @property
    def k(self) -> int:
        return int(self.indices.shape[1])

    @property
    def cosines(self) -> Floats:
        """Cosine similarities (n, k) float32. A vector of zeros counts as half alike to all."""
        return np.asarray(1 - self.distances**2 / 2, dtype=np.float32)


def neighbor_graph(
    space: Space, k: int | None = None, *, store: Store | None = None, progress: Progress | None = None
) -> Graph:
    """The `k` nearest others of every item by cosine, exact; None is 20, or all others where there are fewer.

    100,000 x 384 take one to two minutes on two cores, and then nothing: the store keeps them. `progress` counts
    items. Raises InputError for a space of one item, ParameterError where k is not 1 to n - 1.
    """
    n = len(space)
    if n < 2:
        raise InputError("This space has one item, which has no neighbors.", "Bring at least two items.")
    k = min(K, n - 1) if k is None else k
    if not 1 <= k < n:
        raise ParameterError(f"k is {k}, but each item has {n - 1:,} others.", f"Choose k from 1 to {n - 1:,}.")
    store = store or get_store()
    most = min(max(k, K), n - 1)
    key = result_key("graph", _VERSION, space.fingerprint, most)
    known = store.get_result(key)
    if known is not None:
        indices, distances = (known[0][name] for name in ("indices", "distances"))
    else:
        indices, distances = (found[:, 1:] for found in all_neighbors(space.unit, most + 1, progress))
        store.put_result(key, {"indices": indices.astype(np.int32), "distances": distances}, {})
    return Graph(indices[:, :k].astype(np.int64), distances[:, :k])

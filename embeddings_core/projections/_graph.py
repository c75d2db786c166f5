"""The graph that UMAP lays out: how strongly each item is tied to its nearest ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..space import Floats, Ints

_ROUNDS = 64
_TOLERANCE = 1e-5
_NARROWEST = 1e-3
"""The least scale of an item, as a share of its mean distance."""


def fuzzy_graph(indices: Ints, distances: Floats) -> Any:
    """The fuzzy simplicial set (n, n), a symmetric scipy CSR matrix of float32, from the k nearest items of each.

    `indices` and `distances` are (n, k) and include each item itself. The same as in umap-learn, after McInnes,
    Healy and Melville 2018 (arXiv:1802.03426, algorithms 2 and 3), without the seconds that compiling takes there.
    """
    from scipy.sparse import csr_array

    n, k = indices.shape
    nearest = np.where(distances > 0, distances, np.inf).min(axis=1)
    nearest[np.isinf(nearest)] = 0  # all of them are twins
    beyond = np.maximum(distances.astype(np.float64) - nearest[:, None], 0)
    scales = _scales(beyond[:, 1:], np.log2(k))
    mean = np.where(nearest > 0, distances.mean(axis=1), distances.mean())
    weights = np.exp(-beyond / np.maximum(scales, _NARROWEST * mean)[:, None])
    weights[indices == np.arange(n)[:, None]] = 0
    rows = np.repeat(np.arange(n), k)
    ties = csr_array((weights.ravel().astype(np.float32), (rows, indices.ravel())), shape=(n, n))
    ties.eliminate_zeros()
    back = ties.T.tocsr()
    # either tie holds: a + b - ab, as for independent chances
    return (ties + back - ties.multiply(back)).tocsr()


def _scales(beyond: npt.NDArray[np.float64], target: float) -> npt.NDArray[np.float64]:
    """For each row the scale s at which the sum of exp(-distance / s) is `target`, by bisection."""
    n = len(beyond)
    low, high, scale = np.zeros(n), np.full(n, np.inf), np.ones(n)
    for _ in range(_ROUNDS):
        total = np.exp(-beyond / scale[:, None]).sum(axis=1)
        off = np.abs(total - target) >= _TOLERANCE
        if not off.any():
            break
        high = np.where(off & (total > target), scale, high)
        low = np.where(off & (total <= target), scale, low)
        middle = np.where(np.isinf(high), 2 * scale, (low + np.where(np.isinf(high), 0, high)) / 2)
        scale = np.where(off, middle, scale)
    return scale

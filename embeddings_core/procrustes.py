"""One map laid over another: turned, mirrored, scaled and moved, but not bent."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .space import Floats

Points = npt.NDArray[np.floating[Any]]


def align(points: Points, onto: Points) -> tuple[Floats, float]:
    """`points` (n, d) where they lie nearest to `onto` (n, d), item by item, and the disparity that remains.

    Procrustes analysis (Gower 1975, doi:10.1007/BF02291478) with scale, rotation, reflection and translation. The
    aligned points (n, d) float32 are in the coordinates of `onto`. The disparity is the share, 0 to 1, of the squared
    distances of `onto` from its mean that is not met: 0 for the same shape, 1 also where either is a single place,
    which has no shape. It is the same whichever of the two is moved, and that of `scipy.spatial.procrustes`. Raises
    InputError for no points, and for shapes that differ.
    """
    if points.ndim != 2 or points.shape != onto.shape or not points.size:
        raise InputError(
            f"Points of shape {points.shape} cannot be laid over points of shape {onto.shape}.",
            "Give the same items, at least one, in the same number of dimensions.",
        )
    (moved, own), (target, size) = _standard(points), _standard(onto)
    left, shared, right = np.linalg.svd(moved.T @ target)
    met = min(float(shared.sum()), 1.0)  # rounding
    aligned = size * met * (moved @ (left @ right)) + onto.mean(axis=0, dtype=np.float64)
    return aligned.astype(np.float32), 1 - met**2 if own and size else 1.0


def _standard(points: Points) -> tuple[npt.NDArray[np.float64], float]:
    """The points (n, d) around their mean with squares that sum to 1, and the length they had; all 0 where they are
    one place."""
    if (points == points[0]).all():  # what rounding leaves of one place is no shape
        return np.zeros(points.shape), 0.0
    centered = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    length = float(np.linalg.norm(centered))
    return centered / length, length

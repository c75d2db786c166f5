"""Which part of a map there is, and which is looked at first."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..space import Floats

GAP, FEW = 0.15, 0.05
"""How wide the sea around an island is, as a share of the map, and how many of the items may live there."""


def bounds_of(coords: Floats) -> list[float]:
    """The least of every dimension of places (n, dims), then the most."""
    return [float(end) for end in (*coords.min(axis=0), *coords.max(axis=0))]


def home_of(coords: Floats) -> list[float]:
    """The same without islands of a few items far from all others."""
    ends = [_without_islands(coords[:, axis]) for axis in range(coords.shape[1])]
    return [end[0] for end in ends] + [end[1] for end in ends]


def _without_islands(places: npt.NDArray[np.float32]) -> tuple[float, float]:
    """The least and the most along an axis, but for at most FEW of the items behind a gap of more than GAP of
    the whole."""
    ordered = np.sort(places).astype(float)
    gaps = np.flatnonzero(np.diff(ordered) > GAP * (ordered[-1] - ordered[0]))
    few = FEW * len(ordered)
    low = max((gap + 1 for gap in gaps if gap + 1 <= few), default=0)
    high = min((gap for gap in gaps if len(ordered) - gap - 1 <= few), default=len(ordered) - 1)
    return (ordered[low], ordered[high]) if low < high else (ordered[0], ordered[-1])

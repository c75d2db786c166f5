"""Intrinsic dimension: how many directions there are to move in, around a typical item, however long vectors are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..neighbors import all_neighbors
from ..space import Floats, Progress

K = 10
"""Neighbors that the maximum likelihood is taken from."""
FEWEST = 20
"""Distinct vectors, below which nothing can be told."""
_KEPT = 0.9  # of the ratios, the smallest: the largest are outliers' (Facco et al.)
_RESAMPLES = 200
_DUST = 1e-4  # a distance below this share of the typical one is rounding

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Dimension:
    """An estimate and its 95% interval; NaN where there are too few distinct vectors."""

    value: float
    low: float
    high: float


_UNKNOWN = Dimension(math.nan, math.nan, math.nan)


def dimensions(vectors: Floats, *, seed: int = 0, progress: Progress | None = None) -> tuple[Dimension, Dimension]:
    """Two estimates from the Euclidean distances of distinct `vectors` (n, d) to their nearest others.

    TwoNN (Facco et al. 2017, doi:10.1038/s41598-017-11873-y) fits the ratio of the second distance to the first, with
    the largest tenth of the ratios left out; its interval is that of 200 bootstrap resamples. Maximum likelihood
    (Levina and Bickel, NIPS 2004) takes 10 neighbors, its inverses are averaged as MacKay and Ghahramani (2005) say;
    its interval is that of this mean. Both take items as independent, though near ones share neighbors. `progress`
    counts vectors.
    """
    if len(vectors) < FEWEST:
        return _UNKNOWN, _UNKNOWN
    distances = all_neighbors(vectors, K + 1, progress)[1][:, 1:].astype(np.float64)
    nearest = distances[:, 0]
    distances = distances[nearest > _DUST * np.median(nearest)]
    if len(distances) < FEWEST:
        return _UNKNOWN, _UNKNOWN
    return _two_nearest(distances, seed), _likeliest(distances)


def _two_nearest(distances: Doubles, seed: int) -> Dimension:
    ratios = np.log(distances[:, 1] / distances[:, 0])
    random = np.random.default_rng(seed)
    again = [_fitted(ratios[random.integers(len(ratios), size=len(ratios))]) for _ in range(_RESAMPLES)]
    low, high = np.percentile(again, [2.5, 97.5])
    return Dimension(_fitted(ratios), float(low), float(high))


def _fitted(ratios: Doubles) -> float:
    """The slope of the line through the origin that -log(1 - F) is of the logarithms of the ratios (m,)."""
    kept = np.sort(ratios)[: int(_KEPT * len(ratios))]
    expected = -np.log1p(-np.arange(1, len(kept) + 1) / len(ratios))
    return float(kept @ expected / (kept @ kept)) if kept.any() else math.nan


def _likeliest(distances: Doubles) -> Dimension:
    inverses = np.log(distances[:, -1:] / distances[:, :-1]).mean(axis=1)
    mean, half = float(inverses.mean()), 1.96 * float(inverses.std()) / math.sqrt(len(inverses))
    if mean <= 0:
        return _UNKNOWN
    return Dimension(1 / mean, 1 / (mean + half), 1 / (mean - half) if mean > half else math.inf)

"""How alike two sets of vectors of the same items are as a whole, whatever their axes mean."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..space import Floats, Ints, Progress

PAIRS = 500_000
"""Pairs of items whose distances are compared at most: a seeded sample of that many, where there are more."""
_BLOCK = 4096

Doubles = npt.NDArray[np.float64]
A = TypeVar("A", bound=npt.NDArray[Any])


@dataclass(frozen=True)
class Cka:
    """Linear CKA, 0 to 1, as it was published and `debiased`; NaN where all of one's vectors are the same."""

    value: float
    debiased: float


def cka(first: Floats, second: Floats, progress: Progress | None = None) -> Cka:
    """Linear centered kernel alignment of vectors (n, c) and (n, d) of the same items (Kornblith et al. 2019,
    arXiv:1905.00414): 1 where one is the other turned, mirrored, moved or scaled as a whole.

    Few items in many dimensions look alike by chance: `debiased` takes that off with the unbiased estimator of Song et
    al. (JMLR 13, 2012), is about 0 for what has nothing in common, may be below, and needs 4 items. Nothing of n x n is
    made; `progress` counts items.
    """
    n = len(first)
    sides = [_centered(first), _centered(second)]
    dots = [np.zeros((one.shape[1], other.shape[1])) for one, other in _pairs(sides)]
    for at in range(0, n, _BLOCK):
        if progress:
            progress(at, n)
        part = [side[at : at + _BLOCK] for side in sides]
        for total, (one, other) in zip(dots, _pairs(part), strict=True):
            total += one.T @ other
    squares = [np.einsum("ij,ij->i", side, side, dtype=np.float64) for side in sides]
    alike = [float((total**2).sum()) for total in dots]
    fair = [math.nan] * 3
    if n > 3:
        fair = [
            dot - n / (n - 2) * float(one @ other) + float(one.sum() * other.sum()) / ((n - 1) * (n - 2))
            for dot, (one, other) in zip(alike, _pairs(squares), strict=True)
        ]
    return Cka(_normed(*alike), _normed(*fair))


def pairs_of(n: int, seed: int = 0) -> tuple[Ints, Ints]:
    """Different items (p,) and (p,): all pairs of `n` items, or a sample of 500,000 with replacement."""
    if n * (n - 1) // 2 <= PAIRS:
        first, second = np.triu_indices(n, 1)
        return first.astype(np.int64), second.astype(np.int64)
    random = np.random.default_rng(seed)
    chosen = random.integers(n, size=PAIRS)
    return chosen, (chosen + random.integers(1, n, size=PAIRS)) % n


def pair_distances(points: Floats, pairs: tuple[Ints, Ints]) -> Floats:
    """The Euclidean distances (p,) of pairs of the rows of `points` (n, d)."""
    one, other = pairs
    found = [
        np.linalg.norm(points[one[at : at + _BLOCK]] - points[other[at : at + _BLOCK]], axis=1)
        for at in range(0, len(one), _BLOCK)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.float32)


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation of (p,) and (p,), -1 to 1; NaN where one of them is all the same."""
    from scipy.stats import rankdata

    if len(first) < 2 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return math.nan
    return float(np.corrcoef(rankdata(first), rankdata(second))[0, 1])


def rank_interval(first: Floats, second: Floats) -> tuple[float, float]:
    """The 95% interval of Spearman's correlation, where (p,) and (p,) are a sample of very many pairs of values, by the
    asymptotic variance for any distribution (Borkowf 2002); NaN where there is no correlation."""
    from scipy.stats import rankdata

    correlation, p = rank_correlation(first, second), len(first)
    u, v = rankdata(first) / p, rankdata(second) / p
    influence = u * v + _above(u, v) + _above(v, u)
    half = 1.96 * 12 * float(influence.std()) / math.sqrt(p)
    return float(np.clip(correlation - half, -1, 1)), float(np.clip(correlation + half, -1, 1))


def _above(keys: Doubles, values: Doubles) -> Doubles:
    """For each key the mean of all values, those whose key is lower counting 0."""
    order = np.argsort(keys, kind="stable")
    found = np.empty(len(keys))
    found[order] = np.cumsum(values[order][::-1])[::-1] / len(keys)
    return found


def _centered(vectors: Floats) -> Floats:
    """The vectors around their mean, scaled so that their squares are about 1; zeros where all are the same."""
    if (vectors == vectors[0]).all():  # what rounding leaves of one place is no shape
        return np.zeros_like(vectors)
    moved = vectors - vectors.mean(axis=0, dtype=np.float64)
    return np.asarray(moved / math.sqrt(float((moved**2).mean())), dtype=np.float32)


def _pairs(sides: list[A]) -> list[tuple[A, A]]:
    """Each with the other, the first and the second with itself."""
    one, other = sides
    return [(one, other), (one, one), (other, other)]


def _normed(both: float, first: float, second: float) -> float:
    return both / math.sqrt(first * second) if first > 0 and second > 0 else math.nan

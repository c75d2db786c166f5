"""What a space is like by itself: how many dimensions it uses, whether all its vectors point one way, its hubs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..neighbors import all_neighbors
from ..progress import phase
from ..space import Floats, Ints, Progress, Space
from ..store import Store, get_store, result_key
from ..worklists.hubs import K, find_hubs, skew
from .dimension import Dimension, dimensions
from .normal import MEASURES, Reading, reading

MOST = 20_000
"""Items that are measured at most: a seeded sample of so many, where there are more."""
_BLOCK = 4096
_VERSION = 1

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """The figures of a space of `n` items; NaN where one is not defined.

    `two_nn` and `likeliest` are the intrinsic dimension by two estimators (dimension.py), each with its interval, of
    distinct vectors; `mean_cosine` the mean over all pairs of different items, 1 where all vectors point one way
    (anisotropy: Ethayarajh 2019, arXiv:1909.00512). `spectrum` (d,) is the share of the variance along each principal
    axis, the largest first; `effective_rank` is from 1 to d, the exponential of the entropy of the normalized singular
    values of the centered vectors (Roy and Vetterli 2007). `hubness` is the skew of how often items are among the 10
    nearest of others, or all others where these are fewer. `norms` are the smallest, the median and the largest length,
    `duplicates` the share of items whose vector an earlier item has too.

    `mean_cosine`, `norms` and `duplicates` are of all items, the others of `measured`. `encoder` is its id.
    """

    encoder: str
    n: int
    measured: int
    two_nn: Dimension
    likeliest: Dimension
    mean_cosine: float
    effective_rank: float
    spectrum: Doubles
    hubness: float
    norms: tuple[float, float, float]
    duplicates: float

    @property
    def intrinsic_dimension(self) -> float:
        """By TwoNN."""
        return self.two_nn.value

    @property
    def used(self) -> float:
        """The effective rank as a share, 0 to 1, of the largest that so many items and dimensions can have."""
        return self.effective_rank / min(self.measured - 1, len(self.spectrum))

    @property
    def sampled(self) -> bool:
        """Whether some figures are of a sample of the items."""
        return self.measured < self.n

    @property
    def readings(self) -> tuple[Reading, ...]:
        """Each figure with what it means and what is normal."""
        return tuple(reading(name, getattr(self, name), self.encoder) for name in MEASURES)


def diagnose(space: Space, *, seed: int = 0, store: Store | None = None, progress: Progress | None = None) -> Diagnosis:
    """What the vectors of `space` are like. Of more than 20,000 items some figures are those of a seeded sample.
    `progress` counts parts of the whole; what was computed once is read from the store. Raises InputError for one item.
    """
    if len(space) < 2:
        raise InputError("One item makes no space.", "Bring at least two items, better some hundreds.")
    store = store or get_store()
    key = result_key("diagnosis", _VERSION, space.fingerprint, seed)
    known = store.get_result(key)
    arrays, note = known or _diagnosed(space, seed, store, progress)
    if known is None:
        store.put_result(key, arrays, note)
    figures: dict[str, Any] = {name: Dimension(*note[name]) for name in ("two_nn", "likeliest")}
    figures |= {name: note[name] for name in ("measured", "mean_cosine", "effective_rank", "hubness", "duplicates")}
    return Diagnosis(space.encoder, len(space), spectrum=arrays["spectrum"], norms=tuple(note["norms"]), **figures)


def _diagnosed(
    space: Space, seed: int, store: Store, progress: Progress | None
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    n = len(space)
    items = np.arange(n)
    if n > MOST:
        items = np.sort(np.random.default_rng(seed).choice(n, MOST, replace=False))
    distinct = np.unique(space.vectors, axis=0)
    sample = np.unique(space.vectors[items], axis=0) if n > MOST else distinct
    two_nn, likeliest = dimensions(sample, seed=seed, progress=phase(progress, 0, 0.4))
    phase(progress, 0.4, 0.5)(0, 1)
    singular = _singular(space.vectors[items])
    hubness = _hubness(space, items, store, phase(progress, 0.5, 1))
    shares = singular / total if (total := singular.sum()) else np.zeros(0)
    shares = shares[shares > 0]
    variance = singular**2 / max(float((singular**2).sum()), 1e-300)
    return {"spectrum": np.pad(variance, (0, space.vectors.shape[1] - len(variance)))}, {
        "measured": len(items),
        "two_nn": (two_nn.value, two_nn.low, two_nn.high),
        "likeliest": (likeliest.value, likeliest.low, likeliest.high),
        "mean_cosine": _mean_cosine(space),
        "effective_rank": math.exp(-float(shares @ np.log(shares))) if len(shares) else math.nan,
        "hubness": hubness,
        "norms": np.quantile(space.norms, [0, 0.5, 1]).tolist(),
        "duplicates": 1 - len(distinct) / n,
    }


def _singular(vectors: Floats) -> Doubles:
    """The singular values (min(n, d),) of the centered vectors (n, d), the largest first; zeros where all are equal."""
    n, d = vectors.shape
    if (vectors == vectors[0]).all():  # what rounding leaves of one place is no shape
        return np.zeros(min(n, d))
    mean = vectors.mean(axis=0, dtype=np.float64)
    if d <= n:
        parts = [vectors[at : at + _BLOCK] - mean for at in range(0, n, _BLOCK)]
        products = np.sum([part.T @ part for part in parts], axis=0)
    else:
        products = (vectors - mean) @ (vectors - mean).T
    return np.asarray(np.sqrt(np.maximum(np.linalg.eigvalsh(products)[::-1], 0)))


def _mean_cosine(space: Space) -> float:
    """Over all pairs of different items with a direction, from the length of their sum."""
    count = int((space.norms > 0).sum())
    if count < 2:
        return math.nan
    total = space.unit.sum(axis=0, dtype=np.float64)
    squares = float((space.unit.astype(np.float64) ** 2).sum())
    return float((total @ total - squares) / (count * (count - 1)))


def _hubness(space: Space, items: Ints, store: Store, progress: Progress) -> float:
    if np.ptp(space.unit, axis=0).max() < 1e-6:
        return math.nan  # all have the same direction: who is nearest is chance
    if len(items) == len(space):
        return find_hubs(space, store=store, progress=progress).skew
    near = all_neighbors(space.unit[items], K + 1, progress)[0][:, 1:]
    return skew(np.bincount(near.ravel(), minlength=len(items)))

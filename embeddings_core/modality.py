"""The gap between modalities: how far apart texts and pictures lie though one encoder put them into one space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .errors import InputError
from .space import Floats, Space

_SAMPLE = 1_000
_BLOCK = 100  # items whose neighbors are looked for at once


@dataclass(frozen=True, eq=False)
class Gap:
    """The gap between two sets of unit vectors.

    `direction` (d,) is the mean of the first minus that of the second, `length` its length, 0 to 2. `inside` are the
    mean cosines of two different items of the first and of the second (NaN for one item), `across` that of one with
    the other. `apart` is the share of items, of up to 1,000 of each, whose nearest other item is of their own set: 1
    where nothing mixes.
    """

    direction: Floats
    length: float
    inside: tuple[float, float]
    across: float
    apart: float


def modality_gap(first: Space, second: Space) -> Gap:
    """The gap (Liang et al., NeurIPS 2022, arXiv:2203.02053) between two spaces of one encoder that reads both, such as
    texts and pictures by CLIP. A dataset holds one kind of item, so these are two spaces. Raises InputError for spaces
    of different encoders, or vectors that are all zeros.
    """
    if first.encoder_fingerprint != second.encoder_fingerprint or first.vectors.shape[1] != second.vectors.shape[1]:
        raise InputError(
            f"{first.dataset.name} and {second.dataset.name} were not encoded by the same encoder.",
            "Encode both with one that reads both kinds, such as CLIP.",
        )
    sums = [space.unit.sum(axis=0, dtype=np.float64) for space in (first, second)]
    counts = [int((space.norms > 0).sum()) for space in (first, second)]
    if not all(counts):
        raise InputError("All vectors of one of the spaces are zeros.", "Choose another encoder.")
    one, other = (total / count for total, count in zip(sums, counts, strict=True))
    inside = [
        float((total @ total - count) / (count * (count - 1))) if count > 1 else float("nan")
        for total, count in zip(sums, counts, strict=True)
    ]
    direction = one - other
    return Gap(
        direction.astype(np.float32),
        float(np.linalg.norm(direction)),
        (inside[0], inside[1]),
        float(one @ other),
        _apart(first, second),
    )


def _apart(first: Space, second: Space) -> float:
    own = []
    for space, others in ((first, second), (second, first)):
        items = np.flatnonzero(space.norms > 0)
        if len(items) > _SAMPLE:
            items = np.sort(np.random.default_rng(0).choice(items, _SAMPLE, replace=False))
        for at in range(0, len(items), _BLOCK):
            block = items[at : at + _BLOCK]
            within = space.unit[block] @ space.unit.T
            within[np.arange(len(block)), block] = -np.inf
            own.append(within.max(axis=1) > (space.unit[block] @ others.unit.T).max(axis=1))
    return float(np.concatenate(own).mean())

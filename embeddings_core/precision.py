"""What an encoder of lower precision changes: how many neighbors are still those of float32."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .encoders import encode, split_settings, with_settings
from .encoders._int8 import FLOAT32, PRECISION
from .errors import InputError
from .neighbors import all_neighbors
from .offers import family
from .space import Progress, Space
from .store import Store

SAMPLED = 500
"""Items that are compared: a fair sample of that many, where there are more."""
K = 10


@dataclass(frozen=True)
class Kept:
    """How near an encoding is to that of float32, on `sampled` distinct items.

    `share` of the `k` nearest neighbors of each of them, among them and by cosine, are the same, 0 to 1; `lowest` is
    the smallest cosine between the two vectors of an item.
    """

    sampled: int
    k: int
    share: float
    lowest: float


def exact(id: str) -> str:
    """The id of the encoder that `id` approximates by its precision, or by that of a part; `id` itself where it does
    not. Raises ParameterError for an unknown id."""
    base, given = split_settings(id)
    spec = family(id)
    parts = {param.name for param in spec.params if param.kind == "encoder"} & given.keys()
    full = {name: exact(given[name]) for name in parts}
    if PRECISION in spec.params and PRECISION.name in given:
        full[PRECISION.name] = FLOAT32
    return id if full.items() <= given.items() else with_settings(base, {**given, **full}, spec)


def kept_neighbors(
    space: Space, *, seed: int = 0, store: Store | None = None, progress: Progress | None = None
) -> Kept:
    """How many neighbors an encoding of lower precision keeps. What float32 makes of the sample is kept in the store.

    Raises InputError where there are fewer than 2 distinct items.
    """
    data = space.dataset
    _, rows = np.unique(np.array([key.hex() for key in data.keys]), return_index=True)
    if len(rows) < 2:
        raise InputError("All items are the same, so there are no neighbors to compare.")
    rows = np.sort(rows)
    if len(rows) > SAMPLED:
        rows = np.sort(np.random.default_rng(seed).choice(rows, SAMPLED, replace=False))
    sample, k = data.take(rows), min(K, len(rows) - 1)
    here = encode(sample, space.encoder, store=store).unit  # known, but where a part learns from the data
    there = encode(sample, exact(space.encoder), store=store, progress=progress).unit
    found, wanted = (all_neighbors(vectors, k + 1)[0][:, 1:] for vectors in (here, there))
    same = (found[:, :, None] == wanted[:, None, :]).any(axis=2)
    return Kept(len(rows), k, float(same.mean()), float(np.einsum("ij,ij->i", here, there).min()))

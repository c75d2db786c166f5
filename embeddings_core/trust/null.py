"""The null map: what the same pipeline draws of vectors in which there is nothing to see."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from ..errors import ParameterError
from ..fingerprints import fingerprint
from ..plugins import check_seed
from ..space import Space

Null = Literal["shuffled", "gaussian"]


def null_space(space: Space, kind: Null = "shuffled", seed: int = 0) -> Space:
    """The same items with vectors (n, d) float32 that say nothing about them, to `project` and `trust` like others.

    "shuffled" mixes each dimension among the items by itself: every number stays, what goes together is gone (as in
    parallel analysis: Buja and Eyuboglu 1992, doi:10.1207/s15327906mbr2704_2). It is the fair default, because a
    skewed or discrete dimension stays what it is. "gaussian" draws each dimension from the normal distribution of its
    mean and variance: a plain cloud. Raises ParameterError for another kind.
    """
    if kind not in get_args(Null):
        raise ParameterError(f"There is no null {kind!r}.", f"Choose: {', '.join(get_args(Null))}.")
    check_seed(seed)
    random = np.random.default_rng(seed)
    if kind == "shuffled":
        vectors = random.permuted(space.vectors, axis=0)
    else:
        means, spreads = (moment(axis=0, dtype=np.float64) for moment in (space.vectors.mean, space.vectors.std))
        vectors = (means + spreads * random.standard_normal(space.vectors.shape)).astype(np.float32)
    key = fingerprint("null-1", space.encoder_fingerprint, kind, seed)
    return Space(space.dataset, f"{space.encoder} ({kind})", key, vectors)

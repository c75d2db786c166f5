"""In which order items are encoded: in rounds, so that what is there at the end of each is a fair sample of all.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..space import Ints

FIRST = 512
"""Items of the first round: enough for a map that tells something, seconds of work for a small model."""
_LEAST = 1024
_SHARE = 4


def fair_order(n: int, seed: int = 0) -> Ints:
    """The numbers 0 to n - 1 in random order, the same every time."""
    return np.random.default_rng(seed).permutation(n).astype(np.int64)


def rounds(waiting: Sequence[int], there: int = 0) -> list[list[int]]:
    """What waits, in its order, in rounds: FIRST of them unless that many are `there`, then each time a quarter of what
    is there by then, so that a million takes some thirty rounds. A few are one round."""
    cut: list[list[int]] = []
    at = 0
    while at < len(waiting):
        size = FIRST if there < FIRST else max(_LEAST, there // _SHARE)
        if len(waiting) - at - size < _LEAST // 2:
            size = len(waiting) - at  # no round for a handful
        cut.append(list(waiting[at : at + size]))
        at, there = at + size, there + size
    return cut

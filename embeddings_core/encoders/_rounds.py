"""In which order items are encoded: in rounds, so that what is there at the end of each is a fair sample of all.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..space import Ints

FIRST = 512
"""Items that are enough for a map that tells something, and seconds of work for a small model."""
FEW, SOON = 64, 2.0
"""Of a slow model (pictures, large ones) a first glimpse: what is there after FEW, if they took over SOON seconds."""
_LEAST = 1024
_SHARE = 4


def fair_order(n: int, seed: int = 0) -> Ints:
    """The numbers 0 to n - 1 in random order, the same every time."""
    return np.random.default_rng(seed).permutation(n).astype(np.int64)


def rounds(waiting: Sequence[int], there: int = 0) -> list[list[int]]:
    """What waits, in its order, in rounds: until there are FEW, then until there are FIRST, then each time a quarter of
    what is there by then, so that a million takes some thirty rounds. A few are one round."""
    cut: list[list[int]] = []
    at = 0
    while at < len(waiting):
        size = next((most - there for most in (FEW, FIRST) if there < most), max(_LEAST, there // _SHARE))
        if len(waiting) - at - size < (FEW if there < FEW else _LEAST) // 2:
            size = len(waiting) - at  # no round for a handful
        cut.append(list(waiting[at : at + size]))
        at, there = at + size, there + size
    return cut

"""In which order items are encoded: in rounds, so that what is there at the end of each is a fair sample of all.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

import numpy as np

from ..space import Ints

FIRST = 512
"""Items of the first round: enough for a map that tells something, seconds of work for a small model."""
_LEAST = 1024
_SHARE = 4


def fair_rounds(n: int, seed: int = 0) -> list[Ints]:
    """The numbers 0 to n - 1 in random order (the same every time), cut into rounds: FIRST of them, then each time a
    quarter of what is there already, so that a million takes some thirty rounds. A few items are one round."""
    order = np.random.default_rng(seed).permutation(n).astype(np.int64)
    if n <= 2 * FIRST:
        return [order]
    ends = [FIRST]
    while ends[-1] < n:
        ends.append(ends[-1] + max(_LEAST, ends[-1] // _SHARE))
    if len(ends) > 2 and n - ends[-2] < _LEAST // 2:
        del ends[-2]  # no round for a handful
    return [order[start:end] for start, end in zip([0, *ends[:-1]], ends, strict=True)]


def fair_part(n: int, m: int) -> Ints:
    """Which of n items are the first m that are encoded, (m,)."""
    return np.concatenate(fair_rounds(n))[:m]

"""A part of the rows: the first ones, or a fair sample; only where someone asked for it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from ..errors import ParameterError
from ..plugins import check_seed
from ..space import Ints
from .limits import check_rows

T = TypeVar("T")


@dataclass(frozen=True)
class Cut:
    """Which rows are wanted: the first `limit`, or `sample` of them drawn by `seed`; all where neither is given.

    Raises ParameterError for both at once, or numbers below 1.
    """

    limit: int | None = None
    sample: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.limit is not None and self.sample is not None:
            raise ParameterError("Both a limit and a sample are asked for.", "Ask for one of them.")
        for name, given in (("limit", self.limit), ("sample", self.sample)):
            if given is not None and (not isinstance(given, int) or given < 1):
                raise ParameterError(f"The {name} is {given!r}.", "It must be a whole number of at least 1.")
        check_seed(self.seed)

    @property
    def size(self) -> int | None:
        """The most rows that are wanted, None for all."""
        return self.sample if self.limit is None else self.limit

    def rows(self, name: str, total: int) -> Ints | None:
        """The wanted rows (m,) of `total`, ascending; None for all. Every set of `sample` rows is as likely as any
        other. Raises TooManyRows when more are left than are read at once.
        """
        kept = total if self.size is None else min(self.size, total)
        check_rows(name, kept)
        if kept == total:
            return None
        if self.sample is None:
            return np.arange(kept, dtype=np.int64)
        # not numpy's: it would make room for all of `total`, which a damaged file may claim to be anything
        return np.array(sorted(random.Random(self.seed).sample(range(total), kept)), dtype=np.int64)

    def notes(self, total: int) -> list[str]:
        """One sentence on what was left out, if anything was."""
        if self.size is None or self.size >= total:
            return []
        if self.sample is None:
            return [f"The first {self.size:,} of {total:,} rows."]
        return [f"A fair sample of {self.size:,} of {total:,} rows (seed {self.seed})."]


ALL = Cut()


@dataclass(frozen=True)
class Part:
    """Which rows are kept: those before `most`, or those `chosen`, ascending; all where neither is given."""

    most: int | None = None
    chosen: Ints | None = None

    def of(self, block: list[T], start: int) -> list[T]:
        """What is kept of a block whose first row is the one with the number `start`."""
        if self.chosen is not None:
            first, last = np.searchsorted(self.chosen, [start, start + len(block)])
            return [block[place] for place in (self.chosen[first:last] - start).tolist()]
        return block if self.most is None else block[: max(0, self.most - start)]


WHOLE = Part()

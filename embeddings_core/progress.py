"""How far work is: phases that make one whole, and things that are counted as they go by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from .space import Progress

T = TypeVar("T")
STEPS = 1_000
"""Parts of a whole whose phases count different things: bytes, then columns."""


def phase(progress: Progress | None, start: float, end: float, of: int = STEPS) -> Progress:
    """What a phase reports to, as done of its own total: it takes `progress` from the share `start` of the whole to
    the share `end`, in `of` parts."""

    def tell(done: int, total: int) -> None:
        if progress is not None:
            share = min(1.0, done / total) if total else 0.0
            progress(int(of * (start + (end - start) * share) + 1e-6), of)  # what rounding leaves is no step back

    return tell


def watched(things: Iterable[T], total: int, progress: Progress | None, every: int = 1) -> Iterator[T]:
    """The same things; before each one, or each of so `every`, it is told how many of `total` went by."""
    for done, thing in enumerate(things):
        if progress is not None and done % every == 0:
            progress(done, total)
        yield thing

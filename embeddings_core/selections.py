"""Sets of items: packed into bits, combined, and stepped back and forth in."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from .fingerprints import fingerprint

Mask = npt.NDArray[np.bool_]
How = Literal["replace", "add", "remove", "keep"]
STEPS = 50
"""Steps that can be undone."""


def pack(mask: Mask) -> bytes:
    """A set of items, (n,) bool, as one bit an item, the first item in the lowest bit of the first byte."""
    return np.packbits(mask, bitorder="little").tobytes()


def unpack(raw: bytes, n: int) -> Mask:
    """The set that was packed, (n,) bool: what is missing is False, what is too much is cut."""
    bits = np.unpackbits(np.frombuffer(raw, np.uint8), bitorder="little")[:n].astype(bool)
    return np.pad(bits, (0, n - len(bits)))


def combine(before: Mask, new: Mask, how: How) -> Mask:
    """`before` replaced by `new`, with it added, without it, or only what is in both ("keep")."""
    if how == "replace":
        return new.copy()
    if how == "add":
        return before | new
    return before & ~new if how == "remove" else before & new


class History:
    """What is selected of `n` items now, and the steps that led there, at most STEPS of them."""

    def __init__(self, n: int) -> None:
        self.n = n
        self._steps: list[tuple[bytes, str]] = [(pack(np.zeros(n, bool)), "")]
        self._at = 0
        self._read()

    def _read(self) -> None:
        raw = self._steps[self._at][0]
        self.now = unpack(raw, self.n)
        """(n,) bool, read-only."""
        self.now.setflags(write=False)
        self.count = int(self.now.sum())
        """How many items are selected."""
        self.fingerprint = fingerprint("selection", self.n, raw)
        """Names what is selected now."""

    def set(self, mask: Mask, label: str) -> None:
        """Select `mask`, (n,) bool; `label` says by what. What is selected already is no step."""
        raw = pack(mask)
        if raw != self._steps[self._at][0]:
            self._steps = [*self._steps[: self._at + 1], (raw, label)][-STEPS - 1 :]
            self._at = len(self._steps) - 1
            self._read()

    def undo(self) -> None:
        """Select what was selected before; nothing when there is no such step."""
        self._at = max(0, self._at - 1)
        self._read()

    def redo(self) -> None:
        """Take an undo back; nothing when there is none."""
        self._at = min(len(self._steps) - 1, self._at + 1)
        self._read()

    @property
    def can_undo(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._steps[self._at][1] if self._at else ""

    @property
    def can_redo(self) -> str:
        """What redo would do again, "" for nothing."""
        return self._steps[self._at + 1][1] if self._at + 1 < len(self._steps) else ""

"""Steps that can be taken back and again."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class Steps(Generic[T]):
    """What is `now`, from `first` on, and at most `most` steps that led there, each with a label that says by what."""

    def __init__(self, first: T, most: int) -> None:
        self._steps: list[tuple[T, str]] = [(first, "")]
        self._most = most
        self._at = 0

    @property
    def now(self) -> T:
        return self._steps[self._at][0]

    @property
    def taken(self) -> tuple[tuple[T, str], ...]:
        """The first state and the steps up to now, each with its label."""
        return tuple(self._steps[: self._at + 1])

    def set(self, value: T, label: str) -> None:
        """Take a step; what could be done again no longer can."""
        self._steps = [*self._steps[: self._at + 1], (value, label)][-self._most - 1 :]
        self._at = len(self._steps) - 1

    def undo(self) -> None:
        """Take the last step back; nothing when there is none."""
        self._at = max(0, self._at - 1)

    def redo(self) -> None:
        """Take an undo back; nothing when there is none."""
        self._at = min(len(self._steps) - 1, self._at + 1)

    @property
    def can_undo(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._steps[self._at][1] if self._at else ""

    @property
    def can_redo(self) -> str:
        """What redo would do again, "" for nothing."""
        return self._steps[self._at + 1][1] if self._at + 1 < len(self._steps) else ""

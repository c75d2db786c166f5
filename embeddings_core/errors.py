"""Every error that the core raises on purpose.

CoreError                 has .hint: what to do about it
├── InputError            what was given cannot be read or used (a file, a cell, a picture, a query)
│   └── TooManyRows       it has more rows than are read at once: ask for the first of them, or a sample
├── ParameterError        a setting is out of range, or its name is unknown
├── MissingPackage        an optional package is not installed
├── ModelUnavailable      a model cannot be had: no hub, not found, wrong digest
├── StoreError            the store's folder cannot be used
└── Cancelled             someone pressed cancel; what was finished is kept
"""

from __future__ import annotations


class CoreError(Exception):
    """A problem that a person can act on: a message and a hint, both in plain words."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class InputError(CoreError):
    """What was given cannot be read or used."""


class TooManyRows(InputError):
    """A file has more rows than are read at once. `rows` is how many it has: a part of them can be asked for."""

    def __init__(self, message: str, hint: str, rows: int) -> None:
        super().__init__(message, hint)
        self.rows = rows


class ParameterError(CoreError):
    """A setting is out of range, or its name is unknown."""


class MissingPackage(CoreError):
    """An optional package is not installed; the hint is the exact install line."""


class ModelUnavailable(CoreError):
    """A model cannot be had: no hub, not found, or its digest is wrong."""


class StoreError(CoreError):
    """The store's folder cannot be used."""


class Cancelled(BaseException):
    """Someone asked to stop; what was finished before is kept. It has .message and .hint as CoreError has.

    No Exception, because it may come at any line: code that turns whatever a decoder raises into a message
    must not take it for that.
    """

    def __init__(self, message: str = "Stopped.", hint: str = "What was finished is kept.") -> None:
        super().__init__(message, hint)
        self.message, self.hint = message, hint

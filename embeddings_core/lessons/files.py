"""TOML files that people write, read with care: what is missing, wrong or unknown is told with file and key."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..errors import CoreError, InputError


class Table:
    """A table of a TOML file. Its keys are taken one by one; `done` tells of those that nobody took.

    Without a fallback, or with None for one, a key has to be there. All raise InputError.
    """

    def __init__(self, file: str, path: str, given: Any) -> None:
        self._file, self._path = file, path
        if not isinstance(given, dict):
            raise self._wrong("", "is no table")
        self._given, self._left = given, dict.fromkeys(given)
        self._known: dict[str, None] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._given

    def at(self, path: str) -> Table:
        """A part of this table by a name for messages, empty."""
        return Table(self._file, path, {})

    def text(self, key: str, fallback: str | None = None, one_of: Sequence[str] = ()) -> str:
        """A text that is not empty, without blanks around it."""
        found: str = self._take(key, fallback, str, "a text").strip()
        self.check(bool(found) or found == fallback, key, "is empty")
        self.check(not one_of or found in one_of, key, f"is {found!r}, but must be one of {', '.join(one_of)}")
        return found

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; none where there is no such key."""
        found = self._take(key, [], list, "a list of texts")
        self.check(all(isinstance(one, str) for one in found), key, "is no list of texts")
        return tuple(found)

    def whole(self, key: str, fallback: int | None = None) -> int:
        """A whole number."""
        found: int = self._take(key, fallback, int, "a whole number")
        return found

    def number(self, key: str, fallback: float | None = None) -> float:
        """A number."""
        return float(self._take(key, fallback, (int, float), "a number"))

    def truth(self, key: str) -> bool:
        """True or false; false where there is no such key."""
        return bool(self._take(key, False, bool, "true or false"))

    def value(self, key: str) -> float | int | str:
        """A number or a text."""
        found: float | int | str = self._take(key, None, (int, float, str), "a number or a text")
        return found

    def values(self, key: str) -> Mapping[str, Any]:
        """A table whose keys are not known beforehand; empty where there is none."""
        return self.table(key).rest()

    def table(self, key: str) -> Table:
        """A table in this one; empty where there is none."""
        return Table(self._file, self._name(key), self._take(key, {}, dict, "a table"))

    def tables(self, key: str) -> list[Table]:
        """A list of tables; none where there is no such key."""
        found = self._take(key, [], list, "a list of tables")
        return [Table(self._file, f"{self._name(key)}[{at}]", one) for at, one in enumerate(found, start=1)]

    def tables_by_name(self) -> Iterator[tuple[str, Table]]:
        """All that is left, each a table, by its key."""
        for key in list(self._left):
            yield key, self.table(key)

    def rest(self) -> Mapping[str, Any]:
        """All that is left, as it stands in the file."""
        found = {key: self._given[key] for key in self._left}
        self._left.clear()
        return MappingProxyType(found)

    def done(self) -> None:
        """Nothing may be left."""
        for key in self._left:
            raise self._wrong(key, "is not known here", self._known)

    def check(self, holds: bool, key: str, problem: str) -> None:
        """Raises unless it holds."""
        if not holds:
            raise self._wrong(key, problem)

    def guard(self, key: str, make: Callable[[], object]) -> None:
        """Does something with what stands under `key`, and tells where an error comes from."""
        try:
            make()
        except CoreError as error:
            raise self._wrong(key, f"cannot be used: {error.message.removesuffix('.')}") from error

    def _take(self, key: str, fallback: Any, kind: Any, words: str) -> Any:
        self._left.pop(key, None)
        self._known[key] = None
        found = self._given.get(key, fallback)
        if found is None:
            raise self._wrong(key, "is missing", self._left)
        right = isinstance(found, kind) and (kind is bool or not isinstance(found, bool))
        self.check(right, key, f"is {str(found)[:40]!r}, which is not {words}")
        return found

    def _name(self, key: str) -> str:
        return ".".join(filter(None, (self._path, key)))

    def _wrong(self, key: str, problem: str, others: Iterable[str] = ()) -> InputError:
        """An error with its place; `others` are keys of which one may have been meant, or written instead."""
        hint = "Lessons are described in README.md beside that file."
        if meant := get_close_matches(key, list(others), 1):
            hint = f"Is {meant[0]!r} what is meant? {hint}"
        return InputError(f"{self._file}: {self._name(key) or 'the file'} {problem}.", hint)


def read_table(path: Path) -> Table:
    """The file as a table. Raises InputError where it is no TOML, or cannot be read."""
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(f"{path.name} cannot be read: {error}.", "It must be TOML in UTF-8.") from error
    return Table(path.name, "", given)

"""Which items stay: words, ranges of numbers and dates, and categories; as a value, and as text in a link."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .metadata import column_of
from .searching import LONGEST, matching, parse
from .space import Dataset, Ints

BYTES = 20_000
"""The longest filter in a link."""
COLUMNS = 50
VALUES = 500
_HINT = "Open the page without the filter and set it anew."

Mask = npt.NDArray[np.bool_]
Range = tuple[float | None, float | None]


@dataclass(frozen=True)
class Filter:
    """Which items stay: all conditions must hold.

    `words` as `searching.parse` reads them. `ranges` has a low and a high end for a column, both inside,
    None = open, dates as seconds since 1970 UTC; a missing value is in no range. `values` has the texts of
    the categories that stay, "" is the missing value; no text at all leaves nothing. Columns are in the order
    of their names, values sorted and different, ranges open at both ends are left out: equal filters are equal.
    """

    words: str = ""
    ranges: Mapping[str, Range] = field(default_factory=dict)
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        ends = {name: (_end(low), _end(high)) for name, (low, high) in sorted(self.ranges.items())}
        closed = {name: pair for name, pair in ends.items() if pair != (None, None)}
        values = {name: tuple(sorted(set(texts))) for name, texts in sorted(self.values.items())}
        object.__setattr__(self, "words", self.words if self.words.strip() else "")
        object.__setattr__(self, "ranges", closed)
        object.__setattr__(self, "values", values)

    def __hash__(self) -> int:
        return hash(self.to_text())

    @property
    def active(self) -> bool:
        """Whether there is any condition."""
        return bool(self.words or self.ranges or self.values)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that have a condition."""
        return tuple(sorted({*self.ranges, *self.values}))

    def to_text(self) -> str:
        """The filter as compact JSON in ASCII, "" where nothing is set; equal filters give equal texts."""
        ranges = {name: [_short(end) for end in ends] for name, ends in self.ranges.items()}
        parts: dict[str, Any] = {"words": self.words, "ranges": ranges, "values": self.values}
        given = {key: part for key, part in parts.items() if part}
        return json.dumps(given, sort_keys=True, separators=(",", ":"), allow_nan=False) if given else ""

    @staticmethod
    def from_text(text: str) -> Filter:
        """The filter that `to_text` wrote. The text may come from anyone: raises InputError, with a hint, for
        whatever is no filter, or a larger one than BYTES, COLUMNS and VALUES allow."""
        if not text.strip():
            return Filter()
        parts = _object(_parsed(text), "it", ("words", "ranges", "values"))
        words = parts.get("words", "")
        if not isinstance(words, str) or len(words) > LONGEST:
            _refuse(f"its words are no text of at most {LONGEST} characters")
        ranges, values = (_object(parts.get(key, {}), f"its part {key}") for key in ("ranges", "values"))
        if len({*ranges, *values}) > COLUMNS:
            _refuse(f"it names more than {COLUMNS} columns")
        kept = {name: _texts(name, texts) for name, texts in values.items()}
        if sum(map(len, kept.values())) > VALUES:
            _refuse(f"it names more than {VALUES} values")
        return Filter(words, {name: _range(name, ends) for name, ends in ranges.items()}, kept)

    def without(self, column: str | None) -> Filter:
        """The same without the conditions on that column; None is the words."""
        return Filter(
            "" if column is None else self.words,
            {name: ends for name, ends in self.ranges.items() if name != column},
            {name: texts for name, texts in self.values.items() if name != column},
        )


def matches(dataset: Dataset, filter: Filter) -> Mask:
    """Which items (n,) stay. Raises InputError for a column that is not there or holds something else, and
    for words that cannot be searched."""
    stay = np.ones(len(dataset), bool)
    for mask in conditions(dataset, filter).values():
        stay &= mask
    return stay


def staying(dataset: Dataset, where: Filter | Mask | None) -> Ints | None:
    """The indices (m,) of the items that stay, in order; None where all do. Raises InputError as `matches` does, and
    for a mask that has not one truth for each item."""
    if where is None:
        return None
    mask = matches(dataset, where) if isinstance(where, Filter) else checked_mask(where, len(dataset), "filter")
    return None if mask.all() else np.flatnonzero(mask)


def checked_mask(given: Mask, n: int, name: str) -> Mask:
    """`given` as an array. Raises InputError where that is not (n,) bool."""
    mask = np.asarray(given)
    if mask.shape != (n,) or mask.dtype != np.bool_:
        raise InputError(
            f"The {name} has shape {mask.shape} and type {mask.dtype}.",
            f"Give one True or False for each of the {n} items.",
        )
    return mask


def conditions(dataset: Dataset, filter: Filter) -> dict[str | None, Mask]:
    """Which items (n,) meet each condition alone: one mask a column, None for the words. Raises as `matches`."""
    found: dict[str | None, Mask] = {}
    for name, (low, high) in filter.ranges.items():
        found[name] = _in_range(dataset, name, low, high)
    for name, texts in filter.values.items():
        mask = _in_values(dataset, name, texts)
        found[name] = found[name] & mask if name in found else mask
    if filter.words and parse(filter.words).expressions:
        found[None] = matching(dataset, filter.words)
    return found


def _in_range(dataset: Dataset, name: str, low: float | None, high: float | None) -> Mask:
    numbers = column_of(dataset, name).numbers
    if numbers is None:
        raise InputError(f"Column {name[:100]!r} holds no numbers or dates.", "Filter it by its values.")
    low, high = (-math.inf if low is None else low), (math.inf if high is None else high)
    return np.asarray((numbers >= low) & (numbers <= high))


def _in_values(dataset: Dataset, name: str, texts: Iterable[str]) -> Mask:
    column = column_of(dataset, name)
    if column.codes is None:
        raise InputError(f"Column {name[:100]!r} holds numbers or dates.", "Filter it by a range.")
    wanted = frozenset(texts)
    # the last place is for -1, the missing value
    stays = np.array([*(known in wanted for known in column.names), "" in wanted], dtype=bool)
    return np.asarray(stays[column.codes])


def _parsed(text: str) -> Any:
    if len(text) > BYTES or len(text.encode("utf-8", "surrogatepass")) > BYTES:
        _refuse(f"it is longer than {BYTES:,} bytes")
    try:
        return json.loads(text, parse_constant=lambda constant: _refuse(f"it holds {constant}"))
    except (ValueError, RecursionError):
        _refuse("it is no valid JSON")


def _object(given: Any, what: str, known: Sequence[str] = ()) -> dict[str, Any]:
    """`given`, which must be a JSON object, of the `known` keys if there are any."""
    if not isinstance(given, dict):
        _refuse(f"{what} is no JSON object")
    for key in given:
        if known and key not in known:
            _refuse(f"it has a part {key[:50]!r}, but only {', '.join(known)} are known")
    return given


def _texts(name: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not all(isinstance(text, str) for text in given):
        _refuse(f"the values of {name[:100]!r} are no list of texts")
    return tuple(given)


def _range(name: str, given: Any) -> Range:
    if not isinstance(given, list) or len(given) != 2:
        _refuse(f"the range of {name[:100]!r} is no pair of a low and a high end")
    for end in given:
        if isinstance(end, bool) or not (end is None or isinstance(end, (int, float))):
            _refuse(f"an end of the range of {name[:100]!r} is no number")
    low, high = given
    return low, high


def _end(given: float | None) -> float | None:
    """An end of a range as a float. Raises InputError for one that is not finite."""
    if given is None:
        return None
    try:
        end = float(given)
    except OverflowError:
        end = math.inf
    if not math.isfinite(end):
        _refuse("an end of a range is no finite number")
    return end + 0.0  # -0.0 is 0


def _short(end: float | None) -> float | int | None:
    """A whole number without its point."""
    return int(end) if end is not None and end.is_integer() and abs(end) < 2**53 else end


def _refuse(problem: str) -> NoReturn:
    raise InputError(f"This filter cannot be used: {problem}.", _HINT)

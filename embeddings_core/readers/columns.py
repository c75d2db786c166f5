"""Columns of anything become columns that Parquet can keep and a page can show: text, numbers, dates.

Mixed values and nested ones become text; a column in which everything is a number or an ISO date becomes
numbers or dates; overlong cells are cut; characters that cannot be kept are removed.
"""

from __future__ import annotations

import datetime
import json
import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from .limits import CELL, CHARACTERS

_EXACT = 2**53  # integers beyond it are not all floats
_LONGEST = 2**63
_NO_NUMBER = frozenset(("", "na", "n/a", "nan", "null", "none", "-", "?"))
# no leading zeros and no plus sign: "007" and "+49 30" name things
_NUMBER = re.compile(r"-?(0|[1-9]\d*)?(\.\d*)?(?<=[\d.])([eE][+-]?\d{1,3})?", re.ASCII)
_COMMA_NUMBER = re.compile(r"-?(0|[1-9]\d*)(,\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?", re.ASCII)
_SURROGATES = re.compile("[\ud800-\udfff]")


class Cleaner:
    """Makes columns and remembers what it had to change, for `notes`."""

    def __init__(self) -> None:
        self.cut = self.zeros = self.halves = 0
        self.zoned: list[str] = []

    @property
    def notes(self) -> list[str]:
        """One plain sentence for each kind of change."""
        notes = []
        if self.cut:
            notes.append(f"{_count(self.cut, 'cell')} longer than {CELL:,} characters {_were(self.cut)} cut.")
        if self.zeros:
            notes.append(f"NUL characters were removed from {_count(self.zeros, 'cell')}.")
        if self.halves:
            notes.append(f"Characters that are no valid text were replaced in {_count(self.halves, 'cell')}.")
        if self.zoned:
            notes.append(f"Times were turned into UTC in: {', '.join(self.zoned)}.")
        return notes

    def column(self, name: str, values: Sequence[Any], *, written: bool = False, comma: bool = False) -> pd.Series[Any]:
        """`values` as one column. `written` says that numbers come as text, `comma` with a decimal comma."""
        kinds = {_kind(value) for value in values} - {"none"}
        if kinds == {"bool"} and not any(map(missing, values)):
            return pd.Series(np.array(values, dtype=bool))
        if kinds == {"number"} and (numbers := _numbers(values)) is not None:
            return numbers
        if kinds == {"time"} and (times := self._times(name, [_text(value) for value in values])) is not None:
            return times
        texts = self._texts(name, values)
        if written and (numbers := _written_numbers(texts, comma)) is not None:
            return numbers
        if kinds == {"text"} and (times := self._times(name, texts)) is not None:
            return times
        return pd.Series(texts, dtype="str")

    def texts(self, name: str, values: Sequence[Any]) -> pd.Series[Any]:
        """`values` as a column of texts, even if all of them look like dates."""
        return pd.Series(self._texts(name, values), dtype="str")

    def _texts(self, name: str, values: Sequence[Any]) -> list[str | None]:
        texts = [_text(value) for value in values]
        # equal strings may be one object now, but not once they are in a column
        if sum(min(len(text), CELL) for text in texts if text) > CHARACTERS:
            raise InputError(f"Column {name!r} has more than {CHARACTERS:,} characters.", "Bring a sample of the rows.")
        return [
            text if text is None or (len(text) <= CELL and text.isascii() and "\0" not in text) else self.clean(text)
            for text in texts
        ]

    def clean(self, text: str) -> str:
        """A text without NULs and half characters, no longer than a cell may be."""
        if len(text) > CELL:
            self.cut += 1
            text = text[:CELL]
        if "\0" in text:
            self.zeros += 1
            text = text.replace("\0", "")
        if not text.isascii() and _SURROGATES.search(text):
            self.halves += 1
            text = _SURROGATES.sub("\ufffd", text)
        return text

    def _times(self, name: str, texts: list[str | None]) -> pd.Series[Any] | None:
        zones = set()
        for text in filter(None, texts):
            match = _DATE.fullmatch(text) if len(text) < 40 else None
            if match is None:
                return None
            zones.add(bool(match["zone"]))
        if len(zones) != 1:
            return None
        try:
            times = pd.to_datetime(pd.Series(texts).replace("", None), format="ISO8601", utc=True)
            times = times.dt.tz_localize(None).dt.as_unit("us")
        except (ValueError, OverflowError):  # the 31st of February
            return None
        if zones == {True}:
            self.zoned.append(name)
        return times


def unique_names(names: Iterable[Any]) -> list[str]:
    """Column names as text, all different: empty ones numbered, repeated ones name_2, name_3, ..."""
    cleaner, taken, made = Cleaner(), set[str](), []
    last: dict[str, int] = {}
    for position, given in enumerate(names):
        text = "" if missing(given) else " ".join(cleaner.clean(str(given))[:200].split())
        name = text = text or f"column_{position + 1}"
        while name in taken:
            last[text] = last.get(text, 1) + 1
            name = f"{text}_{last[text]}"
        taken.add(name)
        made.append(name)
    return made


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    if isinstance(value, (bool, np.bool_)):
        return "bool"
    if missing(value):
        return "none"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return "number"
    if isinstance(value, (datetime.datetime, datetime.date, np.datetime64)):
        return "time"
    return "other"


def missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, and what pandas has for them."""
    return (
        value is None
        or value is pd.NA
        or value is pd.NaT
        or (isinstance(value, (float, np.floating)) and value != value)
    )


def _numbers(values: Sequence[Any]) -> pd.Series[Any] | None:
    whole = [abs(int(value)) for value in values if isinstance(value, (int, np.integer))]
    largest = max(whole, default=0)
    if len(whole) == len(values) and largest < _LONGEST:
        return pd.Series(np.array([int(value) for value in values], dtype=np.int64))
    if largest > _EXACT:
        return None
    return pd.Series(np.array([math.nan if missing(value) else float(value) for value in values]))


def _written_numbers(texts: Sequence[str | None], comma: bool) -> pd.Series[Any] | None:
    """Numbers, where every cell is one or says that there is none."""
    pattern = _COMMA_NUMBER if comma else _NUMBER
    found: list[Any] = []
    for text in texts:
        text = (text or "").strip()
        if text.lower() in _NO_NUMBER:
            found.append(None)
        elif len(text) < 40 and pattern.fullmatch(text) and text != ".":
            text = text.replace(",", ".") if comma else text
            found.append(int(text) if text.lstrip("-").isdigit() else float(text))
        else:
            return None
    numbers = [number for number in found if number is not None]
    if not numbers or not all(map(math.isfinite, numbers)):
        return None
    return _numbers(found)


def _text(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if missing(value):
        return None
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, ensure_ascii=False, default=str)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return str(value)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _were(number: int) -> str:
    return "was" if number == 1 else "were"

"""From names and columns of anything to a Loaded table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ..errors import InputError
from .columns import Cleaner, unique_names
from .guess import score
from .limits import COLUMNS, check_cells, check_rows
from .loaded import Loaded

_PEEK = 50  # rows from which columns are chosen when there are too many


def table(
    name: str,
    columns: Iterable[tuple[str, Sequence[Any]]],
    notes: Sequence[str] = (),
    *,
    written: bool = False,
    comma: bool = False,
    texts: bool = False,
) -> Loaded:
    """A Loaded of kind "text" from named columns, whose names are all different (see `unique_names`).

    `written` and `comma` as for `Cleaner.column`; `texts` says that every column holds texts, whatever they
    look like. Raises InputError for a table without rows.
    """
    cleaner = Cleaner()
    made = {}
    for column, values in columns:
        if texts:
            made[column] = cleaner.texts(column, values)
        else:
            made[column] = cleaner.column(column, values, written=written, comma=comma)
    frame = pd.DataFrame(made)
    if not len(frame):
        raise InputError(
            f"{name} has no rows" + (f", only the header {_short(made)}." if made else "."),
            "Bring a table with at least one row below its header.",
        )
    check_rows(name, len(frame))
    return Loaded(name, "text", frame, notes=[*notes, *cleaner.notes])


def from_rows(
    name: str,
    header: Sequence[Any],
    rows: list[Any],
    notes: Sequence[str] = (),
    *,
    written: bool = False,
    comma: bool = False,
) -> Loaded:
    """A Loaded from a header and rows; those that are too short are filled with "" (`written`) or None."""
    names = unique_names(header)
    check_cells(name, len(rows) * len(names))
    none = "" if written else None

    def column(place: int) -> list[Any]:
        return [row[place] if place < len(row) else none for row in rows]

    columns = ((column_name, column(place)) for place, column_name in enumerate(names))
    return table(name, columns, notes, written=written, comma=comma)


def choose(names: Sequence[str], peek: Sequence[Sequence[Any]] | Any) -> tuple[list[int], list[str]]:
    """The places of the columns that are read, and a note when these are not all: the first COLUMNS, and
    among them the one that, judged by the rows `peek`, most likely holds the texts.
    """
    if len(names) <= COLUMNS:
        return list(range(len(names))), []

    def likely(place: int) -> float:
        cells = [row[place] for row in peek if place < len(row)]
        return score(str(names[place]), [cell for cell in cells if isinstance(cell, str)])

    best = max(range(len(names)), key=likely)
    places = list(range(COLUMNS)) if best < COLUMNS else [*range(COLUMNS - 1), best]
    note = f"Of {len(names):,} columns the first {COLUMNS:,} were read"
    return places, [note + ("." if best < COLUMNS else f", the last of them being {str(names[best])[:100]!r}.")]


def enough(width: int) -> int:
    """How many rows `choose` should see: few of them when they are very wide."""
    return max(3, min(_PEEK, 1_000_000 // max(1, width)))


def from_frame(frame: pd.DataFrame, name: str, notes: Sequence[str] = ()) -> Loaded:
    """A Loaded from a pandas table; an index with a name becomes a column."""
    if any(level is not None for level in frame.index.names):
        frame = frame.reset_index(allow_duplicates=True)
    if isinstance(frame.columns, pd.MultiIndex):
        names = [" ".join(map(str, levels)) for levels in frame.columns]
    else:
        names = [str(column) for column in frame.columns]
    check_rows(name, len(frame))
    looked = min(len(frame), enough(len(names))) if len(names) > COLUMNS else 0
    places, trimmed = choose(names, [frame.iloc[row].tolist() for row in range(looked)])
    check_cells(name, len(frame) * len(places))
    unique = unique_names(names)
    chosen = frame.iloc[:, places]
    columns = ((unique[place], plain(chosen.iloc[:, at])) for at, place in enumerate(places))
    return table(name, columns, [*notes, *trimmed])


def plain(column: pd.Series[Any]) -> list[Any]:
    """A pandas column of any type as Python values."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    return [
        str(value) if isinstance(value, (pd.Period, pd.Interval, pd.Timedelta)) else value for value in column.tolist()
    ]


def _short(names: Iterable[str]) -> str:
    text = ", ".join(names)
    return text if len(text) < 100 else text[:100] + "…"

"""From names and columns of anything to a Loaded table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..space import Floats
from .columns import Cleaner, unique_names
from .cuts import ALL, Cut
from .guess import score
from .limits import COLUMNS, check_cells
from .loaded import Loaded
from .vectors import Candidates, lists_as_vectors, numbered, told, usable

_PEEK = 50  # rows from which columns are chosen when there are too many


def table(
    name: str,
    columns: Iterable[tuple[str, Sequence[Any]]],
    notes: Sequence[str] = (),
    *,
    written: bool = False,
    comma: bool = False,
    texts: bool = False,
    found: Candidates | None = None,
    cut: Cut = ALL,
) -> Loaded:
    """A Loaded from named columns, whose names are all different (see `unique_names`): of kind "text", or "vector"
    where it has vectors but no texts.

    `written` and `comma` as for `Cleaner.column`; `texts` says that every column holds texts, whatever they look
    like. Columns of lists of numbers, or v0, v1, ..., become its vectors, as do those in `found`, whose rows are
    those that `cut` leaves. Raises InputError for a table without rows, TooManyRows for too many.
    """
    cleaner, candidates = Cleaner(), found or Candidates()
    made: dict[str, Any] = {}
    rows, total = None, None
    for column, values in columns:
        if total is None:
            total = len(values)
            rows = cut.rows(name, total)
        if rows is not None:
            values = [values[row] for row in rows.tolist()]
        if texts:
            made[column] = cleaner.texts(column, values)
        elif (vectors := lists_as_vectors(values)) is None or not candidates.add(column, vectors):
            made[column] = cleaner.column(column, values, written=written, comma=comma)
    _join_numbered(made, candidates)
    frame = pd.DataFrame(made)
    chosen = candidates.choose()
    if not len(frame.columns) and chosen is not None:
        frame = pd.DataFrame({"row": np.arange(len(chosen[1]))})
    if not len(frame):
        raise InputError(
            f"{name} has no rows" + (f", only the header {_short(made)}." if made else "."),
            "Bring a table with at least one row below its header.",
        )
    notes = [*notes, *cut.notes(total or 0), *cleaner.notes]
    loaded = Loaded(name, "text", frame, notes=notes)
    return loaded if chosen is None else with_vectors(loaded, *chosen)


def _join_numbered(made: dict[str, Any], candidates: Candidates) -> None:
    """Take v0, v1, ... out of the columns `made`, where all of them are numbers."""
    names = list(made)
    parts = [names[place] for place in numbered(names)]
    if parts and all(made[part].dtype.kind in "iuf" for part in parts):
        with np.errstate(over="ignore"):
            stacked = np.stack([made[part].to_numpy(dtype=np.float32) for part in parts], axis=1)
        if candidates.add(parts[0], stacked):
            candidates.found[f"{parts[0]} to {parts[-1]}"] = candidates.found.pop(parts[0])
            for part in parts:
                del made[part]


def with_vectors(loaded: Loaded, name: str, vectors: Floats) -> Loaded:
    """The same with `vectors` (n, d), which its notes call `name`; rows whose vector cannot be used are left out,
    with a note. Raises InputError when that is all of them."""
    good = usable(vectors)
    notes = [*loaded.notes, told(name, vectors.shape[1])]
    if not good.any():
        raise InputError(f"No vector in {name} of {loaded.name} can be used: all are missing or hold NaN.", "Mend it.")
    bad = int((~good).sum())
    if bad:
        notes.append(
            f"{bad:,} {'row was' if bad == 1 else 'rows were'} left out: the vector is missing, has another length, or "
            "holds NaN or numbers too large."
        )
    made = Loaded(loaded.name, "text", loaded.table, vectors=vectors, notes=notes, skipped=loaded.skipped)
    if bad:
        made = made.take(np.flatnonzero(good))
    kind = made.kinds[0]
    return (
        made
        if kind == "text"
        else Loaded(made.name, "vector", made.table, vectors=made.vectors, notes=made.notes, skipped=made.skipped)
    )


def from_rows(
    name: str,
    header: Sequence[Any],
    rows: list[Any],
    notes: Sequence[str] = (),
    *,
    cut: Cut = ALL,
) -> Loaded:
    """A Loaded from a header and rows; those that are too short are filled with None."""
    names = unique_names(header)
    check_cells(name, min(len(rows), cut.size or len(rows)) * len(names))

    def column(place: int) -> list[Any]:
        return [row[place] if place < len(row) else None for row in rows]

    return table(name, ((each, column(place)) for place, each in enumerate(names)), notes, cut=cut)


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


def from_frame(frame: pd.DataFrame, name: str, cut: Cut = ALL) -> Loaded:
    """A Loaded from a pandas table; an index with a name becomes a column."""
    if any(level is not None for level in frame.index.names):
        frame = frame.reset_index(allow_duplicates=True)
    if isinstance(frame.columns, pd.MultiIndex):
        names = [" ".join(map(str, levels)) for levels in frame.columns]
    else:
        names = [str(column) for column in frame.columns]
    total = len(frame)
    if (rows := cut.rows(name, total)) is not None:
        frame = frame.iloc[rows]
    looked = min(len(frame), enough(len(names))) if len(names) > COLUMNS else 0
    places, trimmed = choose(names, [frame.iloc[row].tolist() for row in range(looked)])
    check_cells(name, len(frame) * len(places))
    unique = unique_names(names)
    chosen = frame.iloc[:, places]
    columns = ((unique[place], plain(chosen.iloc[:, at])) for at, place in enumerate(places))
    return table(name, columns, [*cut.notes(total), *trimmed])


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

"""A table beside files: its rows are joined to pictures or sounds by the file names in one of its columns.

Only names are compared; no address is ever fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from .columns import unique_names
from .loaded import Loaded, as_texts

_SHARE = 0.5  # of a column's cells that must name a file, or of the files that must be named
_NAMED = 5


def join(given: Loaded, files: Loaded) -> Loaded | None:
    """The pictures or sounds `files`, one for each row of the table `given` that names one, with its columns as
    metadata; None where no column holds their names.

    A cell names a file by any end of its path that only one file has, whatever the case of letters. Rows without a
    file are told in the notes, files without a row in `skipped`.
    """
    names = _full_names(files.table)
    ends = _ends(names)
    found = {column: _places(as_texts(given.table[column]), ends) for column in given.text_columns()}
    best = max(found, key=lambda column: int((found[column] >= 0).sum()), default=None)
    if best is None:
        return None
    places, filled = found[best], int(given.table[best].notna().sum())
    hits = places[places >= 0]
    if not len(hits) or (len(hits) < _SHARE * filled and len(set(hits.tolist())) < _SHARE * len(names)):
        return None
    return _joined(given, files, best, places, names)


def _joined(given: Loaded, files: Loaded, column: str, places: np.ndarray, names: Sequence[str]) -> Loaded:
    rows = np.flatnonzero(places >= 0)
    taken = files.take(places[rows])
    own = given.table.iloc[rows].reset_index(drop=True)
    if as_texts(own[column]) in (taken.table["file"].tolist(), [names[place] for place in places[rows]]):
        own = own.drop(columns=column)
    table = pd.concat([taken.table, own], axis=1)
    table.columns = pd.Index(unique_names(list(table.columns)))
    missing = [value for value, place in zip(as_texts(given.table[column]), places, strict=True) if place < 0]
    notes = [*files.notes, *given.notes, f"Joined to the table {given.name} by its column {column}."]
    if missing:
        name = "row names" if len(missing) == 1 else "rows name"
        notes.append(f"{len(missing):,} {name} no file that is here: {_some(missing)}.")
    surplus = sorted(set(range(len(names))).difference(places[rows].tolist()))
    why = f"No row of {given.name} names it."
    skipped = [*files.skipped, *((names[place], why) for place in surplus)]
    joined = replace(taken, table=table, notes=notes, skipped=skipped)
    return joined if given.vectors is None else replace(joined, vectors=given.vectors[rows])


def _full_names(table: pd.DataFrame) -> list[str]:
    if "folder" not in table:
        return list(table["file"])
    return [f"{folder}/{file}".lstrip("/") for folder, file in zip(table["folder"], table["file"], strict=True)]


def _ends(names: Sequence[str]) -> dict[str, int]:
    """Where each file is, by every end of its path that no other file has."""
    ends: dict[str, int] = {}
    for place, name in enumerate(names):
        for end in _tails(name):
            ends[end] = place if end not in ends else -1
    for place, name in enumerate(names):
        ends[name.lower()] = place  # a whole path is meant as such, even if it is the end of another
    return ends


def _tails(name: str) -> list[str]:
    """Every end of a path, the longest first, without what leads elsewhere."""
    parts = [
        part for part in PurePosixPath(name.strip().lower().replace("\\", "/")).parts if part not in ("/", ".", "..")
    ]
    return ["/".join(parts[at:]) for at in range(len(parts))]


def _places(cells: Sequence[str], ends: dict[str, int]) -> np.ndarray:
    """Which file each cell names, -1 for none."""
    found = np.full(len(cells), -1, dtype=np.int64)
    for row, cell in enumerate(cells):
        if cell and len(cell) < 1_000:
            found[row] = next((ends[end] for end in _tails(cell) if end in ends), -1)
    return found


def _some(values: Sequence[str]) -> str:
    shown = ", ".join((value or "(empty)")[:60] for value in values[:_NAMED])
    return shown + (f" and {len(values) - _NAMED:,} more" if len(values) > _NAMED else "")

"""Ready vectors among other things: which column or array holds them, and whether they can be used."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import InputError
from ..space import Floats
from .limits import UNPACKED_BYTES, megabytes

NAMES = ("vector", "vectors", "embedding", "embeddings", "emb", "features", "x", "arr_0")
"""What vectors are called, the likeliest first."""
_FEWEST = 8  # numbers in a list that is a vector even if its name does not say so
_NUMBERED = re.compile(r"(v|vec|vector|dim|emb|embedding)[_\-. ]?(\d{1,5})", re.IGNORECASE)
_SAMPLE = 20


def as_vectors(array: npt.NDArray[Any], name: str) -> Floats:
    """An array (n, d) of numbers as float32. Raises InputError for another shape, and for NaN or what is too large."""
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(
            f"{name}: an array of shape {array.shape} holds no vectors.", "Give an array (n, d), a row for each item."
        )
    if array.dtype.kind not in "fiub":
        raise InputError(f"{name} holds {array.dtype}, which are no real numbers.", "Save it as float32.")
    check_vector_bytes(name, *array.shape)
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(array, dtype=np.float32)
    wrong = int((~np.isfinite(vectors).all(axis=1)).sum())
    if wrong:
        raise InputError(
            f"{wrong:,} of {len(vectors):,} vectors hold NaN or numbers too large.",
            "Remove or mend those rows first.",
        )
    return vectors


def check_vector_bytes(name: str, rows: int, numbers: int) -> None:
    """Raises InputError for more vectors than fit in memory."""
    size = 4 * rows * numbers
    if size > UNPACKED_BYTES:
        raise InputError(
            f"{name} says that it holds {rows:,} vectors of {numbers:,} numbers, which take {megabytes(size)}; at most "
            f"{megabytes(UNPACKED_BYTES)} are read.",
            "Bring a part of them.",
        )


def numbered(names: Sequence[str]) -> list[int]:
    """The places of v0, v1, ... (or dim_0, emb-1, ...) among column names, in the order of their numbers; none
    unless they are all there from 0 or 1 on. Fewer than _FEWEST are vectors only where they are this app's own, which
    begin at v0: v1 and v2 may be anything."""
    found: dict[str, dict[int, int]] = {}
    for place, name in enumerate(names):
        if match := _NUMBERED.fullmatch(name.strip()):
            found.setdefault(match[1].lower(), {}).setdefault(int(match[2]), place)
    prefix = max(found, key=lambda each: len(found[each]), default="")
    best = found.get(prefix, {})
    first = min(best, default=0)
    fewest = 2 if prefix == "v" and first == 0 else _FEWEST
    if len(best) < fewest or first > 1 or sorted(best) != list(range(first, first + len(best))):
        return []
    return [best[number] for number in sorted(best)]


def lists_as_vectors(values: Sequence[Any]) -> Floats | None:
    """Cells that are lists of numbers, or such lists as JSON, as (n, d) float32; a row of NaN where a cell is none,
    or has another length than most. None where hardly any is."""
    filled = [value for value in values[:_SAMPLE] if value is not None and value is not pd.NA]
    if not filled or not all(_looks_like_list(value) for value in filled):
        return None
    rows = [_numbers(value) for value in values]
    lengths = [len(row) for row in rows if row is not None]
    d = max(set(lengths), key=lengths.count) if lengths else 0
    if d < 2 or lengths.count(d) * 2 < len(rows):
        return None
    made = np.full((len(rows), d), np.nan, dtype=np.float32)
    with np.errstate(over="ignore"):
        for place, row in enumerate(rows):
            if row is not None and len(row) == d:
                made[place] = row
    return made


def _looks_like_list(value: Any) -> bool:
    if isinstance(value, str):
        return value.startswith("[") and value.endswith("]") and bool(re.match(r"\[\s*-?\d", value))
    return isinstance(value, (list, tuple, np.ndarray))


def _numbers(value: Any) -> Any:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except (ValueError, RecursionError):
            return None
    if isinstance(value, np.ndarray):
        return value if value.ndim == 1 and value.dtype.kind in "fiu" else None
    if not isinstance(value, (list, tuple)):
        return None
    try:
        return [float("nan") if cell is None else float(cell) for cell in value if not isinstance(cell, (bool, str))]
    except (TypeError, ValueError, OverflowError):
        return None


@dataclass
class Candidates:
    """Columns that may be the ready vectors of a table: `add` each, then `choose`."""

    found: dict[str, Floats] = field(default_factory=dict)

    def add(self, name: str, vectors: Floats) -> bool:
        """Whether (n, d) `vectors` may be what their name says; then they are remembered."""
        likely = name.strip().lower() in NAMES or _NUMBERED.fullmatch(name) is not None
        whole = bool((vectors[:1000] == np.round(vectors[:1000])).all())
        if vectors.shape[1] < 2 or not (likely or (vectors.shape[1] >= _FEWEST and not whole)):
            return False
        self.found[name] = vectors
        return True

    def choose(self) -> tuple[str, Floats] | None:
        """The likeliest, by its name, or the one with the most numbers."""

        def rank(name: str) -> tuple[int, int]:
            known = name.strip().lower()
            return (NAMES.index(known) if known in NAMES else len(NAMES), -self.found[name].shape[1])

        best = min(self.found, key=rank, default=None)
        return None if best is None else (best, self.found[best])


def usable(vectors: Floats) -> npt.NDArray[np.bool_]:
    """Which rows (n,) of (n, d) hold nothing but finite numbers."""
    return np.asarray(np.isfinite(vectors).all(axis=1))


def told(name: str, d: int) -> str:
    """What is said of vectors that were found."""
    return f"Ready vectors were found: {name}, {d:,} numbers each."

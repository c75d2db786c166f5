"""From a column of values to colors on the map: categories, or a scale of numbers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from .fingerprints import fingerprint
from .space import Clustering, Dataset, Ints

# Okabe and Ito's set for color-blind readers; their black, which a dark page swallows, is a mid gray-blue here
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#6F7F95")
NOISE, REST = "#9aa0a6", "#bdbdbd"
MISSING = 255
"""The code of an item that has no number."""
MOST = 40
"""Categories that get a color of their own; the rarest beyond it share one."""


@dataclass(frozen=True, eq=False)
class Coloring:
    """One code an item, `codes` (n,) uint8, or uint16 for more than 255 categories.

    Of a category it is the place in `names` and `palette`; of a number its share of the range from 0 to 254,
    255 = missing. `ends` are the least and the most of a scale of numbers.
    """

    label: str
    kind: Literal["category", "number"]
    codes: npt.NDArray[np.uint8] | npt.NDArray[np.uint16]
    names: tuple[str, ...] = ()
    palette: tuple[str, ...] = ()
    counts: tuple[int, ...] = ()
    ends: tuple[str, str] = ("", "")

    @property
    def fingerprint(self) -> str:
        return fingerprint("coloring", self.kind, self.codes)

    def take(self, rows: Ints) -> Coloring:
        """The same colors for some of the items, `rows` (m,)."""
        codes = self.codes[rows]
        counts = np.bincount(codes, minlength=len(self.names))[: len(self.names)] if self.kind == "category" else ()
        return replace(self, codes=codes, counts=tuple(int(count) for count in counts))


def color_by(label: str, values: pd.Series) -> Coloring:
    """The coloring of one metadata column: dates and numbers on a scale, everything else in categories."""
    if pd.api.types.is_datetime64_any_dtype(values):
        plain = values.dt.tz_convert(None) if values.dt.tz is not None else values
        return _scale(label, (plain - pd.Timestamp(0)) / pd.Timedelta(seconds=1), dates=True)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = pd.to_numeric(values, errors="coerce").astype(float)
        if values.nunique() > 10 or not (numbers.dropna() % 1 == 0).all():
            return _scale(label, numbers)
    return _categories(label, values)


def color_groups(groups: Clustering) -> Coloring:
    """The coloring of a clustering; noise is gray and comes last."""
    names = tuple(groups.names) + (("Noise",) if groups.noise else ())
    colors = palette(len(groups.names)) + ((NOISE,) if groups.noise else ())
    codes = _small(np.where(groups.labels < 0, len(groups.names), groups.labels), len(names))
    counts = groups.sizes + ((groups.noise,) if groups.noise else ())
    return Coloring("Cluster", "category", codes, names, colors, counts)


def no_color(n: int) -> Coloring:
    """All items alike."""
    return Coloring("", "category", np.zeros(n, np.uint8), ("",), (OKABE_ITO[0],), (n,))


def color_columns(data: Dataset) -> tuple[list[str], str | None]:
    """The columns to color by, and the one that suits it best, None where none does.

    First come few categories, then numbers, then what has nearly as many values as items, or only one.
    """
    metadata = data.metadata.drop(columns=[data.text] if data.text in data.metadata else [])

    def rank(column: str) -> int:
        values = metadata[column]
        # what cannot be compared, as lists cannot, is counted by how it reads
        distinct = int((values.map(str, na_action="ignore") if values.dtype == object else values).nunique())
        if distinct + bool(values.hasnans) < 2:
            return 3
        if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
            return 1
        return 0 if distinct <= max(2, min(MOST, len(values) // 2)) else 2

    ranks = {str(column): rank(str(column)) for column in metadata}
    columns = sorted(ranks, key=lambda column: ranks[column])
    return columns, columns[0] if columns and ranks[columns[0]] < 2 else None


def palette(count: int) -> tuple[str, ...]:
    """`count` colors that can be told apart: Okabe-Ito to 8, then glasbey."""
    if count <= len(OKABE_ITO):
        return OKABE_ITO[:count]
    from colorcet import glasbey_hv

    # neither so dark nor so light that a dark or a light page swallows it, and no gray: that is noise
    readable = [rgb for rgb in glasbey_hv if 0.08 < _luminance(rgb) < 0.7 and max(rgb) - min(rgb) > 0.15]
    colors = ["#" + "".join(f"{round(255 * part):02x}" for part in rgb) for rgb in readable]
    return tuple(colors[i % len(colors)] for i in range(count))


def _luminance(rgb: Sequence[float]) -> float:
    """How bright a color (shares of red, green, blue) is, 0 to 1, as WCAG 2 counts it."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _categories(label: str, values: pd.Series) -> Coloring:
    if values.dtype == object:
        values = values.map(str, na_action="ignore")  # a list cannot be counted, and True would be counted as 1
    found, distinct = pd.factorize(values)  # values before texts: a column has far fewer values than rows
    texts = pd.Series(["" if value is None else str(value) for value in distinct], dtype=object)
    again, unique = pd.factorize(texts)  # 1 and "1" read the same
    code_of = np.append(again, len(unique))[found] if len(texts) else np.zeros(len(values), int)
    names_of = [*map(str, unique), ""]
    sizes = np.bincount(code_of, minlength=len(names_of))
    # by size, ties by name, so that the same data always gets the same colors
    ranked = sorted(
        (k for k in range(len(names_of)) if names_of[k] and sizes[k]), key=lambda k: (-sizes[k], names_of[k])
    )
    names, colors = [names_of[k] for k in ranked[:MOST]], list(palette(min(MOST, len(ranked))))
    recode = np.full(len(names_of), -1)
    recode[ranked[:MOST]] = range(len(names))
    if len(ranked) > MOST:
        recode[ranked[MOST:]] = len(names)
        names.append(f"{len(ranked) - MOST} more")
        colors.append(REST)
    empty = [k for k in range(len(names_of)) if not names_of[k] and sizes[k]]
    if empty:
        recode[empty] = len(names)
        names.append("(empty)")
        colors.append(NOISE)
    codes = _small(recode[code_of], len(names))
    counts = np.bincount(codes, minlength=len(names))
    return Coloring(label, "category", codes, tuple(names), tuple(colors), tuple(int(count) for count in counts))


def _small(codes: npt.NDArray[Any], names: int) -> npt.NDArray[Any]:
    return codes.astype(np.uint8 if names <= 256 else "<u2")


def _scale(label: str, numbers: pd.Series, *, dates: bool = False) -> Coloring:
    values = numbers.replace([np.inf, -np.inf], np.nan).to_numpy(dtype=float)
    known = ~np.isnan(values)
    low, high = (float(values[known].min()), float(values[known].max())) if known.any() else (0.0, 1.0)
    codes = np.full(len(values), MISSING, np.uint8)
    codes[known] = np.round((values[known] - low) / ((high - low) or 1.0) * (MISSING - 1))
    return Coloring(label, "number", codes, ends=_ends((low, high), dates))


def _ends(ends: Sequence[float], dates: bool) -> tuple[str, str]:
    if dates:
        low, high = (pd.Timestamp(end, unit="s").strftime("%Y-%m-%d") for end in ends)
    else:
        low, high = (f"{end:,.4g}" for end in ends)
    return low, high

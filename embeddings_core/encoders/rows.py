"""Rows of a table: numbers on one scale, categories as one number a value, so that all columns count alike."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import InputError
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Param
from ..progress import watched
from ..space import Dataset, Floats, Item, Progress, Row
from ..store import Store
from . import with_settings
from ._sources import Learning

COMMON, RARE = 30, 2
"""Values of a column with a number of their own: at most so many, each in at least so many rows."""
_QUARTILES = 1.349  # from the first to the third quartile of a normal distribution, in standard deviations
_DUST = 1e-12  # what rounding leaves of the deviation of equal numbers
Cell = float | str | None
Scaling = Literal["standard", "robust"]

SPEC = EncoderSpec(
    id="rows",
    label="Columns",
    summary="Rows by their numbers and categories, learned from the data: every column counts alike. No model.",
    reads=("row",),
    dimension=None,
    license="Apache-2.0",
    source="embeddings_core",
    instant=True,
    params=(
        Param(
            "scaling",
            "Scale of numbers",
            "standard: mean 0, standard deviation 1. robust: by median and quartiles, so that a few extreme "
            "values do not press all others together.",
            "standard",
            "choice",
            choices=("standard", "robust"),
        ),
        Param(
            "categories",
            "Weight of categories",
            "1: a column of categories counts as much as one of numbers. 0: categories are left out.",
            1.0,
            "float",
            0,
            4,
            0.1,
        ),
    ),
)


def make(model: str, scaling: Scaling = "standard", categories: float = 1.0) -> RowEncoder:
    """The encoder of rows with its settings; it learns from the data."""
    return RowEncoder(scaling, categories)


class RowEncoder:
    """Columns of numbers as standard scores, columns of categories as one-hot, made to count alike.

    Two rows drawn at random are at the same mean squared distance, 2, by any column: a category's numbers are
    divided by the root of 1 - sum(share²), its Gini impurity, and multiplied by the weight. Every number is centered,
    so that the cosine compares what is unusual. A missing number is the mean, and a further number, 0 or 1 before
    it is centered, says so. Values in fewer than 2 rows, and all beyond the commonest 30, share one number.
    """

    batch = 4096

    def __init__(self, scaling: Scaling, categories: float) -> None:
        self.spec = replace(SPEC, id=with_settings(SPEC.id, {"scaling": scaling, "categories": categories}, SPEC))
        self.scaling, self.categories = scaling, categories
        self.fingerprint = fingerprint("rows", 1, scaling, categories, COMMON, RARE, "float32")

    def fit(self, data: Dataset, progress: Progress | None = None) -> FittedRows:
        """What the columns of `data` teach. Raises InputError where there are none."""
        table = columns_of(rows_of(data))
        if not table:
            raise InputError(f"{data.name} has no columns to compare.", "Choose another encoder.")
        columns = watched(table.items(), len(table), progress)
        return FittedRows(self, tuple(self._learn(name, cells) for name, cells in columns))

    def source(self, data: Dataset, store: Store) -> Learning:
        """The rows of `data`, or of its metadata where its items are no rows."""
        return Learning(self, data, store, rows_of)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Raises InputError: what a row's vector is depends on all rows."""
        raise InputError("Rows are compared with the rows of their table.", "Use encode(data, 'rows').")

    def _learn(self, name: str, cells: Sequence[Cell]) -> Column:
        if any(isinstance(cell, str) for cell in cells) or all(cell is None for cell in cells):
            return _categories(name, cells, self.categories)
        return _numbers(name, cells, self.scaling)


@dataclass(frozen=True)
class Numbers:
    """A column of numbers: what is 0, what is 1, and the share of rows that have none."""

    name: str
    center: float
    scale: float
    missing: float

    @property
    def names(self) -> tuple[str, ...]:
        """What each of its numbers says."""
        return (self.name, f"{self.name} is missing") if self.missing else (self.name,)

    def encode(self, cells: Sequence[Cell]) -> npt.NDArray[np.float64]:
        """(n, 1), or (n, 2) with a flag for what is missing."""
        numbers = _floats(cells)
        absent = np.isnan(numbers)
        scores = np.where(absent, 0, numbers / self.scale - self.center / self.scale)
        return np.stack([scores, absent - self.missing], axis=1) if self.missing else scores[:, None]


@dataclass(frozen=True)
class Categories:
    """A column of categories: values with a number of their own, the share of each and of all others; the weight."""

    name: str
    values: tuple[str, ...]
    shares: tuple[float, ...]
    weight: float

    @property
    def names(self) -> tuple[str, ...]:
        """What each of its numbers says."""
        return (*(f"{self.name}: {value or '(empty)'}" for value in self.values), f"{self.name}: any other")

    def encode(self, cells: Sequence[Cell]) -> npt.NDArray[np.float64]:
        """(n, values + 1), the last for all other values."""
        place = {value: at for at, value in enumerate(self.values)}
        at = [place.get(_value(cell), len(place)) for cell in cells]
        return ((np.eye(len(place) + 1) - self.shares) * self.weight)[at]


Column = Numbers | Categories


class FittedRows:
    """A RowEncoder that has learned what is usual in every column."""

    batch = RowEncoder.batch

    def __init__(self, encoder: RowEncoder, columns: Sequence[Column]) -> None:
        self.spec, self.columns = encoder.spec, columns
        self.fingerprint = fingerprint(encoder.fingerprint, *columns)
        self.dimension_names = tuple(name for column in columns for name in column.names)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Rows as (n, d) float32; a column that a row lacks is missing in it."""
        rows = [item for item in items if isinstance(item, Row)]
        if len(rows) < len(items):
            raise InputError("Only rows of a table can be compared column by column.", "Choose another encoder.")
        table, nothing = columns_of(rows), [None] * len(rows)
        blocks = [column.encode(table.get(column.name, nothing)) for column in self.columns]
        return np.concatenate(blocks, axis=1).astype(np.float32)


def rows_of(data: Dataset) -> Sequence[Row]:
    """The items of `data` if they are rows; otherwise its metadata, without the texts and the names of files."""
    if data.kind == "row":
        return [item for item in data.items if isinstance(item, Row)]
    frame = data.metadata.drop(columns=[name for name in {data.text, "file"} if name in data.metadata])
    names = [str(name) for name in frame]
    columns = [cells_of(frame.iloc[:, at]) for at in range(len(names))]
    return [Row(tuple(zip(names, cells, strict=True))) for cells in zip(*columns, strict=True)]


def cells_of(values: pd.Series[Any]) -> list[Cell]:
    """A metadata column as cells: numbers and times (in days) as float, all else as text, None where missing."""
    if pd.api.types.is_datetime64_any_dtype(values):
        plain = values.dt.tz_convert(None) if values.dt.tz is not None else values
        values = (plain - pd.Timestamp(0)) / pd.Timedelta(days=1)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        return [number if math.isfinite(number) else None for number in numbers.tolist()]
    absent = values.map(lambda value: pd.api.types.is_scalar(value) and bool(pd.isna(value)))
    return [None if gone else str(value) for value, gone in zip(values, absent, strict=True)]


def columns_of(rows: Sequence[Row]) -> dict[str, list[Cell]]:
    """The cells of every column, None where a row lacks it, in the order in which the columns first come."""
    table: dict[str, list[Cell]] = {}
    for at, row in enumerate(rows):
        for name, cell in row.cells:
            if name not in table:
                table[name] = [None] * len(rows)
            table[name][at] = cell
    return table


def _numbers(name: str, cells: Sequence[Cell], scaling: Scaling) -> Numbers:
    numbers = _floats(cells)
    known = numbers[~np.isnan(numbers)]
    if not len(known):
        return Numbers(name, 0.0, 1.0, 1.0)
    largest = float(np.abs(known).max()) or 1.0
    shares = known / largest  # so that no sum and no square is too large
    center, scale = float(shares.mean()), float(shares.std())
    if scaling == "robust":
        low, center, high = (float(value) for value in np.percentile(shares, (25, 50, 75)))
        scale = (high - low) / _QUARTILES or scale  # where half of all are equal
    scale = scale if scale > _DUST else 1.0
    return Numbers(name, center * largest, scale * largest, 1 - len(known) / len(numbers))


def _categories(name: str, cells: Sequence[Cell], weight: float) -> Categories:
    counts = Counter(map(_value, cells))
    values = [value for value, count in _ranked(counts)[:COMMON] if count >= RARE]
    shares = [counts[value] / len(cells) for value in values]
    shares.append(max(0.0, 1 - sum(shares)))
    impurity = 1 - sum(share**2 for share in shares)
    return Categories(name, tuple(values), tuple(shares), weight / math.sqrt(impurity) if impurity > _DUST else 0.0)


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def _value(cell: Cell) -> str:
    """A category as text; a missing one is a value too."""
    return "" if cell is None else str(cell)


def _floats(cells: Sequence[Cell]) -> npt.NDArray[np.float64]:
    return np.array([cell if isinstance(cell, float) and math.isfinite(cell) else math.nan for cell in cells])

"""Rows of a table as items: which columns make one up, and their cells as numbers and categories."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from ..space import Row

_FEW = 20  # different texts in a column that are categories however few rows there are
_SHARE = 0.5  # of different texts, from which on they are no categories but texts of their own


def row_columns(table: pd.DataFrame) -> list[str]:
    """The columns that hold numbers, truths or categories, without one that only numbers the rows; all columns
    where there is none."""
    found = [str(name) for place, name in enumerate(table.columns) if _tells(table.iloc[:, place])]
    return found or [str(name) for name in table.columns]


def _tells(column: pd.Series[Any]) -> bool:
    types = pd.api.types
    if types.is_bool_dtype(column):
        return True
    if types.is_datetime64_any_dtype(column):
        return False
    if types.is_numeric_dtype(column):
        return bool(column.notna().any()) and not _counts(column)
    different = column.nunique()
    return 0 < different <= max(1.0, min(_FEW, len(column) - 1), _SHARE * len(column))


def _counts(column: pd.Series[Any]) -> bool:
    """Whether a column is 0, 1, 2, ... or 1, 2, 3, ...: the number of its row."""
    if len(column) < 3 or column.dtype.kind not in "iu" or column.iloc[0] not in (0, 1):
        return False
    return bool((np.diff(column.to_numpy()) == 1).all())


def as_rows(table: pd.DataFrame) -> list[Row]:
    """One Row an item, its cells in the order of the columns: numbers as float, None where a cell is missing, all
    else as text."""
    columns = [(str(name), _cells(table.iloc[:, place])) for place, name in enumerate(table.columns)]
    names = [name for name, _ in columns]
    return [Row(tuple(zip(names, cells, strict=True))) for cells in zip(*(cells for _, cells in columns), strict=True)]


def _cells(column: pd.Series[Any]) -> list[float | str | None]:
    types = pd.api.types
    if types.is_numeric_dtype(column) and not types.is_bool_dtype(column):
        numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
        return [number if np.isfinite(number) else None for number in numbers.tolist()]
    missing = column.isna()
    return [None if gone or value == "" else str(value) for value, gone in zip(column.tolist(), missing, strict=True)]

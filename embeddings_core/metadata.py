"""What the columns of a dataset's metadata hold: numbers, dates, or categories, each ready to be filtered."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import InputError
from .memo import memo
from .space import Dataset, Ints

FEW = 10
"""Different whole numbers that still are categories, as where items get colors by them."""
MOST = 200
"""Categories of a column that are told apart; what is rarer is the rest."""
KEPT = 1_000
"""Columns of a dataset that are kept ready: all that readers let in."""

ColumnKind = Literal["category", "number", "date"]
Numbers = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Array = TypeVar("Array", bound=npt.NDArray[Any])
_SURROGATES = re.compile("[\ud800-\udfff]")
_TICKS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}


@dataclass(frozen=True, eq=False)
class Column:
    """One metadata column. `numbers` (n,) are seconds since 1970 UTC for dates, NaN where a value is missing
    or infinite; None where values are no numbers.

    A category has `names`, the commonest first (ties by name), and `codes` (n,) into them, -1 where a value
    is missing or empty.
    """

    kind: ColumnKind
    numbers: Numbers | None
    names: tuple[str, ...] = ()
    codes: Codes | None = None


@memo(most=KEPT)
def column_of(dataset: Dataset, column: str) -> Column:
    """The column of that name. Dates are dates, numbers are numbers unless they are few and whole; anything
    else, mixed types too, is a category by its text. Raises InputError where there is none.
    """
    values = series(dataset, column)
    if pd.api.types.is_datetime64_any_dtype(values):
        return Column("date", frozen(_seconds(values)))
    if not is_number(values):
        return _category(values, None)
    raw = values.to_numpy(dtype=np.float64, na_value=np.nan)
    numbers = frozen(np.where(np.isinf(raw), np.nan, raw) if np.isinf(raw).any() else raw)
    different = pd.unique(raw)
    different = different[~np.isnan(different)]
    if len(different) > FEW or not np.array_equal(different, np.round(different)) or np.isinf(different).any():
        return Column("number", numbers)
    return _category(values, numbers)


def prepared(dataset: Dataset, column: str) -> Codes | Numbers:
    """The values of a column as numbers (n,): for categories codes int32, -1 where a value is missing, MOST
    for all beyond the MOST commonest; for numbers and dates float64, NaN where missing."""
    found = column_of(dataset, column)
    if found.kind != "category" or found.codes is None:
        return _known(found.numbers)
    return found.codes if len(found.names) <= MOST else np.minimum(found.codes, MOST)


@memo(most=4)
def order(dataset: Dataset, column: str | None = None, descending: bool = False) -> Ints:
    """Item indices (n,) sorted by a column: numbers and dates by value, texts without regard to case. Equal
    ones keep their order, missing ones come last either way. No column is the order of the data."""
    if not column:
        return frozen(np.arange(len(dataset), dtype=np.int64))
    keys, missing = _sortable(series(dataset, column))
    known = np.flatnonzero(~missing)
    key = keys[known]
    if descending:
        # ~x is -1 - x, which turns integers around without overflow
        key = -key if key.dtype.kind == "f" else ~key
    return frozen(np.concatenate([known[np.argsort(key, kind="stable")], np.flatnonzero(missing)]))


@memo(most=1)
def column_places(dataset: Dataset) -> dict[str, int]:
    """Where each column is, by its name as text; of several with one name it is the first."""
    places: dict[str, int] = {}
    for place, name in enumerate(dataset.metadata.columns):
        places.setdefault(str(name), place)
    return places


def series(dataset: Dataset, column: str) -> pd.Series[Any]:
    """The metadata column with that name. Raises InputError where there is none."""
    places = column_places(dataset)
    if column not in places:
        listed = ", ".join(repr(name[:50]) for name in list(places)[:20])
        raise InputError(f"There is no column {column[:100]!r} in this data.", f"Its columns: {listed or 'none'}.")
    return dataset.metadata.iloc[:, places[column]]


def text_codes(values: pd.Series[Any]) -> tuple[tuple[str, ...], Ints]:
    """The different values of a column as text, sorted, and each item's place among them, (n,) int64, -1 where a value
    is missing or empty."""
    texts = as_texts(values).to_numpy(zero_copy_only=False)
    known = np.array([text is not None and text != "" for text in texts], dtype=bool)
    codes = np.full(len(texts), -1, dtype=np.int64)
    different, codes[known] = np.unique(texts[known].astype(str), return_inverse=True)
    return tuple(different.tolist()), codes


def is_number(values: pd.Series[Any]) -> bool:
    """Whether a column holds numbers that have an order; bool is none."""
    types = pd.api.types
    return types.is_numeric_dtype(values) and not (types.is_bool_dtype(values) or types.is_complex_dtype(values))


def as_texts(values: pd.Series[Any]) -> Any:
    """A column as text: a pyarrow array (n,) of large_string, null where a value is missing.

    A whole number is written without a point, so that a gap in the column changes nothing; a date without
    a time of day where no date of the column has one. What is no valid text gets U+FFFD.
    """
    import pyarrow as pa

    if pd.api.types.is_datetime64_any_dtype(values):
        return _dates_as_texts(values)
    if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iuf" and values.dtype.itemsize <= 8:
        return pa.array(values.to_numpy(), from_pandas=True).cast(pa.large_string())
    if isinstance(values.dtype, pd.StringDtype):
        return text_array(values.to_numpy(dtype="object"))
    return text_array([None if gone else str(value) for value, gone in zip(values, values.isna(), strict=True)])


def text_array(texts: Sequence[Any] | npt.NDArray[Any]) -> Any:
    """Texts (n,) as a pyarrow array of large_string, null for None and NaN, U+FFFD for half characters."""
    import pyarrow as pa

    try:
        return pa.array(texts, pa.large_string(), from_pandas=True)
    except UnicodeEncodeError:
        return pa.array([whole(text) if isinstance(text, str) else None for text in texts], pa.large_string())


def whole(text: str) -> str:
    """`text` with U+FFFD for half characters, which UTF-8 cannot hold."""
    return text if text.isascii() else _SURROGATES.sub("\ufffd", text)


def _category(values: pd.Series[Any], numbers: Numbers | None) -> Column:
    encoded, found = _encoded(values)
    names = encoded.to_pylist()
    sizes = np.bincount(found[found >= 0], minlength=len(names))
    ranked = sorted(range(len(names)), key=lambda i: (-int(sizes[i]), names[i]))
    place = np.empty(len(names) + 1, np.int32)
    place[ranked] = np.arange(len(names), dtype=np.int32)
    place[-1] = -1
    return Column("category", numbers, tuple(names[i] for i in ranked), frozen(place[found]))


def _encoded(values: pd.Series[Any]) -> tuple[Any, npt.NDArray[Any]]:
    """The different texts of a column as a pyarrow array, and codes (n,) into them, -1 for none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = as_texts(values)
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.large_string()), texts)
    encoded = texts.dictionary_encode()
    codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return encoded.dictionary, codes


def _sortable(values: pd.Series[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    """Numbers (n,) that sort as the column does, and which (n,) are missing."""
    if pd.api.types.is_datetime64_any_dtype(values):
        times = _times(values)
        return times.view(np.int64), np.isnat(times)
    if is_number(values):
        if isinstance(values.dtype, np.dtype) and values.dtype.kind in "iu":
            return values.to_numpy(), np.zeros(len(values), bool)
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        return numbers, np.isnan(numbers)
    import pyarrow.compute as pc

    names, codes = _encoded(values)
    ranks = pc.rank(pc.utf8_lower(names), tiebreaker="dense").to_numpy(zero_copy_only=False).astype(np.int64)
    return np.append(ranks, -1)[codes], codes < 0


def _times(values: pd.Series[Any]) -> npt.NDArray[Any]:
    """A column of dates as datetime64 (n,) in UTC."""
    plain = values.dt.tz_convert(None) if values.dt.tz is not None else values
    times = plain.to_numpy()
    if times.dtype.kind != "M":  # dates that Arrow keeps
        times = plain.astype("datetime64[us]").to_numpy()
    return np.ascontiguousarray(times)


def _seconds(values: pd.Series[Any]) -> Numbers:
    times = _times(values)
    seconds = times.view(np.int64) / _TICKS[np.datetime_data(times.dtype)[0]]
    return np.where(np.isnat(times), np.nan, seconds)


def _dates_as_texts(values: pd.Series[Any]) -> Any:
    import pyarrow as pa

    times = _times(values)
    days = times.astype("datetime64[D]")
    midnight = bool((np.isnat(times) | (days == times)).all())
    return pa.array(days if midnight else times.astype("datetime64[s]")).cast(pa.large_string())


def _known(numbers: Numbers | None) -> Numbers:
    assert numbers is not None
    return numbers


def frozen(array: Array) -> Array:
    """The same, read-only: what is kept is handed to everyone."""
    array = array.view()
    array.setflags(write=False)
    return array

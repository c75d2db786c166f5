"""A Sheet is what an export holds, one row an item; here it is written as CSV, Parquet or NPZ."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .space import Floats, Ints

if TYPE_CHECKING:
    import pyarrow as pa

Column = npt.NDArray[Any] | list[str | None]
"""Numbers, truths or times as an array; texts as a list, None where there is none."""

_NPZ_TEXT_LIMIT = 1_000_000_000  # bytes of one column
_FORMULA = re.compile(r"[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)*|\.\d+)([eE][+-]?\d+)?%?")
_LONG = 2**31  # numbers in a list column, from where its offsets need 64 bits


@dataclass(frozen=True)
class Sheet:
    """Columns by name, in order; all have n rows.

    `sources` maps the name of a column that came from the data to the name that it had there. `vectors`
    (n, d), `coords` (n, dims) and `labels` (n,) are None where there are none.
    """

    rows: Ints
    columns: Mapping[str, Column]
    sources: Mapping[str, str]
    vectors: Floats | None = None
    coords: Floats | None = None
    labels: Ints | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


def as_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a byte order mark, all texts in quotes, vectors as v0, v1, ..."""
    from pyarrow import csv

    columns = [(inert(name), _inert_column(column)) for name, column in sheet.columns.items()]
    if sheet.vectors is not None:
        columns += [(f"v{i}", column) for i, column in enumerate(sheet.vectors.T)]
    buffer = io.BytesIO()
    buffer.write(b"\xef\xbb\xbf")
    csv.write_csv(_table(columns), buffer)
    return buffer.getvalue()


def inert(text: str) -> str:
    """`text` such that no spreadsheet takes it for a formula: an apostrophe in front where it would."""
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def _inert_column(column: Column) -> Column:
    if not isinstance(column, list):
        return column
    return [None if cell is None else inert(cell) for cell in column]


def as_parquet(sheet: Sheet) -> bytes:
    """Typed columns, the vectors as one list column, and `about` in the schema's metadata."""
    import pyarrow as pa
    from pyarrow import parquet

    table = _table(list(sheet.columns.items()))
    if sheet.vectors is not None:
        table = table.append_column("vector", _lists(sheet.vectors))
    table = table.replace_schema_metadata({"about": json.dumps(sheet.about)})
    buffer = pa.BufferOutputStream()
    parquet.write_table(table, buffer)
    return bytes(buffer.getvalue())


def _lists(vectors: Floats) -> pa.Array:
    import pyarrow as pa

    n, d = vectors.shape
    flat = pa.array(np.ascontiguousarray(vectors).ravel())
    if vectors.size < _LONG:
        return pa.ListArray.from_arrays(np.arange(n + 1, dtype=np.int32) * d, flat)
    return pa.LargeListArray.from_arrays(np.arange(n + 1, dtype=np.int64) * d, flat)


def _table(columns: Sequence[tuple[str, Column]]) -> pa.Table:
    import pyarrow as pa

    arrays = [
        pa.array(column, pa.string())
        if isinstance(column, list)
        else pa.array(np.ascontiguousarray(column), from_pandas=True)
        for _, column in columns
    ]
    return pa.Table.from_arrays(arrays, names=[name for name, _ in columns])


def as_npz(sheet: Sheet) -> bytes:
    """Arrays that load without pickle; the same content gives the same bytes."""
    arrays: dict[str, npt.NDArray[Any]] = {"item": sheet.rows}
    for name, array in (("vectors", sheet.vectors), ("coords", sheet.coords), ("labels", sheet.labels)):
        if array is not None:
            arrays[name] = array
    for name in ("cluster_name", "cluster_probability", "cluster_similarity"):
        if name in sheet.columns:
            arrays[name] = _fixed(name, sheet.columns[name])
    listed = {}
    for name, source in sheet.sources.items():
        key = _array_name(source, arrays)
        arrays[key], listed[key] = _fixed(source, sheet.columns[name]), source
    arrays["about"] = np.array(json.dumps({**sheet.about, "columns": listed}))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, array in arrays.items():
            _add(file, name, array)
    return buffer.getvalue()


def _add(file: zipfile.ZipFile, name: str, array: npt.NDArray[Any]) -> None:
    entry = zipfile.ZipInfo(f"{name}.npy")  # its date is fixed
    # texts shrink a lot; floats hardly, and packing them would take many times longer
    entry.compress_type = zipfile.ZIP_DEFLATED if array.dtype.kind == "U" else zipfile.ZIP_STORED
    with file.open(entry, "w", force_zip64=True) as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def _array_name(source: str, taken: Iterable[str]) -> str:
    """A name that is also safe as a file in a zip; the column's own name is in `about`."""
    key = "meta_" + (re.sub(r"\W+", "_", source).strip("_")[:60] or "column")
    while key in taken:
        key += "_"
    return key


def _fixed(name: str, column: Column) -> npt.NDArray[Any]:
    """A column as an array that needs no pickle. Raises InputError when one long cell makes it huge."""
    if not isinstance(column, list):
        return column
    longest = max((len(cell) for cell in column if cell), default=1)
    room = 4 * longest * len(column)
    if room > _NPZ_TEXT_LIMIT:
        raise InputError(
            f"A cell of column {name!r} has {longest:,} characters. NPZ gives every cell the room of the "
            f"longest, which makes {room / 1e9:.1f} GB.",
            "Choose Parquet, or export fewer items.",
        )
    return np.array([cell or "" for cell in column], dtype=np.str_)

"""NumPy's and Parquet's files from strangers: what they claim to hold is checked before memory is set aside for it."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt

from ..readers.limits import CELLS, CHARACTERS, COLUMNS
from ..store.files import load_arrays

_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_ROWS = 8_192
_MOST = 5_000_000
"""Rows of the longest table."""


def checked_arrays(path: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """What `save_arrays` wrote: numbers, as many as their file can hold. Raises almost anything for what is not."""
    with zipfile.ZipFile(path) as file:
        members = file.infolist()
        if len({member.filename for member in members}) < len(members):
            raise ValueError("two arrays of the same name")
        for member in members:
            if member.compress_type != zipfile.ZIP_STORED or not member.filename.endswith(".npy"):
                raise ValueError("not stored as an array")
            with file.open(member) as stream:
                _check_header(stream, member.file_size)
    return load_arrays(path)


def checked_array(path: Path) -> npt.NDArray[Any]:
    """An array of numbers from a .npy file. Raises almost anything for what is none."""
    with path.open("rb") as stream:
        _check_header(stream, path.stat().st_size)
    array: npt.NDArray[Any] = np.load(path, allow_pickle=False)
    return array


def _check_header(stream: IO[bytes], size: int) -> None:
    """Raises ValueError where an array's header claims other than `size` bytes in all, or objects."""
    shape, _, dtype = _HEADERS[np.lib.format.read_magic(stream)](stream)
    if dtype.kind not in "fiub" or min(shape, default=0) < 0:
        raise ValueError("not an array of numbers")
    if math.prod(shape) * dtype.itemsize + stream.tell() != size:
        raise ValueError("the header claims another size")


def check_table(path: Path, rows: int) -> None:
    """Raises almost anything for a Parquet file that has not so many rows, nests, or would not fit in memory: a word
    that is repeated takes no room in the file, but does in a table."""
    import pyarrow as pa
    from pyarrow import compute, parquet

    about = parquet.ParquetFile(path)
    fields = list(about.schema_arrow)
    if rows > _MOST or (fields and about.metadata.num_rows != rows):
        raise ValueError("another number of rows")
    if len(fields) > COLUMNS + 1 or len(fields) * rows > CELLS:
        raise ValueError("too many columns or cells")
    wide = [field.name for field in fields if _is_wide(pa, field.type)]
    if any(pa.types.is_nested(field.type) or isinstance(field.type, pa.BaseExtensionType) for field in fields):
        raise ValueError("cells that are no single values")
    left = dict.fromkeys(wide, CHARACTERS)
    file = parquet.ParquetFile(path, read_dictionary=wide)
    for batch in file.iter_batches(batch_size=_ROWS, columns=wide, use_threads=False) if wide else ():
        for name, column in zip(batch.schema.names, batch.columns, strict=True):
            coded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            lengths = compute.binary_length(coded.dictionary)
            left[name] -= compute.sum(lengths.take(coded.indices)).as_py() or 0
            if left[name] < 0:
                raise ValueError("texts that are too long")


def _is_wide(pa: Any, kind: Any) -> bool:
    """Whether a column's cells are texts or bytes."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return any(
        is_kind(kind) for is_kind in (pa.types.is_string, pa.types.is_large_string, pa.types.is_binary,
                                      pa.types.is_large_binary)
    )  # fmt: skip

"""Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ..errors import CoreError, InputError
from ..plugins import Need, ReaderSpec
from .columns import unique_names
from .limits import COLUMNS, UNPACKED_BYTES, check_cells, check_rows, megabytes
from .loaded import Loaded
from .tables import choose, table

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

SPEC = ReaderSpec("parquet", "Parquet", (".parquet",), (Need("pyarrow", "pyarrow"),))
_MAGIC = b"PAR1"


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins and ends as Parquet does."""
    return raw.startswith(_MAGIC) and raw.endswith(_MAGIC)


def read(raw: bytes, name: str) -> Loaded:
    """The table in a Parquet file. Columns that hold lists of numbers (vectors) are left out, with a note.

    Raises InputError when it cannot be read, or is larger than what is read.
    """
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(pa.BufferReader(raw))
        return _read(file, name)
    except CoreError:
        raise
    except Exception as error:  # a damaged file makes Arrow raise almost anything
        raise InputError(
            f"{name} cannot be read as Parquet: {str(error)[:200]}", "The file may be damaged: save it again."
        ) from error


def _read(file: parquet.ParquetFile, name: str) -> Loaded:
    about = file.metadata
    check_rows(name, about.num_rows)
    unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    if unpacked > UNPACKED_BYTES:
        raise InputError(
            f"{name} unpacks to {megabytes(unpacked)}; at most {megabytes(UNPACKED_BYTES)} are read.",
            "Bring a sample of it.",
        )
    fields = [field for field in file.schema_arrow if not _vectors(field.type)]
    left = [field.name for field in file.schema_arrow if _vectors(field.type)]
    notes = [f"Left out because they hold lists of numbers: {', '.join(left[:10])}."] if left else []
    names = [field.name for field in fields]
    if left and not names:
        raise InputError(
            f"{name} holds nothing but lists of numbers: {', '.join(left[:10])}.", "Bring a column of text."
        )
    looked = []
    if len(names) > COLUMNS:
        rows = next(file.iter_batches(batch_size=3, columns=names), None)
        looked = [list(row.values()) for row in rows.to_pylist()] if rows is not None else []
    places, trimmed = choose(names, looked)
    check_cells(name, about.num_rows * len(places))
    return table(name, _columns(file, [names[place] for place in places]), [*notes, *trimmed])


def _columns(file: parquet.ParquetFile, names: list[str]) -> Iterator[tuple[str, list[Any]]]:
    for name, unique in zip(names, unique_names(names), strict=True):
        yield unique, _values(file.read(columns=[name], use_threads=True).column(0))


def _values(column: pa.ChunkedArray) -> list[Any]:
    return list(column.to_pylist())


def _vectors(kind: Any) -> bool:
    """Whether an Arrow type is a list of floats."""
    import pyarrow as pa

    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and pa.types.is_floating(kind.value_type))

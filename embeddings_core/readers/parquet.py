"""Parquet files, read batch by batch."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import CoreError, InputError
from ..plugins import Need, ReaderSpec
from ..space import Floats, Ints, Progress
from .columns import unique_names
from .cuts import ALL, Cut
from .limits import COLUMNS, FILE_BYTES, UNPACKED_BYTES, check_cells, megabytes, too_many
from .loaded import Loaded
from .tables import choose, table
from .vectors import Candidates, check_vector_bytes, numbered, usable

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import parquet

SPEC = ReaderSpec("parquet", "Parquet", (".parquet",), (Need("pyarrow", "pyarrow"),))
_MAGIC = b"PAR1"
_BATCH = 65_536
_SERVICE = ("__neighbors", "__row_index__", "__index_level_0__")  # what other programs keep for themselves


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins and ends as Parquet does."""
    return raw.startswith(_MAGIC) and raw.endswith(_MAGIC)


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The table in a Parquet file. A column of lists of numbers, or v0, v1, ..., becomes its ready vectors.

    Columns are read one by one, and of each only what `cut` leaves is kept. Raises InputError when it cannot be
    read, or is larger than what is read, TooManyRows for too many rows.
    """
    import pyarrow as pa

    return _opened(pa.BufferReader(raw), name, cut, progress)


def read_large(path: Path, name: str, cut: Cut, progress: Progress | None = None) -> Loaded | None:
    """A part of a Parquet file that is too large to be held in memory; None where it is no Parquet file. Raises
    TooManyRows where no part is asked for, and InputError as `read`."""
    import pyarrow as pa

    with path.open("rb") as file:
        if file.read(len(_MAGIC)) != _MAGIC:
            return None
    with pa.memory_map(str(path)) as mapped:
        return _opened(mapped, name, cut, progress, megabytes(path.stat().st_size))


def _opened(source: Any, name: str, cut: Cut, progress: Progress | None, too_large: str = "") -> Loaded:
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(source)
        if too_large and cut.size is None:
            why = f"the file has {too_large}, and at most {megabytes(FILE_BYTES)} are read at once"
            raise too_many(name, file.metadata.num_rows, why)
        return _read(file, name, cut, progress)
    except CoreError:
        raise
    except Exception as error:  # a damaged file makes Arrow raise almost anything
        raise InputError(
            f"{name} cannot be read as Parquet: {str(error)[:200].rstrip('.')}.",
            "The file may be damaged: save it again.",
        ) from error


def _read(file: parquet.ParquetFile, name: str, cut: Cut, progress: Progress | None) -> Loaded:
    about = file.metadata
    wanted = cut.rows(name, about.num_rows)
    unpacked = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
    if unpacked > UNPACKED_BYTES and wanted is None:
        why = f"it unpacks to {megabytes(unpacked)}, and at most {megabytes(UNPACKED_BYTES)} are read at once"
        raise too_many(name, about.num_rows, why)
    kept = about.num_rows if wanted is None else len(wanted)
    service = [field.name for field in file.schema_arrow if field.name in _SERVICE]
    lists = [field.name for field in file.schema_arrow if _vectors(field.type)]
    names = [field.name for field in file.schema_arrow if field.name not in (*lists, *service)]
    notes = [f"Left out because other programs keep it for themselves: {', '.join(service)}."] if service else []
    source = _Source(file, wanted, (len(file.schema_arrow) - len(service)) * about.num_rows, progress)
    found = Candidates()
    left = [column for column in lists if not _added(source, column, kept, found)]
    numbers = [names[place] for place in numbered(names)]
    if numbers and all(_is_number(file.schema_arrow.field(column).type) for column in numbers):
        check_vector_bytes(name, kept, len(numbers))
        parts = [_numbers_of(source, column) for column in numbers]
        if found.add(numbers[0], np.stack(parts, axis=1)):
            found.found[f"{numbers[0]} to {numbers[-1]}"] = found.found.pop(numbers[0])
            names = [column for column in names if column not in numbers]
    notes += [f"Left out because they hold lists of numbers: {', '.join(left[:10])}."] if left else []
    if left and not names and not found.found:
        raise InputError(
            f"{name} holds nothing but lists of numbers that are no vectors: {', '.join(left[:10])}.",
            "Bring a column of text, or lists of the same length.",
        )
    looked: list[list[Any]] = []
    if len(names) > COLUMNS:
        rows = next(file.iter_batches(batch_size=3, columns=names), None)
        looked = [list(row.values()) for row in rows.to_pylist()] if rows is not None else []
    places, trimmed = choose(names, looked)
    check_cells(name, kept * len(places))
    columns = _columns(source, [names[place] for place in places])
    return table(name, columns, [*notes, *cut.notes(about.num_rows), *trimmed], found=found)


@dataclass
class _Source:
    """A file, which of its rows are `wanted` (all: None), and how many of all its `cells` were read."""

    file: parquet.ParquetFile
    wanted: Ints | None
    cells: int
    progress: Progress | None
    done: int = 0

    def batches(self, name: str) -> Iterator[pa.Array]:
        """A column block by block, only the rows that are wanted."""
        start = 0
        for batch in self.file.iter_batches(batch_size=_BATCH, columns=[name], use_threads=False):
            if self.progress:
                self.progress(min(self.done, self.cells), self.cells)
            column = batch.column(0)
            if self.wanted is not None:
                first, last = np.searchsorted(self.wanted, [start, start + len(column)])
                column = column.take(self.wanted[first:last] - start)
            start += len(batch)
            self.done += len(batch)
            if len(column):
                yield column


def _columns(source: _Source, names: list[str]) -> Iterator[tuple[str, Sequence[Any]]]:
    for name, unique in zip(names, unique_names(names), strict=True):
        yield unique, [value for batch in source.batches(name) for value in batch.to_pylist()]


def _added(source: _Source, name: str, kept: int, found: Candidates) -> bool:
    """Whether a column of lists may be the vectors; then it is among those `found`."""
    first = next(source.batches(name), None)
    lengths = Counter(_lengths(first).tolist()) if first is not None else Counter()
    d = lengths.most_common(1)[0][0] if lengths else 0
    if d < 2:
        return False
    check_vector_bytes(name, kept, d)
    parts = [_matrix(block, d) for block in source.batches(name)]
    vectors = np.concatenate(parts)
    return 2 * int(usable(vectors).sum()) >= len(vectors) and found.add(name, vectors)


def _lengths(block: pa.Array) -> Ints:
    from pyarrow import compute

    return np.asarray(compute.fill_null(compute.list_value_length(block), 0).to_numpy(), dtype=np.int64)


def _matrix(block: pa.Array, d: int) -> Floats:
    """Lists as (k, d) float32, NaN where one is missing or has another length."""
    import pyarrow as pa

    good = _lengths(block) == d
    made = np.full((len(block), d), np.nan, dtype=np.float32)
    numbers = block.filter(pa.array(good)).flatten().cast(pa.float64(), safe=False)
    with np.errstate(over="ignore"):
        made[good] = numbers.to_numpy(zero_copy_only=False).astype(np.float32).reshape(-1, d)
    return made


def _numbers_of(source: _Source, name: str) -> Floats:
    import pyarrow as pa

    blocks = [block.cast(pa.float64(), safe=False) for block in source.batches(name)]
    parts = [block.to_numpy(zero_copy_only=False).astype(np.float32) for block in blocks]
    return np.concatenate(parts) if parts else np.empty(0, np.float32)


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_floating(kind) or pa.types.is_integer(kind))


def _vectors(kind: Any) -> bool:
    """Whether an Arrow type is a list of numbers."""
    import pyarrow as pa

    lists = pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind)
    return bool(lists and pa.types.is_floating(kind.value_type))

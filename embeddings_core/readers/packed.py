"""Rows of text cells as packed columns: a block at a time goes from Python objects into Arrow and NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..space import Floats, Progress
from .columns import unique_names
from .cuts import Part
from .limits import check_cells
from .tables import choose
from .vectors import check_vector_bytes, numbered, usable

_BLOCK = 10_000  # rows, fewer of them when they are wide
_BLOCK_CELLS = 500_000


class Packed:
    """Columns under `header` that grow row by row; `total` counts all rows, also those that `part` leaves out.

    Raises InputError when more cells or vectors are kept than fit in memory.
    """

    def __init__(self, name: str, header: Sequence[str], part: Part, comma: bool = False) -> None:
        self.name, self.header, self.part, self.comma = name, list(header), part, comma
        self.total = self.kept = 0
        self.notes: list[str] = []
        self._block: list[list[str]] = []
        self._size = max(3, min(_BLOCK, _BLOCK_CELLS // max(1, len(self.header))))
        self._places: list[int] | None = None
        self._vector_places: list[int] = []
        self._texts: list[list[Any]] = []
        self._vectors: list[Floats] = []

    def add(self, row: list[str]) -> None:
        """Add a row, at most as long as the header; cells that it lacks are empty."""
        self._block.append(row)
        if len(self._block) >= self._size:
            self.flush()

    def flush(self) -> None:
        """Pack what was added since the last time."""
        import pyarrow as pa

        block = self.part.of(self._block, self.total)
        self.total += len(self._block)
        self._block = []
        if not block:
            return
        places = self._settle(block)
        self.kept += len(block)
        check_cells(self.name, self.kept * len(places))
        check_vector_bytes(self.name, self.kept, len(self._vector_places))
        self._texts.append([pa.array(_cells(block, place), pa.large_string()) for place in places])
        if self._vector_places:
            self._vectors.append(_floats(block, self._vector_places, self.comma))

    @property
    def vectors(self) -> Floats | None:
        """The columns v0, v1, ... as (n, d) float32, NaN where a cell is no number; None where there are none."""
        return np.concatenate(self._vectors) if self._vectors else None

    @property
    def vectors_name(self) -> str:
        """From which column to which the vectors go."""
        return f"{self.header[self._vector_places[0]]} to {self.header[self._vector_places[-1]]}"

    def columns(self, progress: Progress) -> Iterator[tuple[str, list[str]]]:
        """All other columns, one at a time, under names that are all different; `progress` counts their blocks."""
        places = self._places or []
        names = unique_names([self.header[place] for place in places] if self._texts else self.header)
        blocks = len(self._texts)
        for at, name in enumerate(names):
            cells: list[str] = []
            for done, texts in enumerate(self._texts):
                progress(at * blocks + done, len(names) * blocks)
                cells += texts[at].to_pylist()
            yield name, cells

    def _settle(self, block: list[list[str]]) -> list[int]:
        """Which columns are kept as texts, told from the first block."""
        if self._places is None:
            vectors = numbered(self.header)
            if vectors and usable(_floats(block, vectors, self.comma)).mean() >= 0.5:
                self._vector_places = vectors
            taken = set(self._vector_places)
            others = [place for place in range(len(self.header)) if place not in taken]
            peek = [[row[place] if place < len(row) else "" for place in others] for row in block[:50]]
            kept, self.notes = choose([self.header[place] for place in others], peek)
            self._places = [others[place] for place in kept]
        return self._places


def _cells(block: list[list[str]], place: int) -> list[str]:
    return [row[place] if place < len(row) else "" for row in block]


def _floats(block: list[list[str]], places: list[int], comma: bool) -> Floats:
    """Cells as (k, d) float32; NaN where one is no number."""
    made = np.empty((len(block), len(places)), dtype=np.float32)
    with np.errstate(over="ignore"):
        for at, row in enumerate(block):
            cells = [row[place] if place < len(row) else "" for place in places]
            try:
                made[at] = [float(cell.replace(",", ".") if comma else cell) for cell in cells]
            except ValueError:
                made[at] = np.nan
    return made

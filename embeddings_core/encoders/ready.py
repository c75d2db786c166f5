"""Ready vectors: they came with the items, or are the items themselves."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..errors import InputError
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec
from ..space import Dataset, Floats, Item
from ..store import Store
from ._sources import Whole

SPEC = EncoderSpec(
    id="ready",
    label="Ready vectors",
    summary="The vectors that you brought, as they are.",
    reads=("vector",),
    dimension=None,
    license="yours",
    source="your data",
    instant=True,
)


def make(model: str) -> ReadyEncoder:
    """The one such encoder there is."""
    return ReadyEncoder()


class ReadyEncoder:
    """Gives every vector back as float32."""

    spec = SPEC
    batch = 4096
    fingerprint = fingerprint("ready", 1, "float32")

    def source(self, data: Dataset, store: Store) -> Whole:
        """The vectors (n, d) that came with the items. Raises InputError where none did."""
        if data.vectors is None:
            raise InputError(f"{data.name} has no vectors of its own.", "Choose an encoder.")
        return Whole(np.ascontiguousarray(data.vectors, dtype=np.float32), new=len(data))

    def encode(self, items: Sequence[Item]) -> Floats:
        """Vectors, each (d,), as (n, d) float32; (0, 0) for none. Raises InputError where d differs."""
        rows = [np.asarray(item, dtype=np.float32) for item in items if isinstance(item, np.ndarray)]
        if len(rows) < len(items) or any(row.ndim != 1 for row in rows):
            raise InputError("Only vectors, each a row of numbers, can be used as they are.", "Choose an encoder.")
        if len({len(row) for row in rows}) > 1:
            sizes = sorted({len(row) for row in rows})
            raise InputError(f"The vectors have {sizes[0]} to {sizes[-1]} numbers.", "All must have the same length.")
        return np.stack(rows) if rows else np.empty((0, 0), dtype=np.float32)

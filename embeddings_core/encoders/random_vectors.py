"""Random vectors: what a map, neighbors and groups look like where there is nothing to find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..errors import InputError
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Param
from ..space import Floats, Item, item_key
from . import with_settings

SPEC = EncoderSpec(
    id="random",
    label="Random",
    summary="Random numbers, the same for the same item: the null model. Whatever structure you see with it is made by "
    "the method, not by the data.",
    reads=("text", "image", "sound", "row"),
    dimension=None,
    license="Apache-2.0",
    source="embeddings_core",
    instant=True,
    languages="any",
    params=(
        Param("dim", "Numbers a vector", "How many random numbers each item gets.", 64, low=2, high=1024, step=2),
        Param("seed", "Seed", "Another seed, other numbers.", 0, low=0, high=9999),
    ),
)


def make(model: str, dim: int = 64, seed: int = 0) -> RandomEncoder:
    """The encoder with its settings."""
    return RandomEncoder(dim, seed)


class RandomEncoder:
    """Independent standard normal numbers, seeded by the item's content, so that equal items are equal vectors."""

    batch = 1024

    def __init__(self, dim: int = 64, seed: int = 0) -> None:
        self.dim, self.seed = dim, seed
        self.spec = replace(SPEC, id=with_settings(SPEC.id, {"dim": dim, "seed": seed}, SPEC), dimension=dim)
        self.fingerprint = fingerprint("random", 1, dim, seed, "float32")

    def encode(self, items: Sequence[Item]) -> Floats:
        """Items as (n, d) float32. Raises InputError for vectors."""
        if any(isinstance(item, np.ndarray) for item in items):
            raise InputError("Vectors were given where items are read.", "Choose another encoder.")
        seeds = [[self.seed, int.from_bytes(item_key(item)[:8], "big")] for item in items]
        rows = [np.random.default_rng(seed).standard_normal(self.dim, dtype=np.float32) for seed in seeds]
        return np.stack(rows) if rows else np.empty((0, self.dim), dtype=np.float32)

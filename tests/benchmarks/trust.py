"""How soon the trust in a map of 100,000 vectors is known, with nothing of them in the store."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from .measure import Row, cost, fresh, seconds

N, D, PLANTED = 100_000, 384, 40
GOAL = 30.0


def judge() -> dict[str, Any]:
    """What it costs to judge PCA's map of overlapping groups, and how wide the interval of its trustworthiness is."""
    import numpy as np

    import embeddings_core as ec

    rng = np.random.default_rng(0)
    truth = rng.integers(PLANTED, size=N)
    vectors = rng.normal(size=(PLANTED, D))[truth] * 0.35 + rng.normal(size=(N, D))
    space = ec.Space(ec.read(vectors.astype(np.float32)), "made", "made", vectors.astype(np.float32))
    del vectors
    plane, found = ec.project(space, "pca"), []
    spent = cost(lambda: found.append(ec.trust(space, plane)))
    low, high = found[0].intervals["trustworthiness"]
    return {**vars(spent), "width": (high - low) / 2}


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(judge, home=home)
    what = f"trust in a map of {N:,} x {D}, 1,000 of them against all, clock"
    measured = f"{seconds(found['wall'])} ({seconds(found['cpu'])} of the processor), "
    yield Row(what, f"{measured}trustworthiness +-{found['width']:.3f}", f"<= {seconds(GOAL)}", found["wall"] <= GOAL)

"""How soon 100,000 vectors are grouped, each method in a process of its own."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from .measure import Row, cost, fresh, seconds

N, D, PLANTED = 100_000, 384, 40
METHODS = ("kmeans", "minibatch", "agglomerative", "mixture")
MOST = 60.0


def group(method: str) -> dict[str, Any]:
    """The costs of `cluster` as it comes, names and silhouettes included, in 40 planted groups that overlap; how well
    these are found is told by the adjusted Rand index."""
    import numpy as np
    from sklearn.metrics import adjusted_rand_score

    import embeddings_core as ec

    rng = np.random.default_rng(0)
    truth = rng.integers(PLANTED, size=N)
    vectors = rng.normal(size=(PLANTED, D))[truth] * 0.35 + rng.normal(size=(N, D))
    texts = [f"word{label} other{label % 7} item{item}" for item, label in enumerate(truth)]
    space = ec.Space(ec.read(texts), "minilm", "made", vectors.astype(np.float32))
    found = []
    spent = cost(lambda: found.append(ec.cluster(space, method, clusters=PLANTED)))
    return {**vars(spent), "found": adjusted_rand_score(truth, found[0].labels)}


def rows() -> Iterator[Row]:
    """The table's rows."""
    for method in METHODS:
        with tempfile.TemporaryDirectory() as home:
            found = fresh(group, method, home=home)
        what = f"{PLANTED} groups of {N:,} x {D} by {method}, clock"
        measured = f"{seconds(found['wall'])} ({seconds(found['cpu'])} of the processor), ARI {found['found']:.2f}"
        yield Row(what, measured, f"<= {seconds(MOST)}", found["wall"] <= MOST)

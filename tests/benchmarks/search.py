"""Exact neighbors of one query among 100,000 vectors, against the least that has to be done, and scikit-learn."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from .measure import Cost, Row, alternate, fresh, median, seconds

N, D, K = 100_000, 384, 10
QUERIES = 200
MOST, FASTER = 1.1, 8.0


def compare() -> dict[str, Any]:
    """The costs of each round, one query a side, in lists of (ours, theirs)."""
    import numpy as np
    import pandas as pd
    from sklearn.neighbors import NearestNeighbors

    import embeddings_core as ec

    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(N, D)).astype(np.float32)
    query = rng.normal(size=D).astype(np.float32)
    items = [str(i) for i in range(N)]
    data = ec.Dataset("made", "text", items, pd.DataFrame({"text": items}), text="text")
    space = ec.Space(data, "minilm", "made", vectors)
    brute = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(vectors)

    def ours() -> Any:
        return ec.neighbors(space, query, K)

    answers = ours().indices, brute.kneighbors(query[None])[1]
    if not (answers[0] == answers[1]).all():
        raise RuntimeError(f"different neighbors: {answers}")
    product = alternate(ours, lambda: vectors @ query, QUERIES)
    sklearn = alternate(ours, lambda: brute.kneighbors(query[None]), QUERIES // 10)
    return {
        "product": [[vars(cost) for cost in pair] for pair in product],
        "sklearn": [[vars(cost) for cost in pair] for pair in sklearn],
    }


def rows() -> Iterator[Row]:
    """The table's rows."""
    found = fresh(compare, home=os.devnull)  # a search of vectors needs no store: opening one would crash
    product, sklearn = ([[Cost(**cost) for cost in pair] for pair in found[name]] for name in ("product", "sklearn"))
    what = f"{K} neighbors of a vector in {N:,} x {D}"
    for name, unit in (("clock", "wall"), ("processor", "cpu")):
        ours, bare = (median(getattr(pair[side], unit) for pair in product) for side in (0, 1))
        ratio = median(getattr(pair[0], unit) / getattr(pair[1], unit) for pair in product)
        measured = f"{ratio:.2f} x ({seconds(ours)} / {seconds(bare)})"
        yield Row(f"{what} against numpy's product alone, {name}", measured, f"<= {MOST} x", ratio <= MOST)
    for name, unit in (("clock", "wall"), ("processor", "cpu")):
        ours, theirs = (median(getattr(pair[side], unit) for pair in sklearn) for side in (0, 1))
        ratio = median(getattr(pair[1], unit) / getattr(pair[0], unit) for pair in sklearn)
        measured = f"{ratio:.1f} x faster ({seconds(ours)} / {seconds(theirs)})"
        goal = (f">= {FASTER:.0f} x faster", ratio >= FASTER) if unit == "wall" else ()
        yield Row(f"{what} against scikit-learn brute cosine, {name}", measured, *goal)

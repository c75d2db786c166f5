"""Ten neighbors through an index: of real sentences, and of a million vectors that are made from theirs by noise.

The noise spreads as the sentences themselves do, along the same few axes: noise alike in all directions would fill
axes that no sentence uses. Copies with noise still lie in tight groups, which an index finds far too easily: the
million tells how long a search takes that is as wide as the real ones need, and nothing about recall among a
million real sentences.
The sentences are encoded once a machine, which takes some ten minutes, and kept in its folder for temporary files.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import Cost, Row, alternate, fresh, median, seconds
from .texts import sentences

REAL, MADE, D, K = 50_000, 1_000_000, 384, 10
QUERIES, ROUNDS = 200, 30
NOISE = 0.4  # its length, that of a sentence being 1
FASTER, RECALL = 20.0, 0.98
HOME = Path(tempfile.gettempdir()) / "embedding-explorer-benchmarks"


def compare() -> dict[str, Any]:
    """The recall and costs for the real ones, and for those made from them."""
    import numpy as np

    import embeddings_core as ec
    from embeddings_core import indexes

    real = ec.encode(ec.read(sentences(REAL)), "minilm").vectors
    # an index of so few is made only here, to learn how widely real vectors need searching
    indexes.EXACT = indexes.SCANNED = len(real) - 1
    needed = _index(real, "real")[1].faiss.hnsw.efSearch
    rng = np.random.default_rng(0)
    spread = np.linalg.cholesky(np.cov(real.T) + 1e-9 * np.eye(D)).astype(np.float32)
    spread *= NOISE / np.linalg.norm(spread)  # the noise's mean squared length is the trace of its covariance
    made = np.empty((MADE, D), np.float32)
    for at in range(0, MADE, len(real)):
        part = real[: MADE - at] + rng.standard_normal((min(len(real), MADE - at), D), dtype=np.float32) @ spread.T
        made[at : at + len(part)] = part / np.linalg.norm(part, axis=1, keepdims=True)
    return {"real": _measured(real, "real", needed), "made": _measured(made, "made", needed)}


def _index(vectors: Any, name: str) -> tuple[Any, Any]:
    import numpy as np
    import pandas as pd

    import embeddings_core as ec

    data = ec.Dataset(name, "vector", vectors, pd.DataFrame({"n": np.arange(len(vectors))}))
    vars(data)["fingerprint"] = f"{name} {len(vectors)}"  # not of a million items one by one
    space = ec.Space(data, "ready", "made", vectors)
    return space, ec.make_index(space, store=_Nowhere())  # type: ignore[arg-type]


class _Nowhere:
    """A store that keeps nothing."""

    def get_result(self, key: str) -> None: ...

    def put_result(self, *given: object) -> None: ...


def _measured(vectors: Any, name: str, wide: int) -> dict[str, Any]:
    """The recall as measured here, by itself, of a search at least so wide; and costs, ours and the bare product's."""
    import numpy as np

    import embeddings_core as ec

    started = time.perf_counter()
    space, index = _index(vectors, name)
    made = time.perf_counter() - started
    graph = index.faiss.hnsw
    graph.efSearch = max(wide, graph.efSearch)
    asked = np.random.default_rng(1).choice(len(vectors), QUERIES, replace=False)
    hits = 0
    for item in asked.tolist():
        found, truth = (ec.neighbors(space, vectors[item], K, exact=exact) for exact in (False, True))
        hits += int((found.scores[0] >= truth.scores[0, -1] - 1e-6).sum())
    turn = iter(np.tile(asked, ROUNDS))
    costs = alternate(lambda: ec.neighbors(space, vectors[next(turn)], K), lambda: vectors @ vectors[asked[0]], ROUNDS)
    return {
        "n": len(vectors), "recall": hits / (K * QUERIES), "told": index.recall, "wide": graph.efSearch, "made": made,
        "costs": [[vars(cost) for cost in pair] for pair in costs],
    }  # fmt: skip


def rows() -> Iterator[Row]:
    """The table's rows."""
    HOME.mkdir(exist_ok=True)
    for name, found in fresh(compare, home=HOME).items():
        costs = [[Cost(**cost) for cost in pair] for pair in found["costs"]]
        ours, bare = (median(pair[side].wall for pair in costs) for side in (0, 1))
        what = "real sentences" if name == "real" else "real ones repeated with noise (not real)"
        goal = name == "made"
        yield Row(
            f"{K} neighbors of {found['n']:,} x {D}, {what}, against numpy's product alone",
            f"{bare / ours:.1f} x faster ({seconds(ours)} / {seconds(bare)}), {found['wide']} candidates kept",
            *((f">= {FASTER:.0f} x faster", bare / ours >= FASTER) if goal else ()),
        )
        figure = f"{found['recall']:.4f} of items; {found['told']:.4f} of vectors from outside, as told on the page"
        met = min(found["recall"], found["told"]) >= RECALL
        yield Row(f"their recall@{K}", figure, *(() if goal else (f">= {RECALL}", met)))
        if goal:
            yield Row("making their index, once", f"{found['made']:.0f} s")

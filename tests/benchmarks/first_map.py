"""How long until there is something to look at: fresh texts, from nothing to the first map, and to the last text."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import Row, fresh

N = 10_000
SAMPLE = 3_000
"""Items of the finished map on which the costly measure is taken."""
K = 15


def grow(home: str) -> dict[str, Any]:
    """In an empty store, with MiniLM and UMAP warm: seconds to the first map and to all vectors, and how well the
    finished map, fitted anew when all are there, does beside one that was made at once, and beside the grown one."""
    import numpy as np

    import embeddings_core as ec
    from embeddings_core.neighbors import all_neighbors
    from embeddings_core.projections import warm

    data = ec.read(texts(N))
    ec.get_encoder("minilm").encode(["warm up"])
    warm()
    found: dict[str, Any] = {}
    start = time.perf_counter()

    def arrived(part: ec.Space, rows: Any) -> None:
        if "first" not in found:
            plane = ec.project(part, "umap", store=store)
            found.update(first=time.perf_counter() - start, items=len(part), part=part, plane=plane)

    store = ec.Store(Path(home, "grown"))
    space = ec.encode(data, "minilm", store=store, arrived=arrived)
    found["all"] = time.perf_counter() - start
    grown = ec.extend(found.pop("plane"), found.pop("part"), space)
    finished = ec.project(space, "umap", store=store)
    other = ec.Store(Path(home, "at once"))
    other.put_vectors(space.encoder_fingerprint, data.keys, space.vectors)
    at_once = ec.project(ec.encode(data, "minilm", store=other), "umap", store=other)
    true = all_neighbors(space.unit, K + 1)[0]
    rows = np.random.default_rng(0).permutation(N)[:SAMPLE]
    for name, plane in (("finished", finished), ("at once", at_once), ("grown", grown)):
        found[name] = quality(space.unit, plane.coords, true, rows)
    return found


def quality(vectors: Any, coords: Any, true: Any, rows: Any) -> list[float]:
    """The share of the K true neighbors that are near on the map too; trustworthiness, of a sample."""
    from sklearn.manifold import trustworthiness

    from embeddings_core.neighbors import all_neighbors

    drawn = all_neighbors(coords, K + 1)[0]
    kept = sum(len({*a[1:]} & {*b[1:]}) for a, b in zip(true.tolist(), drawn.tolist(), strict=True))
    return [kept / (K * len(true)), float(trustworthiness(vectors[rows], coords[rows], n_neighbors=K))]


def texts(n: int) -> list[str]:
    """Texts that no store knows: pairs of the sample's sentences on one topic, all different."""
    import numpy as np

    import embeddings_core as ec

    data = ec.sample("everyday")
    topics = data.metadata["topic"].to_numpy()
    rng, made = np.random.default_rng(0), dict[str, None]()
    while len(made) < n:
        one = int(rng.integers(len(data)))
        other = int(rng.choice(np.flatnonzero(topics == topics[one])))
        made[f"{data.items[one]} {data.items[other]}"] = None
    return list(made)


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(grow, home, home=home)
    share = found["first"] / found["all"]
    yield Row(
        f"{N:,} fresh texts by MiniLM: the first map ({found['items']} of them) against all vectors",
        f"1/{1 / share:.1f} ({found['first']:.1f} / {found['all']:.1f} s)", "<= 1/10", share <= 1 / 10,
    )  # fmt: skip
    for place, name in enumerate((f"share of {K} true neighbors kept", "trustworthiness")):
        mine, its, grown = (found[which][place] for which in ("finished", "at once", "grown"))
        measured = f"{mine / its:.3f} x ({mine:.3f} / {its:.3f})"
        yield Row(f"the finished map against one made at once: {name}", measured, ">= 0.98 x", mine >= 0.98 * its)
        yield Row(f"before it is fitted anew: {name}", f"{grown:.3f}")

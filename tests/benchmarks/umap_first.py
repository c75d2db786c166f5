"""The first UMAP of a process: ours against plain umap-learn, by seconds of the processor and by trust.

Both sides are a fresh process that reads vectors from a file and writes a map: everything counts, from Python's
start and imports to the last point. Trust is the kNN recall: which share of an item's 15 nearest on the map are
among its 15 nearest in full space.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .measure import Row, fresh, median, seconds, spent

Array = npt.NDArray[np.float32]
K = 15
CHEAPER, TRUST = 3.0, 0.95
ROUNDS = {615: 3, 2_000: 3, 10_000: 1}


def ours(folder: str) -> dict[str, Any]:
    """The map by embeddings_core."""
    import pandas as pd

    import embeddings_core as ec

    vectors = np.load(Path(folder, "vectors.npy"))
    items = [str(i) for i in range(len(vectors))]
    data = ec.Dataset("made", "text", items, pd.DataFrame({"text": items}), text="text")
    plane = ec.project(ec.Space(data, "minilm", "made", vectors), "umap", seed=0)
    np.save(Path(folder, "ours.npy"), plane.coords)
    return {"cpu": spent()}


def plain(folder: str) -> dict[str, Any]:
    """The map by umap-learn, as its readme would have it."""
    import umap

    coords = umap.UMAP(random_state=0, metric="cosine").fit_transform(np.load(Path(folder, "vectors.npy")))
    np.save(Path(folder, "plain.npy"), coords)
    return {"cpu": spent()}


def everyday(folder: str) -> dict[str, Any]:
    """Leaves the vectors of the sample, as they are shipped."""
    import embeddings_core as ec

    ec.seed(ec.get_store())
    np.save(Path(folder, "vectors.npy"), ec.encode(ec.sample("everyday")).vectors)
    return {}


def made(n: int) -> Array:
    """Vectors (n, 384) that lie as those of texts do: 30 groups of different sizes and widths, on a bent surface of
    12 dimensions, with a little noise in all 384."""
    rng = np.random.default_rng(0)
    shares = rng.dirichlet(np.full(30, 2.0))
    group = rng.choice(30, size=n, p=shares)
    inner = rng.normal(size=(30, 12))[group] + rng.normal(size=(n, 12)) * rng.uniform(0.2, 0.6, size=(30, 1))[group]
    bent = np.tanh(inner @ rng.normal(size=(12, 384)) / 2) + rng.normal(size=(n, 384)) * 0.1
    return np.asarray(bent / np.linalg.norm(bent, axis=1, keepdims=True), dtype=np.float32)


def recall(vectors: Array, coords: Array) -> float:
    """The share, 0 to 1, of the K nearest on the map that are among the K nearest by cosine."""
    from sklearn.neighbors import NearestNeighbors

    full = NearestNeighbors(n_neighbors=K, algorithm="brute", metric="cosine").fit(vectors).kneighbors()[1]
    drawn = NearestNeighbors(n_neighbors=K).fit(coords).kneighbors()[1]
    return float(np.mean([len(set(a) & set(b)) / K for a, b in zip(full, drawn, strict=True)]))


def rows() -> Iterator[Row]:
    """The table's rows."""
    for n, rounds in ROUNDS.items():
        with tempfile.TemporaryDirectory() as folder:
            yield from _compare(n, rounds, folder)


def _compare(n: int, rounds: int, folder: str) -> Iterator[Row]:
    if n == 615:
        fresh(everyday, folder, home=Path(folder, "seeded"))
    else:
        np.save(Path(folder, "vectors.npy"), made(n))
    pairs = []
    for turn in range(rounds):
        answers = {}
        # an empty store each time: nothing is read from it
        for side in (ours, plain) if turn % 2 else (plain, ours):
            answers[side] = fresh(side, folder, home=Path(folder, f"home-{turn}"))["cpu"]
        pairs.append((answers[ours], answers[plain]))
    ratio = median(ours / plain for ours, plain in pairs)
    mine, its = (median(pair[side] for pair in pairs) for side in (0, 1))
    what = f"first UMAP of {n:,} x 384 against umap-learn"
    measured = f"1/{1 / ratio:.2f} ({seconds(mine)} / {seconds(its)})"
    goal = ("<= 1/3", ratio <= 1 / CHEAPER) if n == 2_000 else ()
    yield Row(f"{what}, processor", measured, *goal)
    trust = [recall(np.load(Path(folder, "vectors.npy")), np.load(Path(folder, f"{s}.npy"))) for s in ("ours", "plain")]
    measured = f"{trust[0] / trust[1]:.3f} x ({trust[0]:.3f} / {trust[1]:.3f})"
    goal = (f">= {TRUST} x", trust[0] >= TRUST * trust[1]) if n == 2_000 else ()
    yield Row(f"{what}, kNN recall", measured, *goal)

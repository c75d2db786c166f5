"""All near-duplicates among 100,000 vectors, looked for once with all that the preview of thresholds needs.

The vectors have no structure that would help: normal ones, with or without the falling spectrum of real texts.
"""

from __future__ import annotations

import resource
import tempfile
from collections.abc import Iterator
from typing import Any

from .measure import Row, cost, fresh

N, D, COPIES = 100_000, 384, 5_000
GOAL = 30.0
KINDS = {"sentences": "with the spectrum of MiniLM's sentences", "isotropic": "alike in all directions"}


def look(kind: str) -> dict[str, Any]:
    """What looking costs in seconds and MB, and how many planted copies were found of those that are near enough."""
    import numpy as np
    import pandas as pd

    import embeddings_core as ec
    from embeddings_core.samples import FOLDER
    from embeddings_core.worklists.duplicates import find_duplicates

    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((N, D), dtype=np.float32)
    if kind == "sentences":
        with np.load(FOLDER / "everyday.npz", allow_pickle=False) as file:
            real = file["vectors"].astype(np.float64)
        spread = np.cov(real.T)
        spread += 0.05 * np.trace(spread) / D * np.eye(D)
        vectors = (vectors @ np.linalg.cholesky(spread).T + real.mean(axis=0)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    noise = rng.uniform(0, 0.5, size=(COPIES, 1)) / np.sqrt(D)
    vectors[-COPIES:] = vectors[:COPIES] + (noise * rng.standard_normal((COPIES, D))).astype(np.float32)
    vectors[-COPIES:] /= np.linalg.norm(vectors[-COPIES:], axis=1, keepdims=True)
    items = [str(i) for i in range(N)]
    space = ec.Space(
        ec.Dataset("made", "text", items, pd.DataFrame({"text": items})), "minilm", "made " + kind, vectors
    )
    near = int((np.einsum("ij,ij->i", vectors[:COPIES], vectors[-COPIES:]) >= 0.95).sum())
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    spent = cost(lambda: find_duplicates(space))
    found = find_duplicates(space)
    more = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    return {**vars(spent), "more": more, "groups": len(found.groups(0.95)), "near": near, "floor": found.floor}


def rows() -> Iterator[Row]:
    """The table's rows."""
    for kind, said in KINDS.items():
        with tempfile.TemporaryDirectory() as home:
            found = fresh(look, kind, home=home)
        if found["groups"] != found["near"]:
            raise RuntimeError(f"{found['groups']} groups, but {found['near']} pairs were planted")
        what = f"all pairs from {found['floor']:.2f} on among {N:,} x {D}, {said}"
        measured = f"{found['wall']:.1f} s ({found['cpu']:.1f} s of a processor), {found['more']:,} MB more"
        yield Row(what, measured, f"< {GOAL:.0f} s", found["wall"] < GOAL)

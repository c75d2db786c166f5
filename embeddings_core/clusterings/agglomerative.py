"""Agglomerative clustering by scipy: the two nearest groups are joined, again and again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Ints, Progress
from ._asked import Fit
from ._sample import sampled
from .kmeans import CLUSTERS

SPEC = MethodSpec(
    id="agglomerative",
    label="Agglomerative",
    summary="Joins the two nearest groups until as many are left as you ask for. Beyond 10,000 items only a fair "
    "sample is joined, because all distances must fit into memory.",
    paper="Ward 1963, doi:10.1080/01621459.1963.10500845; Müllner 2011, arXiv:1109.2378",
    params=(
        CLUSTERS,
        Param(
            "linkage",
            "Nearest are",
            "ward: groups that stay tightest together; average: by the mean distance of their items; complete: by "
            "their farthest items.",
            "ward",
            "choice",
            choices=("ward", "average", "complete"),
        ),
    ),
    needs=(Need("scipy", "scipy"),),
    chance=False,
)
MOST = 10_000
"""Items whose distances are held at once: 0.4 GB, and as much again while they are joined."""
_BLOCK = 512


def fit(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """As many groups as asked for, or as there are items."""
    from scipy.cluster.hierarchy import linkage

    def join(part: Floats, progress: Progress | None) -> Ints:
        joined = linkage(distances(part, progress), settings["linkage"])
        return cut(joined[:, :2].astype(np.int64), settings["clusters"])

    return sampled(values, MOST, seed, join, progress, "center")


def most(dimensions: int) -> int:
    """Items that are all looked at."""
    return MOST


def distances(values: Floats, progress: Progress | None = None) -> Any:
    """Euclidean distances of all pairs, in scipy's condensed form (n (n - 1) / 2,) float64."""
    from sklearn.metrics.pairwise import euclidean_distances

    n = len(values)
    exact = values.astype(np.float64)
    found, at = np.empty(n * (n - 1) // 2), 0
    for start in range(0, n, _BLOCK):
        if progress:
            progress(start, n)
        block = euclidean_distances(exact[start : start + _BLOCK], exact[start:])
        for row in range(len(block)):
            part = block[row, row + 1 :]
            found[at : at + len(part)] = part
            at += len(part)
    return found


def cut(joined: Ints, groups: int) -> Ints:
    """Labels (n,) of `groups` groups from the pairs (n - 1, 2) joined in turn, as scipy numbers them: the pair of row r
    is n + r from then on."""
    n = len(joined) + 1
    label = np.arange(2 * n - 1)
    for row in range(n - min(max(groups, 1), n) - 1, -1, -1):
        label[joined[row]] = label[n + row]  # from the topmost pair of a group down
    return np.asarray(np.unique(label[:n], return_inverse=True)[1], dtype=np.int64)

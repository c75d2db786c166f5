"""UMAP by umap-learn, on exact neighbors and on a graph that needs no compiling: several times sooner at first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..neighbors import all_neighbors
from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Ints, Progress, Space
from . import Fit
from ._graph import fuzzy_graph

SPEC = MethodSpec(
    id="umap",
    label="UMAP",
    summary="Keeps each item near its nearest neighbors. Groups come out clearly; their distances say little.",
    paper="McInnes, Healy and Melville 2018, arXiv:1802.03426",
    params=(
        Param(
            "n_neighbors",
            "Neighbors",
            "Few show fine detail, many the overall shape.",
            15,
            "int",
            2,
            200,
            1,
            tries=(5, 15, 50, 150),
        ),
        Param(
            "min_dist",
            "Minimum distance",
            "Low packs groups tightly, high spreads them out.",
            0.1,
            "float",
            0.0,
            0.99,
            0.01,
            tries=(0.0, 0.1, 0.5),
        ),
        Param(
            "metric",
            "Distance",
            "Cosine compares directions only, Euclidean also lengths.",
            "cosine",
            "choice",
            choices=("cosine", "euclidean"),
        ),
    ),
    needs=(Need("umap", "umap-learn"), Need("faiss", "faiss-cpu")),
)
VERSION = 2
FEW = 3  # items or dimensions up to which there is no PCA to start from


class _Report:
    """What umap-learn's progress bar writes into: hands it on as progress(epochs done, epochs).

    The bar (tqdm) holds a lock of the whole process while it writes, and an error would leave it locked for
    good. So what `progress` raises is kept, and raised when the bar asks for its `lock_args`, before locking.
    """

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self.error: BaseException | None = None

    def write(self, text: str) -> None:
        if self.error is None and (found := re.search(r"(\d+) of (\d+)", text)):
            try:
                self.progress(int(found[1]), int(found[2]))
            except BaseException as error:
                self.error = error

    def flush(self) -> None:
        pass

    def __bool__(self) -> bool:
        if self.error is not None:
            raise self.error
        return False


def fit(space: Space, dims: int, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """Runs in one thread, because only that gives the same bytes for the same seed. It starts from PCA, which
    keeps the overall shape as well as the usual spectral start (Kobak and Linderman 2021,
    doi:10.1038/s41587-020-00809-z), needs no solver, and leaves separate groups nearer to the rest.
    """
    if progress:
        progress(0, 0)
    neighbors = min(settings["n_neighbors"], len(space) - 1)
    vectors, knn = _nearest(space, settings["metric"], neighbors)
    coords = _layout(vectors, knn, dims, seed, {**settings, "n_neighbors": neighbors}, progress)
    note = "Near items are alike; distances between groups mean little."
    if neighbors < settings["n_neighbors"]:
        note += f" {neighbors} neighbors were used: there are no more items."
    return Fit(coords, note)


def _nearest(space: Space, metric: str, neighbors: int) -> tuple[Floats, tuple[Ints, Floats]]:
    """The vectors to lay out, and the nearest items of each (itself among them) with their distances."""
    if metric == "euclidean":
        return space.vectors, all_neighbors(space.vectors, neighbors)
    indices, distances = all_neighbors(space.unit, neighbors)
    # between unit vectors 1 - cosine is half the squared distance; exactly 0 stays exactly 0
    return space.unit, (indices, np.asarray(distances**2 / 2, dtype=np.float32))


def _layout(
    vectors: Floats,
    knn: tuple[Ints, Floats],
    dims: int,
    seed: int,
    settings: Mapping[str, Any],
    progress: Progress | None,
) -> Floats:
    from umap.umap_ import find_ab_params, simplicial_set_embedding

    bar: dict[str, Any] = {"disable": True}
    report = _Report(progress) if progress else None
    if report is not None:
        bar = {"disable": False, "file": report, "lock_args": report, "mininterval": 0.1}
        bar["bar_format"] = "{n_fmt} of {total_fmt} "
    a, b = find_ab_params(1.0, settings["min_dist"])
    coords, _ = simplicial_set_embedding(
        vectors,
        fuzzy_graph(*knn),
        dims,
        initial_alpha=1.0,
        a=a,
        b=b,
        gamma=1.0,
        negative_sample_rate=5,
        n_epochs=None,
        init="random" if min(vectors.shape) <= FEW else "pca",
        random_state=np.random.RandomState(seed),
        metric=settings["metric"],
        metric_kwds={},
        densmap=False,
        densmap_kwds={},
        output_dens=False,
        tqdm_kwds=bar,
    )
    if report is not None and report.error is not None:
        raise report.error
    # where PCA finds no extent along an axis, scaling it divides 0 by 0
    return np.asarray(np.nan_to_num(coords, nan=0.0), dtype=np.float32)


def warm() -> None:
    """Compile what umap-learn compiles at its first use in a process: many seconds."""
    vectors = np.random.default_rng(0).normal(size=(64, 8)).astype(np.float32)
    _layout(vectors, all_neighbors(vectors, 15), 2, 0, {"n_neighbors": 15, "min_dist": 0.1, "metric": "cosine"}, None)

"""t-SNE by scikit-learn (Barnes-Hut)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Progress, Space
from . import Fit

SPEC = MethodSpec(
    id="tsne",
    label="t-SNE",
    summary="Keeps each item near its nearest neighbors. Sizes of groups and their distances mean nothing.",
    paper="van der Maaten and Hinton 2008, jmlr.org/papers/v9/vandermaaten08a.html; Barnes-Hut: arXiv:1301.3342",
    params=(
        Param(
            "perplexity",
            "Perplexity",
            "About how many neighbors each item looks at.",
            30,
            "int",
            2,
            100,
            1,
            tries=(5, 15, 30, 50, 80, 100),
        ),
        Param("iterations", "Iterations", "More settle the map further and take longer.", 1000, "int", 250, 5000, 250),
        Param(
            "metric",
            "Distance",
            "Cosine compares directions only, Euclidean also lengths.",
            "cosine",
            "choice",
            choices=("cosine", "euclidean"),
        ),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
)
WIDE = 50
"""Dimensions to which PCA cuts longer vectors first, as the paper does."""
SLOW = 10_000


class _Watched:
    """The affinities that scikit-learn reads at every step of its descent: each reading counts as one step.

    It has no other place to hear of its progress, or to stop it.
    """

    def __init__(self, matrix: Any, step: Any) -> None:
        self.matrix, self.step = matrix, step

    @property
    def data(self) -> Any:
        self.step()
        return self.matrix.data

    @property
    def indices(self) -> Any:
        return self.matrix.indices

    @property
    def indptr(self) -> Any:
        return self.matrix.indptr

    def __imul__(self, factor: float) -> _Watched:
        self.matrix *= factor
        return self

    def __itruediv__(self, factor: float) -> _Watched:
        self.matrix /= factor
        return self


def fit(space: Space, dims: int, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """Starts from PCA, so that the overall shape is not left to chance."""
    if progress:
        progress(0, settings["iterations"])
    perplexity = min(settings["perplexity"], max(1, (len(space) - 1) // 3))
    vectors = _narrow(space.unit if settings["metric"] == "cosine" else space.vectors, seed)
    model = _model(settings["iterations"], progress)(
        n_components=dims,
        perplexity=perplexity,
        init=_start(vectors, dims, seed),
        max_iter=settings["iterations"],
        random_state=seed,
    )
    notes = ["Near items are alike; sizes of groups and distances between them mean nothing."]
    if vectors.shape[1] < space.vectors.shape[1]:
        notes.append(f"PCA cut the vectors to {vectors.shape[1]} dimensions first.")
    if perplexity < settings["perplexity"]:
        notes.append(f"Perplexity {perplexity} was used: there are too few items for more.")
    if len(space) > SLOW:
        notes.append("t-SNE is slow with this many items; UMAP is quicker.")
    return Fit(model.fit_transform(vectors), " ".join(notes))


def _model(iterations: int, progress: Progress | None) -> Any:
    """scikit-learn's TSNE, which reports its steps."""
    from sklearn.manifold import TSNE

    class Reporting(TSNE):  # type: ignore[misc]
        def _tsne(self, P: Any, *args: Any, **kwargs: Any) -> Any:
            if progress is None:
                return super()._tsne(P, *args, **kwargs)
            steps = 0

            def step() -> None:
                nonlocal steps
                steps += 1
                progress(min(steps, iterations), iterations)

            return super()._tsne(_Watched(P, step), *args, **kwargs)

    return Reporting


def _narrow(vectors: Floats, seed: int) -> Floats:
    from sklearn.decomposition import PCA

    axes = min(WIDE, len(vectors))
    if vectors.shape[1] <= axes:
        return vectors
    return np.asarray(PCA(axes, random_state=seed).fit_transform(vectors), dtype=np.float32)


def _start(vectors: Floats, dims: int, seed: int) -> Floats:
    """The PCA of the vectors, scaled down as scikit-learn does; a breath of noise parts what is alike."""
    from sklearn.decomposition import PCA

    axes = min(dims, *vectors.shape)
    start = np.random.default_rng(seed).normal(scale=1e-6, size=(len(vectors), dims))
    flat = PCA(axes, svd_solver="full").fit_transform(vectors.astype(np.float64))
    start[:, :axes] += flat / (flat[:, 0].std() or 1.0) * 1e-4
    return np.asarray(start, dtype=np.float32)

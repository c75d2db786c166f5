"""PCA: the directions in which the vectors differ most, seen straight on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Progress, Space
from . import Fit

SPEC = MethodSpec(
    id="pca",
    label="PCA",
    summary="The flat view that keeps most of the spread. Exact, but what differs in other directions overlaps.",
    paper="Pearson 1901, doi:10.1080/14786440109462720; large data by Halko et al. 2011, arXiv:0909.4061",
    params=(
        Param(
            "unit",
            "Scale vectors to length 1",
            "On, only directions count, as in cosine similarity. Off, long vectors pull the view towards them.",
            False,
            "flag",
        ),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
)
VERSION = 2
LARGE = 2_000  # dimensions and items beyond which an exact solver takes too long


def fit(space: Space, dims: int, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """Extras: mean (d,), components (dims, d), explained_variance (dims,), shares of the whole.

    Signs are fixed: the largest number of a component is positive.
    """
    if progress:
        progress(0, 1)
    vectors = space.unit if settings["unit"] else space.vectors
    axes = min(dims, *vectors.shape)
    model = principal_axes(vectors, axes, seed)
    components, shares = np.zeros((dims, vectors.shape[1])), np.zeros(dims)
    components[:axes], shares[:axes] = model.components_, model.explained_variance_ratio_
    largest = np.abs(components).argmax(axis=1)
    components *= np.where(components[np.arange(dims), largest] < 0, -1, 1)[:, None]
    coords = (vectors - model.mean_) @ components.T
    note = f"The {'two' if dims == 2 else 'three'} axes keep {shares.sum():.0%} of the variance."
    if model.svd_solver == "randomized":
        note += " Approximate: axes of this many dimensions are found by a randomized solver."
    extras = {
        "mean": model.mean_.astype(np.float32),
        "components": components.astype(np.float32),
        "explained_variance": shares.astype(np.float32),
    }
    return Fit(coords, note, extras)


def principal_axes(vectors: Floats, axes: int, seed: int = 0) -> Any:
    """scikit-learn's fitted PCA of `vectors` (n, d); `axes` is at most n and d."""
    from sklearn.decomposition import PCA

    n, d = vectors.shape
    # through the covariance where there are more items than dimensions: the same, several times sooner
    solver = "randomized" if min(n, d) > LARGE else "covariance_eigh" if d <= LARGE and n > d else "full"
    return PCA(axes, svd_solver=solver, random_state=seed).fit(vectors.astype(np.float64))

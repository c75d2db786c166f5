"""A mixture of Gaussians by scikit-learn."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Progress
from ..threads import alone
from ._asked import Fit, distinct
from .kmeans import CLUSTERS

SPEC = MethodSpec(
    id="mixture",
    label="Gaussian mixture",
    summary="Groups of different size and shape, each a bell curve; every item goes to the likeliest.",
    paper="Dempster, Laird and Rubin 1977, doi:10.1111/j.2517-6161.1977.tb01600.x; BIC: Schwarz 1978",
    params=(
        CLUSTERS,
        Param(
            "shape",
            "Shape",
            "full: each group is stretched in its own directions, which takes many items a group; diagonal: only along "
            "the axes.",
            "diagonal",
            "choice",
            choices=("diagonal", "full"),
        ),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
    on=("pca50", "map"),  # bell curves in hundreds of dimensions have more numbers than there are items
)
STEPS, MOST_STEPS = 5, 200
"""Steps of expectation and maximization between two reports, and at most."""
TIGHTEST = 1e-4
"""The least variance of a group along an axis, as a share of the mean variance: twins would have none."""


def fit(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """Fewer groups than asked for where there are fewer different items, or one is nobody's likeliest."""
    model = fitted(values, seed, settings, progress)
    return Fit(model.predict(values.astype(np.float64)))


def criterion(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> float:
    """The Bayesian information criterion of the mixture: lower is better."""
    return float(fitted(values, seed, settings, progress).bic(values.astype(np.float64)))


def fitted(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Any:
    """scikit-learn's mixture, fitted."""
    from sklearn.mixture import GaussianMixture

    exact = values.astype(np.float64)
    model = GaussianMixture(
        distinct(values, settings["clusters"]),
        covariance_type="diag" if settings["shape"] == "diagonal" else "full",
        reg_covar=TIGHTEST * float(exact.var(axis=0).mean()),
        max_iter=STEPS,
        random_state=seed,
        warm_start=True,  # so that it can report and stop between two calls
    )
    for step in range(0, MOST_STEPS, STEPS):
        if progress:
            progress(step, MOST_STEPS)
        with alone, warnings.catch_warnings():  # it begins with KMeans
            warnings.simplefilter("ignore")  # not there yet
            if model.fit(exact).converged_:
                break
    return model

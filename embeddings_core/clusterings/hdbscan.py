"""HDBSCAN by scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..plugins import MethodSpec, Need, Param
from ..space import Progress, Space

SPEC = MethodSpec(
    id="hdbscan",
    label="HDBSCAN",
    summary="Finds the dense places, however many there are, and leaves the rest as noise: often half of all texts.",
    paper="Campello, Moulavi and Sander 2013, doi:10.1007/978-3-642-37456-2_14",
    params=(
        Param("min_size", "Smallest group", "Groups of fewer items are noise.", 8, "int", 2, 200, 1),
        Param("min_samples", "Strictness", "Higher calls more items noise.", 1, "int", 1, 50, 1),
        Param(
            "selection",
            "Groups to take",
            "Leaf takes many small groups, eom the few that last longest.",
            "leaf",
            "choice",
            choices=("leaf", "eom"),
        ),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
)


def fit(space: Space, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> npt.NDArray[Any]:
    """Labels (n,), -1 for noise."""
    if progress:
        progress(0, 1)
    from sklearn.cluster import HDBSCAN

    model = HDBSCAN(
        min_cluster_size=min(settings["min_size"], len(space)),
        min_samples=min(settings["min_samples"], len(space)),
        cluster_selection_method=settings["selection"],
        copy=True,
    )
    return np.asarray(model.fit_predict(space.unit))

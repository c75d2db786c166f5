"""HDBSCAN by scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Progress
from ._asked import Fit
from ._sample import most_items, sampled

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
    chance=False,
    density=True,
)
VERSION = 3
WORK = 1e11
"""Multiplications that comparing all items may cost: 16,000 items of 384 dimensions, 75,000 points of a map."""


def most(dimensions: int) -> int:
    """Items that are all looked at; of more, a fair sample."""
    return most_items(WORK, dimensions)


def fit(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """-1 for noise."""
    from sklearn.cluster import HDBSCAN

    def find(part: Floats, progress: Progress | None) -> Any:
        if progress:
            progress(0, 1)
        model = HDBSCAN(
            min_cluster_size=min(settings["min_size"], len(part)),
            min_samples=min(settings["min_samples"], len(part)),
            cluster_selection_method=settings["selection"],
            copy=True,
        )
        return model.fit_predict(part)

    return sampled(values, most(values.shape[1]), seed, find, progress, "item")

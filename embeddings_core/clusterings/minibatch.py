"""MiniBatchKMeans by scikit-learn."""

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
    id="minibatch",
    label="MiniBatchKMeans",
    summary="KMeans that reads a few thousand items at a time: little memory and soon done, the groups a little worse.",
    paper="Sculley 2010, doi:10.1145/1772690.1772862",
    params=(
        CLUSTERS,
        Param("passes", "Passes", "How often all items are read.", 5, "int", 1, 50, 1),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
)
BATCH = 4096


def fit(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """Fewer groups than asked for where there are fewer different items, or one stays empty."""
    from sklearn.cluster import MiniBatchKMeans

    shuffled = np.random.default_rng(seed)
    first = shuffled.permutation(len(values))
    groups = distinct(values[first[:BATCH]], settings["clusters"])  # it starts with the first batch
    model = MiniBatchKMeans(groups, n_init=1, random_state=seed)
    for turn in range(settings["passes"]):
        order = shuffled.permutation(len(values)) if turn else first
        for at in range(0, len(values), BATCH):
            if progress:
                progress(turn * len(values) + at, settings["passes"] * len(values))
            with alone, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # twins make fewer groups, which is fine
                model.partial_fit(values[order[at : at + BATCH]])
    with alone:
        return Fit(model.predict(values))

"""KMeans by scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Progress
from ..threads import alone
from ._asked import Fit, distinct
from ._sample import fair_sample

CLUSTERS = Param("clusters", "Groups", "How many groups to make; 0 chooses the number itself.", 12, "int", 0, 200, 1)
SPEC = MethodSpec(
    id="kmeans",
    label="KMeans",
    summary="As many round groups as you ask for; every item belongs to one.",
    paper="Lloyd 1982, doi:10.1109/TIT.1982.1056489; k-means++: Arthur and Vassilvitskii 2007; starts found in a "
    "sample: Bradley and Fayyad 1998",
    params=(
        CLUSTERS,
        Param("starts", "Starts", "It is run this often, and the best run counts.", 10, "int", 1, 50, 1),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
)
VERSION = 3
TRIED = 20_000
"""Of more items the starts are tried on a sample of so many; the best one goes on with all."""


def fit(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """Fewer groups than asked for where there are fewer different items."""
    from sklearn.cluster import KMeans

    # scikit-learn finds first centers among float64 seven times as fast as among float32
    tried = values[fair_sample(len(values), TRIED, seed)].astype(np.float64)
    groups, starts = distinct(tried, settings["clusters"]), settings["starts"]
    # one start at a time, so that it can report and stop between them; the shared generator makes
    # them the same starts that scikit-learn makes with n_init
    generator, best = np.random.RandomState(seed), None
    for start in range(starts):
        if progress:
            progress(start, starts + 1)
        with alone:
            model = KMeans(groups, n_init=1, random_state=generator).fit(tried)
        if best is None or model.inertia_ < best.inertia_:
            best = model
    assert best is not None
    if len(tried) == len(values):
        return Fit(best.labels_)
    if progress:
        progress(starts, starts + 1)
    with alone:
        return Fit(KMeans(groups, init=best.cluster_centers_.astype(np.float32), n_init=1).fit(values).labels_)

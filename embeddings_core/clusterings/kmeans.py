"""KMeans by scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..plugins import MethodSpec, Need, Param
from ..space import Progress, Space

SPEC = MethodSpec(
    id="kmeans",
    label="KMeans",
    summary="As many round groups as you ask for; every item belongs to one. Compares directions, as cosine does.",
    paper="Lloyd 1982, doi:10.1109/TIT.1982.1056489; k-means++: Arthur and Vassilvitskii 2007",
    params=(
        Param("clusters", "Groups", "How many groups to make.", 12, "int", 2, 50, 1),
        Param("starts", "Starts", "It is run this often, and the best run counts.", 10, "int", 1, 50, 1),
    ),
    needs=(Need("sklearn", "scikit-learn"),),
)


def fit(space: Space, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> npt.NDArray[Any]:
    """Labels (n,). Fewer groups than asked for where there are fewer different items."""
    from sklearn.cluster import KMeans

    distinct = len(np.unique(space.unit, axis=0))
    groups = min(settings["clusters"], distinct)
    best, least = np.zeros(len(space), dtype=np.int64), np.inf
    # one start at a time, so that it can report and stop between them; the shared generator makes
    # them the same starts that scikit-learn makes with n_init
    generator = np.random.RandomState(seed)
    for start in range(settings["starts"]):
        if progress:
            progress(start, settings["starts"])
        model = KMeans(groups, n_init=1, random_state=generator).fit(space.unit)
        if model.inertia_ < least:
            best, least = model.labels_, model.inertia_
    return np.asarray(best)

"""Items that are like no others, by three measures that see different things, and by how far these agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..graph import Graph, neighbor_graph
from ..space import Floats, Ints, Progress, Space
from ..store import Store, get_store, result_key

TOP = 0.05
"""The share of items that a measure counts among its oddest."""
FEWEST = 4
"""Items, below which nothing is odd."""
_VERSION = 1
_TREES, _AXES = 200, 128
_BLOCK = 4096  # items that a forest looks at at once

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Outliers:
    """How odd each of n items is; of every measure, (n,), higher is odder.

    `factors` is the local outlier factor, about 1 inside a group; `distances` the distance to the k-th neighbor, of
    unit vectors; `isolation` the score of an isolation forest, 0 to 1. `scores` is 1 - log(place) / log(n), where place
    is the geometric mean of the places 1 to n in the three: 1 is first in all of them. `agreement` counts by how many
    of the three an item is among the oddest 5 %.
    """

    scores: Floats
    factors: Floats
    distances: Floats
    isolation: Floats
    agreement: Ints
    k: int

    @property
    def order(self) -> Ints:
        """The items, the oddest first; ties by the order of the data."""
        return np.argsort(-self.scores, kind="stable")


def outliers(
    space: Space, k: int | None = None, *, store: Store | None = None, progress: Progress | None = None
) -> Floats:
    """How odd each item is, (n,) float32 from 0 to 1, higher is odder: by the geometric mean of its ranks by the local
    outlier factor, the distance to the k-th neighbor and an isolation forest. `find_outliers` has all three, and says
    what is raised."""
    return find_outliers(space, k, store=store, progress=progress).scores


def find_outliers(
    space: Space, k: int | None = None, *, store: Store | None = None, progress: Progress | None = None
) -> Outliers:
    """The outliers of `space` by cosine, from the `k` nearest of each item (None: 20), kept in the store.

    Local outlier factor (Breunig et al. 2000, doi:10.1145/335191.335388), distance to the k-th neighbor (Ramaswamy
    et al. 2000, doi:10.1145/335191.335437), isolation forest (Liu, Ting and Zhou 2008, doi:10.1109/ICDM.2008.17) with
    a fixed seed, on the principal axes: its cuts run along axes, and most of the plain ones tell nothing. The mean is
    geometric so that who leads two measures comes before who is middling in three. `progress` counts items, for the
    neighbors first and then for the forest. Raises InputError for fewer than 4 items, ParameterError where k is not
    1 to n - 1.
    """
    if len(space) < FEWEST:
        raise InputError(f"Among fewer than {FEWEST} items none is odd.", f"Bring at least {FEWEST}.")
    store = store or get_store()
    graph = neighbor_graph(space, k, store=store, progress=progress)
    key = result_key("isolation", _VERSION, space.fingerprint)
    known = store.get_result(key)
    isolation = known[0]["scores"] if known else _isolation(space, progress)
    if known is None:
        store.put_result(key, {"scores": isolation}, {})
    measures = factors(graph), graph.distances[:, -1], isolation
    places = np.stack([_places(measure) for measure in measures])
    scores = np.maximum(1 - np.log(places).mean(axis=0) / np.log(len(space)), 0)  # rounding
    top = (places <= max(1, TOP * len(space))).sum(axis=0)
    return Outliers(scores.astype(np.float32), *measures, top, graph.k)


def factors(graph: Graph) -> Floats:
    """The local outlier factor of each item, (n,): how much denser it is around its neighbors than around itself."""
    distances = graph.distances.astype(np.float64)
    reach = np.maximum(distances, distances[graph.indices, -1])
    # twins have no distance; the tiny number is scikit-learn's
    density = 1 / (reach.mean(axis=1) + 1e-10)
    return np.asarray(density[graph.indices].mean(axis=1) / density, dtype=np.float32)


def _isolation(space: Space, progress: Progress | None) -> Floats:
    """How soon random cuts part each item from the rest, (n,)."""
    from sklearn.decomposition import PCA
    from sklearn.ensemble import IsolationForest

    axes = min(_AXES, *space.vectors.shape)
    with np.errstate(invalid="ignore"):  # the share of each axis, where nothing varies
        vectors = PCA(axes, random_state=0).fit_transform(space.unit)
    forest = IsolationForest(n_estimators=_TREES, random_state=0).fit(vectors)
    found = []
    for at in range(0, len(space), _BLOCK):
        if progress:
            progress(at, len(space))
        found.append(-forest.score_samples(vectors[at : at + _BLOCK]))
    return np.concatenate(found).astype(np.float32)


def _places(measure: Floats) -> Doubles:
    """Places from 1, the oddest, to n; equal ones share the mean of theirs."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(-measure), dtype=np.float64)

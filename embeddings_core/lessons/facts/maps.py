"""Facts about maps: what they keep, and what they make up; of samples and of toy data."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...encoders import encode
from ...projections import project
from ...projections.pca import principal_axes
from ...space import Floats, Ints, Projection, Space
from ...trust import trust
from ..toys import toy
from .texts import space_of


def variance(sample_id: str, encoder: str, axes: int) -> float:
    """The share, 0 to 1, of the variance that so many principal axes of a sample keep."""
    return float(_shares(sample_id, encoder)[:axes].sum())


def axes_for(sample_id: str, encoder: str, share: float) -> int:
    """How many principal axes of a sample it takes to keep a share of the variance."""
    return int(np.searchsorted(np.cumsum(_shares(sample_id, encoder)), share) + 1)


def _shares(sample_id: str, encoder: str) -> Floats:
    vectors = space_of(sample_id, encoder).vectors
    return np.asarray(principal_axes(vectors, min(vectors.shape)).explained_variance_ratio_)


def recall(sample_id: str, encoder: str, method: str, k: int = 10) -> float:
    """The share, 0 to 1, of the k nearest neighbors that are neighbors on the map of a sample too."""
    space = space_of(sample_id, encoder)
    return trust(space, project(space, method), k=k).knn_recall


def alike_on_map(sample_id: str, encoder: str, method: str, column: str, k: int = 10) -> float:
    """The share, 0 to 1, of the k nearest on the map that have the item's own value in a column."""
    space = space_of(sample_id, encoder)
    coords = project(space, method).coords.astype(float)
    values = space.dataset.metadata[column].to_numpy()
    apart = np.linalg.norm(coords[:, None] - coords[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1, kind="stable")[:, :k]
    return float((values[near] == values[:, None]).mean())


def clearness(method: str, on: str, n: int = 500, seed: int = 0, **settings: Any) -> float:
    """How clear six groups of pure chance look that KMeans finds on a map of it: their mean silhouette, -1 to 1, `on`
    that "map" or in the "vectors"."""
    from sklearn.metrics import silhouette_score

    space, plane = toy_map("noise", method, n, seed, **settings)
    return float(silhouette_score(plane.coords if on == "map" else space.vectors, groups_on(plane)))


def seen_again(toy_name: str, method: str, seed: int, n: int = 500, **settings: Any) -> float:
    """How well six groups that are looked for on a map of toy data agree with those on a map from another start: the
    adjusted Rand index, 0 as by chance, 1 the same."""
    from sklearn.metrics import adjusted_rand_score

    one, other = (groups_on(toy_map(toy_name, method, n, start, **settings)[1]) for start in (0, seed))
    return float(adjusted_rand_score(one, other))


def groups_on(plane: Projection, count: int = 6) -> Ints:
    """The groups, 0 to `count` - 1, that KMeans finds by the places of a map alone, (n,)."""
    from sklearn.cluster import KMeans

    return np.asarray(KMeans(count, n_init=5, random_state=0).fit(plane.coords).labels_)


def width_ratio(method: str, n: int = 500, seed: int = 0, **settings: Any) -> float:
    """How many times as wide the wide group of the toy "sizes" is drawn as the narrow one; truly 10 times."""
    space, plane = toy_map("sizes", method, n, seed, **settings)
    wide, narrow = (spread_of(plane.coords[space.dataset.metadata["group"] == group]) for group in "AB")
    return wide / narrow


def gap_ratio(method: str, n: int = 500, seed: int = 0, **settings: Any) -> float:
    """How many times as far it is drawn from B to C as from A to B in the toy "gaps"; truly 5 times."""
    space, plane = toy_map("gaps", method, n, seed, **settings)
    a, b, c = (plane.coords[space.dataset.metadata["group"] == group].mean(axis=0) for group in "ABC")
    return float(np.linalg.norm(c - b) / np.linalg.norm(b - a))


def spread_of(points: Floats) -> float:
    """The root mean square distance of points (m, d) from their center."""
    return float(np.sqrt(((points - points.mean(axis=0)) ** 2).sum(axis=1).mean()))


def toy_map(name: str, method: str, n: int = 500, seed: int = 0, **settings: Any) -> tuple[Space, Projection]:
    """Toy data as a space, and a map of it by Euclidean distance where the method can choose."""
    space = encode(toy(name, n=n), "ready")
    metric: dict[str, Any] = {} if method == "pca" else {"metric": "euclidean"}
    return space, project(space, method, seed=seed, **metric, **settings)


FACTS = {
    "variance": variance,
    "axes_for": axes_for,
    "recall": recall,
    "alike_on_map": alike_on_map,
    "clearness": clearness,
    "seen_again": seen_again,
    "width_ratio": width_ratio,
    "gap_ratio": gap_ratio,
}

"""Facts about the groups that KMeans and HDBSCAN find in a sample."""

from __future__ import annotations

import numpy as np

from ...clusterings import cluster
from ...groups.validity import agreement, validity
from ...space import Clustering
from .texts import space_of


def agree(sample_id: str, encoder: str, column: str, clusters: int) -> float:
    """The adjusted Rand index of KMeans groups with a column: 0 as by chance, 1 the same."""
    return agreement(space_of(sample_id, encoder).dataset, _kmeans(sample_id, encoder, clusters), column).ari


def again(sample_id: str, encoder: str, clusters: int, seed: int = 1) -> float:
    """The adjusted Rand index of KMeans groups with those that another seed gives."""
    from sklearn.metrics import adjusted_rand_score

    one, other = (_kmeans(sample_id, encoder, clusters, of).labels for of in (0, seed))
    return float(adjusted_rand_score(one, other))


def silhouette(sample_id: str, encoder: str, clusters: int) -> float:
    """The mean silhouette of KMeans groups, -1 to 1."""
    return float(validity(space_of(sample_id, encoder), _kmeans(sample_id, encoder, clusters)).silhouettes.mean)


def group_name(sample_id: str, encoder: str, clusters: int, column: str, value: str) -> str:
    """The name of the KMeans group that holds most items whose value in a column begins with `value`."""
    groups = _kmeans(sample_id, encoder, clusters)
    return groups.names[_home(groups, _has(sample_id, encoder, column, value))]


def group_size(sample_id: str, encoder: str, clusters: int, column: str, value: str) -> int:
    """How many items the group has that `group_name` names."""
    groups = _kmeans(sample_id, encoder, clusters)
    return int((groups.labels == _home(groups, _has(sample_id, encoder, column, value))).sum())


def group_has(sample_id: str, encoder: str, clusters: int, column: str, value: str, of: str) -> int:
    """How many items whose value begins with `of` the group has that `group_name` names for `value`."""
    groups = _kmeans(sample_id, encoder, clusters)
    home = _home(groups, _has(sample_id, encoder, column, value))
    return int((groups.labels[_has(sample_id, encoder, column, of)] == home).sum())


def density_groups(sample_id: str, encoder: str) -> int:
    """How many groups HDBSCAN finds."""
    return len(cluster(space_of(sample_id, encoder), "hdbscan").names)


def noise(sample_id: str, encoder: str) -> float:
    """The share of items that HDBSCAN leaves without a group."""
    return float((cluster(space_of(sample_id, encoder), "hdbscan").labels < 0).mean())


def _kmeans(sample_id: str, encoder: str, clusters: int, seed: int = 0) -> Clustering:
    return cluster(space_of(sample_id, encoder), "kmeans", seed=seed, clusters=clusters)


def _has(sample_id: str, encoder: str, column: str, value: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    values = space_of(sample_id, encoder).dataset.metadata[column].astype(str)
    return np.asarray(values.str.startswith(value), dtype=bool)


def _home(groups: Clustering, chosen: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> int:
    return int(np.bincount(groups.labels[chosen], minlength=len(groups.names)).argmax())


FACTS = {
    "agree": agree,
    "again": again,
    "silhouette": silhouette,
    "group_name": group_name,
    "group_size": group_size,
    "group_has": group_has,
    "density_groups": density_groups,
    "noise": noise,
}

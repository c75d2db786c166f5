"""Clusterings find groups in a Space, on the full vectors. One file a method; `cluster` runs them.

A method's file exports SPEC (a MethodSpec) and

    fit(space, seed, settings, progress) -> labels (n,) int, -1 for noise

It is called with at least 3 items that are not all the same; `cluster` answers smaller questions itself. One that
names its groups itself exports instead

    label(space, settings, store, progress) -> ZeroShot
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import MissingPackage, ModelUnavailable
from ..labels import name_groups, nearest_to_centers, numbered
from ..plugins import check_seed, find
from ..space import Clustering, Ints, Progress, Space
from ..store import Store, get_store, result_key
from ..zero_shot import ZeroShot

EXAMPLES = 5
SILHOUETTE_SAMPLE = 5_000


def cluster(
    space: Space,
    method: str = "kmeans",
    *,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> Clustering:
    """The groups of `space` by "kmeans", "hdbscan" or "names", named, measured, and kept in the store.

    Vectors are scaled to length 1 first, so that Euclidean distance ranks as cosine does. Groups are
    numbered from 0, largest first; -1 is noise. The silhouette (Rousseeuw 1987) is measured on those
    unit vectors, without noise, on a seeded sample of 5,000 items where there are more.
    Raises ParameterError for a setting that is unknown or out of range.
    """
    check_seed(seed)
    store = store or get_store()
    plugin = find("clusterings", method)
    settings = plugin.SPEC.settings(params)
    version = getattr(plugin, "VERSION", 1)
    key = result_key("clustering", space.fingerprint, method, version, seed, settings)
    known = store.get_result(key)
    if known is not None:
        values: dict[str, Any] = {**known[0], **known[1]}
        values |= {name: tuple(values[name]) for name in ("names", "sizes", "silhouettes")}
        return Clustering(key, method, settings, **values)
    if hasattr(plugin, "label"):
        return _labeled(space, method, settings, plugin.label(space, settings, store, progress), key, store)
    if len(space) < 3 or (space.vectors == space.vectors[0]).all():
        labels = np.zeros(len(space), dtype=np.int64)
    else:
        labels = by_size(np.asarray(plugin.fit(space, seed, settings, progress), dtype=np.int64))
    return _finish(space, method, settings, labels, key, store)


def by_size(labels: Ints) -> Ints:
    """The same groups numbered from 0, largest first (ties: the one that comes first in the data)."""
    groups, first, counts = np.unique(labels, return_index=True, return_counts=True)
    real = groups >= 0
    order = np.lexsort((first[real], -counts[real]))
    renamed = np.full(len(labels), -1, dtype=np.int64)
    for new, old in enumerate(groups[real][order]):
        renamed[labels == old] = new
    return renamed


def _finish(space: Space, method: str, settings: dict[str, Any], labels: Ints, key: str, store: Store) -> Clustering:
    figures = _figures(space, labels)
    groups = len(figures["sizes"])
    examples = nearest_to_centers(space, labels, groups, EXAMPLES)
    try:
        names = tuple(name_groups(space, labels, groups, store=store))
    except (MissingPackage, ModelUnavailable):
        names = tuple(numbered(groups))  # not kept: the model may be here next time
    else:
        store.put_result(key, {"labels": labels, "examples": examples}, {"names": names, **figures})
    return Clustering(key, method, settings, labels, names, examples=examples, **figures)


def _labeled(
    space: Space, method: str, settings: dict[str, Any], found: ZeroShot, key: str, store: Store
) -> Clustering:
    """Groups that came with their names; names that no item has are left out."""
    labels = by_size(found.labels)
    figures = _figures(space, labels)
    groups = len(figures["sizes"])
    names = tuple(found.names[int(found.labels[labels == group][0])] for group in range(groups))
    examples = nearest_to_centers(space, labels, groups, EXAMPLES)
    arrays: dict[str, Any] = {"labels": labels, "examples": examples, "confidence": found.confidence}
    note: dict[str, Any] = {"names": names, **figures, "measure": found.measure, "approximate": found.approximate}
    store.put_result(key, arrays, note)
    return Clustering(key, method, settings, **arrays, **note)


def _figures(space: Space, labels: Ints) -> dict[str, Any]:
    """Sizes and silhouettes, by their name in a Clustering."""
    groups = int(labels.max()) + 1 if len(labels) else 0
    sizes = tuple(int((labels == group).sum()) for group in range(groups))
    overall, each, sampled = silhouette(space, labels, groups)
    return {"sizes": sizes, "silhouette": overall, "silhouettes": each, "sampled": sampled}


def silhouette(space: Space, labels: Ints, groups: int) -> tuple[float, tuple[float, ...], int]:
    """Mean silhouette, one a group, and on how many items; NaN where it is not defined."""
    nothing = (float("nan"),) * groups
    members = np.flatnonzero(labels >= 0)
    if groups < 2 or len(members) <= groups:
        return float("nan"), nothing, 0
    if len(members) > SILHOUETTE_SAMPLE:
        members = np.sort(np.random.default_rng(0).choice(members, SILHOUETTE_SAMPLE, replace=False))
    from sklearn.metrics import silhouette_samples

    seen = labels[members]
    if len(np.unique(seen)) < 2:
        return float("nan"), nothing, 0
    values = silhouette_samples(space.unit[members], seen)
    each = tuple(float(values[seen == g].mean()) if (seen == g).any() else float("nan") for g in range(groups))
    return float(values.mean()), each, len(members)

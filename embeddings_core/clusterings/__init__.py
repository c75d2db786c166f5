"""Clusterings find groups in a Space. One file a method; `cluster` runs them.

A method's file exports SPEC (a MethodSpec) and

    fit(values, seed, settings, progress) -> Fit

where `values` (n, k) float32 are the points, compared by Euclidean distance. It is called with at least 3 that are not
all the same; smaller questions are answered for it. A method whose setting `clusters` is how many groups to make is
never called with 0, which leaves the number open; one that judges numbers itself exports too

    criterion(values, seed, settings, progress) -> float, lower is better

and one that groups only a sample of many items

    most(dimensions) -> int, items that are all looked at

One that names its groups itself exports, instead of fit,

    label(space, settings, store, progress) -> ZeroShot
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import MissingPackage, ModelUnavailable
from ..groups.silhouettes import silhouettes
from ..labels import name_groups, nearest_to_centers, numbered
from ..plugins import On
from ..points import Points
from ..space import Clustering, Ints, Metric, Progress, Projection, Space
from ..store import Store, get_store, result_key
from ..zero_shot import ZeroShot
from ._asked import Asked, Fit, ask, by_size, sizes_of
from ._count import Count, counted

EXAMPLES = 5


def cluster(
    space: Space,
    method: str = "kmeans",
    *,
    on: On | None = None,
    metric: Metric = "cosine",
    plane: Projection | None = None,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> Clustering:
    """The groups of `space` by one of `clusterings()`, named, measured, and kept in the store.

    They are looked for `on` the full "vectors", their first 50 principal axes ("pca50") or the "map" `plane` as it is
    drawn; None is what is usual for the method. By the `metric` "cosine" vectors are scaled to length 1 first, by
    "euclidean" they are taken as they are. Groups are numbered from 0, largest first; -1 is noise. `clusters=0` leaves
    the number of groups to `choose_count`. The silhouette (Rousseeuw 1987) is always measured on the full vectors,
    without noise, on a seeded sample of 10,000 items where there are more.
    Raises ParameterError for a setting that is unknown or out of range, InputError for the map of other items.
    """
    asked, store = ask(space, method, on, metric, plane, seed, params), store or get_store()
    known = store.get_result(asked.key)
    if known is not None:
        return revived(asked.key, method, asked.settings, known)
    if hasattr(asked.plugin, "label"):
        return _labeled(asked, asked.plugin.label(space, asked.settings, store, progress), store)
    return _named(asked, fitted(asked, store, progress), store)


def revived(
    key: str, method: str, settings: Mapping[str, Any], known: tuple[Mapping[str, Any], Mapping[str, Any]]
) -> Clustering:
    """The groups that were kept under `key` as arrays and a note."""
    values: dict[str, Any] = {**known[0], **known[1]}
    values.pop("made_from", None)
    values |= {name: tuple(values[name]) for name in ("names", "sizes", "silhouettes")}
    return Clustering(key, method, settings, **values)


def choose_count(
    space: Space,
    method: str = "kmeans",
    ks: Sequence[int] | None = None,
    *,
    on: On | None = None,
    metric: Metric = "cosine",
    plane: Projection | None = None,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> Count:
    """How many groups `method` should make, of the numbers `ks` (from 2 to 20 without any): that of the highest mean
    silhouette (Rousseeuw 1987), for the Gaussian mixture that of the lowest BIC (Schwarz 1978).

    Of more than 5,000 items a seeded sample is grouped and measured. All else is as in `cluster`. Raises
    ParameterError for a method that finds the number itself, and for numbers that it does not take.
    """
    asked = ask(space, method, on, metric, plane, seed, params)
    return counted(asked, ks, store or get_store(), progress)


def settled(asked: Asked, store: Store, progress: Progress | None) -> tuple[Asked, str]:
    """The same with the number of groups chosen where it was left open, and a sentence about that."""
    if not asked.automatic:
        return asked, ""
    curve = counted(asked, None, store, progress)
    return asked.count(curve.chosen), curve.told(len(asked.points.space))


def fitted(asked: Asked, store: Store, progress: Progress | None) -> Fit:
    """The groups by size, and all that is to be said about them."""
    asked, told = settled(asked, store, progress)
    found = asked.fit(progress)
    labels = by_size(np.asarray(found.labels, np.int64))
    fewer = int(labels.max(initial=-1)) + 1 < asked.settings.get("clusters", 0)
    too_few = f"Fewer than {asked.settings['clusters']} groups: too few items differ." if fewer else ""
    notes = (asked.points.note, told, found.note, too_few)
    return Fit(labels, found.approximate, " ".join(filter(None, notes)))


def figures(space: Space, labels: Ints, metric: Metric) -> tuple[dict[str, Any], dict[str, Any]]:
    """The arrays and the numbers that follow from labels numbered from 0, by their names in a Clustering."""
    groups = int(labels.max(initial=-1)) + 1
    values = Points(space, "vectors", metric).values
    found = silhouettes(values, labels, groups)
    arrays = {"labels": labels, "examples": nearest_to_centers(values, labels, groups, EXAMPLES)}
    measured = {"silhouette": found.mean, "silhouettes": found.each, "sampled": found.sampled}
    return arrays, {"sizes": sizes_of(labels, groups), "metric": metric, **measured}


def described(space: Space, before: Clustering, labels: Ints, names: Sequence[str], told: str) -> Clustering:
    """The groups that someone made of `before`: labels (n,) numbered from 0 without gaps, a name a group, and a
    sentence about how. All figures are measured anew; where items had a confidence, it is no longer known."""
    arrays, note = figures(space, labels, before.metric)
    key = result_key("described", 1, before.fingerprint, labels, list(names), told)
    note["note"] = " ".join(filter(None, (before.note, told if told not in before.note else "")))
    note |= {"on": before.on, "approximate": "" if before.measure else before.approximate}
    return Clustering(key, before.method, before.params, names=tuple(names), **arrays, **note)


def _named(asked: Asked, fit: Fit, store: Store) -> Clustering:
    points = asked.points
    arrays, note = figures(points.space, fit.labels, points.metric)
    note |= {"on": points.on, "note": fit.note, "approximate": fit.approximate}
    groups = len(note["sizes"])
    try:
        note["names"] = tuple(name_groups(points.space, fit.labels, groups, store=store))
    except (MissingPackage, ModelUnavailable):
        note["names"] = tuple(numbered(groups))  # not kept: the model may be here next time
    else:
        store.put_result(asked.key, arrays, {**note, "made_from": asked.made_from})
    return Clustering(asked.key, asked.spec.id, asked.settings, **arrays, **note)


def _labeled(asked: Asked, found: ZeroShot, store: Store) -> Clustering:
    """Groups that came with their names; names that no item has are left out."""
    labels = by_size(found.labels)
    arrays, note = figures(asked.points.space, labels, asked.points.metric)
    first = np.unique(labels, return_index=True)[1]
    arrays["confidence"] = found.confidence
    note |= {"names": tuple(found.names[int(found.labels[item])] for item in first)}
    note |= {"measure": found.measure, "approximate": found.approximate}
    store.put_result(asked.key, arrays, {**note, "made_from": asked.made_from})
    return Clustering(asked.key, asked.spec.id, asked.settings, **arrays, **note)

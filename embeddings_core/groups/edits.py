"""Groups edited by hand: renamed, merged, split, an item moved, each a new Clustering; and kept under a name.

Kept ones are the visitor's own work: home/groups/<dataset fingerprint>/<digest of the name>.npz, one file each with the
labels and a JSON note; never evicted. Undo and redo are `Steps`.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..clusterings import described, figures
from ..errors import InputError, MissingPackage, ModelUnavailable, StoreError
from ..fingerprints import content_key
from ..labels import different, name_groups
from ..own_files import checked_name, folder_of, path_of
from ..plugins import ANYWHERE
from ..points import METRICS, Points
from ..space import Clustering, Ints, Space
from ..steps import Steps
from ..store import Store, result_key
from ..store.files import load_arrays, save_arrays
from ..threads import alone
from .validity import checked

EDITED = "Edited by hand."
STEPS = 20
"""Edits that can be undone."""
MOST = 100
"""Groupings that are kept of one dataset."""
_LONG = 1_000  # characters of the longest name of a group that is read


@dataclass(frozen=True)
class KeptGroups:
    """Groups of a space that are kept under a name; `created` in seconds since 1970."""

    name: str
    created: float
    space: str
    groups: int
    path: Path


def edits(groups: Clustering) -> Steps[Clustering]:
    """What is edited, from `groups` on, with up to 20 steps to undo."""
    return Steps(groups, STEPS)


# -- edits: groups keep their numbers, so that colors stay; a group that ends makes those after it move up ----------


def rename(groups: Clustering, group: int, name: str) -> Clustering:
    """Give a group another name. Raises InputError for a name that cannot be used or that another group has."""
    _known(groups, [group])
    name = checked_name(name)
    if name in groups.names[:group] + groups.names[group + 1 :]:
        raise InputError(f"Another group is named {name!r}.", "Choose another name, or merge the two.")
    names = (*groups.names[:group], name, *groups.names[group + 1 :])
    key = result_key("renamed", groups.fingerprint, list(names))
    note = groups.note if EDITED in groups.note else " ".join(filter(None, (groups.note, EDITED)))
    return replace(groups, fingerprint=key, names=names, note=note)


def merge(space: Space, groups: Clustering, which: Sequence[int]) -> Clustering:
    """Make one group of two or more; it has the number of the first of them and the name of the largest. Raises
    InputError for fewer than 2 different groups."""
    checked(space, groups)
    _known(groups, which)
    chosen = sorted(set(which))
    if len(chosen) < 2:
        raise InputError("There is one group to merge.", "Choose at least two.")
    names = list(groups.names)
    names[chosen[0]] = names[max(chosen, key=lambda group: groups.sizes[group])]
    labels = groups.labels.copy()
    labels[np.isin(labels, chosen)] = chosen[0]
    return _made(space, groups, labels, names)


def split(space: Space, groups: Clustering, group: int, *, seed: int = 0, store: Store | None = None) -> Clustering:
    """Cut a group in two, by 2-means of its items in the full vectors (10 starts): the larger part keeps the number,
    the other comes last. Both get new names. Raises InputError for a group whose items are all the same."""
    checked(space, groups)
    _known(groups, [group])
    from sklearn.cluster import KMeans

    members = np.flatnonzero(groups.labels == group)
    values = Points(space, "vectors", groups.metric).values[members].astype(np.float64)
    if (values == values[0]).all():
        raise InputError(f"The items of {groups.names[group]!r} are all the same.", "Such a group cannot be split.")
    with alone:
        parts = KMeans(2, n_init=10, random_state=seed).fit_predict(values)
    smaller = int(np.bincount(parts)[1] <= np.bincount(parts)[0])
    labels, count = groups.labels.copy(), len(groups.names)
    labels[members[parts == smaller]] = count
    names = [*groups.names, groups.names[group]]
    with suppress(MissingPackage, ModelUnavailable):
        found = name_groups(space, labels, count + 1, store=store)
        names[group], names[count] = found[group], found[count]
    return _made(space, groups, labels, different(names))


def move(space: Space, groups: Clustering, items: npt.ArrayLike, to: int) -> Clustering:
    """Put items (k,) into a group, or by -1 into none. A group that has no item left ends. Raises InputError for items
    or a group that there are not."""
    checked(space, groups)
    if to != -1:
        _known(groups, [to])
    moved = np.atleast_1d(np.asarray(items))
    if not len(moved) or moved.dtype.kind not in "iu" or moved.min() < 0 or moved.max() >= len(space):
        raise InputError("These are not items of the space.", f"Items are numbered 0 to {len(space) - 1}.")
    labels = groups.labels.copy()
    labels[moved] = to
    return _made(space, groups, labels, groups.names)


def _made(space: Space, before: Clustering, labels: Ints, names: Sequence[str]) -> Clustering:
    """Labels without gaps, in the same order."""
    left, places = np.unique(labels[labels >= 0], return_inverse=True)
    dense = np.full(len(labels), -1, dtype=np.int64)
    dense[labels >= 0] = places.ravel()
    return described(space, before, dense, tuple(names[group] for group in left), EDITED)


def _known(groups: Clustering, which: Sequence[int]) -> None:
    count = len(groups.names)
    for group in which:
        if not 0 <= group < count:
            raise InputError(f"There is no group {group}.", f"Groups are numbered 0 to {count - 1}.")


# -- kept under a name ---------------------------------------------------------------------------------------------


def keep(store: Store, space: Space, name: str, groups: Clustering) -> None:
    """Keep groups under a name; those that have that name are replaced. Raises InputError for a name that cannot be
    used, for groups of other items and where 100 are kept already, StoreError where the file cannot be written."""
    checked(space, groups)
    name, dataset = checked_name(name), space.dataset.fingerprint
    if sum(one.name != name for one in kept(store, dataset)) >= MOST:
        raise InputError(f"{MOST} groupings of this dataset are kept already.", "Forget one of them first.")
    note = {"name": name, "created": time.time(), "space": space.fingerprint, "names": groups.names}
    note |= {"method": groups.method, "params": dict(groups.params), "on": groups.on, "metric": groups.metric}
    note |= {"note": groups.note, "approximate": groups.approximate}
    try:
        labels = groups.labels.astype(np.int32)
        save_arrays(path_of(store.home, "groups", dataset, name), {"labels": labels}, note, durable=True)
    except OSError as error:
        raise StoreError(f"The groups {name!r} cannot be kept: {error}.", "Look whether the disk is full.") from error


def kept(store: Store, dataset_fingerprint: str) -> tuple[KeptGroups, ...]:
    """What is kept of a dataset, oldest first; damaged files are left out. Raises InputError for no fingerprint."""
    found = []
    for path in folder_of(store.home, "groups", dataset_fingerprint).glob("*.npz"):
        with suppress(Exception):  # a damaged file makes numpy raise almost anything
            _, note = _read(path)
            found.append(KeptGroups(note["name"], note["created"], note["space"], len(note["names"]), path))
    return tuple(sorted(found, key=lambda one: (one.created, one.name)))


def reopen(store: Store, space: Space, name: str) -> Clustering:
    """The groups that are kept under a name, all figures measured anew in `space`. Raises InputError where there are
    none, or only damaged ones, or of other items."""
    path = path_of(store.home, "groups", space.dataset.fingerprint, checked_name(name))
    try:
        labels, note = _read(path)
    except Exception as error:
        raise InputError(f"No groups are kept as {name!r}.", "Someone may have forgotten them.") from error
    if len(labels) != len(space):
        raise InputError(f"Groups of {len(labels)} items for {len(space)}.", "Give groups of these items.")
    names = tuple(note["names"])
    arrays, measured = figures(space, labels, note["metric"])
    kept = {name: note[name] for name in ("on", "note", "approximate")}
    key = result_key("kept", space.fingerprint, labels, note["metric"], list(names))
    return Clustering(key, note["method"], note["params"], names=names, **arrays, **measured, **kept)


def forget(store: Store, dataset_fingerprint: str, name: str) -> None:
    """Delete what is kept under a name; nothing when there is none. Raises InputError for a name none can have."""
    path_of(store.home, "groups", dataset_fingerprint, checked_name(name)).unlink(missing_ok=True)


def _read(path: Path) -> tuple[Ints, dict[str, Any]]:
    """Labels (n,) and the note of a file, checked. Raises almost anything where it is damaged."""
    arrays, note = load_arrays(path)
    labels, names = arrays["labels"], note["names"]
    texts = [*names, *(note[name] for name in ("name", "space", "method", "on", "metric", "note", "approximate"))]
    whole = all(isinstance(text, str) and len(text) <= _LONG for text in texts) and isinstance(note["params"], dict)
    known = note["on"] in ANYWHERE and note["metric"] in METRICS and len(set(names)) == len(names)
    if not (whole and known and content_key(note["name"]).hex() == path.stem and math.isfinite(note["created"])):
        raise ValueError("not what was written")
    if labels.ndim != 1 or labels.dtype.kind not in "iu" or set(np.unique(labels)) - {-1} != set(range(len(names))):
        raise ValueError("no labels of these groups")
    return labels.astype(np.int64), note

"""Names on the map: the groups, and as one zooms in the words of ever smaller regions."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .labels import Words, distinctive, numbered, words_in
from .space import Floats, Ints, Progress, Projection, Space
from .store import Store, get_store, result_key

VERSION = 2
SAMPLE = 100_000
"""Items that regions are made of at most: a seeded sample, where there are more."""
REGIONS = ((60, 60), (15, 400))
"""For levels 1 and 2: items a region, and the most regions."""
FEWEST = 60
"""There are no regions among fewer items."""
SMALLEST = 4
"""A region of fewer items gets no name."""
WORDS = 2
_LARGE = 20_000  # points beyond which k-means reads them in batches
_MOST_CELLS = 16  # along each axis, when the densest spot is looked for
_STEPS = 4


@dataclass(frozen=True, eq=False)
class Landmarks:
    """m names with `places` (m, dims) on the map, `sizes` (m,) in items and `levels` (m,), 0 = top.

    They are sorted by level, then by size, largest first. Each place is that of an item of the group or region.
    """

    names: tuple[str, ...]
    places: Floats
    sizes: Ints
    levels: Ints


@dataclass(frozen=True)
class _Mark:
    name: str
    item: int
    size: int
    level: int


def landmarks(
    space: Space,
    plane: Projection,
    labels: npt.ArrayLike | None,
    names: Sequence[str] = (),
    *,
    regions: bool = True,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Landmarks:
    """Names for the map `plane` of `space`, computed once and then read from the store.

    Level 0 are the groups of `labels` (n,), -1 for none, with their `names` ("Group 1", ... without any).
    Levels 1 and 2 (not without `regions`) are regions of the map, named by their two most distinctive words,
    where texts are known (see labels.texts_of); without groups they start at level 0. Of more than 100,000
    items a sample makes the regions, and their sizes are estimates. Raises InputError where shapes do not fit.
    """
    groups = _checked(space, plane, labels, names)
    names = list(names) or numbered(int(groups.max()) + 1)
    store = store or get_store()
    key = result_key("landmarks", VERSION, space.fingerprint, plane.coords, groups, names, regions)
    known = store.get_result(key)
    if known is not None:
        arrays, note = known
        return Landmarks(tuple(note["names"]), arrays["places"], arrays["sizes"], arrays["levels"])
    found = _arrange(_marks(space, plane.coords, groups, names, regions, progress), plane.coords)
    arrays = {"places": found.places, "sizes": found.sizes, "levels": found.levels}
    store.put_result(key, arrays, {"names": found.names})
    return found


def _checked(space: Space, plane: Projection, labels: npt.ArrayLike | None, names: Sequence[str]) -> Ints:
    """The labels (n,), -1 everywhere where there are none."""
    n = len(space)
    groups = np.full(n, -1) if labels is None else np.asarray(labels, dtype=np.int64)
    if len(plane.coords) != n or groups.shape != (n,):
        raise InputError(
            f"{n} items, but a map of {len(plane.coords)} points and labels of shape {groups.shape}.",
            "Give the map and the groups of these very items.",
        )
    if len(names) and groups.max() >= len(names):
        raise InputError(f"{groups.max() + 1} groups but {len(names)} names.", "Give one name a group.")
    return groups


def _arrange(marks: list[_Mark], coords: Floats) -> Landmarks:
    """Sorted, with the top level 0."""
    marks = sorted(marks, key=lambda mark: (mark.level, -mark.size))
    levels = np.array([mark.level for mark in marks], dtype=np.int64)
    sizes = np.array([mark.size for mark in marks], dtype=np.int64)
    places = coords[np.array([mark.item for mark in marks], dtype=np.int64)]
    return Landmarks(tuple(mark.name for mark in marks), places, sizes, levels - levels.min(initial=2))


def _marks(
    space: Space, coords: Floats, groups: Ints, names: Sequence[str], regions: bool, progress: Progress | None
) -> list[_Mark]:
    def tell(step: int) -> None:
        if progress:
            progress(step, _STEPS)

    tell(0)
    marks = [_Mark(names[g], _densest(coords, members), len(members), 0) for g, members in _members(groups)]
    tell(1)
    if not regions or len(space) < FEWEST:
        return marks
    words = words_in(space.dataset, progress=lambda done, total: tell(1))
    if words is None:
        return marks
    chosen = _sample(len(words.items))
    for level, (each, most) in enumerate(REGIONS, start=1):
        tell(level + 1)
        count = min(most, max(8, len(chosen) // each))
        marks += _regions(coords, words, chosen, count, level, marks)
    tell(_STEPS)
    return marks


def _sample(n: int) -> Ints:
    if n <= SAMPLE:
        return np.arange(n)
    return np.sort(np.random.default_rng(0).choice(n, SAMPLE, replace=False))


def _members(groups: Ints) -> list[tuple[int, Ints]]:
    """Each group that has members, and their indices."""
    order = np.argsort(groups, kind="stable")
    found, starts = np.unique(groups[order], return_index=True)
    parts = np.split(order, starts[1:])
    return [(int(group), part) for group, part in zip(found, parts, strict=True) if group >= 0]


def _regions(coords: Floats, words: Words, chosen: Ints, count: int, level: int, above: list[_Mark]) -> list[_Mark]:
    """The named regions of one level; `chosen` are places in `words.items`."""
    items = words.items[chosen]
    labels = _split(coords[items], count)
    found = np.full(len(words.items), -1, dtype=np.int64)
    found[chosen] = labels
    ranked = distinctive(words, found, count, coords)
    taken = {_signature(mark.name) for mark in above}
    marks, share = [], len(coords) / len(items)
    for region, members in _members(labels):
        name = ", ".join(ranked[region][:WORDS])
        if name and len(members) >= SMALLEST and _signature(name) not in taken:
            marks.append(_Mark(name, _densest(coords, items[members]), round(len(members) * share), level))
    return marks


def _signature(name: str) -> frozenset[str]:
    """ "pie, apple" says what "apple, pie" says."""
    return frozenset(name.casefold().split(", "))


def _split(points: Floats, count: int) -> Ints:
    """Labels (n,) of at most `count` regions, by k-means."""
    from sklearn.cluster import KMeans, MiniBatchKMeans

    count = min(count, len(np.unique(points, axis=0)))
    if len(points) > _LARGE:
        model = MiniBatchKMeans(count, random_state=0, n_init=1, batch_size=4096)
    else:
        model = KMeans(count, random_state=0, n_init=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # points that are nearly twins make fewer regions, which is fine
        return np.asarray(model.fit_predict(points), dtype=np.int64)


def _densest(coords: Floats, members: Ints) -> int:
    """The member at the densest spot of a group: its mean may lie where nothing is.

    Cells between the 5 and 95 percent quantiles (a far outlier must not blur them) are counted together with
    their neighbors, and the member nearest to the mean of the fullest cell is taken.
    """
    points = coords[members].astype(np.float64)
    low, high = np.quantile(points, [0.05, 0.95], axis=0)
    dims = points.shape[1]
    cells = min(_MOST_CELLS, max(1, round(len(points) ** (1 / (dims + 1)))))
    width = np.where(high > low, high - low, np.inf)
    place = np.floor((points - low) / width * cells).astype(np.int64)
    place = np.where(points == high, cells - 1, place)  # the upper edge belongs to the last cell
    within = np.flatnonzero(((place >= 0) & (place < cells)).all(axis=1))
    if not len(within):
        within, place = np.arange(len(points)), np.zeros_like(place)
    cell = np.ravel_multi_index(tuple(place[within].T), (cells,) * dims)
    counts = _smooth(np.bincount(cell, minlength=cells**dims).reshape((cells,) * dims)).ravel()
    # only cells that hold a member
    held = np.unique(cell)
    fullest = within[cell == held[np.argmax(counts[held])]]
    center = points[fullest].mean(axis=0)
    return int(members[fullest[np.argmin(((points[fullest] - center) ** 2).sum(axis=1))]])


def _smooth(counts: Ints) -> Ints:
    """Each cell with half of its neighbors along every axis (and a quarter across the corner)."""
    for axis in range(counts.ndim):
        padded = np.pad(counts, [(1, 1) if a == axis else (0, 0) for a in range(counts.ndim)])
        before, after = (np.delete(padded, cut, axis=axis) for cut in ([-1, -2], [0, 1]))
        counts = 2 * counts + before + after
    return counts

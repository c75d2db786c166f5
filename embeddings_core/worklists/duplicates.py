"""Items that are there twice, or nearly: groups by cosine similarity, at any threshold from one look at all pairs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import ParameterError
from ..space import Floats, Ints, Progress, Space
from ..store import Store, get_store, result_key
from .pairs import MOST, ROUNDING, close_pairs, share_above

LEVELS = (0.80, 0.85, 0.90, 0.95, 0.97, 0.99)
"""Thresholds of the preview; all pairs above the lowest are looked for, unless there are too many of them."""
_VERSION = 1


@dataclass(frozen=True)
class Kept:
    """What a threshold makes of n items: `groups` of duplicates with `items` in them, and how many items are `kept`
    when one of each group stays."""

    threshold: float
    groups: int
    items: int
    kept: int


@dataclass(frozen=True, eq=False)
class Duplicates:
    """All pairs of n items with a cosine of at least `floor`: `pairs` (m, 2) int, `cosines` (m,) float32, the
    highest first.

    Of equal vectors only the first is compared, the others are paired with it. `first` (n,) int64 is the first item
    with the same content, which is the item itself where nothing equals it. Where `whole` is False there were too
    many pairs, and only those are here that join the groups.
    """

    floor: float
    pairs: Ints
    cosines: Floats
    first: Ints
    whole: bool = True

    def groups(self, threshold: float = 0.95) -> list[Ints]:
        """Groups of items, the largest first (ties: the one that comes first in the data).

        Items are joined by a cosine of at least `threshold`, or by equal content. Joining chains: two items of a
        group may be less alike than the threshold, when others lie between them. Raises ParameterError for a
        threshold below `floor`.
        """
        labels = self._labels(threshold)
        order = np.argsort(labels, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)
        return sorted((part for part in parts if len(part) > 1), key=lambda part: (-len(part), int(part[0])))

    def exact(self, group: Ints) -> bool:
        """Whether all items of a group have the same content."""
        return len(np.unique(self.first[group])) == 1

    def preview(self, thresholds: tuple[float, ...] = LEVELS) -> tuple[Kept, ...]:
        """What each threshold from `floor` on would keep; nothing is computed again."""
        found = []
        for threshold in thresholds:
            if threshold >= self.floor:
                sizes = np.bincount(self._labels(threshold))
                several = sizes[sizes > 1]
                found.append(Kept(threshold, len(several), int(several.sum()), len(sizes)))
        return tuple(found)

    def _labels(self, threshold: float) -> Ints:
        """The number of each item's group, (n,), all numbers used."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        _check(threshold)
        if threshold < self.floor:
            raise ParameterError(
                f"Pairs below {self.floor:g} were not looked for, so {threshold:g} cannot be answered.",
                f"Choose a threshold from {self.floor:g} to 1, or look for duplicates anew with this one.",
            )
        near = self.pairs[self.cosines >= np.float32(threshold - ROUNDING)]
        n = len(self.first)
        rows, columns = np.concatenate([near[:, 0], np.arange(n)]), np.concatenate([near[:, 1], self.first])
        joined = coo_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), shape=(n, n))
        return np.asarray(connected_components(joined, directed=False)[1], dtype=np.int64)


def duplicates(
    space: Space, threshold: float = 0.95, progress: Progress | None = None, *, store: Store | None = None
) -> list[Ints]:
    """Groups of near-duplicates, as arrays of item numbers (k,), k > 1, the largest first.

    Items are joined by a cosine of at least `threshold`, or by equal content; joining chains. `find_duplicates` has
    the pairs, tells exact ones apart, and previews other thresholds. Raises ParameterError for a threshold outside
    (0, 1].
    """
    return find_duplicates(space, threshold, progress, store=store).groups(threshold)


def find_duplicates(
    space: Space, threshold: float = 0.95, progress: Progress | None = None, *, store: Store | None = None
) -> Duplicates:
    """All pairs of `space` down to the lowest of LEVELS that is not crowded, and down to `threshold` in any case.

    Exact, looked for once and then read from the store. 100,000 x 384 take 13 to 22 s of a processor. A vector of
    zeros is near nothing. `progress` counts items. Raises ParameterError for a threshold outside (0, 1].
    """
    _check(threshold)
    store = store or get_store()
    first = _firsts(space.dataset.keys)
    vectors, copies, originals = _distinct(space.vectors, space.norms)
    unit = space.unit[vectors]
    floor = min(_uncrowded(unit), threshold)
    key = result_key("duplicates", _VERSION, space.fingerprint, floor)
    known = store.get_result(key)
    if known is None:
        found = close_pairs(unit, floor, progress)
        pairs = np.concatenate([np.stack([originals, copies], axis=1), vectors[found.pairs]])
        cosines = np.concatenate([np.ones(len(copies), dtype=np.float32), found.cosines])
        known = {"pairs": pairs, "cosines": cosines}, {"whole": found.whole}
        store.put_result(key, *known)
    arrays, note = known
    return Duplicates(floor, arrays["pairs"], arrays["cosines"], first, note["whole"])


def _check(threshold: float) -> None:
    if not 0 < threshold <= 1:
        raise ParameterError(f"The threshold is {threshold:g}.", "Choose a cosine above 0, up to 1, such as 0.95.")


def _uncrowded(unit: Floats) -> float:
    """The lowest level at which there seem to be few enough pairs to keep, or the highest."""
    n = len(unit)
    if n < 2:
        return LEVELS[0]
    shares = share_above(unit, LEVELS)
    fit = (level for level, share in zip(LEVELS, shares, strict=True) if share * n * (n - 1) / 2 <= MOST)
    return next(fit, LEVELS[-1])


def _firsts(keys: tuple[bytes, ...]) -> Ints:
    """For each key (n,) the place of the first equal one."""
    seen: dict[bytes, int] = {}
    return np.array([seen.setdefault(key, place) for place, key in enumerate(keys)], dtype=np.int64)


def _distinct(vectors: Floats, norms: Floats) -> tuple[Ints, Ints, Ints]:
    """The items (m,) whose vector comes first, without zeros; those whose vector was there before, and where."""
    there = np.flatnonzero(norms > 0)
    rows = np.ascontiguousarray(vectors[there]) + 0  # -0 becomes 0
    whole = rows.view(np.dtype((np.void, rows.itemsize * rows.shape[1]))).ravel()
    _, places, back = np.unique(whole, return_index=True, return_inverse=True)
    original = there[places[back.ravel()]]
    again = original != there
    return there[~again], there[again], original[again]

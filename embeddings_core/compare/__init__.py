"""Two spaces of the same items, or two maps of them: who keeps which neighbors, and how alike they are as a whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError, ParameterError
from ..graph import neighbor_graph
from ..neighbors import all_neighbors
from ..procrustes import align
from ..progress import phase
from ..space import Floats, Ints, Progress, Projection, Space
from ..store import Store, get_store, result_key
from .common import common_items
from .representations import cka, pair_distances, pairs_of, rank_correlation, rank_interval

MOST = 20_000
"""Items whose neighbors are all looked for; of more it is those of a seeded sample."""
SAMPLE = 5_000
_BLOCK = 4096
_VERSION = 1

Doubles = npt.NDArray[np.float64]
Interval = tuple[float, float]
Seen = Space | Projection
"""What can be compared: vectors, by cosine, or places on a map, by Euclidean distance."""


@dataclass(frozen=True, eq=False)
class Changes:
    """The neighbors of an item that `stayed`, that `left` and that `came` from the first to the second, the nearest
    first: rows of the first, as `item` is."""

    item: int
    stayed: Ints
    left: Ints
    came: Ints


@dataclass(frozen=True, eq=False)
class Comparison:
    """How two views of the same items differ.

    `items` (m,) are the rows of the common items in the first, `others` (m,) those in the second; `left_out` are how
    many are in the first only, in the second only. Neighbors are the `k` nearest among the common items.

    `point_overlap` (m,) is the share of each item's neighbors that both have, 0 to 1, NaN where it was not measured;
    `overlap` its mean over the `measured` (q,), which are places in `items`, `interval` the 95% interval that the
    sample leaves, with both ends at the mean where all were measured. `near` are the neighbors, (q, k) of each view, as
    places in `items`, the nearest first. `shift` (q,) is how much farther the neighbors of one view are in the other
    than those that it has there itself, in typical distances, both ways added: 0 where nothing changed.

    `cka` is linear CKA (Kornblith et al. 2019), 0 to 1; `cka_debiased` without what few items in many dimensions share
    by chance, which is the one to read where there are fewer items than about ten times the dimensions. `rsa` is
    Spearman's rank correlation of the distances of `pairs` pairs of items (representational similarity analysis,
    Kriegeskorte et al. 2008, doi:10.3389/neuro.06.004.2008), with its interval. They are NaN where they are not
    defined. `disparity` is that of `align` for two maps of as many dimensions, otherwise NaN.
    """

    k: int
    items: Ints
    others: Ints
    left_out: tuple[int, int]
    measured: Ints
    near: tuple[Ints, Ints]
    shared: Ints
    shift: Floats
    interval: Interval
    cka: float
    cka_debiased: float
    rsa: float
    rsa_interval: Interval
    pairs: int
    disparity: float

    @property
    def sampled(self) -> bool:
        """Whether neighbors were looked for of a sample of the items only."""
        return len(self.measured) < len(self.items)

    @property
    def overlap(self) -> float:
        """The mean overlap, 0 to 1."""
        return float(self.shared.mean()) / self.k

    @cached_property
    def point_overlap(self) -> Floats:
        """(m,) float32, NaN where it was not measured."""
        found = np.full(len(self.items), np.nan, dtype=np.float32)
        found[self.measured] = self.shared / self.k
        return found

    @property
    def jaccard(self) -> float:
        """The mean Jaccard similarity of the two neighborhoods, 0 to 1."""
        return float((self.shared / (2 * self.k - self.shared)).mean())

    @property
    def chance(self) -> float:
        """The overlap of two views that have nothing to do with each other."""
        return self.k / (len(self.items) - 1)

    @cached_property
    def movers(self) -> Ints:
        """The measured items (q,), as rows of the first: the least overlap first, then the largest shift."""
        return self.items[self.measured[np.lexsort((-self.shift, self.shared))]]

    def changes(self, item: int) -> Changes:
        """Who left the neighborhood of `item`, a row of the first, and who came. Raises InputError for an item that is
        not in both, or whose neighbors were not looked for."""
        found = np.flatnonzero(self.items[self.measured] == item)
        if not len(found):
            raise InputError(
                f"The neighbors of item {item} were not compared.", "Choose one that is in both, and in the sample."
            )
        before, after = (near[found[0]] for near in self.near)
        stays, came = np.isin(before, after), ~np.isin(after, before)
        return Changes(item, self.items[before[stays]], self.items[before[~stays]], self.items[after[came]])


def compare(
    first: Seen,
    second: Seen,
    k: int = 10,
    *,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """How the neighborhoods and the distances of two spaces differ, or of two maps, or of a map and its space.

    Of two spaces those items are compared that are in both; maps have to be of as many items as what they are compared
    with. Neighborhoods are exact. Of more than 20,000 items those of 5,000 are looked for, among all. `progress` counts
    parts of the whole; what was computed once is read from the store.
    Raises InputError where no item is common, or all vectors have the same direction; ParameterError for a `k` that is
    not 1 to the number of the other common items.
    """
    rows = _common(first, second)
    m = len(rows[0])
    if m < 2:
        raise InputError("One item alone has no neighbors to compare.", "Bring at least two items.")
    if not 1 <= k < m:
        raise ParameterError(f"k is {k}, but each item has {m - 1:,} others.", f"Choose k from 1 to {m - 1:,}.")
    store = store or get_store()
    key = result_key("comparison", _VERSION, first.fingerprint, second.fingerprint, k, seed)
    known = store.get_result(key)
    arrays, note = known or _compared((first, second), rows, k, seed, store, progress)
    if known is None:
        store.put_result(key, arrays, note)
    asked, one, other, shared = (arrays[name].astype(np.int64) for name in ("measured", "first", "second", "shared"))
    left_out = len(_raw(first)) - m, len(_raw(second)) - m
    intervals = {name: tuple(note[name]) for name in ("interval", "rsa_interval")}
    return Comparison(
        k, *rows, left_out, asked, (one, other), shared, arrays["shift"], **{**note, **intervals}
    )  # fmt: skip


def _common(first: Seen, second: Seen) -> tuple[Ints, Ints]:
    if isinstance(first, Space) and isinstance(second, Space):
        one, other = common_items([first.dataset, second.dataset])
        return one, other
    counts = len(_raw(first)), len(_raw(second))
    if counts[0] != counts[1]:
        raise InputError(f"A map of other items: {counts[0]:,} and {counts[1]:,}.", "Give maps of the same data.")
    return np.arange(counts[0]), np.arange(counts[0])


def _compared(
    views: tuple[Seen, Seen], rows: tuple[Ints, Ints], k: int, seed: int, store: Store, progress: Progress | None
) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """The arrays and the numbers of a Comparison that its key does not tell."""
    points = [_points(view)[row] for view, row in zip(views, rows, strict=True)]
    for view, places in zip(views, points, strict=True):
        if _one_place(places):
            what = f"vectors of {view.encoder} have the same direction" if isinstance(view, Space) else "places are one"
            raise InputError(
                f"All {what}: nothing is near, and nothing far.", "Choose another encoder, or another map."
            )
    m = len(points[0])
    measured = np.arange(m)
    if m > MOST:
        measured = np.sort(np.random.default_rng(seed).choice(m, SAMPLE, replace=False))
    near = [
        _near(view, row, places, measured, k, store, phase(progress, start, start + 0.4))
        for view, row, places, start in zip(views, rows, points, (0.0, 0.4), strict=True)
    ]
    shared = np.array([len(np.intersect1d(a, b, assume_unique=True)) for a, b in zip(*near, strict=True)])
    raw = [_raw(view)[row] for view, row in zip(views, rows, strict=True)]
    alike = cka(raw[0], raw[1], phase(progress, 0.8, 0.9))
    pairs = pairs_of(m, seed)
    apart = [pair_distances(places, pairs) for places in points]
    phase(progress, 0.9, 1)(1, 2)
    correlation = rank_correlation(*apart)
    every = len(pairs[0]) == m * (m - 1) // 2
    note = {
        "interval": _interval(shared / k, m),
        "cka": alike.value,
        "cka_debiased": alike.debiased,
        "rsa": correlation,
        "rsa_interval": (correlation, correlation) if every else rank_interval(*apart),
        "pairs": len(pairs[0]),
        "disparity": _disparity(views),
    }
    shift = np.sum([
        _farther(places, measured, own, those, float(np.median(far)))
        for places, own, those, far in zip(points, near, near[::-1], apart, strict=True)
    ], axis=0)  # fmt: skip
    arrays = {"measured": measured, "first": near[0], "second": near[1], "shared": shared}
    return {**{name: a.astype(np.int32) for name, a in arrays.items()}, "shift": shift}, note


def _near(view: Seen, rows: Ints, points: Floats, measured: Ints, k: int, store: Store, progress: Progress) -> Ints:
    """The `k` nearest others (q, k) of the points `measured` (q,)."""
    if isinstance(view, Space) and len(measured) == len(view) and (rows == measured).all():
        return neighbor_graph(view, k, store=store, progress=progress).indices
    return all_neighbors(points, k + 1, progress, measured)[0][:, 1:]


def _farther(points: Floats, items: Ints, own: Ints, those: Ints, typical: float) -> Floats:
    """How much farther the neighbors `those` (q, k) of `items` (q,) are on average than their `own` (q, k)."""
    found = []
    for at in range(0, len(items), _BLOCK):
        part = slice(at, at + _BLOCK)
        here = points[items[part], None]
        far, near = (np.linalg.norm(points[which[part]] - here, axis=2).mean(axis=1) for which in (those, own))
        found.append(np.maximum(far - near, 0))
    return np.asarray(np.concatenate(found) / (typical or 1.0), dtype=np.float32)


def _interval(values: Doubles, m: int) -> Interval:
    """The 95% interval of the mean of a sample (q,) of `m` values."""
    q, mean = len(values), float(values.mean())
    half = 1.96 * float(values.std()) * math.sqrt((1 - q / m) / q)
    return max(mean - half, 0.0), min(mean + half, 1.0)


def _disparity(views: tuple[Seen, Seen]) -> float:
    first, second = views
    maps = isinstance(first, Projection) and isinstance(second, Projection)
    same = _raw(first).shape == _raw(second).shape
    return align(_raw(first), _raw(second))[1] if maps and same else math.nan


def _raw(view: Seen) -> Floats:
    return view.vectors if isinstance(view, Space) else view.coords


def _points(view: Seen) -> Floats:
    """Where Euclidean distance ranks items as they are compared: unit vectors, or places on the map."""
    return view.unit if isinstance(view, Space) else view.coords


def _one_place(points: Floats) -> bool:
    """Whether nothing but rounding tells the points apart."""
    return float(np.ptp(points, axis=0).max()) <= 4 * float(np.finfo(np.float32).eps * np.abs(points).max())

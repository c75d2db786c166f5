"""The index behind a large map: fair samples of a part of it, how dense it is, and what lies in a loop.

Points are sorted by the cell of a regular grid. Every point has a fixed place in the order in which points are
drawn when there is room for more of them; a sample of any part of the map are the first ones that lie there, so
that what is drawn of a large part is also drawn of every part of that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .space import Floats

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in map coordinates, both ends inside."""
Items = npt.NDArray[np.int32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

EACH = 8
"""Points a cell, on average."""
SIDE = {2: 1024, 3: 64}
"""Cells along one side, at most."""
FINEST = 4096
"""Cells along one side of a density picture, at most."""
_FARTHEST = 1e100  # corners whose products still are numbers
_CHUNK = 1 << 17  # points that are worked on at once: they fit into the processor's cache
_MANY = 8  # from this part (an 8th) of all points on, reading all in order is faster than picking them


@dataclass(frozen=True, eq=False)
class View:
    """What is drawn of a part of a map: `items` (m,) in an order that favors none, of `total` that lie there."""

    items: Items
    total: int


class Grid:
    """An index over `coords` (n, 2 or 3), finite; float32 is held by reference, with 12 bytes a point beside it.

    Grids of equal coordinates and seeds are equal. Raises InputError for coordinates of no map.
    """

    def __init__(self, coords: Floats, seed: int = 0) -> None:
        self.coords = _checked_coords(coords)
        n, self.dims = self.coords.shape
        self.side = int(np.clip(round((n / EACH) ** (1 / self.dims)), 1, SIDE[self.dims]))
        self._low = self.coords.min(axis=0).astype(np.float64)
        spread = self.coords.max(axis=0) - self._low
        self._scale = np.divide(self.side, spread, out=np.zeros(self.dims), where=spread > 0)
        random = np.random.default_rng(seed)
        self._drawn: Items = random.permutation(n).astype(np.int32)
        cells = self._cells(self.coords)
        shuffled = random.permutation(n).astype(np.int32)
        self._sorted: Items = shuffled[np.argsort(cells[shuffled], kind="stable")]
        counts = np.bincount(cells, minlength=self.side**self.dims)
        self._starts = np.concatenate([[0], np.cumsum(counts)])
        self._rank: Items = np.empty(n, np.int32)
        self._rank[self._sorted[np.argsort(self._rates(counts, random))]] = np.arange(n, dtype=np.int32)

    def _along(self, values: npt.NDArray[np.floating], axis: int) -> Items:
        """The cell along one axis of each value (m,); what lies outside belongs to the edge.

        It never falls as values rise, so that only points in the cells at a box's edge need a closer look.
        """
        cells = np.subtract(values, self._low[axis], dtype=np.float64)
        cells *= self._scale[axis]
        return np.asarray(np.clip(cells, 0, self.side - 1, out=cells).astype(np.int32))

    def _cells(self, places: Floats) -> Items:
        """The cell of each place (m, dims), as one number: cells of one row follow each other."""
        cells = self._along(places[:, 0], 0)
        for axis in range(1, self.dims):
            cells += self._along(places[:, axis], axis) * np.int32(self.side**axis)
        return cells

    def _rates(self, counts: npt.NDArray[np.int64], random: np.random.Generator) -> Doubles:
        """The share of all points at which each point (n,), sorted by cell, comes in.

        The points of a cell come in evenly as the share grows. The first one comes earlier where it must show
        that there is something at all.
        """
        occupied = np.flatnonzero(counts)
        many = counts[occupied]
        first = self._starts[occupied]
        rates = np.arange(len(self._sorted), dtype=np.float64)
        rates -= np.repeat(first - random.random(len(many)), many)
        rates /= np.repeat(many, many)
        shown = _shown([occupied // self.side**axis % self.side for axis in range(self.dims)], random)
        rates[first] = np.minimum(rates[first], shown / len(rates))
        return rates

    def view(self, box: Box | None, most: int) -> View:
        """At most `most` of the points in `box` (None, and always in 3-D: all of them), and how many there are.

        Where there are more, every cell gives its share, and at least one as long as those take no more than
        half of what is drawn; with less room than that, one of a block of 4, 16, ... cells. What is taken of
        one box is also taken of every box inside it. Raises InputError for a box that is not finite.
        """
        most = max(0, most)
        if box is None or self.dims == 3:
            total, items = len(self._rank), np.flatnonzero(self._rank < most).astype(np.int32)
        else:
            items = np.concatenate([found for found, _ in self._within(box)])
            total = len(items)
            if total > most:
                ranks = self._rank[items]
                items = items[ranks < np.partition(ranks, most)[most]]
        return View(items[np.argsort(self._drawn[items])], total)

    def density(self, box: Box, wide: int, high: int) -> npt.NDArray[np.uint32]:
        """How many points of a flat map lie in each cell of a box that is cut into (high, wide), the lowest y
        first. The box's own upper ends belong to its last cells; in a box without width all are in the first.

        Raises InputError for a box that is not finite, and for sides that are not between 1 and FINEST.
        """
        if not (1 <= wide <= FINEST and 1 <= high <= FINEST):
            raise InputError(f"A density of {wide} x {high} cells.", f"Give between 1 and {FINEST} a side.")
        x0, y0, x1, y1 = _checked_box(box)
        counts = np.zeros(high * wide, np.int64)
        for _, places in self._within(box):
            cells = _parts(places[:, 1], y0, y1, high) * wide + _parts(places[:, 0], x0, x1, wide)
            counts += np.bincount(cells, minlength=len(counts))
        return counts.reshape(high, wide).astype(np.uint32)

    def inside(self, loop: npt.NDArray[np.floating]) -> Items:
        """The items of a flat map inside a loop of corners (m, 2), sorted, by the even-odd rule, exactly.

        Fewer than 3 corners enclose nothing. Raises InputError for a loop of another shape or not finite.
        """
        corners = _checked_loop(loop)
        if not len(corners):
            return np.empty(0, np.int32)
        (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
        more = 1e-14 * np.abs(corners[:, 0]).max()  # where an edge is crossed is rounded
        parts = self._within((x0 - more, y0, x1 + more, y1))
        return np.sort(np.concatenate([items[_even_odd(places, corners)] for items, places in parts]))

    def _within(self, box: Box) -> Iterator[tuple[Items, Floats]]:
        """The items in a box and their places, a chunk at a time, at least one."""
        if self.dims != 2:
            raise InputError("A map in 3 dimensions has no boxes.", "Use a flat map.")
        x0, y0, x1, y1 = _ends(_checked_box(box))
        for items, places in self._near(x0, y0, x1, y1):
            x, y = places[:, 0], places[:, 1]
            there = np.flatnonzero((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))
            yield items[there], places[there]

    def _near(self, *box: np.float32) -> Iterator[tuple[Items, Floats]]:
        """The items in the cells that a box touches, or all where that is faster; chunks of them, at least one."""
        x0, y0, x1, y1 = np.nan_to_num(np.array(box))  # the largest numbers for infinite ones
        left, right = self._along(np.array([x0, x1]), 0)
        bottom, top = self._along(np.array([y0, y1]), 1)
        rows = np.arange(bottom, top + 1) * self.side
        starts, ends = self._starts[rows + left], self._starts[rows + right + 1]
        n = len(self.coords)
        if (ends - starts).sum() > n // _MANY:
            for start in range(0, n, _CHUNK):
                end = min(n, start + _CHUNK)
                yield np.arange(start, end, dtype=np.int32), self.coords[start:end]
        else:
            runs = [self._sorted[start:end] for start, end in zip(starts, ends, strict=True)]
            items = np.concatenate([self._sorted[:0], *runs])
            for start in range(0, max(1, len(items)), _CHUNK):
                part = items[start : start + _CHUNK]
                yield part, self.coords[part]


def enclosed(coords: Floats, loop: npt.NDArray[np.floating], matrix: npt.NDArray[np.floating] | None = None) -> Items:
    """The items of `coords` (n, 2 or 3) inside a loop of corners (m, 2), sorted, by the even-odd rule.

    With a `matrix` (4, 4) the map has 3 dimensions, and the loop is on the screen: the matrix takes a place, as a
    column (x, y, z, 1), to the screen, x and y after division by the fourth number; where that is not above 0 a
    point is behind the viewer, and out. Raises InputError where shapes do not fit or numbers are not finite.
    """
    coords, corners = _checked_coords(coords), _checked_loop(loop)
    lens = None if matrix is None else np.asarray(matrix, np.float64)
    if coords.shape[1] != (2 if lens is None else 3) or (lens is not None and lens.shape != (4, 4)):
        raise InputError("A loop on a map in 3 dimensions, and only there, needs a matrix of 4 x 4.")
    if lens is not None and not np.isfinite(lens).all():
        raise InputError("The matrix of a view holds NaN or infinite numbers.")
    found = [np.empty(0, np.int64)]
    for start in range(0, len(coords) if len(corners) else 0, _CHUNK):
        places = coords[start : start + _CHUNK] if lens is None else _seen(coords[start : start + _CHUNK], lens)
        found.append(start + np.flatnonzero(_even_odd(places, corners)))
    return np.concatenate(found).astype(np.int32)


def _shown(places: list[npt.NDArray[np.int64]], random: np.random.Generator) -> Doubles:
    """How many points (of all that are drawn) there must be for the first one of each cell (c,) to be one of them.

    `places` has the cells along each axis, (c,). Of all c cells it is at most c; of those that stand for their
    block of 2 x 2 cells at most the number of such blocks, and so on up to the whole map: these cells are halved
    again and again, so that a small sample too has points everywhere and is still dense where many are.
    """
    shown = np.empty(len(places[0]))
    standing = random.permutation(len(shown))  # the first one of a block stands for it
    while len(standing):
        places = [place >> 1 for place in places]
        blocks = np.sum([place[standing] << (16 * axis) for axis, place in enumerate(places)], axis=0)
        fewer = standing[np.sort(np.unique(blocks, return_index=True)[1])] if len(standing) > 1 else standing[:0]
        # spread between the two levels, so that where the sample ends no block is favored
        shown[standing] = len(fewer) + (len(standing) - len(fewer)) * random.random(len(standing))
        standing = fewer
    return shown


def _even_odd(places: npt.NDArray[np.floating], corners: Doubles) -> Mask:
    """From which places (m, 2) a line to the right crosses the loop an odd number of times, (m,)."""
    order = np.argsort(places[:, 1])
    x, y = places[order, 0].astype(np.float64), places[order, 1].astype(np.float64)
    odd = np.zeros(len(order), bool)
    after = np.roll(corners, -1, axis=0)
    # only points between the heights of an edge's ends can be beside it
    starts = np.searchsorted(y, np.minimum(corners[:, 1], after[:, 1]))
    ends = np.searchsorted(y, np.maximum(corners[:, 1], after[:, 1]))
    for (x0, y0), (x1, y1), start, end in zip(corners, after, starts, ends, strict=True):
        if start < end:
            odd[start:end] ^= x[start:end] < (x1 - x0) * (y[start:end] - y0) / (y1 - y0) + x0
    inside = np.empty(len(order), bool)
    inside[order] = odd
    return inside


def _seen(places: Floats, lens: Doubles) -> Doubles:
    """Where on the screen places (m, 3) are seen, (m, 2); NaN for those behind the viewer."""
    with np.errstate(all="ignore"):
        seen = places @ lens[:, :3].T + lens[:, 3]
        return np.where(seen[:, 3:] > 0, seen[:, :2] / seen[:, 3:], np.nan)


def _parts(values: Floats, low: float, high: float, parts: int) -> npt.NDArray[np.int64]:
    """In which of equal parts of low to high the values (m,) lie, all inside."""
    scale = parts / (high - low) if high > low else 0.0
    found = np.subtract(values, low, dtype=np.float64)
    found *= scale
    return np.minimum(found.astype(np.int64), parts - 1)


def _ends(box: Box) -> tuple[np.float32, ...]:
    """A box of float32 numbers that has the same float32 places in it."""
    with np.errstate(over="ignore"):
        ends = np.array(box, np.float32)
    given, inward = np.array(box), np.array([np.inf, np.inf, -np.inf, -np.inf], np.float32)
    outside = np.where(inward > 0, ends < given, ends > given)  # where rounding let the box grow
    return tuple(np.where(outside, np.nextafter(ends, inward), ends))


def _checked_coords(coords: Floats) -> Floats:
    coords = np.asarray(coords, np.float32)
    if coords.ndim != 2 or coords.shape[1] not in (2, 3) or not len(coords):
        raise InputError(f"Coordinates of shape {coords.shape} are no map.", "Give (n, 2) or (n, 3).")
    if not np.isfinite(coords).all():
        raise InputError("Coordinates hold NaN or infinite numbers.")
    return coords


def _checked_box(box: Box) -> Box:
    """The same with the lower ends first."""
    x0, y0, x1, y1 = (float(end) for end in box)
    if not np.isfinite([x0, y0, x1, y1]).all():
        raise InputError("A part of the map needs four finite numbers.", "Give x0, y0, x1, y1.")
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _checked_loop(loop: npt.NDArray[np.floating]) -> Doubles:
    """The corners (m, 2), none where they enclose nothing."""
    corners = np.asarray(loop, np.float64)
    if corners.size and (corners.ndim != 2 or corners.shape[1] != 2):
        raise InputError(f"A loop of shape {corners.shape}.", "Give its corners, (m, 2).")
    if not (np.abs(corners) < _FARTHEST).all():
        raise InputError("A loop needs corners that are finite, and not too far away.")
    return corners if len(corners) >= 3 else np.empty((0, 2))

"""The index behind a large map: fair samples of a part of it, how dense it is, and what lies in a loop.

Points are sorted by the cell of a regular grid, and within a cell by a random rank, so that the first points of
every cell are a fair sample of it, and a larger sample holds the smaller one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .space import Floats, Ints

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 in map coordinates, both ends inside."""
Items = npt.NDArray[np.int32]
_EACH = 8  # points a cell, on average
_SIDE = {2: 1024, 3: 64}  # cells along one side, at most
_CHUNK = 200_000  # points that are compared with the corners of a loop at once


@dataclass(frozen=True, eq=False)
class View:
    """What is drawn of a part of a map: `items` (m,) in an order that favors none, of `total` that lie there."""

    items: Items
    total: int


class Grid:
    """An index over `coords` (n, 2 or 3), which are held by reference."""

    def __init__(self, coords: Floats, seed: int = 0) -> None:
        n, self.dims = coords.shape
        self.coords = coords
        self.side = int(np.clip(round((n / _EACH) ** (1 / self.dims)), 1, _SIDE[self.dims]))
        self._low = coords.min(axis=0).astype(np.float64)
        spread = coords.max(axis=0).astype(np.float64) - self._low
        self._scale = np.where(spread > 0, self.side / np.where(spread > 0, spread, 1), 0)
        self.rank = np.random.default_rng(seed).permutation(n).astype(np.int32)
        cells = self._number(coords)
        # one number holds both keys: sorting one array of numbers is several times faster than sorting by two
        self._sorted = np.argsort(cells * n + self.rank, kind="stable").astype(np.int32)
        self._places = coords[self._sorted]  # in that order too: reading along it is many times faster
        self._starts = np.concatenate([[0], np.cumsum(np.bincount(cells, minlength=self.side**self.dims))])

    def _cells(self, places: npt.NDArray[np.floating]) -> Ints:
        """The cell of each place along every axis, (m, dims); what lies outside belongs to the edge."""
        return np.asarray(np.clip(((places - self._low) * self._scale).astype(np.int64), 0, self.side - 1))

    def _number(self, places: Floats) -> Ints:
        """The cells of places as one number each, (m,)."""
        return np.asarray(np.ravel_multi_index(tuple(self._cells(places).T), (self.side,) * self.dims), np.int64)

    def view(self, box: Box | None, most: int) -> View:
        """At most `most` of the points in `box` (None, and always in 3-D: all of them), and how many there are.

        Where not all can be taken each cell gives its share, at least one as long as there is room. What is
        taken of a large part of the map is, but for the cells at its edge, also taken of a part of that.
        """
        if box is None or self.dims == 3:
            found, cells = self._sorted, np.repeat(np.arange(len(self._starts) - 1), np.diff(self._starts))
        else:
            found, places = self._within(box)
            cells = self._number(places)
        total = len(found)
        if total > most:
            found = found[self._share(cells, most)]
        return View(found[np.argsort(self.rank[found])], total)

    def _share(self, cells: Ints, most: int) -> npt.NDArray[np.bool_]:
        """Which of the points, sorted by cell, are taken: the first of every cell, in proportion to its points."""
        first = np.flatnonzero(np.diff(cells, prepend=-1))
        counts = np.diff(first, append=len(cells))
        place = np.arange(len(cells)) - np.repeat(first, counts)
        if len(first) >= most:  # not even one a cell: the fullest give one
            taken = np.zeros(len(first))
            taken[np.argsort(-counts, kind="stable")[:most]] = 1
        else:
            taken = 1 + (counts - 1) * ((most - len(first)) / (len(cells) - len(first)))
        return np.asarray(place < np.repeat(np.floor(taken), counts))

    def _within(self, box: Box) -> tuple[Items, Floats]:
        """The points in a box and their places, sorted by cell."""
        x0, y0, x1, y1 = _checked(box)
        low, high = self._cells(np.array([[x0, y0], [x1, y1]]))
        found: list[tuple[Items, Floats]] = [(np.empty(0, np.int32), np.empty((0, 2), np.float32))]
        for column in range(low[0], high[0] + 1):
            start, end = self._starts[column * self.side + low[1]], self._starts[column * self.side + high[1] + 1]
            x, y = self._places[start:end].T
            inside = (x >= x0) & (x <= x1) & (y >= y0) & (y <= y1)
            taken = slice(start, end) if inside.all() else start + np.flatnonzero(inside)
            found.append((self._sorted[taken], self._places[taken]))
        return np.concatenate([items for items, _ in found]), np.concatenate([places for _, places in found])

    def density(self, box: Box, wide: int, high: int) -> npt.NDArray[np.uint32]:
        """How many points lie in each cell of a box that is cut into (high, wide), the lowest y first."""
        x0, y0, x1, y1 = _checked(box)
        if x1 <= x0 or y1 <= y0:
            return np.zeros((high, wide), np.uint32)
        _, places = self._within(box)
        across = np.minimum(((places[:, 0].astype(np.float64) - x0) * (wide / (x1 - x0))).astype(np.int32), wide - 1)
        up = np.minimum(((places[:, 1].astype(np.float64) - y0) * (high / (y1 - y0))).astype(np.int32), high - 1)
        return np.bincount(up * wide + across, minlength=wide * high).reshape(high, wide).astype(np.uint32)

    def inside(self, loop: npt.NDArray[np.floating]) -> Items:
        """The items inside a loop of corners (m, 2), sorted; of the even-odd rule, exact."""
        corners = np.asarray(loop, np.float64)
        low, high = corners.min(axis=0), corners.max(axis=0)
        candidates, places = self._within((low[0], low[1], high[0], high[1]))
        return np.sort(candidates[_even_odd(places, corners)])


def enclosed(coords: Floats, loop: npt.NDArray[np.floating], matrix: npt.NDArray[np.floating]) -> Items:
    """The items of a 3-D map inside a loop (m, 2) on the screen, sorted. `matrix` (4, 4) takes a place, as a column
    (x, y, z, 1), to the screen: x and y after division by the fourth number; what is behind the viewer is out."""
    corners = np.asarray(loop, np.float64)
    found = []
    for start, part in _chunks(coords):
        seen = np.column_stack([part, np.ones(len(part))]) @ np.asarray(matrix, np.float64).T
        before = np.flatnonzero(seen[:, 3] > 0)
        places = seen[before, :2] / seen[before, 3:]
        found.append(start + before[_even_odd(places, corners)])
    return np.concatenate(found).astype(np.int32)


def _chunks(places: Floats) -> Iterator[tuple[int, Floats]]:
    for start in range(0, len(places), _CHUNK):
        yield start, places[start : start + _CHUNK]


def _even_odd(places: npt.NDArray[np.floating], corners: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Which places (m, 2) a line to the right leaves the loop from an odd number of times."""
    inside = np.zeros(len(places), bool)
    order = np.argsort(places[:, 1], kind="stable")
    x, y = places[order, 0].astype(np.float64), places[order, 1].astype(np.float64)
    turned = np.zeros(len(places), bool)
    for (x0, y0), (x1, y1) in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        # only the points between the heights of an edge can be beside it
        start, end = np.searchsorted(y, [min(y0, y1), max(y0, y1)], side="left")
        if start < end:
            turned[start:end] ^= x[start:end] < (x1 - x0) * (y[start:end] - y0) / (y1 - y0) + x0
    inside[order] = turned
    return inside


def _checked(box: Box) -> Box:
    x0, y0, x1, y1 = (float(end) for end in box)
    if not np.isfinite([x0, y0, x1, y1]).all():
        raise InputError("A part of the map needs four finite numbers.", "Give x0, y0, x1, y1.")
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)

"""What the metadata columns look like, for histograms and bar charts, and how that changes under a filter."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from .filters import Filter, Mask, conditions
from .memo import memo
from .metadata import KEPT, MOST, Column, ColumnKind, Numbers, column_of, column_places, frozen, order, prepared
from .space import Dataset, Ints

__all__ = ["Facet", "counts", "crossfilter", "facet_of", "facets", "order", "prepared"]

BINS = 30
_DAY = 86_400.0
_EXACT = 2.0**53  # whole numbers beyond it are not all floats


@dataclass(frozen=True, eq=False)
class Facet:
    """One metadata column as bars.

    A category has a bar for each of `values`: the commonest first, ties by name, MOST at the most, and at the
    end "" where some values are missing; then one more for the `rest` further values, if there are any.
    A number or a date has a bar between each two of `edges` (bins + 1,), float64, seconds since 1970 UTC for
    dates; each bar holds its lower edge, the last one the upper too. `low` and `high` are the least and
    the most. `missing` is how many items have no value; infinite numbers are none.
    """

    column: str
    kind: ColumnKind
    values: tuple[str, ...] = ()
    rest: int = 0
    edges: Numbers = field(default_factory=lambda: np.zeros(0))
    low: float = math.nan
    high: float = math.nan
    missing: int = 0

    @property
    def bars(self) -> int:
        """How many counts there are."""
        return len(self.values) + bool(self.rest) if self.kind == "category" else len(self.edges) - 1

    def span(self, first: int, last: int) -> tuple[float, float]:
        """The range of a filter that lets through just the bars `first` to `last` of a number or a date."""
        end = float(self.edges[last + 1])
        return float(self.edges[first]), end if last == self.bars - 1 else float(np.nextafter(end, -np.inf))


@memo(most=1)
def facets(dataset: Dataset) -> tuple[Facet, ...]:
    """The columns by which a person would filter, in the order of the table; of several with one name the
    first. Left out: the texts' own column, a column with a single value, and one of categories in which
    nearly every value is another (more than half of the items, and over 50)."""
    found = (facet_of(dataset, name) for name in column_places(dataset) if name != dataset.text)
    return tuple(facet for facet in found if facet is not None)


@memo(most=KEPT)
def facet_of(dataset: Dataset, column: str) -> Facet | None:
    """The facet of one column, None where `facets` leaves it out. Raises InputError for an unknown column."""
    data = column_of(dataset, column)
    return _categories(column, data) if data.kind == "category" else _histogram(column, data)


def counts(dataset: Dataset, facet: Facet, mask: Mask | None = None) -> Ints:
    """How many items each bar has, (facet.bars,) int64; only those in `mask` (n,), None is all of them."""
    bars = _bar_of(dataset, facet.column)
    found = np.bincount(bars if mask is None else bars[mask], minlength=facet.bars)
    return found[: facet.bars].astype(np.int64)


def crossfilter(dataset: Dataset, filter: Filter) -> dict[str, Any]:
    """{"matching": items that stay, "total": n, "counts": {column: a number a bar}} for all facets.

    A facet is counted under the conditions on all other columns and the words, not under its own: what
    else could be chosen there stays in sight. Raises InputError as `filters.matches` does.
    """
    masks = conditions(dataset, filter)
    failed = np.zeros(len(dataset), np.uint8)
    for mask in masks.values():
        failed += ~mask
    stay = failed == 0
    found = {}
    for facet in facets(dataset):
        own = masks.get(facet.column)
        # an item that fails one condition alone is counted where that one is
        others = stay if own is None else failed == ~own
        found[facet.column] = counts(dataset, facet, others if masks else None).tolist()
    return {"matching": int(np.count_nonzero(stay)), "total": len(dataset), "counts": found}


def _categories(name: str, data: Column) -> Facet | None:
    assert data.codes is not None
    missing, different = int((data.codes < 0).sum()), len(data.names)
    if different + bool(missing) < 2 or (different > 50 and different > len(data.codes) / 2):
        return None
    values = data.names[:MOST] + (("",) if missing else ())
    return Facet(name, "category", values, max(0, different - MOST), missing=missing)


def _histogram(name: str, data: Column) -> Facet | None:
    assert data.numbers is not None
    known = data.numbers[~np.isnan(data.numbers)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 0.0)
    if low == high:
        return None
    edges = frozen(_edges(known, low, high, data.kind))
    return Facet(name, data.kind, edges=edges, low=low, high=high, missing=len(data.numbers) - len(known))


def _edges(known: Numbers, low: float, high: float, kind: ColumnKind) -> Numbers:
    """Edges of at most BINS bars of equal width from `low` to `high`. Where all values are whole (days, for
    dates) each bar has equally many of them, or the histogram of an even spread would show gaps."""
    unit = _DAY if kind == "date" else 1.0
    if max(abs(low), abs(high)) < _EXACT and bool((known % unit == 0).all()):
        steps = round((high - low) / unit) + 1
        width = math.ceil(steps / BINS)
        # a whole number is in the middle of its bar; a day begins at its edge
        start = low if kind == "date" else low - 0.5
        return np.asarray(start + unit * width * np.arange(math.ceil(steps / width) + 1))
    shares = np.arange(BINS + 1) / BINS
    # weighted, because high - low may be no float; neighbors may be too near for an edge between them
    return np.unique(low * (1 - shares) + high * shares)


@memo(most=KEPT)
def _bar_of(dataset: Dataset, column: str) -> npt.NDArray[np.uint8]:
    """The bar (n,) of each item, the number of bars for what is in none."""
    data, facet = column_of(dataset, column), facet_of(dataset, column)
    if facet is None:
        return frozen(np.zeros(len(dataset), np.uint8))
    if data.codes is not None:
        named = min(len(data.names), MOST)
        # with missing values comes a bar for them before that of the rest
        place = np.full(len(data.names) + 1, facet.bars - 1, np.uint8)
        place[:named] = np.arange(named)
        place[-1] = named
        return frozen(place[data.codes])
    assert data.numbers is not None
    bars = np.searchsorted(facet.edges, data.numbers, side="right") - 1
    bars[data.numbers == facet.edges[-1]] = facet.bars - 1
    return frozen(np.where(np.isnan(data.numbers), facet.bars, bars).astype(np.uint8))

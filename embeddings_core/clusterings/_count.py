"""How many groups there are: a curve over their number, and the best place on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from ..groups.silhouettes import measured
from ..space import Ints, Progress
from ..store import Store, result_key
from ._asked import Asked, distinct
from ._sample import fair_sample

RANGE = range(2, 21)
SAMPLE = 5_000
"""Items that are grouped and measured at most: a seeded sample, where there are more."""


@dataclass(frozen=True, eq=False)
class Count:
    """`values` (m,) of a measure for each number of groups in `ks` (m,), and the `chosen` one.

    The mean silhouette is best where it is highest, the Bayesian information criterion (BIC) where it is lowest. A
    silhouette is NaN where there are fewer than 2 groups. The curve was made of `sampled` items, which would go into
    `more` groups than were tried.
    """

    measure: Literal["silhouette", "BIC"]
    ks: tuple[int, ...]
    values: npt.NDArray[np.float64]
    chosen: int
    sampled: int
    more: bool

    def told(self, n: int) -> str:
        """What was tried on n items and what is best, as a sentence for the screen."""
        if len(self.ks) < 2:
            return f"Different items: {self.chosen}. There is no number of groups to choose."
        extreme = "lowest" if self.measure == "BIC" else "highest"
        sampled = f", on a sample of {self.sampled:,} items" if self.sampled < n else ""
        told = f"{self.chosen} groups have the {extreme} {self.measure} of {self.ks[0]} to {self.ks[-1]}{sampled}."
        if self.more and self.chosen == self.ks[-1]:
            told += " It is the last that was tried: more groups may be better still."
        return told


def counted(asked: Asked, ks: Sequence[int] | None, store: Store, progress: Progress | None) -> Count:
    """The curve, computed once and then read from the store. Without `ks` it goes from 2 to 20. Raises ParameterError
    for a method that finds the number itself, and for numbers that it does not take."""
    param = next((param for param in asked.spec.params if param.name == "clusters"), None)
    if param is None:
        raise ParameterError(f"{asked.spec.label} finds the number of groups itself.", "Choose another method.")
    ks = tuple(sorted({int(k) for k in (RANGE if ks is None else ks)}))
    if not ks or ks[0] < 2:
        raise ParameterError(f"Numbers of groups: {ks}.", f"Give some from 2 to {param.high}.")
    for k in ks:
        param.check(k)
    items = fair_sample(len(asked.points.space), SAMPLE, 0)
    most = distinct(asked.points.values[items], ks[-1] + 1)
    ks = tuple(k for k in ks if k <= most) or (most,)
    measure: Literal["silhouette", "BIC"] = "BIC" if hasattr(asked.plugin, "criterion") else "silhouette"
    key = result_key("count", 1, asked.count(0).key, list(ks))
    known = store.get_result(key)
    if known is not None and known[0]["values"].shape == (len(ks),):
        values = known[0]["values"]
    else:
        make = _criteria if measure == "BIC" else _silhouettes
        values = np.array(make(asked, ks, items, progress), dtype=np.float64)
        store.put_result(key, {"values": values}, {})
    return Count(measure, ks, values, ks[_best(values, measure)], len(items), most > ks[-1])


def _best(values: npt.NDArray[np.float64], measure: str) -> int:
    """Where the best value is; the fewest groups where there is none."""
    if np.isnan(values).all():
        return 0
    return int(np.nanargmin(values) if measure == "BIC" else np.nanargmax(values))


def _criteria(asked: Asked, ks: Sequence[int], items: Ints, progress: Progress | None) -> list[float]:
    values, found = asked.points.values[items], []
    if (values == values[0]).all():
        return [float("nan")] * len(ks)
    for at, k in enumerate(ks):
        if progress:
            progress(at, len(ks))
        found.append(asked.plugin.criterion(values, asked.seed, asked.count(k).settings, None))
    return found


def _silhouettes(asked: Asked, ks: Sequence[int], items: Ints, progress: Progress | None) -> list[float]:
    groupings: list[Any] = []
    for at, k in enumerate(ks):
        if progress:
            progress(at, len(ks) + 1)
        groupings.append(np.asarray(asked.count(k).fit(items=items).labels, dtype=np.int64))
    fit = [at for at, labels in enumerate(groupings) if 2 <= len(np.unique(labels)) < len(items)]
    means = np.full(len(ks), np.nan)
    if fit:
        values = measured(asked.points.values[items], [groupings[at] for at in fit])
        means[fit] = [value.mean() for value in values]
    return [float(mean) for mean in means]

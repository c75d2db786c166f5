"""What is asked of a clustering, checked, and what a method answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from ..plugins import MethodSpec, On, check_seed, find
from ..points import Points
from ..space import Ints, Metric, Progress, Projection, Space
from ..store import result_key


@dataclass(frozen=True, eq=False)
class Fit:
    """What a method returns: labels (n,), -1 for noise, in any order; what is approximate about them; and a
    sentence for the screen."""

    labels: npt.NDArray[Any]
    approximate: str = ""
    note: str = ""


@dataclass(frozen=True, eq=False)
class Asked:
    """A method with its settings, the points that it is asked to group, and a seed."""

    plugin: ModuleType
    points: Points
    settings: Mapping[str, Any]
    seed: int

    @property
    def spec(self) -> MethodSpec:
        """What there is to know about the method."""
        spec: MethodSpec = self.plugin.SPEC
        return spec

    @property
    def made_from(self) -> tuple[Any, ...]:
        """Every input."""
        version, points = getattr(self.plugin, "VERSION", 2), self.points
        given = (self.spec.id, version, self.seed, dict(self.settings), points.key)
        return ("clustering", points.space.fingerprint, *given)

    @property
    def key(self) -> str:
        """The fingerprint of every input."""
        return result_key(*self.made_from)

    @property
    def automatic(self) -> bool:
        """Whether the number of groups is left open."""
        return self.settings.get("clusters") == 0

    def count(self, clusters: int) -> Asked:
        """The same for so many groups."""
        return replace(self, settings={**self.settings, "clusters": clusters})

    def fit(self, progress: Progress | None = None, *, items: Ints | None = None, seed: int | None = None) -> Fit:
        """The groups of all points, or of `items` (m,) alone; `seed` replaces its own."""
        values = self.points.values if items is None else self.points.values[items]
        if len(values) < 3 or (values == values[0]).all():
            apart = len(values) == self.settings.get("clusters") == len(np.unique(values, axis=0))
            return Fit(np.arange(len(values)) if apart else np.zeros(len(values), dtype=np.int64))
        found: Fit = self.plugin.fit(values, self.seed if seed is None else seed, self.settings, progress)
        return found


def ask(
    space: Space,
    method: str,
    on: On | None,
    metric: Metric,
    plane: Projection | None,
    seed: int,
    params: Mapping[str, Any],
) -> Asked:
    """Raises ParameterError for what cannot be asked, InputError for the map of other items."""
    check_seed(seed)
    plugin = find("clusterings", method)
    spec: MethodSpec = plugin.SPEC
    on = on or spec.on[0]
    if on not in spec.on:
        raise ParameterError(f"{spec.label} does not look for groups in {on!r}.", f"Choose: {', '.join(spec.on)}.")
    return Asked(plugin, Points(space, on, metric, plane), spec.settings(params), seed)


def by_size(labels: Ints) -> Ints:
    """The same groups numbered from 0, largest first (ties: the one that comes first in the data)."""
    groups, first, places, counts = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    real = groups >= 0
    order = np.lexsort((first[real], -counts[real]))
    rank = np.full(len(groups), -1, dtype=np.int64)
    rank[np.flatnonzero(real)[order]] = np.arange(len(order))
    return np.asarray(rank[places.ravel()])


def sizes_of(labels: Ints, groups: int) -> tuple[int, ...]:
    """How many items each of `groups` groups has."""
    return tuple(np.bincount(labels[labels >= 0], minlength=groups).tolist())


def distinct(values: npt.NDArray[np.floating], most: int) -> int:
    """How many different rows there are, counted up to `most`."""
    seen: set[bytes] = set()
    for row in values + values.dtype.type(0):  # -0 is 0
        seen.add(row.tobytes())
        if len(seen) >= most:
            break
    return len(seen)

"""Whether groups that look close are close, and groups that look large are varied: true against drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..groups.silhouettes import Doubles
from ..metadata import MOST
from ..points import Points
from ..space import Ints, Metric, Projection, Space
from .figures import spearman

PLAIN = 1.25
"""How many times farther one distance is than another, from which their order is plain to see."""
STRETCHED = 3.0
"""How many times farther than others, for what it is, a pair is drawn, from which it misleads."""
_LISTED = 20


@dataclass(frozen=True, eq=False)
class Centers:
    """Distances between the centers (means) of g groups, and how wide the groups are.

    `groups` (g,) are the labels, `names` what they are called. `true` and `drawn` (g, g) are the distances of the
    centers among the vectors and on the map, both without unit: the mean true one is 1, and drawn ones are scaled so
    that half of the pairs are drawn farther than they are, half nearer. `agreement` is Spearman's correlation of the
    two over pairs, NaN for fewer than 3 groups or equal distances.

    `disorders` (m, 3), m up to 20, the plainest first, no pair twice: a and b are drawn closer than a and c, but c is
    truly nearer to a, each at least 1.25 times. `stretched` (p, 2) are pairs drawn at least 3 times too far apart or
    too close, the worst first.

    `spreads` and `drawn_spreads` (g,) are the median distances from the center, each as a share of their mean; the area
    that a group takes goes with the square. `missized` (q, 2), q up to 20, the plainest first: a is drawn wider than b,
    but b is truly more varied, each at least 1.25 times.
    """

    groups: Ints
    names: tuple[str, ...]
    true: Doubles
    drawn: Doubles
    agreement: float
    disorders: Ints
    stretched: Ints
    spreads: Doubles
    drawn_spreads: Doubles
    missized: Ints

    @property
    def disagrees(self) -> bool:
        """Whether someone who reads distances between groups off the map is misled."""
        return bool(len(self.disorders) or len(self.stretched))

    @property
    def warning(self) -> str:
        """The plainest case in one sentence; "" where nothing disagrees."""
        if len(self.disorders):
            a, b, c = (self.names[at] for at in self.disorders[0])
            return f"{a} and {b} look close, but {c} is nearer to {a}."
        if len(self.stretched):
            one, other = self.stretched[0]
            drawn, true = self.drawn[one, other], self.true[one, other]
            larger, smaller = max(drawn, true), min(drawn, true)
            times = f"{larger / smaller:.0f} times" if smaller else "far"
            way = "farther apart" if drawn > true else "closer"
            pair = f"{self.names[one]} and {self.names[other]}"
            return f"{pair} look {times} {way} than they are, compared with other groups."
        return ""


def center_distances(
    space: Space,
    projection: Projection,
    labels: Ints,
    names: Sequence[str] | None = None,
    *,
    metric: Metric = "cosine",
) -> Centers:
    """Distances between groups, and their widths, as they are against as they are drawn. `labels` (n,) from 0, below 0
    for none; `names` has one a label. True distances are those of `trust`. Raises InputError for labels or a map of
    other items, fewer than 2 groups, and more than 200.
    """
    n = len(space)
    if len(labels) != n or len(projection.coords) != n:
        raise InputError(
            f"{n} items, but {len(labels)} labels and a map of {len(projection.coords)}.", "Give their own."
        )
    groups = np.unique(labels[labels >= 0])
    if not 2 <= len(groups) <= MOST:
        raise InputError(f"{len(groups)} groups cannot be compared.", f"Give 2 to {MOST}.")
    members = [np.flatnonzero(labels == group) for group in groups]
    true, spreads = _measured(Points(space, "vectors", metric).values, members)
    drawn, drawn_spreads = _measured(projection.coords, members)
    pairs = np.triu_indices(len(groups), 1)
    true /= true[pairs].mean() or 1
    drawn *= _scale(true[pairs], drawn[pairs])
    called = tuple(str(group + 1) if names is None else names[group] for group in groups.tolist())
    agreement = spearman(np.stack([true[pairs], drawn[pairs]], axis=1)) if len(groups) > 2 else float("nan")
    found = (disorders(true, drawn), _stretched(true, drawn))
    return Centers(
        groups, called, true, drawn, agreement, *found, spreads, drawn_spreads, _missized(spreads, drawn_spreads)
    )


def _measured(points: npt.NDArray[np.float32], members: Sequence[Ints]) -> tuple[Doubles, Doubles]:
    """Distances between the centers (g, g), and the median distance of members from theirs (g,) over its mean."""
    inside = [points[rows].astype(np.float64) for rows in members]
    centers = np.stack([rows.mean(axis=0) for rows in inside])
    spreads = np.array(
        [np.median(np.linalg.norm(rows - center, axis=1)) for rows, center in zip(inside, centers, strict=True)]
    )
    between = np.stack([np.linalg.norm(centers - center, axis=1) for center in centers])
    return between, spreads / (spreads.mean() or 1)


def _scale(true: Doubles, drawn: Doubles) -> float:
    """What makes the median of drawn / true (pairs,) 1; 1 where there is none."""
    known = (true > 0) & (drawn > 0)
    return float(1 / np.median(drawn[known] / true[known])) if known.any() else 1.0


def disorders(true: Doubles, drawn: Doubles) -> Ints:
    """As `Centers` has them, from distances (g, g)."""
    g = len(true)
    found: dict[tuple[int, int], tuple[float, tuple[int, int, int]]] = {}
    for a in range(g):
        # [b, c]: how plainly c is drawn farther than b, and how plainly it is nearer
        plain = np.minimum(_ratio(drawn[a][None, :], drawn[a][:, None]), _ratio(true[a][:, None], true[a][None, :]))
        plain[a], plain[:, a] = 0, 0
        nearest = plain.argmax(axis=1)
        for b in np.flatnonzero(plain.max(axis=1) >= PLAIN).tolist():
            pair, case = (min(a, b), max(a, b)), (float(plain[b, nearest[b]]), (a, b, int(nearest[b])))
            found[pair] = max(found.get(pair, case), case)
    best = sorted(found.values(), reverse=True)[:_LISTED]
    return np.array([triple for _, triple in best], dtype=np.int64).reshape(-1, 3)


def _stretched(true: Doubles, drawn: Doubles) -> Ints:
    one, other = np.triu_indices(len(true), 1)
    times = np.maximum(_ratio(true, drawn), _ratio(drawn, true))[one, other]
    worst = np.argsort(-times, kind="stable")
    worst = worst[times[worst] >= STRETCHED]
    return np.stack([one[worst], other[worst]], axis=1)


def _missized(spreads: Doubles, drawn: Doubles) -> Ints:
    plain = np.minimum(_ratio(drawn[:, None], drawn[None, :]), _ratio(spreads[None, :], spreads[:, None]))
    order = np.argsort(-plain, axis=None, kind="stable")[:_LISTED]
    order = order[plain.ravel()[order] >= PLAIN]
    return np.stack(np.unravel_index(order, plain.shape), axis=1).astype(np.int64)


def _ratio(one: Any, other: Any) -> Doubles:
    """one / other; 1 where both are 0, infinite where only the second is."""
    one, other = np.broadcast_arrays(one, other)
    some = np.divide(one, other, out=np.full(one.shape, np.inf), where=other > 0)
    return np.asarray(np.where((one == 0) & (other == 0), 1, some))

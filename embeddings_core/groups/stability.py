"""How well groups keep when chance, or a fifth of the items, changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..clusterings import fitted, settled
from ..clusterings._asked import Asked, ask, by_size
from ..clusterings._sample import fair_sample
from ..errors import ParameterError
from ..plugins import On
from ..space import Ints, Metric, Progress, Projection, Space
from ..store import Store, get_store, result_key
from .silhouettes import Doubles

SHARE = 0.8
"""Of the items, in a resample."""
RUNS = 10
MOST = 200
SAMPLE = 10_000
"""Items that are looked at: a seeded sample, where there are more."""


@dataclass(frozen=True, eq=False)
class Stability:
    """Adjusted Rand indices (Hubert and Arabie 1985; 0 by chance, 1 the same groups) with the groups that `cluster`
    finds: of other `seeds` (r,), none for a method without chance, and of `resamples` (r,) of 80 % of the items, each
    compared on its own items. Noise counts as a group. All this is about the `sampled` items that were looked at.

    `survival` (groups,) has for each group the mean Jaccard similarity with its nearest group in each resample (Hennig
    2007, doi:10.1016/j.csda.2006.11.025): above .75 it is stable, below .5 it dissolves. NaN for a group of which no
    resample has an item.
    """

    seeds: Doubles
    resamples: Doubles
    survival: Doubles
    sampled: int

    @property
    def mean(self) -> float:
        """The mean over the resamples."""
        return float(self.resamples.mean())

    @property
    def interval(self) -> tuple[float, float]:
        """What the middle 95 % of the resamples lie between."""
        low, high = np.quantile(self.resamples, [0.025, 0.975])
        return float(low), float(high)


def stability(
    space: Space,
    method: str = "kmeans",
    *,
    runs: int = RUNS,
    on: On | None = None,
    metric: Metric = "cosine",
    plane: Projection | None = None,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> Stability:
    """How well the groups that `cluster` finds, asked in the same way, keep over `runs` other seeds and over `runs`
    resamples without replacement; computed once and then read from the store. `progress` counts fits.

    Of more than 10,000 items a seeded sample is looked at, or as many as the method itself compares with each other,
    where that is more: among fewer nothing would be as dense. The groups that all items were found in are compared
    with those that are found in the sample. A number of groups that was left open is chosen once.

    Raises ParameterError as `cluster` does, for `runs` that are not from 2 to 200, for a method that gives names and
    not groups, and for fewer than 5 items.
    """
    if not 2 <= runs <= MOST:
        raise ParameterError(f"{runs} runs.", f"Choose from 2 to {MOST}.")
    asked, store = ask(space, method, on, metric, plane, seed, params), store or get_store()
    if not hasattr(asked.plugin, "fit"):
        raise ParameterError(f"{asked.spec.label} finds no groups: it gives names.", "Choose another method.")
    if len(space) < 5:
        raise ParameterError(f"{len(space)} items cannot be resampled.", "Bring at least 5.")
    key = result_key("stability", 2, asked.key, runs)
    known = store.get_result(key)
    if known is None:
        found = _run(asked, runs, store, progress)
        arrays = {"seeds": found.seeds, "resamples": found.resamples, "survival": found.survival}
        store.put_result(key, arrays, {"sampled": found.sampled})
        return found
    values: dict[str, Any] = {**known[0], **known[1]}
    return Stability(**values)


def _run(asked: Asked, runs: int, store: Store, progress: Progress | None) -> Stability:
    known = store.get_result(asked.key)
    labels = known[0]["labels"] if known else fitted(asked, store, None).labels
    asked, _ = settled(asked, store, None)
    items = _looked_at(asked)
    others = runs if _by_chance(asked) else 0
    seeds, resamples, best = [], [], []
    random = np.random.default_rng(asked.seed)
    chances = random.integers(2**31, size=2 * runs).tolist()
    for run in range(others):
        if progress:
            progress(run, others + runs)
        seeds.append(_rand(labels[items], _labels(asked, items, chances[run])))
    for run in range(runs):
        if progress:
            progress(others + run, others + runs)
        part = np.sort(random.choice(items, round(SHARE * len(items)), replace=False))
        found = _labels(asked, part, chances[runs + run])
        resamples.append(_rand(labels[part], found))
        best.append(survived(labels[part], found, int(labels.max()) + 1))
    here = ~np.isnan(best)
    total, times = np.where(here, best, 0).sum(axis=0), here.sum(axis=0)
    survival = np.divide(total, times, out=np.full(len(total), np.nan), where=times > 0)
    return Stability(np.array(seeds, dtype=np.float64), np.array(resamples), survival, len(items))


def survived(before: Ints, after: Ints, groups: int) -> Doubles:
    """The Jaccard similarity of each of `groups` groups of `before` (m,) with the nearest of `after` (m,), NaN for one
    without items; -1 is noise, which is no group."""
    real = before >= 0
    count = int(after.max(initial=-1)) + 1
    sizes, found = np.bincount(before[real], minlength=groups), np.bincount(after[after >= 0], minlength=count)
    both = real & (after >= 0)
    shared = np.bincount(before[both] * count + after[both], minlength=groups * count).reshape(groups, count)
    either = sizes[:, None] + found - shared
    nearest = np.divide(shared, either, out=np.zeros(shared.shape), where=either > 0).max(axis=1, initial=0)
    return np.where(sizes > 0, nearest, np.nan)


def _looked_at(asked: Asked) -> Ints:
    """The items that are grouped again, sorted."""
    return fair_sample(len(asked.points.values), max(SAMPLE, _compared(asked) or 0), asked.seed)


def _by_chance(asked: Asked) -> bool:
    """Whether another seed may find other groups."""
    most = _compared(asked)
    return asked.spec.chance or (most is not None and len(asked.points.values) > most)


def _compared(asked: Asked) -> int | None:
    """How many items the method itself compares with each other at most; None where it looks at all."""
    most = getattr(asked.plugin, "most", None)
    return None if most is None else int(most(asked.points.values.shape[1]))


def _labels(asked: Asked, items: Ints, seed: int) -> Ints:
    return by_size(np.asarray(asked.fit(items=items, seed=seed).labels, dtype=np.int64))


def _rand(one: Ints, other: Ints) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))

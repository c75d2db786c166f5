"""How well groups keep when chance, or a fifth of the items, changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .clusterings import fitted, settled
from .clusterings._asked import Asked, ask, by_size
from .errors import ParameterError
from .plugins import On
from .silhouettes import Doubles
from .space import Ints, Metric, Progress, Projection, Space
from .store import Store, get_store, result_key

SHARE = 0.8
"""Of the items, in a resample."""
RUNS = 10
MOST = 200


@dataclass(frozen=True, eq=False)
class Stability:
    """Adjusted Rand indices (Hubert and Arabie 1985; 0 by chance, 1 the same groups) with the groups that `cluster`
    finds: of other `seeds` (r,), none for a method without chance, and of `resamples` (r,) of 80 % of the items, each
    compared on its own items. Noise counts as a group.

    `survival` (groups,) has for each group the mean Jaccard similarity with its nearest group in each resample (Hennig
    2007, doi:10.1016/j.csda.2006.11.025): above .75 it is stable, below .5 it dissolves. NaN for a group of which no
    resample has an item.
    """

    seeds: Doubles
    resamples: Doubles
    survival: Doubles

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

    A number of groups that was left open is chosen once. Raises ParameterError as `cluster` does, for `runs` that are
    not from 2 to 200, for a method that gives names and not groups, and for fewer than 5 items.
    """
    if not 2 <= runs <= MOST:
        raise ParameterError(f"{runs} runs.", f"Choose from 2 to {MOST}.")
    asked, store = ask(space, method, on, metric, plane, seed, params), store or get_store()
    if not hasattr(asked.plugin, "fit"):
        raise ParameterError(f"{asked.spec.label} finds no groups: it gives names.", "Choose another method.")
    if len(space) < 5:
        raise ParameterError(f"{len(space)} items cannot be resampled.", "Bring at least 5.")
    key = result_key("stability", 1, asked.key, runs)
    known = store.get_result(key)
    if known is None:
        found = _run(asked, runs, store, progress)
        arrays = {"seeds": found.seeds, "resamples": found.resamples, "survival": found.survival}
        store.put_result(key, arrays, {})
        return found
    return Stability(**known[0])


def _run(asked: Asked, runs: int, store: Store, progress: Progress | None) -> Stability:
    asked, _ = settled(asked, store, None)
    labels, n = fitted(asked, store, None).labels, len(asked.points.space)
    others = runs if _by_chance(asked) else 0
    seeds, resamples, best = [], [], []
    random = np.random.default_rng(asked.seed)
    chances = random.integers(2**31, size=2 * runs).tolist()
    for run in range(others):
        if progress:
            progress(run, others + runs)
        seeds.append(_rand(labels, _labels(asked, np.arange(n), chances[run])))
    for run in range(runs):
        if progress:
            progress(others + run, others + runs)
        items = np.sort(random.choice(n, round(SHARE * n), replace=False))
        found = _labels(asked, items, chances[runs + run])
        resamples.append(_rand(labels[items], found))
        best.append(survived(labels[items], found, int(labels.max()) + 1))
    here = ~np.isnan(best)
    total, times = np.where(here, best, 0).sum(axis=0), here.sum(axis=0)
    survival = np.divide(total, times, out=np.full(len(total), np.nan), where=times > 0)
    return Stability(np.array(seeds, dtype=np.float64), np.array(resamples), survival)


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


def _by_chance(asked: Asked) -> bool:
    """Whether another seed may find other groups."""
    most = getattr(asked.plugin, "most", None)
    values = asked.points.values
    return asked.spec.chance or (most is not None and len(values) > most(values.shape[1]))


def _labels(asked: Asked, items: Ints, seed: int) -> Ints:
    return by_size(np.asarray(asked.fit(items=items, seed=seed).labels, dtype=np.int64))


def _rand(one: Ints, other: Ints) -> float:
    from sklearn.metrics import adjusted_rand_score

    return float(adjusted_rand_score(one, other))

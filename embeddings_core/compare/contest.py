"""Which encoder is better for one's own labels: several spaces of the same items, judged alike."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import InputError, ParameterError
from ..metadata import MOST as LABELS
from ..metadata import series, text_codes
from ..progress import phase
from ..search.retrieval import Mean
from ..space import Dataset, Ints, Progress, Space
from ..store import Store, get_store, result_key
from .common import common_items
from .probes import folds_of, item_values

MOST = 5_000
"""Items that are judged at most: a seeded sample of so many, with the labels in proportion, where there are more."""
RESAMPLES = 2_000
_VERSION = 1

Doubles = npt.NDArray[np.float64]
MEASURES = {
    "knn": "kNN accuracy: how often most of the nearest items have the right label",
    "probe": "Linear probe accuracy: how often a straight cut through the space gives the right label",
    "silhouette": "Silhouette: how much nearer items are to their own label than to the next one, -1 to 1",
    "precision": "Precision: how many of the nearest items have the same label",
    "average_precision": "Mean average precision: how far all items of the label come first in a search",
}
"""What an encoder is judged by; of each, higher is better."""


@dataclass(frozen=True)
class Standing:
    """How one encoder does: a Mean for each of MEASURES, over items, each with its 95% interval. `size` is that of all
    its vectors in bytes, `dimensions` d, `seconds` what encoding took, NaN where that is not known."""

    encoder: str
    dimensions: int
    size: int
    seconds: float
    knn: Mean
    probe: Mean
    silhouette: Mean
    precision: Mean
    average_precision: Mean


@dataclass(frozen=True)
class Lead:
    """By how much the `best` is ahead of the `second`, both places in `standings`, over the same items: the mean
    difference and its 95% interval by a paired bootstrap. `noise` is whether that holds 0: then none is better."""

    best: int
    second: int
    difference: Mean

    @property
    def noise(self) -> bool:
        return self.difference.low <= 0


@dataclass(frozen=True, eq=False)
class Contest:
    """The spaces in the order in which they were given, and what they were judged on.

    `items` (n,) are the rows of the first space that were judged; `labels` the classes that took part, with how many
    of `items` each has (`sizes`). Not judged are, in each space, `left_out` items that are not in all spaces; `missing`
    ones without a label; `copies` of an item that came before, which would be an answer known beforehand; and the
    `rare` labels, with how many items each has, fewer than folds. `sampled` tells whether there were too many.

    `majority` is the accuracy of always giving the commonest label, `chance` the precision of random neighbors. `leads`
    has one Lead a measure, none where there is one space.
    """

    standings: tuple[Standing, ...]
    leads: Mapping[str, Lead]
    k: int
    folds: int
    items: Ints
    labels: tuple[str, ...]
    sizes: tuple[int, ...]
    left_out: tuple[int, ...]
    missing: int
    copies: int
    rare: Mapping[str, int]
    sampled: bool

    @property
    def majority(self) -> float:
        return max(self.sizes) / len(self.items)

    @property
    def chance(self) -> float:
        n = len(self.items)
        return sum(size * (size - 1) for size in self.sizes) / (n * (n - 1))

    @property
    def noise(self) -> bool:
        """Whether no measure tells the best two apart."""
        return all(lead.noise for lead in self.leads.values())

    @property
    def table(self) -> pd.DataFrame:
        """One row an encoder: each measure with the ends of its interval, dimensions, bytes, seconds."""
        rows = []
        for standing in self.standings:
            row: dict[str, Any] = {"encoder": standing.encoder}
            for name in MEASURES:
                mean: Mean = getattr(standing, name)
                row |= {name: mean.value, f"{name}_low": mean.low, f"{name}_high": mean.high}
            size = {"dimensions": standing.dimensions, "bytes": standing.size, "seconds": standing.seconds}
            rows.append({**row, **size})
        return pd.DataFrame(rows)


def contest(
    spaces: Sequence[Space],
    labels: str | Iterable[object],
    k: int = 15,
    folds: int = 5,
    *,
    seconds: Sequence[float] = (),
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Contest:
    """Judge `spaces` by `labels`, a metadata column of the first or one label for each of its items; None, NaN and ""
    are no label.

    Cross-validated in the same stratified `folds` for all: the vote of the `k` nearest by cosine, and logistic
    regression (scikit-learn) on vectors of length 1, centered. Over the same items: silhouette by Euclidean distance of
    vectors of length 1, precision at k and mean average precision by cosine. Intervals are over items, which are taken
    as independent, and the fitted models as given: what is just outside the noise may still be chance. Of more than
    5,000 items a seeded sample is judged. `seconds` are what encoding each took, if known. Spaces are kept in the store
    one by one; `progress` counts parts of the whole.

    Raises InputError where no item is in all spaces, for fewer than 2 labels with as many items as folds, more than
    200, or labels of other items; ParameterError for `k` and `folds` out of range.
    """
    if not spaces or len(seconds) not in (0, len(spaces)):
        raise InputError(
            f"{len(spaces)} spaces, and {len(seconds)} times of encoding.", "Give one time for each space."
        )
    if not 2 <= folds <= 20:
        raise ParameterError(f"{folds} folds.", "Choose from 2 to 20.")
    rows = common_items([space.dataset for space in spaces])
    names, codes = _labels(spaces[0].dataset, labels)
    codes, distinct = codes[rows[0]], _first(spaces[0].dataset, rows[0])
    judged = (codes >= 0) & distinct
    sizes = np.bincount(codes[judged], minlength=len(names))
    rare = {name: size for name, size in zip(names, sizes.tolist(), strict=True) if 0 < size < folds}
    taking = np.flatnonzero(sizes >= folds)
    if not 2 <= len(taking) <= LABELS:
        raise InputError(
            f"{len(taking)} label{'s have' if len(taking) != 1 else ' has'} {folds} different items or more.",
            f"Choose labels of which 2 to {LABELS} do, or fewer folds.",
        )
    chosen = _sample(np.flatnonzero(judged & np.isin(codes, taking)), codes, folds, seed)
    given = np.searchsorted(taking, codes[chosen])
    most = len(chosen) - math.ceil(len(chosen) / folds) - 1
    if not 1 <= k <= most:
        raise ParameterError(f"k is {k}, but {most:,} items are to learn from.", f"Choose k from 1 to {most:,}.")
    store, values = store or get_store(), []
    for place, (space, row) in enumerate(zip(spaces, rows, strict=True)):
        part = phase(progress, place / len(spaces), (place + 1) / len(spaces))
        values.append(_judged(space, row[chosen], given, k, folds, seed, store, part))
    times = [*seconds] or [math.nan] * len(spaces)
    return Contest(
        tuple(_standing(space, time, found) for space, time, found in zip(spaces, times, values, strict=True)),
        {name: _lead([found[name] for found in values], seed) for name in MEASURES} if len(spaces) > 1 else {},
        k,
        folds,
        rows[0][chosen],
        tuple(names[label] for label in taking),
        tuple(np.bincount(given).tolist()),
        tuple(len(space) - len(row) for space, row in zip(spaces, rows, strict=True)),
        int((codes < 0).sum()),
        int((~distinct & (codes >= 0)).sum()),
        rare,
        len(chosen) < int(sizes[taking].sum()),
    )


def _labels(dataset: Dataset, labels: str | Iterable[object]) -> tuple[tuple[str, ...], Ints]:
    if isinstance(labels, str):
        return text_codes(series(dataset, labels))
    values = pd.Series(list(labels))
    if len(values) != len(dataset):
        raise InputError(
            f"{len(values)} labels for {len(dataset)} items.", "Give one for each item of the first space."
        )
    return text_codes(values)


def _first(dataset: Dataset, rows: Ints) -> npt.NDArray[np.bool_]:
    """Which of the items at `rows` (m,) no earlier one is a copy of."""
    keys = np.array([dataset.keys[row].hex() for row in rows])
    found = np.zeros(len(rows), dtype=bool)
    found[np.unique(keys, return_index=True)[1]] = True
    return found


def _sample(items: Ints, codes: Ints, folds: int, seed: int) -> Ints:
    """At most about 5,000 of `items` (m,), in order: of each label its share, but enough for all folds."""
    if len(items) <= MOST:
        return items
    random, kept = np.random.default_rng(seed), []
    for label in np.unique(codes[items]):
        members = items[codes[items] == label]
        kept.append(random.choice(members, max(folds, round(len(members) * MOST / len(items))), replace=False))
    return np.sort(np.concatenate(kept))


def _judged(
    space: Space, rows: Ints, codes: Ints, k: int, folds: int, seed: int, store: Store, progress: Progress
) -> Mapping[str, Doubles]:
    """The values (n,) of each measure, from the store where they are known."""
    key = result_key("contest", _VERSION, space.fingerprint, rows, codes, k, folds, seed)
    known = store.get_result(key)
    if known is not None:
        return known[0]
    found = item_values(space.unit[rows], codes, folds_of(codes, folds, seed), k, progress)
    store.put_result(key, found, {})
    return found


def _standing(space: Space, seconds: float, values: Mapping[str, Doubles]) -> Standing:
    means = {name: (_share if name in ("knn", "probe") else _mean)(values[name]) for name in MEASURES}
    return Standing(space.encoder, space.vectors.shape[1], space.vectors.nbytes, float(seconds), **means)


def _mean(values: Doubles) -> Mean:
    mean, half = float(values.mean()), 1.96 * float(values.std()) / math.sqrt(len(values))
    return Mean(mean, mean - half, mean + half)


def _share(values: Doubles) -> Mean:
    """Of ones among zeros, with the interval of Wilson (1927, doi:10.1080/01621459.1927.10502953)."""
    n, share, z = len(values), float(values.mean()), 1.96
    middle, half = share + z**2 / (2 * n), z * math.sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    return Mean(share, max((middle - half) / (1 + z**2 / n), 0.0), min((middle + half) / (1 + z**2 / n), 1.0))


def _lead(values: Sequence[Doubles], seed: int) -> Lead:
    best, second = np.argsort([-found.mean() for found in values], kind="stable")[:2].tolist()
    apart, random = values[best] - values[second], np.random.default_rng(seed)
    n = len(apart)
    low, high = np.percentile([apart[random.integers(n, size=n)].mean() for _ in range(RESAMPLES)], [2.5, 97.5])
    return Lead(best, second, Mean(float(apart.mean()), float(low), float(high)))

"""How well labels can be told from vectors: item by item, by neighbors, by a linear probe, and by a search."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..groups.silhouettes import measured
from ..progress import phase
from ..space import Floats, Ints, Progress

_BLOCK = 256
_TIE = 1e-3
_STRENGTH = 10.0  # of the probe's regularization, its inverse: weak enough for vectors of length 1
_ROUNDS = 500

Doubles = npt.NDArray[np.float64]


def folds_of(codes: Ints, folds: int, seed: int) -> Ints:
    """The fold (n,), from 0, in which each item is tested: seeded, with the labels `codes` (n,) in the same proportions
    in each."""
    from sklearn.model_selection import StratifiedKFold

    found = np.empty(len(codes), dtype=np.int64)
    parts = StratifiedKFold(folds, shuffle=True, random_state=seed).split(codes, codes)
    for fold, (_, tested) in enumerate(parts):
        found[tested] = fold
    return found


def item_values(
    unit: Floats, codes: Ints, folds: Ints, k: int, progress: Progress | None = None
) -> Mapping[str, Doubles]:
    """What is known of each item (n,) from vectors of length 1 (n, d), their labels (n,) and their folds (n,).

    knn         1 where the majority of the k nearest in the other folds has its label; ties go to the nearer
    probe       1 where logistic regression, fitted on the other folds, gives its label
    silhouette  how much nearer it is to its own label than to the next, -1 to 1
    precision   the share of its k nearest that have its label
    average_precision   of the items of its label, among all items ranked by cosine
    """
    found = _by_rank(unit, codes, folds, k, phase(progress, 0, 0.4))
    found["silhouette"] = measured(unit, [codes], phase(progress, 0.4, 0.5))[0]
    found["probe"] = _probed(unit, codes, folds, phase(progress, 0.5, 1))
    return found


def _by_rank(unit: Floats, codes: Ints, folds: Ints, k: int, progress: Progress) -> dict[str, Doubles]:
    n, classes = len(unit), int(codes.max()) + 1
    found = {name: np.empty(n) for name in ("knn", "precision", "average_precision")}
    for at in range(0, n, _BLOCK):
        progress(at, n)
        part = np.arange(at, min(at + _BLOCK, n))
        alike = unit[part] @ unit.T
        alike[np.arange(len(part)), part] = -np.inf
        order = np.argsort(-alike, axis=1, kind="stable")[:, :-1]  # the last is the item itself
        right = codes[order] == codes[part, None]
        found["precision"][part] = right[:, :k].mean(axis=1)
        precisions = np.cumsum(right, axis=1) / np.arange(1, n)
        found["average_precision"][part] = (precisions * right).sum(axis=1) / right.sum(axis=1)
        others = folds[order] != folds[part, None]
        voters = order[others & (np.cumsum(others, axis=1) <= k)].reshape(len(part), k)
        weights = 1 + _TIE / k * np.take_along_axis(alike, voters, axis=1)
        places = np.arange(len(part))[:, None] * classes + codes[voters]
        votes = np.bincount(places.ravel(), weights.ravel(), minlength=len(part) * classes).reshape(-1, classes)
        found["knn"][part] = votes.argmax(axis=1) == codes[part]
    return found


def _probed(unit: Floats, codes: Ints, folds: Ints, progress: Progress) -> Doubles:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    found, count = np.empty(len(codes)), int(folds.max()) + 1
    for fold in range(count):
        progress(fold, count)
        tested = folds == fold
        known, asked = _scaled(unit[~tested], unit[tested])
        model: Any = LogisticRegression(C=_STRENGTH, max_iter=_ROUNDS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # after 500 rounds little changes
            model.fit(known, codes[~tested])
        found[tested] = model.predict(asked) == codes[tested]
    return found


def _scaled(known: Floats, asked: Floats) -> tuple[Floats, Floats]:
    """Both around the mean of what is known, in units of its spread: else the same regularization would be harder on a
    space whose vectors all point one way."""
    mean = known.mean(axis=0)
    spread = float(np.sqrt(((known - mean) ** 2).sum(axis=1).mean())) or 1.0
    return (known - mean) / spread, (asked - mean) / spread

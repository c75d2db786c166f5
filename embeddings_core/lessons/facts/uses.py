"""Facts about what vectors are used for: labels, odd items, twins; and about what else a space is ordered by."""

from __future__ import annotations

import numpy as np

from ...compare.probes import folds_of, item_values
from ...progress import phase
from ...space import Space
from ...worklists.outliers import find_outliers
from ...zero_shot import zero_shot
from .texts import neighbors_of_all, space_of

Labels = np.ndarray[tuple[int, ...], np.dtype[np.object_]]
_FOLDS = 5


def learned(sample_id: str, encoder: str, column: str, way: str = "knn", k: int = 10) -> float:
    """The share of items whose value in a column is told from the others' in fivefold cross-validation: by the k
    nearest ("knn") or by logistic regression ("probe"). Items of the value "other" are left out."""
    space, values = _labeled(sample_id, encoder, column)
    known = values != "other"
    codes = np.unique(values[known], return_inverse=True)[1]
    found = item_values(space.unit[known], codes, folds_of(codes, _FOLDS, 0), k, phase(None, 0, 1))
    return float(found[way].mean())


def few(sample_id: str, encoder: str, column: str, each: int, times: int = 20) -> float:
    """The share of items that get their value in a column when only some of each are known, the nearest mean of
    these deciding; the mean over seeded choices. Items of the value "other" are left out."""
    space, values = _labeled(sample_id, encoder, column)
    names = [name for name in np.unique(values) if name != "other"]
    rng, shares = np.random.default_rng(0), []
    for _ in range(times):
        known = [rng.choice(np.flatnonzero(values == name), each, replace=False) for name in names]
        centers = np.stack([space.unit[items].mean(axis=0) for items in known])
        centers /= np.linalg.norm(centers, axis=1, keepdims=True)
        asked = np.setdiff1d(np.flatnonzero(values != "other"), np.concatenate(known))
        nearest = (space.unit[asked] @ centers.T).argmax(axis=1)
        shares.append((np.array(names)[nearest] == values[asked]).mean())
    return float(np.mean(shares))


def by_name(sample_id: str, encoder: str, column: str) -> float:
    """The share of items that are nearest to the name of their own value in a column. Those of "other" are left out."""
    space, values = _labeled(sample_id, encoder, column)
    names = [str(name) for name in np.unique(values) if name != "other"]
    asked = values != "other"
    return float((np.array(names)[zero_shot(space, names).labels] == values)[asked].mean())


def odd(sample_id: str, encoder: str, column: str, value: str, first: int) -> int:
    """How many of the `first` oddest items have a value in a column."""
    space, values = _labeled(sample_id, encoder, column)
    return int((values[find_outliers(space).order[:first]] == value).sum())


def marked(sample_id: str, encoder: str, column: str, start: str) -> int:
    """How many items have a value in a column that begins so."""
    return int(_begins(sample_id, encoder, column, start).sum())


def twins(sample_id: str, encoder: str, column: str, start: str) -> float:
    """The share of items whose value in a column begins so that lie at a cosine of .9 or more from another."""
    chosen = _begins(sample_id, encoder, column, start)
    unit = space_of(sample_id, encoder).unit
    similar = unit[chosen] @ unit.T
    similar[np.arange(len(similar)), np.flatnonzero(chosen)] = -1
    return float((similar.max(axis=1) >= 0.9).mean())


def together(sample_id: str, encoder: str, column: str, start: str) -> float:
    """The share of items whose value in a column begins so that are nearest to another of these."""
    chosen = _begins(sample_id, encoder, column, start)
    return float(chosen[neighbors_of_all(space_of(sample_id, encoder), 1)[chosen, 0]].mean())


def shared(sample_id: str, encoder: str, column: str, of: str, start: str = "") -> float:
    """The share of items whose value in a column begins so that are nearest to one of their own value in `of`."""
    chosen = _begins(sample_id, encoder, column, start)
    space, values = _labeled(sample_id, encoder, of)
    return float((values[neighbors_of_all(space, 1)[:, 0]] == values)[chosen].mean())


def _labeled(sample_id: str, encoder: str, column: str) -> tuple[Space, Labels]:
    space = space_of(sample_id, encoder)
    return space, space.dataset.metadata[column].to_numpy(dtype=object)


def _begins(sample_id: str, encoder: str, column: str, start: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    values = space_of(sample_id, encoder).dataset.metadata[column].astype(str)
    return np.asarray(values.str.startswith(start), dtype=bool)


FACTS = {
    "learned": learned,
    "few": few,
    "by_name": by_name,
    "odd": odd,
    "marked": marked,
    "twins": twins,
    "together": together,
    "shared": shared,
}

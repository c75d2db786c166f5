"""Axes with names: where each item lies between two poles; and a probe of what words are tied to (WEAT)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from math import comb

import numpy as np
import numpy.typing as npt

from .arithmetic import Part, part_vector
from .errors import InputError, ParameterError
from .pictures import Picture
from .plugins import check_seed
from .space import Floats, Space
from .store import Store

EXACT = 200_000
"""Up to so many ways to part the targets, all are looked at."""
SAMPLED = 100_000
"""Ways that are looked at where there are more."""
_BLOCK = 4096  # items or ways that are looked at at once
_NOTHING = 1e-6

Doubles = npt.NDArray[np.float64]
Pole = Part | Sequence[Part]
"""A part, or several."""


def axis(space: Space, low: Pole, high: Pole, *, store: Store | None = None) -> Floats:
    """Where each item lies between two poles, (n,) float32: 0 is where `low` is on average, 1 where `high` is, and
    items may lie beyond.

    A pole is a text, a picture, an item, a selection or a vector, or a list of these; it counts by the mean of their
    unit vectors. The score is the projection of the item's unit vector on the way from one mean to the other, which
    ranks as the cosine with that direction does, but has numbers that can be read. Raises InputError for an empty
    pole, or two that are the same.
    """
    start, end = (pole_vector(space, pole, store=store) for pole in (low, high))
    way = end - start
    squared = float(way @ way)
    if squared <= _NOTHING**2:
        raise InputError("Both poles are the same.", "Choose two that differ.")
    scores = np.empty(len(space), dtype=np.float32)
    for at in range(0, len(space), _BLOCK):
        part = slice(at, at + _BLOCK)
        unit = space.vectors[part].astype(np.float64) * space.inverse_norms[part, None]
        scores[part] = (unit - start) @ way / squared
    return scores


def pole_vector(space: Space, pole: Pole, *, store: Store | None = None) -> Doubles:
    """The mean (d,) of the unit vectors of a pole's parts. Raises InputError where it has none."""
    parts = _parts(pole)
    if not parts:
        raise InputError("A pole is empty.", "Give at least one text, item or selection for each.")
    return np.asarray(np.mean([part_vector(space, part, store=store) for part in parts], axis=0))


def _parts(pole: Pole) -> list[Part]:
    if isinstance(pole, (str, Picture, int, np.integer, np.ndarray)):
        return [pole]
    return list(pole)


@dataclass(frozen=True)
class Association:
    """What WEAT finds. `effect` is in standard deviations, -2 to 2: above 0 the first targets are tied to the first
    attributes, and the second to the second. `p` is the share of all ways to part the targets that tie them at least
    as much; of `ways` of them, `exact` where these are all there are. `scores` are each target's own, the first
    targets first: its mean cosine with the first attributes less that with the second."""

    effect: float
    p: float
    ways: int
    exact: bool
    scores: tuple[float, ...]


def weat(
    space: Space,
    first: Sequence[Part],
    second: Sequence[Part],
    attributes: tuple[Sequence[Part], Sequence[Part]],
    *,
    seed: int = 0,
    store: Store | None = None,
) -> Association:
    """The word-embedding association test (Caliskan, Bryson and Narayanan, Science 2017, doi:10.1126/science.aal4230):
    whether `first` targets, such as flowers, are nearer to the first of two lists of `attributes`, such as pleasant
    words, than `second` targets are.

    The effect is the difference of the targets' mean scores over the standard deviation (of n) of all. The test is
    one-sided, exact up to 200,000 ways to part the targets, else on 100,000 seeded ones, the given one counted too.
    Raises InputError for an empty list, fewer than 2 targets of a kind, or targets without any difference.
    """
    check_seed(seed)
    if len(attributes) != 2:
        raise ParameterError(f"There are {len(attributes)} lists of attributes.", "Give two, such as good and bad.")
    if min(len(first), len(second)) < 2 or not all(len(each) for each in attributes):
        raise InputError("A list is too short.", "Give at least 2 targets of each kind, and 1 attribute of each.")
    vectors = [_units(space, parts, store) for parts in (first, second, *attributes)]
    targets, (good, bad) = np.concatenate(vectors[:2]), vectors[2:]
    scores = (targets @ good.T).mean(axis=1) - (targets @ bad.T).mean(axis=1)
    spread = float(scores.std())
    if spread <= _NOTHING:
        raise InputError("All targets are tied alike to both attributes.", "Choose other words.")
    size = len(first)
    effect = float((scores[:size].mean() - scores[size:].mean()) / spread)
    p, ways, exact = _chance(scores, size, seed)
    return Association(effect, p, ways, exact, tuple(scores.tolist()))


def _units(space: Space, parts: Sequence[Part], store: Store | None) -> Doubles:
    vectors = np.stack([part_vector(space, part, store=store) for part in parts])
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _chance(scores: Doubles, size: int, seed: int) -> tuple[float, int, bool]:
    """The share of ways to take `size` of the scores whose sum is at least that of the first ones; how many ways were
    looked at, and whether these are all."""
    n, least = len(scores), scores[:size].sum() - 1e-9
    total = comb(n, size)
    if total <= EXACT:
        reached = sum(int((scores[ways].sum(axis=1) >= least).sum()) for ways in _blocks(n, size))
        return reached / total, total, True
    rng, reached = np.random.default_rng(seed), 1
    for at in range(0, SAMPLED, _BLOCK):
        order = rng.random((min(_BLOCK, SAMPLED - at), n)).argsort(axis=1)[:, :size]
        reached += int((scores[order].sum(axis=1) >= least).sum())
    return reached / (SAMPLED + 1), SAMPLED, False


def _blocks(n: int, size: int) -> Iterator[npt.NDArray[np.int64]]:
    """All ways to take `size` of n, some thousands at once, each (m, size)."""
    ways = combinations(range(n), size)
    while block := list(islice(ways, _BLOCK)):
        yield np.array(block, dtype=np.int64)

"""Reckoning with meaning: items, texts, pictures, selections and vectors added up, taken away, and walked between."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError, ParameterError
from .filters import Filter, Mask, staying
from .neighbors import check, nearest, without
from .pictures import Picture
from .queries import asked
from .space import Floats, Ints, Neighbors, Space, item_key
from .store import Store

MOST = 60
"""Items of a similarity matrix at most."""
_NOTHING = 1e-6  # a sum of unit vectors that is shorter has no direction

Doubles = npt.NDArray[np.float64]
Part = str | Picture | int | np.integer[Any] | npt.NDArray[Any] | Sequence[int]
"""A text, a picture, an item's number, a selection (mask (n,) or item numbers (k,)), or a vector (d,) of floats."""
Weighted = Part | tuple[Part, float]


def combine(
    space: Space, plus: Sequence[Weighted] = (), minus: Sequence[Weighted] = (), *, store: Store | None = None
) -> Floats:
    """The unit vector (d,) of the sum of all parts of `plus` less those of `minus`: king - man + woman.

    Each part counts by its unit vector, a selection by the mean of its items' unit vectors; a tuple (part, weight)
    gives it another weight than 1. Two selections with weights make it Rocchio's query (Rocchio 1971): more like
    these, less like those. Raises InputError where there are no parts, where one has no direction, where all weights
    are 0, or where the parts cancel each other out.
    """
    parts = [(part, 1.0) for part in plus] + [(part, -1.0) for part in minus]
    if not parts:
        raise InputError("There is nothing to add up.", "Give at least one item, text, picture or selection.")
    weighed = [(*(given if isinstance(given, tuple) else (given, 1.0)), sign) for given, sign in parts]
    for _, weight, _ in weighed:
        if not np.isfinite(weight):
            raise InputError(f"A part has the weight {weight}.", "Give a finite number, such as 0.5.")
    most = max(abs(weight) for _, weight, _ in weighed)
    if not most:
        raise InputError("All weights are 0, so there is nothing to add up.", "Give a part another weight.")
    total = np.zeros(space.vectors.shape[1])
    for part, weight, sign in weighed:
        total += sign * (weight / most) * part_vector(space, part, store=store)
    length = float(np.linalg.norm(total))
    if length <= _NOTHING:
        raise InputError("The parts cancel each other out.", "Change a weight, or take a part away.")
    return np.asarray(total / length, dtype=np.float32)


def part_vector(space: Space, part: Part, *, store: Store | None = None) -> Doubles:
    """One part in `space`, (d,) float64: its unit vector; of a selection the mean of its items' unit vectors, which is
    the shorter the less alike they are. Raises InputError for what is not there or has no direction."""
    items = items_of(space, part)
    if items is not None:
        mean = np.zeros(space.vectors.shape[1])
        for at in range(0, len(items), 4096):
            block = items[at : at + 4096]
            mean += (space.vectors[block] * space.inverse_norms[block, None]).sum(axis=0, dtype=np.float64)
        mean /= len(items)
        if np.linalg.norm(mean) <= _NOTHING:
            what = f"Item {items[0]} is a vector of zeros" if len(items) == 1 else "The selection has no direction"
            raise InputError(f"{what}.", "Choose other items, or another encoder.")
        return mean
    question = asked(space, part, store=store)
    if question.space is not space:
        raise InputError(
            "The encoder of these pictures reads no text, so a text cannot be added to them.",
            "Encode them with one that reads both, such as CLIP or conse, or use items of this data.",
        )
    vector = question.vectors[0].astype(np.float64)
    length = float(np.linalg.norm(vector))
    if not length or len(question.vectors) > 1:
        said = repr(part[:60]) if isinstance(part, str) else "A part"
        raise InputError(
            f"{said} is not one vector with a direction.",
            "Try other words: those may be unknown to the encoder." if isinstance(part, str) else "Give one vector.",
        )
    return np.asarray(vector / length, dtype=np.float64)


def items_of(space: Space, part: Part) -> Ints | None:
    """The items (k,) that a part names by number or as a selection; None for a text, a picture or a vector. Raises
    InputError where there are none, or no such ones."""
    if isinstance(part, (str, Picture)):
        return None
    given, n = np.asarray(part), len(space)
    if given.dtype == np.bool_:
        if given.shape != (n,):
            raise InputError(f"A selection of shape {given.shape} for {n} items.", "Give one True or False an item.")
        given = np.flatnonzero(given)
    if given.size == 0:
        raise InputError("The selection is empty.", "Select at least one item.")
    if given.dtype.kind not in "iu":
        return None
    items = given.reshape(-1).astype(np.int64)
    if items.min() < 0 or items.max() >= n:
        missing = items[(items < 0) | (items >= n)][0]
        raise InputError(f"There is no item {missing}.", f"Items are numbered 0 to {n - 1}.")
    return items


def mentioned(space: Space, parts: Sequence[Weighted]) -> Ints:
    """The items that `parts` name, sorted: by number, or by a text or picture that is an item of the data. They are
    what an answer should leave out, as the words of an analogy's question."""
    plain = [part[0] if isinstance(part, tuple) else part for part in parts]
    numbers = [part for part in plain if isinstance(part, (int, np.integer))]
    contents = {item_key(part) for part in plain if isinstance(part, (str, Picture))}
    same = [i for i, key in enumerate(space.dataset.keys) if key in contents] if contents else []
    return np.unique(np.array([*numbers, *same], dtype=np.int64))


def nearest_others(
    space: Space, vector: Floats, k: int = 10, besides: Ints | Sequence[int] = (), *, where: Filter | Mask | None = None
) -> Neighbors:
    """The `k` items nearest to `vector` (d,) by cosine, but none of `besides`; all others where there are fewer. Only
    the items of `where`, a mask (n,) or a Filter, are ranked. Raises ParameterError for k below 1, and InputError for a
    filter that does not fit the data."""
    check(k, "cosine")
    query = np.asarray(vector, dtype=np.float32)[None]
    left_out = np.unique(np.asarray(besides, dtype=np.int64))
    rows = without(staying(space.dataset, where), left_out, len(space))
    return Neighbors(*nearest(space, query, k, rows=rows), "cosine", query)


@dataclass(frozen=True, eq=False)
class Walk:
    """The way from one vector to another in s steps: unit `vectors` (s, d), the real item nearest to each, (s,), and
    its cosine (s,). The ends themselves are nearest only at the ends."""

    vectors: Floats
    items: Ints
    cosines: Floats


def interpolate(space: Space, start: Part, end: Part, steps: int = 7, *, store: Store | None = None) -> Walk:
    """From `start` to `end` in equal turns (slerp: Shoemake 1985), with the nearest item at each of `steps`, both ends
    among them. Between the ends, items that are an end are left out where there are others. Raises InputError for
    opposite ends, ParameterError for fewer than 2 steps."""
    if not 2 <= steps <= 100:
        raise ParameterError(f"There are {steps} steps.", "Choose 2 to 100.")
    one, other = (_unit(part_vector(space, part, store=store)) for part in (start, end))
    angle = np.arctan2(np.linalg.norm(one - other), np.linalg.norm(one + other)) * 2
    if np.pi - angle < 1e-3:
        raise InputError("The two point in opposite directions: every way is as short.", "Choose another end.")
    shares = np.linspace(0, 1, steps)[:, None]
    if angle > _NOTHING:
        vectors = (np.sin((1 - shares) * angle) * one + np.sin(shares * angle) * other) / np.sin(angle)
    else:
        vectors = np.repeat(one[None], steps, axis=0)
    ends = mentioned(space, [start, end])
    found = []
    for step, vector in enumerate(vectors.astype(np.float32)):
        left_out = ends if 0 < step < steps - 1 and len(ends) < len(space) else ()
        found.append(nearest_others(space, vector, 1, left_out))
    items, cosines = (np.array([getattr(hit, name)[0, 0] for hit in found]) for name in ("indices", "scores"))
    return Walk(vectors.astype(np.float32), items, cosines)


@dataclass(frozen=True, eq=False)
class SimilarityMatrix:
    """`items` (m,) in an order that puts like beside like, and their `cosines` (m, m) float32 in that order."""

    items: Ints
    cosines: Floats


def similarity_matrix(space: Space, items: Ints | Sequence[int]) -> SimilarityMatrix:
    """The cosines of up to 60 items with each other, ordered as the leaves of average linkage, turned so that
    neighbors are as near as can be (Bar-Joseph, Gifford and Jaakkola 2001). Raises InputError for none, for too many,
    or for items that are not there."""
    given = np.asarray(items)
    numbers = given if given.dtype.kind in "iub" else np.empty(0, dtype=np.int64)
    chosen = items_of(space, numbers)
    assert chosen is not None
    chosen = np.array(list(dict.fromkeys(chosen.tolist())), dtype=np.int64)
    if len(chosen) > MOST:
        raise InputError(f"{len(chosen)} items are too many to be compared at a glance.", f"Choose up to {MOST}.")
    unit = space.vectors[chosen].astype(np.float64) * space.inverse_norms[chosen, None]
    cosines = np.clip(unit @ unit.T, -1, 1)
    order = _leaves(1 - cosines) if len(chosen) > 2 else np.arange(len(chosen))
    return SimilarityMatrix(chosen[order], cosines[np.ix_(order, order)].astype(np.float32))


def _leaves(distances: Doubles) -> Ints:
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    condensed = squareform(distances, checks=False)
    return np.asarray(leaves_list(optimal_leaf_ordering(linkage(condensed, "average"), condensed)), dtype=np.int64)


@dataclass(frozen=True, eq=False)
class Differences:
    """The dimensions (k,) in which two unit vectors differ most, the values of both there, (k,) each, and the `shares`
    (k,) of their squared distance that these make."""

    dimensions: Ints
    first: Floats
    second: Floats
    shares: Floats


def differing_dimensions(first: Floats, second: Floats, k: int = 10) -> Differences:
    """Where the directions of two vectors (d,) differ most, the most first; k beyond d gives all. Raises InputError for
    vectors of different lengths or zeros, ParameterError for k below 1."""
    if k < 1:
        raise ParameterError(f"k is {k}.", "Choose k from 1.")
    if np.shape(first) != np.shape(second) or np.ndim(first) != 1 or not np.any(first) or not np.any(second):
        raise InputError("Two vectors of the same space are needed, and none of zeros.", "Choose two items.")
    one, other = (_unit(np.asarray(vector, dtype=np.float64)) for vector in (first, second))
    squares = (one - other) ** 2
    best = np.argsort(-squares, kind="stable")[:k]
    shares = squares[best] / (squares.sum() or 1)
    parts = (array.astype(np.float32) for array in (one[best], other[best], shares))
    return Differences(best, *parts)


def _unit(vector: Doubles) -> Doubles:
    return np.asarray(vector / np.linalg.norm(vector), dtype=np.float64)

"""Toy data whose truth is known: shapes to be drawn as maps, with what really is where in the metadata."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import ParameterError
from ..space import Dataset

Numbers = npt.NDArray[np.float64]
Made = tuple[Numbers, dict[str, npt.NDArray[np.generic]]]


def toy(name: str, *, n: int = 500, seed: int = 0) -> Dataset:
    """Toy data as ready vectors, (n, d) float32, made from a seed; the metadata has the truth.

    "swiss_roll": a sheet rolled up in 3 dimensions; `along` is the place on the way from inside to outside, `across`
    that to the side. "two_moons": two bent shapes in 2 dimensions, by `moon`. "blobs": six round groups of one size in
    50 dimensions, by `group`. "sizes": two groups in 50 dimensions, by `group`, one ten times as wide as the other.
    "gaps": three groups in 50 dimensions, by `group`; from A to B it is a fifth of the way from B to C. "noise": pure
    chance in 50 dimensions, without any group; `first` is the first number of each. Raises ParameterError.
    """
    if name not in _TOYS:
        raise ParameterError(f"There is no toy {name!r}.", f"The toys are: {', '.join(_TOYS)}.")
    if n < 12:
        raise ParameterError(f"Toy data of {n} points.", "Ask for 12 or more.")
    vectors, truth = _TOYS[name](n, np.random.default_rng(seed))
    return Dataset(
        name.replace("_", " ").capitalize(), "vector", list(vectors.astype(np.float32)), pd.DataFrame(truth),
        source="made for Embedding Explorer", description="Toy data whose truth is known.",
    )  # fmt: skip


def toys() -> tuple[str, ...]:
    """The names of all toy data."""
    return tuple(_TOYS)


def _swiss_roll(n: int, chance: np.random.Generator) -> Made:
    along, across = np.sort(chance.uniform(0, 1, n)), chance.uniform(0, 1, n)
    angle = 1.5 * np.pi * (1 + 2 * along)
    vectors = np.column_stack([angle * np.cos(angle), 21 * across, angle * np.sin(angle)])
    return vectors, {"along": along, "across": across}


def _two_moons(n: int, chance: np.random.Generator) -> Made:
    second = np.arange(n) % 2
    angle = chance.uniform(0, np.pi, n)
    x, y = np.cos(angle), np.sin(angle)
    vectors = np.column_stack([np.where(second, 1 - x, x), np.where(second, 0.5 - y, y)])
    return vectors + chance.normal(0, 0.06, (n, 2)), {"moon": np.array(["upper", "lower"])[second]}


def _groups(n: int, chance: np.random.Generator, centers: Numbers, spreads: Numbers) -> Made:
    group = np.arange(n) % len(centers)
    vectors = centers[group] + chance.normal(size=(n, centers.shape[1])) * spreads[group, None]
    return vectors, {"group": np.array(list("ABCDEF"))[group]}


def _blobs(n: int, chance: np.random.Generator) -> Made:
    return _groups(n, chance, chance.normal(0, 2, (6, 50)), np.ones(6))


def _sizes(n: int, chance: np.random.Generator) -> Made:
    centers = np.zeros((2, 50))
    centers[1, 0] = 100
    return _groups(n, chance, centers, np.array([10.0, 1.0]))


def _gaps(n: int, chance: np.random.Generator) -> Made:
    centers = np.zeros((3, 50))
    centers[:, 0] = 0, 20, 120
    return _groups(n, chance, centers, np.ones(3))


def _noise(n: int, chance: np.random.Generator) -> Made:
    vectors = chance.normal(size=(n, 50))
    return vectors, {"first": vectors[:, 0]}


_TOYS: dict[str, Callable[[int, np.random.Generator], Made]] = {
    "swiss_roll": _swiss_roll,
    "two_moons": _two_moons,
    "blobs": _blobs,
    "sizes": _sizes,
    "gaps": _gaps,
    "noise": _noise,
}

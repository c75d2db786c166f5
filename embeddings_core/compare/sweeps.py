"""Many maps of one space: one for each combination of settings, with how far each can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np

from ..errors import ParameterError
from ..fingerprints import fingerprint
from ..plugins import MethodSpec, Param, find
from ..progress import phase
from ..projections import project
from ..space import Ints, Progress, Projection, Space
from ..store import Store
from ..trust import Trust, trust

MOST = 5_000
"""Items of which all are drawn; of more it is a seeded sample."""
MAPS = 36
"""Maps of a sweep at most."""


class Tried(NamedTuple):
    """A map with those of its settings that were varied, and how far it can be trusted."""

    settings: dict[str, Any]
    seed: int
    plane: Projection
    trust: Trust


def varied(spec: MethodSpec) -> tuple[Param, ...]:
    """The settings of a method that are worth varying: the first makes the rows of a grid, the second its columns."""
    return tuple(param for param in spec.params if param.tries)


def combinations(spec: MethodSpec, largest: int | None = None) -> list[dict[str, Any]]:
    """Every combination of the values that are worth trying, rows first; without those that so few items (`largest`)
    do not allow. One without settings for a method that has none to vary."""
    params = varied(spec)
    values = [[value for value in param.tries if _fits(param, value, largest)] or [param.default] for param in params]
    return [dict(zip((param.name for param in params), row, strict=True)) for row in product(*values)]


def _fits(param: Param, value: Any, largest: int | None) -> bool:
    return param.kind != "int" or largest is None or value < largest


def drawn(n: int, most: int = MOST, seed: int = 0) -> Ints:
    """The rows of `n` items that a sweep draws: all, or a seeded sample of `most`, in order."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))


def part_of(space: Space, most: int = MOST, seed: int = 0) -> Space:
    """The space itself, or the part of it that a sweep draws."""
    if len(space) <= most:
        return space
    rows = drawn(len(space), most, seed)
    name = fingerprint("part", space.encoder_fingerprint, most, seed)
    return Space(space.dataset.take(rows), space.encoder, name, space.vectors[rows])


def sweep(
    space: Space,
    method: str,
    tries: Sequence[tuple[dict[str, Any], int]],
    k: int = 15,
    *,
    store: Store | None = None,
    arrived: Callable[[Tried], None] | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> list[Tried]:
    """A 2-D map of `space` for each of `tries`, (settings, seed), on top of `params`, with its Trust over `k`.

    Each is kept in the store by itself, so that a sweep that was stopped goes on where it was; `arrived` is called with
    each one. `progress` counts parts of the whole. Raises ParameterError for no or too many tries, and as `project` and
    `trust` do.
    """
    if not 1 <= len(tries) <= MAPS:
        raise ParameterError(f"{len(tries)} maps to make.", f"Ask for 1 to {MAPS}.")
    find("projections", method)
    found = []
    for at, (settings, seed) in enumerate(tries):
        start, middle, end = ((at + share) / len(tries) for share in (0.0, 0.8, 1.0))
        tell = phase(progress, start, middle)
        plane = project(space, method, seed=seed, store=store, progress=tell, **{**params, **settings})
        trusted = trust(space, plane, k, store=store, progress=phase(progress, middle, end))
        found.append(Tried(settings, seed, plane, trusted))
        if arrived:
            arrived(found[-1])
    return found

"""How far points move when the same map is made again, by another seed or with other settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..groups.silhouettes import Doubles
from ..procrustes import align
from ..progress import phase
from ..projections import project
from ..space import Floats, Progress, Projection, Space
from ..store import Store

MOST = 50
"""Maps that are made at most."""
_ROUNDS = 5


@dataclass(frozen=True, eq=False)
class Wobble:
    """The r `maps`, laid over each other, and how much they differ.

    `coords` (r, n, dims) float32 are the maps turned, mirrored, moved and scaled to where they lie nearest to their
    mean (generalized Procrustes analysis: Gower 1975, doi:10.1007/BF02291478), seen as the first one is; all have the
    radius 1, which is the root mean square distance from the center. `points` (n,) float32 is each item's root mean
    square distance from its mean place, in such radii: 0 stays where it is, about 1 lies anywhere. `disparities` (r,)
    tell for each map how little of the mean it meets, 0 to 1, as `align` does.
    """

    maps: tuple[Projection, ...]
    coords: Floats
    points: Floats
    disparities: Doubles

    @property
    def typical(self) -> float:
        """The median over items."""
        return float(np.median(self.points))

    @property
    def verdict(self) -> str:
        """In plain words."""
        moves = f"Made {len(self.maps)} times, half of the items move by at most {self.typical:.0%} of the map's radius"
        if self.typical < 0.1:
            return f"{moves}: it comes out the same each time."
        if self.typical < 0.4:
            return f"{moves}: the rough arrangement comes out again, exact places do not."
        return f"{moves}: where an item lies changes from map to map."


def wobble(
    space: Space,
    method: str = "umap",
    *,
    dims: int = 2,
    seeds: int = 5,
    over: Sequence[Mapping[str, Any]] = ({},),
    store: Store | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> Wobble:
    """Maps by the seeds 0 to `seeds` - 1, each with every one of the settings `over`, which go before `params`; made by
    `project`, so that the store keeps each. `progress` counts parts of the whole. Raises ParameterError for fewer than
    2 or more than 50 maps, and as `project` does.
    """
    asked = [(seed, {**params, **settings}) for settings in over for seed in range(seeds)]
    if not 2 <= len(asked) <= MOST:
        raise ParameterError(f"{len(asked)} maps cannot be compared.", f"Ask for 2 to {MOST}: seeds times settings.")
    made = []
    for at, (seed, settings) in enumerate(asked):
        part = phase(progress, at / len(asked), (at + 1) / len(asked)) if progress else None
        made.append(project(space, method, dims=dims, seed=seed, store=store, progress=part, **settings))
    coords, disparities = together([each.coords for each in made])
    away = np.linalg.norm(coords - coords.mean(axis=0), axis=2)
    points = np.sqrt((away**2).mean(axis=0)).astype(np.float32)
    return Wobble(tuple(made), coords.astype(np.float32), points, disparities)


def together(maps: Sequence[Floats]) -> tuple[Doubles, Doubles]:
    """The maps (each (n, dims)) over their mean, all of radius 1 (r, n, dims), and their disparities with it (r,)."""
    mean = _sized(maps[0])
    for _ in range(_ROUNDS):
        laid = [align(coords, mean) for coords in maps]
        # `align` makes what fits badly small, which would hide how badly it fits
        coords = np.stack([_sized(aligned) for aligned, _ in laid])
        mean = coords.mean(axis=0)
    return coords, np.array([disparity for _, disparity in laid])


def _sized(coords: Any) -> Doubles:
    """Around 0 with radius 1; all 0 where all are one place."""
    centered = coords.astype(np.float64) - coords.mean(axis=0, dtype=np.float64)
    radius = float(np.sqrt((centered**2).sum(axis=1).mean()))
    return np.asarray(centered / (radius or 1))

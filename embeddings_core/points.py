"""What groups are looked for in: the vectors, their first principal axes, or the map as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .errors import InputError, ParameterError
from .plugins import ANYWHERE, On
from .projections.pca import principal_axes
from .space import Floats, Metric, Projection, Space

AXES = 50
"""Principal axes that "pca50" keeps at most."""
METRICS: tuple[Metric, ...] = ("cosine", "euclidean")


@dataclass(frozen=True, eq=False)
class Points:
    """The numbers in which the items of a space are compared, always by Euclidean distance.

    `on` is "vectors", "pca50" or "map". By the metric "cosine" vectors are scaled to length 1 first, so that the
    distance ranks as cosine does; by "euclidean" they stay as they are. A map is taken as it is drawn, whatever the
    metric. Raises ParameterError for what there is not, InputError for the map of other items.
    """

    space: Space
    on: On = "vectors"
    metric: Metric = "cosine"
    plane: Projection | None = None

    def __post_init__(self) -> None:
        if self.on not in ANYWHERE:
            raise ParameterError(f"Groups cannot be looked for in {self.on!r}.", f"Choose: {', '.join(ANYWHERE)}.")
        if self.metric not in METRICS:
            raise ParameterError(f"Groups know no metric {self.metric!r}.", f"Choose: {', '.join(METRICS)}.")
        if self.on == "map" and self.plane is None:
            raise ParameterError("Groups of the map need a map.", "Give a projection as `plane`.")
        if self.on == "map" and self.plane is not None and len(self.plane.coords) != len(self.space):
            raise InputError(f"{len(self.space)} items but a map of {len(self.plane.coords)}.", "Give their own map.")

    @property
    def key(self) -> tuple[str, ...]:
        """What they, and what is measured of groups of them, depend on beside the space."""
        if self.on == "map" and self.plane is not None:
            return (self.on, self.metric, self.plane.fingerprint)
        return (self.on, self.metric)

    @cached_property
    def values(self) -> Floats:
        """(n, k) float32, finite."""
        if self.on == "map" and self.plane is not None:
            return self.plane.coords
        vectors = self.space.unit if self.metric == "cosine" else self.space.vectors
        return vectors if self.on == "vectors" else principal(vectors, AXES)

    @property
    def note(self) -> str:
        """One honest sentence where they are not the full vectors."""
        if self.on == "map":
            return "Found on the map as it is drawn: what the map tears apart or joins by accident is so here too."
        if self.on == "pca50":
            return f"Found in the first {min(AXES, *self.space.vectors.shape)} principal axes of the vectors."
        return ""


def principal(values: Floats, axes: int) -> Floats:
    """`values` (n, d) along their first `axes` principal axes, fewer where there are fewer; (n, axes) float32."""
    axes = min(axes, *values.shape)
    if (values == values[0]).all():
        return np.zeros((len(values), axes), dtype=np.float32)
    model = principal_axes(values, axes)
    return np.asarray((values - model.mean_) @ model.components_.T, dtype=np.float32)

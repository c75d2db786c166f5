"""Projections draw a Space in 2 or 3 dimensions. One file a method; `project` is the one way to run them.

A method's file exports SPEC (a MethodSpec) and

    fit(space, dims, seed, settings, progress) -> Fit

where `settings` has every parameter of the SPEC, checked. It is called with at least 3 items that are
not all the same; `project` answers smaller questions itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import ParameterError
from ..plugins import check_seed, find
from ..space import Floats, Neighbors, Progress, Projection, Space
from ..store import Store, get_store, result_key


@dataclass(frozen=True, eq=False)
class Fit:
    """What a method returns: coords (n, dims), one honest sentence, and arrays worth keeping."""

    coords: npt.NDArray[Any]
    note: str = ""
    extras: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)


def project(
    space: Space,
    method: str = "umap",
    *,
    dims: int = 2,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
    **params: Any,
) -> Projection:
    """A Projection of `space` by "pca", "umap" or "tsne", computed once and then read from the store.

    `dims` is 2 or 3. The same inputs and seed give the same bytes on the same machine. Raises
    ParameterError for a setting that is unknown or out of range.
    """
    if dims not in (2, 3):
        raise ParameterError(f"A map has 2 or 3 dimensions, not {dims}.", "Choose 2 or 3.")
    check_seed(seed)
    store = store or get_store()
    plugin = find("projections", method)
    settings = plugin.SPEC.settings(params)
    version = getattr(plugin, "VERSION", 1)
    made_from = ("projection", space.fingerprint, method, version, dims, seed, settings)
    key = result_key(*made_from)
    known = store.get_result(key)
    if known is not None:
        arrays, note = known
        coords = arrays.pop("coords")
        return Projection(key, method, dims, seed, settings, coords, note["note"], arrays)
    fit = _trivial(space, dims) or plugin.fit(space, dims, seed, settings, progress)
    coords = np.ascontiguousarray(fit.coords, dtype=np.float32)
    store.put_result(key, {"coords": coords, **fit.extras}, {"note": fit.note, "made_from": made_from})
    return Projection(key, method, dims, seed, settings, coords, fit.note, fit.extras)


def place(projection: Projection, hits: Neighbors) -> tuple[Floats, str]:
    """Where the queries of `hits` belong on the map of the space they were asked in: (q, dims), and in a
    word how.

    PCA places them "exactly". Other maps have no formula for what they were not made of: there a query goes
    "approximately" to the mean place of its 10 nearest items, the nearer ones weighing more. Where nothing was
    found there is no place: (0, dims).
    """
    exact = exactly(projection, hits.query)
    if exact is not None:
        return exact, "exactly"
    if not hits.indices.size:
        return np.empty((0, projection.dims), dtype=np.float32), "approximately"
    nearness = hits.nearness[:, :10]
    spread = nearness.std(axis=1, keepdims=True) + 1e-6
    weights = np.exp((nearness - nearness.max(axis=1, keepdims=True)) / spread)
    weights /= weights.sum(axis=1, keepdims=True)
    coords = np.einsum("qk,qkd->qd", weights, projection.coords[hits.indices[:, :10]])
    return np.asarray(coords, dtype=np.float32), "approximately"


def exactly(projection: Projection, vectors: Floats) -> Floats | None:
    """Where `vectors` (m, d) belong on a map that has axes, (m, dims); None on one without, or of other vectors."""
    components = projection.extras.get("components", np.empty((0, 0)))
    if not len(components) or components.shape[1] != vectors.shape[1]:
        return None
    if projection.params.get("unit"):
        vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
    return np.asarray((vectors - projection.extras["mean"]) @ components.T, dtype=np.float32)


def _trivial(space: Space, dims: int) -> Fit | None:
    """The map of one or two items, or of items that are all alike; None when there is more to see."""
    n = len(space)
    coords = np.zeros((n, dims))
    if n > 1 and (space.vectors == space.vectors[0]).all():
        # all on one place would hide all but one: a small fan, said so
        angle = np.arange(n) * 2.399963  # the golden angle spreads any number of points evenly
        radius = np.sqrt(np.arange(n) / n)
        coords[:, 0], coords[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
        return Fit(coords, "All items have the same vector; they are spread out only so that each can be seen.")
    if n == 1:
        return Fit(coords, "One item: there is nothing to compare it with.")
    if n == 2:
        distance = float(np.linalg.norm(space.vectors[0] - space.vectors[1]))
        coords[:, 0] = (-distance / 2, distance / 2)
        return Fit(coords, "Two items: only the distance between them means anything.")
    return None


def warm() -> None:
    """Do now what the first UMAP of a process would have to wait for."""
    find("projections", "umap").warm()

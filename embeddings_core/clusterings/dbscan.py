"""DBSCAN: what is dense within a fixed distance; exact, by faiss, in little memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..plugins import MethodSpec, Need, Param
from ..space import Floats, Ints, Progress
from ._asked import Fit, by_size
from ._sample import fair_sample, most_items, sampled

SPEC = MethodSpec(
    id="dbscan",
    label="DBSCAN",
    summary="Joins items that have enough others within a fixed distance, and leaves the rest as noise.",
    paper="Ester, Kriegel, Sander and Xu 1996; elbow: Satopaa et al. 2011, doi:10.1109/ICDCSW.2011.20",
    params=(
        Param(
            "eps",
            "Distance",
            "Items this near are neighbors; 0 takes the elbow of the curve of distances to the neighbor that "
            "completes a dense place.",
            0.0,
            "float",
            0.0,
            1_000.0,
            0.01,
        ),
        Param("min_samples", "Dense from", "So many items, itself counted, make a dense place.", 5, "int", 1, 100, 1),
    ),
    needs=(Need("faiss", "faiss-cpu"), Need("scipy", "scipy")),
    chance=False,
    density=True,
)
VERSION = 3
WORK = 4e11
"""Multiplications that comparing all items may cost: 31,000 items of 384 dimensions."""
CURVE = 5_000
"""Items that the curve of distances is made of at most."""
_PAIRS = 10_000_000  # that are held at once

Doubles = npt.NDArray[np.float64]


def most(dimensions: int) -> int:
    """Items that are all looked at; of more, a fair sample."""
    return most_items(WORK, dimensions)


def fit(values: Floats, seed: int, settings: Mapping[str, Any], progress: Progress | None) -> Fit:
    """-1 for noise. The note tells a distance that was found."""
    least, told = settings["min_samples"], []

    def find(part: Floats, progress: Progress | None) -> Ints:
        eps = settings["eps"] or elbow(curve(part, least))
        told.append(eps)
        return dense(part, eps, least, progress)

    found = sampled(values, most(values.shape[1]), seed, find, progress, "item")
    note = "" if settings["eps"] else f"The distance {told[0]:.3g} is at the elbow."
    return Fit(found.labels, found.approximate, note)


def curve(values: Floats, least: int) -> Doubles:
    """Distances to the item that completes a dense place, itself counted; ascending, (m,), of a fair sample. 0 where
    that is a twin."""
    asked = values[fair_sample(len(values), CURVE, 0)]
    squares = _index(values).search(asked, min(least, len(values)))[0][:, -1]
    return np.sort(np.sqrt(np.where(squares > _dust(values), squares, 0)).astype(np.float64))


def elbow(distances: Doubles) -> float:
    """The distance at which a rising curve (m,) bends up most: farthest below the line between its ends. Where there
    are copies the curve begins when they end: they say nothing of what is near."""
    rising = distances[distances > 0]
    if not len(rising) or rising[0] == rising[-1]:
        return float(distances[-1])
    along = np.linspace(0, 1, len(rising))
    return float(rising[np.argmax(along - (rising - rising[0]) / (rising[-1] - rising[0]))])


def dense(values: Floats, eps: float, least: int, progress: Progress | None = None) -> Ints:
    """The groups (n,) of DBSCAN, as scikit-learn finds them: an item at the edge of several goes to the one whose
    dense items come first in the data; -1 for noise."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    n = len(values)
    many = np.concatenate([np.diff(ends) for _, ends, _ in _near(_index(values), values, eps, 0, progress)])
    core = np.flatnonzero(many >= least)
    label = np.full(n, -1, dtype=np.int64)
    if not len(core):
        return label
    inner, place = _index(values[core]), np.full(n, -1)
    place[core] = np.arange(len(core))
    joined = np.arange(len(core))  # which part of the graph each dense item is in so far
    edges = [np.empty((2, 0), dtype=np.int64)]
    for items, ends, found in _near(inner, values, eps, 1, progress):
        asked = np.repeat(items, np.diff(ends))
        inside = place[asked] >= 0
        pairs = joined[place[asked[inside]]], joined[found[inside]]
        graph = coo_array((np.ones(len(pairs[0]), bool), pairs), shape=(len(core),) * 2)
        joined = connected_components(graph, directed=False)[1][joined]
        edges.append(np.stack([asked[~inside], found[~inside]]))  # few: what has many neighbors is dense
    first = np.full(len(core), len(core))
    np.minimum.at(first, joined, np.arange(len(core)))
    label[core] = first[joined]
    items, found = np.concatenate(edges, axis=1)
    label[items] = len(core)
    np.minimum.at(label, items, first[joined[found]])
    return by_size(label)


def _index(values: Floats) -> Any:
    """faiss's exact index of `values` (n, d)."""
    import faiss

    index = faiss.IndexFlatL2(values.shape[1])
    index.add(np.ascontiguousarray(values, dtype=np.float32))
    return index


def _dust(values: Floats) -> float:
    """How large the squared distance of twins may come out, which is not quite 0."""
    return 8 * float(np.finfo(np.float32).eps) * float(np.einsum("ij,ij->i", values, values).max())


def _near(
    index: Any, values: Floats, eps: float, turn: int, progress: Progress | None
) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Some items (m,) at once, and what of `index` is within `eps` of each: that of the i-th is
    found[ends[i] : ends[i + 1]]. `turn` (of two) is for the report."""
    dust, block = _dust(values), max(16, _PAIRS // len(values))
    for at in range(0, len(values), block):
        if progress:
            progress(turn * len(values) + at, 2 * len(values))
        part = np.ascontiguousarray(values[at : at + block], dtype=np.float32)
        ends, _, found = index.range_search(part, eps**2 + dust)
        yield np.arange(at, at + len(part)), ends.astype(np.int64), found

"""Spaces that grow: what was there keeps its vectors and its place on the map; only what is new is computed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .encoders import encode
from .encoders._rounds import FIRST
from .errors import InputError
from .fingerprints import fingerprint
from .plugins import find
from .projections import exactly
from .readers import read
from .space import Dataset, Floats, Ints, Progress, Projection, Space
from .store import Store, get_store, result_key

NEAREST, SHARP = 3, 8
"""Items of the map that decide where a new one is placed, and the power of their nearness with which they weigh.

Measured on maps of a quarter of the samples (share of true neighbors kept): one neighbor alone keeps as much or more
but hides the new item behind the old one; more neighbors, or a softer mean, pull everything to the middle.
"""
ENOUGH = FIRST
"""Items of whose map the rest can be placed; a map of fewer, the first glimpse of a slow model, is made anew."""
_BLOCK = 4096  # new items that are placed at once


def append(
    space: Space,
    more: Any,
    *,
    store: Store | None = None,
    progress: Progress | None = None,
    arrived: Callable[[Space, Ints], None] | None = None,
) -> Space:
    """The Space of the items of `space` and then those of `more`, a Dataset or anything that `read` takes.

    Only what is new is encoded. `extend` draws it on a map of `space`. For a new version of the data, with rows changed
    or taken out, `encode` and `extend` do the same: both go by content. Raises InputError where `more` holds another
    kind of items.
    """
    return encode(joined(space.dataset, more), space.encoder, store=store, progress=progress, arrived=arrived)


def joined(data: Dataset, more: Any) -> Dataset:
    """The items of `data`, then those of `more` (a Dataset, or anything that `read` takes), with all their columns.

    Raises InputError where `more` holds another kind of items, or where only one of both has vectors of its own.
    """
    if not isinstance(more, Dataset):
        knows = isinstance(more, pd.DataFrame) and data.text in more
        more = read(more, text=data.text if knows else None)
    if more.kind != data.kind:
        raise InputError(
            f"{data.name} holds items of kind {data.kind}, what is added {more.kind}.", "Bring the same kind."
        )
    metadata = more.metadata
    if data.text and more.text and data.text != more.text:
        metadata = metadata.drop(columns=data.text, errors="ignore").rename(columns={more.text: data.text})
    vectors = None
    if data.vectors is not None or more.vectors is not None:
        vectors = _both(data, more)
    return replace(
        data,
        items=[*data.items, *more.items],
        metadata=pd.concat([data.metadata, metadata], ignore_index=True),
        vectors=vectors,
    )


def _both(data: Dataset, more: Dataset) -> Floats:
    if data.vectors is None or more.vectors is None or data.vectors.shape[1] != more.vectors.shape[1]:
        sizes = ["none" if one.vectors is None else str(one.vectors.shape[1]) for one in (data, more)]
        raise InputError(
            f"Numbers a vector: {sizes[0]} in {data.name}, {sizes[1]} in what is added.",
            "Bring vectors of the same encoder.",
        )
    return np.concatenate([data.vectors, more.vectors])


def matching(old: Dataset, new: Dataset) -> Ints:
    """For each item of `new`, (len(new),), which item of `old` has the same content, -1 for none; of several that are
    alike the first goes with the first, the second with the second."""
    n = len(old)
    keys = np.frombuffer(b"".join((*old.keys, *new.keys)), dtype="V32")
    codes = np.unique(keys, return_inverse=True)[1].reshape(-1)
    pairs = codes.astype(np.int64) * (len(keys) + 1) + np.concatenate([_repeats(codes[:n]), _repeats(codes[n:])])
    order = np.argsort(pairs[:n], kind="stable")
    at = np.searchsorted(pairs[:n], pairs[n:], sorter=order)
    candidate = order[np.minimum(at, n - 1)]
    return np.asarray(np.where(pairs[:n][candidate] == pairs[n:], candidate, -1), dtype=np.int64)


def _repeats(codes: npt.NDArray[Any]) -> Ints:
    """How many equal ones stand before each."""
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    counts = np.arange(len(codes)) - np.repeat(starts, np.diff(np.r_[starts, len(codes)]))
    found = np.empty(len(codes), dtype=np.int64)
    found[order] = counts
    return found


def extend(projection: Projection, old: Space, new: Space, *, progress: Progress | None = None) -> Projection:
    """`projection`, a map of `old`, as a map of `new`: items of the same content stay where they are, the others are
    placed among them.

    On a PCA exactly, by its axes; on any other map approximately, at the mean of the NEAREST items from which the map
    was made, the nearer ones weighing more. `extras["fitted"]` (n,) bool tells which items the map was made from, and
    `base` from which map it comes. Raises InputError when the two spaces do not come from the same encoder, or share
    no item from which the map was made, or when shared items have other vectors, because the encoder has learned anew.
    """
    if old.encoder_fingerprint != new.encoder_fingerprint:
        raise InputError("A map is extended only within one encoder's space.", "Project the new space instead.")
    match = matching(old.dataset, new.dataset)
    there = match >= 0
    if old.vectors.shape[1] != new.vectors.shape[1] or not np.allclose(
        old.vectors[match[there]], new.vectors[there], rtol=1e-3, atol=1e-5
    ):
        raise InputError(
            f"{new.encoder} learns from the data: beside other items, those that were there before have other vectors "
            "too, so that their places on the map mean nothing any more.",
            "Project the new space instead.",
        )
    shaped = fitted(projection)
    made_from = there & shaped[match]
    if not made_from.any():
        raise InputError("None of these items is on the map.", "Project the new space instead.")
    coords = np.empty((len(new), projection.dims), dtype=np.float32)
    coords[there] = projection.coords[match[there]]
    rows = np.flatnonzero(~there)
    exact = exactly(projection, new.vectors[rows])
    if exact is None:
        coords[rows] = _among(new, np.flatnonzero(made_from), coords, rows, projection, progress)
    else:
        coords[rows] = exact
    base = projection.base or projection.fingerprint
    return replace(
        projection,
        fingerprint=_content(new, base, coords, made_from),
        coords=coords,
        note=_note(projection, made_from, exact is not None),
        extras={**projection.extras, "fitted": made_from},
        base=base,
    )


def _content(space: Space, base: str, coords: Floats, made_from: npt.NDArray[np.bool_]) -> str:
    """The fingerprint of an extended map: by what it holds, because it can come about in many ways."""
    return fingerprint("extended", space.fingerprint, base, coords, made_from)


# -- kept, so that the points are where they were after a restart and on another machine ---------------------------


def keep_extended(projection: Projection, space: Space, *, store: Store | None = None) -> None:
    """Keep an extended map of `space` for `kept_extended`, in the place of one with the same settings."""
    made_from = _made_from(space.fingerprint, projection.method, projection.dims, projection.seed, projection.params)
    note = {"note": projection.note, "base": projection.base, "made_from": made_from}
    (store or get_store()).put_result(result_key(*made_from), {"coords": projection.coords, **projection.extras}, note)


def kept_extended(
    space: Space, method: str, dims: int, seed: int, params: Mapping[str, Any], *, store: Store | None = None
) -> Projection | None:
    """The extended map of `space` that was kept with these settings, or None."""
    known = (store or get_store()).get_result(result_key(*_made_from(space.fingerprint, method, dims, seed, params)))
    if known is None:
        return None
    arrays, note = known
    coords, base = arrays.pop("coords"), note["base"]
    key = _content(space, base, coords, arrays["fitted"])
    return Projection(key, method, dims, seed, params, coords, note["note"], arrays, base)


def drop_extended(projection: Projection, space: str, *, store: Store | None = None) -> None:
    """Keep a map no longer that was extended for the space with the fingerprint `space`."""
    made_from = _made_from(space, projection.method, projection.dims, projection.seed, projection.params)
    (store or get_store()).drop_result(result_key(*made_from))


def _made_from(space: str, method: str, dims: int, seed: int, params: Mapping[str, Any]) -> tuple[Any, ...]:
    plugin = find("projections", method)
    version = getattr(plugin, "VERSION", 1)
    return ("extended", space, method, version, dims, seed, plugin.SPEC.settings(params))


def fitted(projection: Projection) -> npt.NDArray[np.bool_]:
    """Which items a map was made from, (n,) bool; the others were placed on it later."""
    return np.asarray(projection.extras.get("fitted", np.ones(len(projection.coords), bool)))


def _note(projection: Projection, made_from: npt.NDArray[np.bool_], exact: bool) -> str:
    before = projection.note.split(" The map was made from ")[0]
    later = int((~made_from).sum())
    if not later:
        return before
    how = "by its axes, exactly" if exact else "among those nearest to them, approximately"
    return f"{before} The map was made from {int(made_from.sum()):,} items; {later:,} were placed {how}."


def _among(
    space: Space, anchors: Ints, coords: Floats, rows: Ints, projection: Projection, progress: Progress | None
) -> Floats:
    """Places (m, dims) for the items `rows` (m,): weighted means of those of the `anchors` nearest to each."""
    import faiss

    vectors = space.vectors if projection.params.get("metric") == "euclidean" else space.unit
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(np.ascontiguousarray(vectors[anchors]))
    k = min(NEAREST, len(anchors))
    placed = np.empty((len(rows), projection.dims), dtype=np.float32)
    for start in range(0, len(rows), _BLOCK):
        if progress:
            progress(start, len(rows))
        block = rows[start : start + _BLOCK]
        squares, near = index.search(np.ascontiguousarray(vectors[block]), k)
        distances = np.sqrt(np.maximum(squares, 1e-12))
        weights = (distances[:, :1] / distances) ** SHARP
        weights /= weights.sum(axis=1, keepdims=True)
        placed[start : start + _BLOCK] = np.einsum("mk,mkd->md", weights, coords[anchors[near]])
    return placed

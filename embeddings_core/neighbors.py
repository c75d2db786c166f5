"""Exact nearest neighbors: reading the vectors once is the limit, and nothing is approximated."""

from __future__ import annotations

from typing import Any

import numpy as np

from .errors import InputError, ParameterError
from .pictures import Picture
from .space import Floats, Ints, Metric, Neighbors, Space
from .store import Store

METRICS: dict[Metric, str] = {
    "cosine": "Angle only: 1 is the same direction, 0 is unrelated. The usual choice for text.",
    "euclidean": "Straight-line distance: 0 is the same place, smaller is nearer.",
    "dot": "Angle and length together: longer vectors score higher.",
}

_BLOCK = 4096  # rows that are measured at once

Query = str | Picture | int | np.integer[Any] | Floats


def neighbors(
    space: Space, query: Query, k: int = 10, metric: Metric = "cosine", *, store: Store | None = None
) -> Neighbors:
    """The `k` items of `space` nearest to `query`, exactly: an item index, a text, a picture, or a
    vector (d,) or (q, d).

    An item is not its own neighbor. Ties go to the lower index. `k` beyond the number of items gives
    them all. A text asked of pictures whose encoder reads no text goes over that encoder's bridge, and
    the answer says so in `approximate`. Raises InputError, ParameterError.
    """
    from .encoders import get_encoder

    if metric not in METRICS:
        raise ParameterError(f"There is no metric {metric!r}.", f"Choose one of: {', '.join(METRICS)}.")
    if k < 1:
        raise ParameterError(f"k is {k}, but at least 1 neighbor must be asked for.", "Choose k from 1.")
    if isinstance(query, (int, np.integer)):
        item = int(query)
        if not 0 <= item < len(space):
            raise InputError(f"There is no item {item}.", f"Items are numbered 0 to {len(space) - 1}.")
        vector = space.vectors[item : item + 1]
        indices, scores = nearest(space, vector, min(k + 1, len(space)), metric, first=item)
        return Neighbors(indices[:, 1 : k + 1], scores[:, 1 : k + 1], metric, np.asarray(vector))
    compared, vectors, approximate = query_vectors(space, query, store=store)
    indices, scores = nearest(compared, vectors, min(k, len(space)), metric)
    tell = getattr(get_encoder(space.encoder), "seen_as", None) if compared is not space else None
    seen_as = tell(space.vectors[indices[0]]) if tell is not None else ()
    return Neighbors(indices, scores, metric, vectors, approximate, seen_as)


def query_vectors(space: Space, query: Query, *, store: Store | None = None) -> tuple[Space, Floats, str]:
    """`query` as vectors (q, d), the Space to look in (another one over a bridge), and why it is approximate."""
    from .encoders import encode, encode_items, for_queries, get_encoder

    if not isinstance(query, (str, Picture)):
        vectors = np.atleast_2d(np.asarray(query, dtype=np.float32))
        if not len(vectors) or vectors.shape[1] != space.vectors.shape[1] or not np.isfinite(vectors).all():
            raise InputError(
                f"The query has shape {vectors.shape} or holds NaN.",
                f"This space needs vectors of {space.vectors.shape[1]} finite numbers.",
            )
        return space, vectors, ""
    if isinstance(query, str) and not query.strip():
        raise InputError("The query is empty.", "Type a few words.")
    kind, words = ("text", "texts") if isinstance(query, str) else ("image", "pictures")
    encoder = get_encoder(space.encoder)
    if kind not in encoder.spec.reads:
        if not encoder.spec.bridge or kind != "text":
            raise InputError(
                f"{encoder.spec.label} does not read {words}, so this cannot be compared with these items.",
                f"Choose an encoder that reads both, or select an item of {space.dataset.name} instead.",
            )
        space = encode(space.dataset, encoder.spec.bridge, store=store)
    encoder = for_queries(space)
    return space, encode_items(encoder, [query], store=store), encoder.spec.approximate


def nearest(
    space: Space, vectors: Floats, k: int, metric: Metric = "cosine", first: int | None = None
) -> tuple[Ints, Floats]:
    """Indices and scores, each (q, k), of the items nearest to `vectors` (q, d), best first, ties by
    index. `first` is an item that is put first whatever its score."""
    found = [_one(space, vector, k, metric, first) for vector in vectors]
    return np.stack([f[0] for f in found]), np.stack([f[1] for f in found])


def _one(space: Space, vector: Floats, k: int, metric: Metric, first: int | None) -> tuple[Ints, Floats]:
    scores = space.vectors @ np.asarray(vector, dtype=np.float32)
    if metric == "cosine":
        length = float(np.linalg.norm(vector)) or 1.0
        scores *= space.inverse_norms
        scores /= length
        rank = -scores
    elif metric == "euclidean":
        return _by_distance(space, np.asarray(vector, dtype=np.float32), scores, k, first)
    else:
        rank = -scores
    if first is not None:
        rank[first] = -np.inf
    best = _smallest(rank, k)
    return best, scores[best].astype(np.float32)


def _by_distance(space: Space, vector: Floats, products: Floats, k: int, first: int | None) -> tuple[Ints, Floats]:
    """The k nearest by distance, from the `products` of all items with `vector`.

    The expanded square |x|^2 - 2xq ranks fast, but rounds: whatever may be among the k nearest is measured
    again from the differences.
    """
    rank = space.squared_norms - 2 * products
    length = max(float(space.squared_norms.max()), float(vector @ vector))
    rounding = 4 * len(vector) * float(np.finfo(np.float32).eps) * length
    edge = np.partition(rank, k - 1)[k - 1] if k < len(rank) else np.inf
    near = np.flatnonzero(rank <= edge + rounding)
    distances = np.concatenate([
        np.linalg.norm(space.vectors[near[at : at + _BLOCK]] - vector, axis=1) for at in range(0, len(near), _BLOCK)
    ])  # fmt: skip
    if first is not None:
        distances[near == first] = -1
    order = np.lexsort((near, distances))[:k]
    return near[order], np.maximum(distances[order], 0).astype(np.float32)


def _smallest(values: Floats, k: int) -> Ints:
    """Indices of the k smallest, in order, ties by index."""
    if k < len(values):
        edge = np.partition(values, k - 1)[k - 1]
        candidates = np.flatnonzero(values <= edge)
    else:
        candidates = np.arange(len(values))
    order = np.lexsort((candidates, values[candidates]))[:k]
    return np.asarray(candidates[order], dtype=np.int64)


def all_neighbors(vectors: Floats, k: int) -> tuple[Ints, Floats]:
    """The `k` nearest rows of every row of `vectors` (n, d) by Euclidean distance: indices and distances,
    each (n, k), itself first at distance exactly 0. Exact, by faiss; k is at most n."""
    import faiss

    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    n, k = len(vectors), min(k, len(vectors))
    # distances stay the same around the mean, and round less
    centered = np.ascontiguousarray(vectors - vectors.mean(axis=0, dtype=np.float64), dtype=np.float32)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(centered)
    _, indices = index.search(centered, min(k + 1, n))
    own = indices == np.arange(n)[:, None]
    # itself first, even where so many twins lie at the same place that it was not listed
    own[~own.any(axis=1), -1] = True
    indices = np.take_along_axis(indices, np.argsort(~own, axis=1, kind="stable"), axis=1)[:, :k]
    indices[:, 0] = np.arange(n)
    # from the differences: the expanded square leaves dust where twins have distance 0
    distances = np.stack([np.linalg.norm(vectors[near] - vectors[i], axis=1) for i, near in enumerate(indices)])
    return indices.astype(np.int64), distances.astype(np.float32)

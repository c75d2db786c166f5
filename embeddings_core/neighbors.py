"""Nearest neighbors: exact, where reading the vectors once is the limit, or through an index of very many."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ParameterError
from .filters import Filter, Mask, staying
from .indexes import Index, index_of
from .queries import Asked, Query, asked
from .space import Floats, Ints, Metric, Neighbors, Progress, Space
from .store import Store

METRICS: dict[Metric, str] = {
    "cosine": "Angle only: 1 is the same direction, 0 is unrelated. The usual choice for text.",
    "euclidean": "Straight-line distance: 0 is the same place, smaller is nearer.",
    "dot": "Angle and length together: longer vectors score higher.",
    "manhattan": "All differences added up: one that is large counts less than in a straight line.",
}

_BLOCK = 4096  # rows that are measured at once
_FEW = 4  # a part of the items smaller than one in so many is read by itself


def neighbors(
    space: Space,
    query: Query,
    k: int = 10,
    metric: Metric = "cosine",
    *,
    where: Filter | Mask | None = None,
    exact: bool = False,
    store: Store | None = None,
) -> Neighbors:
    """The `k` items of `space` nearest to `query`: an item index, a text, a picture, a vector (d,) or
    (q, d), or a list of such things, which is one query: the mean of their unit vectors.

    Of a space for which `make_index` has made an index, that is used, `recall` of the answer says how well it does, and
    the scores are the exact ones of what was found; with `exact`, with `where` and for more than 100 it is not used.
    An item is not its own neighbor. Only the items of `where`, a mask (n,) or a Filter, are ranked. Ties go to the
    lower index. `k` beyond the number of items gives them all. A text asked of pictures whose encoder reads no text
    goes over that encoder's bridge, and the answer says so in `approximate`. Raises InputError, ParameterError.
    """
    check(k, metric)
    rows = staying(space.dataset, where)
    question = asked(space, query, store=store)
    index = None if exact or rows is not None else index_of(question.space, k, metric)
    if index is None:
        left = without(rows, question.items, len(space))
        indices, scores = nearest(question.space, question.vectors, k, metric, left)
    else:
        indices, scores = _indexed(index, question, k, metric)
    told = seen_as(space, question, indices)
    recall = 1.0 if index is None else index.recall
    return Neighbors(indices, scores, metric, question.vectors, question.approximate, told, recall=recall)


def _indexed(index: Index, question: Asked, k: int, metric: Metric) -> tuple[Ints, Floats]:
    """Indices and scores, each (q, k), from the candidates of an index; where it has too few, from all items."""
    n, found = len(question.space), []
    for vector in question.vectors:
        likely = index.candidates(vector, k + len(question.items))
        rows = without(likely, question.items, n)
        if rows is None or len(rows) < min(k, n - len(question.items)):
            rows = without(None, question.items, n)
        found.append(nearest(question.space, vector[None], k, metric, rows))
    return np.concatenate([f[0] for f in found]), np.concatenate([f[1] for f in found])


def check(k: int, metric: Metric) -> None:
    """Raises ParameterError for a metric that there is not, and for k below 1."""
    if metric not in METRICS:
        raise ParameterError(f"There is no metric {metric!r}.", f"Choose one of: {', '.join(METRICS)}.")
    if k < 1:
        raise ParameterError(f"k is {k}, but at least 1 neighbor must be asked for.", "Choose k from 1.")


def without(rows: Ints | None, items: Ints, n: int) -> Ints | None:
    """`rows` (m,), or all of n where that is None, without some items."""
    if not len(items):
        return rows
    return np.setdiff1d(np.arange(n) if rows is None else rows, items, assume_unique=True)


def seen_as(space: Space, question: Asked, indices: Ints) -> tuple[str, ...]:
    """What the items found (q, k) were taken for, if one query went over a bridge."""
    from .encoders import get_encoder

    tell = getattr(get_encoder(space.encoder), "seen_as", None) if question.space is not space else None
    return tell(space.vectors[indices[0]]) if tell is not None and indices.size else ()


def nearest(
    space: Space, vectors: Floats, k: int, metric: Metric = "cosine", rows: Ints | None = None
) -> tuple[Ints, Floats]:
    """Indices and scores, each (q, k), of the items nearest to `vectors` (q, d), best first, ties by
    index. Only the items `rows` (m,), in ascending order, are ranked; `k` beyond them gives them all."""
    k = min(k, len(space) if rows is None else len(rows))
    if not k:
        return np.empty((len(vectors), 0), dtype=np.int64), np.empty((len(vectors), 0), dtype=np.float32)
    found = [_one(space, np.asarray(vector, dtype=np.float32), k, metric, rows) for vector in vectors]
    return np.stack([f[0] for f in found]), np.stack([f[1] for f in found])


def _one(space: Space, vector: Floats, k: int, metric: Metric, rows: Ints | None) -> tuple[Ints, Floats]:
    if metric == "manhattan":
        scores = _distances(space, vector, np.arange(len(space)) if rows is None else rows, ord=1)
        best = smallest(scores, k)
    elif metric == "euclidean":
        best, scores = _by_distance(space, vector, k, rows)
    else:
        scores = _products(space, vector, rows)
        if metric == "cosine":
            scores *= space.inverse_norms if rows is None else space.inverse_norms[rows]
            scores /= float(np.linalg.norm(vector)) or 1.0
        best = smallest(-scores, k)
    return best if rows is None else rows[best], scores[best].astype(np.float32)


def _products(space: Space, vector: Floats, rows: Ints | None) -> Floats:
    """The dot products of the items, or of some `rows` (m,), with `vector`."""
    if rows is None:
        return np.asarray(space.vectors @ vector)
    if len(rows) * _FEW > len(space):
        return np.asarray((space.vectors @ vector)[rows])
    return np.concatenate([space.vectors[rows[at : at + _BLOCK]] @ vector for at in range(0, len(rows), _BLOCK)])


def _distances(space: Space, vector: Floats, rows: Ints, ord: int) -> Floats:
    """The distances of the items `rows` (m,) from `vector`, from the differences: Manhattan 1, Euclidean 2."""
    return np.concatenate([
        np.linalg.norm(space.vectors[rows[at : at + _BLOCK]] - vector, ord=ord, axis=1)
        for at in range(0, len(rows), _BLOCK)
    ])  # fmt: skip


def _by_distance(space: Space, vector: Floats, k: int, rows: Ints | None) -> tuple[Ints, Floats]:
    """The places (k,) of the nearest by Euclidean distance among the items, or some `rows` (m,), and the distances
    of these (m,), infinite where they are too far to be measured.

    The expanded square |x|^2 - 2xq ranks fast, but rounds: whatever may be among the k nearest is measured
    again from the differences.
    """
    squares = space.squared_norms if rows is None else space.squared_norms[rows]
    rank = squares - 2 * _products(space, vector, rows)
    length = max(float(squares.max()), float(vector @ vector))
    rounding = 4 * len(vector) * float(np.finfo(np.float32).eps) * length
    edge = np.partition(rank, k - 1)[k - 1] if k < len(rank) else np.inf
    near = np.flatnonzero(rank <= edge + rounding)
    distances = np.full(len(rank), np.inf, dtype=np.float32)
    distances[near] = _distances(space, vector, near if rows is None else rows[near], ord=2)
    return smallest(distances, k), distances


def smallest(values: npt.NDArray[np.floating[Any]], k: int) -> Ints:
    """Indices of the k smallest, in order, ties by index."""
    if 0 < k < len(values):
        edge = np.partition(values, k - 1)[k - 1]
        candidates = np.flatnonzero(values <= edge)
    else:
        candidates = np.arange(len(values))
    order = np.lexsort((candidates, values[candidates]))[:k]
    return np.asarray(candidates[order], dtype=np.int64)


def all_neighbors(
    vectors: Floats, k: int, progress: Progress | None = None, rows: Ints | None = None
) -> tuple[Ints, Floats]:
    """The `k` nearest rows of every row of `vectors` (n, d), or of some `rows` (m,), by Euclidean distance: indices and
    distances, each (n, k) or (m, k), itself first at distance exactly 0. Exact, by faiss; k is at most n. `progress`
    counts rows."""
    import faiss

    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    n, k = len(vectors), min(k, len(vectors))
    asked = np.arange(n) if rows is None else rows
    # distances stay the same around the mean, and round less
    centered = np.ascontiguousarray(vectors - vectors.mean(axis=0, dtype=np.float64), dtype=np.float32)
    index = faiss.IndexFlatL2(vectors.shape[1])
    index.add(centered)
    found = []
    for at in range(0, len(asked), _BLOCK):
        if progress:
            progress(at, len(asked))
        found.append(index.search(centered[asked[at : at + _BLOCK]], min(k + 1, n))[1])
    indices = np.concatenate(found)
    own = indices == asked[:, None]
    # itself first, even where so many twins lie at the same place that it was not listed
    own[~own.any(axis=1), -1] = True
    indices = np.take_along_axis(indices, np.argsort(~own, axis=1, kind="stable"), axis=1)[:, :k]
    indices[:, 0] = asked
    # from the differences: the expanded square leaves dust where twins have distance 0
    distances = np.stack(
        [np.linalg.norm(vectors[near] - vectors[i], axis=1) for i, near in zip(asked, indices, strict=True)]
    )
    return indices.astype(np.int64), distances.astype(np.float32)

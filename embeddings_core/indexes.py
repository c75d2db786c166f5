"""Indexes that make a search of very many vectors fast, with the recall that was measured on the vectors themselves.

Up to EXACT vectors a search reads them all, which is fast enough. Beyond, until an index has been made, too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from .space import Floats, Ints, Metric, Progress, Space
from .store import Store, get_store, result_key

EXACT = 200_000
"""Vectors up to which there is no index."""
SCANNED = 500_000
"""Vectors up to which all are read at half precision; beyond, only those on a way through a graph are."""
DEEPEST = 100
"""Neighbors that an index is asked for at most: its recall is measured for few, and more are found exactly."""
GOAL = 0.99
"""Recall@10 for which a graph is searched as widely as it takes."""
_K, _QUERIES, _KEPT = 10, 200, 2
_LINKS, _CARE = 24, 100  # links a vector, and candidates among which they are chosen
_NARROW, _WIDE = 40, 2_000  # candidates that a search keeps, at least and at most
_BLOCK = 8_192  # vectors that are added at once, between which it can stop
_SAMPLE = 50_000  # vectors on which axes are found
_HELD, _FEW = 0.97, 0.8  # share of the squared length that main axes hold; share of the dimensions that is few
_LANES = 16  # numbers that are compared at once: any other dimension costs faiss several times as much

Kind = Literal["fp16", "hnsw"]


@dataclass(frozen=True, eq=False)
class Index:
    """A faiss index over the unit vectors of a space. `recall` is the share of the true 10 nearest that it finds,
    measured for 200 seeded vectors of the space before they were added to it. `even` says that all vectors are of one
    length, so that the order by dot product or Euclidean distance is that by cosine. Vectors are compared along `axes`
    (d, m), all where None. What is the same at half precision is in it once: the items at its place p are
    `members[starts[p]:starts[p + 1]]`, ascending."""

    kind: Kind
    recall: float
    even: bool
    faiss: Any
    members: Ints
    starts: Ints
    axes: Floats | None = None

    def serves(self, metric: Metric) -> bool:
        """Whether its order is that of this metric."""
        return metric == "cosine" or (self.even and metric in ("dot", "euclidean"))

    def candidates(self, vector: Floats, k: int) -> Ints:
        """Items among which the k nearest to a vector (d,) are, as far as the recall goes, ascending; more than k,
        because they were compared roughly."""
        length = float(np.linalg.norm(vector)) or 1.0
        query = (vector / length).astype(np.float32)[None]
        _, found = self.faiss.search(query if self.axes is None else query @ self.axes, 2 * k + 20)
        places = found[found >= 0]
        ends = np.minimum(self.starts[places + 1], self.starts[places] + k)  # of more copies the first k would do
        return np.sort(np.concatenate([self.members[a:b] for a, b in zip(self.starts[places], ends, strict=True)]))


def make_index(space: Space, *, store: Store | None = None, progress: Progress | None = None) -> Index | None:
    """Make the index of `space`, or read it from the store; None up to 200,000 vectors, which need none.

    It is kept in memory, and `neighbors` and `search` use it from then on. Up to 500,000 vectors it reads all at half
    precision (float16); beyond, it follows links from vector to vector (HNSW: Malkov and Yashunin 2020,
    doi:10.1109/TPAMI.2018.2889473), keeping as many candidates as a recall of .99 takes; where no number of them is
    enough, it reads all. Where few main axes hold nearly all of the vectors' length, they are compared along these;
    what is found is compared by whole vectors in any case. This takes minutes for a million vectors: run it as a job.
    Several threads link vectors at once, so two makings may differ in a few links. `progress` counts vectors.
    """
    if len(space) <= EXACT:
        return None
    with _lock:
        if index := _made.get(space.fingerprint):
            return index
    store = store or get_store()
    key = result_key("index", 4, space.fingerprint, EXACT, SCANNED)
    known = store.get_result(key)
    if known is not None:
        index = _read(*known)
    else:
        index = _make(space, progress)
        store.put_result(key, *_written(index))
    with _lock:
        _made[space.fingerprint] = index
        while len(_made) > _KEPT:
            _made.popitem(last=False)
    return index


def index_of(space: Space, k: int, metric: Metric) -> Index | None:
    """The index that has been made of `space`, if it is of use for k neighbors by this metric."""
    if len(space) <= EXACT or k > DEEPEST:
        return None
    with _lock:
        index = _made.get(space.fingerprint)
    return index if index is not None and index.serves(metric) else None


def _read(arrays: dict[str, Any], note: dict[str, Any]) -> Index:
    import faiss

    # faiss trusts these bytes: they come from our own store, which nobody else writes, and zip checked their sum
    made = faiss.deserialize_index(arrays["index"])
    return Index(**note, faiss=made, members=arrays["members"], starts=arrays["starts"], axes=arrays.get("axes"))


def _written(index: Index) -> tuple[dict[str, Any], dict[str, Any]]:
    import faiss

    arrays = {"index": faiss.serialize_index(index.faiss), "members": index.members, "starts": index.starts}
    note = {"kind": index.kind, "recall": index.recall, "even": index.even}
    return arrays if index.axes is None else arrays | {"axes": index.axes}, note


def _make(space: Space, progress: Progress | None) -> Index:
    report = progress or (lambda done, total: None)
    report(0, len(space))
    if len(space) > SCANNED:
        graph = _filled(space, "hnsw", report)
        if graph.recall >= GOAL:
            return graph
    return _filled(space, "fp16", report)


def _filled(space: Space, kind: Kind, report: Progress) -> Index:
    """An index of all vectors, tuned and measured when all but a few are in it, by these few."""
    n = len(space)
    rng = np.random.default_rng(0)
    sample = np.sort(rng.choice(n, min(n, _SAMPLE), replace=False))
    axes = _main_axes(_units(space, sample)) if kind == "hnsw" else None
    order, members, starts = _once(space, axes, rng)
    made = _empty(kind, space.vectors.shape[1] if axes is None else axes.shape[1])
    last = len(order) - min(_QUERIES, len(order) // 2)
    for at in range(0, last, _BLOCK):
        report(int(starts[at]), n)
        made.add(_along(space, order[at : min(at + _BLOCK, last)], axes))
    norms = space.norms
    even = bool(norms.max() - norms.min() <= 1e-4 * norms.max())
    index = Index(kind, 1.0, even, made, members, starts, axes)
    if last < len(order):
        index = replace(index, recall=_tuned(space, index, order[last:], members[: starts[last]]))
        made.add(_along(space, order[last:], axes))
    return index


def _empty(kind: Kind, m: int) -> Any:
    import faiss

    half: Any = faiss.ScalarQuantizer.QT_fp16
    product = faiss.METRIC_INNER_PRODUCT
    made: Any
    if kind == "hnsw":
        made = faiss.IndexHNSWSQ(m, half, _LINKS, product)
        made.hnsw.efConstruction = _CARE
    else:
        made = faiss.IndexScalarQuantizer(m, half, product)
    made.train(np.zeros((1, m), np.float32))  # half precision learns nothing from it
    return made


def _once(space: Space, axes: Floats | None, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """The items (m,) of which each stands for all that are the same at half precision, in random order; all items (n,)
    in that order, and where those of each begin (m + 1,). A graph of copies would hold islands: they are the nearest
    of each other, so no link leaves them."""
    sums: npt.NDArray[np.uint64] = np.empty(len(space), np.uint64)
    odd = rng.integers(1 << 63, size=(space.vectors.shape[1],), dtype=np.uint64) | np.uint64(1)
    for at in range(0, len(space), _BLOCK):
        block = _along(space, np.arange(at, min(len(space), at + _BLOCK)), axes)
        bits = (block.astype(np.float16) + np.float16(0)).view(np.uint16)  # -0 becomes 0
        sums[at : at + len(bits)] = (bits * odd[: bits.shape[1]]).sum(axis=1)  # two alike: one in 10^19
    _, first, which, counts = np.unique(sums, return_index=True, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(first))
    rank = np.empty(len(first), np.int64)
    rank[shuffled] = np.arange(len(first))
    starts = np.concatenate([[0], np.cumsum(counts[shuffled])]).astype(np.int64)
    return first[shuffled].astype(np.int64), np.argsort(rank[which.ravel()], kind="stable").astype(np.int64), starts


def _main_axes(unit: Floats) -> Floats | None:
    """The main axes (d, m) of unit vectors (n, d), about the origin, that hold nearly all of their squared length:
    along all of them cosines would stay what they are. None where that takes too many to be worth it."""
    weights, axes = np.linalg.eigh((unit.T @ unit).astype(np.float64))
    held = np.cumsum(weights[::-1]) / weights.sum()
    m = -(-(int(np.searchsorted(held, _HELD)) + 1) // _LANES) * _LANES
    return np.ascontiguousarray(axes[:, ::-1][:, :m], dtype=np.float32) if m <= _FEW * len(axes) else None


def _tuned(space: Space, index: Index, items: Ints, there: Ints) -> float:
    """The recall@10 with these items as queries, which are not in the index as those `there` are; a graph is searched
    as widely as the goal takes."""
    queries = _units(space, items)
    edges = _edges(space, queries, np.sort(there))
    wide = _NARROW
    while True:
        if index.kind == "hnsw":
            index.faiss.hnsw.efSearch = wide
        hits = [
            min(_K, int((_units(space, index.candidates(query, _K)) @ query >= edge).sum()))
            for query, edge in zip(queries, edges, strict=True)
        ]
        recall = sum(hits) / (min(_K, len(there)) * len(hits))
        if index.kind == "fp16" or recall >= GOAL or wide >= _WIDE:
            return recall
        wide = int(wide * 1.5)


def _edges(space: Space, queries: Floats, there: Ints) -> Floats:
    """For each unit vector (q, d) the cosine from which on one of the items `there` is among its 10 nearest: twins are
    as good as each other."""
    best = np.full((len(queries), _K), -np.inf, np.float32)
    for at in range(0, len(there), _BLOCK):
        scores = queries @ _units(space, there[at : at + _BLOCK]).T
        best = -np.partition(-np.concatenate([best, scores], axis=1), _K - 1, axis=1)[:, :_K]
    return np.asarray(best.min(axis=1) - 1e-6, dtype=np.float32)


def _along(space: Space, rows: Ints, axes: Floats | None) -> Floats:
    """The unit vectors of these items, along the axes of an index."""
    units = _units(space, rows)
    return units if axes is None else units @ axes


def _units(space: Space, rows: Ints) -> Floats:
    """The unit vectors of these items; those of all at once would take too much memory."""
    return np.ascontiguousarray(space.vectors[rows] * space.inverse_norms[rows, None], dtype=np.float32)


_made: OrderedDict[str, Index] = OrderedDict()
_lock = threading.Lock()

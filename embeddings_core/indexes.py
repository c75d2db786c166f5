"""Indexes that make a search of very many vectors fast, with the recall that was measured on the vectors themselves.

Up to EXACT vectors a search reads them all, which is fast enough. Beyond, until an index has been made, too.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .space import Floats, Ints, Metric, Progress, Space
from .store import Store, get_store, result_key

EXACT = 200_000
"""Vectors up to which there is no index."""
SCANNED = 500_000
"""Vectors up to which all are read at half precision; beyond, only lists of those near the query are."""
DEEPEST = 100
"""Neighbors that an index is asked for at most: its recall is measured for few, and more are found exactly."""
GOAL = 0.985
"""Recall@10 for which as many lists are read as it takes."""
_K, _QUERIES, _KEPT = 10, 200, 2
_BLOCK = 65_536
_TRAINED, _ROUNDS = 40, 6  # vectors a list, and rounds, for finding the centers
_HELD, _FEW = 0.97, 0.8  # share of the squared length that main axes hold; share of the dimensions that is few
_LANES = 16  # numbers that are compared at once: any other dimension costs faiss several times as much

Kind = Literal["fp16", "ivf"]


@dataclass(frozen=True, eq=False)
class Index:
    """A faiss index over the unit vectors of a space. `recall` is the share of the true 10 nearest that it finds,
    measured on 200 seeded vectors of the space. `even` says that all vectors are of one length, so that the order by
    dot product or Euclidean distance is that by cosine. Vectors are compared along `axes` (d, m), all where None."""

    kind: Kind
    recall: float
    even: bool
    faiss: Any
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
        return np.unique(found[found >= 0]).astype(np.int64)


def make_index(space: Space, *, store: Store | None = None, progress: Progress | None = None) -> Index | None:
    """Make the index of `space`, or read it from the store; None up to 200,000 vectors, which need none.

    It is kept in memory, and `neighbors` and `search` use it from then on. Up to 500,000 vectors it reads all at half
    precision (float16); beyond, an inverted file (Jégou, Douze and Schmid 2011, doi:10.1109/TPAMI.2010.57) of
    2 sqrt(n) lists of float16, of which as many are read as a recall of .985 takes. Where few main axes hold nearly all
    of the vectors' length, the lists hold the vectors along these; what is found is compared by whole vectors in any
    case. This takes minutes for a million vectors: run it as a job. `progress` counts vectors; while centers are sought
    it cannot stop.
    """
    import faiss

    if len(space) <= EXACT:
        return None
    with _lock:
        if index := _made.get(space.fingerprint):
            return index
    store = store or get_store()
    key = result_key("index", 3, space.fingerprint, EXACT, SCANNED)
    known = store.get_result(key)
    if known is not None:
        # faiss trusts these bytes: they come from our own store, which nobody else writes, and zip checked their sum
        arrays, note = known
        made = faiss.deserialize_index(arrays["index"])
        index = Index(note["kind"], note["recall"], note["even"], made, arrays.get("axes"))
    else:
        index = _make(space, progress)
        note = {"kind": index.kind, "recall": index.recall, "even": index.even}
        axes = {} if index.axes is None else {"axes": index.axes}
        store.put_result(key, {"index": faiss.serialize_index(index.faiss), **axes}, note)
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


def _make(space: Space, progress: Progress | None) -> Index:
    import faiss

    n, d = space.vectors.shape
    report = progress or (lambda done, total: None)
    report(0, 2 * n)
    rng = np.random.default_rng(0)
    made: Any
    axes: Floats | None = None
    if n <= SCANNED:
        kind: Kind = "fp16"
        made = faiss.IndexScalarQuantizer(d, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT)
        made.train(_units(space, np.arange(1)))
    else:
        kind, lists = "ivf", int(2 * n**0.5)
        sample = _units(space, np.sort(rng.choice(n, min(n, lists * _TRAINED), replace=False)))
        axes = _main_axes(sample)
        m = d if axes is None else axes.shape[1]
        made = faiss.IndexIVFScalarQuantizer(
            faiss.IndexFlatIP(m), m, lists, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT, False
        )
        made.cp.niter, made.cp.max_points_per_centroid, made.cp.seed = _ROUNDS, _TRAINED, 0
        made.train(sample if axes is None else sample @ axes)
    for block in _blocks(n):
        report(n + int(block[0]), 2 * n)
        units = _units(space, block)
        made.add(units if axes is None else units @ axes)
    recall = _tuned(space, made, rng.choice(n, min(n, _QUERIES), replace=False), kind, axes)
    norms = space.norms
    return Index(kind, recall, bool(norms.max() - norms.min() <= 1e-4 * norms.max()), made, axes)


def _main_axes(unit: Floats) -> Floats | None:
    """The main axes (d, m) of unit vectors (n, d), about the origin, that hold nearly all of their squared length:
    along all of them cosines would stay what they are. None where that takes too many to be worth it."""
    weights, axes = np.linalg.eigh((unit.T @ unit).astype(np.float64))
    held = np.cumsum(weights[::-1]) / weights.sum()
    m = -(-(int(np.searchsorted(held, _HELD)) + 1) // _LANES) * _LANES
    return np.ascontiguousarray(axes[:, ::-1][:, :m], dtype=np.float32) if m <= _FEW * len(axes) else None


def _tuned(space: Space, made: Any, rows: Ints, kind: Kind, axes: Floats | None) -> float:
    """The recall@10 of these items as queries; of an inverted file with as many lists as the goal takes."""
    queries = _units(space, rows)
    scores = [_cosines(space, query) for query in queries]
    edges = [np.partition(each, -_K)[-_K] - 1e-6 for each in scores]  # twins are as good as each other
    probes = 4
    while True:
        if kind == "ivf":
            made.nprobe = probes
        index = Index(kind, 0, False, made, axes)
        hits = [
            min(_K, int((each[index.candidates(query, _K)] >= edge).sum()))
            for query, each, edge in zip(queries, scores, edges, strict=True)
        ]
        recall = sum(hits) / (_K * len(hits))
        if kind == "fp16" or recall >= GOAL or probes >= made.nlist:
            return recall
        probes = min(int(probes * 1.5), made.nlist)


def _cosines(space: Space, unit: Floats) -> Floats:
    return np.asarray((space.vectors @ unit) * space.inverse_norms, dtype=np.float32)


def _units(space: Space, rows: Ints) -> Floats:
    """The unit vectors of these items; those of all at once would take too much memory."""
    return np.ascontiguousarray(space.vectors[rows] * space.inverse_norms[rows, None], dtype=np.float32)


def _blocks(n: int) -> Iterator[Ints]:
    for at in range(0, n, _BLOCK):
        yield np.arange(at, min(n, at + _BLOCK))


_made: OrderedDict[str, Index] = OrderedDict()
_lock = threading.Lock()

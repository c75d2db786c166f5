"""Labels that their items' neighbors contradict: ranked doubts, each with the label that would fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..graph import Graph, neighbor_graph
from ..metadata import MOST, column_of
from ..space import Floats, Ints, Progress, Space
from ..store import Store

FEWEST = 5
"""Items of a label, below which there are too few neighbors to judge it by."""
_ROUNDING = 1e-6

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Doubts:
    """Items whose label in `column` is doubted, the strongest doubt first: `items` (m,), the place in `names` of the
    label that each has (`given`, (m,)) and of the one that fits (`suggested`, (m,)), and the `share` (m,) float32 of
    the weighted neighbors that carry the suggested one.

    `names` are the c labels that were judged, of `judged` items. `joint` (c, c) estimates which share of these has one
    label (row) and truly another (column); `expected` is how many are wrong by it.
    """

    column: str
    names: tuple[str, ...]
    items: Ints
    given: Ints
    suggested: Ints
    share: Floats
    joint: Doubles
    judged: int

    @property
    def expected(self) -> float:
        return float(self.judged * (self.joint.sum() - np.trace(self.joint)))


def label_doubts(
    space: Space, column: str, k: int | None = None, *, store: Store | None = None, progress: Progress | None = None
) -> Doubts:
    """Which labels in a categorical column of the metadata look wrong, judged by the `k` nearest others of each item
    (None: 20) by cosine, which vote with their similarity.

    Confident learning (Northcutt, Jiang and Chuang, JAIR 70, 2021, doi:10.1613/jair.1.12125): a label is believed
    where its probability reaches the mean of the items that have it. Doubts are ranked by how far the given label's
    probability lies below the best other's. Missing labels and those of fewer than 5 items are not judged. Raises
    InputError for a column that is no category, has fewer than 2 labels or more than 200; else as `neighbor_graph`.
    """
    names, codes = _labels(space, column)
    graph = neighbor_graph(space, k, store=store, progress=progress)
    votes = neighbor_votes(graph, codes, len(names))
    judged = np.flatnonzero((codes >= 0) & (votes.sum(axis=1) > 0))
    given, votes = codes[judged], votes[judged]
    believed, joint = confident(votes, given)
    found = np.flatnonzero((believed >= 0) & (believed != given) & (votes.argmax(axis=1) != given))
    others = votes[found]
    own = np.take_along_axis(others, given[found, None], axis=1)[:, 0]
    np.put_along_axis(others, given[found, None], -1, axis=1)
    found = found[np.argsort(own - others.max(axis=1), kind="stable")]
    share = votes[found, believed[found]].astype(np.float32)
    return Doubts(column, names, judged[found], given[found], believed[found], share, joint, len(judged))


def neighbor_votes(graph: Graph, codes: Ints, classes: int) -> Doubles:
    """Label probabilities (n, classes) from the labels of each item's neighbors but not its own, weighted by their
    cosine; zeros where no neighbor has a label. `codes` are (n,), -1 for none."""
    weights = np.maximum(graph.cosines.astype(np.float64), _ROUNDING)
    near = codes[graph.indices]
    rows = np.repeat(np.arange(len(codes)), graph.k)
    known = near.ravel() >= 0
    votes = np.zeros((len(codes), classes))
    np.add.at(votes, (rows[known], near.ravel()[known]), weights.ravel()[known])
    total = votes.sum(axis=1, keepdims=True)
    return np.asarray(votes / np.where(total > 0, total, 1))


def confident(probabilities: Doubles, given: Ints) -> tuple[Ints, Doubles]:
    """The label that each of n items is confidently taken to have, (n,), -1 for none, and the joint (c, c) of given
    and true labels, from `probabilities` (n, c) and the labels `given` (n,)."""
    n, c = probabilities.shape
    sizes = np.bincount(given, minlength=c)
    own = np.take_along_axis(probabilities, given[:, None], axis=1)[:, 0]
    means = np.bincount(given, own, minlength=c) / np.maximum(sizes, 1)
    reached = probabilities >= np.maximum(means, 2 * _ROUNDING) - _ROUNDING
    believed = np.where(reached.any(axis=1), np.where(reached, probabilities, -1).argmax(axis=1), -1)
    counts = np.zeros((c, c))
    np.add.at(counts, (given[believed >= 0], believed[believed >= 0]), 1)
    np.fill_diagonal(counts, np.maximum(np.diag(counts), 1))
    joint = counts / counts.sum(axis=1, keepdims=True) * (sizes / n)[:, None]
    return believed, joint


def _labels(space: Space, column: str) -> tuple[tuple[str, ...], Ints]:
    """The labels with enough items, and each item's place among them, (n,), -1 for none."""
    found = column_of(space.dataset, column)
    if found.codes is None:
        raise InputError(f"The column {column!r} holds {found.kind}s, not labels.", "Choose a column of categories.")
    sizes = np.bincount(found.codes[found.codes >= 0], minlength=len(found.names))
    enough = int((sizes >= FEWEST).sum())  # the commonest come first
    if not 2 <= enough <= MOST:
        raise InputError(
            f"The column {column!r} has {enough} label{'s' if enough != 1 else ''} of {FEWEST} items or more.",
            f"Choose a column with 2 to {MOST} of them.",
        )
    codes = found.codes.astype(np.int64)
    return found.names[:enough], np.where(codes < enough, codes, -1)

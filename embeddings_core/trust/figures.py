"""The figures of a map, from who is near whom on both sides: each a function of what was measured, item by item."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import numpy as np

from ..groups.silhouettes import Doubles
from ..space import Floats, Ints
from .ranks import Ranked

_PARTS = 20
"""Parts of the items whose spread makes an interval, and the t quantile that belongs to so many."""
_QUANTILE = 2.093


@dataclass(frozen=True, eq=False)
class Measured:
    """Of m items: `scores` (3, m) trust, continuity and recall; `errors` (2, m) of rank, of true and of drawn
    neighbors; true and drawn distances of their k `near` (1, m, k, 2) and of p random others, `far` (1, m, p, 2)."""

    scores: Doubles
    errors: Doubles
    near: Floats
    far: Floats

    @classmethod
    def of(cls, block: Ranked, scores: Doubles, k: int, n: int) -> Measured:
        """Of a block, among n items."""
        errors = np.stack([rank_errors(ranks[:, :k], n) for ranks in (block.true_on_map, block.drawn_in_space)])
        return cls(scores, errors, block.lengths[None, :, :k], block.far[None])

    @classmethod
    def joined(cls, parts: Sequence[Measured]) -> Measured:
        """The items of all parts, one after the other."""
        return cls(*(np.concatenate([getattr(part, f.name) for part in parts], axis=1) for f in fields(cls)))

    def part(self, start: int, step: int) -> Measured:
        """Every item `step` after the one before, from `start` on."""
        return Measured(*(getattr(self, f.name)[:, start::step] for f in fields(self)))


Figure = Callable[[Measured], float]


def kept(block: Ranked, ks: Ints, n: int) -> Doubles:
    """Trust, continuity and recall of the m items of a block at each of `ks` (c,), among n: (3, m, c)."""
    shares = [(block.drawn_in_space[:, :k] <= k).mean(axis=1) for k in ks.tolist()]
    within = (within_reach(ranks, ks, n) for ranks in (block.drawn_in_space, block.true_on_map))
    return np.stack([*within, np.stack(shares, axis=1)])


def within_reach(ranks: Ints, ks: Ints, n: int) -> Doubles:
    """1 less how far beyond k the first k of `ranks` (m, most) lie, as a share of the most that n - 1 others allow;
    for each k of `ks` (c,), which are less than half of n: (m, c)."""
    beyond = [np.maximum(ranks[:, :k] - k, 0).sum(axis=1) / (k * (2 * n - 3 * k - 1) / 2) for k in ks.tolist()]
    return 1 - np.stack(beyond, axis=1)


def rank_errors(ranks: Ints, n: int) -> Doubles:
    """How far `ranks` (m, k) among n - 1 others lie from 1, 2, ..., k, relative to these, (m,): about 1 at worst."""
    own = np.arange(1, ranks.shape[1] + 1)
    return np.asarray((np.abs(ranks - own) / own).sum(axis=1) / (np.abs(n - 2 * own + 1) / own).sum())


def spearman(pairs: Floats) -> float:
    """The rank correlation of the two sides of `pairs` (..., 2), ties by their mean rank; NaN where one is constant."""
    from scipy.stats import rankdata

    one, other = (rankdata(side) for side in (pairs[..., 0].ravel(), pairs[..., 1].ravel()))
    one, other = one - one.mean(), other - other.mean()
    lengths = float(np.linalg.norm(one) * np.linalg.norm(other))
    return float(one @ other) / lengths if lengths else float("nan")


def stress(pairs: Floats) -> float:
    """Kruskal's stress-1 of true and drawn distances (..., 2) with the drawn ones at their best scale: the same whether
    the rest is taken as a share of the true ones or of the drawn ones. 1 where one side is all 0, 0 where both are."""
    true, drawn = (side.ravel().astype(np.float64) for side in (pairs[..., 0], pairs[..., 1]))
    lengths = float(np.linalg.norm(true) * np.linalg.norm(drawn))
    if not lengths:
        return float(true.any() or drawn.any())
    return float(np.sqrt(max(0.0, 1 - (float(true @ drawn) / lengths) ** 2)))


def triplets(far: Floats) -> float:
    """Of an item and two random others, from distances (..., p, 2), how often the nearer one is drawn nearer. Any map
    keeps equal true distances; equal drawn ones keep half. NaN where there are not two others."""
    even = far[..., : far.shape[-2] // 2 * 2, :]
    true, drawn = np.moveaxis(np.sign(even[..., ::2, :] - even[..., 1::2, :]), -1, 0)
    share = np.where(true == 0, 1, (1 + true * drawn) / 2)
    return float(share.mean()) if share.size else float("nan")


FIGURES: dict[str, Figure] = {
    "trustworthiness": lambda found: float(found.scores[0].mean()),
    "continuity": lambda found: float(found.scores[1].mean()),
    "knn_recall": lambda found: float(found.scores[2].mean()),
    "mrre_space": lambda found: float(found.errors[0].mean()),
    "mrre_map": lambda found: float(found.errors[1].mean()),
    "shepard_near": lambda found: spearman(found.near),
    "shepard_far": lambda found: spearman(found.far),
    "stress": lambda found: stress(found.far),
    "triplets": lambda found: triplets(found.far),
}
OF_NEIGHBORS = {"trustworthiness", "continuity", "knn_recall", "mrre_space", "mrre_map", "shepard_near"}
"""What is exact where all items are measured, and where all pairs are too."""
OF_PAIRS = {"shepard_far", "stress"}


def interval(figure: Figure, found: Measured) -> tuple[float, float]:
    """The 95 % confidence interval of a figure, by Student's t from its spread over 20 parts of the items (fewer where
    there are fewer items); within what the figure can be."""
    parts = min(_PARTS, found.scores.shape[1])
    values = np.array([figure(found.part(start, parts)) for start in range(parts)])
    value, half = figure(found), _QUANTILE * float(values.std(ddof=1)) / parts**0.5
    lowest = -1.0 if figure in (FIGURES["shepard_near"], FIGURES["shepard_far"]) else 0.0
    return max(value - half, lowest), min(value + half, 1.0)

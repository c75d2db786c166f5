"""How far a map can be trusted: what it keeps of who is near whom, of distances, and of the overall arrangement."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError, ParameterError
from ..groups.silhouettes import Doubles
from ..points import Points
from ..space import Floats, Ints, Metric, Progress, Projection, Space
from ..store import Store, get_store, result_key
from .figures import FIGURES, OF_NEIGHBORS, OF_PAIRS, Measured, interval, kept
from .ranks import ranked
from .verdicts import Grade, graded, verdict

EXACT = 5_000
"""Items up to which all are measured."""
SAMPLE = 1_000
"""Items of a larger space that are measured, each against all the others."""
PAIRS = 200_000
"""Random pairs that are measured at most."""
KS = (1, 2, 5, 10, 15, 20, 30, 50, 100)
_VERSION = 1


@dataclass(frozen=True, eq=False)
class Trust:
    """What a map keeps of a space, over the `k` nearest neighbors and over random pairs. Best is 1, unless said.

    Near: `trustworthiness`, low where strangers are drawn near, and `continuity`, low where neighbors are drawn far
    away (Venna and Kaski 2001, doi:10.1007/3-540-44668-0_68), both about .5 by chance; `knn_recall`, the share of the
    k drawn neighbors that are among the k true ones, by chance k / (n - 1); `mrre_space` and `mrre_map`, the mean
    relative rank errors of true and of drawn neighbors (Lee and Verleysen 2007, doi:10.1007/978-0-387-39351-3),
    best 0.

    Far: `shepard_near` and `shepard_far`, Spearman's correlation, -1 to 1, of true and drawn distances, of true
    neighbors and of random pairs; `stress`, Kruskal's stress-1 of random pairs at the best scale, best 0; `triplets`,
    the share of random triplets of which the nearer two are drawn nearer, .5 by chance (Wang et al. 2021,
    arXiv:2012.04456); `explained_variance`, the share that the axes of PCA keep, None for other maps.

    A correlation is NaN where all distances are equal. `trustworthiness_at`, `continuity_at`, `recall_at` (c,) are the
    curves over `ks` (c,).

    `point_trust`, `point_continuity`, `point_recall` (n,) float32 are what each item adds to the means of the same
    name: of its drawn neighbors how few are strangers, weighted by how far down they rank; of its true ones how few
    are torn away, likewise; and the plain share kept. NaN for items that were not measured: `sampled` tells how many
    were. `intervals` has for each figure that was estimated, and so for none that is exact, the 95 % confidence
    interval. `null` is the same for a map of vectors without structure, where it was given.
    """

    k: int
    sampled: int
    trustworthiness: float
    continuity: float
    knn_recall: float
    mrre_space: float
    mrre_map: float
    shepard_near: float
    shepard_far: float
    stress: float
    triplets: float
    explained_variance: float | None
    intervals: Mapping[str, tuple[float, float]]
    ks: Ints
    trustworthiness_at: Doubles
    continuity_at: Doubles
    recall_at: Doubles
    point_trust: Floats
    point_continuity: Floats
    point_recall: Floats
    null: Trust | None = None

    @property
    def near(self) -> Grade:
        """Whether what is drawn side by side is alike."""
        return graded(self.trustworthiness, 0.95, 0.85)

    @property
    def together(self) -> Grade:
        """Whether what is alike is drawn side by side."""
        return graded(self.continuity, 0.95, 0.85)

    @property
    def far(self) -> Grade:
        """Whether large distances can be compared."""
        return graded(self.shepard_far, 0.8, 0.5)

    @property
    def verdict(self) -> str:
        """The figures in plain words, two to four sentences."""
        return verdict(self)

    def worst(self, count: int = 100) -> Ints:
        """The measured items (up to `count`,) of which the map tells least: by the sum of trust and continuity."""
        order = np.argsort(self.point_trust + self.point_continuity, kind="stable")  # NaN comes last
        return np.asarray(order[: min(count, self.sampled)])


def trust(
    space: Space,
    projection: Projection,
    k: int = 15,
    *,
    metric: Metric = "cosine",
    seed: int = 0,
    null: Trust | None = None,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Trust:
    """How far `projection` can be trusted as a picture of `space`; computed once and then read from the store.

    True distances are those between unit vectors, which rank as cosine does, or by "euclidean" between the vectors.
    Ties count in favor, as `Ranked` says. `k` is lowered to less
    than half the items: nearly all are neighbors beyond. Of more than 5,000 items a seeded sample of 1,000 is measured,
    each against all; random pairs are at most 200,000. `null` is the trust in a map of `null_space`, made alike, and
    only enters the verdict. `progress` counts items. Raises InputError for fewer than 3 items, for the map of other
    items and a null of others or another k, ParameterError for k below 1 and for other metrics.
    """
    vectors, k = measurable(space, projection, k, metric)
    if null is not None and (null.k, len(null.point_trust)) != (k, len(space)):
        raise InputError(
            f"The null map has {len(null.point_trust)} items and k {null.k}, this one {len(space)} and {k}.",
            "Give the trust in a map of `null_space` of the same space, with the same k.",
        )
    store, n = store or get_store(), len(space)
    key = result_key("trust", _VERSION, space.fingerprint, projection.fingerprint, k, metric, seed)
    known = store.get_result(key)
    if known is None:
        known = _measure(vectors, projection.coords, k, seed, progress)
        store.put_result(key, *known)
    arrays, note = known
    points = np.full((3, n), np.nan, dtype=np.float32)
    points[:, arrays["items"]] = arrays["points"]
    shares = projection.extras.get("explained_variance")
    return Trust(
        k=k,
        sampled=len(arrays["items"]),
        **note["figures"],
        explained_variance=None if shares is None else float(shares.sum()),
        intervals={name: (low, high) for name, (low, high) in note["intervals"].items()},
        ks=arrays["ks"],
        trustworthiness_at=arrays["curves"][0],
        continuity_at=arrays["curves"][1],
        recall_at=arrays["curves"][2],
        point_trust=points[0],
        point_continuity=points[1],
        point_recall=points[2],
        null=null,
    )


def measurable(space: Space, projection: Projection, k: int, metric: Metric) -> tuple[Floats, int]:
    """The vectors (n, d) to compare with the map, and how many neighbors. Raises as `trust` does."""
    n = len(space)
    if n < 3:
        raise InputError(f"A map of {n} item{'s' if n > 1 else ''} has nothing to get wrong.", "Bring at least 3.")
    if len(projection.coords) != n:
        raise InputError(f"{n} items but a map of {len(projection.coords)}.", "Give their own map.")
    if k < 1:
        raise ParameterError(f"k is {k}.", "Ask for at least one neighbor.")
    return Points(space, "vectors", metric).values, min(k, (n - 1) // 2)


def _measure(
    vectors: Floats, coords: Floats, k: int, seed: int, progress: Progress | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arrays and a note for the store."""
    n = len(vectors)
    items = np.arange(n)
    if n > EXACT:
        items = np.sort(np.random.default_rng(seed).choice(n, SAMPLE, replace=False))
    ks = np.unique([k, *(at for at in KS if at <= (n - 1) // 2)])
    others = min(n - 1, PAIRS // len(items))
    curves, parts, done = [], [], 0
    for block in ranked(vectors, coords, items, int(ks[-1]), others, seed):
        if progress:
            progress(done, len(items))
        done += len(block.items)
        scores = kept(block, ks, n)
        curves.append(scores)
        parts.append(Measured.of(block, scores[:, :, int(np.searchsorted(ks, k))], k, n))
    measured = Measured.joined(parts)
    exact = set() if len(items) < n else OF_NEIGHBORS if others < n - 1 else OF_NEIGHBORS | OF_PAIRS
    note = {
        "figures": {name: figure(measured) for name, figure in FIGURES.items()},
        "intervals": {name: interval(figure, measured) for name, figure in FIGURES.items() if name not in exact},
    }
    curve = np.concatenate(curves, axis=1).mean(axis=1)
    return {"items": items, "points": measured.scores.astype(np.float32), "ks": ks, "curves": curve}, note

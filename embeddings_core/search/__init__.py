"""Search by meaning, by words, or by both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np

from ..errors import InputError, ParameterError
from ..filters import Filter, Mask, staying
from ..neighbors import check, nearest, neighbors, seen_as, smallest, without
from ..queries import Query, Thing, asked, items_of, things_of
from ..space import Dataset, Floats, Ints, Metric, Neighbors, Progress, Space
from ..store import Store
from .keywords import keywords, text_of, words

Mode = Literal["semantic", "keyword", "hybrid"]
MODES: dict[Mode, str] = {
    "semantic": "By meaning: the items whose vectors are nearest to the query's.",
    "keyword": "By words: the items that hold the query's words, rare ones counting more (BM25).",
    "hybrid": "By both: what stands high in either list stands high (reciprocal rank fusion).",
}
DEPTH = 1_000
"""Places of each list that are fused: what comes later would get less than 1/1060 from it."""
_C = 60  # of the fusion
Ranking = tuple[Ints, Floats]
"""Items (m,) that answer one query, best first, and their scores (m,)."""


def search(
    space: Space,
    query: Query,
    k: int = 10,
    mode: Mode = "semantic",
    where: Filter | Mask | None = None,
    metric: Metric = "cosine",
    *,
    exact: bool = False,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Neighbors:
    """The `k` items of `space` that answer `query` best: a text, a picture, an item's index, a vector (d,), or a list
    of such things, which is one query. Fewer come where fewer stay or, by words, match.

    "semantic" is `neighbors` by `metric`, with an index where one was made, unless `exact`. "keyword" scores by BM25
    the items that hold any word of the query, or of the items that it names. "hybrid" is reciprocal rank fusion with
    c = 60 (Cormack, Clarke and Buettcher, SIGIR 2009, doi:10.1145/1571941.1572114) of the first 1,000 of both lists,
    or k, if that is more; `ranks` of the answer tells each item's place in either. Items that the query names are no
    answers. Only the items of `where`, a mask (n,) or a Filter, are ranked. Ties go to the lower index. `progress`
    counts items while words are looked up the first time.

    A zero vector has no direction and "?!" no words: each is an error by itself and an empty list in a fusion.
    Raises InputError, ParameterError.
    """
    check_mode(mode)
    if mode == "semantic":
        found = neighbors(space, query, k, metric, where=where, exact=exact, store=store)
        if not all(directed(vector, metric) for vector in found.query):
            raise InputError(
                "The query's vector is zero: it has no direction, so nothing is nearer than anything else.",
                "Ask with other words, or by Euclidean distance.",
            )
        return found
    check(k, metric)
    things = things_of(query)
    rows = without(staying(space.dataset, where), items_of(space, things), len(space))
    wanted = words_asked(space.dataset, things)
    if mode == "keyword":
        if not wanted:
            raise InputError("There is no word in this query.", "Type words, or search by meaning.")
        indices, scores = by_words(space.dataset, wanted, k, rows, progress)
        return Neighbors(indices[None], scores[None], "bm25", space.vectors[:0])
    question = asked(space, query, store=store)
    depth = max(k, DEPTH)
    meant = by_meaning(question.space, question.one(), depth, metric, rows)
    worded = by_words(space.dataset, wanted, depth, rows, progress)
    indices, scores = fused([meant, worded], k)
    ranks = {"semantic": ranks_in(meant, indices)[None], "keyword": ranks_in(worded, indices)[None]}
    told = seen_as(space, question, indices[None])
    return Neighbors(indices[None], scores[None], "rrf", question.vectors, question.approximate, told, ranks=ranks)


def check_mode(mode: Mode) -> None:
    """Raises ParameterError for a mode that there is not."""
    if mode not in MODES:
        raise ParameterError(f"There is no mode {mode!r}.", f"Choose one of: {', '.join(MODES)}.")


def directed(vector: Floats, metric: Metric) -> bool:
    """Whether items can be told apart by how near they are to `vector` (d,)."""
    return metric not in ("cosine", "dot") or bool(vector.any())


def words_asked(dataset: Dataset, things: Sequence[Thing]) -> list[str]:
    """The words of the texts among `things`, and of the items that they name."""
    found: list[str] = []
    for thing in things:
        if isinstance(thing, str):
            found += words(thing)
        elif isinstance(thing, (int, np.integer)):
            found += words(text_of(dataset, int(thing)))
    return found


def by_meaning(space: Space, vector: Floats, k: int, metric: Metric, rows: Ints | None) -> Ranking:
    """The k of `rows`, or of all items, nearest to a vector (d,); none for one without direction."""
    indices, scores = nearest(space, vector[None], k if directed(vector, metric) else 0, metric, rows)
    return indices[0], scores[0]


def by_words(
    dataset: Dataset, wanted: Sequence[str], k: int, rows: Ints | None, progress: Progress | None = None
) -> Ranking:
    """The k of `rows`, or of all items, that hold any of the words, by BM25."""
    found, scores = keywords(dataset, progress=progress).scores(wanted)
    if rows is not None:
        stays = np.isin(found, rows, assume_unique=True)
        found, scores = found[stays], scores[stays]
    best = smallest(-scores, min(k, len(found)))
    return found[best], scores[best]


def fused(lists: Sequence[Ranking], k: int) -> Ranking:
    """The k best of several rankings, by the sum of 1 / (60 + rank) over those that an item is in."""
    found, place = np.unique(np.concatenate([indices for indices, _ in lists]), return_inverse=True)
    shares = np.concatenate([1 / (_C + np.arange(1, len(indices) + 1)) for indices, _ in lists])
    scores = np.asarray(np.bincount(place, weights=shares, minlength=len(found)), dtype=np.float64)
    best = smallest(-scores, min(k, len(found)))
    return found[best], scores[best].astype(np.float32)


def ranks_in(ranking: Ranking, items: Ints) -> Ints:
    """The place, from 1, of each of `items` (m,) in a ranking; 0 where it is not in it."""
    place = {item: rank for rank, item in enumerate(ranking[0].tolist(), 1)}
    return np.array([place.get(item, 0) for item in items.tolist()], dtype=np.int64)

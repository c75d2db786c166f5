"""What is special about a selection: its words, metadata and members, against the rest or another selection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import InputError
from .filters import checked_mask
from .labels import Words, words_in
from .space import Ints, Progress, Space

WORDS, SHARES, MEMBERS = 15, 10, 5
DISTINCT = 200
"""A column with more different values than this has no categories."""
EMPTY = "(empty)"
"""The category of a missing value."""
CERTAIN = 1.96
"""A score beyond this is expected by chance once in 20 times."""
WHOLE = 20_000
"""A side of up to so many texts is read in full, however many texts there are."""
_BLOCK = 4096  # rows that are measured at once
_WORDS_BLOCK = 65_536  # items whose words are counted at once

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Word:
    """A word and how many items hold it, in the selection and in what it is compared with; score is a z-score."""

    word: str
    inside: int
    outside: int
    score: float


@dataclass(frozen=True)
class Share:
    """A metadata value that is over- (score > 0) or under-represented (< 0) in the selection.

    `inside` and `outside` are counts of items; `expected` is how many the selection would hold if it were like
    what it is compared with. The score is an adjusted Pearson residual, which is a z-score.
    """

    column: str
    value: str
    inside: int
    outside: int
    expected: float
    score: float


@dataclass(frozen=True)
class Numbers:
    """The medians of a numeric column, and the rank-biserial correlation: 1 where every number of the
    selection is larger than every other, -1 where every one is smaller, 0 where neither side is larger."""

    column: str
    inside: float
    outside: float
    score: float


@dataclass(frozen=True, eq=False)
class Contrast:
    """What `contrast` found, strongest first; `size` items against `against` items.

    `typical` and `odd` are the members nearest to the selection's mean direction and farthest from it, up to 5
    each and none of them both; `mean_similarity` is the mean cosine of all members with that direction. The
    words were looked up in `read` texts of each side; where that is not all, `sampled` is their sum, else 0.
    """

    size: int
    against: int
    words: tuple[Word, ...]
    over: tuple[Share, ...]
    under: tuple[Share, ...]
    numbers: tuple[Numbers, ...]
    typical: Ints
    odd: Ints
    mean_similarity: float
    sampled: int = 0
    read: tuple[int, int] = (0, 0)


def contrast(
    space: Space, selected: Mask, against: Mask | None = None, *, progress: Progress | None = None
) -> Contrast:
    """What sets the items `selected` (n,) apart from those of `against` (n,), or from all others.

    An item of both counts as selected only. Where nothing is left to compare with (everything is selected),
    only typical and odd members are told. `progress` counts texts. Raises InputError for an empty selection.
    """
    inside = _mask(space, selected, "selection")
    outside = ~inside if against is None else _mask(space, against, "selection to compare with") & ~inside
    size, others = int(inside.sum()), int(outside.sum())
    typical, odd, similarity = _members(space, np.flatnonzero(inside))
    if not others:
        return Contrast(size, 0, (), (), (), (), typical, odd, similarity)
    words, read = _words(space, inside, outside, progress)
    sampled = sum(read) if sum(read) < size + others else 0
    over, under = _shares(space, inside, outside)
    numbers = _numbers(space, inside, outside)
    return Contrast(size, others, words, over, under, numbers, typical, odd, similarity, sampled, read)


def _mask(space: Space, given: Mask, name: str) -> Mask:
    mask = checked_mask(given, len(space), name)
    if not mask.any():
        raise InputError(f"The {name} is empty.", "Select at least one item.")
    return mask


# -- members ---------------------------------------------------------------------------------------


def _members(space: Space, members: Ints) -> tuple[Ints, Ints, float]:
    """The most typical members, the oddest, and the mean cosine with the mean direction."""
    total = np.zeros(space.vectors.shape[1])
    for _, unit in _unit_blocks(space, members):
        total += unit.sum(axis=0)
    direction = total / (np.linalg.norm(total) or 1.0)
    cosine = np.concatenate([np.einsum("ij,j->i", unit, direction) for _, unit in _unit_blocks(space, members)])
    rank = np.round(cosine, 10)  # equal vectors tie
    order = np.lexsort((members, -rank))
    half = min(MEMBERS, (len(members) + 1) // 2)
    rest = np.sort(order[half:])
    typical, odd = members[order[:half]], members[rest[np.argsort(rank[rest], kind="stable")[:MEMBERS]]]
    return typical, odd, float(cosine.mean())


def _unit_blocks(space: Space, members: Ints) -> Iterator[tuple[Ints, Doubles]]:
    """Members and their unit vectors, a few at once: those of all items may not fit into memory."""
    for at in range(0, len(members), _BLOCK):
        block = members[at : at + _BLOCK]
        yield block, space.vectors[block].astype(np.float64) * space.inverse_norms[block, None]


# -- words -----------------------------------------------------------------------------------------


def _words(
    space: Space, inside: Mask, outside: Mask, progress: Progress | None
) -> tuple[tuple[Word, ...], tuple[int, int]]:
    """The words that mark the selection, best first, and how many texts were read on each side."""
    small = [np.flatnonzero(side) for side in (inside, outside) if side.sum() <= WHOLE]
    words = words_in(space.dataset, np.concatenate(small) if small else None, progress=progress)
    if words is None:
        return (), (0, 0)
    sides = inside[words.items], outside[words.items]
    read = int(sides[0].sum()), int(sides[1].sum())
    here, there = (_count(words, side) for side in sides)
    scores = log_odds(here, there)
    sure = (scores > CERTAIN) & (here >= min(2, read[0]))
    found = [(-scores[w], words.vocabulary[w], w) for w in np.flatnonzero(sure)]
    best = sorted(found)[:WORDS]
    return tuple(Word(word, int(here[w]), int(there[w]), float(scores[w])) for _, word, w in best), read


def _count(words: Words, side: Mask) -> Ints:
    """How many items of `side` (m,) hold each word of the vocabulary."""
    counts = np.zeros(len(words.vocabulary), dtype=np.int64)
    for at in range(0, len(side), _WORDS_BLOCK):
        starts = words.starts[at : at + _WORDS_BLOCK + 1]
        held = np.repeat(side[at : at + _WORDS_BLOCK], np.diff(starts))
        counts += np.bincount(words.ids[starts[0] : starts[-1]][held], minlength=len(counts))
    return counts


def log_odds(inside: Ints, outside: Ints) -> Doubles:
    """The z-score of each word's log-odds ratio between two sides, from its counts (v,) in each, with an
    informative Dirichlet prior (Monroe, Colaresi and Quinn 2008, doi:10.1093/pan/mpn018).

    The prior of a side is the words of both sides together, weighing as much as the side's own words: it tames
    rare words on a small side and common words on both.
    """
    both = inside + outside
    every = float(both.sum())
    if not inside.sum() or not outside.sum():
        return np.zeros(len(both))
    odds, variance = [], np.zeros(len(both))
    with np.errstate(divide="ignore", invalid="ignore"):
        for counts in (inside, outside):
            weighed = counts + both * (counts.sum() / every)
            odds.append(np.log(weighed / (2 * counts.sum() - weighed)))
            variance += 1 / weighed
        scores = (odds[0] - odds[1]) / np.sqrt(variance)
    return np.where(np.isfinite(scores), scores, 0)


# -- metadata --------------------------------------------------------------------------------------


def _shares(space: Space, inside: Mask, outside: Mask) -> tuple[tuple[Share, ...], tuple[Share, ...]]:
    """The values that are over-represented, most first, and under-represented, most first."""
    found: list[Share] = []
    for name, values in _columns(space):
        known = _categories(values)
        if known is not None:
            found += _column_shares(name, *known, inside, outside)
    over = sorted((share for share in found if share.score > 0), key=lambda share: -share.score)
    under = sorted((share for share in found if share.score < 0), key=lambda share: share.score)
    return tuple(over[:SHARES]), tuple(under[:SHARES])


def _columns(space: Space) -> Iterator[tuple[str, pd.Series[Any]]]:
    """The metadata but the texts themselves, of which the words tell."""
    for column, values in space.dataset.metadata.items():
        if column != space.dataset.text:
            yield str(column), values


def _categories(values: pd.Series[Any]) -> tuple[Ints, list[str]] | None:
    """A code for each of n values, and what each code stands for; None where these are no categories."""
    if len(set(map(str, values.iloc[: 10 * DISTINCT]))) > DISTINCT + 4:  # 4: the ways to say "missing"
        return None  # most columns of texts or numbers need not be read further
    plain: Any = values
    if values.dtype == object:  # 1 and True are different values, but equal to Python
        pairs = zip(values, values.isna(), strict=True)
        plain = np.array([None if gone else str(value) for value, gone in pairs], dtype=object)
    codes, known = pd.factorize(plain)
    names = list(map(str, pd.Series(known).astype(str)))
    if (codes < 0).any():
        names += [] if EMPTY in names else [EMPTY]
        codes = np.where(codes < 0, names.index(EMPTY), codes)
    return (codes, names) if 2 <= len(names) <= DISTINCT else None


def _column_shares(name: str, codes: Ints, values: list[str], inside: Mask, outside: Mask) -> list[Share]:
    here, there = (np.bincount(codes[side], minlength=len(values)) for side in (inside, outside))
    scores = residuals(here, there)
    # what a single item is proves nothing about more of them
    sure = (scores < -CERTAIN) | ((scores > CERTAIN) & (here >= min(2, here.sum())))
    expected = here.sum() * there / there.sum()
    return [
        Share(name, values[v], int(here[v]), int(there[v]), float(expected[v]), float(scores[v]))
        for v in np.flatnonzero(sure)
    ]


def residuals(inside: Ints, outside: Ints) -> Doubles:
    """The adjusted Pearson residual (Agresti 2013) of each value's count (v,) in the selection."""
    both = inside + outside
    size, every = inside.sum(), both.sum()
    expected = both * (size / every)
    variance = expected * (1 - size / every) * (1 - both / every)
    return np.asarray((inside - expected) / np.sqrt(np.where(variance > 0, variance, np.inf)))


def _numbers(space: Space, inside: Mask, outside: Mask) -> tuple[Numbers, ...]:
    """The columns of different numbers, those first that tell the sides apart best."""
    found = []
    for name, values in _columns(space):
        if not pd.api.types.is_any_real_numeric_dtype(values):
            continue
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        known = np.isfinite(numbers)
        here, there = numbers[inside & known], numbers[outside & known]
        if len(here) and len(there) and min(here.min(), there.min()) < max(here.max(), there.max()):
            score = rank_biserial(here, there)
            found.append(Numbers(name, float(np.median(here)), float(np.median(there)), score))
    return tuple(sorted(found, key=lambda each: -abs(each.score)))


def rank_biserial(inside: Doubles, outside: Doubles) -> float:
    """2 U / (a b) - 1 of the Mann-Whitney U of `inside` (a,) over `outside` (b,); equal numbers share a rank."""
    _, places, counts = np.unique(np.concatenate([inside, outside]), return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - (counts - 1) / 2)[places]
    a, b = len(inside), len(outside)
    above = float(ranks[:a].sum()) - a * (a + 1) / 2
    return 2 * above / (a * b) - 1

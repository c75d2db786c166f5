"""Facts about sums and differences of vectors, and about what words are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from itertools import permutations

import numpy as np

from ...arithmetic import combine, mentioned, nearest_others
from ...axes import Association, axis, weat
from ...encoders import encode, get_encoder
from ...readers import read
from ...space import Floats
from .texts import space_of

COMMON = 50_000
"""Words, the commonest first, among which an analogy is answered."""


def analogy(encoder: str, a: str, b: str, c: str, rank: int = 1, kept: bool = False) -> str:
    """The word nearest to b - a + c; rank 2 is the next one. The three words are no answers, unless they are kept."""
    return _nearest(encoder, a, b, c, kept, rank)[-1]


def unknown(encoder: str, word: str) -> bool:
    """Whether a word is not among the commonest, among which answers are looked for."""
    return word not in _common(encoder)[0]


def analogies(encoder: str, pairs: Sequence[Sequence[str]], kept: bool = False) -> float:
    """The share of right answers to b - a + c for all two of the pairs, in either order."""
    asked = list(permutations(pairs, 2))
    return sum(analogy(encoder, a, b, c, kept=kept) == d for (a, b), (c, d) in asked) / len(asked)


def only_near(encoder: str, pairs: Sequence[Sequence[str]]) -> float:
    """The same share where the answer is simply the word nearest to c, without any sum."""
    asked = list(permutations(pairs, 2))
    return sum(analogy(encoder, a, a, c, kept=False) == d for (a, _), (c, d) in asked) / len(asked)


def summed(sample_id: str, encoder: str, plus: Sequence[str], minus: Sequence[str] = (), rank: int = 1) -> str:
    """The caption of the item nearest to a sum of texts."""
    space = space_of(sample_id, encoder)
    parts = [*plus, *minus]
    near = nearest_others(space, combine(space, plus, minus), rank, mentioned(space, parts))
    return space.dataset.captions[int(near.indices[0, rank - 1])]


def summed_share(
    sample_id: str, encoder: str, plus: Sequence[str], column: str, value: str, minus: Sequence[str] = (), k: int = 4
) -> int:
    """How many of the k items nearest to a sum of texts have a value in a column."""
    space = space_of(sample_id, encoder)
    near = nearest_others(space, combine(space, plus, minus), k, mentioned(space, [*plus, *minus]))
    return int((space.dataset.metadata[column].to_numpy()[near.indices[0]] == value).sum())


def tied(encoder: str, first: Sequence[str], second: Sequence[str], good: Sequence[str], bad: Sequence[str]) -> float:
    """The effect of a word-embedding association test, -2 to 2."""
    return _association(encoder, first, second, good, bad).effect


def chance(encoder: str, first: Sequence[str], second: Sequence[str], good: Sequence[str], bad: Sequence[str]) -> float:
    """How often chance ties words as strongly as that test finds, 0 to 1."""
    return _association(encoder, first, second, good, bad).p


def between(encoder: str, text: str, low: Sequence[str], high: Sequence[str]) -> float:
    """Where a text lies between two poles, each several texts: 0 at the low one, 1 at the high one."""
    return float(axis(encode(read([text]), encoder), list(low), list(high))[0])


def _association(
    encoder: str, first: Sequence[str], second: Sequence[str], good: Sequence[str], bad: Sequence[str]
) -> Association:
    texts: list[str] = sorted({*first, *second, *good, *bad})
    return weat(encode(read(texts), encoder), list(first), list(second), (list(good), list(bad)))


@cache
def _common(encoder: str) -> tuple[dict[str, int], Floats]:
    """The commonest words of a word encoder, each with its row, and their unit vectors."""
    vocabulary = get_encoder(encoder).vocabulary  # type: ignore[attr-defined]
    vectors = np.asarray(vocabulary.vectors[:COMMON], dtype=np.float32)
    rows = {word: row for word, row in vocabulary.index.items() if row < COMMON}
    return rows, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def _nearest(encoder: str, a: str, b: str, c: str, kept: bool, count: int = 1) -> list[str]:
    """The words nearest to b - a + c, the nearest first."""
    rows, unit = _common(encoder)
    asked = [rows[word] for word in (a, b, c)]
    scores = unit @ (unit[asked[1]] - unit[asked[0]] + unit[asked[2]])
    if not kept:
        scores[asked] = -np.inf
    best = np.argpartition(-scores, count)[:count]
    words = list(rows)
    return [words[row] for row in best[np.argsort(-scores[best], kind="stable")]]


FACTS = {
    "analogy": analogy,
    "analogies": analogies,
    "only_near": only_near,
    "summed": summed,
    "summed_share": summed_share,
    "tied": tied,
    "chance": chance,
    "between": between,
}

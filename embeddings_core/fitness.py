"""Whether an encoder fits the data: lengths of vectors, texts that were cut, unknown words, foreign languages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .encoders import get_encoder
from .languages import guess_languages
from .space import Floats, Ints, Metric, Progress, Space

SAMPLED = 2_000
"""Texts whose language is guessed: a fair sample of that many, where there are more."""
_BATCH = 256
_UNIT = 1e-3  # what lengths may differ from 1


@dataclass(frozen=True, eq=False)
class Fitness:
    """How an encoder fits a dataset.

    `norms` are the smallest, the median and the largest length of a vector, `zeros` the items whose vector is all
    zeros. `metric` is the one that fits, for the reason `why`. `limit` is how many tokens of a text are read (0: no
    limit, or none is known); `cut` are the items with more, and `tokens` how many each of these has (at least, where a
    text is far longer). `words` are how many words of all texts are known, and how many there are; (0, 0) where the
    encoder has no list of words. `languages` are the languages found among `guessed` texts, with how many are in each,
    the commonest first, "" for those that could not be told; `foreign` are the items, among these, in a language that
    the encoder does not know; None where it does not say which it knows.
    """

    norms: tuple[float, float, float]
    zeros: Ints
    metric: Metric
    why: str
    limit: int
    cut: Ints
    tokens: Ints
    words: tuple[int, int]
    languages: tuple[tuple[str, int], ...]
    guessed: int
    foreign: Ints | None

    @property
    def unit(self) -> bool:
        """Whether all vectors, but those of zeros, have length 1."""
        return abs(self.norms[0] - 1) < _UNIT and abs(self.norms[2] - 1) < _UNIT


def check_fitness(space: Space, *, seed: int = 0, progress: Progress | None = None) -> Fitness:
    """How the encoder of `space` fits its data. Texts are read again for it: it takes about a second for 10,000."""
    encoder, data = get_encoder(space.encoder), space.dataset
    texts = [str(item) for item in data.items] if data.kind == "text" and "text" in encoder.spec.reads else []
    sample = np.arange(len(texts), dtype=np.int64)
    if len(texts) > SAMPLED:
        sample = np.sort(np.random.default_rng(seed).choice(len(texts), SAMPLED, replace=False))
    total = len(texts) + len(sample)
    counts: list[Ints] = []
    words: list[Ints] = []
    guesses: list[str] = []
    for start, part in _parts(texts):
        if progress:
            progress(start, total)
        if hasattr(encoder, "token_counts"):
            counts.append(encoder.token_counts(part))
        if hasattr(encoder, "known_words"):
            words.append(encoder.known_words(part).sum(axis=0))
    for start, part in _parts([texts[row] for row in sample.tolist()]):
        if progress:
            progress(len(texts) + start, total)
        guesses += guess_languages(part)
    limit = int(getattr(encoder, "limit", 0)) if counts else 0
    tokens = np.concatenate(counts) if counts else np.zeros(0, dtype=np.int64)
    cut = np.flatnonzero(tokens > limit) if limit else np.zeros(0, dtype=np.int64)
    known, there = np.sum(words, axis=0).tolist() if words else (0, 0)
    norms, zeros = _norms(space.norms)
    metric, why = _metric(norms, getattr(encoder, "metric", ""))
    return Fitness(
        norms, zeros, metric, why, limit, cut, tokens[cut], (known, there), _counted(guesses), len(guesses),
        _foreign(sample, guesses, encoder.spec.languages),
    )  # fmt: skip


def _parts(texts: Sequence[str]) -> Iterator[tuple[int, Sequence[str]]]:
    for start in range(0, len(texts), _BATCH):
        yield start, texts[start : start + _BATCH]


def _norms(lengths: Floats) -> tuple[tuple[float, float, float], Ints]:
    """The smallest, median and largest of the lengths that are not 0, and where they are 0."""
    zeros = np.flatnonzero(lengths == 0)
    others = lengths[lengths > 0]
    if not len(others):
        return (0.0, 0.0, 0.0), zeros
    return (float(others.min()), float(np.median(others)), float(others.max())), zeros


def _metric(norms: tuple[float, float, float], own: Any) -> tuple[Metric, str]:
    """The metric that fits vectors of such lengths, by a model that may name `own`, and one line why."""
    low, middle, high = norms
    if abs(low - 1) < _UNIT and abs(high - 1) < _UNIT:
        return "cosine", "All vectors have length 1, so cosine, dot product and Euclidean distance rank alike."
    if own == "dot":
        return "dot", "The model was trained with the dot product: its lengths carry meaning."
    if own == "euclidean":
        return "euclidean", "The model was trained with Euclidean distance."
    if own == "cosine":
        return "cosine", "The model was trained with cosine: its lengths carry no meaning."
    if middle and high / max(low, 1e-30) < 1.05:
        return "cosine", "The lengths hardly differ, so all metrics rank nearly alike."
    return "cosine", "The lengths differ: cosine compares directions alone, the dot product would favor long vectors."


def _counted(guesses: Sequence[str]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(Counter(guesses).items(), key=lambda pair: (not pair[0], -pair[1], pair[0])))


def _foreign(sample: Ints, guesses: Sequence[str], known: str) -> Ints | None:
    """The items in a language that is not among `known`, names with commas between; None where any is, or none is
    named."""
    names = {name.strip() for name in known.split(",") if name.strip()}
    if not names or names & {"any", "many"}:
        return None
    return sample[[bool(guess) and guess not in names for guess in guesses]]

"""Texts by the words they share: TF-IDF and truncated SVD (latent semantic analysis). No model, and the baseline
that every model should beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import InputError
from ..fingerprints import fingerprint
from ..memo import memo
from ..plugins import EncoderSpec, Need, Param
from ..space import Dataset, Floats, Item
from . import with_settings
from ._loading import texts_of, unit_rows

WORDS, LETTERS = "words", "letters"
SPEC = EncoderSpec(
    id="tfidf",
    label="TF-IDF + SVD",
    summary="Texts by the words that they share, rare ones above common ones, learned from this data alone. It knows "
    "no synonyms but those that keep the same company here.",
    reads=("text",),
    dimension=None,
    license="Apache-2.0",
    source="embeddings_core",
    needs=(Need("sklearn", "scikit-learn"),),
    instant=True,
    languages="any",
    params=(
        Param(
            "units", "Counted", "words, or runs of 3 to 5 letters within words, which forgive typing errors and "
            "endings and need no spaces between words.", WORDS, "choice", choices=(WORDS, LETTERS),
        ),
        Param("dim", "Numbers kept", "How many directions the SVD keeps, at most.", 100, low=2, high=512, step=2),
    ),
)  # fmt: skip
_MOST = 200_000  # words that are told apart: the commonest
_DUST = 1e-6  # of the largest singular value: what rounding leaves


def make(model: str, units: str = WORDS, dim: int = 100) -> TfidfEncoder:
    """The encoder with its settings; it learns from the data."""
    return TfidfEncoder(units, dim)


class TfidfEncoder:
    """Latent semantic analysis (Deerwester et al., 1990): TF-IDF with log counts, the first directions of its SVD,
    each text scaled to length 1. A text none of whose words the data has is a vector of zeros."""

    batch = 4096

    def __init__(self, units: str = WORDS, dim: int = 100) -> None:
        self.units, self.dim = units, dim
        self.spec = replace(SPEC, id=with_settings(SPEC.id, {"units": units, "dim": dim}, SPEC))
        self.fingerprint = fingerprint("tfidf", 1, units, dim, _MOST, "float32")

    def fit(self, data: Dataset) -> Learned:
        """The words of `data`, their weights and its first directions. Raises InputError for what is no text."""
        return _learn(data, self)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Only what `fit` returns can encode: raises InputError, but for no items."""
        if not texts_of(items):
            return np.empty((0, self.dim), dtype=np.float32)
        raise InputError("TF-IDF learns from the data first: call fit(data).", "Use ec.encode(data, ...), which does.")


class Learned:
    """TF-IDF and SVD as learned from one dataset. `directions` (words, d) turns counts into vectors."""

    batch = 4096

    def __init__(self, base: TfidfEncoder, key: str, counter: Any, directions: Floats) -> None:
        self.spec, self.fingerprint = base.spec, fingerprint(base.fingerprint, key)
        self._counter, self._directions = counter, directions

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts as (n, d) float32, each of length 1, or zeros."""
        texts = texts_of(items)
        if not texts or self._counter is None:
            return np.zeros((len(texts), self._directions.shape[1]), dtype=np.float32)
        return unit_rows(np.asarray(self._counter.transform(texts) @ self._directions, dtype=np.float32))


@memo(4)
def _learn(data: Dataset, base: TfidfEncoder) -> Learned:
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd

    texts = texts_of(data.items)
    units = {"token_pattern": r"(?u)\w+"} if base.units == WORDS else {"analyzer": "char_wb", "ngram_range": (3, 5)}
    counter = TfidfVectorizer(sublinear_tf=True, max_features=_MOST, dtype=np.float32, **units)
    try:
        counts = counter.fit_transform(texts)
    except ValueError:  # no text has a word
        return Learned(base, data.fingerprint, None, np.zeros((0, 1), dtype=np.float32))
    _, sizes, directions = randomized_svd(counts, min(base.dim, *counts.shape), random_state=0)
    kept = sizes > _DUST * sizes.max(initial=0)
    return Learned(base, data.fingerprint, counter, np.ascontiguousarray(directions[kept].T, dtype=np.float32))

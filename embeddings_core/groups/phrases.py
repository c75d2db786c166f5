"""The phrase that says most nearly what a group is about: of the phrases in its texts the one nearest its center."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from ..errors import InputError
from ..labels import COMMON, nearest_to_centers, texts_of
from ..queries import asked
from ..space import Ints, Progress, Space
from ..store import Store

LONGEST = 3
"""Words of a phrase."""
READ = 100
"""Texts nearest the center of a group whose phrases are looked at."""
TRIED = 40
"""Phrases of a group that are encoded, the commonest first."""
_PART = re.compile(r"[^\w\s'’-]+|\n")
_WORD = re.compile(r"[^\W\d_](?:[\w'’-]*\w)?")


def phrases(
    space: Space,
    labels: Ints,
    groups: int,
    *,
    store: Store | None = None,
    progress: Progress | None = None,
) -> tuple[str, ...]:
    """One phrase of 1 to 3 words a group, "" for a group without words; `labels` (n,), -1 for noise.

    Of the phrases in the 100 texts nearest the group's center the 40 commonest (longer ones first among equals) are
    encoded, and the one with the highest cosine similarity to the center is taken, as KeyBERT does with a document
    (Grootendorst 2020, doi:10.5281/zenodo.4461265). Raises InputError where nothing has a text, or where the encoder
    reads none and has no bridge.
    """
    from ..encoders import encode_items, for_queries

    texts = texts_of(space.dataset)
    if texts is None:
        raise InputError("These items have no texts.", "Phrases need texts, or a column such as name or caption.")
    near = nearest_to_centers(space.unit, labels, groups, READ)
    tried = [_candidates([texts[item] for item in row if item >= 0]) for row in near]
    every = list(dict.fromkeys(phrase for found in tried for phrase in found))
    if not every:
        return ("",) * groups
    compared = asked(space, every[0], store=store).space
    vectors = encode_items(for_queries(compared), every, store=store, progress=progress)
    place = {phrase: at for at, phrase in enumerate(every)}
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-30)
    best = []
    for group, found in enumerate(tried):
        center = compared.unit[labels == group].mean(axis=0) if found else np.zeros(unit.shape[1])
        nearness = unit[[place[phrase] for phrase in found]] @ center
        best.append(found[int(np.argmax(nearness))] if found else "")
    return tuple(best)


def _candidates(texts: Sequence[str]) -> list[str]:
    """The commonest phrases; those of a single text only where there are no others."""
    counts = Counter(phrase for text in texts for phrase in set(_phrases(text)))
    repeated = {phrase: count for phrase, count in counts.items() if count > 1} or counts
    order = sorted(repeated, key=lambda phrase: (-repeated[phrase], -phrase.count(" "), phrase))
    return order[:TRIED]


def _phrases(text: str) -> Iterator[str]:
    """Words in a row, without a mark between them, that neither begin nor end with one of the commonest."""
    for part in _PART.split(text.casefold().replace("’", "'")):
        words = _WORD.findall(part)
        for start in range(len(words)):
            for end in range(start + 1, min(start + LONGEST, len(words)) + 1):
                if not COMMON & {words[start], words[end - 1]}:
                    yield " ".join(words[start:end])

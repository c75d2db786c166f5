"""Why an item answers a query: the sentence of it that is nearest, and the words in that which count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..labels import COMMON
from ..neighbors import seen_as
from ..queries import Query, asked
from ..readers.passages import sentences
from ..space import Floats, Progress, Space
from ..store import Store
from .keywords import word_spans

SENTENCES = 60
"""Sentences of an item that are compared at most: its first."""
WORDS = 30
"""Words of a sentence that are left out at most, one after the other; the commonest words of a language come last."""


@dataclass(frozen=True)
class WordDrop:
    """A word of the item, from character `start` to before `end`, and by how much the sentence's cosine similarity
    with the query falls without it; below 0 the sentence is nearer without it."""

    start: int
    end: int
    drop: float


@dataclass(frozen=True)
class Evidence:
    """Why an item answers a query. `similarity` is the cosine of the query with the whole item.

    Of a text, characters `start` to before `end` are the sentence nearest to the query, `sentence` its cosine, and
    `words` those of it that were tried, the largest drop first; `read` is how many characters were looked at. Of
    anything else start and end are 0. `seen_as` is what a picture was taken for, where the query went over a bridge,
    and `approximate` why that is none too sure, as in Neighbors.
    """

    similarity: float
    start: int = 0
    end: int = 0
    sentence: float = 0.0
    words: tuple[WordDrop, ...] = ()
    read: int = 0
    seen_as: str = ""
    approximate: str = ""


def evidence(space: Space, query: Query, item: int, *, store: Store | None = None) -> Evidence:
    """Why `item` of `space` answers `query`, which may be anything that `search` takes.

    The words are found by leaving each one out (occlusion: Li, Monroe and Jurafsky 2016, arXiv:1612.08220), which any
    encoder of texts allows; two words that say the same may hide each other. Sentences are encoded anew and not kept.
    Raises InputError where there is no such item, the query cannot be compared, or the encoder reads no text.
    """
    if not 0 <= item < len(space):
        raise InputError(f"There is no item {item}.", f"Items are numbered 0 to {len(space) - 1}.")
    question = asked(space, query, store=store)
    towards = question.one()
    whole = float(_cosines(question.space.vectors[item : item + 1], towards)[0])
    if space.dataset.kind == "text":
        return _in_text(question.space, str(space.dataset.items[item]), towards, whole, question.approximate)
    told = "".join(seen_as(space, question, np.array([[item]])))
    return Evidence(whole, seen_as=told, approximate=question.approximate)


def evidence_of(
    space: Space, query: Query, items: Sequence[int], *, store: Store | None = None, progress: Progress | None = None
) -> tuple[Evidence, ...]:
    """`evidence` of several items, one after the other; `progress` counts them. Raises InputError."""
    found = []
    for done, item in enumerate(items):
        if progress:
            progress(done, len(items))
        found.append(evidence(space, query, item, store=store))
    return tuple(found)


def _in_text(space: Space, text: str, towards: Floats, whole: float, approximate: str) -> Evidence:
    spans = sentence_spans(text)[:SENTENCES]
    if not spans:
        return Evidence(whole, approximate=approximate)
    nearness = _cosines(_encoded(space, [text[start:end] for start, end in spans]), towards)
    best = int(np.argmax(nearness))
    (start, end), near = spans[best], float(nearness[best])
    tried = [(start + a, start + b) for a, b in words_to_try(text[start:end])]
    rests = [" ".join((text[start:a] + " " + text[b:end]).split()) for a, b in tried]
    left = [rest for rest in rests if any(word_spans(rest))]
    found = iter(_cosines(_encoded(space, left), towards) if left else ())
    # without its only word nothing is left of a sentence, and nothing of its similarity
    drops = [near - (float(next(found)) if any(word_spans(rest)) else 0.0) for rest in rests]
    words = [WordDrop(a, b, drop) for (a, b), drop in zip(tried, drops, strict=True)]
    words.sort(key=lambda word: (-word.drop, word.start))
    return Evidence(whole, start, end, near, tuple(words), spans[-1][1], approximate=approximate)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Start and end of each sentence of a text, without the white space around it."""
    spans, at = [], 0
    for sentence in sentences(text):
        lead = len(sentence) - len(sentence.lstrip())
        if bare := sentence.strip():
            spans.append((at + lead, at + lead + len(bare)))
        at += len(sentence)
    return spans


def words_to_try(sentence: str) -> list[tuple[int, int]]:
    """Start and end of up to WORDS words, in their order."""
    spans = word_spans(sentence)
    rare_first = sorted(spans, key=lambda span: sentence[span[0] : span[1]].casefold().replace("’", "'") in COMMON)
    return sorted(rare_first[:WORDS])


def _encoded(space: Space, texts: list[str]) -> Floats:
    """The texts as items of this space, (m, d), batch by batch."""
    from ..encoders import for_items

    model = for_items(space)
    if "text" not in model.spec.reads:
        raise InputError(
            f"{model.spec.label} does not read texts, so no sentence can be compared.", "Choose an encoder of texts."
        )
    return np.concatenate([model.encode(texts[at : at + model.batch]) for at in range(0, len(texts), model.batch)])


def _cosines(vectors: Floats, towards: Floats) -> Floats:
    """The cosine similarity of each row (m, d) with a vector (d,); 0 where one of them is zero."""
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(towards)
    return np.asarray(np.divide(vectors @ towards, lengths, out=np.zeros(len(vectors), np.float32), where=lengths > 0))

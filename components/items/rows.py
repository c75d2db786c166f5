"""What lists of items show: plain text and numbers, no markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.published import picture_address, sound_address
from embeddings_core import Dataset, Evidence, Neighbors
from embeddings_core.cards import cut, metadata_fields

WHOLE = 20_000
"""Characters of a text that are shown as a whole."""
SENTENCE = 600
"""Characters of a sentence that are shown."""
MARKED = 0.1
"""Share of the strongest word's drop from which a word is marked, and named below."""
DIGITS = {"rrf": 4}
"""Digits behind the point of scores that differ by less than a thousandth."""
NAMED = 3
"""Words of a sentence whose drop is told as a number."""


def rows(
    dataset: Dataset, items: Sequence[int], scores: Sequence[str] = (), seen_as: Sequence[str] = (), longest: int = 160,
    notes: Sequence[str] = (),
) -> list[dict[str, Any]]:  # fmt: skip
    """What a list shows, one dictionary an item, texts of at most `longest` characters; with scores the
    items are ranked, and `notes` say something of each."""
    shown = []
    for place, item in enumerate(items):
        row: dict[str, Any] = {"item": int(item), "text": cut(dataset.captions[item], longest)}
        more = [notes[place]] if notes else []
        more += [f"seen as {seen_as[place]}"] if seen_as else []
        more += [f"{name}: {value}" for name, value in metadata_fields(dataset, item)[:5]]
        row["more"] = " · ".join(more)
        if scores:
            row |= {"rank": place + 1, "score": scores[place]}
        if dataset.kind == "image":
            row["picture"] = picture_address(dataset, item)
        if dataset.kind == "sound":
            row["sound"] = sound_address(dataset, item)
        shown.append(row)
    return shown


def near_rows(dataset: Dataset, hits: Neighbors) -> list[dict[str, Any]]:
    """What is near what was asked for, with ranks and scores."""
    digits = DIGITS.get(hits.metric, 3)
    scores = [f"{score:.{digits}f}" for score in hits.scores[0]]
    shown = rows(dataset, hits.indices[0].tolist(), scores, hits.seen_as)
    if hits.ranks:
        meant, worded = (hits.ranks[name][0].tolist() for name in ("semantic", "keyword"))
        for row, by_meaning, by_words in zip(shown, meant, worded, strict=True):
            places = [f"{_place(by_meaning)} by meaning", f"{_place(by_words)} by words"]
            row["more"] = " · ".join(filter(None, [", ".join(places), row["more"]]))
    return shown


def why_rows(dataset: Dataset, items: Sequence[int], found: Sequence[Evidence]) -> list[dict[str, Any]]:
    """The nearest sentence of each item, in "parts": a text and how strongly it is marked, 0 to 1, which is the word's
    drop as a share of the largest of all."""
    most = max((word.drop for why in found for word in why.words), default=0.0)
    shown = []
    for place, (item, why) in enumerate(zip(items, found, strict=True), 1):
        text = str(dataset.items[item])
        counting = [word for word in why.words if word.drop > 0 and word.drop >= MARKED * most]
        parts = _parts(text, why, {(word.start, word.end): round(word.drop / most, 2) for word in counting})
        said = ", ".join(f"“{text[word.start : word.end]}” −{word.drop:.2f}" for word in counting[:NAMED])
        more = " · ".join(filter(None, [f"without {said}" if said else "", _part_of(text, why)]))
        row = {"item": int(item), "text": "".join(part for part, _ in parts), "parts": parts, "more": more}
        shown.append(row | {"rank": place, "score": f"{why.sentence if why.end else why.similarity:.3f}"})
    return shown


def _parts(text: str, why: Evidence, weights: Mapping[tuple[int, int], float]) -> list[tuple[str, float]]:
    if not why.end:
        return [(cut(text, SENTENCE), 0.0)]
    end, at = min(why.end, why.start + SENTENCE), why.start
    parts = [("… ", 0.0)] if text[:at].strip() else []
    for (first, last), weight in sorted(weights.items()):
        if last <= end:
            parts += [(text[at:first], 0.0), (text[first:last], weight)]
            at = last
    parts += [(text[at:end], 0.0), (" …" if text[end:].strip() else "", 0.0)]
    return [part for part in parts if part[0]]


def _part_of(text: str, why: Evidence) -> str:
    return f"only the first {why.read:,} characters were compared" if why.read and text[why.read :].strip() else ""


def _place(rank: int) -> str:
    return f"place {rank:,}" if rank else "not"

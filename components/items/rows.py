"""What lists of items show: plain text and numbers, no markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from components.cards import cut, metadata_fields
from components.published import picture_address, sound_address
from embeddings_core import Dataset, Neighbors

WHOLE = 20_000
"""Characters of a text that are shown as a whole."""


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
    scores = [f"{score:.3f}" for score in hits.scores[0]]
    shown = rows(dataset, hits.indices[0].tolist(), scores, hits.seen_as)
    if hits.ranks:
        meant, worded = (hits.ranks[name][0].tolist() for name in ("semantic", "keyword"))
        for row, by_meaning, by_words in zip(shown, meant, worded, strict=True):
            places = [f"{_place(by_meaning)} by meaning", f"{_place(by_words)} by words"]
            row["more"] = " · ".join(filter(None, [", ".join(places), row["more"]]))
    return shown


def _place(rank: int) -> str:
    return f"place {rank:,}" if rank else "not"

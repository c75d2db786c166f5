"""Facts about searches, and about pictures and texts in one space."""

from __future__ import annotations

from functools import cache

import numpy as np

from ...errors import InputError
from ...samples import sample
from ...search import Mode, search
from ...worklists.modality import Matched, match_texts
from .texts import space_of


def found(sample_id: str, encoder: str, query: str, mode: Mode = "semantic", rank: int = 1) -> str:
    """The caption of the item that a search finds at that place. Raises InputError where it finds fewer."""
    space = space_of(sample_id, encoder)
    items = search(space, query, rank, mode).indices[0]
    if len(items) < rank:
        raise InputError(f"{query!r} finds {len(items)} items in {sample_id}.", "Ask for a place that there is.")
    return space.dataset.captions[int(items[rank - 1])]


def hits(sample_id: str, encoder: str, query: str) -> int:
    """How many items of a sample hold any word of a text."""
    space = space_of(sample_id, encoder)
    return len(search(space, query, len(space), "keyword").indices[0])


def place(sample_id: str, encoder: str, query: str, caption: str, mode: Mode = "semantic") -> int:
    """At which place, from 1, a search finds the item of that caption; 0 where it does not."""
    space = space_of(sample_id, encoder)
    items = search(space, query, len(space), mode).indices[0].tolist()
    item = space.dataset.captions.index(caption)
    return items.index(item) + 1 if item in items else 0


def captioned(sample_id: str, encoder: str, column: str, k: int, back: bool = False) -> float:
    """The share of pictures whose own text in a column is among the k nearest texts; `back` from texts to pictures."""
    found = matched(sample_id, encoder, column)
    return found.recall_back(k) if back else found.recall(k)


def inside(sample_id: str, encoder: str, column: str) -> float:
    """The mean cosine similarity of two different pictures."""
    return matched(sample_id, encoder, column).gap.inside[0]


def across(sample_id: str, encoder: str, column: str) -> float:
    """The mean cosine similarity of a picture and a text."""
    return matched(sample_id, encoder, column).gap.across


def apart(sample_id: str, encoder: str, column: str) -> float:
    """The share of pictures and texts whose nearest other is of their own kind."""
    return matched(sample_id, encoder, column).gap.apart


@cache
def matched(sample_id: str, encoder: str, column: str) -> Matched:
    """The pictures of a sample and their texts, compared."""
    return match_texts(space_of(sample_id, encoder), column)


def seen_as(sample_id: str, caption: str, rank: int = 1) -> str:
    """The name of the class that EfficientNet finds likeliest in a picture; rank 2 is the next one."""
    from ...encoders.imagenet import class_names

    return class_names()[int(np.argsort(-_classes(sample_id, caption), kind="stable")[rank - 1])]


def sure(sample_id: str, caption: str, rank: int = 1) -> float:
    """The probability, 0 to 1, of the class that `seen_as` names."""
    return float(np.sort(_classes(sample_id, caption))[-rank])


def _classes(sample_id: str, caption: str) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    from ...encoders import encode_items, get_encoder
    from ...encoders.imagenet import class_probabilities

    data = sample(sample_id)
    picture = data.items[data.captions.index(caption)]
    probabilities: np.ndarray[tuple[int, ...], np.dtype[np.float32]] = class_probabilities(
        encode_items(get_encoder("imagenet"), [picture])
    )[0]
    return probabilities


FACTS = {
    "found": found,
    "hits": hits,
    "place": place,
    "captioned": captioned,
    "inside": inside,
    "across": across,
    "apart": apart,
    "seen_as": seen_as,
    "sure": sure,
}

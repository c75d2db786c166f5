"""What is asked of a space, as vectors: a text, a picture, an item, a vector, or several of these at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .errors import InputError
from .pictures import Picture
from .space import Floats, Ints, Space
from .store import Store

Thing = str | Picture | int | np.integer[Any] | Floats
Query = Thing | Sequence[Thing]


@dataclass(frozen=True, eq=False)
class Asked:
    """A query as `vectors` (q, d) of `space`, which over a bridge is another one of the same items.

    `items` are those of the dataset that the query names; `approximate` is a reason, as in Neighbors.
    """

    space: Space
    vectors: Floats
    items: Ints
    approximate: str = ""

    def one(self) -> Floats:
        """The vector (d,) of a single query. Raises InputError where there are several."""
        if len(self.vectors) != 1:
            raise InputError(
                f"There are {len(self.vectors)} queries where one is asked for.", "Ask one after the other."
            )
        return np.asarray(self.vectors[0])


def asked(space: Space, query: Query, *, store: Store | None = None) -> Asked:
    """`query` as vectors. A list or tuple is one query of several things: the mean of their unit vectors.

    A text asked of pictures whose encoder reads no text goes over that encoder's bridge. Raises InputError.
    """
    things = things_of(query)
    items = items_of(space, things)
    compared, approximate = _comparable(space, things, store)
    found = [_vectors(compared, thing, store) for thing in things]
    vectors = _mean(found) if isinstance(query, (list, tuple)) else found[0]
    return Asked(compared, vectors, items, approximate)


def things_of(query: Query) -> list[Thing]:
    """The things that a query is made of. Raises InputError where there is none, or an empty text."""
    things: list[Any] = list(query) if isinstance(query, (list, tuple)) else [query]
    if not things or any(isinstance(thing, str) and not thing.strip() for thing in things):
        raise InputError("The query is empty.", "Type a few words.")
    return things


def items_of(space: Space, things: Sequence[Thing]) -> Ints:
    """The indices (m,) of the items among these things, sorted. Raises InputError for one that is not there."""
    named = {int(thing) for thing in things if isinstance(thing, (int, np.integer))}
    items = np.array(sorted(named), dtype=np.int64)
    for item in items[(items < 0) | (items >= len(space))]:
        raise InputError(f"There is no item {item}.", f"Items are numbered 0 to {len(space) - 1}.")
    return items


def _comparable(space: Space, things: Sequence[Thing], store: Store | None) -> tuple[Space, str]:
    """The space in which all these things can be compared with the items, and why that is approximate."""
    from .encoders import encode, get_encoder

    kinds = {"text" if isinstance(thing, str) else "image" for thing in things if isinstance(thing, (str, Picture))}
    if not kinds:
        return space, ""
    encoder = get_encoder(space.encoder)
    if missing := kinds - set(encoder.spec.reads):
        if not encoder.spec.bridge or missing != {"text"}:
            words = "pictures" if "image" in missing else "texts"
            raise InputError(
                f"{encoder.spec.label} does not read {words}, so this cannot be compared with these items.",
                f"Choose an encoder that reads both, or select an item of {space.dataset.name} instead.",
            )
        space = encode(space.dataset, encoder.spec.bridge, store=store)
    return space, get_encoder(space.encoder).spec.approximate


def _vectors(space: Space, thing: Thing, store: Store | None) -> Floats:
    """One thing as vectors (q, d) of `space`."""
    from .encoders import encode_items, for_queries

    if isinstance(thing, (str, Picture)):
        return encode_items(for_queries(space), [thing], store=store)
    if isinstance(thing, (int, np.integer)):
        return space.vectors[int(thing) : int(thing) + 1]
    vectors = np.atleast_2d(np.asarray(thing, dtype=np.float32))
    size = space.vectors.shape[1]
    if not len(vectors) or vectors.shape[1:] != (size,) or not np.isfinite(vectors).all():
        raise InputError(
            f"The query has shape {vectors.shape} or holds NaN.", f"This space needs vectors of {size} finite numbers."
        )
    return vectors


def _mean(found: Sequence[Floats]) -> Floats:
    """The mean (1, d) of the unit vectors of all rows."""
    rows = np.concatenate(found)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray((rows / np.where(lengths > 0, lengths, 1)).mean(axis=0, keepdims=True), dtype=np.float32)

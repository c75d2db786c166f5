"""Where the vectors of a dataset come from: what was kept, one item after another, or all at once after learning.

An encoder says which by what it has (see `made`); `gathered` asks any source for the same, in fair rounds. No SPEC
here, so this file is no plug-in.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ..errors import InputError
from ..progress import phase
from ..space import Dataset, Floats, Ints, Item, Progress
from ..store import Store, result_key
from ._rounds import FIRST, SOON, fair_order, rounds

Bools = npt.NDArray[np.bool_]


class Source(Protocol):
    """Vectors (n, d) of n items, of which some are there and others have to be made.

    `early` and `late` are how much of the work `begin` and `add` do, in proportion.
    """

    early: float
    late: float

    def begin(self, progress: Progress) -> Bools:
        """Do what must come before the first item; which items are there then, (n,)."""
        ...

    def add(self, rows: Sequence[int], progress: Progress) -> None:
        """Make the vectors of the items `rows`, as far as they are not there."""
        ...

    def vectors(self, rows: Sequence[int]) -> Floats:
        """The vectors (m, d) of `rows`, which are there."""
        ...

    def left(self) -> int:
        """How many distinct items have to be encoded, known without beginning."""
        ...


def gathered(
    source: Source,
    n: int,
    progress: Progress | None = None,
    arrived: Callable[[Ints, Floats], None] | None = None,
) -> Floats:
    """All `n` vectors of a source, (n, d), in fair rounds. `progress` counts items.

    `arrived` gets which items are there, (m,), and their vectors, (m, d): what is known, if that is something to look
    at, and after each round but the last; after the first few items only where these took long.
    """
    early = source.early / (source.early + source.late) if source.early else 0.0

    def share(items: int) -> float:
        return early + (1 - early) * items / n

    known = source.begin(phase(progress, 0, early, n))
    order = fair_order(n)
    there: list[int] = order[known[order]].tolist()
    waiting = rounds(order[~known[order]].tolist(), len(there))
    start = time.monotonic()

    def tell() -> None:
        if arrived:
            arrived(np.array(there, dtype=np.int64), source.vectors(there))

    if len(waiting) > 1 and len(there) >= FIRST:
        tell()
    for number, rows in enumerate(waiting):
        source.add(rows, phase(progress, share(len(there)), share(len(there) + len(rows)), n))
        there += rows
        if number + 1 < len(waiting) and (len(there) >= FIRST or time.monotonic() - start > SOON):
            tell()
    return source.vectors(range(n))


def space_key(data: Dataset, model: Any) -> str:
    """Under which name the vectors of `data` by an encoder are kept as a whole."""
    return result_key("space", data.fingerprint, model.fingerprint)


def source_of(model: Any, data: Dataset, store: Store) -> Source:
    """Where the vectors of `data` by an encoder come from: what is kept as a whole, or what `made` says."""
    known = store.get_result(space_key(data, model))
    if known is not None and len(known[0].get("vectors", ())) == len(data):
        return Whole(known[0]["vectors"])
    return made(model, data, store)


def made(model: Any, data: Dataset, store: Store) -> Source:
    """Where the vectors come from that are not kept as a whole: the encoder's own `source`, or from learning if it has
    `fit`, or item by item. Raises InputError when it does not read this kind of item."""
    if hasattr(model, "source"):
        own: Source = model.source(data, store)
        return own
    if data.kind not in model.spec.reads:
        raise InputError(
            f"{model.spec.label} reads {' and '.join(model.spec.reads)} items; this data is {data.kind}.",
            "Choose another encoder.",
        )
    if hasattr(model, "fit"):
        return Learning(model, data, store)
    return ItemByItem(model, data.items, data.keys, store)


def left(model: Any, data: Dataset, store: Store) -> int:
    """How many distinct items of `data` an encoder has to encode; 0 where all of them are kept."""
    return 0 if store.has_result(space_key(data, model)) else made(model, data, store).left()


@dataclass
class Whole:
    """Vectors (n, d) that are at hand; of `new` items nobody has seen them yet."""

    all: Floats
    new: int = 0
    early = late = 0.0

    def begin(self, progress: Progress) -> Bools:
        return np.ones(len(self.all), dtype=bool)

    def add(self, rows: Sequence[int], progress: Progress) -> None:
        """There is nothing to add."""

    def vectors(self, rows: Sequence[int]) -> Floats:
        return self.all if isinstance(rows, range) else self.all[rows]

    def left(self) -> int:
        return self.new


class Learning:
    """Vectors by an encoder that learns from the data first. They come all at once, and no map grows: before all items
    have been read nothing is learned, and what a part would teach gives every item another vector."""

    early, late = 1.0, 0.0

    def __init__(
        self, model: Any, data: Dataset, store: Store, items: Callable[[Dataset], Sequence[Item]] | None = None
    ) -> None:
        self._model, self._data, self._store = model, data, store
        self._items = items or (lambda data: data.items)
        self._all: Floats | None = None

    def begin(self, progress: Progress) -> Bools:
        learned = self._model.fit(self._data, progress=phase(progress, 0, 0.7))
        items, tell = self._items(self._data), phase(progress, 0.7, 1)
        parts = []
        for start in range(0, len(items), learned.batch):
            tell(start, len(items))
            parts.append(np.asarray(learned.encode(items[start : start + learned.batch]), dtype=np.float32))
        self._all = np.concatenate(parts)
        self._store.put_result(space_key(self._data, self._model), {"vectors": self._all}, {})
        return np.ones(len(items), dtype=bool)

    def add(self, rows: Sequence[int], progress: Progress) -> None:
        """There is nothing to add."""

    def vectors(self, rows: Sequence[int]) -> Floats:
        assert self._all is not None, "begin comes first"
        return self._all if isinstance(rows, range) else self._all[rows]

    def left(self) -> int:
        return len(set(self._data.keys))


class ItemByItem:
    """Vectors through the store: only what it does not know is encoded, once each, and kept batch by batch; texts are
    sorted by length so that a batch holds little padding."""

    early, late = 0.0, 1.0

    def __init__(self, model: Any, items: Sequence[Item], keys: Sequence[bytes], store: Store) -> None:
        self._model, self._items, self._keys, self._store = model, items, keys, store
        self._known: dict[bytes, Floats] = {}

    def begin(self, progress: Progress) -> Bools:
        self._known = self._store.get_vectors(self._model.fingerprint, self._keys)
        return np.array([key in self._known for key in self._keys], dtype=bool)

    def add(self, rows: Sequence[int], progress: Progress) -> None:
        keys, done = self._keys, 0
        todo = list({keys[row]: row for row in rows if keys[row] not in self._known}.values())
        for batch in _batches(todo, self._items, self._model.batch):
            progress(done, len(todo))
            done += len(batch)
            vectors = np.asarray(self._model.encode([self._items[row] for row in batch]), dtype=np.float32)
            batch_keys = [keys[row] for row in batch]
            self._store.put_vectors(self._model.fingerprint, batch_keys, vectors)
            self._known.update(zip(batch_keys, vectors, strict=True))

    def vectors(self, rows: Sequence[int]) -> Floats:
        return _stack(self._known, [self._keys[row] for row in rows])

    def left(self) -> int:
        return len(set(self._keys)) - self._store.count_vectors(self._model.fingerprint, self._keys)


def _batches(positions: list[int], items: Sequence[Item], size: int) -> list[list[int]]:
    """Batches of items of like length, long and short ones mixed, so that the time left is told fairly."""
    ordered = sorted(positions, key=lambda position: (_length(items[position]), position))
    batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    random.Random(0).shuffle(batches)
    return batches


def _stack(known: Mapping[bytes, Floats], keys: Sequence[bytes]) -> Floats:
    return np.stack([known[key] for key in keys]).astype(np.float32, copy=False)


def _length(item: Item) -> int:
    return len(item) if isinstance(item, str) else 0

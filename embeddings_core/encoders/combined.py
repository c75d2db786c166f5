"""Two encoders' vectors side by side, with a weight: words and meaning, texts and the numbers beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from ..errors import InputError, ParameterError
from ..fingerprints import fingerprint
from ..media import Media
from ..pictures import Picture
from ..plugins import EncoderSpec, Param
from ..progress import phase
from ..space import Dataset, Floats, Item, Kind, Progress, Row
from ..store import Store
from . import Encoder, encode, encode_items, get_encoder, learns, with_settings
from ._loading import unit_rows
from ._sources import Bools, Source, left, source_of

USUAL: dict[Kind, tuple[str, str]] = {
    "text": ("minilm", "tfidf"),
    "image": ("imagenet", "colors"),
    "sound": ("mel", "voices"),
}
SPEC = EncoderSpec(
    id="combined",
    label="Combined",
    summary="Two encoders at once: their vectors side by side, with a weight. Similarity is the weighted mean of both.",
    reads=("text", "image", "sound"),
    dimension=None,
    license="that of its parts",
    source="embeddings_core",
    params=(
        Param("first", "First", "An encoder of these items; or the columns beside them.", "minilm", "encoder"),
        Param("second", "Second", "Another encoder of these items; or the columns beside them.", "tfidf", "encoder"),
        Param("weight", "Weight of the first", "0: only the second counts. 1: only it does.", 0.5, "float", 0, 1, 0.05),
    ),
)  # fmt: skip


def make(model: str, first: str = "minilm", second: str = "tfidf", weight: float = 0.5) -> CombinedEncoder:
    """The encoder that combines two others, each named by its id, which may have settings of its own."""
    return CombinedEncoder(first, second, weight)


def usual(kind: Kind) -> str:
    """The id of the combination to begin with for this kind of data."""
    first, second = USUAL.get(kind, USUAL["text"])
    return with_settings(SPEC.id, {"first": first, "second": second}, SPEC)


class CombinedEncoder:
    """Each part's vectors at length 1, times the root of its weight, one after the other.

    The dot product of two items then is the weighted mean of their two cosine similarities. The part "rows" sees
    the metadata of items that are no rows, the part "ready" the vectors that came with them.
    """

    batch = 64

    def __init__(self, first: str, second: str, weight: float) -> None:
        self.ids, self.weights = (first, second), (weight, 1 - weight)
        if any(not id.strip() for id in self.ids):
            raise ParameterError("A combination needs two encoders.", "Choose both.")
        settings = {"first": first, "second": second, "weight": weight}
        self.spec = replace(SPEC, id=with_settings(SPEC.id, settings, SPEC), **_facts(self.parts))

    @property
    def parts(self) -> tuple[Encoder, Encoder]:
        """The two encoders. Raises what their making raises."""
        first, second = (get_encoder(id) for id in self.ids)
        return first, second

    @cached_property
    def fingerprint(self) -> str:
        """Covers both parts and the weight."""
        return fingerprint("combined", 1, [part.fingerprint for part in self.parts], self.weights[0])

    @property
    def learns(self) -> bool:
        """Whether one of the parts does."""
        return any(learns(part) for part in self.parts)

    def source(self, data: Dataset, store: Store) -> Both:
        """The vectors of both parts, each kept by itself."""
        return Both(self, data, store)

    def fit(self, data: Dataset, progress: Progress | None = None) -> Joined:
        """What encodes items, and `queries`, beside those of `data`."""
        return Joined(self, data)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Raises InputError: the parts may have to learn from the data first."""
        raise InputError("A combination is made for data: call fit(data).", "Use ec.encode(data, ...), which does.")

    def join(self, parts: Sequence[Floats]) -> Floats:
        """Vectors (n, d1) and (n, d2) as one, (n, d1 + d2)."""
        pairs = zip(parts, self.weights, strict=True)
        return np.concatenate([unit_rows(part) * np.float32(weight**0.5) for part, weight in pairs], axis=1)


class Both:
    """The vectors of two sources side by side. A part that learns, or has its vectors, comes first; then the map grows
    with the other part."""

    def __init__(self, base: CombinedEncoder, data: Dataset, store: Store) -> None:
        self._base, self._data, self._store = base, data, store

    @cached_property
    def _sources(self) -> list[Source]:
        return [source_of(part, self._data, self._store) for part in self._base.parts]

    @property
    def early(self) -> float:
        return sum(source.early for source in self._sources)

    @property
    def late(self) -> float:
        return sum(source.late for source in self._sources)

    def begin(self, progress: Progress) -> Bools:
        known = np.ones(len(self._data), dtype=bool)
        for source, tell in _shared(progress, [(source, source.early) for source in self._sources]):
            known &= source.begin(tell)
        return known

    def add(self, rows: Sequence[int], progress: Progress) -> None:
        for source, tell in _shared(progress, [(source, source.late) for source in self._sources]):
            source.add(rows, tell)

    def vectors(self, rows: Sequence[int]) -> Floats:
        return self._base.join([source.vectors(rows) for source in self._sources])

    def left(self) -> int:
        """How many items wait for the part that has most to do; a part without a model has nothing to do."""
        models = [part for part in self._base.parts if not part.spec.instant]
        return max([left(part, self._data, self._store) for part in models], default=0)


def _shared(progress: Progress, works: Sequence[tuple[Source, float]]) -> Iterator[tuple[Source, Progress]]:
    """Each source with what it reports to, by how much of the work it does."""
    whole, at = sum(work for _, work in works) or 1.0, 0.0
    for source, work in works:
        yield source, phase(progress, at, at + work / whole)
        at += work / whole


class Joined:
    """A combination whose parts have learned from one dataset. An item of a kind that only one part reads, as a typed
    text beside the numbers of a table, is compared by that part alone."""

    batch = CombinedEncoder.batch

    def __init__(self, base: CombinedEncoder, data: Dataset, *, asking: bool = False) -> None:
        self.spec, self._base, self._data, self._asking = base.spec, base, data, asking
        self.fingerprint = fingerprint(base.fingerprint, data.fingerprint, asking)

    @property
    def queries(self) -> Joined:
        """What encodes queries, where a part has something else for these."""
        return Joined(self._base, self._data, asking=True)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Items as (n, d) float32. Raises InputError for a kind that neither part reads."""
        found = [self._part(place, items) for place in range(len(self._base.ids))]
        read = [part for part, known in found if known]
        if items and not read:
            raise InputError("Neither part of the combination reads this.", "Choose another encoder, or pick an item.")
        return self._base.join([part for part, _ in found])

    def _part(self, place: int, items: Sequence[Item]) -> tuple[Floats, bool]:
        """One part's vectors of `items`, and whether it reads them; zeros where it does not."""
        part: Any = self._base.parts[place]
        part = part.fit(self._data) if hasattr(part, "fit") else part
        part = getattr(part, "queries", part) if self._asking else part
        if {_kind(item) for item in items} <= set(part.spec.reads):
            return encode_items(part, items), True
        width = encode(self._data, self._base.ids[place]).vectors.shape[1]
        return np.zeros((len(items), width), dtype=np.float32), False


def _kind(item: Item) -> Kind:
    if isinstance(item, str):
        return "text"
    if isinstance(item, Media):
        return "image" if isinstance(item, Picture) else "sound"
    return "row" if isinstance(item, Row) else "vector"


def _facts(parts: Sequence[Encoder]) -> dict[str, Any]:
    """What a screen says of a combination of these encoders."""
    specs = [part.spec for part in parts]
    known = [spec.dimension for spec in specs]
    return {
        "label": " + ".join(spec.label for spec in specs),
        "reads": tuple(dict.fromkeys(kind for spec in specs for kind in spec.reads)),
        "dimension": sum(filter(None, known)) if all(known) else None,
        "license": " and ".join(dict.fromkeys(spec.license for spec in specs)),
        "needs": tuple(dict.fromkeys(need for spec in specs for need in spec.needs)),
        "size_mb": sum(spec.size_mb for spec in specs),
        "hub": any(spec.hub for spec in specs),
        "instant": all(spec.instant for spec in specs),
        "approximate": " ".join(filter(None, (spec.approximate for spec in specs))),
    }

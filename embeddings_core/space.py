"""The nouns of the core: Dataset, Space, and the frozen results computed from a Space."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import InputError
from .fingerprints import content_key, fingerprint
from .media import Media

Kind = Literal["text", "image", "sound", "row", "vector"]
Metric = Literal["cosine", "euclidean", "dot", "manhattan"]
Score = Metric | Literal["bm25", "rrf"]
"""What a score can be: that of a metric, of words (keywords.py), or of both (search.py)."""
DISTANCES = ("euclidean", "manhattan")
"""The scores of which smaller is nearer."""
Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
_LARGEST = 1e15  # the squares of what is larger, or smaller than its inverse, do not fit into a float32
Progress = Callable[[int, int], None]
"""Called as progress(done, total) while work goes on; it may raise Cancelled to stop it."""


@dataclass(frozen=True)
class Row:
    """One row of a table as an item: its cells by column; numbers as float, all else as text, None where missing."""

    cells: tuple[tuple[str, float | str | None], ...]


Item = str | Media | Row | Floats


@dataclass(frozen=True, eq=False)
class Dataset:
    """Items in order, their metadata (one row an item), and a content fingerprint.

    `items` are str for kind "text", Picture for "image", Sound for "sound", Row for "row", float32 rows for
    "vector". `text` is the metadata column that the texts came from, if any. `vectors` (n, d) float32 are ready
    ones that came with the items, whatever these are; of kind "vector" they are the items themselves.
    """

    name: str
    kind: Kind
    items: Sequence[Item]
    metadata: pd.DataFrame
    text: str | None = None
    license: str = ""
    source: str = ""
    description: str = ""
    vectors: Floats | None = None

    def __post_init__(self) -> None:
        if len(self.items) == 0:
            raise InputError("There are no items in this data.", "Bring at least one text or picture.")
        if len(self.items) != len(self.metadata):
            raise InputError(f"{len(self.items)} items but {len(self.metadata)} rows of metadata.")
        if self.vectors is None and self.kind == "vector":
            object.__setattr__(self, "vectors", _stacked(self.items))
        if self.vectors is not None and (self.vectors.ndim != 2 or len(self.vectors) != len(self.items)):
            raise InputError(f"{len(self.items)} items but vectors of shape {self.vectors.shape}.")

    def __len__(self) -> int:
        return len(self.items)

    @cached_property
    def keys(self) -> tuple[bytes, ...]:
        """One content key (32 bytes) an item; equal items have equal keys."""
        return tuple(item_key(item) for item in self.items)

    @cached_property
    def fingerprint(self) -> str:
        """Changes with any item, any metadata value, or their order; not with the name."""
        columns = self.metadata.astype(str)
        rows = pd.util.hash_pandas_object(columns, index=False).to_numpy()
        given = [] if self.vectors is None or self.kind == "vector" else [self.vectors]
        return fingerprint(self.kind, b"".join(self.keys), [str(c) for c in columns], rows, *given)

    def take(self, rows: Ints) -> Dataset:
        """The items at `rows` (m,) in that order, with their metadata."""
        part = replace(
            self,
            items=[self.items[row] for row in rows.tolist()],
            metadata=self.metadata.iloc[rows].reset_index(drop=True),
            vectors=None if self.vectors is None else self.vectors[rows],
        )
        vars(part)["keys"] = tuple(self.keys[row] for row in rows.tolist())  # known: nothing is hashed again
        return part

    @cached_property
    def captions(self) -> list[str]:
        """One short line of plain text an item: the text, the file's name, or the row's number."""
        if self.kind == "text":
            return [str(item) for item in self.items]
        for column in ("name", "file", "title", "label"):
            if column in self.metadata:
                return [str(value) for value in self.metadata[column]]
        return [f"item {i + 1}" for i in range(len(self))]


def item_key(item: Item) -> bytes:
    """The content key (32 bytes) of one item."""
    if isinstance(item, str):
        return content_key(item)
    if isinstance(item, Media):
        return bytes.fromhex(item.digest)
    if isinstance(item, Row):
        return bytes.fromhex(fingerprint("row", item.cells))
    return content_key(np.ascontiguousarray(item, dtype=np.float32).tobytes())


def _stacked(items: Sequence[Item]) -> Floats:
    """Vectors, each (d,), as (n, d) float32. Raises InputError where d differs."""
    rows = [np.asarray(item, dtype=np.float32) for item in items]
    sizes = sorted({row.shape for row in rows})
    if len(sizes) > 1 or len(sizes[0]) != 1:
        raise InputError(f"The vectors have shapes from {sizes[0]} to {sizes[-1]}.", "All must have the same length.")
    return np.stack(rows)


@dataclass(frozen=True, eq=False)
class Space:
    """A Dataset seen through one Encoder: `vectors` (n, d) float32, read-only, finite."""

    dataset: Dataset
    encoder: str
    encoder_fingerprint: str
    vectors: Floats

    def __post_init__(self) -> None:
        if self.vectors.ndim != 2 or len(self.vectors) != len(self.dataset):
            raise InputError(f"{len(self.dataset)} items but vectors of shape {self.vectors.shape}.")
        if not np.isfinite(self.vectors).all():
            bad = int((~np.isfinite(self.vectors).all(axis=1)).sum())
            raise InputError(
                f"{bad} of {len(self.vectors)} vectors hold NaN or infinite numbers.",
                "Remove those rows, or choose another encoder.",
            )
        largest = float(np.abs(self.vectors).max(initial=0))
        if largest > _LARGEST or 0 < largest < 1 / _LARGEST:
            raise InputError(
                f"The largest number in these vectors is {largest:.3g}; their lengths cannot be computed.",
                f"Scale them to between {1 / _LARGEST:.0e} and {_LARGEST:.0e}.",
            )
        self.vectors.setflags(write=False)

    def __len__(self) -> int:
        return len(self.vectors)

    @cached_property
    def fingerprint(self) -> str:
        return fingerprint(self.dataset.fingerprint, self.encoder_fingerprint)

    @cached_property
    def norms(self) -> Floats:
        """Euclidean length of every vector, (n,) float32."""
        return np.asarray(np.sqrt(self.squared_norms), dtype=np.float32)

    @cached_property
    def squared_norms(self) -> Floats:
        """Squared Euclidean length of every vector, (n,) float32."""
        return np.asarray(np.einsum("ij,ij->i", self.vectors, self.vectors), dtype=np.float32)

    @cached_property
    def inverse_norms(self) -> Floats:
        """1 / length of every vector, (n,) float32; 0 for a zero vector."""
        return np.asarray(np.where(self.norms > 0, 1 / np.maximum(self.norms, 1e-30), 0), dtype=np.float32)

    @cached_property
    def unit(self) -> Floats:
        """The vectors scaled to length 1, (n, d) float32; a zero vector stays zero."""
        scaled = self.vectors * self.inverse_norms[:, None]
        scaled.setflags(write=False)
        return np.asarray(scaled, dtype=np.float32)


@dataclass(frozen=True, eq=False)
class Projection:
    """A picture of a Space: `coords` (n, dims) float32, and how they were made.

    `fingerprint` covers every input; it is the key of the result in the store. `extras` holds what the
    method leaves for later (for PCA: mean, components, explained_variance). `note` is one honest sentence for
    the screen. `base` is the fingerprint of the map that this one was extended from, "" where it was made as a whole.
    """

    fingerprint: str
    method: str
    dims: int
    seed: int
    params: Mapping[str, Any]
    coords: Floats
    note: str = ""
    extras: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)
    base: str = ""

    def __post_init__(self) -> None:
        if self.coords.ndim != 2 or self.coords.shape[1] != self.dims:
            raise ValueError(f"coords of shape {self.coords.shape} for {self.dims} dimensions")
        if not np.isfinite(self.coords).all():
            raise ValueError("coords hold NaN or infinite numbers")
        self.coords.setflags(write=False)


@dataclass(frozen=True, eq=False)
class Neighbors:
    """The k nearest items of each of q queries, best first.

    `indices` (q, k) int64 and `scores` (q, k) float32. A score is what `metric` says, never relabeled:
    cosine similarity, dot product, and what "bm25" and "rrf" are in `search` (higher is nearer), or Euclidean and
    Manhattan distance (lower is nearer). `query` (q, d) is what was compared, (0, d) where only words were.
    `approximate` names the reason where the vectors compared are themselves an approximation; `seen_as` then
    tells for each item found (of one query) what it was taken for, and how sure that is: "violin (62%)".
    Where several lists were fused, `ranks` has for each one, "semantic" and "keyword", every item's place in it, (q, k)
    from 1, 0 where it is not in that list. `recall` is the share of the true 10 nearest that such a search finds, as it
    was measured: 1 where it is exact.
    """

    indices: Ints
    scores: Floats
    metric: Score
    query: Floats
    approximate: str = ""
    seen_as: tuple[str, ...] = ()
    ranks: Mapping[str, Ints] = field(default_factory=dict)
    recall: float = 1.0

    @property
    def nearness(self) -> Floats:
        """The scores (q, k) so that higher is nearer: distances are negative."""
        return -self.scores if self.metric in DISTANCES else self.scores


@dataclass(frozen=True, eq=False)
class Clustering:
    """Groups of a Space. `labels` (n,) int64, -1 = noise, groups numbered from 0, largest first.

    `fingerprint` covers every input; it is the key of the result in the store.

    `names` and `sizes` have one entry a group. `examples` (groups, up to 5) are the items nearest each
    center, -1 where a group is smaller. `silhouette` is the mean over items in groups, by Euclidean distance of
    the full vectors (of length 1 where the metric is cosine) wherever the groups were found, NaN when there are
    fewer than 2 groups; `silhouettes` has one a group; `sampled` is how many items it was measured on.

    They were looked for `on` the "vectors", their first 50 principal axes ("pca50") or the drawn "map"; vectors were
    compared by `metric`. `note` is what else to say on the screen, "" for nothing.

    Where the groups have names that someone gave, `confidence` (n,) float32 says how sure each item's is, and
    `measure` what that is: "probability" or "similarity" (cosine). `approximate` is a reason, as in Neighbors.
    """

    fingerprint: str
    method: str
    params: Mapping[str, Any]
    labels: Ints
    names: tuple[str, ...]
    sizes: tuple[int, ...]
    examples: Ints
    silhouette: float
    silhouettes: tuple[float, ...]
    sampled: int
    confidence: Floats | None = None
    measure: str = ""
    approximate: str = ""
    on: str = "vectors"
    metric: Metric = "cosine"
    note: str = ""

    @property
    def noise(self) -> int:
        """How many items belong to no group."""
        return int((self.labels < 0).sum())

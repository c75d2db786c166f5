"""Facts about texts and the vectors that encoders make of them, and about what is near what in a sample."""

from __future__ import annotations

import numpy as np

from ...encoders import encode, encode_items, get_encoder
from ...neighbors import neighbors
from ...samples import sample
from ...space import Floats, Metric, Progress, Space


def vectors_of(encoder: str, *texts: str) -> Floats:
    """(n, d) float32, one row a text."""
    return encode_items(get_encoder(encoder), list(texts))


def cosine(encoder: str, a: str, b: str) -> float:
    """The cosine similarity of two texts, -1 to 1."""
    first, second = vectors_of(encoder, a, b)
    return float(first @ second / (np.linalg.norm(first) * np.linalg.norm(second) or 1.0))


def dimension(encoder: str, text: str = "a text") -> int:
    """How many numbers the vector of a text has."""
    return int(vectors_of(encoder, text).shape[1])


def coordinate(encoder: str, text: str, place: int) -> float:
    """One number of the vector of a text; the first has place 1."""
    return float(vectors_of(encoder, text)[0, place - 1])


def items(sample_id: str) -> int:
    """How many items a sample has."""
    return len(sample(sample_id))


def values(sample_id: str, column: str, start: str = "") -> int:
    """How many different values a column of a sample has that begin with `start`, but for "other"."""
    found = set(sample(sample_id).metadata[column].astype(str)) - {"other"}
    return sum(value.startswith(start) for value in found)


def nearest(sample_id: str, encoder: str, query: str, rank: int = 1, metric: Metric = "cosine") -> str:
    """The caption of the item of a sample that is nearest to a text; rank 2 is the next one."""
    hits = neighbors(space_of(sample_id, encoder), query, rank, metric)
    return space_of(sample_id, encoder).dataset.captions[int(hits.indices[0, rank - 1])]


def score(sample_id: str, encoder: str, query: str, rank: int = 1, metric: Metric = "cosine") -> float:
    """The score of the item that `nearest` names."""
    return float(neighbors(space_of(sample_id, encoder), query, rank, metric).scores[0, rank - 1])


def alike(sample_id: str, encoder: str, column: str, k: int = 10) -> float:
    """The share, 0 to 1, of the k nearest neighbors of all items that have the item's own value in a column."""
    space = space_of(sample_id, encoder)
    values = space.dataset.metadata[column].to_numpy()
    near = neighbors_of_all(space, k)
    return float((values[near] == values[:, None]).mean())


def length(encoder: str, text: str) -> float:
    """The length of the vector of a text."""
    return float(np.linalg.norm(vectors_of(encoder, text)[0]))


def same_neighbors(sample_id: str, encoder: str, metric: Metric, other: Metric, k: int = 10) -> float:
    """The share, 0 to 1, of the k nearest neighbors of all items that two metrics agree on."""
    space = space_of(sample_id, encoder)
    found = [
        [set(neighbors(space, item, k, by).indices[0].tolist()) for item in range(len(space))] for by in (metric, other)
    ]
    return float(np.mean([len(one & two) / k for one, two in zip(*found, strict=True)]))


def most_named(sample_id: str, encoder: str, metric: Metric) -> float:
    """The share, 0 to 1, of all items whose nearest neighbor is one and the same item, the one that is named most."""
    space = space_of(sample_id, encoder)
    first = [int(neighbors(space, item, 1, metric).indices[0, 0]) for item in range(len(space))]
    return float(np.bincount(first).max() / len(space))


def named_most(sample_id: str, encoder: str, metric: Metric) -> str:
    """The caption of the item that `most_named` is about."""
    space = space_of(sample_id, encoder)
    first = [int(neighbors(space, item, 1, metric).indices[0, 0]) for item in range(len(space))]
    return space.dataset.captions[int(np.bincount(first).argmax())]


def middle_length(sample_id: str, encoder: str) -> float:
    """The length of which half of all vectors are shorter."""
    return float(np.median(np.linalg.norm(space_of(sample_id, encoder).vectors, axis=1)))


def note_similarity(encoder: str, word: str, same: bool) -> float:
    """The mean cosine of pairs of sentences of the sample "everyday" whose notes name a word of two meanings: those of
    the same meaning, or of different ones."""
    space = space_of("everyday", encoder)
    notes = space.dataset.metadata["note"].to_numpy(dtype=str)
    items = np.flatnonzero(np.char.startswith(notes, f"ambiguous: {word} ("))
    similar, equal = space.unit[items] @ space.unit[items].T, notes[items][:, None] == notes[items]
    pairs = np.triu(np.ones_like(equal), 1)
    return float(similar[pairs & (equal if same else ~equal)].mean())


def space_of(sample_id: str, encoder: str, progress: Progress | None = None) -> Space:
    """A sample seen through an encoder; from the store after the first time."""
    return encode(sample(sample_id), encoder, progress=progress)


def neighbors_of_all(space: Space, k: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """The k nearest items of each by cosine, (n, k), without itself."""
    unit = space.vectors * space.inverse_norms[:, None]
    similar = unit @ unit.T
    np.fill_diagonal(similar, -np.inf)
    return np.argsort(-similar, axis=1, kind="stable")[:, :k]


FACTS = {
    "cosine": cosine,
    "dimension": dimension,
    "coordinate": coordinate,
    "items": items,
    "values": values,
    "nearest": nearest,
    "score": score,
    "alike": alike,
    "length": length,
    "same_neighbors": same_neighbors,
    "most_named": most_named,
    "named_most": named_most,
    "middle_length": middle_length,
    "note_similarity": note_similarity,
}

"""Facts about pictures and the vectors that encoders make of them."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ...projections.pca import principal_axes
from ...space import Floats
from .texts import neighbors_of_all, space_of

SIDE = 8
"""Pixels of a digit, each way."""


def nearest_to(sample_id: str, encoder: str, name: str, rank: int = 1) -> str:
    """The name of the item of a sample that is nearest by cosine to the item of that name; rank 2 is the next one."""
    space = space_of(sample_id, encoder)
    hits = neighbors_of_all(space, rank)[item_of(sample_id, name)]
    return space.dataset.captions[int(hits[rank - 1])]


def item_of(sample_id: str, name: str) -> int:
    """The number of the item of that name. Raises InputError where there is none."""
    captions = space_of(sample_id, "pixels").dataset.captions
    if name not in captions:
        raise InputError(f"There is no {name!r} in the sample {sample_id!r}.")
    return captions.index(name)


def numbers(sample_id: str, encoder: str) -> int:
    """How many numbers the vector of an item has."""
    return int(space_of(sample_id, encoder).vectors.shape[1])


def recognized(shift: int) -> float:
    """The share, 0 to 1, of digits whose nearest other digit by their pixels shows the same, after they were moved to
    the right by some pixels; those that are compared with stay."""
    space = space_of("digits", "pixels")
    moved = moved_right(space.vectors, shift)
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    similar = moved / np.maximum(lengths, 1e-9) @ space.unit.T
    np.fill_diagonal(similar, -np.inf)
    digits = space.dataset.metadata["digit"].to_numpy()
    return float((digits[similar.argmax(axis=1)] == digits).mean())


def moved_right(vectors: Floats, shift: int) -> Floats:
    """Digits (n, 64), moved to the right by some pixels; what is left free is black."""
    shots = np.zeros_like(vectors).reshape(-1, SIDE, SIDE)
    shots[:, :, shift:] = vectors.reshape(-1, SIDE, SIDE)[:, :, : SIDE - shift]
    return shots.reshape(len(vectors), -1)


def rebuilt(axes: int, items: tuple[int, ...]) -> tuple[Floats, Floats, float]:
    """Digits as they are and as their first principal axes give them back, each (m, 64), and the share of the variance
    that these keep."""
    vectors = space_of("digits", "pixels").vectors
    model = principal_axes(vectors, min(vectors.shape))
    chosen, main = vectors[list(items)], model.components_[:axes]
    again = (chosen - model.mean_) @ main.T @ main + model.mean_
    return chosen, again.astype(np.float32), float(model.explained_variance_ratio_[:axes].sum())


FACTS = {"nearest_to": nearest_to, "numbers": numbers, "recognized": recognized}

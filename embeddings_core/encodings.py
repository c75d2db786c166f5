"""Through which encoders each dataset was seen, so that a project file knows what belongs to it.

home/encodings/<dataset fingerprint>/<digest of the encoder's id>.npz, one small file each, deleted with the dataset.
One that came in a project file holds the vectors too: they are used as they are, because their model may not be here.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from .fingerprints import content_key
from .own_files import folder_of, path_of
from .space import Dataset, Floats, Space
from .store import Store, result_key
from .store.files import load_arrays, load_note, save_arrays


@dataclass(frozen=True)
class Encoding:
    """An encoder's id and fingerprint, and whether the vectors (n, d) came with it, in its file at `path`."""

    encoder: str
    fingerprint: str
    brought: bool
    path: Path


def note_encoding(store: Store, data: Dataset, encoder: str, fingerprint: str) -> None:
    """Remember that `data` was seen through an encoder. A disk that cannot take it costs only this memory."""
    path = path_of(store.home, "encodings", data.fingerprint, encoder)
    known = read_encoding(path)
    if known is None or not (known.brought or known.fingerprint == fingerprint):
        with suppress(OSError):
            save_arrays(path, {}, _note(encoder, fingerprint, False))


def bring_encoding(home: Path, space: Space) -> None:
    """Write a space so that it is there without its model, into the folder of a store."""
    path = path_of(home, "encodings", space.dataset.fingerprint, space.encoder)
    note = _note(space.encoder, space.encoder_fingerprint, True)
    save_arrays(path, {"vectors": space.vectors}, note, durable=True)


def encodings(store: Store, dataset_fingerprint: str) -> tuple[Encoding, ...]:
    """Through what a dataset was seen, by the encoders' ids; damaged files are left out. Raises InputError for what is
    no fingerprint."""
    paths = folder_of(store.home, "encodings", dataset_fingerprint).glob("*.npz")
    found = [one for path in paths if (one := read_encoding(path)) is not None]
    return tuple(sorted(found, key=lambda one: one.encoder))


def brought_space(store: Store, data: Dataset, encoder: str) -> Space | None:
    """The Space whose vectors came in a project file; None where there is none, or it is damaged."""
    path = path_of(store.home, "encodings", data.fingerprint, encoder)
    one = read_encoding(path)
    if one is None or not one.brought:
        return None
    with suppress(Exception):  # a damaged file makes numpy raise almost anything
        return Space(data, encoder, one.fingerprint, load_arrays(path)[0]["vectors"])
    return None


def is_brought(store: Store, data: Dataset, encoder: str) -> bool:
    """Whether `brought_space` has one, without reading it."""
    one = read_encoding(path_of(store.home, "encodings", data.fingerprint, encoder))
    return one is not None and one.brought


def vectors_of(store: Store, data: Dataset, one: Encoding) -> Floats | None:
    """The vectors (n, d) of `data` by an encoding as far as the store has all of them, whatever models are here."""
    if one.brought:
        space = brought_space(store, data, one.encoder)
        return None if space is None else space.vectors
    known = store.get_result(result_key("space", data.fingerprint, one.fingerprint))
    if known is not None and len(known[0].get("vectors", ())) == len(data):
        vectors: Floats = known[0]["vectors"]
        return vectors
    rows = store.get_vectors(one.fingerprint, data.keys)
    return np.stack([rows[key] for key in data.keys]) if all(key in rows for key in data.keys) else None


def read_encoding(path: Path) -> Encoding | None:
    """What a file says; None where there is none, or it is damaged."""
    with suppress(Exception):  # a damaged file makes numpy raise almost anything
        note = load_note(path)
        one = Encoding(note["encoder"], note["fingerprint"], note["brought"], path)
        texts = isinstance(one.encoder, str) and isinstance(one.fingerprint, str)
        if texts and isinstance(one.brought, bool) and content_key(one.encoder).hex() == path.stem:
            return one
    return None


def _note(encoder: str, fingerprint: str, brought: bool) -> dict[str, Any]:
    return {"encoder": encoder, "fingerprint": fingerprint, "brought": brought}

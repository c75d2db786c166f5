"""Encodings that have begun and not come to their end, so that a restart of the server does not forget them.

home/unfinished/<digest>.json, one small file each; what was encoded lies in the store, and is not computed again.
"""

from __future__ import annotations

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from ..fingerprints import fingerprint
from . import Store
from .files import replacing


@dataclass(frozen=True)
class Unfinished:
    """An encoding: `dataset` is a sample's id or a fingerprint in the store, `encoder` an encoder's id. `done` of
    `total` items were there when it was last noted; `begun` in seconds since 1970."""

    dataset: str
    encoder: str
    name: str
    done: int
    total: int
    begun: float


def note(store: Store, dataset: str, encoder: str, name: str, done: int, total: int) -> None:
    """Remember how far an encoding is. A disk that cannot take it costs only this memory, not the encoding."""
    with suppress(OSError), replacing(_path(store, dataset, encoder)) as temporary:
        about = Unfinished(dataset, encoder, name, done, total, time.time())
        temporary.write_text(json.dumps(asdict(about)), encoding="utf-8")


def settle(store: Store, dataset: str, encoder: str) -> None:
    """It has come to its end, or nobody wants it any more."""
    with suppress(OSError):
        _path(store, dataset, encoder).unlink(missing_ok=True)


def unfinished(store: Store) -> tuple[Unfinished, ...]:
    """What is not finished, the newest first; a damaged note is none."""
    found = []
    for path in _folder(store).glob("*.json"):
        with suppress(OSError, ValueError, TypeError):
            one = Unfinished(**json.loads(path.read_text(encoding="utf-8")))
            words = (one.dataset, one.encoder, one.name)
            numbers = (one.done, one.total, one.begun)
            if all(isinstance(word, str) for word in words) and all(isinstance(n, (int, float)) for n in numbers):
                found.append(one)
    return tuple(sorted(found, key=lambda one: -one.begun))


def _folder(store: Store) -> Path:
    return store.home / "unfinished"


def _path(store: Store, dataset: str, encoder: str) -> Path:
    return _folder(store) / f"{fingerprint(dataset, encoder)[:32]}.json"

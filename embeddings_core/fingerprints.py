"""One way to turn any input into a key: equal content, equal key, on every machine."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np


def fingerprint(*parts: Any) -> str:
    """SHA-256 (64 hex digits) of `parts`: None, bool, int, float, str, bytes, numpy arrays,
    dataclasses, and lists, tuples or mappings of these. Types and lengths are part of the key,
    so ("ab", "c") and ("a", "bc") differ. Raises TypeError for anything else.
    """
    digest = hashlib.sha256()
    for part in parts:
        _feed(digest, part)
    return digest.hexdigest()


def content_key(content: bytes | str) -> bytes:
    """SHA-256 (32 bytes) of one item's content."""
    raw = content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content
    return hashlib.sha256(raw).digest()


def file_digest(path: Path) -> str:
    """SHA-256 (64 hex digits) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _feed(digest: Any, part: Any) -> None:
    if part is None or isinstance(part, (bool, int, float, np.generic)):
        value = part.item() if isinstance(part, np.generic) else part
        _tagged(digest, type(value).__name__, repr(value).encode())
    elif isinstance(part, str):
        _tagged(digest, "str", part.encode("utf-8", "surrogatepass"))
    elif isinstance(part, bytes):
        _tagged(digest, "bytes", part)
    elif isinstance(part, np.ndarray):
        array = np.ascontiguousarray(part)
        _tagged(digest, f"array {array.dtype.str} {array.shape}", array.tobytes())
    elif isinstance(part, Mapping):
        _sequence(digest, "map", [pair for key in sorted(part) for pair in (key, part[key])])
    elif isinstance(part, (list, tuple)):
        _sequence(digest, "list", part)
    elif dataclasses.is_dataclass(part) and not isinstance(part, type):
        _feed(digest, {f.name: getattr(part, f.name) for f in dataclasses.fields(part)})
    else:
        raise TypeError(f"cannot fingerprint a {type(part).__name__}")


def _sequence(digest: Any, tag: str, parts: Iterable[Any]) -> None:
    parts = list(parts)
    _tagged(digest, tag, str(len(parts)).encode())
    for part in parts:
        _feed(digest, part)


def _tagged(digest: Any, tag: str, raw: bytes) -> None:
    digest.update(f"{tag}:{len(raw)}:".encode())
    digest.update(raw)

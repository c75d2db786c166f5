"""Writing files so that a reader sees the old content or the new, never a half of it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

WRITING = ".writing-"
"""How the names of unfinished files begin; what a killed process left of them may be deleted."""


@contextmanager
def replacing(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when all went well.

    `durable` waits until the disk has the content, so that not even a power cut leaves an empty file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=WRITING)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        if durable:
            _flush(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    # "r+b" because Windows flushes only what is open for writing
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def save_arrays(
    path: Path, arrays: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any], *, durable: bool = False
) -> None:
    """Write arrays and a JSON-able note into one file, without pickle."""
    raw = np.frombuffer(json.dumps(dict(note)).encode(), dtype=np.uint8)
    with replacing(path, durable=durable) as temporary, temporary.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, __note__=raw)


def load_arrays(path: Path) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """What `save_arrays` wrote; what a damaged file raises can be almost anything."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    note: dict[str, Any] = json.loads(bytes(arrays.pop("__note__")).decode())
    return arrays, note


def load_note(path: Path) -> dict[str, Any]:
    """The note alone of what `save_arrays` wrote."""
    with np.load(path, allow_pickle=False) as file:
        note: dict[str, Any] = json.loads(bytes(file["__note__"]).decode())
    return note

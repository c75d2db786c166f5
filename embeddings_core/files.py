"""Writing files so that a reader sees the old content or the new, never a half of it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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

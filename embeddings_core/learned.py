"""How far someone has come in each lesson: home/lessons/<lesson id>.json, one file each, never evicted."""

from __future__ import annotations

import json
import re
from contextlib import suppress
from pathlib import Path

from .errors import InputError, StoreError
from .files import replacing
from .store import Store

_DAMAGE = (OSError, ValueError, KeyError, TypeError, RecursionError)


def learned(store: Store, lesson: str) -> int:
    """How many steps of a lesson, by its id, have been gone through; 0 too where the file is damaged. Raises InputError
    for what can be no id."""
    with suppress(*_DAMAGE):
        steps = json.loads(_path(store, lesson).read_text(encoding="utf-8"))["steps"]
        return steps if isinstance(steps, int) and steps > 0 else 0
    return 0


def learn(store: Store, lesson: str, steps: int) -> None:
    """Remember that so many steps have been gone through; fewer than before are no step back. Raises InputError for
    what can be no id, StoreError where the file cannot be written."""
    if steps <= learned(store, lesson):
        return
    try:
        with replacing(_path(store, lesson)) as temporary:
            temporary.write_text(json.dumps({"steps": steps}), encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"It cannot be kept how far you have come: {error}.", "Look whether the disk is full or read-only."
        ) from error


def _path(store: Store, lesson: str) -> Path:
    if not re.fullmatch(r"[a-z0-9_-]{1,60}", lesson):
        raise InputError(f"{lesson[:60]!r} can be no lesson's id.")
    return store.home / "lessons" / f"{lesson}.json"

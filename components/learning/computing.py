"""What a lesson works out while it is read."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TypeVar

from components import waiting
from embeddings_core.fingerprints import fingerprint

T = TypeVar("T")
LONGEST = 300
"""Characters of a text that is typed."""


def computed(key: str, label: str, function: Callable[..., T], *args: object) -> T | None:
    """What a function gives, worked out beside the page; None while it runs. One that takes `progress` is heard."""
    name = f"lesson-{fingerprint(function.__module__, function.__name__, args)}"
    heard = function if "progress" in inspect.signature(function).parameters else waiting.silent(function)
    return waiting.computed(key, name, label, heard, *args, counts="share")

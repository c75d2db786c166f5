"""What a lesson works out while it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from components import waiting
from embeddings_core.fingerprints import fingerprint

T = TypeVar("T")
LONGEST = 300
"""Characters of a text that is typed."""


def computed(key: str, label: str, function: Callable[..., T], *args: object) -> T | None:
    """What a function gives, worked out beside the page; None while it runs."""
    name = f"lesson-{fingerprint(function.__module__, function.__name__, args)}"
    return waiting.computed(key, name, label, waiting.silent(function), *args, counts="share")

"""Sounds from anyone, as items."""

from __future__ import annotations

from dataclasses import dataclass

from .media import Media


@dataclass(frozen=True, eq=False)
class Sound(Media):
    """One recording (WAV, FLAC, OGG, MP3)."""

    word = "sound"

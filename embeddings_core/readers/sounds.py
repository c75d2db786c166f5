"""Sounds: each file is an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..plugins import Need, ReaderSpec
from ..sounds import CheckedSound, Sound, check, looks_like_sound
from ..space import Progress
from .cuts import ALL, Cut
from .loaded import Loaded
from .media_files import Sort, read_files

SUFFIXES = (".wav", ".flac", ".ogg", ".mp3")
SPEC = ReaderSpec("sounds", "Sounds (WAV, FLAC, OGG, MP3)", SUFFIXES, (Need("soundfile", "soundfile"),))


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a sound does."""
    return looks_like_sound(raw)


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The one sound in `raw`, with its length in seconds. Raises InputError when it cannot be decoded."""
    return read_files(SORT, [(name, raw)], name, progress=progress, cut=cut)


def _columns(found: Sequence[CheckedSound]) -> Mapping[str, list[float]]:
    return {"seconds": [round(about.seconds, 2) for about in found]}


def _notes(found: Sequence[CheckedSound]) -> list[str]:
    several = sum(about.channels > 1 for about in found)
    if not several:
        return []
    return [f"{several:,} {'sound has' if several == 1 else 'sounds have'} several channels; encoders get their mean."]


SORT = Sort("sound", Sound, check, _columns, _notes, "WAV, FLAC, OGG or MP3")

"""Sounds from anyone, as items: checked, and decoded to one channel at the rate that a model wants."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .errors import InputError, ParameterError
from .media import Media
from .space import Floats

if TYPE_CHECKING:
    import soundfile

SECONDS = 600
"""The longest sound."""
_RATES = (1_000, 384_000)  # samples a second
_CHANNELS = 32
_BLOCK = 1 << 16
_FORMATS = ("WAV", "WAVEX", "RF64", "FLAC", "OGG", "MP3")
_MP3 = (b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"\xff\xfa", b"ID3")
_HINT = "Bring WAV, FLAC, OGG or MP3."


@dataclass(frozen=True)
class CheckedSound:
    """What a sound is: its length in seconds, samples a second, and channels."""

    seconds: float
    rate: int
    channels: int


@dataclass(frozen=True, eq=False)
class Sound(Media):
    """One recording (WAV, FLAC, OGG, MP3)."""

    word = "sound"

    @property
    def seconds(self) -> float:
        """Its length. Raises InputError as `samples` does."""
        return _decoded(self.read(), keep=False)[0].seconds

    def samples(self, rate: int = 16_000) -> Floats:
        """One channel (the mean of all), (n,) float32 in about -1 to 1, `rate` samples a second.

        Raises InputError for what is no sound, is damaged, or longer than SECONDS.
        """
        if not _RATES[0] <= rate <= _RATES[1]:
            raise ParameterError(
                f"The rate is {rate}.", f"It must be from {_RATES[0]:,} to {_RATES[1]:,} samples a second."
            )
        about, samples = _decoded(self.read(), keep=True)
        return _resampled(samples, about.rate, rate)

    def checked(self) -> Sound:
        """This sound, once it is known that it can be decoded. Raises InputError."""
        check(self.read())
        return self


def looks_like_sound(raw: bytes) -> bool:
    """Whether `raw` begins as a sound of a known format does."""
    return media_type(raw) != ""


def media_type(raw: bytes) -> str:
    """The type under which a browser plays the sound whose first 12 bytes or more are `raw`; "" for none."""
    if raw[:4] in (b"RIFF", b"RF64") and raw[8:12] == b"WAVE":
        return "audio/wav"
    if raw.startswith(b"fLaC"):
        return "audio/flac"
    if raw.startswith(b"OggS"):
        return "audio/ogg"
    return "audio/mpeg" if raw.startswith(_MP3) else ""


def check(raw: bytes) -> CheckedSound:
    """What the sound in `raw` is. Decodes all of it, block by block. Raises InputError as `Sound.samples` does,
    and for one of no length.
    """
    about = _decoded(raw, keep=False)[0]
    if not about.seconds:
        raise InputError("The sound is empty.", "Leave it out.")
    return about


def _decoded(raw: bytes, keep: bool) -> tuple[CheckedSound, Floats]:
    import soundfile

    if not looks_like_sound(raw):
        raise InputError("It is no sound, or of a kind that is not read.", _HINT)
    try:
        with soundfile.SoundFile(io.BytesIO(raw)) as file:
            _check_header(file)
            blocks, frames = [], 0
            for block in _blocks(file):
                frames += len(block)
                if keep:
                    blocks.append(block)
            rate, channels = int(file.samplerate), int(file.channels)
    except InputError:
        raise
    except Exception as error:  # damaged files make the library raise almost anything
        raise InputError(f"The sound is damaged: {str(error)[:200]}.", "Save it again, or leave it out.") from error
    samples = np.concatenate(blocks) if blocks else np.empty(0, np.float32)
    return CheckedSound(frames / rate, rate, channels), samples


def _check_header(file: soundfile.SoundFile) -> None:
    if file.format not in _FORMATS:
        raise InputError(f"It is a {file.format} sound, which is not read.", _HINT)
    if not (_RATES[0] <= file.samplerate <= _RATES[1] and 1 <= file.channels <= _CHANNELS):
        raise InputError(
            f"The sound says that it has {file.channels:,} channels of {file.samplerate:,} samples a second.",
            f"At most {_CHANNELS} channels of {_RATES[0]:,} to {_RATES[1]:,} samples a second are read.",
        )


def _blocks(file: Any) -> Iterator[Floats]:
    """The mean of all channels, block by block, however long the file says that it is."""
    frames = 0
    while len(block := file.read(_BLOCK, dtype="float32", always_2d=True)):
        frames += len(block)
        if frames > SECONDS * file.samplerate:
            raise InputError(f"The sound is longer than {SECONDS // 60} minutes.", "Cut it into shorter pieces.")
        mono = block.mean(axis=1, dtype=np.float32)
        # a file of floats may hold anything
        yield np.nan_to_num(mono, nan=0.0, posinf=0.0, neginf=0.0)


def _resampled(samples: Floats, rate: int, wanted: int) -> Floats:
    if rate == wanted:
        return samples
    from math import gcd

    from scipy.signal import resample_poly

    common = gcd(rate, wanted)
    return np.asarray(resample_poly(samples, wanted // common, rate // common), dtype=np.float32)

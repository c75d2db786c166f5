"""Sounds from anyone, as items."""

from __future__ import annotations

import io
from dataclasses import dataclass
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from .errors import InputError
from .media import Media

if TYPE_CHECKING:
    from .space import Floats


@dataclass(frozen=True, eq=False)
class Sound(Media):
    """One recording (WAV, FLAC, OGG, MP3)."""

    word = "sound"

    @property
    def seconds(self) -> float:
        """How long it is. Raises InputError for what is no recording."""
        samples, rate = self._decoded()
        return len(samples) / rate

    def samples(self, rate: int) -> Floats:
        """The recording as `rate` numbers a second from -1 to 1, (n,) float32, its channels averaged.

        Raises InputError for what is no recording.
        """
        samples, own = self._decoded()
        if own != rate:
            from scipy.signal import resample_poly

            common = gcd(own, rate)
            samples = resample_poly(samples, rate // common, own // common)
        return np.ascontiguousarray(samples, dtype=np.float32)

    def _decoded(self) -> tuple[Floats, int]:
        import soundfile

        try:
            samples, rate = soundfile.read(io.BytesIO(self.read()), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:
            raise InputError("The sound is damaged, or of a kind that is not read.", "Bring WAV or FLAC.") from error
        return samples.mean(axis=1), rate

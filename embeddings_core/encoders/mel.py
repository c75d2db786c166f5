"""Sounds by their log-mel spectrum: no model, so it hears pitch, timbre and unrest, not what a sound means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need, Param
from ..sounds import Sound
from ..space import Floats, Item
from . import with_settings
from ._loading import sounds_of
from ._mel import mel_powers

RATE, WINDOW, HOP, BANDS = 16_000, 1024, 512, 64
RANGE = 80.0  # dB below the loudest band of the sound: what is softer counts as silence
_SILENCE = 1e-10

SPEC = EncoderSpec(
    id="mel",
    label="Mel spectrum",
    summary=f"Sounds by how loud each of {BANDS} pitch bands is on average, and how much that changes. No model, so "
    "it hears pitch and timbre, not meaning.",
    reads=("sound",),
    dimension=2 * BANDS,
    license="Apache-2.0",
    source="embeddings_core",
    needs=(Need("soundfile", "soundfile"),),
    instant=True,
    params=(
        Param(
            "loudness",
            "Loudness counts",
            "Off: a recording and a softer copy of it get the same vector.",
            False,
            "flag",
        ),
    ),
)


def make(model: str, loudness: bool = False) -> MelEncoder:
    """The mel encoder, with or without the loudness of a recording."""
    return MelEncoder(loudness)


class MelEncoder:
    """The mean of each log-mel band over time, in dB, then its standard deviation.

    Bands: Davis and Mermelstein, IEEE ASSP 1980, with the scale of Slaney's Auditory Toolbox, from 0 to 8 kHz.
    """

    batch = 32

    def __init__(self, loudness: bool = False) -> None:
        self.loudness = loudness
        self.spec = replace(SPEC, id=with_settings(SPEC.id, {"loudness": loudness}, SPEC))
        self.fingerprint = fingerprint("mel", 1, RATE, WINDOW, HOP, BANDS, RANGE, loudness, "float32")

    def encode(self, items: Sequence[Item]) -> Floats:
        """Sounds as (n, 128) float32, in dB."""
        rows = [self._row(sound) for sound in sounds_of(items)]
        return np.stack(rows) if rows else np.empty((0, 2 * BANDS), dtype=np.float32)

    def _row(self, sound: Sound) -> Floats:
        powers = mel_powers(sound.samples(RATE), RATE, WINDOW, HOP, BANDS)
        floor = max(float(powers.max()) * 10 ** (-RANGE / 10), _SILENCE)
        levels = 10 * np.log10(np.maximum(powers, floor))
        means = levels.mean(axis=0)
        if not self.loudness:
            means -= means.mean()
        return np.concatenate([means, levels.std(axis=0)]).astype(np.float32)

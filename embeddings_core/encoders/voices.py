"""Voices by who speaks: the weights of Resemblyzer's package in a network of our own."""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import ModelUnavailable
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import as_floats, check_digest, device, sounds_of, unit_rows
from ._mel import mel_powers

PACKAGE = "Resemblyzer"
SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
RATE, WINDOW, HOP, BANDS, SIZE = 16_000, 400, 160, 40, 256
PART, STEP = 160, 77  # frames of 10 ms that are heard at once, and from one such part to the next
COVERED = 0.75  # how much of the last part must be sound
SOFT = -30.0  # dB of full scale: what is softer is made as loud as this
_AT_ONCE = 128  # parts

SPEC = EncoderSpec(
    id="voices",
    label="Voices",
    summary="Recordings of speech by whose voice it is, whatever is said (Resemblyzer's speaker encoder).",
    reads=("sound",),
    dimension=SIZE,
    license="Apache-2.0",
    source="https://github.com/resemble-ai/Resemblyzer",
    # without what else it asks for: only its file of weights is used
    needs=(Need("soundfile", "soundfile"), Need("resemblyzer", f"--no-deps {PACKAGE}==0.1.4")),
    size_mb=17,
)


def make(model: str) -> VoiceEncoder:
    """The one such encoder there is: all its users in a process share the loaded network."""
    return _shared()


@cache
def _shared() -> VoiceEncoder:
    return VoiceEncoder()


class VoiceEncoder:
    """The mean over parts of 1.6 s of a speaker encoder's unit vectors, at unit length.

    Wan et al., "Generalized End-to-End Loss for Speaker Verification", ICASSP 2018. The vectors equal those of
    Resemblyzer's `embed_utterance`; what it does before, cutting out silences by a package of its own, is left out.
    """

    spec = SPEC
    batch = 8
    fingerprint = fingerprint("voices", 1, SHA256, RATE, WINDOW, HOP, BANDS, PART, STEP, COVERED, SOFT, "float32")

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loaded: Any = None

    def _network(self) -> Any:
        """The network, loaded by the first call."""
        with self._lock:
            if self._loaded is None:
                self._loaded = _load()
            return self._loaded

    def encode(self, items: Sequence[Item]) -> Floats:
        """Sounds as (n, 256) float32 of unit length; silence is zero."""
        sounds = sounds_of(items)
        if not sounds:
            return np.empty((0, SIZE), dtype=np.float32)
        network = self._network()
        rows = [_voice(network, _parts(sound.samples(RATE))) for sound in sounds]
        return np.stack(rows)


def _voice(network: Any, parts: Floats) -> Floats:
    """Parts (p, 160, 40) as one vector (256,)."""
    import torch

    found = []
    with torch.inference_mode():
        for start in range(0, len(parts), _AT_ONCE):
            heard, _ = network["lstm"](torch.from_numpy(parts[start : start + _AT_ONCE]).to(device()))
            found.append(as_floats(torch.relu(network["linear"](heard[:, -1]))))
    vectors = unit_rows(np.concatenate(found))
    return np.ravel(unit_rows(vectors.mean(axis=0, keepdims=True)))


def _parts(samples: Floats) -> Floats:
    """The mel spectrum of a recording in overlapping parts, (p, 160, 40) float32, the last filled with silence."""
    starts = list(range(0, max(1, -(-(len(samples) + 1) // HOP) - PART + STEP + 1), STEP))
    if len(starts) > 1 and len(samples) - starts[-1] * HOP < COVERED * PART * HOP:
        starts.pop()
    end = (starts[-1] + PART) * HOP
    powers = mel_powers(np.pad(_louder(samples), (0, max(0, end - len(samples)))), RATE, WINDOW, HOP, BANDS)
    return np.stack([powers[start : start + PART] for start in starts])


def _louder(samples: Floats) -> Floats:
    """A soft recording as loud as -30 dB of full scale."""
    level = float(np.sqrt(np.mean(samples.astype(np.float64) ** 2))) if len(samples) else 0.0
    wanted = 10 ** (SOFT / 20)
    return np.asarray(samples * (wanted / level), dtype=np.float32) if 0 < level < wanted else samples


def _weights() -> Path:
    """The file of weights, found without importing the package."""
    found = importlib.util.find_spec("resemblyzer")
    if found is None or not found.submodule_search_locations:
        raise ModelUnavailable(f"{PACKAGE} is not here.", f"Run: pip install --no-deps {PACKAGE}==0.1.4")
    return Path(found.submodule_search_locations[0], "pretrained.pt")


def _load() -> Any:
    """The network with the package's weights. Raises ModelUnavailable."""
    with hub.explained(SPEC.label, f"Run: pip install --force-reinstall --no-deps {PACKAGE}==0.1.4"):
        import torch

        check_digest(_weights(), SHA256, PACKAGE)
        saved = torch.load(_weights(), map_location="cpu", weights_only=True)["model_state"]
        network = torch.nn.ModuleDict(
            {"lstm": torch.nn.LSTM(BANDS, SIZE, 3, batch_first=True), "linear": torch.nn.Linear(SIZE, SIZE)}
        )
        # the similarity's weight and bias served the training only
        network.load_state_dict({name: saved[name] for name in network.state_dict()})
        return network.eval().to(device())

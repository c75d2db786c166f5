"""Sounds by any audio model of transformers: wav2vec 2.0, HuBERT, Whisper's encoder, AST and the like."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import ModelUnavailable
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import as_floats, device, sounds_of
from ._source import Source, check_code, check_weights

DEFAULT = "MIT/ast-finetuned-audioset-10-10-0.4593"
SPEC = EncoderSpec(
    id="audio",
    label="Audio transformer",
    summary="Sounds by what they are (AST, trained on the 527 classes of AudioSet), or by another model: wav2vec 2.0, "
    "HuBERT, Whisper.",
    reads=("sound",),
    dimension=768,
    license="BSD-3-Clause",
    source=f"https://huggingface.co/{DEFAULT}",
    needs=(Need("transformers", "transformers"), Need("torch", "torch"), Need("soundfile", "soundfile")),
    size_mb=346,
    hub=True,
)
SECONDS = 30.0
"""What a model hears at once, where it does not say."""
LEAST = 0.1
"""Seconds: what is shorter is filled up with silence."""


def make(model: str) -> AudioEncoder:
    """The encoder of a transformers audio model: "" is AST from the hub, otherwise a folder or a hub id
    "organization/name"."""
    return AudioEncoder(model)


class AudioEncoder:
    """The last hidden states of an audio model, their mean over time.

    wav2vec 2.0: Baevski et al., NeurIPS 2020; HuBERT: Hsu et al., TASLP 2021; Whisper: Radford et al., ICML 2023;
    AST: Gong et al., Interspeech 2021. A long recording is heard in windows (30 s, or what the model was made for),
    whose means are weighted by their length. Weights are safetensors only.
    """

    batch = 4

    def __init__(self, model: str = "") -> None:
        self._source = Source(model or DEFAULT)
        self.spec = SPEC if not model else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=model, summary=f"The audio model {model}, its mean over time.",
            dimension=None, license="see its page", source=model, size_mb=0, hub=self._source.hub,
        )  # fmt: skip

    @cached_property
    def fingerprint(self) -> str:
        """The digests of the files in a folder, or a hub model's revision. Raises ModelUnavailable within about
        3 seconds when the model is neither here nor to be had."""
        return fingerprint("audio", 1, self._source.checked(_check_folder), SECONDS, LEAST, "mean", "float32")

    def _ear(self) -> _Ear:
        """The loaded model; the first call loads it."""
        return self._source.opened(self.spec.label, _check_folder, _load)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Sounds as (n, d) float32."""
        sounds = sounds_of(items)
        if not sounds and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        ear = self._ear()
        rows = [ear.hear(sound.samples(ear.rate)) for sound in sounds]
        return np.stack(rows) if rows else np.empty((0, len(ear.hear(np.zeros(0, np.float32)))), dtype=np.float32)


@dataclass(frozen=True)
class _Ear:
    """A model with its feature extractor: `rate` samples a second, `window` samples at once."""

    extract: Any
    model: Any
    rate: int
    window: int
    fills: bool
    """Whether every window is filled up with silence to the same length, over whose end no mean is taken."""

    def hear(self, samples: Floats) -> Floats:
        """Samples (n,) as one vector (d,)."""
        least = round(LEAST * self.rate)
        samples = np.pad(samples, (0, max(0, least - len(samples))))
        starts = range(0, max(1, len(samples) - least + 1), self.window)
        parts = [samples[start : start + self.window] for start in starts]
        means = np.stack([self._mean(part) for part in parts])
        return np.average(means, axis=0, weights=[len(part) for part in parts]).astype(np.float32)

    def _mean(self, part: Floats) -> Floats:
        import torch

        given = self.extract(part, sampling_rate=self.rate, return_tensors="pt").to(device())
        with torch.inference_mode():
            states = self.model(**given).last_hidden_state[0]
            if self.fills:
                states = states[: -(-len(states) * len(part) // self.window)]
            return as_floats(states.mean(dim=0))


def _load(folder: Path) -> _Ear:
    from transformers import AutoFeatureExtractor, AutoModel

    extract = AutoFeatureExtractor.from_pretrained(folder, local_files_only=True, trust_remote_code=hub.code_allowed())
    model = AutoModel.from_pretrained(
        folder, local_files_only=True, trust_remote_code=hub.code_allowed(), use_safetensors=True, dtype="float32"
    )
    if getattr(model.config, "is_encoder_decoder", False):
        model = model.get_encoder()
    rate = int(extract.sampling_rate)
    filled = getattr(extract, "n_samples", None)  # Whisper's
    frames = getattr(extract, "max_length", None)  # AST's, 10 ms each
    window = int(filled or (frames * rate / 100 if frames else SECONDS * rate))
    return _Ear(extract, model.eval().to(device()), rate, window, bool(filled))


def _check_folder(folder: Path) -> None:
    """Raises ModelUnavailable for what is no audio model, or would need a pickle or code of its own."""
    for name in ("config.json", "preprocessor_config.json"):
        if not (folder / name).is_file():
            raise ModelUnavailable(
                f"{folder.name or folder} holds no audio model of transformers: it has no {name}.",
                "Give the folder that model.save_pretrained(folder) and feature_extractor.save_pretrained(folder) "
                "have written.",
            )
    check_weights(folder)
    check_code(folder)

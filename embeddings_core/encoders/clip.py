"""Pictures and texts in one space by CLIP, through open_clip: any architecture and tag, hub id or folder."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import ModelUnavailable, ParameterError
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need
from ..space import Floats, Ints, Item
from ._loading import as_floats, device, encode_pictures, folder_digests, pictures_of, shorten, texts_of

SPEC = EncoderSpec(
    id="clip",
    label="CLIP",
    summary="Pictures and texts in one space: typed text finds pictures (CLIP ViT-B/32, trained on LAION-2B).",
    reads=("text", "image"),
    dimension=512,
    license="MIT",
    source="https://huggingface.co/laion/CLIP-ViT-B-32-laion2B-s34B-b79K",
    needs=(Need("open_clip", "open_clip_torch"), Need("torch", "torch")),
    size_mb=605,
    hub=True,
)
DEFAULT = "ViT-B-32/laion2b_s34b_b79k"
# known here so that the default's fingerprint needs no torch; other tags are looked up in open_clip's table
_REPOSITORIES = {DEFAULT: "laion/CLIP-ViT-B-32-laion2B-s34B-b79K"}
_AT_ONCE = 8  # pictures that the model gets at once
CONFIG = "open_clip_config.json"


def make(model: str) -> ClipEncoder:
    """The encoder of an open_clip model: "" is ViT-B-32/laion2b_s34b_b79k, otherwise "ARCHITECTURE/TAG",
    "hf-hub:organization/name", "local-dir:/folder" or a folder with open_clip_config.json."""
    return ClipEncoder(model)


class ClipEncoder:
    """CLIP (Radford et al., ICML 2021) as trained by OpenCLIP (Cherti et al., CVPR 2023).

    Texts and pictures get unit vectors in one space. The model is loaded from a folder with
    `open_clip_config.json` and safetensors weights; a hub's files are brought into such a folder first.
    """

    batch = 4 * _AT_ONCE
    temperature = 100.0
    """What cosine similarities are multiplied by to become the scores of classes: the cap in CLIP's training."""

    def __init__(self, model: str = "") -> None:
        self.model = model or DEFAULT
        path = self.model.removeprefix("local-dir:")
        self._local = Path(path).resolve() if path != self.model or Path(path).is_dir() else None
        self.spec = SPEC if not model else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=f"CLIP {model}", summary=f"The open_clip model {model}.",
            dimension=None, license="see its page", source=model, size_mb=0, hub=self._local is None,
        )  # fmt: skip
        self._lock = threading.RLock()
        self._loaded: _Loaded | None = None

    @cached_property
    def fingerprint(self) -> str:
        """The digests of weights and settings in a folder, or a hub model's revision. Raises
        ModelUnavailable within about 3 seconds when the model is neither here nor to be had."""
        if self._local is not None:
            _check_folder(self._local)
            return fingerprint("open_clip", 1, folder_digests(self._local, hub.FILES), "float32")
        return fingerprint("open_clip", 1, self._repository, self._commit, "float32")

    @cached_property
    def _commit(self) -> str:
        """The one revision that fingerprint and weights are of."""
        return hub.revision(self._repository)

    @cached_property
    def _repository(self) -> str:
        """The hub repository that holds the model."""
        if self.model.startswith("hf-hub:"):
            return self.model.removeprefix("hf-hub:")
        return _REPOSITORIES.get(self.model) or _look_up(self.model)

    def _parts(self) -> _Loaded:
        """The loaded model; the first call loads it."""
        with self._lock:
            if self._loaded is None:
                folder = self._local or hub.download(self._repository, self._commit)
                _check_folder(folder)
                with hub.local_only(), hub.explained(self.spec.label, "Check the files in its folder."):
                    self._loaded = _load(folder)
            return self._loaded

    @property
    def limit(self) -> int:
        """How many tokens of a text are read."""
        return int(self._parts().tokenizer.context_length)

    def token_counts(self, items: Sequence[Item]) -> Ints:
        """How many tokens each text has, (n,), with the two that the model adds; of a text far beyond the limit a
        count that is beyond it."""
        tokenizer = self._parts().tokenizer
        with self._lock:
            trimmed = [_trimmed(text, tokenizer, times=2) for text in texts_of(items)]
            return np.array([len(_counter(tokenizer)(text)) + 2 for text in trimmed])

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts and pictures, in any mixture, as (n, d) float32 of unit length."""
        if not items and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        texts = texts_of([item for item in items if isinstance(item, str)])
        pictures = pictures_of([item for item in items if not isinstance(item, str)])
        is_text = np.array([isinstance(item, str) for item in items], dtype=bool)
        parts = self._parts()
        vectors = np.empty((len(items), parts.dimension), dtype=np.float32)
        if texts:
            with self._lock:  # a tokenizer cannot be used by two threads at once
                tokens = parts.tokenizer([_trimmed(text, parts.tokenizer) for text in texts])
            vectors[is_text] = _read(parts.model, tokens)
        if pictures:
            look = parts.model.encode_image
            vectors[~is_text] = encode_pictures(
                pictures, parts.transform, lambda pixels: look(pixels, normalize=True), _AT_ONCE
            )
        return vectors


@dataclass(frozen=True)
class _Loaded:
    """The model, the transform of one picture, the tokenizer, and the length of a vector."""

    model: Any
    transform: Any
    tokenizer: Any
    dimension: int


def _load(folder: Path) -> _Loaded:
    import open_clip

    config = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    name = f"local-dir:{folder}"
    model, transform = open_clip.create_model_from_pretrained(name, device=device(), precision="fp32")
    return _Loaded(model.eval(), transform, open_clip.get_tokenizer(name), int(config["model_cfg"]["embed_dim"]))


def _read(model: Any, tokens: Any) -> Floats:
    import torch

    with torch.inference_mode():
        return as_floats(model.encode_text(tokens.to(device()), normalize=True))


def _trimmed(text: str, tokenizer: Any, times: int = 1) -> str:
    """What the tokenizer needs of a text, so that `times` as many tokens as are read are left of a long one.

    Of a run of 1,000 characters and more without a space only the first 1,000 are read, because byte-pair merges take
    time with the square of a word's length.
    """
    text = re.sub(r"(\S{1000})\S+", r"\1", text)
    count = _counter(tokenizer)
    return shorten(text, times * int(tokenizer.context_length), lambda part: len(count(part)))


def _counter(tokenizer: Any) -> Callable[[str], Sequence[Any]]:
    """What splits a text into its tokens, without those that the model adds."""
    found: Callable[[str], Sequence[Any]] = getattr(tokenizer, "encode", None) or tokenizer.tokenizer.tokenize
    return found


def _check_folder(folder: Path) -> None:
    """Raises ModelUnavailable unless the folder has a configuration and safetensors weights."""
    if not (folder / CONFIG).is_file():
        raise ModelUnavailable(
            f"{folder} has no {CONFIG}.", "Give a folder that open_clip saved, or a model such as " + DEFAULT + "."
        )
    if not any(folder.glob("*.safetensors")):
        raise ModelUnavailable(
            f"{folder.name} has no weights as safetensors.",
            "Pickled weights (.bin, .pt) can run any code and are never loaded: convert them to "
            "open_clip_model.safetensors, or choose another model.",
        )


def _look_up(model: str) -> str:
    """The repository of "ARCHITECTURE/TAG" by open_clip's table. Raises ParameterError."""
    import open_clip

    architecture, _, tag = model.partition("/")
    known = open_clip.get_pretrained_cfg(architecture, tag)
    if not known:
        tags = open_clip.list_pretrained_tags_by_model(architecture)
        raise ParameterError(
            f"open_clip knows no model {model!r}.",
            f"Tags of {architecture}: {', '.join(tags)}." if tags else f"Give ARCHITECTURE/TAG, such as {DEFAULT}.",
        )
    repository = str(known.get("hf_hub") or "").strip("/")
    if repository.count("/") != 1:
        raise ModelUnavailable(
            f"{model} is published only as pickled weights.", "Choose another tag: pickles are never loaded."
        )
    return repository

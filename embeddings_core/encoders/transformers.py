"""Texts by any model of transformers (BERT, GPT-2 and the like): what it makes of each token, pooled to one vector."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..errors import ModelUnavailable
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need, Param
from ..space import Floats, Ints, Item
from . import with_settings
from ._int8 import FLOAT32, PRECISION, marked, quantized
from ._loading import as_floats, device, shorten, texts_of, unit_rows
from ._sentences import FEWEST
from ._source import Source, check_code, check_weights

DEFAULT = "google-bert/bert-base-uncased"
MEAN, FIRST, LAST = "mean of all tokens", "first token", "last token"
SPEC = EncoderSpec(
    id="transformers",
    label="Transformer, raw",
    summary="A language model that was not trained to compare texts (BERT, GPT-2): the vectors of its tokens, pooled. "
    "Beside a sentence model it shows what that training is worth.",
    reads=("text",),
    dimension=768,
    license="Apache-2.0",
    source=f"https://huggingface.co/{DEFAULT}",
    needs=(Need("transformers", "transformers"), Need("torch", "torch")),
    size_mb=440,
    hub=True,
    languages="English",
    params=(
        Param(
            "pooling", "Pooling", "How the vectors of a text's tokens become one. BERT's first token stands for the "
            "whole; of GPT-2, which reads from left to right, only the last has seen all.",
            MEAN, "choice", choices=(MEAN, FIRST, LAST),
        ),
        Param("normalize", "Scale to length 1", "Then cosine and dot product rank alike.", False, "flag"),
        Param(
            "length", "Tokens read (0: all)", "What follows in a text is not read. All: as many as the model can, "
            "which is also the most; the least is 8.", 0, low=0, high=32768, step=32,
        ),
        PRECISION,
    ),
)  # fmt: skip
_MOST = 4096  # tokens, where the model names no limit
_AT_ONCE = 16


def make(model: str, **settings: Any) -> TransformersEncoder:
    """The encoder of a transformers model: "" is BERT from the hub, otherwise a folder or a hub id
    "organization/name"."""
    return TransformersEncoder(model, Settings(**settings))


@dataclass(frozen=True)
class Settings:
    """How the vectors of tokens become one, how many tokens are read, and how they are computed."""

    pooling: str = MEAN
    normalize: bool = False
    length: int = 0
    precision: str = FLOAT32


class TransformersEncoder:
    """The last hidden states of a transformer, pooled: the mean (Reimers and Gurevych, EMNLP 2019), the first token
    (Devlin et al., "BERT", NAACL 2019) or the last (Muennighoff, "SGPT", 2022).

    Padding stands behind a text and is masked, so that it changes no vector. Weights are safetensors only.
    """

    batch = 64

    def __init__(self, model: str = "", settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        self._source = Source(model or DEFAULT)
        spec = SPEC if not model else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=model, summary=f"The transformers model {model}, its tokens pooled.",
            dimension=None, source=model, size_mb=0, hub=self._source.hub,
        )  # fmt: skip
        spec = replace(spec, id=with_settings(spec.id, vars(self.settings), SPEC))
        self._spec = marked(spec, self.settings.precision)
        self._usual = not model
        self._lock = threading.RLock()

    @property
    def spec(self) -> EncoderSpec:
        """What there is to know: of a hub's model more once it is here."""
        return self._spec if self._usual else self._source.described(self._spec)

    @cached_property
    def fingerprint(self) -> str:
        """The digests of the files in a folder, or a hub model's revision, and the settings. Raises ModelUnavailable
        within about 3 seconds when the model is neither here nor to be had."""
        settings = vars(self.settings).copy()
        precision = settings.pop(PRECISION.name)
        return fingerprint("transformers", 1, self._source.checked(_check_folder), settings, precision)

    def _parts(self) -> tuple[Any, Any]:
        """The tokenizer and the model, loaded by the first call."""
        return self._source.opened(self.spec.label, _check_folder, self._load)

    def _load(self, folder: Path) -> tuple[Any, Any]:
        tokenizer, model = _load(folder)
        return tokenizer, model if self.settings.precision == FLOAT32 else quantized(model, self.spec.label)

    @property
    def limit(self) -> int:
        """How many tokens of a text are read."""
        tokenizer, model = self._parts()
        known = [tokenizer.model_max_length, *(getattr(model.config, name, None) for name in _LENGTHS)]
        most = min([int(length) for length in known if length and 0 < length < 10**6] or [_MOST])
        return min(max(FEWEST, self.settings.length or most), most)

    def token_counts(self, items: Sequence[Item]) -> Ints:
        """How many tokens each text has, (n,), with those that the model adds; of a text far beyond the limit a
        count that is beyond it."""
        limit = self.limit
        return np.array([len(tokens) for tokens in self._tokens(texts_of(items), 2 * limit, truncation=False)])

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts as (n, d) float32. Of a long text the first tokens count, as many as the model reads."""
        texts = texts_of(items)
        if not texts and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        _, model = self._parts()
        if not texts:
            return np.empty((0, int(model.config.hidden_size)), dtype=np.float32)
        tokens = self._tokens(texts, self.limit)
        order = np.argsort([len(row) for row in tokens], kind="stable")
        parts = [
            self._pooled([tokens[row] for row in order[start : start + _AT_ONCE]])
            for start in range(0, len(order), _AT_ONCE)
        ]
        rows = np.concatenate(parts)[np.argsort(order)]
        return unit_rows(rows) if self.settings.normalize else np.ascontiguousarray(rows)

    def _tokens(self, texts: Sequence[str], most: int, truncation: bool = True) -> list[list[int]]:
        """The token ids of texts, at least one each: an empty text is the model's sign for an end."""
        tokenizer, model = self._parts()

        def count(text: str) -> int:
            return len(tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"])

        with self._lock:  # a fast tokenizer cannot be used by two threads at once
            found = tokenizer(
                [shorten(text, most, count) for text in texts], verbose=False, padding=False,
                truncation=truncation, max_length=most if truncation else None,
            )["input_ids"]  # fmt: skip
        signs = (tokenizer.eos_token_id, tokenizer.bos_token_id, model.config.eos_token_id, 0)
        end = next(sign for sign in signs if isinstance(sign, int))
        return [list(row) or [end] for row in found]

    def _pooled(self, tokens: Sequence[Sequence[int]]) -> Floats:
        import torch

        _, model = self._parts()
        longest = max(map(len, tokens))
        # which token fills up is of no matter: the mask hides it, and it stands behind what is read
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in tokens], device=device())
        mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in tokens], device=device())
        with torch.inference_mode():
            states = model(input_ids=ids, attention_mask=mask).last_hidden_state
            if self.settings.pooling == FIRST:
                return as_floats(states[:, 0])
            if self.settings.pooling == LAST:
                return as_floats(states[torch.arange(len(tokens)), mask.sum(1) - 1])
            return as_floats((states * mask[:, :, None]).sum(1) / mask.sum(1, keepdim=True))


_LENGTHS = ("max_position_embeddings", "n_positions")


def _load(folder: Path) -> tuple[Any, Any]:
    from transformers import AutoModel, AutoTokenizer
    from transformers.utils import logging as voice

    noisy = voice.is_progress_bar_enabled()
    voice.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(
            folder, local_files_only=True, trust_remote_code=hub.code_allowed(), use_fast=True
        )
        model = AutoModel.from_pretrained(
            folder, local_files_only=True, trust_remote_code=hub.code_allowed(), use_safetensors=True, dtype="float32"
        )
    finally:
        if noisy:
            voice.enable_progress_bar()
    if getattr(model.config, "is_encoder_decoder", False):
        model = model.get_encoder()
    return tokenizer, model.to(device()).eval()


def _check_folder(folder: Path) -> None:
    """Raises ModelUnavailable for what is no model, or would need a pickle or code of its own."""
    if not (folder / "config.json").is_file():
        raise ModelUnavailable(
            f"{folder.name or folder} holds no transformers model: it has no config.json.",
            "Give the folder that model.save_pretrained(folder) and tokenizer.save_pretrained(folder) have written.",
        )
    check_weights(folder)
    check_code(folder)

"""A loaded SentenceTransformer, which encoders with different settings share.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any
from weakref import WeakValueDictionary

from .. import hub
from ._int8 import FLOAT32, quantized
from ._loading import device, shorten

FEWEST = 8
"""Tokens that are read at least: some are the model's own signs."""


class Shared:
    """A loaded SentenceTransformer that encoders with different settings share."""

    def __init__(self, model: Any) -> None:
        self.model = model
        self._lock = threading.RLock()  # a fast tokenizer cannot be used by two threads at once
        ask = getattr(model, "get_embedding_dimension", None) or model.get_sentence_embedding_dimension
        self.dimension = int(ask())

    def limit(self, wanted: int = 0) -> int:
        """How many tokens are read: as many as wanted (0: all), at most as many as the model can."""
        most = self.model.max_seq_length
        most = int(most) if most and most < 10**9 else 0
        wanted = max(FEWEST, wanted) if wanted else most
        return min(wanted, most) if most else wanted

    @contextmanager
    def used(self, length: int, raw: bool = False) -> Iterator[Any]:
        """The model, for one thread at a time, reading so many tokens; `raw` is without its normalization."""
        with self._lock:
            before = self.model.max_seq_length
            if length:
                self.model.max_seq_length = self.limit(length)
            try:
                yield self._raw if raw else self.model
            finally:
                if length:
                    self.model.max_seq_length = before

    @cached_property
    def _raw(self) -> Any:
        from sentence_transformers import SentenceTransformer

        steps = [step for step in self.model if type(step).__name__ != "Normalize"]
        prompts, usual = self.model.prompts, self.model.default_prompt_name
        return SentenceTransformer(modules=steps, prompts=prompts, default_prompt_name=usual, device=device()).eval()

    def trimmed(self, texts: list[str], times: int) -> list[str]:
        """What the tokenizer needs of texts so that `times` as many tokens as are read are left of long ones."""
        limit, tokenizer = self.limit(int(self.model.max_seq_length or 0)), self.model.tokenizer
        if not limit or not callable(tokenizer):
            return texts
        return [shorten(text, limit * times, lambda part: count_tokens(tokenizer, part)) for text in texts]


_models: WeakValueDictionary[tuple[str, str], Shared] = WeakValueDictionary()
_loading = threading.RLock()


def shared(key: str, folder: Path, label: str, precision: str = FLOAT32) -> Shared:
    """The model in a folder whose content has the fingerprint `key`, loaded once for all settings; that of another
    precision is made of it once."""
    with _loading:
        found = _models.get((key, precision))
        if found is None:
            if precision == FLOAT32:
                found = _load(folder, label)
            else:
                with shared(key, folder, label).used(0) as model:
                    found = Shared(quantized(model, label))
            _models[key, precision] = found
        return found


def _load(folder: Path, label: str) -> Shared:
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as voice

    noisy = voice.is_progress_bar_enabled()
    voice.disable_progress_bar()
    try:
        with hub.local_only(), hub.explained(label):
            model = SentenceTransformer(
                str(folder),
                device=device(),
                trust_remote_code=hub.code_allowed(),
                local_files_only=True,
                model_kwargs={"use_safetensors": True, "dtype": "float32"},
            )
    finally:
        if noisy:
            voice.enable_progress_bar()
    return Shared(model.eval())


def count_tokens(tokenizer: Callable[..., Any], text: str, added: bool = False) -> int:
    """How many tokens a text has, perhaps with those that the model adds."""
    return len(tokenizer(text, add_special_tokens=added, verbose=False, truncation=False)["input_ids"])

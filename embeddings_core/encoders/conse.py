"""Pictures placed in MiniLM's space by the names of their likeliest classes, so that typed text finds them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from ..fingerprints import fingerprint
from ..plugins import EncoderSpec
from ..space import Floats, Item
from . import encode_items, get_encoder
from ._loading import pictures_of, texts_of
from .imagenet import SPEC as IMAGENET
from .imagenet import class_names, class_probabilities
from .sentence import SPEC as MINILM

SPEC = EncoderSpec(
    id="conse",
    label="EfficientNet to MiniLM (ConSE)",
    summary="Pictures and texts in one space, without a download: a picture is where the names of its likeliest "
    "classes are.",
    reads=("text", "image"),
    dimension=384,
    license="Apache-2.0",
    source="https://arxiv.org/abs/1312.5650",
    needs=(*IMAGENET.needs, *MINILM.needs),
    size_mb=110,
    approximate="Pictures are compared by the names of their 10 likeliest ImageNet classes: fair for photographs, "
    "poor for drawings and for anything that none of the 1,000 names says.",
)
TOP = 10
TEMPLATE = "{}"


def make(model: str) -> ConseEncoder:
    """The one bridge there is."""
    return ConseEncoder()


class ConseEncoder:
    """ConSE: a convex combination of semantic embeddings (Norouzi et al., ICLR 2014).

    A picture's vector is the mean of the MiniLM vectors of its 10 likeliest class names, weighted by
    their probability, at unit length; a text's vector is MiniLM's. Features, texts and class names are
    read from and kept in the default store, so that pictures which `imagenet` has seen cost nothing.
    """

    spec = SPEC
    batch = 32

    @cached_property
    def fingerprint(self) -> str:
        parts = [get_encoder(spec.id).fingerprint for spec in (IMAGENET, MINILM)]
        return fingerprint("conse", 1, *parts, TOP, TEMPLATE)

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts and pictures, in any mixture, as (n, 384) float32 of unit length."""
        is_text = np.array([isinstance(item, str) for item in items], dtype=bool)
        vectors = np.empty((len(items), SPEC.dimension or 0), dtype=np.float32)
        if is_text.any():
            texts = texts_of([item for item in items if isinstance(item, str)])
            vectors[is_text] = encode_items(get_encoder(MINILM.id), texts)
        if not is_text.all():
            pictures = pictures_of([item for item in items if not isinstance(item, str)])
            vectors[~is_text] = from_features(encode_items(get_encoder(IMAGENET.id), pictures))
        return vectors


def from_features(features: Floats) -> Floats:
    """EfficientNet's features (n, 1280) as unit vectors in MiniLM's space, (n, 384) float32."""
    probabilities = class_probabilities(features)
    names = encode_items(get_encoder(MINILM.id), [TEMPLATE.format(name) for name in class_names()])
    best = np.argsort(-probabilities, axis=1, kind="stable")[:, :TOP]
    weights = np.take_along_axis(probabilities, best, axis=1)
    mixed = np.einsum("nk,nkd->nd", weights, names[best])
    return np.asarray(mixed / np.linalg.norm(mixed, axis=1, keepdims=True), dtype=np.float32)

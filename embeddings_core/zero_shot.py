"""Labels by names that someone types: each item gets the name whose text is nearest to it, without any training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .errors import InputError, ParameterError
from .queries import asked
from .space import Floats, Ints, Progress, Space
from .store import Store

MOST = 200
"""Names at most."""
PHOTO = "a photo of {}"
_BLOCK = 16_384  # items that are compared at once


@dataclass(frozen=True, eq=False)
class ZeroShot:
    """The likeliest of some names for each of n items.

    `labels` (n,) int64 are places in `names`, `scores` (n, c) float32 the cosine similarities with all c names.
    `probabilities` (n, c) float32 sum to 1 over the names; None for an encoder that was not trained to give any.
    `approximate` names the reason where the vectors compared are themselves an approximation.
    """

    names: tuple[str, ...]
    labels: Ints
    scores: Floats
    probabilities: Floats | None
    template: str
    approximate: str = ""

    @property
    def measure(self) -> str:
        """What `confidence` is."""
        return "similarity" if self.probabilities is None else "probability"

    @property
    def confidence(self) -> Floats:
        """How sure each item's own label is, (n,) float32: its probability, or the cosine similarity."""
        known = self.scores if self.probabilities is None else self.probabilities
        return np.asarray(np.take_along_axis(known, self.labels[:, None], axis=1)[:, 0], dtype=np.float32)


def zero_shot(
    space: Space,
    names: Sequence[str],
    template: str = "",
    *,
    store: Store | None = None,
    progress: Progress | None = None,
) -> ZeroShot:
    """Label every item of `space` by the nearest of `names`, such as ["a cat", "a dog"].

    `template` is the text into which each name is put, at "{}"; "" is "a photo of {}" for pictures seen by an encoder
    of the CLIP kind, and the bare name for all else. For such an encoder the probabilities are the softmax over 100 x
    cosine similarity (Radford et al., ICML 2021); for others there are none, because no temperature was learned.
    Pictures whose encoder reads no text are compared over its bridge, which `approximate` says.
    Raises ParameterError for fewer than 2 different names, InputError where a text cannot be compared with the items.
    """
    from .encoders import encode_items, for_queries, get_encoder

    names = checked(names)
    question = asked(space, _filled(template or "{}", names[0]), store=store)
    compared, approximate = question.space, question.approximate
    temperature = getattr(get_encoder(compared.encoder), "temperature", None)
    wording = template or (PHOTO if space.dataset.kind == "image" and temperature else "{}")
    texts = [_filled(wording, name) for name in names]
    vectors = encode_items(for_queries(compared), texts, store=store)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    scores = np.empty((len(space), len(names)), dtype=np.float32)
    for start in range(0, len(space), _BLOCK):
        if progress:
            progress(start, len(space))
        part = slice(start, start + _BLOCK)
        scores[part] = compared.vectors[part] @ unit.T * compared.inverse_norms[part, None]
    probabilities = None if temperature is None else softmax(scores * np.float32(temperature))
    return ZeroShot(names, scores.argmax(axis=1).astype(np.int64), scores, probabilities, wording, approximate)


def split_names(typed: str) -> tuple[str, ...]:
    """Names that are typed with commas, semicolons or line breaks between them."""
    return tuple(typed.replace(";", ",").replace("\n", ",").split(","))


def checked(names: Sequence[str]) -> tuple[str, ...]:
    """The names without spaces around them, each once. Raises ParameterError for fewer than 2, or too many."""
    found = tuple(dict.fromkeys(name.strip() for name in names if name.strip()))
    if not 2 <= len(found) <= MOST:
        given = f"{len(found)} name{'s' if len(found) != 1 else ''}"
        raise ParameterError(
            f"There are {given}.".replace("are 1", "is 1"), f"Type 2 to {MOST:,}, such as: a cat, a dog."
        )
    return found


def softmax(scores: Floats) -> Floats:
    """Rows (n, c) as probabilities that sum to 1."""
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), dtype=np.float32)


def _filled(template: str, name: str) -> str:
    if "{}" not in template:
        raise InputError(f"The template {template[:60]!r} has no place for a name.", "Write {} where the name goes.")
    return template.replace("{}", name)

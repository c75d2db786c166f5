"""Words for kinds of items, and the encoder that suits each."""

from __future__ import annotations

from contextlib import suppress

import embeddings_core as ec
from embeddings_core.encodings import encodings

DEFAULTS = {"text": "minilm", "image": "imagenet", "sound": "mel", "row": "rows", "vector": "ready"}
WORDS = {"text": "texts", "image": "pictures", "sound": "sounds", "row": "rows", "vector": "vectors"}


def counted(n: int, kind: ec.Kind) -> str:
    """A number of items in words: "1 text", "1,200 pictures"."""
    return f"{n:,} {WORDS[kind] if n != 1 else WORDS[kind][:-1]}"


def encoder_label(id: str) -> str:
    """The name of an encoder; its id where it cannot be had."""
    with suppress(ec.CoreError):
        return ec.get_encoder(id).spec.label
    return id


def default_encoder(key: str, kind: ec.Kind, *, ready: bool = False) -> str:
    """The encoder that suits a dataset best without any download; `ready`: the vectors that came with it. Of data from
    a project file one whose vectors are there."""
    suited = {sample.id: sample.encoder for sample in ec.samples()}
    usual = suited.get(key, "ready" if ready else DEFAULTS[kind])
    there = [one.encoder for one in encodings(ec.get_store(), key) if one.brought] if key else []
    return usual if usual in there or not there else there[0]

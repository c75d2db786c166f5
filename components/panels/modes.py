"""The ways to search some items, which depend on what their encoder reads."""

from __future__ import annotations

import embeddings_core as ec

NAMES = {"semantic": "Meaning", "keyword": "Words", "hybrid": "Both"}


def modes_of(space: ec.Space) -> list[ec.Mode]:
    """The ways to search these items by a typed text."""
    return list(ec.MODES) if "text" in readable(space) else ["keyword"]


def readable(space: ec.Space) -> set[str]:
    """The kinds of query that can be compared with these items."""
    spec = ec.get_encoder(space.encoder).spec
    return set(spec.reads) | ({"text"} if spec.bridge else set())

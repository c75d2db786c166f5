"""Which files can be uploaded: whatever there is a reader for."""

from __future__ import annotations

import embeddings_core as ec


def picture_suffixes() -> list[str]:
    """The endings of pictures: ".png" and the like."""
    return [suffix for spec in ec.readers() if spec.id == "images" for suffix in spec.suffixes]


def suffixes() -> list[str]:
    """The endings of every file that is read."""
    return [suffix for spec in ec.readers() for suffix in spec.suffixes]


def table_words() -> str:
    """The kinds of tables and texts, as a person names them: "csv, tsv, ..."."""
    tables = (spec for spec in ec.readers() if spec.id not in ("images", "archive"))
    return ", ".join(suffix.removeprefix(".") for spec in tables for suffix in spec.suffixes)

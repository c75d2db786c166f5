"""Which files can be uploaded: whatever there is a reader for."""

from __future__ import annotations

import embeddings_core as ec


def picture_suffixes() -> list[str]:
    """The endings of pictures: ".png" and the like."""
    return [suffix for spec in ec.readers() if spec.id == "images" for suffix in spec.suffixes]


def table_suffixes() -> list[str]:
    """The endings of tables of named columns."""
    tables = {"delimited", "excel", "json_lines", "parquet"}
    return [suffix for spec in ec.readers() if spec.id in tables for suffix in spec.suffixes]


def suffixes() -> list[str]:
    """The endings of every file that is read."""
    return [suffix for spec in ec.readers() for suffix in spec.suffixes]


def folder_suffixes() -> list[str]:
    """The endings of every file that is read in a folder: all but zips."""
    return [suffix for spec in ec.readers() if spec.id != "archive" for suffix in spec.suffixes]


def listed() -> str:
    """All kinds of files, a line each, as Markdown."""
    return "\n".join(f"- {spec.label}: {' '.join(spec.suffixes)}" for spec in ec.readers())

"""TensorFlow's Embedding Projector: tensors as .tsv or .bytes, their metadata, and projector_config.json.

A table of nothing but numbers, without a header, is also read here: that is what tensors.tsv is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..plugins import ReaderSpec
from ..progress import phase, watched
from ..space import Floats, Progress
from .cuts import ALL, Cut
from .decoding import decode
from .limits import check_rows
from .loaded import Loaded
from .media_files import File
from .tables import table, with_vectors
from .vectors import as_vectors, check_vector_bytes

SPEC = ReaderSpec("projector", "Embedding Projector (BYTES, tensors.tsv)", (".bytes",))
ALSO = (".tsv",)
CONFIG = "projector_config.json"
_TABLES = (".tsv", ".csv", ".txt")
_LOOK = 1 << 18
_LINES = 5
_OFTEN = 1_000  # lines between two reports of how far it is
_FEWEST = 8  # numbers in a line that is a vector, where no tabs are between them
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
_TOGETHER = "Bring it together with its metadata.tsv or projector_config.json: several files at once, or a zip of them."


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins with lines of as many numbers each and nothing else, at least one with a point."""
    head = raw[:_LOOK]
    first = head.split(b"\n", 1)[0]
    if not first[:1].strip(b"-+. ").isdigit() and not first.lstrip(b" -+.")[:1].isdigit():
        return False
    try:
        lines = head.decode("ascii").splitlines()
    except UnicodeDecodeError:
        return False
    whole = lines if len(raw) <= _LOOK else lines[:-1]
    return bool(whole) and _separator(whole[:_LINES]) is not None


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The vectors in tensors.tsv, or in any table of numbers without a header.

    Raises InputError for a .bytes file alone, which does not say how long its vectors are, and for what is no table
    of numbers.
    """
    if not recognizes(raw):
        if name.lower().endswith(SPEC.suffixes) and raw:
            raise InputError(f"{name} does not say how many numbers a vector has.", _TOGETHER)
        raise InputError(f"{name} is no table of numbers.", "Bring lines of numbers with tabs between them.")
    vectors = _tensors(raw, name, progress)
    rows = cut.rows(name, len(vectors))
    loaded = Loaded(name, "vector", pd.DataFrame({"row": np.arange(len(vectors))}), notes=cut.notes(len(vectors)))
    whole = with_vectors(loaded, "all columns", vectors)
    return replace(whole if rows is None else whole.take(rows), kind="vector")


def _separator(lines: Sequence[str]) -> str | None:
    """What stands between the numbers of these lines, None where they are something else."""
    for mark in ("\t", ",", ";", " "):
        cells = [line.strip(" \r").split(mark) for line in lines if line.strip()]
        width = len(cells[0]) if cells else 0
        numbers = width >= (2 if mark == "\t" else _FEWEST) and all(
            len(row) == width and all(map(_NUMBER.fullmatch, row)) for row in cells
        )
        if numbers and any("." in cell or "e" in cell.lower() for cell in cells[0]):
            return mark
    return None


def _tensors(raw: bytes, name: str, progress: Progress | None) -> Floats:
    text, _ = decode(raw, name)
    lines = [line for line in text.split("\n") if line.strip()]
    check_rows(name, len(lines))
    mark = _separator(lines[:_LINES])
    d = len(lines[0].strip(" \r").split(mark))
    check_vector_bytes(name, len(lines), d)
    made = np.full((len(lines), d), np.nan, dtype=np.float32)
    with np.errstate(over="ignore"):
        for place, line in enumerate(watched(lines, len(lines), progress, _OFTEN)):
            cells = line.strip(" \r").split(mark)
            if len(cells) == d and all(map(_NUMBER.fullmatch, cells)):
                made[place] = [float(cell) for cell in cells]
    return made


def belong_together(files: Sequence[File], content: Callable[[File], bytes]) -> bool:
    """Whether `files` are tensors with their metadata or shape."""
    names = [PurePosixPath(name).name.lower() for name, _ in files]
    if CONFIG in names or any(name.endswith(".bytes") for name in names):
        return True
    return len(files) == 2 and all(name.endswith(_TABLES) for name in names) and len(_split(files, content)[0]) == 1


def read_set(
    files: Sequence[File],
    name: str,
    content: Callable[[File], bytes],
    cut: Cut = ALL,
    progress: Progress | None = None,
) -> Loaded:
    """The vectors of one file, with the metadata of another, row by row.

    Raises InputError when shapes are not known, or do not fit each other.
    """
    by_name = {PurePosixPath(given).name: (given, source) for given, source in files}
    config, notes = _config(by_name, content)
    tensors, others = _split(files, content)
    if config.get("tensorPath"):
        tensors = [_member(by_name, config["tensorPath"], name)]
    if config.get("metadataPath"):
        others = [_member(by_name, config["metadataPath"], name)]
    if len(tensors) != 1:
        raise InputError(
            f"{name} holds {len(tensors):,} files of vectors.", f"Bring one of them, and its metadata. {_TOGETHER}"
        )
    metadata = _metadata(others[0], content, phase(progress, 0, 0.3)) if others else None
    rows = len(metadata.table) if metadata is not None else None
    vectors = _vectors(tensors[0], content(tensors[0]), _shape(config, name), rows, phase(progress, 0.3, 1))
    if metadata is None:
        metadata = Loaded(name, "vector", pd.DataFrame({"row": np.arange(len(vectors))}))
    if len(metadata.table) != len(vectors):
        raise InputError(
            f"There are {len(vectors):,} vectors but {len(metadata.table):,} rows of metadata.",
            "Bring the metadata of these very vectors.",
        )
    loaded = replace(metadata, name=name, notes=[*metadata.notes, *notes])
    return with_vectors(loaded, tensors[0][0], vectors).cut(cut)


def _split(files: Sequence[File], content: Callable[[File], bytes]) -> tuple[list[File], list[File]]:
    """Files of vectors, and files of metadata."""
    tensors, others = [], []
    for file in files:
        suffix = PurePosixPath(file[0]).suffix.lower()
        if suffix == ".bytes" or (suffix in _TABLES and recognizes(content(file))):
            tensors.append(file)
        elif suffix in _TABLES:
            others.append(file)
    return tensors, others


def _config(files: dict[str, File], content: Callable[[File], bytes]) -> tuple[dict[str, Any], list[str]]:
    """What projector_config.json says of its first tensor, and a note where there are more."""
    if CONFIG not in files:
        return {}, []
    try:
        listed = json.loads(content(files[CONFIG]))["embeddings"]
        first = dict(listed[0])
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        raise InputError(f"{CONFIG} names no embeddings.", "Bring it as the projector has it.") from error
    others = [str(other.get("tensorName", "?"))[:50] for other in listed[1:11] if isinstance(other, dict)]
    notes = [f"Read the first of {len(listed):,} tensors; the others: {', '.join(others)}."] if others else []
    return first, notes


def _member(files: dict[str, File], path: Any, name: str) -> File:
    found = files.get(PurePosixPath(str(path)).name)
    if found is None:
        raise InputError(f"{CONFIG} names {str(path)[:200]!r}, which {name} does not hold.", "Bring that file too.")
    return found


def _shape(config: dict[str, Any], name: str) -> tuple[int, int] | None:
    given = config.get("tensorShape")
    if given is None:
        return None
    whole = isinstance(given, list) and len(given) == 2 and all(isinstance(size, int) and size > 0 for size in given)
    if not whole:
        raise InputError(f"{CONFIG} in {name} gives the shape {str(given)[:100]}.", "It must be two whole numbers.")
    return given[0], given[1]


def _vectors(file: File, raw: bytes, shape: tuple[int, int] | None, rows: int | None, progress: Progress) -> Floats:
    name = file[0]
    if not name.lower().endswith(".bytes"):
        return _tensors(raw, name, progress)
    if shape is None and rows is None:
        raise InputError(f"{name} does not say how many numbers a vector has.", _TOGETHER)
    n, d = shape or (rows or 1, len(raw) // 4 // (rows or 1))
    if n * d * 4 != len(raw) or d < 1:
        raise InputError(
            f"{name} has {len(raw):,} bytes; {n:,} vectors of {d:,} float32 numbers would take {n * d * 4:,}.",
            "Bring the metadata and shape of this very file.",
        )
    check_vector_bytes(name, n, d)
    return as_vectors(np.frombuffer(raw, "<f4").reshape(n, d), name)


def _metadata(file: File, content: Callable[[File], bytes], progress: Progress) -> Loaded:
    """A table; with one column it has no header, as the projector wants it."""
    from . import read_bytes

    name, raw = file[0], content(file)
    text, notes = decode(raw, name)
    lines = text.rstrip("\r\n").split("\n")
    if all("\t" not in line for line in lines):
        return table(name, [("label", [line.rstrip("\r") for line in lines])], notes, texts=True)
    return read_bytes(raw, name, progress)

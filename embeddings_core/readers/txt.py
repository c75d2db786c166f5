"""Plain text: one line, one item."""

from __future__ import annotations

import io

from ..errors import InputError
from ..plugins import ReaderSpec
from .decoding import decode
from .limits import check_rows
from .loaded import Loaded, blank
from .tables import table

SPEC = ReaderSpec("txt", "Text, one item a line", (".txt",))


def read(raw: bytes, name: str) -> Loaded:
    """The lines that are not blank. Raises InputError for binary data, or when there is none."""
    text, notes = decode(raw, name)
    return read_lines(text, name, notes)


def read_lines(text: str, name: str, notes: list[str]) -> Loaded:
    """The lines of `text` that are not blank, in the column `text`."""
    # not str.splitlines, which also splits at form feeds and the like
    lines = [line.rstrip("\n") for line in io.StringIO(text, newline=None)]
    kept = [line for line in lines if not blank(line)]
    if not kept:
        raise InputError(f"{name} holds no text, only blank lines.", "Bring at least one line of text.")
    check_rows(name, len(kept))
    left = len(lines) - len(kept)
    notes = [*notes, *([f"{left:,} blank {'line was' if left == 1 else 'lines were'} left out."] if left else [])]
    return table(name, [("text", kept)], notes, texts=True)

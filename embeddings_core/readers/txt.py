"""Plain text: one line, one item; or passages, where lines are paragraphs."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache, partial

from ..errors import InputError
from ..plugins import ReaderSpec
from ..space import Progress
from .cuts import ALL, Cut
from .decoding import decode
from .loaded import Loaded, blank
from .passages import LONGEST, Block, Document, paragraphs, passages_of
from .tables import table

SPEC = ReaderSpec("txt", "Text, one item a line", (".txt",))
_PROSE = 200  # characters of a typical line, from which on it is rather a paragraph


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The lines that are not blank. Raises InputError for binary data, or when there is none."""
    text, notes = decode(raw, name)
    return read_lines(text, name, notes, cut)


def read_lines(text: str, name: str, notes: list[str], cut: Cut = ALL) -> Loaded:
    """The lines of `text` that are not blank, in the column `text`; `split` reads it as passages."""
    # not str.splitlines, which also splits at form feeds and the like
    lines = [line.rstrip("\n") for line in io.StringIO(text, newline=None)]
    kept = [line for line in lines if not blank(line)]
    if not kept:
        raise InputError(f"{name} holds no text, only blank lines.", "Bring at least one line of text.")
    left = len(lines) - len(kept)
    told = [f"{left:,} blank {'line was' if left == 1 else 'lines were'} left out."] if left else []
    loaded = table(name, [("text", kept)], [*notes, *told], texts=True, cut=cut)
    return replace(loaded, split=cache(partial(_split, text, name, notes, cut))) if _is_prose(kept, left) else loaded


def document(raw: bytes, name: str, progress: Progress | None = None) -> Document:
    """A text's paragraphs. Raises InputError for binary data."""
    text, notes = decode(raw, name)
    return Document(name, [Block(part) for part in paragraphs(text)], notes)


def _split(text: str, name: str, notes: list[str], cut: Cut) -> Loaded:
    whole = Document(name, [Block(part) for part in paragraphs(text)], notes)
    return passages_of([whole], name, cut=cut)


def _is_prose(lines: list[str], blanks: int) -> bool:
    """Whether a text may be one document: it has paragraphs, long lines, or lines that go on in the next one."""
    lengths = sorted(map(len, lines))
    wrapped = sum(line[-1:] not in ".!?:;" and len(line) > 50 for line in lines) > len(lines) / 2
    paragraphs = 3 <= blanks < len(lines) and wrapped
    return lengths[-1] > LONGEST or lengths[len(lengths) // 2] > _PROSE or paragraphs

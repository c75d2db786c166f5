"""Markdown: passages under their headings. The marks inside a text stay as they are written."""

from __future__ import annotations

import re

from ..plugins import ReaderSpec
from ..progress import phase, watched
from ..space import Progress
from .cuts import ALL, Cut
from .decoding import decode
from .loaded import Loaded
from .passages import Block, Document, Heading, close, paragraphs, passages_of, titles

SPEC = ReaderSpec("markdown", "Markdown", (".md", ".markdown"))
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_LONGEST = 1_000  # characters of a heading
_OFTEN = 1_000  # lines between two reports of how far it is
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The passages of a document. Raises InputError for binary data, or where there is no text."""
    found = document(raw, name, phase(progress, 0, 0.8))
    return passages_of([found], name, cut=cut, progress=phase(progress, 0.8, 1))


def document(raw: bytes, name: str, progress: Progress | None = None) -> Document:
    """A document's paragraphs. A heading with nothing below it is a paragraph itself. Raises InputError."""
    text, notes = decode(raw, name)
    found, held, headings, fence = Document(name, [], notes), list[str](), list[Heading](), ""

    def flush() -> None:
        found.blocks += [Block(part, titles(headings)) for part in paragraphs("\n".join(held))]
        held.clear()

    def begin(level: int, title: str) -> None:
        flush()
        close(headings, level, found.blocks)
        headings.append(Heading(level, title, len(found.blocks)))

    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for line in watched(lines, len(lines), progress, _OFTEN):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        short = not fence and not mark and len(line) <= _LONGEST
        heading = _HEADING.fullmatch(line) if short else None
        under = _UNDERLINE.fullmatch(line) if short and held else None
        if heading and heading[2]:
            begin(len(heading[1]), heading[2])
        elif under and held[-1].strip() and (len(held) == 1 or not held[-2].strip()):
            title = held.pop().strip()
            begin(1 if under[1].startswith("=") else 2, title)
        else:
            held.append(line)
    flush()
    close(headings, 0, found.blocks)
    return found

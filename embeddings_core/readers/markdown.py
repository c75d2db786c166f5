"""Markdown: passages under their headings. The marks inside a text stay as they are written."""

from __future__ import annotations

import re

from ..plugins import ReaderSpec
from .cuts import ALL, Cut
from .decoding import decode
from .loaded import Loaded
from .passages import Block, Document, paragraphs, passages_of

SPEC = ReaderSpec("markdown", "Markdown", (".md", ".markdown"))
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def read(raw: bytes, name: str, cut: Cut = ALL) -> Loaded:
    """The passages of a document. Raises InputError for binary data, or where there is no text."""
    return passages_of([document(raw, name)], name, cut=cut)


def document(raw: bytes, name: str) -> Document:
    """A document's paragraphs. A heading with nothing below it is a paragraph itself. Raises InputError."""
    text, notes = decode(raw, name)
    found, held, headings, fence = Document(name, [], notes), list[str](), list[tuple[int, str]](), ""

    def flush() -> None:
        under = tuple(title for _, title in headings)
        found.blocks += [Block(part, under) for part in paragraphs("\n".join(held))]
        held.clear()

    def begin(level: int, title: str) -> None:
        flush()
        while headings and headings[-1][0] >= level:
            _keep_lonely(found, headings)
            headings.pop()
        headings.append((level, title))

    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or line.strip().startswith(fence)):
            fence = "" if fence else mark[1]
        heading = None if fence or mark else _HEADING.fullmatch(line)
        under = None if fence or mark or not held else _UNDERLINE.fullmatch(line)
        if heading and heading[2]:
            begin(len(heading[1]), heading[2])
        elif under and held[-1].strip() and (len(held) == 1 or not held[-2].strip()):
            title = held.pop().strip()
            begin(1 if under[1].startswith("=") else 2, title)
        else:
            held.append(line)
    flush()
    _keep_lonely(found, headings)
    return found


def _keep_lonely(found: Document, headings: list[tuple[int, str]]) -> None:
    """A heading under which there was nothing is kept as a text."""
    under = tuple(title for _, title in headings)
    if headings and not any(block.headings[: len(under)] == under for block in found.blocks):
        found.blocks.append(Block(under[-1], under))

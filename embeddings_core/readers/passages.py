"""Long texts as passages: paragraphs under their headings, put together or cut so that each is about a page's third."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import PurePosixPath

from ..errors import InputError
from ..space import Progress
from .cuts import ALL, Cut
from .loaded import Loaded, blank
from .tables import table
from .zips import safe_name

LONGEST = 1_000
"""Characters of a passage, about: a sentence or a word that is longer is cut, anything else is kept whole."""
_SENTENCE = re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|(?<=[。！？])")
_BLANKS = re.compile(r"\n[ \t\r\f\v]*\n+")
_OFTEN = 1_000  # paragraphs between two reports of how far it is
ARROW = " › "


@dataclass
class Block:
    """A paragraph, the headings that it stands under, outermost first, and its page from 1, 0 for none."""

    text: str
    headings: tuple[str, ...] = ()
    page: int = 0


@dataclass
class Document:
    """A document's name and its paragraphs in order."""

    name: str
    blocks: list[Block]
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Heading:
    """A heading that is open: its level from 1, its title, and how many paragraphs stand before it."""

    level: int
    title: str
    before: int


def titles(headings: Sequence[Heading]) -> tuple[str, ...]:
    """The headings that a paragraph stands under, as texts."""
    return tuple(heading.title for heading in headings)


def close(headings: list[Heading], level: int, blocks: list[Block]) -> None:
    """Close the headings of that level and below; one with nothing under it becomes a paragraph itself."""
    while headings and headings[-1].level >= level:
        if headings[-1].before == len(blocks):
            blocks.append(Block(headings[-1].title, titles(headings)))
        headings.pop()


def paragraphs(text: str) -> list[str]:
    """A text cut at blank lines; without any, at line breaks, if these end sentences."""
    return [part.strip() for part in _BLANKS.split(text.replace("\r\n", "\n").replace("\r", "\n")) if not blank(part)]


def passages_of(
    documents: Sequence[Document],
    name: str,
    skipped: Iterable[tuple[str, str]] = (),
    cut: Cut = ALL,
    progress: Progress | None = None,
) -> Loaded:
    """One row a passage: text, document, heading and page (where there are any), and passage, its number from 1.

    No text is lost: all passages of a document one after the other are its paragraphs. Raises InputError where there
    is no text at all.
    """
    full = [safe_name(document.name) for document in documents]
    name_of = full if len(documents) != 1 else [PurePosixPath(full[0]).name]
    total, seen = sum(len(document.blocks) for document in documents), count()
    rows = [
        (text, name_of[place], ARROW.join(block.headings), block.page, number)
        for place, document in enumerate(documents)
        for number, (text, block) in enumerate(_passages(_told(document.blocks, seen, total, progress)), 1)
    ]
    if not rows:
        raise InputError(f"{name} holds no text.", "Bring a document with text.")
    texts, names, headings, pages, numbers = zip(*rows, strict=True)
    columns: list[tuple[str, Sequence[object]]] = [("text", texts)]
    columns += [("document", names)]
    columns += [("heading", headings)] if any(headings) else []
    columns += [("page", [page or None for page in pages])] if any(pages) else []
    columns += [("passage", numbers)]
    notes = [note for document in documents for note in document.notes]
    notes.append(f"Split into passages of about {LONGEST:,} characters, at headings, paragraphs and sentences.")
    return replace(table(name, columns, notes, cut=cut), skipped=list(skipped), fixed=True)


def _told(blocks: Iterable[Block], seen: Iterator[int], total: int, progress: Progress | None) -> Iterator[Block]:
    """The same blocks; now and then it is told how many of all documents' blocks were `seen`."""
    for block in blocks:
        done = next(seen)
        if progress is not None and done % _OFTEN == 0:
            progress(done, total)
        yield block


def _passages(blocks: Iterable[Block]) -> Iterator[tuple[str, Block]]:
    """Texts of about LONGEST characters, each with the paragraph that it begins with."""
    waiting: list[str] = []
    first: Block | None = None
    for block in blocks:
        for piece in _pieces(block.text):
            full = sum(map(len, waiting)) + len(piece) > LONGEST
            if first is not None and (full or (block.headings, block.page) != (first.headings, first.page)):
                yield "\n\n".join(waiting), first
                waiting, first = [], None
            first = first or block
            waiting.append(piece)
    if first is not None:
        yield "\n\n".join(waiting), first


def _pieces(text: str) -> Iterator[str]:
    """A paragraph as it is, or sentence by sentence where it is too long."""
    text = text.strip("\n").rstrip()
    if len(text) <= LONGEST:
        if not blank(text):
            yield text
        return
    held = ""
    for part in sentences(text):
        if held and len(held) + len(part) > LONGEST:
            yield held.strip()
            held = ""
        held += part
    if not blank(held):
        yield held.strip()


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text with the white space after them, which together are the text; one of more than LONGEST
    characters in parts."""
    start = 0
    for match in _SENTENCE.finditer(text):
        if match.end() > start:
            yield from _cut(text[start : match.end()])
            start = match.end()
    if start < len(text):
        yield from _cut(text[start:])


def _cut(sentence: str) -> Iterator[str]:
    """A sentence in parts that are not too long, cut at the end of a line or between words where it can be."""
    while len(sentence) > LONGEST:
        at = next((at for mark in "\n " if (at := sentence.rfind(mark, LONGEST // 2, LONGEST) + 1)), LONGEST)
        yield sentence[:at]
        sentence = sentence[at:]
    yield sentence

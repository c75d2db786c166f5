"""PDF: the text of its pages as passages, with page and the heading of the outline."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterable
from typing import Any

from ..errors import CoreError, InputError
from ..plugins import Need, ReaderSpec
from ..progress import phase, watched
from ..space import Progress
from .cuts import ALL, Cut
from .limits import CHARACTERS
from .loaded import Loaded, blank
from .passages import Block, Document, paragraphs, passages_of

SPEC = ReaderSpec("pdf", "PDF", (".pdf",), (Need("pypdf", "pypdf"),))
PAGES = 5_000
"""The longest document."""
_LINES_OF_OUTLINE = 20_000
_DAMAGED = "It may be damaged: save it again, or bring its text."


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a PDF does."""
    return raw[:1024].lstrip().startswith(b"%PDF-")


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The passages of a document. Raises InputError as `document` does."""
    found = document(raw, name, phase(progress, 0, 0.8))
    return passages_of([found], name, cut=cut, progress=phase(progress, 0.8, 1))


def document(raw: bytes, name: str, progress: Progress | None = None) -> Document:
    """A document's paragraphs. Raises InputError for one that is damaged, needs a password, has no text (scanned
    pages), or too many pages.
    """
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # it tells of every small damage
    try:
        file = pypdf.PdfReader(io.BytesIO(raw), strict=False)
        if file.is_encrypted and not file.decrypt(""):
            raise InputError(f"{name} is encrypted.", "Save it without a password, and bring that copy.")
        pages = len(file.pages)
        if pages > PAGES:
            raise InputError(f"{name} has {pages:,} pages; at most {PAGES:,} are read.", "Split it.")
        headings = _outline(file)
        return _document(name, headings, watched(file.pages, pages, progress))
    except CoreError:
        raise
    except Exception as error:  # a damaged file makes the library raise almost anything
        if "cryptography" in str(error) or "PyCryptodome" in str(error):
            raise InputError(f"{name} is encrypted.", "Save it without a password, and bring that copy.") from error
        raise InputError(
            f"{name} cannot be read as PDF: {str(error)[:200] or type(error).__name__}.", _DAMAGED
        ) from error


def _document(name: str, headings: dict[int, tuple[str, ...]], pages: Iterable[Any]) -> Document:
    found = Document(name, [])
    under: tuple[str, ...] = ()
    empty, damaged, characters = 0, [], 0
    for number, page in enumerate(pages, 1):
        under = headings.get(number, under)
        try:
            text = page.extract_text() or ""
        except Exception:  # as above, but the other pages may be whole
            damaged.append(number)
            continue
        empty += blank(text)
        characters += len(text)
        if characters > CHARACTERS:
            raise InputError(f"{name} has more than {CHARACTERS:,} characters.", "Split it.")
        found.blocks += [Block(part, under, number) for part in paragraphs(text)]
    if not found.blocks:
        why = "its pages are pictures, as of a scanner" if empty else "none of its pages can be read"
        raise InputError(
            f"{name} holds no text: {why}.", "Have the text recognized (OCR) first, or bring another copy."
        )
    if empty:
        found.notes.append(f"{empty:,} {'page has' if empty == 1 else 'pages have'} no text.")
    if damaged:
        listed = ", ".join(map(str, damaged[:10])) + (", …" if len(damaged) > 10 else "")
        found.notes.append(f"{'Page' if len(damaged) == 1 else 'Pages'} {listed} cannot be read.")
    return found


def _outline(file: Any) -> dict[int, tuple[str, ...]]:
    """The headings that hold from each page on, by its number from 1; none where the outline is damaged."""
    found: dict[int, tuple[str, ...]] = {}
    count = 0

    def walk(entries: Any, above: tuple[str, ...]) -> None:
        nonlocal count
        title = above
        for entry in entries:
            count += 1
            if count > _LINES_OF_OUTLINE:
                return
            if isinstance(entry, list):
                walk(entry, title)
            elif (page := file.get_destination_page_number(entry)) is not None and page >= 0:
                title = (*above, " ".join(str(entry.title).split()))
                found.setdefault(page + 1, title)

    try:
        walk(file.outline, ())
    except Exception:  # an outline is no more than a help
        return {}
    return found

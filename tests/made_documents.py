"""Small documents made for tests: PDFs with pages of text, an outline, a password, or nothing but a picture."""

from __future__ import annotations

import io
from collections.abc import Sequence

from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject


def pdf(pages: Sequence[str], outline: Sequence[tuple[str, int, int | None]] = (), password: str = "") -> bytes:
    """A PDF with these pages of text, a line for each line. `outline` has titles with their page (from 0) and the
    place of the entry above them, None for none."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(width=595, height=842)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        content = DecodedStreamObject()
        content.set_data(_shown(text))
        page[NameObject("/Contents")] = writer._add_object(content)
    entries: list[object] = []
    for title, page_number, above in outline:
        parent = None if above is None else entries[above]
        entries.append(writer.add_outline_item(title, page_number, parent=parent))  # type: ignore[arg-type]
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _shown(text: str) -> bytes:
    """The commands that write a text, line below line."""
    lines = [line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)") for line in text.split("\n")]
    return "\n".join(["BT /F1 11 Tf 14 TL 40 800 Td", *(f"({line}) Tj T*" for line in lines), "ET"]).encode("latin-1")

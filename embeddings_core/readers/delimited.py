"""CSV and TSV: any usual delimiter, quoted line breaks, rows of wrong length named and left out.

The rows go block by block into packed columns, so that of a long table never more than a block is held as Python
objects.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from ..errors import InputError
from ..plugins import ReaderSpec
from ..progress import phase
from ..space import Progress
from .cuts import ALL, WHOLE, Cut, Part
from .decoding import decode
from .limits import FILE_BYTES, ROWS
from .loaded import Loaded
from .packed import Packed
from .tables import table
from .vectors import Candidates

SPEC = ReaderSpec("delimited", "Table (CSV, TSV)", (".csv", ".tsv"))
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_NEVER = range(0xE000, 0xF900)  # of these characters, one that the text does not have makes a single column
_END = "\0"  # `decode` leaves no NUL, so this line is not the file's
_LINE = re.compile(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_HEAD = 200_000  # characters, and
_LOOK = 100  # rows from which the delimiter is told
_OFTEN = 1_000  # lines between two reports of how far it is
_NAMED = 10  # left-out lines that a note names


@dataclass
class _Rows:
    """What one way of reading gives; `open_quote` says that a quotation mark was never closed. `ragged` names the
    first lines of `longer` ones."""

    header: list[str] = field(default_factory=list)
    packed: Packed = field(default_factory=lambda: Packed("", [], WHOLE))
    total: int = 0
    longer: int = 0
    ragged: list[int] = field(default_factory=list)
    short: int = 0
    open_quote: bool = False


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The table in `raw`; its first row is the header.

    Cells are kept as they are written, but a column of numbers becomes numbers, one of ISO dates dates, and
    v0, v1, ... ready vectors. Raises InputError for binary data, for no header or no rows, and for more cells than
    are read, TooManyRows for too many rows.
    """
    text, notes = decode(raw, name)
    given, start = _declared(text)
    if not text[start:].strip():
        raise InputError(f"{name} holds no text, only blank lines.", "Bring a table with a header and rows.")
    csv.field_size_limit(max(csv.field_size_limit(), FILE_BYTES))  # a cell is cut later, with a note
    usual = "\t" if name.lower().endswith(".tsv") else ","
    try:
        delimiter = given or _sniff(text, usual)
        found = _parsed(text, start, delimiter, name, csv.QUOTE_MINIMAL, cut, phase(progress, 0, 0.5))
        if found.open_quote:
            found, more = _unquoted(text, start, delimiter, name, cut, found, phase(progress, 0.5, 0.6))
            notes += more
    except csv.Error as error:
        raise InputError(f"{name} cannot be read as a table: {error}.", "Save it as CSV (UTF-8) again.") from error
    if len(found.header) > 1 and delimiter != usual:
        notes.append(f"The columns are separated by a {DELIMITERS.get(delimiter, repr(delimiter))}.")
    notes += [*cut.notes(found.total), *found.packed.notes, *_told(found)]
    if found.longer and not found.total:
        raise InputError(
            f"Every row of {name} has more cells than its header, which has {len(found.header)}.",
            "Name every column in the first row, and put texts with commas in quotation marks.",
        )
    candidates = Candidates()
    if found.packed.vectors is not None:
        candidates.found[found.packed.vectors_name] = found.packed.vectors
    columns = found.packed.columns(phase(progress, 0.6, 1))
    return table(name, columns, notes, written=True, comma=delimiter == ";", found=candidates)


def _parsed(text: str, start: int, delimiter: str, name: str, quoting: int, cut: Cut, progress: Progress) -> _Rows:
    """The rows that `cut` leaves. For a sample the rows are counted first. Raises TooManyRows."""
    if cut.sample is None:
        found = _parse(text, start, delimiter, name, quoting, Part(most=cut.limit or ROWS), progress)
        cut.rows(name, found.total)
        return found
    counted = _parse(text, start, delimiter, name, quoting, Part(most=0), phase(progress, 0, 0.5))
    chosen = cut.rows(name, counted.total)
    return _parse(text, start, delimiter, name, quoting, Part(chosen=chosen), phase(progress, 0.5, 1))


def _unquoted(
    text: str, start: int, delimiter: str, name: str, cut: Cut, quoted: _Rows, progress: Progress
) -> tuple[_Rows, list[str]]:
    """The table with quotation marks as plain characters, if it fits better than with one left open."""
    bare = _parsed(text, start, delimiter, name, csv.QUOTE_NONE, cut, progress)
    if bare.longer + bare.short >= quoted.longer + quoted.short:
        return quoted, []
    return bare, ["Quotation marks do not match up, so they were read as plain characters."]


def _declared(text: str) -> tuple[str, int]:
    """What Excel's own first line "sep=;" says, and where the text after it begins."""
    match = re.match(r'sep=([^"\r])\r?\n', text)
    return (match[1], match.end()) if match else ("", 0)


def _sniff(text: str, usual: str) -> str:
    """The delimiter that cuts the header into columns and most rows into as many; none where no one does."""
    head = text[:_HEAD]
    best, best_score = "", (0.0, False, 0)
    for delimiter in DELIMITERS:
        rows = [row for _, row in islice(_records(head, 0, delimiter, csv.QUOTE_MINIMAL), _LOOK) if row]
        width = len(rows[0]) if rows else 0
        if width < 2:
            continue
        # the last one may be cut off
        body = rows[1:-1] if len(rows) > 2 else rows[1:]
        fitting = sum(len(_trim(row, width)) == width for row in body) / max(1, len(body))
        score = (round(fitting, 1), delimiter == usual, width)
        if score > best_score:
            best, best_score = delimiter, score
    return best or next((mark for mark in map(chr, _NEVER) if mark not in text), "\x1f")


def _parse(text: str, start: int, delimiter: str, name: str, quoting: int, part: Part, progress: Progress) -> _Rows:
    found = _Rows()
    for line, row in _records(text, start, delimiter, quoting, progress):
        if row and row[-1].endswith(_END):
            if row == [_END]:
                break
            found.open_quote = True
            row[-1] = row[-1].removesuffix(_END).rstrip("\r\n")
        if not any(map(str.strip, row)) and len(row) < max(2, len(found.header)):
            if row and len(found.header) == 1:
                found.packed.add(row)  # in a single column an empty cell is written as ""
            continue
        if found.header:
            _add(found, row, line)
        else:
            found.header = row
            found.packed = Packed(name, row, part, comma=delimiter == ";")
    found.packed.flush()
    found.total = found.packed.total
    return found


def _records(
    text: str, start: int, delimiter: str, quoting: int, progress: Progress | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it begins; the last row is, or ends with, _END."""
    # not io.StringIO, which takes four bytes for every character
    lines = chain(_lines(text, start, progress), [_END])
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    started = 1
    for row in reader:
        yield started, row
        started = reader.line_num + 1


def _lines(text: str, start: int, progress: Progress | None) -> Iterator[str]:
    """Each line with its end; `progress` counts characters."""
    for count, match in enumerate(_LINE.finditer(text, start)):
        if progress is not None and count % _OFTEN == 0:
            progress(match.start(), len(text))
        yield match[0]


def _add(found: _Rows, row: list[str], line: int) -> None:
    width = len(found.header)
    row = _trim(row, width)
    if len(row) > width:
        found.longer += 1
        if len(found.ragged) < _NAMED:
            found.ragged.append(line)
        return
    found.short += len(row) < width
    found.packed.add(row)


def _trim(row: list[str], width: int) -> list[str]:
    """A row without empty cells beyond the header's width."""
    while len(row) > width and not row[-1].strip():
        row.pop()
    return row


def _told(found: _Rows) -> list[str]:
    """What was ragged, in sentences."""
    notes = []
    if found.longer:
        named = ", ".join(map(str, found.ragged)) + (", …" if found.longer > _NAMED else "")
        were, lines = ("row was", "line") if found.longer == 1 else ("rows were", "lines")
        notes.append(f"{found.longer:,} ragged {were} skipped, having more cells than the header: {lines} {named}.")
    if found.short:
        notes.append(
            f"{found.short:,} {'row was' if found.short == 1 else 'rows were'} shorter than the header; the rest "
            "of them is empty."
        )
    return notes

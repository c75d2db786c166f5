"""CSV and TSV: any usual delimiter, quoted line breaks, rows of wrong length named and left out."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice

from ..errors import InputError
from ..plugins import ReaderSpec
from .decoding import decode
from .limits import FILE_BYTES, check_rows
from .loaded import Loaded
from .tables import choose, enough, from_rows

SPEC = ReaderSpec("delimited", "Table (CSV, TSV)", (".csv", ".tsv"))
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_NEVER = range(0xE000, 0xF900)  # of these characters, one that the text does not have makes a single column
_END = "\0"  # `decode` leaves no NUL, so this line is not the file's
_HEAD = 200_000  # characters, and
_LOOK = 100  # rows from which the delimiter is told
_NAMED = 10  # left-out lines that a note names


@dataclass
class _Rows:
    """What one way of reading gives; `open_quote` says that a quotation mark was never closed."""

    header: list[str] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    ragged: list[int] = field(default_factory=list)
    short: int = 0
    open_quote: bool = False
    notes: list[str] = field(default_factory=list)
    settled: bool = False

    def settle(self) -> None:
        """Choose the columns, once enough rows are known, so that no more of a wide table is held."""
        if not self.settled:
            self.settled = True
            self.places, self.notes = choose(self.header, self.rows)
            self.rows = [self.picked(row) for row in self.rows]

    def picked(self, row: list[str]) -> list[str]:
        if not self.settled or len(self.places) == len(self.header):
            return row
        return [row[place] if place < len(row) else "" for place in self.places]


def read(raw: bytes, name: str) -> Loaded:
    """The table in `raw`; its first row is the header.

    Cells are kept as they are written, but a column of numbers becomes numbers, one of ISO dates dates.
    Raises InputError for binary data, for no header or no rows, and for more rows or cells than are read.
    """
    text, notes = decode(raw, name)
    given, text = _declared(text)
    if not text.strip():
        raise InputError(f"{name} holds no text, only blank lines.", "Bring a table with a header and rows.")
    csv.field_size_limit(max(csv.field_size_limit(), FILE_BYTES))  # a cell is cut later, with a note
    usual = "\t" if name.lower().endswith(".tsv") else ","
    try:
        delimiter = given or _sniff(text, usual)
        found = _parse(text, delimiter, name, csv.QUOTE_MINIMAL)
        if found.open_quote:
            found = _unquoted(text, delimiter, name, found)
    except csv.Error as error:
        raise InputError(f"{name} cannot be read as a table: {error}.", "Save it as CSV (UTF-8) again.") from error
    if len(found.header) > 1 and delimiter != usual:
        notes.append(f"The columns are separated by a {DELIMITERS.get(delimiter, repr(delimiter))}.")
    notes += [*found.notes, *_told(found)]
    if found.ragged and not found.rows:
        raise InputError(
            f"Every row of {name} has more cells than its header, which has {len(found.header)}.",
            "Name every column in the first row, and put texts with commas in quotation marks.",
        )
    names = [found.header[place] for place in found.places]
    return from_rows(name, names, found.rows, notes, written=True, comma=delimiter == ";")


def _unquoted(text: str, delimiter: str, name: str, quoted: _Rows) -> _Rows:
    """The table with quotation marks as plain characters, if it fits better than with one left open."""
    bare = _parse(text, delimiter, name, csv.QUOTE_NONE)
    if len(bare.ragged) + bare.short >= len(quoted.ragged) + quoted.short:
        return quoted
    bare.notes.append("Quotation marks do not match up, so they were read as plain characters.")
    return bare


def _declared(text: str) -> tuple[str, str]:
    """Excel's own first line "sep=;" and the text after it."""
    match = re.match(r'sep=([^"\r])\r?\n', text)
    return (match[1], text[match.end() :]) if match else ("", text)


def _sniff(text: str, usual: str) -> str:
    """The delimiter that cuts the header into columns and most rows into as many; none where no one does."""
    head = text[:_HEAD]
    best, best_score = "", (0.0, False, 0)
    for delimiter in DELIMITERS:
        rows = [row for _, row in islice(_records(head, delimiter, csv.QUOTE_MINIMAL), _LOOK) if row]
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


def _parse(text: str, delimiter: str, name: str, quoting: int) -> _Rows:
    found = _Rows()
    for line, row in _records(text, delimiter, quoting):
        if row and row[-1].endswith(_END):
            if row == [_END]:
                break
            found.open_quote = True
            row[-1] = row[-1].removesuffix(_END).rstrip("\r\n")
        if not any(map(str.strip, row)) and len(row) < max(2, len(found.header)):
            if row and len(found.header) == 1:
                found.rows.append(row)  # in a single column an empty cell is written as ""
            continue
        if found.header:
            _add(found, row, line)
            check_rows(name, len(found.rows))
        else:
            found.header = row
    found.settle()
    return found


def _records(text: str, delimiter: str, quoting: int) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line on which it begins; the last row is, or ends with, _END."""
    lines = chain(io.StringIO(text, newline=""), [_END])
    reader = csv.reader(lines, delimiter=delimiter, quoting=quoting)  # type: ignore[arg-type]
    started = 1
    for row in reader:
        yield started, row
        started = reader.line_num + 1


def _add(found: _Rows, row: list[str], line: int) -> None:
    width = len(found.header)
    row = _trim(row, width)
    if len(row) > width:
        found.ragged.append(line)
        return
    found.short += len(row) < width
    found.rows.append(found.picked(row))
    if len(found.rows) >= enough(width):
        found.settle()


def _trim(row: list[str], width: int) -> list[str]:
    """A row without empty cells beyond the header's width."""
    while len(row) > width and not row[-1].strip():
        row.pop()
    return row


def _told(found: _Rows) -> list[str]:
    """What was ragged, in sentences."""
    notes = []
    if found.ragged:
        count = len(found.ragged)
        named = ", ".join(map(str, found.ragged[:_NAMED])) + (", …" if count > _NAMED else "")
        notes.append(
            f"{count:,} ragged {'row was' if count == 1 else 'rows were'} skipped, having more cells than the "
            f"header: {'line' if count == 1 else 'lines'} {named}."
        )
    if found.short:
        notes.append(
            f"{found.short:,} {'row was' if found.short == 1 else 'rows were'} shorter than the header; the rest "
            "of them is empty."
        )
    return notes

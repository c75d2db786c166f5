"""JSON and JSON Lines: objects, strings, columns, or an object around one list."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

from ..errors import InputError
from ..plugins import ReaderSpec
from ..progress import phase, watched
from ..space import Progress
from .columns import unique_names
from .cuts import ALL, Cut
from .decoding import decode
from .limits import check_cells
from .loaded import Loaded
from .tables import choose, enough, table

SPEC = ReaderSpec("json_lines", "JSON, JSON Lines", (".json", ".jsonl", ".ndjson"))
_LINES = (".jsonl", ".ndjson")
_NAMED = 10
_OFTEN = 1_000  # values between two reports of how far it is
_BLANK = re.compile(r"[ \t\n\r]*")


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The rows of a JSON file: a list, one value a line, columns, or an object that holds one list.

    Lists of numbers of the same length may be ready vectors; other lists and objects inside a row become JSON text.
    Raises InputError when nothing is JSON, or it is nested deeper than can be read, TooManyRows for too many rows.
    """
    text, notes = decode(raw, name)
    try:
        try:
            value = _whole(text, phase(progress, 0, 0.5))
        except json.JSONDecodeError as error:
            rows, skipped = _lines(text, name, error, phase(progress, 0, 0.5))
            return _table(name, rows, [*notes, *skipped], cut, phase(progress, 0.5, 1))
        one = name.lower().endswith(_LINES) and "\n" not in text.strip()  # one row, whatever lies in it
        rows, found = ([value], []) if one and isinstance(value, dict) else _rows(value)
        return _table(name, rows, [*notes, *found], cut, phase(progress, 0.5, 1))
    except RecursionError as error:
        raise InputError(f"{name} is nested too deeply.", "Bring a list of objects, or of texts.") from error
    except ValueError as error:  # a number with more digits than Python reads
        raise InputError(f"{name} cannot be read: {error}.", "Bring a list of objects, or of texts.") from error


def _whole(text: str, progress: Progress) -> Any:
    """The one JSON value in `text`; of a list each element by itself, so that it can tell how far it is and be stopped.
    Raises JSONDecodeError."""

    def after(place: int) -> int:
        return _BLANK.match(text, place).end()  # type: ignore[union-attr]  # it fits nothing too

    at = after(0)
    if not text.startswith("[", at) or text.startswith("]", after(at + 1)):
        return json.loads(text)
    found: list[Any] = []
    decode_one = json.JSONDecoder().raw_decode
    while not text.startswith("]", at):
        if found and not text.startswith(",", at):
            raise json.JSONDecodeError("Expecting ',' delimiter", text, at)
        if len(found) % _OFTEN == 0:
            progress(at, len(text))
        value, at = decode_one(text, after(at + 1))
        found.append(value)
        at = after(at)
    if (end := after(at + 1)) < len(text):
        raise json.JSONDecodeError("Extra data", text, end)
    return found


def _lines(text: str, name: str, whole: json.JSONDecodeError, progress: Progress) -> tuple[list[Any], list[str]]:
    """One JSON value a line; lines that are none are named in a note."""
    rows, wrong = [], []
    # not str.splitlines: JSON may hold U+2028 and the like
    lines = text.split("\n")
    for number, line in enumerate(watched(lines, len(lines), progress, _OFTEN), 1):
        if line.strip():
            try:
                rows.append(json.loads(line))
            except json.JSONDecodeError:
                wrong.append(number)
    # half of the lines wrong: it is a broken file, and no lines of JSON
    if not rows or len(wrong) > len(rows):
        raise InputError(
            f"{name} is no valid JSON: {whole.msg} (line {whole.lineno}, column {whole.colno}).",
            "Bring a list of objects or texts, or one of them a line.",
        )
    if not wrong:
        return rows, []
    named = ", ".join(map(str, wrong[:_NAMED])) + (", …" if len(wrong) > _NAMED else "")
    return rows, [f"Skipped because they are no valid JSON: {'line' if len(wrong) == 1 else 'lines'} {named}."]


def _rows(value: Any) -> tuple[list[Any], list[str]]:
    """The rows in a JSON value, and a note where they lie deeper in it."""
    if isinstance(value, list):
        return value, []
    if not isinstance(value, dict) or not value:
        return [value] if value != {} else [], []
    lists = {key: part for key, part in value.items() if isinstance(part, list)}
    even = len(lists) == len(value) and len({len(part) for part in lists.values()}) == 1
    if even and (len(lists) > 1 or not any(isinstance(part, (dict, list)) for part in next(iter(lists.values())))):
        return [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)], []
    if len(lists) == 1:
        (key, rows), *_ = lists.items()
        return rows, [f"Read the list {key!r}."]
    if all(isinstance(part, dict) for part in value.values()):
        return _keyed(value), []
    return [value], []


def _keyed(value: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Objects by key: columns of numbered cells, as pandas writes them, or rows by their id."""
    keys = list(dict.fromkeys(key for part in value.values() for key in part))
    if keys and all(key.isdecimal() for key in keys):
        return [{name: part.get(key) for name, part in value.items()} for key in keys]
    return [{"key": key, **part} for key, part in value.items()]


def _table(name: str, rows: list[Any], notes: Sequence[str], cut: Cut, progress: Progress) -> Loaded:
    notes = [*notes, *cut.notes(len(rows))]
    if (wanted := cut.rows(name, len(rows))) is not None:
        rows = [rows[row] for row in wanted.tolist()]
    texts = all(isinstance(row, str) or row is None for row in rows)
    records: list[Mapping[str, Any]] = [_record(row, "text" if texts else "value") for row in rows]
    keys = list(dict.fromkeys(key for record in records for key in record))
    looked = [[record.get(key) for key in keys] for record in islice(records, enough(len(keys)))]
    places, trimmed = choose(keys, looked)
    check_cells(name, len(rows) * len(places))
    names = unique_names(keys[place] for place in places)
    columns = (
        (column, [record.get(keys[place]) for record in records]) for column, place in zip(names, places, strict=True)
    )
    return table(name, watched(columns, len(places), progress), [*notes, *trimmed], texts=texts)


def _record(row: Any, plain: str) -> Mapping[str, Any]:
    if isinstance(row, dict):
        return row
    if isinstance(row, list):
        return {f"column_{place + 1}": cell for place, cell in enumerate(row)}
    return {plain: row}

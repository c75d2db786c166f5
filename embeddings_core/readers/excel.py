"""Excel workbooks (.xlsx): the first sheet that holds something."""

from __future__ import annotations

import io
import warnings
import zipfile
from typing import Any

from ..errors import CoreError, InputError
from ..plugins import Need, ReaderSpec
from ..progress import phase
from ..space import Progress
from .cuts import ALL, Cut
from .limits import check_cells
from .loaded import Loaded
from .tables import from_rows
from .zips import check_members

SPEC = ReaderSpec("excel", "Excel workbook", (".xlsx",), (Need("openpyxl", "openpyxl"),))
_OFTEN = 500  # rows between two reports of how far it is
_WORKBOOK = "xl/workbook.xml"


def recognizes(raw: bytes) -> bool:
    """Whether `raw` is a zip file with a workbook in it."""
    if not raw.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            return _WORKBOOK in file.namelist()
    except Exception:  # whatever a damaged zip makes zipfile raise
        return False


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The first sheet with cells; its first filled row is the header, formulas are the values last computed.

    Raises InputError when it cannot be read, unpacks to too much, or no sheet holds anything.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            check_members(file.infolist(), name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and extensions, which are not read
            book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            return _first(book, name, cut, progress)
    except CoreError:
        raise
    except Exception as error:  # a damaged workbook makes openpyxl raise almost anything
        raise InputError(
            f"{name} cannot be read as an Excel workbook: {str(error)[:200].rstrip('.')}.",
            "Save it again as .xlsx or as CSV.",
        ) from error


def _first(book: Any, name: str, cut: Cut, progress: Progress | None) -> Loaded:
    sheets = book.worksheets
    for sheet in sheets:
        rows = _rows(sheet, name, phase(progress, 0, 0.9))
        if rows:
            others = len(sheets) - 1
            notes = [f"Read the sheet {sheet.title!r}, the first of {len(sheets)} that is not empty."] if others else []
            return from_rows(name, rows[0], rows[1:], notes, cut=cut)
    raise InputError(f"No sheet of {name} holds anything.", "Bring a sheet with a header and rows.")


def _rows(sheet: Any, name: str, progress: Progress) -> list[tuple[Any, ...]]:
    """The rows from the first filled one to the last."""
    total = int(sheet.max_row or 0)  # as the file says
    sheet.reset_dimensions()  # what the file says of its size may be wrong, and then costs hours
    rows: list[tuple[Any, ...]] = []
    cells, filled = 0, 0
    for place, row in enumerate(sheet.iter_rows(values_only=True)):
        if place % _OFTEN == 0:
            progress(place, max(place, total))
        cells += len(row) + 1
        check_cells(name, cells)
        if any(cell is not None for cell in row):
            rows.append(_trimmed(row))
            filled = len(rows)
        elif rows:
            rows.append(())
    return _even(rows[:filled])


def _trimmed(row: tuple[Any, ...]) -> tuple[Any, ...]:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return row[:width]


def _even(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Rows with a header as wide as the widest of them."""
    if rows:
        rows[0] += (None,) * (max(map(len, rows)) - len(rows[0]))
    return rows

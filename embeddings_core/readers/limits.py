"""How much of anything is read: enough for what an embedding map can show, little enough for memory."""

from __future__ import annotations

from ..errors import InputError, TooManyRows

FILE_BYTES = 500_000_000
"""The largest file."""
UNPACKED_BYTES = 2_000_000_000
"""What a zip, or a packed table, may hold in all."""
RATIO = 200
"""How many times larger than packed a member of a zip may be, when it is larger than RATIO_FREE bytes."""
RATIO_FREE = 20_000_000
ROWS = 1_000_000
COLUMNS = 1_000
CELLS = 50_000_000
CELL = 100_000
"""Characters of one cell; what is longer is cut."""
CHARACTERS = 1_000_000_000
"""Characters of all cells of a column together."""


def check_size(name: str, size: int) -> None:
    """Raises InputError for a file that is too large or empty."""
    if size > FILE_BYTES:
        raise InputError(
            f"{name} has {megabytes(size)}; at most {megabytes(FILE_BYTES)} can be read at once.",
            "Split it, or bring a sample of it.",
        )
    if size == 0:
        raise InputError(f"{name} is empty: it has 0 bytes.", "Bring a file with content.")


def check_rows(name: str, rows: int) -> None:
    """Raises TooManyRows for more rows than are read."""
    if rows > ROWS:
        raise too_many(name, rows, f"at most {ROWS:,} can be read at once")


def too_many(name: str, rows: int, why: str) -> TooManyRows:
    """The error that offers a part of the rows."""
    return TooManyRows(
        f"{name} has {rows:,} rows; {why}.",
        "Read the first of them, or a fair sample (in a notebook: limit=, or sample= and seed=).",
        rows,
    )


def check_cells(name: str, cells: int) -> None:
    """Raises InputError for a table that would not fit in memory."""
    if cells > CELLS:
        raise InputError(f"{name} has more than {CELLS:,} cells.", "Bring fewer columns, or a sample of the rows.")


def megabytes(size: int) -> str:
    """A number of bytes for people."""
    return f"{size / 1e6:,.0f} MB" if size >= 1e6 else f"{size:,} bytes"

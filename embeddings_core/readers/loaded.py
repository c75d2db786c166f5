"""What a reader returns: everything that was read, before anyone has said which column holds the texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..pictures import Picture
from ..space import Dataset, Floats, Item, Kind
from .guess import by_likelihood

SAMPLE = 100
"""Rows of a preview."""


@dataclass(frozen=True, eq=False)
class Preview:
    """What `Loaded.dataset` will do: of `rows` rows `empties` are left out and `kept` become items, of which
    `duplicates` repeat an earlier one. `sample` is the first rows, `notes` what was done while reading.
    """

    rows: int
    empties: int
    duplicates: int
    kept: int
    sample: pd.DataFrame
    notes: list[str]


@dataclass(frozen=True, eq=False)
class Loaded:
    """What was read. `table` has one row an item and every column that was found; `pictures` (kind "image")
    and `vectors` (n, d) float32 (kind "vector") lie beside it.

    `notes` are plain sentences on what was done; `skipped` names what could not be read, and why.
    """

    name: str
    kind: Kind
    table: pd.DataFrame
    pictures: list[Picture] = field(default_factory=list)
    vectors: Floats | None = None
    notes: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    _previews: dict[str | None, Preview] = field(default_factory=dict, init=False, repr=False)

    def text_columns(self) -> list[str]:
        """The columns that may hold the texts, the likeliest first."""
        return self._likely if self.kind == "text" else []

    @property
    def guess(self) -> str | None:
        """The column that most likely holds the texts, None where none does."""
        return next(iter(self.text_columns()), None)

    def preview(self, text: str | None = None) -> Preview:
        """What `dataset(text)` will do. Raises InputError where it would for want of a text column."""
        if text not in self._previews:
            self._previews[text] = self._preview(text)
        return self._previews[text]

    def dataset(self, text: str | None = None, keep: Sequence[str] | None = None, name: str | None = None) -> Dataset:
        """A Dataset of the column `text` (default: `guess`), or of the pictures or vectors.

        Rows without text are left out; repeated texts stay, each an item of its own. `keep` are the
        columns that become metadata, None is all; the text's own column is always there. Raises
        InputError when nothing is left, or a column is not there.
        """
        for column in keep or ():
            self._check(column)
        if self.kind != "text":
            table = self.table if keep is None else self.table[[*_unique(keep)]]
            table = table.reset_index(drop=True)
            return Dataset(name or self.name, self.kind, self._items(), table, vectors=self.vectors)
        text = self._text(text)
        wanted = {*self.table.columns} if keep is None else {*keep, text}
        texts = as_texts(self.table[text])
        rows = [row for row, value in enumerate(texts) if not blank(value)]
        if not rows:
            others = [column for column in self.text_columns() if column != text]
            hint = f"Choose another column: {_listed(others)}." if others else "Bring data with at least one text."
            raise InputError(f"All {len(texts):,} rows of column {text!r} are empty.", hint)
        items = [texts[row] for row in rows]
        metadata = self.table[[column for column in self.table.columns if column in wanted]].iloc[rows]
        metadata = metadata.reset_index(drop=True)
        metadata[text] = pd.Series(items, dtype="str")  # what is encoded and what is shown are the same
        return Dataset(name or self.name, "text", items, metadata, text)

    @cached_property
    def _likely(self) -> list[str]:
        return by_likelihood(self.table)

    def _items(self) -> Sequence[Item]:
        return self.pictures if self.vectors is None else list(self.vectors)

    def _preview(self, text: str | None) -> Preview:
        sample = self.table.head(SAMPLE)
        if self.kind != "text":
            different = {picture.digest for picture in self.pictures} if self.kind == "image" else self._rows()
            n = len(self.table)
            return Preview(n, 0, n - len(different), n, sample, self.notes)
        texts = as_texts(self.table[self._text(text)])
        kept = [value for value in texts if not blank(value)]
        return Preview(len(texts), len(texts) - len(kept), len(kept) - len(set(kept)), len(kept), sample, self.notes)

    def _rows(self) -> set[bytes]:
        return {row.tobytes() for row in np.ascontiguousarray(self.vectors)}

    def _text(self, text: str | None) -> str:
        text = text if text is not None else self.guess
        if text is None:
            raise InputError(
                f"{self.name} has no column with text.",
                f"Choose one of its columns all the same: {_listed(self.table.columns)}.",
            )
        self._check(text)
        return text

    def _check(self, column: str) -> None:
        if column not in self.table.columns:
            raise InputError(
                f"{self.name} has no column {column!r}.", f"Its columns: {_listed(self.table.columns) or 'none'}."
            )


def as_texts(column: pd.Series[Any]) -> list[str]:
    """Any column as texts, "" where there is none."""
    return ["" if missing else str(value) for value, missing in zip(column.tolist(), column.isna(), strict=True)]


def blank(text: str) -> bool:
    """Whether nothing can be seen of a text."""
    return not text or text.isspace() or not text.strip().strip("\u200b\u2060\ufeff")


def _unique(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _listed(names: Sequence[Any] | pd.Index[Any]) -> str:
    shown = ", ".join(str(name) for name in names[:20])
    return shown + (f" and {len(names) - 20:,} more" if len(names) > 20 else "")

"""What a reader returns: everything that was read, before anyone has said what an item is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..media import Media
from ..space import Dataset, Floats, Ints, Item, Kind
from .cuts import Cut
from .guess import by_likelihood, cells_of, looks_like_text
from .rowwise import as_rows, row_columns

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
    """What was read. `table` has one row an item and every column that was found; `media` (pictures of kind
    "image", sounds of kind "sound") and `vectors` (n, d) float32, if any came with the items, lie beside it.

    `kind` is what an item is unless someone says otherwise. `notes` are plain sentences on what was done;
    `skipped` names what could not be read, and why. `split` reads the same text as passages, where that is another
    way to look at it; `fixed` says that an item is what `kind` says and nothing else.
    """

    name: str
    kind: Kind
    table: pd.DataFrame
    media: Sequence[Media] = ()
    vectors: Floats | None = None
    notes: list[str] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    split: Callable[[], Loaded] | None = None
    fixed: bool = False
    _previews: dict[Any, Preview] = field(default_factory=dict, init=False, repr=False)

    def text_columns(self) -> list[str]:
        """The columns that may hold the texts, the likeliest first."""
        return [] if self.media else self._likely

    def row_columns(self) -> list[str]:
        """The columns that make up a row as an item: numbers, truths and categories; all where there is none."""
        return list(self._rows)

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """What an item can be, the likeliest first: of pictures and sounds only that; of a table a text, a row of
        it, or its ready vector."""
        if self.media or self.fixed:
            return (self.kind,)
        ready: list[Kind] = [] if self.vectors is None else ["vector"]
        rows: list[Kind] = ["row"] if self.table.shape[1] > 1 else []
        if self.guess is None:
            return tuple([*ready, *rows] or [self.kind])
        sure = looks_like_text(self.guess, cells_of(self.table[self.guess]))
        return tuple(["text", *ready, *rows] if sure else [*ready, *rows, "text"])

    @property
    def guess(self) -> str | None:
        """The column that most likely holds the texts, None where none does."""
        return next(iter(self.text_columns()), None)

    def preview(
        self, text: str | None = None, *, kind: Kind | None = None, rows: Sequence[str] | None = None
    ) -> Preview:
        """What `dataset` will do, given the same. Raises InputError where it would for want of a text column."""
        key = (text, kind, None if rows is None else tuple(rows))
        if key not in self._previews:
            self._previews[key] = self._preview(*self._items(text, kind, rows)[1:])
        return self._previews[key]

    def dataset(
        self,
        text: str | None = None,
        keep: Sequence[str] | None = None,
        name: str | None = None,
        *,
        kind: Kind | None = None,
        rows: Sequence[str] | None = None,
    ) -> Dataset:
        """A Dataset of what `kind` says: the texts of the column `text` (default: `guess`), rows made of the columns
        `rows` (default: `row_columns`), ready vectors, pictures or sounds.

        Rows without text, or without any cell, are left out; repeated ones stay, each an item of its own. `keep`
        are the columns that become metadata, None is all; the text's own column is always there. Raises InputError
        when nothing is left, or a column is not there.
        """
        for column in keep or ():
            self._check(column)
        kind, items, places = self._items(text, kind, rows)
        text = self._text(text) if kind == "text" else None
        if not len(places):
            raise self._nothing(text)
        wanted = {*self.table.columns} if keep is None else {*keep, text}
        metadata = self.table[[column for column in self.table.columns if column in wanted]]
        if keep is not None and text is None:
            metadata = metadata[list(dict.fromkeys(keep))]
        metadata = metadata.iloc[places].reset_index(drop=True)
        if text is not None:
            metadata[text] = pd.Series(
                [str(item) for item in items], dtype="str"
            )  # what is encoded and what is shown are the same
        vectors = None if self.vectors is None else self._part(self.vectors, places)
        return Dataset(name or self.name, kind, items, metadata, text, vectors=vectors)

    def cut(self, cut: Cut) -> Loaded:
        """The first rows, or a fair sample of them, with a note; everything where `cut` asks for that."""
        places = cut.rows(self.name, len(self.table))
        if places is None:
            return self
        return replace(self.take(places), notes=[*self.notes, *cut.notes(len(self.table))])

    def take(self, places: Ints) -> Loaded:
        """The rows at `places` (m,), in that order."""
        return replace(
            self,
            table=self.table.iloc[places].reset_index(drop=True),
            media=[self.media[place] for place in places.tolist()] if self.media else (),
            vectors=None if self.vectors is None else self.vectors[places],
        )

    @cached_property
    def _rows(self) -> list[str]:
        return row_columns(self.table)

    @cached_property
    def _likely(self) -> list[str]:
        return by_likelihood(self.table)

    def _items(
        self, text: str | None, kind: Kind | None, rows: Sequence[str] | None
    ) -> tuple[Kind, Sequence[Item], Ints]:
        """What items are, the items, and which rows of the table they are."""
        kind = kind or ("row" if rows is not None else "text" if text is not None and not self.media else self.kind)
        everything = np.arange(len(self.table), dtype=np.int64)
        if self.media and kind == self.kind:
            return kind, self.media, everything
        if kind == "vector" and self.vectors is not None:
            return kind, list(self.vectors), everything
        if kind not in ("text", "row") or self.media:
            raise InputError(f"{self.name} has no {kind} items.", f"Its items can be: {', '.join(self.kinds)}.")
        found: Sequence[Any]
        if kind == "row":
            columns = list(rows) if rows is not None else self.row_columns()
            for column in columns:
                self._check(column)
            found = as_rows(self.table[columns])
            filled = [any(value is not None for _, value in row.cells) for row in found]
        else:
            found = as_texts(self.table[self._text(text)])
            filled = [not blank(value) for value in found]
        places = np.flatnonzero(filled)
        return kind, [found[place] for place in places.tolist()], places

    def _part(self, vectors: Floats, places: Ints) -> Floats:
        return vectors if len(places) == len(vectors) else vectors[places]

    def _preview(self, items: Sequence[Any], places: Ints) -> Preview:
        different = {_identity(item) for item in items}
        n, kept = len(self.table), len(places)
        return Preview(n, n - kept, kept - len(different), kept, self.table.head(SAMPLE), self.notes)

    def _nothing(self, text: str | None) -> InputError:
        if text is None:
            return InputError(f"All {len(self.table):,} rows of {self.name} are empty.", "Choose other columns.")
        others = [column for column in self.text_columns() if column != text]
        hint = f"Choose another column: {_listed(others)}." if others else "Bring data with at least one text."
        return InputError(f"All {len(self.table):,} rows of column {text!r} are empty.", hint)

    def _text(self, text: str | None) -> str:
        text = text if text is not None else self.guess
        if text is None:
            raise InputError(
                f"{self.name} has no column with text.",
                f"Choose one of its columns all the same: {_listed(self.table.columns)}. Or bring whole rows as items.",
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


def _identity(item: Any) -> Any:
    """What two equal items have in common."""
    if isinstance(item, Media):
        return item.digest
    return item.tobytes() if isinstance(item, np.ndarray) else item


def _listed(names: Sequence[Any] | pd.Index[Any]) -> str:
    shown = ", ".join(str(name) for name in names[:20])
    return shown + (f" and {len(names) - 20:,} more" if len(names) > 20 else "")

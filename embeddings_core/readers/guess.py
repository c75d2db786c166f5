"""Which column holds the texts: by its name, and by how its cells look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pandas as pd


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TEXT = _words(
    "text texts body content contents sentence sentences review reviews message messages msg comment comments "
    "description descriptions document documents doc abstract summary question answer tweet post paragraph passage "
    "prompt utterance transcript caption story article feedback lyrics quote"
)
_TITLE = _words("title titles headline subject name label query phrase line lines word words term string")
_OTHER = _words(
    "id ids uuid guid key hash url uri link href path file filename image date time timestamp created updated lang "
    "language code type category categories class count number email phone author user username source topic tag "
    "tags status folder license"
)
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_LOOK = 1_000  # cells of a column that are looked at
_TEXTS = 2.0  # the score of short texts that are all different and say nothing by their column's name


def by_likelihood(table: pd.DataFrame) -> list[str]:
    """The columns that hold text, the one that most likely holds the texts first."""
    scores = {}
    for position, name in enumerate(table.columns):
        column = table.iloc[:, position]
        if pd.api.types.is_string_dtype(column.dtype) or column.dtype == object:
            scores[str(name)] = score(str(name), cells_of(column))
    return sorted(scores, key=lambda name: -scores[name])


def cells_of(column: pd.Series[Any]) -> list[str]:
    """Cells from all over a column, at most so many that looking at them takes no time."""
    step = max(1, len(column) // _LOOK)
    return [str(cell) for cell in column.iloc[::step][:_LOOK].dropna()]


def looks_like_text(name: str, cells: Sequence[str]) -> bool:
    """Whether a column rather holds texts than categories or ids."""
    return score(name, cells) >= _TEXTS


def score(name: str, cells: Sequence[str]) -> float:
    """How much a column looks as if it held the texts; only the order of scores means anything."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return -10.0
    length = sum(min(len(cell), 300) for cell in filled) / len(filled)
    spaced = sum(" " in cell.strip() for cell in filled) / len(filled)
    unique = len(set(filled)) / len(filled)
    return by_name(name) + 2 * min(1.0, length / 100) + spaced + unique + len(filled) / len(cells)


def by_name(name: str) -> float:
    """What a column's name alone says: its last word counts most ("review_id" is an id)."""
    words = [word.lower() for word in _WORD.findall(name)]
    if not words:
        return 0.0
    if words[-1] in _OTHER:
        return -1.5
    for known, points in ((_TEXT, 2.0), (_TITLE, 0.5)):
        if words[-1] in known:
            return points
        if known.intersection(words):
            return points / 2
    return 0.0

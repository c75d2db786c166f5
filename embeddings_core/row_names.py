"""Names for groups of rows: which columns set a group apart from all others."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .encoders.rows import Categories, Cell, FittedRows, RowEncoder, columns_of, rows_of
from .space import Dataset, Ints

Scores = npt.NDArray[np.float64]
LEAST = 0.4
"""How far a group must be from all rows to be named by it, in standard deviations of a column."""


def columns_apart(data: Dataset, labels: Ints, groups: int) -> list[list[str]]:
    """What sets each group of rows apart, the strongest first: "high price", "color red"; `labels` is (n,), with -1
    for none.

    A number tells by the mean of its standard scores in the group, a category by its share there against its share
    among all, in standard deviations of belonging to it.
    """
    table = columns_of(rows_of(data))
    learned = RowEncoder("standard", 1.0).fit(data)
    members = np.stack([labels == group for group in range(groups)]) if groups else np.zeros((0, len(data)), bool)
    found: list[list[tuple[float, str]]] = [[] for _ in range(groups)]
    for words, scores in _scored(learned, table):
        means = (members @ scores) / np.maximum(members.sum(axis=1), 1)[:, None]
        for group, row in enumerate(means):
            for (low, high), score in zip(words, row.tolist(), strict=True):
                word = high if score > 0 else low
                if word and abs(score) >= LEAST:
                    found[group].append((abs(score), word))
    return [[word for _, word in sorted(words, key=lambda pair: (-pair[0], pair[1]))] for words in found]


def _scored(learned: FittedRows, table: dict[str, list[Cell]]) -> Iterator[tuple[list[tuple[str, str]], Scores]]:
    """For each column what to call less and more than usual of each of its scores, and the scores (n, k)."""
    for column in learned.columns:
        cells = table[column.name]
        if isinstance(column, Categories):
            shares = np.array(column.shares[:-1])
            spread = np.sqrt(shares * (1 - shares))
            apart = column.encode(cells)[:, :-1] / (column.weight or 1)  # 1 or 0 for each value, less its share
            words = [("", f"{column.name} {value}" if value else "") for value in column.values]
            yield words, apart / np.where(spread > 0, spread, 1)
        else:
            yield [(f"low {column.name}", f"high {column.name}")], column.encode(cells)[:, :1]

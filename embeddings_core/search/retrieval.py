"""Query sets: questions whose answers are known, and how well a space finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..errors import InputError
from ..filters import Filter, Mask, staying
from ..metadata import series
from ..neighbors import check
from ..queries import asked
from ..space import Dataset, Floats, Ints, Metric, Progress, Space
from ..store import Store
from . import DEPTH, Mode, by_meaning, by_words, check_mode, fused
from .keywords import words

GAINED = 10
"""Places that nDCG counts."""
RESAMPLES = 2_000
SHOWN = 60  # characters of a value in a message

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class QuerySet:
    """Queries, and for each one the items that answer it, with a grade above 0: the higher, the better. `named` says
    in words what the answers named the items by, where they were read from a table."""

    queries: tuple[str, ...]
    answers: tuple[Mapping[int, float], ...]
    named: str = ""

    def __post_init__(self) -> None:
        if not self.queries or len(self.queries) != len(self.answers):
            raise InputError(
                f"There are {len(self.queries)} queries and {len(self.answers)} answers.",
                "Bring at least one query, and for each one what answers it.",
            )
        without = [
            q for q, right in zip(self.queries, self.answers, strict=True) if not any(g > 0 for g in right.values())
        ]
        if without:
            raise InputError(
                f"{len(without)} of {len(self.queries)} queries have no answer with a grade above 0, first "
                f"{without[0][:SHOWN]!r}.",
                "Take them out: nothing can be found for them.",
            )


@dataclass(frozen=True)
class Mean:
    """A mean over queries or items, and its 95% interval; NaN for the ends where there is one query."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Judgment:
    """How well each of q queries was answered, and the means.

    `found` (q, k) are the items found, -1 where there were fewer. `places` (q,) are where the first right answer
    stands, from 1, 0 where it is not among the first 1,000. `recalls` (q,) are the shares of the right answers among
    the first k, `reciprocals` 1 / place or 0, `gains` nDCG@10. `recall`, `mrr` and `ndcg` are their means.
    """

    queries: tuple[str, ...]
    k: int
    found: Ints
    places: Ints
    recalls: Doubles
    reciprocals: Doubles
    gains: Doubles
    recall: Mean
    mrr: Mean
    ndcg: Mean


def judge(
    space: Space,
    queries: QuerySet,
    k: int = 10,
    mode: Mode = "semantic",
    where: Filter | Mask | None = None,
    metric: Metric = "cosine",
    *,
    seed: int = 0,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Judgment:
    """Search `space` for every query, as `search` does, and compare with the known answers.

    recall@k; MRR (Voorhees 1999), the mean reciprocal rank of the first right answer; nDCG@10 (Järvelin and
    Kekäläinen 2002, doi:10.1145/582415.582418) with the grade as gain and the discount log2(1 + place), as trec_eval
    has it. Intervals are percentiles of 2,000 seeded bootstrap resamples of the queries. A query that nothing can be
    found for counts 0. `progress` counts queries. Raises InputError, ParameterError.
    """
    check_mode(mode)
    check(k, metric)
    for item in (item for answers in queries.answers for item in answers if not 0 <= item < len(space)):
        raise InputError(f"Item {item} is an answer, but there is none.", f"Items are numbered 0 to {len(space) - 1}.")
    rows, depth = staying(space.dataset, where), max(k, DEPTH)
    compared, vectors = _encoded(space, queries.queries, store, progress) if mode != "keyword" else (space, None)
    found: list[Ints] = []
    for done, query in enumerate(queries.queries):
        if progress:
            progress(done, len(queries.queries))
        lists = []
        if vectors is not None:
            lists.append(by_meaning(compared, vectors[done], depth, metric, rows))
        if mode != "semantic":
            lists.append(by_words(space.dataset, words(query), depth, rows))
        found.append((fused(lists, depth) if len(lists) > 1 else lists[0])[0])
    pairs = list(zip(found, queries.answers, strict=True))
    places = np.array([_first(items, answers) for items, answers in pairs], dtype=np.int64)
    recalls = np.array([np.isin(list(answers), items[:k]).mean() for items, answers in pairs])
    reciprocals = np.divide(1, places, out=np.zeros(len(places)), where=places > 0)
    gains = np.array([_ndcg(items, answers) for items, answers in pairs])
    resampled = np.random.default_rng(seed).integers(len(pairs), size=(RESAMPLES, len(pairs)))
    means = [_mean(values, resampled) for values in (recalls, reciprocals, gains)]
    first = np.stack([np.pad(items[:k], (0, k - len(items[:k])), constant_values=-1) for items in found])
    return Judgment(queries.queries, k, first, places, recalls, reciprocals, gains, *means)


def _encoded(
    space: Space, queries: Sequence[str], store: Store | None, progress: Progress | None
) -> tuple[Space, Floats]:
    """The queries as vectors (q, d), encoded together, and the Space to look in."""
    from ..encoders import encode_items, for_queries

    compared = asked(space, queries[0], store=store).space
    return compared, encode_items(for_queries(compared), queries, store=store, progress=progress)


def query_set(
    dataset: Dataset, table: pd.DataFrame, *, query: str = "query", answer: str = "answer", grade: str = "grade",
    id: str | None = None,
) -> QuerySet:  # fmt: skip
    """The query set of a `table`: in each row a query, one answer of `dataset` to it, and perhaps a grade (default 1).

    A query with several answers has several rows. An answer is an item's value in the metadata column `id`, if that is
    given; otherwise whichever of these all answers are: texts of items, their numbers from 0, or values in one column,
    the first that has them all. Several items of the same text or value are answers all. A grade of 0 or below is no
    answer. Raises InputError, which names the row.
    """
    for column in (query, answer):
        if column not in table:
            listed = ", ".join(repr(str(name)[:SHOWN]) for name in table)
            raise InputError(
                f"There is no column {column!r} in the queries.", f"Columns: {listed or 'none'}. Name query and answer."
            )
    texts = [_text(value) for value in table[query]]
    grades = _grades(table[grade]) if grade in table else np.ones(len(table))
    known, named = _resolved(dataset, [_text(value) for value in table[answer]], id)
    answers: dict[str, dict[int, float]] = {}
    for row, (text, items, value) in enumerate(zip(texts, known, grades.tolist(), strict=True), 1):
        if not text:
            raise InputError(f"The query in row {row} is empty.", "Fill it, or take the row out.")
        right = answers.setdefault(text, {})
        right.update({item: max(value, right.get(item, 0)) for item in items if value > 0})
    return QuerySet(tuple(answers), tuple(answers.values()), named)


def query_lines(lines: str) -> pd.DataFrame:
    """The table of queries that `lines` are: a query, its answer and perhaps a grade, between them a tab, as copied
    from a spreadsheet, or " | ". Empty lines and a header are left out. Raises InputError, which names the line."""
    rows = []
    for number, line in enumerate(lines.splitlines(), 1):
        if not line.strip():
            continue
        cells = [cell.strip() for cell in line.split("\t" if "\t" in line else " | ")]
        if not 2 <= len(cells) <= 3:
            raise InputError(
                f"Line {number} is not a query and its answer: {line.strip()[:SHOWN]!r}.",
                'Put a tab or " | " between the two, and a grade behind them if you like.',
            )
        rows.append(cells)
    if rows and [cell.casefold() for cell in rows[0][:2]] == ["query", "answer"]:
        rows.pop(0)
    if not rows:
        raise InputError("There is no query in these lines.", "Write a query and its answer in each.")
    return pd.DataFrame([[*row, "1"][:3] for row in rows], columns=["query", "answer", "grade"])


def _resolved(dataset: Dataset, answers: Sequence[str], id: str | None) -> tuple[list[list[int]], str]:
    """The items that each answer names, and in words by what."""
    if "" in answers:
        raise InputError(f"The answer in row {answers.index('') + 1} is empty.", "Fill it, or take the row out.")
    columns = [column for column in map(str, dataset.metadata) if column != dataset.text] if id is None else [id]
    missed: list[tuple[list[int], str]] = []
    for column in [*(["", None] if id is None else []), *columns]:
        places, named = _named(dataset, column)
        found = [places.get(" ".join(text.split()), []) for text in answers]
        if all(found):
            return found, named
        missed.append(([row for row, items in enumerate(found) if not items], named))
    rows, named = min(missed, key=lambda each: len(each[0]))  # what was meant, most likely
    more = f", and {len(rows) - 1:,} more" if len(rows) > 1 else ""
    raise InputError(
        f"No item has {answers[rows[0]][:SHOWN]!r} as its {named}: the answer in row {rows[0] + 1}{more}.",
        f"An answer is an item's text, its number, 0 to {len(dataset) - 1}, or its value in a metadata column.",
    )


def _named(dataset: Dataset, column: str | None) -> tuple[dict[str, list[int]], str]:
    """The items of each name, and in words what the names are: their values in a `column`, with "" their texts, with
    None their numbers."""
    if column is None:
        return {str(item): [item] for item in range(len(dataset))}, "number, from 0"
    values = series(dataset, column).map(_text) if column else dataset.captions
    places: dict[str, list[int]] = {}
    for item, value in enumerate(values):
        places.setdefault(" ".join(value.split()), []).append(item)
    return places, f"value in column {column!r}" if column else "text"


def _grades(values: pd.Series[Any]) -> Doubles:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    for row in np.flatnonzero(~np.isfinite(numbers)):
        raise InputError(
            f"The grade in row {row + 1} is {str(values.iloc[row])[:SHOWN]!r}.", "A grade is a number, such as 0, 1, 2."
        )
    return numbers


def _text(value: Any) -> str:
    """A cell as text; a whole number without its point, which a gap in the column gives it."""
    if pd.isna(value):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def _first(items: Ints, answers: Mapping[int, float]) -> int:
    right = np.flatnonzero(np.isin(items, list(answers)))
    return int(right[0]) + 1 if len(right) else 0


def _ndcg(items: Ints, answers: Mapping[int, float]) -> float:
    def gain(grades: Sequence[float]) -> float:
        return float((np.array(grades[:GAINED]) / np.log2(np.arange(2, 2 + len(grades[:GAINED])))).sum())

    return gain([answers.get(item, 0.0) for item in items.tolist()]) / gain(sorted(answers.values(), reverse=True))


def _mean(values: Doubles, resampled: Ints) -> Mean:
    if len(values) < 2:
        return Mean(float(values.mean()), float("nan"), float("nan"))
    low, high = np.percentile(values[resampled].mean(axis=1), [2.5, 97.5])
    return Mean(float(values.mean()), float(low), float(high))

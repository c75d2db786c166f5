"""The table's rows: which items are in it, in which order, and what a page of them says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given
from hypothesis import strategies as some

import components.rows as rows_module
from components.panels.table import payload, with_changes, with_range
from components.published import made
from components.rows import COLUMNS, columns, left_out, listed, page_of_rows
from embeddings_core import Dataset, InputError
from embeddings_core.filters import Filter
from embeddings_core.selections import History, pack, unpack

N = 250


def data() -> Dataset:
    """250 texts with a number, a date that is sometimes missing, and a category."""
    numbers = [(i * 37) % N / 2 for i in range(N)]
    dates = [None if i % 5 == 0 else pd.Timestamp("2024-01-01") + pd.Timedelta(days=i) for i in range(N)]
    return make_texts([f"text {i}" for i in range(N)], score=numbers, day=dates, topic=["a", "B"] * (N // 2))


DATA = data()


def page(wanted: Filter | None = None, within: bytes | None = None, **asked: object) -> dict[str, Any]:
    return page_of_rows(DATA, wanted or Filter(), within, {name: str(value) for name, value in asked.items()})


def items(found: dict[str, Any]) -> list[int]:
    return [row["item"] for row in found["rows"]]


def test_a_page_holds_the_rows_in_the_order_of_the_data() -> None:
    found = page()
    assert (found["total"], found["offset"], items(found)) == (N, 0, list(range(100)))
    assert items(page(offset=200)) == list(range(200, N))
    assert items(page(offset=7, count=3)) == [7, 8, 9]
    assert page(offset=N)["rows"] == []


def test_cells_are_plain_texts_as_the_columns_tell() -> None:
    assert [column["name"] for column in columns(DATA)] == ["Text", "score", "day", "topic"]
    assert [column["number"] for column in columns(DATA)] == [False, True, False, False]
    assert [row["cells"] for row in page(count=2)["rows"]] == [
        ["text 0", "0", "", "a"],
        ["text 1", "18.5", "2024-01-02", "B"],
    ]


def test_long_and_broken_texts_can_be_sent() -> None:
    dataset = make_texts(["x" * 1000, "<b>"], more=[["a", 1], "a\ud800"], rest=[None, True])
    cells = [row["cells"] for row in page_of_rows(dataset, Filter(), None, {})["rows"]]
    assert cells == [["x" * 199 + "…", "['a', 1]", ""], ["<b>", "a\ufffd", "True"]]


@pytest.mark.parametrize("descending", ["", "1"])
def test_sorted_rows_go_by_their_values_and_missing_ones_come_last(descending: str) -> None:
    found = [row["cells"][1] for row in page(sort="score", descending=descending, count=200)["rows"]]
    assert [*map(float, found)] == sorted(map(float, found), reverse=bool(descending))
    last = page(sort="day", descending=descending, offset=200)
    assert {row["cells"][2] for row in last["rows"]} == {""}


# N bits as one whole number: hundreds of truths drawn one by one are slow on a loaded machine
SOME_ITEMS = some.integers(0, 2**N - 1).map(lambda bits: [bool(bits >> item & 1) for item in range(N)])


@given(
    some.none() | SOME_ITEMS,
    some.sampled_from(
        [Filter(), Filter("text 1"), Filter(ranges={"score": (10, 90)}), Filter(values={"topic": ("a",)})]
    ),
    some.sampled_from(["", "score", "day", "topic", "text"]),
    some.booleans(),
)
def test_what_is_listed_is_what_passes_and_is_selected_in_its_order(
    chosen: list[bool] | None, wanted: Filter, sort: str, descending: bool
) -> None:
    mask = None if chosen is None else np.array(chosen)
    rows = listed(DATA, wanted, None if mask is None else pack(mask), sort, descending)
    stay = rows_module.matches(DATA, wanted) & (True if mask is None else mask)
    whole = listed(DATA, Filter(), None, sort, descending)
    assert rows.tolist() == [item for item in whole.tolist() if stay[item]]


def test_the_page_of_an_item_is_the_one_that_holds_it() -> None:
    for item in (0, 99, 100, 249):
        found = page(sort="score", descending=1, about=item)
        assert found["offset"] % 100 == 0
        assert items(found)[found["place"] - found["offset"]] == item
    gone = page(Filter(values={"topic": ("a",)}), about=1)
    assert (gone["place"], gone["offset"], items(gone)[:2]) == (None, 0, [0, 2])


@pytest.mark.parametrize(
    "asked",
    [
        {"offset": "-1"}, {"offset": "x"}, {"offset": "9" * 5000}, {"offset": "1.5"}, {"count": "0"}, {"count": "201"},
        {"about": "-1"}, {"about": str(N)}, {"about": ""}, {"sort": "nothing"},
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_told(asked: dict[str, str]) -> None:
    with pytest.raises(InputError):
        page_of_rows(DATA, Filter(), None, asked)


def test_nothing_is_sorted_or_filtered_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, asked = data(), []
    real = rows_module.matches

    def counted(*given: Any) -> Any:
        asked.append(given)
        return real(*given)

    monkeypatch.setattr(rows_module, "matches", counted)
    for offset in ("0", "100", "0"):
        page_of_rows(dataset, Filter("text"), b"\xff" * 32, {"sort": "score", "offset": offset})
    assert len(asked) == 1


def test_a_wide_table_shows_its_first_columns() -> None:
    dataset = make_texts(["a", "b"], **{f"c{i}": [i, i] for i in range(COLUMNS + 3)})
    assert len(columns(dataset)) == COLUMNS + 1
    assert left_out(dataset) == 3
    assert left_out(DATA) == 0


@pytest.mark.parametrize(("column", "sort"), [("title", "title"), ("other", "")])
def test_items_without_texts_are_sorted_by_the_column_that_names_them(column: str, sort: str) -> None:
    vectors = [np.ones(3, np.float32), np.zeros(3, np.float32)]
    dataset = Dataset("test", "vector", vectors, pd.DataFrame({column: ["b", "a"]}))
    assert columns(dataset)[0] == {"name": "Item", "sort": sort, "number": False}
    assert len(columns(dataset)) == (1 if sort else 2)


def test_a_rerun_sends_where_the_rows_are_and_what_is_marked() -> None:
    history = History(N)
    sent = payload(DATA, history, None, "")
    assert (sent["within"], sent["selection"], sent["picked"]) == ("", "", None)
    history.set(np.arange(N) % 3 == 0, "a test")
    sent, then = payload(DATA, history, 7, "x"), history.now
    history.undo()
    published = made.get(sent["within"])
    assert published is not None
    assert unpack(published.read(), N).tolist() == then.tolist()
    assert sent["selection"].endswith(sent["within"])
    assert (sent["picked"], sent["filter"], sent["items"]) == (7, "x", N)


def test_checks_change_the_selection() -> None:
    now = np.arange(N) < 3
    mask = with_changes(now, {"changes": [[0, False], [9, True], [9, True]]})
    assert np.flatnonzero(mask).tolist() == [1, 2, 9]
    assert np.flatnonzero(now).tolist() == [0, 1, 2]


def ranged(history: History, **more: object) -> list[int]:
    sent = {"from": 0, "to": 4, "on": True, "filter": "", "sort": "", "descending": False, "within": "", **more}
    return np.flatnonzero(with_range(DATA, history, sent)).tolist()


def test_a_range_is_what_lies_between_two_rows_in_their_order() -> None:
    history = History(N)
    assert ranged(history) == [0, 1, 2, 3, 4]
    assert ranged(history, **{"from": 4, "to": 2}) == [2, 3, 4]
    assert ranged(history, filter=Filter(values={"topic": ("B",)}).to_text()) == [1, 3, 5, 7, 9]
    first = [row["item"] for row in page(sort="score", descending=1, count=5)["rows"]]
    assert ranged(history, sort="score", descending=True) == sorted(first)


def test_a_range_of_what_is_selected_is_let_go() -> None:
    history = History(N)
    history.set(np.isin(np.arange(N), [10, 20, 30, 40]), "a test")
    assert ranged(history, **{"from": 1, "to": 2}, on=False, within=history.fingerprint) == [10, 40]
    # the table showed another selection
    assert ranged(history, **{"from": 1, "to": 2}, on=False, within="other") == [10, 20, 30, 40]


@pytest.mark.parametrize(
    "sent",
    [None, 3, {}, [], {"changes": 3}, {"changes": [3]}, {"changes": [["x", True], [-1, True], [N, True]]},
     {"changes": [[1]]}, {"from": -5, "to": 1}, {"from": "x", "to": 1}, {"from": float("inf"), "to": 1}],
)  # fmt: skip
def test_what_no_table_sends_changes_nothing(sent: Any) -> None:
    history = History(N)
    history.set(np.arange(N) < 9, "a test")
    full = (
        {"on": False, "filter": "", "sort": "", "descending": False, "within": "", **sent}
        if isinstance(sent, dict)
        else sent
    )
    assert with_changes(history.now, sent).tolist() == history.now.tolist()
    assert with_range(DATA, history, full).tolist() == history.now.tolist()
    assert ranged(history, filter="{") == ranged(history, sort="nothing") == list(range(9))

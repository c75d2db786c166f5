"""The Filter panel's payload: columns as the browser draws them, with ranges that let through just what a bar holds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from components.app_state import AppState
from components.panels import filters as panel
from components.published import datasets
from embeddings_core import Dataset
from embeddings_core.facets import facets
from embeddings_core.filters import Filter, matches

ODD = "<img src=x onerror=alert(1)>"


def data(**columns: Any) -> Dataset:
    frame = pd.DataFrame(columns)
    return Dataset("test", "vector", list(np.zeros((len(frame), 2), np.float32)), frame)


def table(n: int = 400) -> Dataset:
    rng = np.random.default_rng(3)
    price = rng.normal(size=n)
    price[::9] = np.nan
    return data(
        day=pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D"),
        author=[f"author {i}" for i in rng.integers(0, 150, n)],
        price=price,
        year=rng.integers(1900, 2000, n),
        **{ODD: rng.choice(["red", "green", None], n)},
    )


DATA = table()


def described(dataset: Dataset) -> dict[str, dict[str, Any]]:
    return {facet["column"]: facet for facet in panel.described(dataset)}


def test_few_values_come_first_then_numbers_dates_and_many_values() -> None:
    assert [facet["column"] for facet in panel.described(DATA)] == [ODD, "price", "year", "day", "author"]


def test_the_payload_is_json_that_tells_where_to_fetch_counts() -> None:
    sent = panel.payload(DATA, '{"words":"cat"}')
    assert json.loads(json.dumps(sent, allow_nan=False)) == sent
    assert sent["counts"] == f"/explorer/counts/{DATA.fingerprint}"
    assert (sent["dataset"], sent["items"], sent["filter"]) == (DATA.fingerprint, 400, '{"words":"cat"}')
    assert panel.payload(data(same=["a", "a"]))["facets"] == []


def test_a_category_has_its_values_and_how_often_they_occur() -> None:
    facet = described(DATA)[ODD]
    column = DATA.metadata[ODD]
    assert set(facet["values"]) == {"red", "green", ""}
    assert facet["values"][-1] == ""
    assert facet["all"] == [int((column == value).sum()) for value in facet["values"][:-1]] + [facet["missing"]]
    assert facet["missing"] == int(column.isna().sum())


def test_whole_numbers_have_whole_ends() -> None:
    spans = described(DATA)["year"]["spans"]
    assert all(end.is_integer() for span in spans for end in span)
    assert [low for low, _ in spans[1:]] == [high + 1 for _, high in spans[:-1]]
    assert spans[0][0] == DATA.metadata["year"].min()


def check_spans(dataset: Dataset) -> None:
    for facet in panel.described(dataset):
        for (low, high), count in zip(facet.get("spans", ()), facet["all"], strict=False):
            stay = matches(dataset, Filter(ranges={facet["column"]: (low, high)}))
            assert int(stay.sum()) == count


def test_a_bar_lets_through_just_what_it_counts() -> None:
    check_spans(DATA)


@settings(max_examples=100)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=12, max_size=60, unique=True))
def test_a_bar_of_any_numbers_lets_through_just_what_it_counts(numbers: list[float]) -> None:
    check_spans(data(x=numbers))


@settings(max_examples=100)
@given(st.lists(st.integers(-(10**6), 10**6), min_size=12, max_size=60, unique=True))
def test_a_bar_of_whole_numbers_lets_through_just_what_it_counts(numbers: list[int]) -> None:
    check_spans(data(x=numbers))


def test_all_columns_are_described() -> None:
    assert set(described(DATA)) == {facet.column for facet in facets(DATA)}


def run() -> None:
    from tests.app.test_filters_panel import DATA, panel

    panel.filters_panel(DATA)


def test_the_panel_publishes_its_data_and_draws() -> None:
    app = AppTest.from_function(run).run()
    assert not app.exception
    assert datasets.get(DATA.fingerprint) is not None


@pytest.mark.parametrize(
    ("sent", "kept"),
    [('{"words":"cat"}', '{"words":"cat"}'), ("nonsense", "before"), (None, "before"), (7, "before")],
)
def test_what_is_no_filter_changes_nothing(sent: object, kept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    state, drawn = AppState(filter="before"), {}
    monkeypatch.setattr(panel, "get_state", lambda: state)
    monkeypatch.setattr(panel, "heard", lambda key, name: sent)
    monkeypatch.setattr(panel, "_component", lambda: lambda **given: drawn.update(given))
    panel.filters_panel(DATA)
    drawn["on_filtered_change"]()
    assert state.filter == kept
    assert drawn["key"] == "filters"


def test_the_script_is_one_module() -> None:
    script = panel.script()
    assert script.count("export default") == 1
    assert "innerHTML" not in script

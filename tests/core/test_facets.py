"""Facets: columns told apart, bars counted as plain pandas counts them, and the order of a table."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings_core.errors import InputError
from embeddings_core.facets import BINS, Facet, counts, crossfilter, facet_of, facets, order, prepared
from embeddings_core.filters import Filter, matches
from embeddings_core.metadata import MOST, as_texts, column_of
from embeddings_core.space import Dataset

ODD = "<img src=x onerror=alert(1)>"
FLOATS = st.none() | st.floats() | st.sampled_from([0.0, 1.0, 2.0])


def data(**columns: Any) -> Dataset:
    frame = pd.DataFrame(columns)
    return Dataset("test", "vector", list(np.zeros((len(frame), 2), np.float32)), frame)


def table(n: int = 600) -> Dataset:
    rng = np.random.default_rng(1)
    price = rng.normal(size=n)
    price[::9] = np.nan
    color = rng.choice(["red", "green", "blue", ""], n, p=[0.5, 0.2, 0.2, 0.1])
    texts = [f"item {i} {'late' if i % 3 else 'early'}" for i in range(n)]
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 90, n), unit="D")
    years = rng.integers(1900, 2000, n)
    return make_texts(texts, price=price, day=days, year=years, stars=rng.integers(1, 6, n), **{ODD: color})


DATA = table()
FRAME = DATA.metadata


def the(dataset: Dataset, column: str = "x") -> Facet:
    facet = facet_of(dataset, column)
    assert facet is not None
    assert len(counts(dataset, facet)) == facet.bars
    return facet


def kinds(**columns: Any) -> dict[str, str]:
    return {facet.column: facet.kind for facet in facets(data(**columns))}


def test_columns_are_told_apart_as_for_colors() -> None:
    assert {facet.column: facet.kind for facet in facets(DATA)} == {
        "price": "number", "day": "date", "year": "number", "stars": "category", ODD: "category",
    }  # fmt: skip
    n = np.arange(12)
    assert kinds(few=n % 10, many=n % 11, half=n % 2 / 2, flag=n % 2 == 0) == {
        "few": "category", "many": "number", "half": "number", "flag": "category",
    }  # fmt: skip


def test_what_cannot_be_chosen_from_is_left_out() -> None:
    n = np.arange(120)
    left = kinds(same=np.ones(120), id=[f"id {i}" for i in n], none=[None] * 120, nan=[np.nan] * 120,
                 nat=pd.Series([pd.NaT] * 120, dtype="datetime64[us]"), half=[0.5] * 120, yes=["yes", None] * 60,
                 pairs=[f"pair {i // 2}" for i in n])  # fmt: skip
    assert left == {"yes": "category", "pairs": "category"}
    assert kinds(name=[f"n{i}" for i in range(50)]) == {"name": "category"}
    assert kinds(name=[f"n{i}" for i in range(51)]) == {}
    assert facets(make_texts(["a", "b"])) == ()


def test_categories_come_commonest_first_then_by_name() -> None:
    dataset = data(x=["b", "c", "a", "c", None, "b", "", "d"])
    facet = the(dataset)
    assert (facet.values, facet.rest, facet.missing) == (("b", "c", "a", "d", ""), 0, 2)
    assert counts(dataset, facet).tolist() == [2, 2, 1, 1, 2]
    mask = np.array([True, False, False, False, True, False, False, False])
    assert counts(dataset, facet, mask).tolist() == [1, 0, 0, 0, 1]
    assert prepared(dataset, "x").tolist() == [0, 1, 2, 1, -1, 0, -1, 3]


def test_more_categories_than_are_shown_are_the_rest() -> None:
    values = [None, *(f"v{i:03}" for i in range(MOST + 7) for _ in range(3))]
    dataset = data(x=values)
    facet = the(dataset)
    assert (len(facet.values), facet.values[-1], facet.rest) == (MOST + 1, "", 7)
    assert counts(dataset, facet).tolist() == [3] * MOST + [1, 21]
    codes = prepared(dataset, "x")
    assert codes.tolist() == [-1, *(min(i, MOST) for i in range(MOST + 7) for _ in range(3))]
    assert matches(dataset, Filter(values={"x": (f"v{MOST + 3:03}",)})).sum() == 3


def test_a_histogram_counts_as_numpy_does() -> None:
    facet = the(DATA, "price")
    known = FRAME.price.dropna()
    assert counts(DATA, facet).tolist() == np.histogram(known, BINS)[0].tolist()
    assert (facet.low, facet.high, facet.missing) == (known.min(), known.max(), FRAME.price.isna().sum())
    assert np.isnan(prepared(DATA, "price")).tolist() == FRAME.price.isna().tolist()


def test_whole_numbers_get_bars_of_equally_many() -> None:
    dataset = data(x=[*range(11), 3])
    assert the(dataset).edges.tolist() == [i - 0.5 for i in range(12)]
    assert counts(dataset, the(dataset)).tolist() == [1, 1, 1, 2] + [1] * 7
    spread = data(x=range(61))
    assert counts(spread, the(spread)).tolist() == [3] * 20 + [1]
    assert the(data(x=range(1_000_000))).bars <= BINS


def test_days_get_bars_of_whole_days_and_times_do_not() -> None:
    facet = the(DATA, "day")
    assert facet.bars == BINS
    assert facet.edges[0] == facet.low == pd.Timestamp("2024-01-01", tz="UTC").timestamp()
    assert set(np.diff(facet.edges)) == {3 * 86_400}
    per_bar = (FRAME.day - pd.Timestamp("2024-01-01")).dt.days // 3
    assert counts(DATA, facet).tolist() == per_bar.value_counts().sort_index().tolist()
    times = pd.to_datetime(["2024-01-01T01:00+02:00", "2024-01-02T00:00+02:00", None])
    assert the(data(x=times)).low == pd.Timestamp("2023-12-31 23:00", tz="UTC").timestamp()


def test_a_span_of_bars_is_the_filter_for_just_those() -> None:
    for name in ("price", "day", "year"):
        facet = the(DATA, name)
        each = counts(DATA, facet)
        for first, last in ((0, 0), (3, 7), (facet.bars - 1, facet.bars - 1), (0, facet.bars - 1)):
            kept = matches(DATA, Filter(ranges={name: facet.span(first, last)}))
            assert kept.sum() == each[first : last + 1].sum()


def brute_crossfilter(filter: Filter) -> dict[str, list[int]]:
    return {
        facet.column: counts(DATA, facet, matches(DATA, filter.without(facet.column))).tolist()
        for facet in facets(DATA)
    }


@pytest.mark.parametrize(
    "filter",
    [
        Filter(),
        Filter("late"),
        Filter(ranges={"price": (0, None)}),
        Filter("late", {"price": (0, 1), "stars": (2, 4)}, {ODD: ("red", ""), "stars": ("3", "4")}),
        Filter("nowhere", values={ODD: ()}),
    ],
)
def test_each_facet_is_counted_under_all_other_conditions(filter: Filter) -> None:
    found = crossfilter(DATA, filter)
    assert found["counts"] == brute_crossfilter(filter)
    assert found["matching"] == matches(DATA, filter).sum()
    assert found["total"] == len(DATA)


def test_plain_pandas_finds_the_same() -> None:
    found = crossfilter(DATA, Filter("late", {"price": (0, 1)}, {ODD: ("red",)}))
    late, price, red = FRAME.text.str.contains("late"), FRAME.price.between(0, 1), FRAME[ODD] == "red"
    assert found["matching"] == (late & price & red).sum()
    assert found["counts"][ODD] == [(late & price & (FRAME[ODD] == v)).sum() for v in the(DATA, ODD).values]
    stars = FRAME.stars[late & price & red].astype(str)
    assert found["counts"]["stars"] == [(stars == v).sum() for v in the(DATA, "stars").values]
    assert (
        found["counts"]["price"] == np.histogram(FRAME.price[late & red].dropna(), the(DATA, "price").edges)[0].tolist()
    )


ODDITIES: dict[str, Any] = {
    "mixed": [1, "a", [1, 2], None, {"b": 1}, 1.5] * 2,
    "far": [datetime.datetime(1, 1, 1), datetime.datetime(9999, 1, 1), None] * 4,
    "far_us": pd.Series(np.array(["0001-01-01", "9999-12-31", "NaT"] * 4, "datetime64[us]")),
    "farther": pd.Series(np.array([-(2**60), 2**60, 0] * 4, "datetime64[s]")),
    "infinite": [np.inf, -np.inf, np.nan, 1.0, 2.0, 3.5] * 2,
    "huge": [1e308, -1e308, 0.5] * 4,
    "near": [1.0, np.nextafter(1, 2), np.nextafter(1, 0)] * 4,
    "tiny": [5e-324, 0.0, 1e-323] * 4,
    "big": [2**63 - 1, -(2**63), 0, *range(9)],
    "unsigned": pd.Series([2**64 - 1, 0, *range(10)], dtype="uint64"),
    "nullable": pd.Series([1, None, 3] * 4, dtype="Int64"),
    "maybe": pd.Series([True, None, False] * 4, dtype="boolean"),
    "complex": [1j, 2, 3] * 4,
    "categories": pd.Series(["a", None, "b"] * 4, dtype="category"),
    "times": pd.to_timedelta([1, 2, None] * 4, unit="s"),
    "months": pd.period_range("2024", periods=12, freq="M"),
    "arrow": pd.Series([1, None, 3] * 4, dtype="int64[pyarrow]"),
    "halves": pd.Series(["\ud800", "a\0b", "\u202e"] * 4, dtype=object),
    "empty": [None] * 12,
    "small": pd.Series([0.5, 1.5, None] * 4, dtype="float16"),
}


@pytest.mark.parametrize("name", ODDITIES)
def test_odd_columns_work(name: str) -> None:
    dataset = data(x=ODDITIES[name])
    facet = facet_of(dataset, "x")
    assert (facet is None) == (name in {"empty"})
    if facet is not None:
        known = counts(dataset, facet).sum()
        assert known == 12 - (facet.missing if facet.kind != "category" else 0)
        assert np.isfinite(facet.edges).all()
        assert (np.diff(facet.edges) > 0).all()
    assert crossfilter(dataset, Filter("a"))["total"] == 12
    for descending in (False, True):
        assert sorted(order(dataset, "x", descending).tolist()) == list(range(12))
        missing = dataset.metadata.x.isna().to_numpy()[order(dataset, "x", descending)]
        assert missing.tolist() == sorted(missing)


def test_mixed_types_are_texts_and_gaps_change_no_number() -> None:
    assert set(the(data(x=[1, "1", "a", None])).values) == {"1", "a", ""}
    assert the(data(x=[1.0, None, 2.0])).values == ("1", "2", "")
    assert the(data(x=[True, False, True])).values == ("True", "False")
    assert as_texts(pd.Series([0.5, 2.0, 1e7, None])).to_pylist() == ["0.5", "2", "10000000", None]


def test_infinite_numbers_are_missing_but_keep_their_place() -> None:
    dataset = data(x=[np.inf, 1.5, np.nan, -np.inf, 2.5])
    assert (the(dataset).low, the(dataset).high, the(dataset).missing) == (1.5, 2.5, 3)
    assert matches(dataset, Filter(ranges={"x": (0, None)})).tolist() == [False, True, False, False, True]
    assert order(dataset, "x").tolist() == [3, 1, 4, 0, 2]


def test_of_columns_with_one_name_the_first_counts() -> None:
    frame = pd.DataFrame([["a", 1, 5], ["b", 1, 6]], columns=["x", 7, "x"])
    dataset = Dataset("t", "vector", list(np.eye(2, dtype=np.float32)), frame)
    assert [facet.column for facet in facets(dataset)] == ["x"]
    assert column_of(dataset, "7").names == ("1",)
    with pytest.raises(InputError, match="no column 'y'") as caught:
        order(dataset, "y")
    assert "'x', '7'" in caught.value.hint


def test_texts_are_ordered_without_case_and_ties_stay() -> None:
    dataset = data(x=["b", "A", None, "a", "B", "", "É", "é"])
    assert order(dataset, "x").tolist() == [1, 3, 0, 4, 6, 7, 2, 5]
    assert order(dataset, "x", True).tolist() == [6, 7, 0, 4, 1, 3, 2, 5]
    assert order(dataset).tolist() == order(dataset, "", True).tolist() == list(range(8))
    assert order(DATA, "text")[:3].tolist() == [0, 1, 10]


def test_numbers_and_dates_are_ordered_by_value_and_exactly() -> None:
    big = [2**63 - 1, 2**63 - 2, -(2**63)]
    assert order(data(x=big), "x").tolist() == [2, 1, 0]
    assert order(data(x=big), "x", True).tolist() == [0, 1, 2]
    assert order(data(x=[10, 9, 2, 9]), "x").tolist() == [2, 1, 3, 0]
    assert order(data(x=[10, 9, 2, 9]), "x", True).tolist() == [0, 1, 3, 2]
    days = pd.to_datetime(["2024-02-01", None, "2023-12-31"])
    assert order(data(x=days), "x").tolist() == [2, 0, 1]
    assert order(data(x=days), "x", True).tolist() == [0, 2, 1]


# a few values that are any, repeated: what 40 would show, drawn in less time
SERIES = st.builds(lambda few, times: (few * times)[:40], st.lists(FLOATS, min_size=1, max_size=12), st.integers(1, 4))


@settings(max_examples=80)
@given(SERIES, st.booleans())
def test_any_numbers_are_ordered_as_pandas_orders_and_all_counted(values: list[float | None], descending: bool) -> None:
    dataset = data(x=pd.Series(values, dtype=float))
    want = dataset.metadata.x.sort_values(ascending=not descending, kind="stable", na_position="last").index
    assert order(dataset, "x", descending).tolist() == want.tolist()
    facet = facet_of(dataset, "x")
    if facet is not None and facet.kind == "number":
        assert counts(dataset, facet).sum() == np.isfinite(dataset.metadata.x).sum() == len(values) - facet.missing
        assert facet.bars <= BINS


def test_what_is_kept_is_shared_and_read_only() -> None:
    assert facets(DATA) is facets(DATA)
    assert prepared(DATA, "price") is prepared(DATA, "price")
    assert order(DATA, "price") is order(DATA, "price")
    with pytest.raises(ValueError, match="read-only"):
        order(DATA, "price")[0] = 1

"""Filters: what stays, and filters in links, which may hold anything."""

from __future__ import annotations

import contextlib
import json
import math

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings_core.errors import InputError
from embeddings_core.filters import BYTES, Filter, conditions, matches
from embeddings_core.space import Dataset

NAMES = st.text(max_size=10)
ENDS = st.none() | st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**60), 2**60)
FILTERS = st.builds(
    Filter,
    st.text(max_size=40),
    st.dictionaries(NAMES, st.tuples(ENDS, ENDS), max_size=4),
    st.dictionaries(NAMES, st.lists(st.text(max_size=10), max_size=4).map(tuple), max_size=4),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ODD = "<img src=x onerror=alert(1)>"


def table(n: int = 400) -> Dataset:
    rng = np.random.default_rng(0)
    price = rng.normal(size=n).round(2)
    price[::7] = np.nan
    days = pd.Series(pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), unit="D"))
    days[::11] = pd.NaT
    color = rng.choice(["red", "green", "blue", ""], n).astype(object)
    color[::13] = None
    texts = [f"item {i} {'late' if i % 3 else 'early'}" for i in range(n)]
    return make_texts(texts, price=price, day=days, color=color, stars=rng.integers(1, 6, n), **{ODD: color})


DATA = table()
FRAME = DATA.metadata


def stays(filter: Filter) -> list[bool]:
    return matches(DATA, filter).tolist()


def seconds(day: str) -> float:
    return pd.Timestamp(day, tz="UTC").timestamp()


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as caught:
        Filter.from_text(text)
    assert caught.value.hint
    return caught.value


def test_nothing_set_is_no_filter() -> None:
    for nothing in (Filter(), Filter("  "), Filter(ranges={"price": (None, None)}), Filter.from_text(" ")):
        assert nothing == Filter()
        assert not nothing.active
        assert nothing.to_text() == ""
        assert all(stays(nothing))
    assert all(stays(Filter('""')))


def test_ranges_are_inside_and_miss_what_is_missing() -> None:
    assert stays(Filter(ranges={"price": (-0.5, 0.5)})) == FRAME.price.between(-0.5, 0.5).tolist()
    assert stays(Filter(ranges={"price": (None, 0.0)})) == (FRAME.price <= 0).tolist()
    low = float(FRAME.price.min())
    assert sum(stays(Filter(ranges={"price": (low, low)}))) == int((FRAME.price == low).sum()) > 0
    assert stays(Filter(ranges={"price": (low, None)})) == FRAME.price.notna().tolist()
    assert not any(stays(Filter(ranges={"price": (1, -1)})))
    assert stays(Filter(ranges={"stars": (2, 3)})) == FRAME.stars.between(2, 3).tolist()


def test_dates_are_seconds_in_utc() -> None:
    want = FRAME.day.between(pd.Timestamp("2024-02-01"), pd.Timestamp("2024-02-29"))
    assert stays(Filter(ranges={"day": (seconds("2024-02-01"), seconds("2024-02-29"))})) == want.tolist()
    zoned = make_texts(["a", "b"], at=pd.to_datetime(["2024-01-01T00:30+02:00", "2024-01-01T02:30+02:00"]))
    assert matches(zoned, Filter(ranges={"at": (seconds("2024-01-01"), None)})).tolist() == [False, True]


def test_values_are_texts_and_nothing_is_a_value() -> None:
    plain = FRAME.color.fillna("")
    assert stays(Filter(values={"color": ("red", "blue")})) == plain.isin(["red", "blue"]).tolist()
    assert stays(Filter(values={"color": ("", "red")})) == plain.isin(["", "red"]).tolist()
    assert stays(Filter(values={"stars": ("5",)})) == (FRAME.stars == 5).tolist()
    assert stays(Filter(values={ODD: ("red",)})) == (plain == "red").tolist()
    assert not any(stays(Filter(values={"color": ()})))
    assert not any(stays(Filter(values={"color": ("pink",)})))


def test_all_conditions_must_hold() -> None:
    filter = Filter("late", {"price": (0, None), "stars": (2, None)}, {"color": ("red",), "stars": ("2", "3")})
    want = FRAME.text.str.contains("late") & (FRAME.price >= 0) & FRAME.stars.isin([2, 3]) & (FRAME.color == "red")
    assert stays(filter) == want.tolist()
    assert any(want)
    assert set(conditions(DATA, filter)) == {None, "price", "stars", "color"}
    assert filter.columns == ("color", "price", "stars")
    assert filter.without("stars") == Filter("late", {"price": (0, None)}, {"color": ("red",)})
    assert filter.without(None).words == ""
    assert filter.without("no such") == filter


@pytest.mark.parametrize(
    ("filter", "named"),
    [
        (Filter(ranges={"pricee": (0, 1)}), "pricee"),
        (Filter(values={"x" * 5_000: ("a",)}), "x" * 100),
        (Filter(ranges={"color": (0, 1)}), "no numbers or dates"),
        (Filter(values={"price": ("1",)}), "by a range"),
        (Filter("/(/"), "regular expression"),
    ],
)
def test_what_does_not_fit_the_data_is_refused(filter: Filter, named: str) -> None:
    with pytest.raises(InputError) as caught:
        matches(DATA, filter)
    assert named in caught.value.message + caught.value.hint
    assert caught.value.hint
    assert len(caught.value.message) < 1_000


def test_texts_are_compact_and_equal_for_equal_filters() -> None:
    one = Filter("a", {"b": (1.0, None), "a": (-0.0, 2.5)}, {"c": ("y", "x", "y")})
    other = Filter("a", {"a": (0, 2.5), "b": (1, None), "d": (None, None)}, {"c": ("x", "y")})
    assert one == other
    assert hash(one) == hash(other)
    assert one.to_text() == other.to_text()
    assert one.to_text() == '{"ranges":{"a":[0,2.5],"b":[1,null]},"values":{"c":["x","y"]},"words":"a"}'


@settings(max_examples=200)
@given(FILTERS)
def test_a_filter_comes_back_from_its_text(filter: Filter) -> None:
    text = filter.to_text()
    assert text.isascii()
    assert Filter.from_text(text) == filter
    assert bool(text) == filter.active


@settings(max_examples=300)
@given(st.text(max_size=60) | JSON.map(json.dumps) | st.fixed_dictionaries({}, optional={
    "words": JSON, "ranges": JSON | st.dictionaries(NAMES, JSON, max_size=2), "values": JSON,
}).map(json.dumps))  # fmt: skip
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        filter = Filter.from_text(text)
    except InputError:
        return
    assert Filter.from_text(filter.to_text()) == filter
    ends = [end for pair in filter.ranges.values() for end in pair if end is not None]
    assert all(isinstance(end, float) and math.isfinite(end) for end in ends)
    with contextlib.suppress(InputError):  # most name columns that are not there
        matches(DATA, filter)


@pytest.mark.parametrize(
    "text",
    [
        "[]", "1", "null", '"x"', "{", "\ud800", "{'words': 'a'}", '{"word":"a"}', '{"words":1}', '{"words":null}',
        '{"ranges":[]}', '{"ranges":{"a":1}}', '{"ranges":{"a":[1]}}', '{"ranges":{"a":[1,2,3]}}',
        '{"ranges":{"a":["1",2]}}', '{"ranges":{"a":[true,2]}}', '{"ranges":{"a":[NaN,2]}}',
        '{"ranges":{"a":[Infinity,2]}}', '{"ranges":{"a":[1e999,2]}}', '{"ranges":{"a":[null,-1e999]}}',
        '{"ranges":{"a":[' + "9" * 400 + ',2]}}', '{"ranges":{"a":[' + "9" * 5_000 + ',2]}}',
        '{"values":[]}', '{"values":{"a":"b"}}', '{"values":{"a":[1]}}', '{"values":{"a":[null]}}',
        "[" * 19_000, '{"a":' * 3_000, '{"words":"' + "x" * 501 + '"}', " " * BYTES + "{}", '{"words":"' + "ü" * 12_000,
        json.dumps({"ranges": {str(i): [0, 1] for i in range(51)}}),
        json.dumps({"ranges": {str(i): [0, 1] for i in range(26)}, "values": {f"v{i}": [] for i in range(25)}}),
        json.dumps({"values": {"a": ["x"] * 300, "b": ["x"] * 201}}),
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(text: str) -> None:
    error = refused(text)
    assert len(error.message) < 300


def test_as_much_as_is_allowed() -> None:
    assert len(Filter.from_text(json.dumps({"ranges": {str(i): [0, 1] for i in range(50)}})).ranges) == 50
    assert len(Filter.from_text(json.dumps({"values": {"a": [str(i) for i in range(500)]}})).values["a"]) == 500


def test_a_filter_of_the_program_itself_has_finite_ends() -> None:
    with pytest.raises(InputError):
        Filter(ranges={"a": (math.nan, None)})

"""The sum of the panel Compose in a link: written briefly, read with suspicion, and its items looked for."""

from __future__ import annotations

import json
from urllib.parse import quote_plus

import numpy as np
import pytest
from conftest import make_texts, run_until
from hypothesis import given
from hypothesis import strategies as some
from rules import ROOT
from streamlit.testing.v1 import AppTest

from components.app_state import AppState
from components.links import from_link, to_link
from components.selecting import settled
from components.summands import HEAVIEST, ROOM, Summand, read, written

SHELL = ROOT / "components" / "shell.py"
DATA = make_texts([f"text {i}" for i in range(20)])
words = some.text(some.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
weights = some.floats(-HEAVIEST, HEAVIEST).map(lambda weight: weight + 0.0)  # -0.0 is written 0
nested = some.recursive(some.none() | some.floats() | words, some.lists)
parts = some.one_of(
    some.builds(lambda weight, text: Summand(text.strip(), weight, text=text.strip()), weights, words),
    some.builds(lambda weight, item: Summand("", weight, items=np.array([item])), weights, some.integers(0, 999)),
    some.builds(
        lambda weight, key: Summand("a set", weight, key=key), weights, some.text("0123456789abcdef", min_size=1)
    ),
)


@given(some.lists(parts, min_size=1, max_size=40))
def test_what_is_written_is_read_again_or_left_out(sum: list[Summand]) -> None:
    text = written(sum)
    assert len(quote_plus(text)) <= ROOM
    if text:
        again = read(text)
        assert repr(again) == repr(tuple(sum))


def test_a_sum_that_has_room_is_in_the_link_and_a_longer_one_is_not() -> None:
    short = tuple(Summand(word, 1.0, text=word) for word in ("king", "man", "woman"))
    assert to_link(AppState(summands=short)) == {"summands": '[[1,"king"],[1,"man"],[1,"woman"]]'}
    assert repr(from_link(to_link(AppState(summands=short))).summands) == repr(short)
    long = Summand("x" * 2_000, 1.0, text="x" * 2_000)
    assert to_link(AppState(summands=(*short, long))) == {}
    unkept = Summand("3 items", 1.0, items=np.arange(3))
    assert to_link(AppState(summands=(*short, unkept))) == {}
    assert to_link(AppState(summands=short, rows=np.arange(5))) == {}  # numbers of a part


@pytest.mark.parametrize(
    "raw",
    ["", "{", "7", "{}", '["king"]', '[[1e9,"a"]]', '[[NaN,"a"]]', '[[-3.5,"a"]]', '[[true,"a"]]', "[[1,true]]",
     "[[1,-1]]", "[[1,1e3]]", f"[[1,{10**9}]]", '[[1," "]]', '[["1","a"]]', '[[1,"","x"]]', "[[1]]", "[[1,[1]]]",
     '[[1,"\\ud83d"]]', "[" * ROOM, json.dumps([[1, 0]] * 500), f"[[{'9' * 400},0]]"],
)  # fmt: skip
def test_what_is_no_sum_is_told_and_left_out(raw: str) -> None:
    state = from_link({"summands": raw})
    assert state.summands == ()
    assert state.broken == (f"summands {raw[:40]!r}",)


@given(some.text(max_size=60) | nested.map(json.dumps))
def test_no_sum_in_a_link_breaks_the_page(raw: str) -> None:
    assert isinstance(from_link({"summands": raw}), AppState)


@pytest.mark.usefixtures("home")
def test_sets_come_from_the_store_and_items_get_their_names() -> None:
    given = (Summand("3 items", -1.0, items=np.array([2, 5, 7])), Summand("", 1.0, items=np.array([4])))
    kept, one = (settled(part, DATA) for part in given)
    assert one.label == "text 4"
    state = from_link(to_link(AppState(summands=(kept, one))))
    again = settled(state.summands[0], DATA)
    assert again.items is not None
    assert again.items.tolist() == [2, 5, 7]
    assert again[:3] == ("3 items", -1.0, "")


@pytest.mark.usefixtures("home")
def test_what_is_not_there_stays_as_it_is() -> None:
    given = (
        Summand("rain", 1.0, text="rain"), Summand("", 1.0, items=np.array([20])), Summand("gone", 1.0, key="ab"),
        Summand("wicked", 1.0, key="../x"),
    )  # fmt: skip
    found = [settled(part, DATA) for part in given]
    assert [part.label for part in found] == ["rain", "item 20", "gone", "wicked"]
    assert [part.sought for part in found] == [False, False, True, True]


@pytest.mark.usefixtures("home")
def test_a_link_opens_a_sum_and_says_what_is_missing_until_it_is_removed() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    gone = "0" * 64
    link = {"panel": "Compose", "projection": "pca", "summands": f'[[1,4],[-0.5,9],[1,5000],[1,"{gone}","<i>"]]'}
    app.query_params.update(link)
    app.run()
    run_until(app, lambda: bool(app.error))
    assert "\\<i\\>” are not here" in app.error[0].value
    app.button(key="remove-part-3").click().run()
    run_until(app, lambda: "There is no item 5000" in "".join(each.value for each in app.error))
    app.run()
    assert app.error  # however often the page is drawn
    app.button(key="remove-part-2").click().run()
    run_until(app, lambda: any("Nearest to the sum" in each.value for each in app.markdown))
    assert not app.error
    app.number_input(key="weight-0").set_value(2).run()
    assert to_link(app.session_state["app"])["summands"] == "[[2,4],[-0.5,9]]"
    assert not app.exception


@pytest.mark.usefixtures("home")
def test_while_data_grows_a_link_s_sets_are_waited_for() -> None:
    state = AppState(summands=(Summand("a set", 1.0, key="ab"), Summand("", 1.0, items=np.array([3]))))
    state.follow(np.array([0, -1, -1, 1]), 2)
    assert [part.sought for part in state.summands] == [True, False]
    state.follow(np.array([0, 3]), 4)
    assert state.summands[1].part == 3

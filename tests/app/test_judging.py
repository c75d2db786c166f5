"""Queries with known answers in the search panel: what is asked for, what comes out, what is wrong with them."""

from __future__ import annotations

import io

import pandas as pd
import pytest
from conftest import make_texts, run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.panels.judging import details, example, judged, summary
from embeddings_core.filters import Filter
from embeddings_core.search.retrieval import query_lines

SHELL = ROOT / "components" / "shell.py"
DATA = make_texts(["red apple", "late train", "green apple", "red train"], code=["a", "b", "c", "d"])


def explore(**fields: object) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", **fields)  # type: ignore[arg-type]
    app.session_state["judge"] = True
    app.run()
    run_until(app, lambda: any(area.key == "known" for area in app.text_area))
    return app


def of_each_mode(given: str | pd.DataFrame, id: str | None = None) -> dict[ec.Mode, ec.Judgment]:
    space = ec.encode(DATA, "tfidf")
    return dict(judged(space, given, id, 1, list(ec.MODES), Filter(), "cosine", lambda done, total: None).found)


@pytest.mark.usefixtures("home")
def test_every_mode_is_judged_and_told_with_its_interval() -> None:
    found = of_each_mode("late train\tlate train\ngreen\tgreen apple\nplums\tred apple")
    told = summary(found, 1)
    assert list(told.index) == ["Meaning", "Words", "Both"]
    assert list(told) == ["recall@1", "MRR", "nDCG@10"]
    assert told.loc["Words", "recall@1"] == "0.67 (0.00–1.00)"
    shown = details(found, 1)
    assert shown["query"].tolist() == ["late train", "green", "plums"]
    assert shown["rank by words"].tolist()[:2] == [1, 1]
    assert shown["rank by words"].isna().tolist() == [False, False, True]


@pytest.mark.usefixtures("home")
def test_a_table_may_name_items_by_a_column_and_its_headings_as_it_likes() -> None:
    table = pd.DataFrame({" Query": ["late train"], "ANSWER": ["b"], "Grade": [2]})
    assert summary(of_each_mode(table, "code"), 1).loc["Words", "recall@1"] == "1.00"  # of one query no interval


def test_the_example_can_be_pasted() -> None:
    table = query_lines(example(DATA))
    assert ec.query_set(DATA, table).answers == ({0: 1.0}, {1: 1.0})
    long = make_texts(["word " * 40, "another " * 40])
    assert ec.query_set(long, query_lines(example(long))).answers == ({0: 1.0}, {1: 1.0})


@pytest.mark.model
@pytest.mark.usefixtures("home")
def test_without_queries_the_panel_says_what_they_look_like() -> None:
    app = explore()
    assert not app.exception
    (code,) = app.code
    text = str(ec.sample("everyday").items[0])
    assert code.value.splitlines()[0] == "query\tanswer"
    assert code.value.splitlines()[1].endswith(f"\t{text}")


@pytest.mark.model
@pytest.mark.usefixtures("home")
def test_pasted_lines_are_judged_and_what_is_wrong_is_told_without_losing_them() -> None:
    items = ec.sample("everyday").items
    app = explore()
    app.text_area(key="known").set_value(f"my dog is ill\t{items[0]}\nlate | {items[1]} | 2").run()
    run_until(app, lambda: len(app.table) > 0)
    assert not app.exception
    assert app.table[0].value.shape == (3, 3)
    assert app.dataframe[0].value["query"].tolist() == ["my dog is ill", "late"]
    wrong = "my dog is ill\tno item says this"
    app.text_area(key="known").set_value(wrong).run()
    run_until(app, lambda: len(app.error) > 0)
    assert "the answer in row 1" in app.error[0].value.replace("\\", "")
    assert app.text_area(key="known").value == wrong
    app.session_state["app"].panel = "Filter"
    app.run()
    app.session_state["app"].panel = "Neighbors"
    app.run()
    assert app.session_state["app"].known == wrong


@pytest.mark.usefixtures("home")
def test_what_is_downloaded_is_no_formula() -> None:
    from components.panels.judging import _csv

    read = pd.read_csv(io.BytesIO(_csv(pd.DataFrame({"query": ["=1+1", "dog"], "rank by words": [1, 2]}))))
    assert read["query"].tolist() == ["'=1+1", "dog"]

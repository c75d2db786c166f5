"""Every page, empty and with data, without a browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import make_texts
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState

SHELL = Path(__file__).parents[2] / "components" / "shell.py"


pytestmark = pytest.mark.usefixtures("home")


def opened(page: str = "", **fields: object) -> AppTest:
    """The app, on a page, with these fields of the state."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(**fields)  # type: ignore[arg-type]
    app.run()
    return app.switch_page(f"../pages/{page}.py").run() if page else app


def test_explore_opens_with_the_sample() -> None:
    app = opened()
    assert not app.exception
    assert not app.error
    assert app.selectbox(key="dataset").value == "everyday"
    assert app.selectbox(key="encoder").value == "minilm"
    assert app.selectbox(key="color").value == "topic"
    assert [tab.label for tab in app.tabs] == [
        "Neighbors",
        "Compose",
        "Groups",
        "Trust",
        "Lists",
        "Filter",
        "Selection",
        "Table",
        "Download",
    ]


def test_explore_asks_before_it_encodes() -> None:
    data = ec.get_store().put_dataset(make_texts(["red", "green", "blue"]))
    app = opened(dataset=data.fingerprint)
    assert not app.exception
    assert app.button(key="encode").label == "Encode"
    assert "3 texts" in " ".join(block.value for block in app.markdown)


def test_explore_with_an_item_lists_neighbors() -> None:
    app = opened(item=5)
    assert not app.error
    assert any("Exact search over all 615 items" in caption.value for caption in app.caption)


def test_a_link_to_data_that_is_gone_opens_the_sample_and_says_so() -> None:
    app = opened(dataset="0" * 64)
    assert not app.exception
    assert "not here" in app.warning[0].value
    assert app.selectbox(key="dataset").value == "everyday"


@pytest.mark.parametrize(
    "fields",
    [
        {"projection": "nonsense", "clustering": "?", "metric": "x", "color": "no such column", "dims": 7, "k": 10**9},
        {"item": 10**6, "selection": "0" * 64},
        {"settings": {"umap": {"n_neighbors": -4, "what": 1}, "kmeans": {"clusters": "many"}}},
    ],
    ids=["choices", "items", "settings"],
)
def test_explore_survives_a_wicked_link(fields: dict[str, object]) -> None:
    app = opened(**fields)
    assert not app.exception
    assert not app.error


def test_explore_with_one_and_two_items() -> None:
    for texts in (["one"], ["one", "two"], ["same", "same", "same"]):
        data = ec.get_store().put_dataset(make_texts(texts))
        ec.encode(data, "minilm")
        app = opened(dataset=data.fingerprint, item=0)
        assert not app.exception
        assert not app.error


def test_data_is_empty_at_first() -> None:
    app = opened("data")
    assert not app.exception
    assert any("before you have seen a preview" in caption.value for caption in app.caption)
    assert app.text_area(key="paste").value == ""


def test_data_previews_pasted_lines_and_encodes_them() -> None:
    app = opened("data")
    app.text_area(key="paste").set_value("apples\n\npears\napples").run()
    app.button(key="use_paste").click().run()
    said = " ".join(block.value for block in app.markdown)
    assert "3 texts" in said
    assert "repeat" in said
    app.button(key="encode").click().run()
    assert not app.exception
    assert [kept.rows for kept in ec.get_store().datasets()] == [3]


def test_data_previews_a_table_and_guesses_the_text() -> None:
    import pandas as pd

    table = pd.DataFrame({"id": [1, 2], "review": ["a long enough sentence", "another long sentence"]})
    app = opened("data", brought=ec.load(table))
    assert not app.exception
    assert app.selectbox(key="text_column").value == "review"


def test_data_lists_and_removes_what_was_brought() -> None:
    kept = ec.get_store().put_dataset(make_texts(["x", "y"]))
    app = opened("data")
    assert app.button(key=f"open-{kept.fingerprint}")
    app.button(key=f"remove-{kept.fingerprint}").click().run()
    assert ec.get_store().datasets() == []


def test_data_keeps_an_upload_only_with_the_visitor_who_brought_it() -> None:
    app = opened("data")
    app.file_uploader(key="upload").set_value(("a.txt", b"one\ntwo", "text/plain")).run()
    state = app.session_state["app"]
    assert len(state.brought.table) == 2
    assert ec.find_job(state.uploaded) is None
    assert len(app.run().session_state["app"].brought.table) == 2


def test_data_takes_files_and_a_folder_together() -> None:
    shots = [item.read() for item in ec.sample("digits").items[:3]]
    app = opened("data")
    app.file_uploader(key="upload").set_value([("1.png", shots[0], "image/png")])
    app.file_uploader(key="upload_folder").set_value([(f"f/{i}.png", shots[i], "image/png") for i in (1, 2)])
    app.run()
    assert len(app.session_state["app"].brought.media) == 3


def test_data_takes_every_file_that_a_reader_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    known = ec.readers()
    app = opened("data")
    accepted = set(app.file_uploader(key="upload").allowed_type)
    assert accepted >= {suffix for spec in known for suffix in spec.suffixes}
    assert set(app.file_uploader(key="upload_folder").allowed_type) == accepted - {".zip"}
    monkeypatch.setattr(ec, "readers", lambda: (*known, ec.ReaderSpec("new", "New", (".new",))))
    assert ".new" in app.run().file_uploader(key="upload").allowed_type

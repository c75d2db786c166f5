"""The Data page with every kind of data: what an item is, which part of many is read, and what will happen."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.bring.preview import summary
from embeddings_core.readers import delimited, limits
from embeddings_core.sounds import Sound

SHELL = Path(__file__).parents[2] / "components" / "shell.py"
TEXTS = [f"A sentence number {row} of some length" for row in range(30)]
VECTORS = np.random.default_rng(0).normal(size=(30, 12)).astype(np.float32)
FLOWERS = pd.DataFrame({"length": np.linspace(4, 8, 30), "width": np.linspace(0, 1, 30), "kind": ["iris", "rose"] * 15})


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store of its own for every test."""
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))


def data_page(brought: ec.Loaded | None = None) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(brought=brought)
    app.run()
    app.switch_page("../pages/data.py").run()
    assert not app.exception
    return app


def one(widgets: Any, name: str) -> Any:
    """The widget whose key begins with `name`."""
    (found,) = (widget for widget in widgets if str(widget.key).startswith(name))
    return found


def said(app: AppTest) -> str:
    return " ".join(block.value for block in (*app.markdown, *app.caption))


def encoded(app: AppTest) -> ec.Dataset:
    app.button(key="encode").click().run()
    assert not app.exception
    (kept,) = ec.get_store().datasets()
    return ec.get_store().get_dataset(kept.fingerprint)


def test_texts_with_vectors_can_be_seen_as_both_and_ready_is_the_usual_encoder() -> None:
    app = data_page(ec.load(pd.DataFrame({"text": TEXTS, "vector": list(VECTORS)}), "both"))
    assert one(app.segmented_control, "kind-both").options == ["A text", "Its ready vector"]
    assert app.selectbox(key="encoder").value == "ready"
    assert "Ready vectors come along" in said(app)
    data = encoded(app)
    assert (data.kind, list(data.items)) == ("text", TEXTS)
    np.testing.assert_array_equal(data.vectors, VECTORS)


def test_vectors_alone_need_no_choice() -> None:
    app = data_page(ec.load(VECTORS, "plain"))
    assert "30 vectors** of 12 numbers, which are used as they are" in said(app)
    assert encoded(app).kind == "vector"


def test_a_table_of_numbers_is_brought_as_rows() -> None:
    app = data_page(ec.load(FLOWERS, "flowers"))
    assert one(app.segmented_control, "kind-flowers").value == "row"
    assert one(app.multiselect, "rows-flowers").value == ["length", "width", "kind"]
    assert "30 rows" in said(app)
    one(app.multiselect, "rows-flowers").set_value(["length", "kind"]).run()
    data = encoded(app)
    assert [name for name, _ in data.items[0].cells] == ["length", "kind"]  # type: ignore[union-attr]
    assert list(data.metadata) == ["length", "width", "kind"]


def test_a_row_may_become_a_text_after_all() -> None:
    app = data_page(ec.load(FLOWERS, "flowers"))
    one(app.segmented_control, "kind-flowers").set_value("text").run()
    assert app.selectbox(key="text_column").value == "kind"
    assert encoded(app).kind == "text"


def test_a_plain_text_may_be_split_into_passages() -> None:
    prose = "\n\n".join("A sentence about rivers and bridges, which goes on. " * 12 for _ in range(4))
    app = data_page(ec.load(io.BytesIO(prose.encode()), "book.txt"))
    assert "4 texts" in said(app)
    app.segmented_control(key="split-book.txt").set_value("Passages").run()
    assert "Split into passages of about 1,000 characters" in said(app)
    data = encoded(app)
    assert {"document", "passage"} <= set(data.metadata)
    assert "".join("".join(map(str, data.items)).split()) == "".join(prose.split())


def recorded(hertz: float) -> Sound:
    buffer = io.BytesIO()
    wave = np.sin(2 * np.pi * hertz * np.arange(8_000) / 16_000)
    soundfile.write(buffer, wave.astype(np.float32), 16_000, format="WAV")
    return Sound.from_bytes(buffer.getvalue())


def test_sounds_can_be_heard_before_they_are_encoded() -> None:
    app = data_page(ec.load([recorded(220), recorded(440), recorded(220)], "tones"))
    assert "3 sounds" in said(app)
    assert "1 repeats an earlier one" in said(app)
    assert len(app.get("audio")) == 3
    assert "sound\\-1 · 0\\.5 s" in said(app)
    assert encoded(app).kind == "sound"


def test_of_much_data_a_part_can_be_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("components.bring.preview.MANY", 20)
    app = data_page(ec.load(TEXTS, "many"))
    assert "30 texts" in said(app)
    app.segmented_control(key="part-many").set_value("A fair sample").run()
    app.number_input(key="part-many_rows").set_value(5).run()
    assert "A fair sample of 5 of 30 rows \\(seed 0\\)" in said(app)
    data = encoded(app)
    assert len(data) == 5
    assert list(data.items) == list(ec.read(TEXTS, sample=5, seed=0).items)


def test_more_rows_than_are_read_are_told_and_a_part_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (limits, delimited):
        monkeypatch.setattr(module, "ROWS", 20)
    raw = pd.DataFrame({"text": TEXTS}).to_csv(index=False).encode()
    app = data_page()
    app.file_uploader(key="upload").set_value(("a.csv", raw, "text/csv")).run()
    assert "a\\.csv has 30 rows; at most 20 can be read at once" in app.error[0].value
    assert app.session_state["app"].brought is None
    app.number_input(key="read_part_rows").set_value(7).run()
    app.button(key="read_part_go").click().run()
    assert not app.error
    assert "A fair sample of 7 of 30 rows" in said(app)
    assert len(app.session_state["app"].brought.table) == 7
    assert len(app.run().session_state["app"].brought.table) == 7
    app.file_uploader(key="upload").set_value(("b.csv", b"text\nx", "text/csv")).run()
    assert len(app.session_state["app"].brought.table) == 1


def test_reading_that_was_stopped_says_how_far_it_was_and_can_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(given: object, cut: object, progress: ec.Progress) -> None:
        progress(333, 1_000)
        raise ec.Cancelled

    with monkeypatch.context() as patched:
        patched.setattr("components.bring.sources._load", stopped)
        app = data_page()
        app.file_uploader(key="upload").set_value(("a.csv", b"text\nx\ny", "text/csv")).run()
    assert [info.value for info in app.info] == ["Stopped at 33%."]
    assert one(app.button, "again-upload").label == "Try again"


def test_the_summary_counts_in_the_words_of_the_data() -> None:
    loaded = ec.load(pd.DataFrame({"a": [1.0, None, 1.0], "b": ["x", None, "x"]}))
    told = summary(loaded, "row", loaded.preview(kind="row"))
    assert told == (
        "**2 rows** will be encoded · 1 empty row is left out · 1 repeats an earlier one: encoded once, kept on the map"
    )

"""The worklists on the page: what they list, what they select, what their files hold."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from conftest import run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import MEASURE, AppState
from embeddings_core.worklists.duplicates import find_duplicates
from embeddings_core.worklists.hubs import find_hubs
from embeddings_core.worklists.outliers import find_outliers

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def opened(worklist: str, **fields: object) -> AppTest:
    """The app with this list in front, once it is there."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", panel="Lists", worklist=worklist, **fields)  # type: ignore[arg-type]
    app.run()
    run_until(app, lambda: any("Select" in button.label for button in app.button))
    assert not app.exception
    return app


def space() -> ec.Space:
    return ec.encode(ec.sample("everyday"), "minilm")


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception


def selected(app: AppTest) -> list[int]:
    return np.flatnonzero(app.session_state["app"].history.now).tolist()


def test_the_copies_are_selected_and_one_of_each_stays() -> None:
    groups = find_duplicates(space()).groups(0.97)
    app = opened("duplicates", threshold=0.97)
    press(app, "Select the copies")
    assert selected(app) == sorted(int(item) for group in groups for item in group[1:])
    press(app, "Select whole groups")
    assert selected(app) == sorted(np.concatenate(groups).tolist())


def test_a_threshold_that_was_not_looked_at_is_the_nearest_that_was() -> None:
    app = opened("duplicates", threshold=0.123)
    assert app.session_state["app"].threshold == 0.80


def test_a_group_of_copies_that_is_open_stays_the_same_at_another_threshold() -> None:
    first = find_duplicates(space()).groups(0.97)[-1]
    app = opened("duplicates", threshold=0.97, listed=int(first[0]))
    assert any(button.label == "All groups" for button in app.button)
    app.select_slider(key="threshold").set_value(0.99).run()
    held = any(first[0] in group for group in find_duplicates(space()).groups(0.99))
    assert any(button.label == "All groups" for button in app.button) == held
    app = opened("duplicates", threshold=0.97, listed=-1)
    assert not any(button.label == "All groups" for button in app.button)


def test_outliers_are_selected_and_color_the_map() -> None:
    found = find_outliers(space())
    app = opened("outliers", most=12)
    press(app, "Select these")
    assert selected(app) == sorted(found.order[:12].tolist())
    press(app, "Color the map by it")
    state = app.session_state["app"]
    assert state.color == MEASURE
    assert np.array_equal(state.measured.values, found.scores)
    assert "oddness" in app.selectbox(key="color").options
    # other data is not colored by it
    app.selectbox(key="dataset").set_value("digits").run()
    assert not app.exception
    assert app.session_state["app"].measured is None
    assert "oddness" not in app.selectbox(key="color").options


def test_hubs_and_orphans() -> None:
    found = find_hubs(space())
    app = opened("hubs", most=5)
    press(app, "Select these")
    assert selected(app) == sorted(found.hubs[:5].tolist())


def test_data_without_labels_says_what_is_missing() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    data = ec.read(np.random.default_rng(0).normal(size=(40, 8)).astype(np.float32))
    ec.get_store().put_dataset(data)
    app.session_state["app"] = AppState(dataset=data.fingerprint, projection="pca", panel="Lists", worklist="doubts")
    app.run()
    run_until(app, lambda: any("No column of this data has labels" in caption.value for caption in app.caption))
    assert not app.exception


def test_where_all_items_are_the_same_none_is_odd() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    data = ec.read(np.ones((30, 4), np.float32))
    ec.get_store().put_dataset(data)
    app.session_state["app"] = AppState(dataset=data.fingerprint, projection="pca", panel="Lists", worklist="outliers")
    app.run()
    run_until(app, lambda: any("none stands out" in caption.value for caption in app.caption))
    assert not any("Select" in button.label for button in app.button)


def test_the_file_holds_the_list_in_its_order() -> None:
    found = find_outliers(space())
    items = found.order[:7]
    raw = ec.export(
        ec.sample("everyday"), "csv", rows=items, extra={"oddness": found.scores[items]}, include_vectors=False
    )
    table = pd.read_csv(io.BytesIO(raw))
    assert table["item"].tolist() == items.tolist()
    assert np.allclose(table["oddness"], found.scores[items])
    with pytest.raises(ec.CoreError, match="has 3 items"):
        ec.export(ec.sample("everyday"), "csv", rows=items, extra={"oddness": found.scores[:3]})

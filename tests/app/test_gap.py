"""Pictures far from their texts on the page: what is told, selected and colored, and what is said without any."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import run_until
from PIL import Image
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import MEASURE, AppState
from components.links import from_link, to_link
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.space import Dataset

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"
NAMES = ["a red apple", "a late train", "a blue whale", "a red apple", "green grass", "night sky", "old wood", "snow"]


def data(**columns: list[str]) -> Dataset:
    """Plain pictures of one color each, in the store."""
    colors = np.random.default_rng(0).integers(0, 255, (len(NAMES), 3)).tolist()
    items = [Picture.from_bytes(picture_bytes(Image.new("RGB", (8, 8), tuple(color)))) for color in colors]
    table = pd.DataFrame({"file": [f"{i}.png" for i in range(len(NAMES))], **columns})
    return ec.get_store().put_dataset(Dataset("colors", "image", items, table))


def opened(dataset: str, encoder: str, said: str, **fields: object) -> AppTest:
    """The app with the list in front, once it says that."""
    if encoder:
        ec.encode(ec.sample(dataset) if dataset == "everyday" else ec.get_store().get_dataset(dataset), encoder)
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    state = AppState(dataset=dataset, encoder=encoder, projection="pca", panel="Lists", worklist="gap", **fields)  # type: ignore[arg-type]
    app.session_state["app"] = state
    app.run()
    run_until(app, lambda: any(said in each.value for each in (*app.caption, *app.markdown)))
    assert not app.exception
    return app


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception


def test_the_worst_are_selected_and_color_the_map() -> None:
    given = data(name=NAMES, mood=["calm", "wild"] * 4)
    found = ec.match_texts(ec.encode(given, "random"), "name")
    app = opened(given.fingerprint, "random", "is the gap", most=5)
    assert app.selectbox(key="text_column").options == ["name", "mood", "file"]
    lines = next(each.value for each in app.markdown if "is the gap" in each.value)
    assert f"**{found.recall(1):.1%}** of the pictures" in lines
    assert f"**{found.gap.length:.2f}** is the gap" in lines
    press(app, "Select these")
    state = app.session_state["app"]
    assert np.flatnonzero(state.history.now).tolist() == sorted(found.order[:5].tolist())
    press(app, "Color the map by it")
    assert state.color == MEASURE
    assert state.measured.values.tolist() == found.ranks.tolist()
    app.selectbox(key="text_column").set_value("mood").run()
    run_until(app, lambda: any("all 2 different texts" in each.value for each in app.caption))
    assert to_link(state)["text_column"] == "mood"


def test_a_link_names_the_column_and_one_that_is_not_there_is_the_first() -> None:
    assert from_link({"text_column": "mood"}).text_column == "mood"
    app = opened(data(name=NAMES).fingerprint, "random", "is the gap", text_column="no such column")
    assert app.session_state["app"].text_column == "name"
    app.session_state["app"].open("everyday")
    assert not app.session_state["app"].text_column


@pytest.mark.parametrize(
    ("encoder", "said"), [("pixels", "Choose an encoder that reads both"), ("random", "No column of this data has")]
)
def test_where_nothing_can_be_compared_it_says_what_to_do(encoder: str, said: str) -> None:
    given = data(file=["same.png"] * len(NAMES))
    app = opened(given.fingerprint, encoder, said)
    assert not app.error


def test_texts_are_told_what_is_needed() -> None:
    assert not opened("everyday", "minilm", "Open pictures that have a text").error

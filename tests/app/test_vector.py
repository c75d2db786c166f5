"""A vector as a strip, and where two vectors differ most."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, run_until
from hypothesis import given
from hypothesis import strategies as some
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.panels.vector import strip, vectors_of
from embeddings_core.space import Dataset, Row

SHELL = ROOT / "components" / "shell.py"


@given(some.integers(1, 3_000))
def test_a_strip_has_each_number_once_in_order(d: int) -> None:
    values = np.arange(1, d + 1, dtype=np.float32)
    (cells,) = strip(values, (), float(d))["data"]
    assert len({len(line) for line in cells["z"]}) == 1
    assert [cell for line in cells["z"] for cell in line if cell is not None] == values.tolist()
    assert [said for line in cells["text"] for said in line if said] == [f"dimension {at}" for at in range(d)]
    assert len(cells["z"]) <= 16
    assert (cells["zmin"], cells["zmax"]) == (-d, d)


def test_names_are_no_markup_and_zeros_have_a_scale() -> None:
    (cells,) = strip(np.zeros(2, np.float32), ("<b>", "x"), 0.0)["data"]
    assert cells["text"] == [["&lt;b&gt;", "x"]]
    assert cells["zmin"] < cells["zmax"]


def test_one_item_is_compared_with_its_nearest_neighbor_where_it_has_one() -> None:
    space = replace(make_space(np.array([[1, 0], [0, 3], [2, 1]])), encoder="pixels")
    found = vectors_of(space, (0,))
    assert found.items == (0, 2)
    assert np.allclose(np.linalg.norm(found.units, axis=1), 1)
    assert vectors_of(space, (0, 1)).items == (0, 1)
    alone = replace(make_space(np.ones((1, 2))), encoder="pixels")
    assert vectors_of(alone, (0,)).items == (0,)


def opened(**fields: object) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", panel="Compose", **fields)  # type: ignore[arg-type]
    app.session_state["vector"] = True
    return app.run()


def says(app: AppTest, words: str) -> bool:
    return any(words in each.value for each in (*app.caption, *app.markdown))


@pytest.mark.usefixtures("home")
def test_the_picked_item_shows_its_numbers_and_where_its_neighbor_differs() -> None:
    app = opened(item=5)
    run_until(app, lambda: says(app, "mean nothing by themselves"))
    assert says(app, "it and its nearest neighbor differ most")
    space = ec.encode(ec.sample("everyday"), "minilm")
    other = int(ec.neighbors(space, 5, 1).indices[0, 0])
    expected = ec.differing_dimensions(space.vectors[5], space.vectors[other])
    table = app.dataframe[0].value
    assert table["dimension"].tolist() == [f"dimension {at}" for at in expected.dimensions]
    assert np.allclose(table["share"], expected.shares * 100, atol=0.01)
    assert len(app.get("plotly_chart")) == 2
    assert not app.exception


@pytest.mark.usefixtures("home")
def test_two_selected_items_are_compared_and_more_are_not() -> None:
    n = 12
    rows = [Row((("price", float(i * i)), ("side", "left" if i % 2 else "right"))) for i in range(n)]
    data = ec.get_store().put_dataset(Dataset("table", "row", rows, pd.DataFrame({"side": range(n)})))
    app = opened(dataset=data.fingerprint, encoder="rows")
    assert not [section for section in app.expander if "vector" in section.label]
    state = app.session_state["app"]
    state.select(np.isin(np.arange(n), [3, 8]), "test")
    run_until(app, lambda: says(app, "knows what each dimension stands for"))
    assert says(app, "they differ most")
    assert set(app.dataframe[0].value["dimension"]) == {"price", "side: left", "side: right", "side: any other"}
    state.select(np.arange(n) < 3, "test")
    app.run()
    assert not [section for section in app.expander if "vector" in section.label]
    assert not app.exception

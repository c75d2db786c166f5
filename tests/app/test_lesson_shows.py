"""What lessons show of arrows, digits and toy data, drawn without a browser."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from conftest import run_until
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.learning.pictures import shot
from components.learning.sheets import turned
from embeddings_core.lessons.facts.maps import groups_on, spread_of, toy_map
from embeddings_core.lessons.facts.pictures import moved_right, rebuilt
from embeddings_core.pictures import Picture

pytestmark = pytest.mark.usefixtures("home")


def shown(what: str, given: dict[str, Any]) -> AppTest:
    def page(what: str, given: dict[str, object]) -> None:
        import embeddings_core as ec
        from components.learning.shows import draw_show
        from embeddings_core.lessons import Show

        draw_show(ec.lessons()[0], Show(what, given), "try")

    return AppTest.from_function(page, kwargs={"what": what, "given": given}, default_timeout=120).run()


def pictures(app: AppTest) -> list[Any]:
    return [*app.get("image"), *app.get("imgs")]


def test_arrows_turn_and_stretch() -> None:
    app = shown("arrows", {})
    app.slider(key="try-angle").set_value(90).run()
    app.slider(key="try-length").set_value(3.0).run()
    assert not app.exception


def test_what_one_places_is_told_its_nearest() -> None:
    things = {"strawberry": [7, 6], "carrot": [4, 1]}
    app = shown("sheet", {"things": things, "axes": ["Sweet", "Soft"], "yours": [8, 9]})
    assert app.markdown[0].value == "Yours is `(8, 9)`. The nearest is **strawberry**, 3.2 away."
    app.slider(key="try-Soft").set_value(0).run()
    app.slider(key="try-Sweet").set_value(4).run()
    assert app.markdown[0].value == "Yours is `(4, 0)`. The nearest is **carrot**, 1.0 away."


@given(st.integers(0, 180), st.floats(0.5, 3))
def test_a_turned_arrow_keeps_its_length(angle: int, length: float) -> None:
    assert math.hypot(*turned(angle, length)) == pytest.approx(length)


def test_a_digit_moves_and_its_nearest_is_told() -> None:
    app = shown("shifted", {"item": 1})
    run_until(app, lambda: len(pictures(app)) == 2)
    app.slider(key="try-by").set_value(3).run()
    run_until(app, lambda: len(pictures(app)) == 2)
    assert not app.exception


@given(st.integers(0, 7), st.integers(0, 7), st.integers(0, 8))
def test_moved_pixels_keep_their_line(line: int, column: int, by: int) -> None:
    shot = np.zeros((1, 8, 8), np.float32)
    shot[0, line, column] = 1
    moved = moved_right(shot.reshape(1, 64), by).reshape(8, 8)
    assert moved.sum() == (column + by < 8)
    if column + by < 8:
        assert moved[line, column + by] == 1


def test_all_axes_give_a_digit_back() -> None:
    before, after, share = rebuilt(64, (0, 1))
    assert share == pytest.approx(1)
    np.testing.assert_allclose(before, after, atol=1e-4)
    assert rebuilt(2, (0,))[2] < 0.5
    assert Picture.from_bytes(shot(before[0])).read()


def test_toy_data_are_drawn_with_another_setting() -> None:
    given = {
        "toys": ["two_moons", "gaps"], "columns": ["moon", "group"], "method": "tsne", "setting": "perplexity",
        "values": [5, 30], "value": 5,
    }  # fmt: skip
    app = shown("toy_try", given)
    app.select_slider(key="try-value").set_value(30).run()
    run_until(app, lambda: not app.get("progress"))
    assert not app.exception
    assert not app.error


def test_bars_reach_as_far_as_their_values() -> None:
    def page(key: str, facts: list[str]) -> None:
        import embeddings_core as ec
        from components.learning.texts import bars

        bars(ec.lesson("vectors"), key, title="How many", facts=facts, labels=["one"] * len(facts))

    for facts, ends in ((["sentences"], 615), (["delay"], 1.0), (["first"], 1.0)):
        app = AppTest.from_function(page, kwargs={"key": "bars", "facts": facts}, default_timeout=60).run()
        assert not app.exception
        figure = json.loads(app.get("plotly_chart")[0].proto.spec)
        low, high = figure["layout"]["xaxis"]["range"]
        assert low <= min(figure["data"][0]["x"])
        assert high > ends


def test_groups_on_one_map_color_the_others() -> None:
    cells = [{"method": "umap", "n_neighbors": 3}, {"method": "pca"}]
    app = shown("toy_maps", {"toy": "noise", "cells": cells})
    run_until(app, lambda: not app.get("progress"))
    assert not app.exception
    groups = groups_on(toy_map("noise", "umap", n_neighbors=3)[1])
    assert sorted(set(groups.tolist())) == [0, 1, 2, 3, 4, 5]


def test_pictures_are_shown_and_found() -> None:
    app = shown("pictures", {"sample_id": "emoji", "names": ["pizza", "red heart"]})
    assert len(pictures(app)) == 2
    app = shown("picture_search", {"sample_id": "emoji", "encoder": "pixels", "query": " "})
    assert [caption.value for caption in app.caption] == ["Type a word."]


@pytest.mark.parametrize("name", ec.toys())
def test_toys_are_what_they_say(name: str) -> None:
    data, again, other = ec.toy(name, n=300), ec.toy(name, n=300), ec.toy(name, n=300, seed=1)
    assert data.fingerprint == again.fingerprint != other.fingerprint
    assert data.vectors is not None
    vectors, truth = data.vectors, data.metadata
    if name == "swiss_roll":
        assert np.hypot(vectors[:, 0], vectors[:, 2]) == pytest.approx(1.5 * np.pi * (1 + 2 * truth["along"]), rel=1e-4)
    if name == "two_moons":
        assert (np.hypot(*vectors[truth["moon"] == "upper"].T) - 1).std() < 0.1
    if name == "sizes":
        wide, narrow = (spread_of(vectors[truth["group"] == group]) for group in "AB")
        assert wide / narrow == pytest.approx(10, rel=0.05)
    if name == "gaps":
        a, b, c = (vectors[truth["group"] == group].mean(axis=0) for group in "ABC")
        assert np.linalg.norm(c - b) / np.linalg.norm(b - a) == pytest.approx(5, rel=0.05)
    if name == "blobs":
        assert len(set(truth["group"])) == 6
    if name == "noise":
        assert np.abs(np.corrcoef(vectors.T) - np.eye(50)).max() < 0.35


def test_a_toy_that_there_is_not_is_told() -> None:
    with pytest.raises(ec.CoreError, match="There is no toy 'cube'"):
        ec.toy("cube")
    with pytest.raises(ec.CoreError, match="Toy data of 3 points"):
        ec.toy("noise", n=3)

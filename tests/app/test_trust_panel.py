"""How far the map can be trusted, beside the map: its figures in words, what they color, and what they are compared
with."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from conftest import blobs, make_map, make_space, run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import MEASURE, AppState
from components.links import from_link, to_link
from components.trusting.figures import FIGURES, meter, sampled, variance
from components.trusting.points import SHADES

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def opened(**fields: object) -> AppTest:
    """The app with the panel in front, once it says how far the map can be trusted."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", panel="Trust", **fields)  # type: ignore[arg-type]
    app.run()
    run_until(app, lambda: any("side by side" in each.value for each in app.markdown))
    assert not app.exception
    return app


def test_the_verdict_follows_the_map_and_the_number_of_neighbors() -> None:
    app = opened()
    space = ec.encode(ec.sample("everyday"), "minilm")
    found = ec.trust(space, ec.project(space, "pca"))
    assert found.verdict in [each.value.replace("\\", "") for each in app.markdown]
    app.slider(key="trust_k").set_value(30).run()
    run_until(app, lambda: any("of the 30 drawn" in each.value for each in app.markdown))
    assert to_link(app.session_state["app"])["trust_k"] == "30"


def test_a_link_with_a_number_of_neighbors_that_cannot_be_is_put_right() -> None:
    assert from_link({"trust_k": "40"}).trust_k == 40
    assert from_link({"trust_k": "-3"}).trust_k == AppState.trust_k
    assert opened(trust_k=100_000).slider(key="trust_k").value == 100


def test_a_map_without_anything_to_do_with_the_vectors_has_the_figures_of_chance() -> None:
    rng = np.random.default_rng(0)
    space, plane = make_space(rng.normal(size=(400, 12))), make_map(rng.normal(size=(400, 2)))
    found = ec.trust(space, plane)
    for name, figure in FIGURES.items():
        told = meter(name, found, 400)
        if figure.chance is not None:
            assert told.tick == pytest.approx(getattr(found, name), abs=0.06), name
            assert "Chance would give" in told.says
    assert variance(found, 2, 12) is None


def test_figures_say_what_they_are_of_this_map() -> None:
    vectors, _ = blobs(60, 6)
    space = make_space(vectors)
    plane = ec.project(space, "pca")
    found = ec.trust(space, plane, k=5)
    held = variance(found, plane.dims, 6)
    assert held is not None
    assert held.share == pytest.approx(found.explained_variance)
    assert held.tick == pytest.approx(1 / 3)
    assert f"{found.knn_recall * 5:.1f} are truly" in meter("knn_recall", found, 60).says
    assert meter("triplets", found, 60).aside == f"95 %: {found.intervals['triplets'][0]:.2f} to " + (
        f"{found.intervals['triplets'][1]:.2f}"
    )
    assert sampled(found, 60) == ""
    assert sampled(found, 6_000) == "Measured on 60 of 6,000 items, drawn by chance, each against all others."


def test_what_cannot_be_told_is_a_dash_and_not_a_number() -> None:
    still = make_space(np.ones((8, 3)))
    told = meter("shepard_far", ec.trust(still, make_map(np.arange(16).reshape(8, 2))), 8)
    assert told.value == "–"
    assert told.share is None
    assert told.says.startswith("Cannot be told")


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception


def shade(app: AppTest, name: str | None) -> None:
    app.segmented_control(key="trust_color").set_value(name).run()
    assert not app.exception


def trusted(projection: str = "pca", k: int = 15, **settings: int) -> ec.Trust:
    space = ec.encode(ec.sample("everyday"), "minilm")
    return ec.trust(space, ec.project(space, projection, **settings), k)


def test_the_map_is_colored_by_trust_and_the_colors_follow_it() -> None:
    app = opened()
    state = app.session_state["app"]
    for name, (_, legend) in SHADES.items():
        shade(app, name)
        assert state.color == MEASURE
        assert state.measured.label == legend
        assert state.measured.values.tolist() == getattr(trusted(), name).tolist()
    app.slider(key="trust_k").set_value(5).run()
    wanted = trusted(k=5).point_continuity.tolist()
    run_until(app, lambda: state.measured.values.tolist() == wanted)
    shade(app, None)
    assert state.color == ""


def test_colors_by_trust_are_not_kept_for_another_map() -> None:
    app = opened()
    state = app.session_state["app"]
    shade(app, "point_trust")
    state.panel, state.dims = "Selection", 3
    app.run()
    run_until(app, lambda: state.shown is not None and state.shown[1].dims == 3)
    assert state.measured is None
    assert state.color == ""
    assert not app.exception


def test_lines_lead_from_the_picked_item_and_from_the_worst() -> None:
    space = ec.encode(ec.sample("everyday"), "minilm")
    plane = ec.project(space, "pca")
    wrong = ec.torn(space, plane, 7)
    app = opened(item=7)
    said = next(each.value for each in app.markdown if "drawn elsewhere" in each.value)
    assert f"**{len(wrong.torn)}** are drawn elsewhere" in said
    assert f"**{len(wrong.strangers)}** are strangers" in said
    app.toggle(key="trust_worst").set_value(True).run()
    assert not app.exception
    assert to_link(app.session_state["app"])["trust_worst"] == "True"
    assert from_link({"trust_worst": "yes"}).trust_worst is False


def test_of_a_sample_the_neighbors_kept_are_told_of_every_item(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring = sys.modules["embeddings_core.trust"]
    monkeypatch.setattr(measuring, "EXACT", 100)
    monkeypatch.setattr(measuring, "SAMPLE", 50)
    app = opened(trust_k=7)
    state = app.session_state["app"]
    assert any("Measured on 50 of 615 items" in each.value for each in app.caption)
    shade(app, "point_trust")
    assert np.isfinite(state.measured.values).sum() == 50
    assert any("not measured are gray" in each.value for each in app.caption)
    shade(app, "point_recall")
    run_until(app, lambda: bool(np.isfinite(state.measured.values).all()))
    space = ec.encode(ec.sample("everyday"), "minilm")
    assert state.measured.values.tolist() == ec.point_recall(space, ec.project(space, "pca"), 7).tolist()

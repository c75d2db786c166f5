"""What a map is checked against, beside it: the true distances of groups, shuffled vectors, other random starts, and
what is normal for a space."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_map, make_space, run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import MEASURE, AppState
from components.trusting.checks import WOBBLE, front, null_map
from components.trusting.diagnosis import meter
from components.trusting.groups import colored_groups, matrix, pairs, widths
from embeddings_core.coloring import NOISE, REST, Coloring

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def opened(panel: str = "Trust", **fields: object) -> AppTest:
    """The app with a panel in front, once the map is there."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", panel=panel, **fields)  # type: ignore[arg-type]
    app.run()
    says(app, "dimensions")
    return app


def says(app: AppTest, words: str) -> str:
    """What the page says with these words in it, once it does."""

    def found() -> list[str]:
        texts = [each.value.replace("\\", "") for each in (*app.markdown, *app.caption)]
        return [text for text in texts if words in text]

    run_until(app, lambda: bool(found()))
    assert not app.exception
    return found()[0]


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def test_groups_drawn_in_another_order_are_said_beside_the_map_whatever_panel_is_open() -> None:
    space = ec.encode(ec.sample("everyday"), "minilm")
    topics = space.dataset.metadata["topic"]
    names = sorted(set(topics))
    found = ec.center_distances(space, ec.project(space, "pca"), topics.map(names.index).to_numpy(), names)
    said = says(opened("Selection"), "Careful")
    assert sorted(said.split()[2:]) == sorted(f"{found.warning}".split())


def test_without_groups_the_panel_says_how_to_get_some() -> None:
    app = opened(color="@none")
    assert "find groups in the panel Groups" in says(app, "Color the map by 2 to 40")
    assert not any("Careful" in each.value for each in app.caption)
    space = ec.encode(ec.sample("everyday"), "minilm")
    app.session_state["app"].found = space.fingerprint, ec.cluster(space, "kmeans")
    app.run()
    says(app, "Distances between the centers")
    assert len(app.dataframe) == 2


def test_what_many_categories_share_is_no_group() -> None:
    codes = np.array([0, 1, 2, 3, 0, 1], np.uint8)
    found = colored_groups(Coloring("a", "category", codes, ("x", "y", "7 more", "(empty)"), ("#1", "#2", REST, NOISE)))
    assert found is not None
    assert found.labels.tolist() == [0, 1, -1, -1, 0, 1]
    assert colored_groups(Coloring("a", "category", codes * 0, ("x",), ("#1",))) is None
    assert colored_groups(Coloring("a", "number", codes)) is None


def test_the_pair_that_is_drawn_most_wrongly_comes_first() -> None:
    places = np.array([[0, 0], [10, 0], [0, 10], [10, 10]], float)
    labels = np.repeat(np.arange(4), 10)
    noise = np.random.default_rng(0).normal(size=(40, 2))
    drawn = places[[0, 1, 2, 0]] + [[0, 0], [0, 0], [0, 0], [0.5, 0.5]]  # the fourth is drawn on the first
    space = make_space(np.repeat(places, 10, axis=0) * 10 + 500 + noise)
    plane = make_map(np.repeat(drawn, 10, axis=0) + 0.01 * noise * np.repeat([1, 1, 3, 1], 10)[:, None])
    found = ec.center_distances(space, plane, labels, ("a", "b", "c", "d"), metric="euclidean")
    assert pairs(found)["Groups"][0] == "a · d"
    assert widths(found)["Group"][0] == "c"
    assert len(pairs(found)) == 6
    assert (pairs(found)["True"] > 0).all()
    cells = matrix(found)["data"][0]["z"]
    assert [cells[at][at] for at in range(4)] == [None] * 4
    assert cells[3][0] == pytest.approx(found.true[3, 0])
    assert cells[0][3] == pytest.approx(found.drawn[0, 3])


def test_the_verdict_takes_the_map_of_shuffled_vectors() -> None:
    app = opened()
    assert "Only a comparison" in says(app, "side by side")
    press(app, "Draw it from shuffled vectors")
    said = says(app, "shuffled vectors do not have")
    space = ec.encode(ec.sample("everyday"), "minilm")
    plane = ec.project(space, "pca")
    null = null_map(space, plane, 15).trust
    assert said == ec.trust(space, plane, null=null).verdict


def test_vectors_without_structure_get_no_claim_of_any() -> None:
    space = make_space(np.random.default_rng(0).normal(size=(300, 8)))
    plane = ec.project(space, "pca")
    null = null_map(space, plane, 15)
    assert "need not be real" in ec.trust(space, plane, null=null.trust).verdict


def test_the_map_is_made_again_and_colored_by_how_far_points_move() -> None:
    app = opened()
    press(app, "Draw it 5 times")
    said = says(app, "Made 5 times")
    space = ec.encode(ec.sample("everyday"), "minilm")
    found = ec.wobble(space, "pca")
    assert said == found.verdict
    press(app, "Color the map by it")
    state = app.session_state["app"]
    assert state.color == MEASURE
    assert state.measured.label == WOBBLE
    assert state.measured.values.tolist() == found.points.tolist()


def test_a_map_in_three_dimensions_is_shown_from_the_front() -> None:
    coords = np.random.default_rng(0).normal(size=(5, 3))
    flat, solid = make_map(coords[:, :2]), make_map(coords)
    assert front(flat) is flat
    assert front(solid).coords.tolist() == solid.coords[:, :2].tolist()
    assert front(solid).fingerprint != solid.fingerprint


def test_each_figure_of_a_space_stands_beside_what_is_normal() -> None:
    vectors, _ = blobs(200, 12)
    for reading in ec.diagnose(make_space(vectors)).readings:
        told = meter(reading)
        assert told.band is not None
        low, high = told.band
        assert 0 <= low < high <= 1
        assert told.share is not None
        inside = low <= told.share <= high
        if reading.value >= 0:
            assert inside == (reading.verdict == "usual"), reading.name
        assert "is normal" in told.says
        assert (reading.measure.reason in told.says) != (reading.verdict == "usual")


def test_a_figure_that_is_not_defined_is_a_dash() -> None:
    told = [meter(reading) for reading in ec.diagnose(make_space(np.ones((20, 3)))).readings]
    unknown = [each for each in told if each.share is None]
    assert unknown
    assert {each.value for each in unknown} == {"–"}

"""Groups: asked for, judged, edited, undone, kept, and joined level by level."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from conftest import blobs, grouped, make_space, make_texts, run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.groups.judging import agreement_lines, contingency, shape_lines, verdict
from components.links import from_link, to_link
from embeddings_core.groups import edits
from embeddings_core.groups.stability import Stability

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def explore(**fields: object) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    fields = {"dataset": "digits", "projection": "pca", "panel": "Groups", "color": "@cluster"} | fields
    app.session_state["app"] = AppState(**fields)  # type: ignore[arg-type]
    app.run()
    run_until(app, lambda: state_of(app).found is not None and state_of(app).rows is None)
    assert not app.exception
    return app


def state_of(app: AppTest) -> AppState:
    state: AppState = app.session_state["app"]
    return state


def shown(app: AppTest) -> ec.Clustering:
    found = state_of(app).found
    assert found is not None
    return found.groups


def after(app: AppTest, holds: Callable[[], bool]) -> None:
    app.run()
    run_until(app, holds)
    assert not app.exception


def test_a_group_is_renamed_merged_split_and_all_of_it_is_undone_and_kept() -> None:
    app = explore(group=2)
    first = shown(app)
    run_until(app, lambda: any(item.value == "**On its edge**" for item in app.markdown))
    app.text_input(key="group_name").set_value("mine")
    after(app, lambda: shown(app).names[2] == "mine")
    app.selectbox(key="merge_with").set_value(0)
    after(app, lambda: len(shown(app).names) == len(first.names) - 1)
    assert state_of(app).group == 0
    assert shown(app).sizes[0] == first.sizes[0] + first.sizes[2]
    app.button(key="split").click()
    after(app, lambda: len(shown(app).names) == len(first.names))
    app.button(key="groups_undo").click()
    after(app, lambda: len(shown(app).names) == len(first.names) - 1)
    merged = shown(app)
    # another session finds what was kept
    other = explore()
    run_until(other, lambda: shown(other).names == merged.names)
    assert np.array_equal(shown(other).labels, merged.labels)
    other.button(key="groups_back").click()
    after(other, lambda: shown(other).names == first.names)
    assert shown(explore()).names == first.names
    assert edits.kept(ec.get_store(), ec.sample("digits").fingerprint) == ()


def test_a_group_takes_the_place_of_the_list_until_it_is_closed() -> None:
    app = explore(group=1)
    run_until(app, lambda: any(item.value == "**On its edge**" for item in app.markdown))
    assert not any("Click a group" in said.value for said in app.caption)
    app.button(key="all_groups").click().run()
    assert state_of(app).group is None
    assert any("Click a group" in said.value for said in app.caption)


def test_the_picked_item_is_moved_into_the_group_that_is_looked_at() -> None:
    app = explore(group=1)
    assert app.button(key="move_here").disabled
    item = int(np.flatnonzero(shown(app).labels == 0)[0])
    state_of(app).pick(item)
    app.run()
    app.button(key="move_here").click()
    after(app, lambda: bool(shown(app).labels[item] == 1))
    assert app.button(key="move_here").disabled


def test_a_name_that_another_group_has_is_refused_and_said() -> None:
    app = explore(group=1)
    taken = shown(app).names[0]
    app.text_input(key="group_name").set_value(taken)
    after(app, lambda: any("Another group is named" in error.value for error in app.error))
    assert state_of(app).edit is None
    assert shown(app).names.count(taken) == 1


@pytest.mark.parametrize("method", [spec.id for spec in ec.clusterings() if not spec.reads])
def test_every_method_is_offered_with_what_it_can_look_in(method: str) -> None:
    app = explore(clustering=method, group=0)
    run_until(app, lambda: shown(app).method == method)
    spec = next(spec for spec in ec.clusterings() if spec.id == method)
    assert shown(app).on == spec.on[0]
    app.button_group(key="grouped_on").set_value("map")
    after(app, lambda: shown(app).on == "map")
    has_number = any(param.name == "clusters" for param in spec.params)
    assert any(button.key == "suggest" for button in app.button) == has_number


@pytest.mark.model
def test_a_group_is_named_by_the_phrase_nearest_its_center() -> None:
    app = explore(dataset="everyday", group=1)
    first = shown(app)
    app.button(key="phrase").click()
    after(app, lambda: shown(app).names != first.names)
    space = ec.encode(ec.sample("everyday"), "minilm")
    (phrase,) = ec.phrases(space, np.where(first.labels == 1, 0, -1), 1)
    assert shown(app).names == (first.names[0], phrase, *first.names[2:])


def test_where_there_is_no_group_nothing_is_offered_that_needs_one() -> None:
    app = explore(clustering="dbscan", settings={"dbscan": {"eps": 0.001}})
    app.session_state["judged"] = True
    after(app, lambda: any("nothing to measure" in said.value for said in app.caption))
    assert shown(app).names == ()
    assert not [slider for slider in app.slider if slider.key == "level"]
    app.selectbox(key="agree_with").set_value("digit")
    after(app, lambda: any("**ARI 0.00**" in text.value for text in app.markdown))
    app.button(key="try_stability").click()
    after(app, lambda: any("There is no group" in text.value for text in app.caption))


def test_the_number_that_is_suggested_is_set() -> None:
    app = explore()
    app.button(key="suggest").click()
    after(app, lambda: any("have the highest silhouette of 2 to 20" in said.value for said in app.caption))
    chosen = state_of(app).setting("kmeans").get("clusters", 12)
    run_until(app, lambda: len(shown(app).names) == chosen)
    assert app.slider(key="kmeans-clusters").value == chosen
    # who then wants another number is not overruled
    app.slider(key="kmeans-clusters").set_value(chosen + 1)
    after(app, lambda: len(shown(app).names) == chosen + 1)


def test_groups_of_the_map_say_so_and_coarser_levels_can_be_edited() -> None:
    app = explore(grouped_on="map", level=4)
    run_until(app, lambda: len(shown(app).names) == 4)
    assert any("Found on the map as it is drawn" in said.value for said in app.caption)
    state_of(app).group = 1
    app.run()
    app.text_input(key="group_name").set_value("coarse")
    after(app, lambda: shown(app).names[1] == "coarse")
    assert (state_of(app).level, len(shown(app).names)) == (0, 4)
    app.button(key="groups_undo").click()
    after(app, lambda: len(shown(app).names) == 12)


def test_how_stable_groups_are_is_tried_on_demand() -> None:
    app = explore(clustering="agglomerative")
    app.session_state["judged"] = True
    after(app, lambda: any("Davies-Bouldin" in text.value for text in app.markdown))
    app.selectbox(key="agree_with").set_value("digit")
    after(app, lambda: any("**ARI" in text.value for text in app.markdown))
    app.button(key="try_stability").click()
    after(app, lambda: any("of 12 groups keep well" in text.value for text in app.markdown))


def test_a_link_carries_where_groups_are_looked_for_and_the_level() -> None:
    state = AppState(grouped_on="map", level=3)
    assert to_link(state) == {"grouped_on": "map", "level": "3"}
    assert from_link(to_link(state)).level == 3
    assert from_link({"level": "-4"}).level == 0
    assert from_link({"level": "many"}).broken == ("level 'many'",)


@pytest.mark.parametrize("field", ["clustering", "projection"])
def test_a_link_to_a_method_that_there_is_not_says_so(field: str) -> None:
    state = from_link({field: "k-means"})
    assert getattr(state, field) == getattr(AppState(), field)
    assert state.broken == (f"{field} 'k-means'",)


def test_figures_are_told_in_words() -> None:
    vectors, labels = blobs(60, groups=3)
    space = make_space(vectors, make_texts([f"text {i}" for i in range(60)], kind=[f"k{label}" for label in labels]))
    groups = grouped(np.asarray(labels, np.int64), ("a", "b", "c"))
    lines = shape_lines(ec.validity(space, replace(groups, method="hdbscan")))
    assert [line.split()[0] for line in lines] == ["**Davies-Bouldin", "**Calinski-Harabasz", "**DBCV"]
    assert shape_lines(ec.validity(space, replace(groups, method="kmeans"))) == lines[:2]
    assert shape_lines(ec.validity(space, grouped(np.zeros(60, np.int64)))) == []
    found = ec.agreement(space.dataset, groups, "kind")
    assert agreement_lines(found)[0].startswith("**ARI 1.00**")
    assert contingency(found).to_numpy().tolist() == (np.eye(3, dtype=int) * 20).tolist()


def test_the_verdict_on_stability_follows_the_figures() -> None:
    steady = verdict(Stability(np.ones(3), np.full(4, 0.9), np.array([0.9, 0.8]), 60), ["a", "b"])
    assert steady.startswith("**Stable.**")
    assert "2 of 2 groups keep well" in steady
    assert "none dissolves" in steady
    loose = verdict(Stability(np.empty(0), np.full(4, 0.3), np.array([0.2, np.nan]), 60), ["a*", "b"])
    assert loose.startswith("**Unstable.**")
    assert "1 dissolve (below 0.5): a\\*." in loose
    assert "seeds" not in loose

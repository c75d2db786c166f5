"""Stories on their page and on the whole window, without a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from conftest import run_until
from hypothesis import given
from hypothesis import strategies as st
from played import FIRST, SHELL, opened, state_of, words_of
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.links import PLAYED, from_link, to_link
from components.panels import standalone
from components.presenting import editing
from components.remembered import Presenting
from embeddings_core.stories import Scene, Story, begin_story, get_story, ready_stories, stories

pytestmark = pytest.mark.usefixtures("home")
GONE = Scene("Lost", "Nobody has it", "", {"dataset": "0" * 64})
SECOND = Scene("One", "A sentence", "", {"dataset": "everyday", "item": "5", "view": "0a0a0a0a:0,1,0,1"})


def title_of(told: dict[str, Any]) -> str:
    """The title of the view that is shown."""
    title, _ = told["words"][str(told["step"])]
    return str(title)


# -- links -----------------------------------------------------------------------------------------


def test_while_a_story_is_played_the_link_names_only_its_place() -> None:
    state = AppState(story="words", stop=2, item=4, color="topic", settings={"umap": {"n_neighbors": 4}})
    assert to_link(state) == {"story": "words", "stop": "2"}
    assert to_link(AppState(item=4)) == {"item": "4"}


@given(st.dictionaries(st.sampled_from(PLAYED), st.text(max_size=20)))
def test_whatever_a_link_says_of_a_story_is_read_safely(link: Mapping[str, str]) -> None:
    state = from_link(link)
    assert state.stop >= 1
    assert isinstance(state.notes, bool)
    assert state.story == link.get("story", "")


@pytest.mark.parametrize("story", ready_stories(), ids=lambda story: story.key)
def test_the_links_of_ready_stories_are_whole(story: Story) -> None:
    samples = {sample.id for sample in ec.samples()}
    for scene in story.scenes:
        state = from_link(scene.link)
        assert not state.broken
        assert state.dataset in samples
        assert to_link(state).items() >= {(k, v) for k, v in scene.link.items() if v != "everyday"} - {
            ("projection", "umap"),
            ("clustering", "kmeans"),
            ("filter", scene.link.get("filter")),
        }
        assert bool(state.filter) == ("filter" in scene.link)


# -- playing ---------------------------------------------------------------------------------------


def test_a_story_is_played_and_left_and_all_is_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    story = begin_story(ec.get_store(), "Mine", (FIRST, SECOND))
    before = AppState(item=7, seed=3)
    app = opened(before)
    app.button(key=f"play-{story.key}").click().run()
    assert not app.exception
    assert state_of(app) is not before
    assert (state_of(app).color, state_of(app).item) == ("topic", None)
    assert title_of(words_of(app, monkeypatch)) == "All"
    state_of(app).stop = 2
    told = words_of(app, monkeypatch)
    assert (title_of(told), told["step"], told["count"], told["answer"]) == ("One", 2, 2, None)
    assert state_of(app).item == 5
    assert state_of(app).presenting.aside is before
    state_of(app).story = ""
    app.run()
    assert state_of(app) is before
    assert (before.item, before.seed, before.story) == (7, 3, "")


def test_a_view_whose_data_is_gone_says_so_and_the_next_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    story = begin_story(ec.get_store(), "Mine", (GONE, FIRST))
    app = opened(AppState(story=story.key))
    assert not app.exception
    assert "not here any more" in app.info[0].value
    assert title_of(words_of(app, monkeypatch)) == "Lost"
    state_of(app).stop = 2
    app.run()
    assert not app.info
    assert state_of(app).dataset == "everyday"


@pytest.mark.parametrize("step", [0, 99, -4])
def test_a_step_that_is_not_there_is_the_nearest_one(step: int) -> None:
    app = opened(from_link({"story": "words", "stop": str(step)}))
    assert not app.exception
    assert state_of(app).stop == (6 if step > 6 else 1)


def test_a_story_that_is_gone_says_so_above_the_list() -> None:
    app = opened(AppState(story="nowhere", item=4))
    assert not app.exception
    assert "not here any more" in app.error[0].value
    assert app.button(key="play-words")
    assert (state_of(app).story, state_of(app).item) == ("", 4)


def test_a_model_from_elsewhere_is_loaded_only_by_a_click() -> None:
    scene = replace(FIRST, link={"dataset": "everyday", "encoder": "someone/else"})
    story = begin_story(ec.get_store(), "Mine", (scene,))
    app = opened(AppState(story=story.key))
    assert app.button(key="use_encoder")
    assert state_of(app).encoder == ""


@pytest.mark.model
def test_a_question_from_the_floor_is_answered_and_forgotten_with_the_next_view(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = opened(AppState(story="words"))
    state_of(app).ask("a rainy day")
    answers: list[dict[str, Any]] = []

    def answered() -> bool:
        answers.append(words_of(app, monkeypatch))
        return bool(answers[-1]["answer"] and answers[-1]["answer"]["found"])

    run_until(app, answered)
    answer = answers[-1]["answer"]
    assert answer["asked"] == "a rainy day"
    assert len(answer["found"]) == 5
    assert "approximately" in answer["note"]
    assert answers[-1]["turned"]
    state_of(app).stop = 2
    assert words_of(app, monkeypatch)["answer"] is None


def test_notes_are_shown_in_the_place_of_the_views() -> None:
    app = opened(from_link({"story": "words", "notes": "True"}))
    assert not app.exception
    assert state_of(app).presenting.aside is None
    assert not app.button


# -- changing --------------------------------------------------------------------------------------


def own() -> list[Story]:
    return [story for story in stories(ec.get_store()) if not story.ready]


def test_a_ready_story_is_copied_and_the_copy_changed() -> None:
    app = opened(AppState())
    app.button(key="copy-digits").click().run()
    (story,) = own()
    assert story.scenes == get_story(ec.get_store(), "digits").scenes
    view = editing._names(story)
    app.text_input(key=f"title-{view[1]}").set_value("  Islands ").run()
    app.text_area(key=f"notes-{view[1]}").set_value("Breathe").run()
    app.button(key=f"Earlier-{view[1]}").click().run()
    app.button(key=f"remove-{view[3]}").click().run()
    app.text_input(key=f"name-{story.key}").set_value("My digits").run()
    assert not app.exception
    (story,) = own()
    assert story.name == "My digits"
    assert [scene.title for scene in story.scenes][:2] == ["Islands", "1,797 handwritten digits"]
    assert story.scenes[0].notes == "Breathe"
    assert len(story.scenes) == 3
    app.button(key=f"delete-{story.key}").click().run()
    assert own() == []


def test_a_name_that_cannot_be_used_changes_nothing() -> None:
    story = begin_story(ec.get_store(), "Mine", (GONE,))
    app = opened(AppState(presenting=Presenting(kept_in=story.key)))
    assert any("not here any more" in caption.value for caption in app.caption)
    app.text_input(key=f"name-{story.key}").set_value("   ").run()
    assert not app.exception
    assert [one.name for one in own()] == ["Mine"]


def test_a_view_is_kept_from_the_map() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    link = {"dataset": "everyday", "item": "5"}
    app.session_state["app"] = AppState(item=5, presenting=Presenting(to_keep=link))
    app.run()
    app.text_input(key="keep_title-0").set_value("Look here")
    app.text_input(key="keep_name").set_value("First try")
    state_of(app).presenting.to_keep = link  # in a browser the dialog stays open by itself
    app.button(key="keep").click().run()
    assert not app.exception
    (story,) = own()
    assert (story.name, [scene.title for scene in story.scenes]) == ("First try", ["Look here"])
    assert story.scenes[0].link["item"] == "5"
    assert state_of(app).presenting.kept_in == story.key


def test_a_title_that_is_too_long_is_told_and_nothing_is_lost() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    link = {"dataset": "everyday"}
    app.session_state["app"] = AppState(presenting=Presenting(to_keep=link))
    app.run()
    app.text_input(key="keep_title-0").set_value("a" * 300)
    state_of(app).presenting.to_keep = link
    app.button(key="keep").click().run()
    assert "up to 120 characters" in app.error[0].value
    assert app.text_input(key="keep_title-0").value == "a" * 300
    assert own() == []


def test_two_views_of_the_same_map_are_told_apart_wherever_they_are_moved_to() -> None:
    story = begin_story(ec.get_store(), "Mine", (FIRST, GONE, replace(FIRST, title="Again")))
    names = editing._names(story)
    assert len(set(names)) == 3
    assert editing._names(story.with_moved(1, 0)) == [names[1], names[0], names[2]]
    assert editing._names(story.with_changed(1, replace(GONE, title="Found"))) == names


def test_the_views_of_this_very_map_can_be_handed_over_in_its_file() -> None:
    more = (
        {"projection": "pca"}, {"page": "compare"}, {"query": "rain"}, {"panel": "Trust", "trust_worst": "True"},
        {"panel": "Compose", "summands": '[[1,"rain"]]'}, {"encoder": "tfidf"},
    )  # fmt: skip
    begin_story(ec.get_store(), "Mine", (FIRST, GONE, *(replace(FIRST, link=link) for link in more)))
    same = replace(FIRST, link={"encoder": "minilm", "panel": "Trust"})
    begin_story(ec.get_store(), "Mine", (same,))
    with_state = AppState(seed=0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(standalone, "get_state", lambda: with_state)
        found = standalone._of_this_map("minilm")
        assert found["Mine"] == (FIRST,)
        assert found["Mine (2)"] == (same,)
        assert len(found[get_story(ec.get_store(), "words").name]) == 4
        with_state.seed = 1
        assert "Mine" not in standalone._of_this_map("minilm")

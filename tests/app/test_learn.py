"""The page Learn without a browser: the list, a lesson step by step, its questions, what is remembered."""

from __future__ import annotations

import inspect
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.learning.prose import markdown
from components.learning.shows import SHOWS, draw_show
from components.links import from_link, to_link
from embeddings_core.errors import InputError
from embeddings_core.lessons import Lesson, Show
from embeddings_core.lessons.prose import blocks

SHELL = Path(__file__).parents[2] / "components" / "shell.py"
LESSONS = ec.lessons()
FIRST = LESSONS[0]
pytestmark = pytest.mark.usefixtures("home")


def opened(**fields: object) -> AppTest:
    """The page, with these fields of the state."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(**fields)  # type: ignore[arg-type]
    return app.run().switch_page("../pages/learn.py").run()


def state_of(app: AppTest) -> AppState:
    return app.session_state["app"]  # type: ignore[no-any-return]


def step_of(kind: str) -> int:
    """The number of the first step of that kind of the first lesson."""
    return 1 + next(at for at, step in enumerate(FIRST.steps) if step.kind == kind)


def test_a_lesson_is_walked_through_and_remembered() -> None:
    app = opened(lesson=FIRST.id)
    assert app.button(key="back").disabled
    for at in range(1, len(FIRST.steps)):
        assert not app.exception
        assert not app.error
        app.button(key="next").click().run()
        assert state_of(app).step == at + 1
        assert state_of(app).learned == {FIRST.id: at}
    app.button(key="back").click().run()
    assert state_of(app).step == len(FIRST.steps) - 1
    app.button(key="all_lessons").click().run()
    assert [block.value for block in app.title] == ["Learn"]
    assert to_link(state_of(app)) == {}


def test_the_last_step_leads_on() -> None:
    app = opened(lesson=FIRST.id, step=len(FIRST.steps))
    app.button(key="next").click().run()
    assert state_of(app).learned == {FIRST.id: len(FIRST.steps)}
    assert state_of(app).lesson == (LESSONS[1].id if len(LESSONS) > 1 else "")
    app = opened(lesson=LESSONS[-1].id, step=len(LESSONS[-1].steps))
    assert app.button(key="next").label == "Finish"
    app.button(key="next").click().run()
    assert state_of(app).lesson == ""


def test_a_prediction_is_recalled_where_the_answer_is_seen() -> None:
    number = step_of("predict")
    app = opened(lesson=FIRST.id, step=number)
    assert app.radio(key=f"answer-{FIRST.id}-{number}").value is None
    app.radio(key=f"answer-{FIRST.id}-{number}").set_value(0).run()
    assert "Go on to see" in app.info[0].value
    app.button(key="next").click().run()
    assert state_of(app).answered == {f"{FIRST.id}-{number}": 0}
    app.button(key="back").click().run()
    assert app.radio(key=f"answer-{FIRST.id}-{number}").value == 0


def test_every_answer_is_explained() -> None:
    number = step_of("check")
    answers = FIRST.steps[number - 1].answers
    app = opened(lesson=FIRST.id, step=number)
    for at, answer in enumerate(answers):
        app.radio(key=f"answer-{FIRST.id}-{number}").set_value(at).run()
        said = app.success if answer.right else app.warning
        assert markdown(FIRST.blocks(answer.why)) in said[0].value


def test_teachers_see_notes_and_times() -> None:
    app = opened(lesson=FIRST.id)
    notes = [markdown(FIRST.blocks(text)) for text in (FIRST.notes, FIRST.steps[0].notes)]
    assert not [block for block in app.markdown if block.value in notes]
    app.toggle(key="teacher").set_value(True).run()
    assert [block.value for block in app.markdown if block.value in notes] == notes
    assert any("about one minute of" in caption.value for caption in app.caption)


def test_a_link_opens_a_step_and_survives_nonsense() -> None:
    link = to_link(AppState(lesson=FIRST.id, step=3))
    assert link == {"lesson": FIRST.id, "step": "3"}
    assert (from_link(link).lesson, from_link(link).step) == (FIRST.id, 3)
    assert from_link({"step": "x"}).step == 1
    app = opened(lesson=FIRST.id, step=10**6)
    assert state_of(app).step == len(FIRST.steps)
    app = opened(lesson=FIRST.id, step=-4)
    assert state_of(app).step == 1
    app = opened(lesson="no-such-lesson")
    assert "There is no lesson" in app.error[0].value
    assert [block.value for block in app.title] == ["Learn"]


def test_an_address_that_lags_behind_turns_no_page_back() -> None:
    app = opened(lesson=FIRST.id)
    app.button(key="next").click().run()
    app.query_params["lesson"], app.query_params["step"] = FIRST.id, "1"  # the browser has yet to take it over
    app.button(key="next").click().run()
    assert state_of(app).step == 3
    app.query_params["lesson"], app.query_params["step"] = FIRST.id, "2"  # the visitor went back in the browser
    app.run()
    assert state_of(app).step == 2


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.id)
def test_everything_that_a_lesson_shows_can_be_drawn(lesson: Lesson) -> None:
    for step in lesson.steps:
        for show in step.shows:
            inspect.signature(SHOWS[show.what]).bind(lesson, "key", **show.given)
            assert set(show.given.get("facts", ())) <= set(lesson.expect)
            assert len(show.given.get("facts", ())) == len(show.given.get("labels", ()))
        if step.link is not None:
            assert from_link(step.link.state).broken == ()
            assert to_link(from_link(step.link.state)) == step.link.state


def test_what_cannot_be_drawn_is_told() -> None:
    with pytest.raises(InputError, match="shows 'magic', which there is not"):
        draw_show(FIRST, Show("magic", {}), "key")
    with pytest.raises(InputError, match="cannot show 'strip': got an unexpected keyword argument 'color'"):
        draw_show(FIRST, Show("strip", {"encoder": "minilm", "text": "a", "color": "red"}), "key")


def test_words_stay_words_in_a_label() -> None:
    assert markdown(blocks("a_b *c* [x](y) **d**", {}, {})) == r"a\_b *c* \[x\]\(y\) **d**"

"""The list of lessons, and one lesson as steps."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

import embeddings_core as ec
from components.feedback import show, shown
from components.learning.prose import draw_contents, draw_prose, markdown
from components.learning.shows import draw_show
from components.state import bind, get_state
from embeddings_core.lessons import Lesson, Step, readable
from embeddings_core.lessons.handout import handout
from embeddings_core.lessons.prose import Block, Run

KINDS = {"read": "Read", "predict": "Predict", "do": "Try it", "see": "See", "check": "Check yourself"}


def contents() -> None:
    """Draw the list of lessons with how far the visitor has come, and the glossary."""
    st.title("Learn")
    st.markdown("Short lessons about embeddings, from the first idea to real use. You need to know nothing beforehand.")
    lessons, wrong = readable()
    for error in wrong.values():
        show(error)
    draw_contents([_entry(lesson) for lesson in lessons], get_state().learned, _open, key="lessons")
    with st.expander("Glossary", icon=":material/dictionary:"):
        said = [Block("p", (Run("strong", term.written), Run("plain", f": {term.says}"))) for term in ec.glossary()]
        draw_prose(said, key="glossary")


def _entry(lesson: Lesson) -> dict[str, object]:
    return {
        "id": lesson.id, "number": lesson.number, "title": lesson.title, "summary": lesson.summary,
        "minutes": lesson.minutes, "steps": len(lesson.steps),
    }  # fmt: skip


def _open(id: str, done: int) -> None:
    """Go to a lesson: on where it was left, or from the start where it was finished."""
    _turn(id, 1 if done >= len(ec.lesson(id).steps) else max(done, 0) + 1)


def _close() -> None:
    _turn("", 1)


def _go(step: int) -> None:
    _turn(get_state().lesson, step)


def _turn(lesson: str, step: int) -> None:
    state = get_state()
    state.lesson, state.step = lesson, step
    state.touched = True  # whoever turns pages fast is ahead of the address


def one_lesson(lesson: Lesson) -> None:
    """Draw the step of the lesson that the state names."""
    state, last = get_state(), len(lesson.steps)
    state.step = min(max(state.step, 1), last)
    step, name = lesson.steps[state.step - 1], f"{lesson.id}-{state.step}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button("All lessons", key="all_lessons", icon=":material/arrow_back:", type="tertiary", on_click=_close)
        st.caption(f"{lesson.number} · {lesson.title}")
        st.toggle("For teachers", help="Notes and times beside the steps.", **bind("teacher"))
        st.download_button(
            "Handout", handout(lesson), f"lesson-{lesson.number}-{lesson.id}.html", "text/html", key="handout",
            icon=":material/print:", type="tertiary", on_click="ignore", help="The whole lesson as one page to print.",
        )  # fmt: skip
    labels = [f"Step {at}: {KINDS[one.kind]}, {one.title}" for at, one in enumerate(lesson.steps, start=1)]
    draw_prose(
        [*_recalled(lesson, state.step), *lesson.blocks(step.text)], key="prose", title=step.title,
        kicker=f"{KINDS[step.kind]} · {state.step} of {last}", steps=labels, at=state.step - 1, go=_go,
        learned=dict(state.learned),
    )  # fmt: skip
    for place, drawn in enumerate(step.shows):
        with shown():
            draw_show(lesson, drawn, f"{name}-{place}")
    if step.answers:
        _question(lesson, step, state.step)
    if step.link is not None:
        address = f"./{'' if step.link.page == 'explore' else step.link.page}?{urlencode(step.link.state)}"
        st.link_button(step.link.label, address, icon=":material/open_in_new:", help="Opens in a tab of its own.")
    if state.teacher:
        _for_teachers(lesson, step, first=state.step == 1)
    _sources(lesson, step)
    _turning(lesson, state.step, last)


def _recalled(lesson: Lesson, number: int) -> list[Block]:
    """What was predicted in the step before, where that was a prediction."""
    before = lesson.steps[number - 2] if number > 1 else None
    chosen = get_state().answered.get(f"{lesson.id}-{number - 1}")
    if before is None or before.kind != "predict" or chosen is None:
        return []
    answer = before.answers[chosen]
    text = "".join(block.text for block in lesson.blocks(answer.text)).removesuffix(".")
    return [
        Block("p", (Run("em", f"You predicted: {text}. {'You were right.' if answer.right else 'See for yourself.'}"),))
    ]


def _question(lesson: Lesson, step: Step, number: int) -> None:
    name, state = f"{lesson.id}-{number}", get_state()
    answers = [markdown(lesson.blocks(answer.text)) for answer in step.answers]

    chosen = st.radio(
        markdown(lesson.blocks(step.question)), range(len(answers)), index=state.answered.get(name),
        format_func=lambda place: answers[place], key=f"answer-{name}",
    )  # fmt: skip
    if chosen is None:
        return
    state.answered[name] = chosen
    answer = step.answers[chosen]
    if step.kind == "predict":
        st.info("Go on to see what happens.", icon=":material/visibility:")
    elif answer.right:
        st.success(f"**Right.** {markdown(lesson.blocks(answer.why))}", icon=":material/check_circle:")
    else:
        st.warning(f"**Not quite.** {markdown(lesson.blocks(answer.why))}", icon=":material/help:")


def _for_teachers(lesson: Lesson, step: Step, *, first: bool) -> None:
    with st.container(border=True):
        time = {0.5: "half a minute", 1: "one minute"}.get(step.minutes, f"{step.minutes:g} minutes")
        st.caption(f"**For teachers** · about {time} of {lesson.minutes} for the lesson")
        for text in (lesson.notes if first else "", step.notes):
            if text:
                st.markdown(markdown(lesson.blocks(text)))


def _sources(lesson: Lesson, step: Step) -> None:
    if step.sources:
        said = (lesson.sources[name] for name in step.sources)
        st.caption("Source: " + "; ".join(f"[{one.text}]({one.url})" if one.url else one.text for one in said))


def _turning(lesson: Lesson, number: int, last: int) -> None:
    following = next((one.id for one in readable()[0] if one.number > lesson.number), "")

    def on() -> None:
        learned = get_state().learned
        learned[lesson.id] = max(number, learned.get(lesson.id, 0))
        if number < last:
            _go(number + 1)
            return
        if following:
            _open(following, learned.get(following, 0))
        else:
            _close()

    with st.container(horizontal=True, gap="small"):
        st.button("Back", key="back", disabled=number == 1, on_click=_go, args=(number - 1,), shortcut="Left")
        label = "Next" if number < last else "Next lesson" if following else "Finish"
        st.button(label, key="next", type="primary", on_click=on, shortcut="Right")

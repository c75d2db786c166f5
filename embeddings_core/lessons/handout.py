"""A lesson as one page of HTML to print: the words, the questions, and at the end the answers, terms and sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from pathlib import Path
from typing import Any

from ..markup import Markup, document, joined, tag
from . import Lesson, Step, glossary
from .prose import Block, Run

_STYLE = Path(__file__).with_suffix(".css")
_TAGS = {"strong": "strong", "em": "em", "code": "code", "term": "em", "fact": "b", "quote": "em"}
_LETTERS = "ABCDEFGH"


def handout(lesson: Lesson) -> str:
    """The page. It needs no other file, runs no script and asks for nothing."""
    body = joined(
        tag("header", tag("h1", f"{lesson.number}. {lesson.title}"), tag("p", lesson.summary, class_="quiet")),
        *(_step(lesson, at, step) for at, step in enumerate(lesson.steps, start=1)),
        _answers(lesson),
        _terms(lesson),
        _sources(lesson),
    )
    return document(lesson.title, _STYLE.read_text(encoding="utf-8"), body)


def _step(lesson: Lesson, at: int, step: Step) -> Markup:
    named = [(label, lesson.expect[name].shown) for show in step.shows for name, label in _named(show.given)]
    table = tag("table", *(tag("tr", tag("td", label), tag("td", value, class_="number")) for label, value in named))
    question = tag("p", *_runs(lesson.blocks(step.question)), class_="question") if step.question else None
    choices = (
        tag("li", tag("span", letter, class_="box"), " ", *_runs(lesson.blocks(answer.text)))
        for letter, answer in zip(_LETTERS, step.answers, strict=False)
    )
    more = step.link is not None or any(show.what != "bars" for show in step.shows)
    return tag(
        "section", tag("h2", f"{at}. {step.title}"), *_paragraphs(lesson.blocks(step.text)),
        table if named else None, tag("p", "More of this step is on the screen.", class_="quiet") if more else None,
        question, tag("ul", *choices, class_="choices") if step.answers else None,
    )  # fmt: skip


def _named(given: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    """The expects that something shows, each with its label."""
    return zip(given.get("facts", ()), given.get("labels", ()), strict=False)


def _paragraphs(blocks: Iterable[Block]) -> list[Markup]:
    made: list[Markup] = []
    for kind, some in groupby(blocks, key=lambda block: block.kind):
        parts = [tag(kind, *_runs([block])) for block in some]
        made += parts if kind == "p" else [tag("ul", *parts)]
    return made


def _runs(blocks: Iterable[Block]) -> list[Markup | str]:
    return [_run(run) for block in blocks for run in block.runs]


def _run(run: Run) -> Markup | str:
    return tag(_TAGS[run.look], run.text) if run.look in _TAGS else run.text


def _answers(lesson: Lesson) -> Markup:
    said = []
    for at, step in enumerate(lesson.steps, start=1):
        for letter, answer in zip(_LETTERS, step.answers, strict=False):
            if answer.right or answer.why:
                right = tag("b", f"{at} {letter}. Right. ") if answer.right else f"{at} {letter}. "
                said.append(tag("p", right, *_runs(lesson.blocks(answer.why))))
    return tag("section", tag("h2", "Answers"), *said, class_="last")


def _terms(lesson: Lesson) -> Markup | None:
    told = {
        run.tip
        for step in lesson.steps
        for text in (step.text, step.question)
        for block in lesson.blocks(text)
        for run in block.runs
        if run.look == "term"
    }
    terms = [term for term in glossary() if term.says in told]
    said = (tag("p", tag("b", term.written), f": {term.says}") for term in terms)
    return tag("section", tag("h2", "Words"), *said) if terms else None


def _sources(lesson: Lesson) -> Markup | None:
    said = (tag("p", f"{one.text}. {one.url}".strip()) for one in lesson.sources.values())
    return tag("section", tag("h2", "Sources"), *said, class_="sources") if lesson.sources else None

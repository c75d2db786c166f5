"""The words of lessons on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from components.feedback import plain
from components.scripts import component
from components.state import heard
from embeddings_core.coloring import Coloring
from embeddings_core.lessons.prose import Block


def draw_prose(
    blocks: Sequence[Block], *, key: str, title: str = "", kicker: str = "", steps: Sequence[str] = (), at: int = 0,
    go: Callable[[int], None] | None = None, learned: Mapping[str, int] | None = None,
) -> None:  # fmt: skip
    """Draw paragraphs below a title; with `steps`, a line with one part for each, of which the one at `at` is drawn
    now. `go` gets the number, from 1, of the step that is clicked. The browser keeps what was `learned`."""

    def turned() -> None:
        step = heard(key, "step")
        if go and isinstance(step, int) and 1 <= step <= len(steps):
            go(step)

    said = [{"kind": block.kind, "runs": [run._asdict() for run in block.runs]} for block in blocks]
    data = {"title": title, "kicker": kicker, "steps": list(steps), "at": at, "blocks": said, "learned": learned or {}}
    component("prose", "learning/prose.html", ("learning/kept.js", "learning/prose.js"), "learning/prose.css")(
        key=key, data=data, on_step_change=turned
    )


def draw_contents(
    lessons: Sequence[dict[str, Any]], learned: Mapping[str, int], choose: Callable[[str, int], None], *, key: str
) -> None:
    """Draw the list of lessons ("id", "number", "title", "summary", "minutes", "steps") with how far this browser has
    come in each, which is at least what was `learned`; `choose` gets the id of the one that is clicked, and how many
    steps of it were gone through."""
    known = {lesson["id"] for lesson in lessons}

    def chosen() -> None:
        sent = heard(key, "chosen")
        if isinstance(sent, dict) and sent.get("id") in known and isinstance(sent.get("done"), int):
            choose(sent["id"], sent["done"])

    scripts = ("learning/kept.js", "learning/contents.js")
    component("contents", "learning/contents.html", scripts, "learning/contents.css")(
        key=key, data={"lessons": list(lessons), "learned": dict(learned)}, on_chosen_change=chosen
    )


def draw_legend(coloring: Coloring, *, key: str) -> None:
    """What the colors say, in one line."""
    data = {"label": coloring.label, "names": coloring.names, "palette": coloring.palette, "ends": coloring.ends}
    component("legend", "learning/legend.html", ("learning/legend.js",), "learning/legend.css")(key=key, data=data)


def markdown(blocks: Sequence[Block]) -> str:
    """The same as Markdown, for labels, where nothing can be told about a word."""
    marks = {"strong": "**", "em": "*", "quote": "*"}
    return "  \n".join(
        "".join(f"{marks.get(run.look, '')}{plain(run.text)}{marks.get(run.look, '')}" for run in block.runs)
        for block in blocks
    )

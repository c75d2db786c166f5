"""The handout of a lesson: everything that it says, on one page that needs nothing else."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

import pytest

import embeddings_core as ec
from embeddings_core.lessons import Lesson, definitions
from embeddings_core.lessons.handout import handout


class Read(HTMLParser):
    """The text of a page, its elements, and the addresses that it would ask for."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text, self.tags, self.asks = "", set[str](), list[str]()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.asks += [value or "" for name, value in attrs if name in ("src", "href")]

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("lesson", ec.lessons(), ids=lambda lesson: lesson.id)
def test_a_handout_says_everything_and_asks_for_nothing(lesson: Lesson) -> None:
    page = handout(lesson)
    read = Read(page)
    said = " ".join(read.text.split())
    assert "script" not in read.tags
    assert read.asks == []
    assert "default-src 'none'" in unescape(page)
    for step in lesson.steps:
        for text in (step.text, step.question, *(part for one in step.answers for part in (one.text, one.why))):
            for block in lesson.blocks(text):
                assert " ".join(block.text.split()) in said
    terms = {
        run.tip
        for step in lesson.steps
        for block in lesson.blocks(step.text)
        for run in block.runs
        if run.look == "term"
    }
    assert terms <= set(definitions().values())
    assert all(f": {tip}" in said for tip in terms)
    assert all(source.text in said for source in lesson.sources.values())
    assert len(re.findall("Right. ", read.text)) == sum(bool(step.answers) for step in lesson.steps)

"""Lessons say only what the code shows, in words that are easy to read; a mistake in a file is told with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import embeddings_core as ec
from embeddings_core.encoders import get_encoder
from embeddings_core.errors import CoreError, InputError, MissingPackage, ParameterError
from embeddings_core.lessons import GLOSSARY, Expect, Lesson, definitions, glossary, read_lesson, readable, texts_of
from embeddings_core.lessons.facts import FACTS, compute
from embeddings_core.lessons.prose import Block, blocks

LESSONS = ec.lessons()
EXPECTS = [(lesson, expect) for lesson in LESSONS for expect in lesson.expect.values()]
LONGEST = 30
"""Words of a sentence."""
_DIGIT = re.compile(r"\d")
_SENTENCE = re.compile(r"(?<=[.!?:])[\"”’*)]*\s+")


def texts(lesson: Lesson) -> Iterator[tuple[str, str]]:
    """Every text of a lesson with where it stands, in the order in which it is read."""
    yield "summary", lesson.summary
    for at, step in enumerate(lesson.steps, start=1):
        yield from ((f"step {at}, {key}", text) for key, text in texts_of(step))
    yield "notes", lesson.notes


def read(lesson: Lesson) -> Iterator[tuple[str, Block]]:
    for where, text in texts(lesson):
        yield from ((where, block) for block in lesson.blocks(text))


@pytest.fixture(params=LESSONS, ids=lambda lesson: lesson.id)
def lesson(request: pytest.FixtureRequest) -> Lesson:
    return request.param  # type: ignore[no-any-return]


@pytest.mark.model
@pytest.mark.parametrize(("lesson", "expect"), EXPECTS, ids=lambda one: getattr(one, "name", None) or one.id)
def test_what_a_lesson_tells_is_what_comes_out(lesson: Lesson, expect: Expect) -> None:
    try:
        for encoder in {expect.arguments.get("encoder")} & set(lesson.needs):
            get_encoder(str(encoder)).encode([])
    except MissingPackage as error:
        pytest.skip(f"{lesson.id} needs what is not installed here: {error.hint}")
    found = compute(expect.compute, expect.arguments)
    if isinstance(expect.value, str):
        assert found == expect.value
    else:
        assert found == pytest.approx(expect.value, abs=expect.within, rel=0)


def test_every_expect_is_told_and_every_source_is_used(lesson: Lesson) -> None:
    told = {name for _, text in texts(lesson) for name in re.findall(r"\{(\w+)\}", text)}
    for step in lesson.steps:
        for show in step.shows:
            told |= set(show.given.get("facts", ()))
    assert set(lesson.expect) == told
    assert {name for step in lesson.steps for name in step.sources} == set(lesson.sources)


def test_every_claim_has_a_source_or_is_computed(lesson: Lesson) -> None:
    bare = [
        step.title
        for step in lesson.steps
        if step.kind in ("read", "do", "see") and not step.sources and not re.search(r"\{\w+\}", step.text)
    ]
    assert bare == []


def test_sentences_are_short(lesson: Lesson) -> None:
    long = [
        (where, sentence)
        for where, block in read(lesson)
        for sentence in _SENTENCE.split(block.text)
        if len(sentence.split()) > LONGEST
    ]
    assert long == []


def test_digits_come_from_what_is_computed(lesson: Lesson) -> None:
    typed = [
        (where, run.text)
        for where, block in read(lesson)
        for run in block.runs
        if run.look not in ("fact", "quote", "code") and _DIGIT.search(run.text)
    ]
    assert typed == []


def test_a_term_is_marked_where_it_first_stands(lesson: Lesson) -> None:
    of_form = {form: term.says for term in glossary() for form in (term.name, *term.also)}
    known: set[str] = set()
    for where, block in read(lesson):
        if not where.endswith("text"):
            continue  # nothing can be told about a word of a title or an answer
        known |= {run.tip for run in block.runs if run.look == "term"}
        said = "".join(run.text for run in block.runs if run.look != "fact")
        bare = [form for form, says in of_form.items() if says not in known and re.search(rf"\b{form}\b", said, re.I)]
        assert bare == [], where


def test_lessons_have_a_question_before_the_answer_and_one_at_the_end(lesson: Lesson) -> None:
    kinds = [step.kind for step in lesson.steps]
    assert {"read", "predict", "see", "do", "check"} == set(kinds)
    assert kinds[-1] == "check"
    assert 5 <= lesson.minutes <= 8


def test_lessons_are_numbered_one_after_the_other() -> None:
    assert [lesson.number for lesson in LESSONS] == sorted({lesson.number for lesson in LESSONS})
    assert LESSONS[0].number == 1
    assert ec.lesson(LESSONS[0].id) is LESSONS[0]
    with pytest.raises(ParameterError, match="There is no lesson 'no'"):
        ec.lesson("no")


def test_definitions_are_short_and_used() -> None:
    used = {run.tip for lesson in LESSONS for _, block in read(lesson) for run in block.runs}
    for term in glossary():
        assert all(len(sentence.split()) <= LONGEST for sentence in _SENTENCE.split(term.says)), term.name
        assert term.says in used, f"nobody marks {term.name!r}"
        assert all(form == form.lower() for form in (term.name, *term.also))
        assert term.written.lower() == term.name


def test_facts_are_asked_by_name_with_arguments_that_fit() -> None:
    assert compute("items", {"sample_id": "everyday"}) == 615
    with pytest.raises(ParameterError, match="There is no fact 'eval'"):
        compute("eval", {"code": "1"})
    with pytest.raises(ParameterError, match="'items' cannot be computed: missing a required argument"):
        compute("items", {})
    assert all(fact.__doc__ for fact in FACTS.values())


# -- the format ------------------------------------------------------------------------------------

GOOD = """
number = 1
title = "A lesson"
summary = "What it is about."
[expect.size]
compute = "items"
with = { sample_id = "everyday" }
value = 615
[sources.book]
text = "A book"
[[steps]]
kind = "predict"
title = "Guess"
question = "How many?"
answers = [{ text = "Few." }, { text = "Many.", right = true }]
[[steps]]
kind = "see"
title = "Many"
text = "There are **really** {size}, each with its [[vector]]."
sources = ["book"]
shows = [{ what = "bars", facts = ["size"], labels = ["Sentences"] }]
"""


def written(path: Path, text: str) -> Path:
    file = path / "made.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_file_becomes_a_lesson(tmp_path: Path) -> None:
    made = read_lesson(written(tmp_path, GOOD))
    assert (made.id, made.number, made.minutes, made.needs) == ("made", 1, 2, ())
    assert made.steps[0].answers[1].right
    assert (made.steps[1].shows[0].what, made.steps[1].shows[0].given["facts"]) == ("bars", ["size"])
    runs = made.blocks(made.steps[1].text)[0].runs
    assert [(run.look, run.text) for run in runs] == [
        ("plain", "There are "), ("strong", "really"), ("plain", " "), ("fact", "615"), ("plain", ", each with its "),
        ("term", "vector"), ("plain", "."),
    ]  # fmt: skip
    assert runs[3].tip == 'items(sample_id="everyday")'
    assert runs[5].tip == definitions()["vector"]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("number = 1", "number = ", "made.toml cannot be read"),
        ("number = 1", "number = true", "made.toml: number is 'True', which is not a whole number"),
        ("number = 1", "", "made.toml: number is missing"),
        ('title = "A lesson"', 'title = ""', "made.toml: title is empty"),
        ('title = "A lesson"', 'name = "A lesson"\ntitle = "A"', "made.toml: name is not known here"),
        ("value = 615", 'value = 615\nform = "x"', "made.toml: expect.size.form is not known here"),
        ("value = 615", "value = [1]", r"made.toml: expect.size.value is '\[1\]', which is not a number or a text"),
        ("value = 615", 'value = 615\nas = "many"', "as is 'many', but must be one of number, percent, word"),
        ("value = 615", 'value = 615\nas = "word"', "expect.size.value has no word"),
        ('kind = "see"', 'kind = "look"', r"made.toml: steps\[2\].kind is 'look'"),
        ('kind = "see"', 'kind = "read"', r"steps\[1\].kind is 'predict', and 'read' follows it"),
        ('["book"]', '["film"]', r"steps\[2\].sources names 'film', which is not under \[sources\]"),
        ("{size}", "{sise}", r"steps\[2\].text cannot be used: Nothing is called 'sise'"),
        ("[[vector]]", "[[hector]]", r"steps\[2\].text cannot be used: The term 'hector' is not in the glossary"),
        ("**really**", "**really", r"The mark '\*' in"),
        (", right = true", "", r"steps\[1\].answers needs two or more, exactly one of them right"),
        ('facts = ["size"]', 'facts = ["sise"]', r"steps\[2\].shows names the fact 'sise', which is not under"),
        ('labels = ["Sentences"]', "labels = []", r"steps\[2\].shows has 1 facts, but 0 labels"),
        ('shows = [{ what = "bars", facts = ["size"], labels = ["Sentences"] }]', "", r"steps\[2\].shows is missing"),
        ('shows = [{ what = "bars", facts', "shows = [{ facts", r"steps\[2\].shows\[1\].what is missing"),
        ('sources = ["book"]', 'question = "Why?"', r"question does not belong to a step of kind 'see'"),
        ('text = "There', 'link = { label = "Go", page = "home" }\ntext = "There', r"link.page is 'home'"),
        ("answers = [", "answers = [1, ", r"steps\[1\].answers\[1\].the file is no table|answers\[1\]"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert old in GOOD
    with pytest.raises(InputError, match=told) as caught:
        read_lesson(written(tmp_path, GOOD.replace(old, new, 1)))
    assert "made.toml" in caught.value.message


def test_a_slip_in_a_key_is_recognized_and_other_lessons_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "good.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.toml").write_text(GOOD.replace("summary =", "sumary ="), encoding="utf-8")
    odd = GOOD.replace('title = "Many"', 'title = "Many"\nmintues = 2')
    (tmp_path / "odd.toml").write_text(odd, encoding="utf-8")
    found, wrong = readable(tmp_path)
    assert [one.id for one in found] == ["good"]
    assert ec.lesson("good", tmp_path) is found[0]
    assert wrong["bad"].message == "bad.toml: summary is missing."
    assert wrong["bad"].hint.startswith("Is 'sumary' what is meant?")
    assert wrong["odd"].message == "odd.toml: steps[2].mintues is not known here."
    assert wrong["odd"].hint.startswith("Is 'minutes' what is meant?")
    for read in (lambda: ec.lessons(tmp_path), lambda: ec.lesson("bad", tmp_path)):
        with pytest.raises(InputError, match="summary is missing"):
            read()


def test_folders_are_read_whole(tmp_path: Path) -> None:
    (tmp_path / GLOSSARY).write_text('[word]\nsays = "Letters."\nalso = ["words"]\n', encoding="utf-8")
    assert dict(definitions(tmp_path)) == {"word": "Letters.", "words": "Letters."}
    (tmp_path / "b.toml").write_text(GOOD.replace("number = 1", "number = 2"), encoding="utf-8")
    (tmp_path / "a.toml").write_text(GOOD.replace("number = 1", "number = 3"), encoding="utf-8")
    assert [one.id for one in ec.lessons(tmp_path)] == ["b", "a"]


@pytest.mark.parametrize(
    ("value", "more", "shown"),
    [
        (0.4567, "", "0.46"),
        (-0.02, "", "−0.02"),
        (0.63, 'as = "percent"', "63%"),
        (1797, "", "1,797"),
        (9, 'as = "word"', "nine"),
        ("'a b'", "", "a b"),
    ],
)
def test_values_are_shown_as_people_write_them(tmp_path: Path, value: object, more: str, shown: str) -> None:
    made = read_lesson(written(tmp_path, GOOD.replace("value = 615", f"value = {value}\n{more}")))
    assert made.expect["size"].shown == shown


def test_lists_and_paragraphs_are_told_apart() -> None:
    found = blocks("One\nline.\n\n- a\n  b\n- `c - d`\n\n*End.*", {}, {})
    assert [(block.kind, block.text) for block in found] == [
        ("p", "One line."),
        ("li", "a b"),
        ("li", "c - d"),
        ("p", "End."),
    ]
    for wrong in ("A } alone", "*nothing {size} inside*", "**no [[term]] either**"):
        with pytest.raises(CoreError):
            blocks(wrong, {"term": "A word."}, {"size": ("7", "")})


def test_a_computed_text_can_be_quoted() -> None:
    found = blocks("It is *{said}*", {}, {"said": ("A cat.", "nearest()")})[0].runs
    assert [tuple(run) for run in found] == [("plain", "It is ", ""), ("quote", "A cat.", "nearest()")]

"""Lessons: each is one file of steps, in which every number that is told is one that the tests compute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from ..errors import InputError, ParameterError
from .files import Table, read_table
from .prose import Block, blocks

FOLDER = Path(__file__).parents[2] / "assets" / "lessons"
GLOSSARY = "glossary.toml"
StepKind = Literal["read", "predict", "do", "see", "check"]
Form = Literal["number", "percent", "word"]
_WORDS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


@dataclass(frozen=True)
class Expect:
    """A number or text that a lesson tells: what computes it (see `facts`), with which arguments, and what comes out,
    `within` a tolerance."""

    name: str
    compute: str
    arguments: Mapping[str, Any]
    value: float | int | str
    within: float
    digits: int
    form: Form

    @property
    def shown(self) -> str:
        """The value as it stands in the text: "0.62", "1,797", "43%", "nine"."""
        if isinstance(self.value, str):
            return self.value
        if self.form == "word":
            return _WORDS[int(self.value)]
        if self.form == "percent":
            return f"{100 * self.value:.{self.digits}f}%"
        if isinstance(self.value, int):
            return f"{self.value:,}"
        return number(self.value, self.digits)

    @property
    def told(self) -> str:
        """How it was computed, in one line: cosine(encoder="minilm", a="cat", b="dog")."""
        given = ", ".join(
            f'{key}="{one}"' if isinstance(one, str) else f"{key}={one}" for key, one in self.arguments.items()
        )
        return f"{self.compute}({given})"


def number(value: float, digits: int = 2) -> str:
    """A number as it stands in a text, with a true minus."""
    return f"{value:.{digits}f}".replace("-", "−")


@dataclass(frozen=True)
class Answer:
    """A possible answer to a question: whether it is right, and why."""

    text: str
    right: bool
    why: str


@dataclass(frozen=True)
class Link:
    """A way into the app: a page, and what it begins with, as in an address."""

    label: str
    page: str
    state: Mapping[str, str]


@dataclass(frozen=True)
class Show:
    """Something drawn or tried out beside the text: its name, and what it is given."""

    what: str
    given: Mapping[str, Any]


@dataclass(frozen=True)
class Step:
    """One step. A question has answers; `shows` and `link` stand below the text; `notes` are for the teacher."""

    kind: StepKind
    title: str
    text: str
    minutes: float
    question: str
    answers: tuple[Answer, ...]
    shows: tuple[Show, ...]
    link: Link | None
    notes: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """Where a claim comes from."""

    text: str
    url: str


@dataclass(frozen=True)
class Term:
    """A word of the glossary: how it is written, its definition, the other forms in which it stands in texts (all in
    small letters, as `name`), and a source."""

    name: str
    written: str
    says: str
    also: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Lesson:
    """A lesson: `number` is its place, `notes` are for the teacher, `needs` are encoders that are not always there."""

    id: str
    number: int
    title: str
    summary: str
    notes: str
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    expect: Mapping[str, Expect]
    sources: Mapping[str, Source]

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return round(sum(step.minutes for step in self.steps))

    def blocks(self, text: str) -> tuple[Block, ...]:
        """A text of this lesson as paragraphs, with what was computed filled in."""
        return blocks(text, definitions(), {name: (one.shown, one.told) for name, one in self.expect.items()})


def lessons(folder: Path = FOLDER) -> tuple[Lesson, ...]:
    """Every lesson, in order, without importing any model. Raises InputError for a file with a mistake."""
    found, wrong = _read_all(folder)
    for error in wrong.values():
        raise error
    return found


def readable(folder: Path = FOLDER) -> tuple[tuple[Lesson, ...], Mapping[str, InputError]]:
    """The lessons whose files are right, in order, and what is wrong with the others, by id."""
    return _read_all(folder)


def lesson(id: str, folder: Path = FOLDER) -> Lesson:
    """The lesson with that id, which is its file's name. Raises ParameterError for one that there is not, InputError
    for one whose file has a mistake."""
    right, wrong = _read_all(folder)
    if id in wrong:
        raise wrong[id]
    found = {one.id: one for one in right}
    if id not in found:
        raise ParameterError(f"There is no lesson {id!r}.", f"The lessons are: {', '.join(found)}.")
    return found[id]


def glossary(folder: Path = FOLDER) -> tuple[Term, ...]:
    """The words that lessons explain, by name."""
    return _read_terms(folder)


def definitions(folder: Path = FOLDER) -> Mapping[str, str]:
    """The definition of every form of a term, in small letters."""
    return MappingProxyType({form: term.says for term in glossary(folder) for form in (term.name, *term.also)})


@cache
def _read_all(folder: Path) -> tuple[tuple[Lesson, ...], Mapping[str, InputError]]:
    found, wrong = [], {}
    for path in sorted(folder.glob("*.toml")):
        if path.name == GLOSSARY:
            continue
        try:
            found.append(read_lesson(path))
        except InputError as error:
            wrong[path.stem] = error
    return tuple(sorted(found, key=lambda one: (one.number, one.id))), MappingProxyType(wrong)


@cache
def _read_terms(folder: Path) -> tuple[Term, ...]:
    table = read_table(folder / GLOSSARY)
    terms = []
    for name, one in table.tables_by_name():
        terms.append(Term(name, one.text("written", name), one.text("says"), one.texts("also"), one.text("source", "")))
        one.done()
    return tuple(sorted(terms, key=lambda term: term.name))


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file. Raises InputError, which names the file and the key, for whatever is wrong in it."""
    table = read_table(path)
    expect = {name: _expect(name, one) for name, one in table.table("expect").tables_by_name()}
    sources = {name: _source(one) for name, one in table.table("sources").tables_by_name()}
    steps = tuple(map(_step, table.tables("steps")))
    made = Lesson(
        path.stem, table.whole("number"), table.text("title"), table.text("summary"), table.text("notes", ""),
        table.texts("needs"), steps, MappingProxyType(expect), MappingProxyType(sources),
    )  # fmt: skip
    table.done()
    for at, step in enumerate(steps):
        place = table.at(f"steps[{at + 1}]")
        for name in step.sources:
            place.check(name in sources, "sources", f"names {name!r}, which is not under [sources]")
        for show in step.shows:
            told, labels = show.given.get("facts", ()), show.given.get("labels", ())
            for name in told:
                place.check(name in expect, "shows", f"names the fact {name!r}, which is not under [expect]")
            fits = not told or len(told) == len(labels)
            place.check(fits, "shows", f"has {len(told)} facts, but {len(labels)} labels")
        for key, text in texts_of(step):
            place.guard(key, lambda text=text: made.blocks(text))  # type: ignore[misc]
        follows = steps[at + 1].kind if at + 1 < len(steps) else "nothing"
        place.check(
            step.kind != "predict" or follows in ("see", "do"), "kind", f"is 'predict', and {follows!r} follows it"
        )
    return made


def texts_of(step: Step) -> list[tuple[str, str]]:
    """The texts of a step by key; all of them may have marks."""
    found = [("title", step.title), ("text", step.text), ("question", step.question), ("notes", step.notes)]
    found += [("answers", answer.text) for answer in step.answers]
    return [pair for pair in [*found, *(("answers", answer.why) for answer in step.answers)] if pair[1]]


def _expect(name: str, table: Table) -> Expect:
    value = table.value("value")
    whole = not isinstance(value, float)
    form: Form = table.text("as", "number", one_of=get_args(Form))  # type: ignore[assignment]
    digits = table.whole("digits", 0 if form == "percent" else 2)
    usual = 0.0 if whole else 0.6 * 10.0 ** -(digits + 2 * (form == "percent"))
    made = Expect(
        name, table.text("compute"), table.values("with"), value, table.number("within", usual), digits, form,
    )  # fmt: skip
    table.done()
    table.check(form != "word" or value in range(len(_WORDS)), "value", "has no word: use a whole number up to twelve")
    return made


def _source(table: Table) -> Source:
    made = Source(table.text("text"), table.text("url", ""))
    table.done()
    return made


def _step(table: Table) -> Step:
    kind: StepKind = table.text("kind", one_of=get_args(StepKind))  # type: ignore[assignment]
    asks = kind in ("predict", "check")
    answers = tuple(_answer(one, explained=kind == "check") for one in table.tables("answers"))
    shows = tuple(_show(one) for one in table.tables("shows"))
    link = _link(table.table("link")) if "link" in table else None
    made = Step(
        kind, table.text("title"), table.text("text", "" if asks else None), table.number("minutes", 1.0),
        table.text("question", None if asks else ""), answers, shows, link, table.text("notes", ""),
        table.texts("sources"),
    )  # fmt: skip
    table.done()
    right = sum(answer.right for answer in answers)
    table.check(
        not asks or (len(answers) > 1 and right == 1), "answers", "needs two or more, exactly one of them right"
    )
    table.check(asks or not (answers or made.question), "question", f"does not belong to a step of kind {kind!r}")
    table.check(kind not in ("do", "see") or bool(shows or link), "shows", f"is missing in a step of kind {kind!r}")
    return made


def _answer(table: Table, explained: bool) -> Answer:
    made = Answer(table.text("text"), table.truth("right"), table.text("why", None if explained else ""))
    table.done()
    return made


def _show(table: Table) -> Show:
    return Show(table.text("what"), table.rest())


def _link(table: Table) -> Link:
    page = table.text("page", "explore", one_of=("explore", "compare", "data"))
    made = Link(table.text("label"), page, {key: str(one) for key, one in table.values("state").items()})
    table.done()
    return made

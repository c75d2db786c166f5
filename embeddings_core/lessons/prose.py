"""The words of lessons: plain text with a few marks becomes paragraphs of runs, which every page draws in its own way.

[[term]], [[term|as it stands here]]   a word of the glossary: its definition is told
{name}                                 a number or text that was computed
*{name}*                               the same, emphasized: for a text that is quoted
**strong**, *emphasized*, `as typed`   as in Markdown
lines that begin with "- "             a list; an empty line ends a paragraph
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal, NamedTuple

from ..errors import InputError

Look = Literal["plain", "strong", "em", "code", "term", "fact", "quote"]
_MARK = re.compile(
    r"\[\[(?P<term>[^\[\]|]+)(?:\|(?P<shown>[^\[\]|]+))?\]\]|\{(?P<fact>\w+)\}|\*\{(?P<quote>\w+)\}\*"
    r"|\*\*(?P<strong>[^*{}\[\]]+)\*\*|\*(?P<em>[^*{}\[\]]+)\*|`(?P<code>[^`]+)`"
)
_LEFT_OVER = re.compile(r"\[\[|\]\]|[{}*`]")


class Run(NamedTuple):
    """A piece of text of one look; `tip` is what is told about a term or a fact."""

    look: Look
    text: str
    tip: str = ""


class Block(NamedTuple):
    """A paragraph "p", or an entry of a list "li"."""

    kind: Literal["p", "li"]
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """What is read, without marks."""
        return "".join(run.text for run in self.runs)


def blocks(text: str, terms: Mapping[str, str], facts: Mapping[str, tuple[str, str]]) -> tuple[Block, ...]:
    """The text as blocks. `terms` has the definition of each form of a term, in small letters, and `facts` what is
    shown and told of each. Raises InputError for a name that is in neither, and for a mark that does not end."""
    found = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        for line in _lines(paragraph):
            entry = line.startswith("- ")
            runs = tuple(_runs(line.removeprefix("- "), terms, facts))
            found.append(Block("li" if entry else "p", runs))
    return tuple(block for block in found if block.text)


def _lines(paragraph: str) -> list[str]:
    """The paragraph with its line breaks undone, but for those before an entry of a list."""
    return [" ".join(part.split()) for part in re.split(r"\n(?=- )", paragraph.strip())]


def _runs(line: str, terms: Mapping[str, str], facts: Mapping[str, tuple[str, str]]) -> list[Run]:
    runs, at = [], 0
    for mark in _MARK.finditer(line):
        runs.append(_plain(line[at : mark.start()]))
        runs.append(_run(mark, terms, facts))
        at = mark.end()
    runs.append(_plain(line[at:]))
    return [run for run in runs if run.text]


def _plain(text: str) -> Run:
    if left := _LEFT_OVER.search(text):
        raise InputError(f"The mark {left[0]!r} in {text[:60]!r} does not end.", "Marks are listed in README.md.")
    return Run("plain", text)


def _run(mark: re.Match[str], terms: Mapping[str, str], facts: Mapping[str, tuple[str, str]]) -> Run:
    if (term := mark["term"]) is not None:
        if term.lower() not in terms:
            raise InputError(f"The term {term!r} is not in the glossary.", "Add it to glossary.toml.")
        return Run("term", mark["shown"] or term, terms[term.lower()])
    look: Look = "quote" if mark["quote"] else "fact"
    if (name := mark[look]) is not None:
        if name not in facts:
            raise InputError(f"Nothing is called {name!r} under [expect].", "Add it there.")
        return Run(look, *facts[name])
    if mark["strong"] is not None:
        return Run("strong", mark["strong"])
    return Run("em", mark["em"]) if mark["em"] is not None else Run("code", mark["code"])

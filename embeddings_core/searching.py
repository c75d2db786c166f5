"""The words of a search box over an item's caption and metadata. What is typed is matched by RE2 alone, whose
time grows with the text and not beyond: no expression can hang it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import InputError
from .memo import memo
from .metadata import as_texts, frozen, text_array, whole
from .space import Dataset

LONGEST = 500
"""Characters of a query."""
MARKED = 1_000
"""Characters of a text in which matches are marked."""
PATIENCE = 5.0
"""Seconds after which a search is given up: an expression may be linear and still cost a lot a character."""
_PIECE = 10_000  # bytes that are searched before the first look at the clock
_SWIFT = 0.01  # seconds; pieces grow while they take less
_AFFORDABLE = 0.5  # seconds of work that marking one text may take
_START, _END = "\ufdd0", "\ufdd1"  # noncharacters, which Unicode keeps for such inner use
_FLAGS = "(?im)"

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Terms:
    """What a query asks for: all of `words`, or a match of the regular expression `pattern` (RE2).

    Both without regard to case; neither is everything.
    """

    words: tuple[str, ...] = ()
    pattern: str = ""

    @property
    def expressions(self) -> tuple[str, ...]:
        """One RE2 expression for each thing that must occur."""
        return (_FLAGS + self.pattern,) if self.pattern else tuple(_FLAGS + _escaped(word) for word in self.words)


def parse(words: str) -> Terms:
    """Reads a query: words, "phrases in quotes", or a whole /regular expression/.

    A quote that is not closed ends with the query. In an expression ^ and $ are the ends of a line; the
    caption and each metadata value begin one. Raises InputError.
    """
    if len(words) > LONGEST:
        raise InputError(
            f"The search has {len(words):,} characters; at most {LONGEST} are read.", "Search for fewer words."
        )
    words = whole(words).strip()
    if len(words) > 2 and words[0] == words[-1] == "/":
        _check(words[1:-1])
        return Terms(pattern=words[1:-1])
    found: list[str] = []
    for place, part in enumerate(words.split('"')):
        quoted = place % 2 == 1
        found.extend(filter(str.strip, [part] if quoted else part.split()))
    return Terms(tuple(dict.fromkeys(found)))


@memo(most=8)
def matching(dataset: Dataset, words: str) -> Mask:
    """Which items (n,) match a query. Raises InputError for one that cannot be read, or takes too long."""
    tests, stay = _tests(parse(words)), np.ones(len(dataset), bool)
    texts: Any = searchable(dataset) if tests else None
    give_up = time.monotonic() + PATIENCE  # making what is searched does not count
    for test in tests:
        rows = np.flatnonzero(stay)
        if len(rows):
            stay[rows] = _found(texts if len(rows) == len(stay) else texts.filter(stay), test, give_up)
    return frozen(stay)


@memo(most=1)
def searchable(dataset: Dataset) -> Any:
    """What is searched, as a pyarrow array (n,) of large_string: an item's caption and its metadata, one
    value a line. The column that the texts came from is the caption already."""
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = [as_texts(values) for name, values in dataset.metadata.items() if str(name) != dataset.text]
    captions = text_array(dataset.captions)
    lines = pc.binary_join_element_wise(captions, *columns, pa.scalar("\n", pa.large_string()), null_handling="skip")
    return lines.combine_chunks() if isinstance(lines, pa.ChunkedArray) else lines


def marks(text: str, words: str) -> list[tuple[int, int]]:
    """Start and end, in characters, of what matches a query in the first MARKED characters of `text`: sorted
    and apart. Words that touch or overlap are one mark. Raises InputError as `parse` does.

    An expression so costly that marking would make a page wait is not marked.
    """
    text = whole(text[:MARKED]).replace(_START, "\ufffd").replace(_END, "\ufffd")
    terms = parse(words)
    if terms.pattern and not _affordable(text, _FLAGS + terms.pattern):
        return []
    return _apart(sorted(span for expression in terms.expressions for span in _spans(text, expression)))


def _check(pattern: str) -> None:
    """Raises InputError where RE2 does not take the expression."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        pc.match_substring_regex(pa.array([""]), _FLAGS + pattern)
    except pa.ArrowInvalid as error:
        problem = str(error).removeprefix("Invalid regular expression: ").replace(_FLAGS, "")
        raise InputError(
            f"This regular expression cannot be read: {problem[:200]}.",
            "Close every bracket and put \\ before a sign that stands for itself; there is no looking ahead or "
            "back. Without the slashes the words are searched as they are.",
        ) from error


def _tests(terms: Terms) -> list[Callable[[Any], Any]]:
    """What each text must pass; the longest word first, which as a rule is the rarest."""
    import pyarrow.compute as pc

    if terms.pattern:
        return [partial(pc.match_substring_regex, pattern=_FLAGS + terms.pattern)]
    words = sorted(terms.words, key=len, reverse=True)
    return [partial(pc.match_substring, pattern=word, ignore_case=True) for word in words]


def _found(texts: Any, test: Callable[[Any], Any], give_up: float) -> Mask:
    """Which texts (n,) pass the test, a piece at a time. Raises InputError after the time `give_up`."""
    found = np.zeros(len(texts), bool)
    offsets = np.frombuffer(texts.buffers()[1], np.int64)[texts.offset : texts.offset + len(texts) + 1]
    begin, size = 0, _PIECE
    while begin < len(texts):
        started = time.monotonic()
        if started > give_up:
            raise InputError(
                f"This search was given up after {PATIENCE:g} seconds.", "Search for plain words, or repeat less."
            )
        # whole texts, and at least one
        end = min(len(texts), max(begin + 1, int(np.searchsorted(offsets, offsets[begin] + size))))
        found[begin:end] = test(texts.slice(begin, end - begin)).to_numpy(zero_copy_only=False)
        begin, size = end, size * 2 if time.monotonic() - started < _SWIFT else max(_PIECE, size // 2)
    return found


def _affordable(text: str, expression: str) -> bool:
    """Whether all matches are found in time: each costs at most as much as the first, and a character has one
    at most. Measured on this thread alone, so that a busy server answers alike."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array, started = pa.array([text]), time.thread_time()
    pc.replace_substring_regex(array, expression, "", max_replacements=1)
    return (time.thread_time() - started) * len(text) < _AFFORDABLE


def _spans(text: str, expression: str) -> Iterator[tuple[int, int]]:
    """Where the expression matches, left to right; empty matches are left out."""
    import pyarrow as pa
    import pyarrow.compute as pc

    marked = pc.replace_substring_regex(pa.array([text]), expression, f"{_START}\\0{_END}")
    try:
        characters = marked[0].as_py()
    except UnicodeDecodeError:  # \C matches half of a character
        return
    at = begin = 0
    for character in characters:
        if character == _START:
            begin = at
        elif character != _END:
            at += 1
        elif at > begin:
            yield begin, at


def _apart(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sorted spans, those that touch as one."""
    found: list[tuple[int, int]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((begin, end))
    return found


def _escaped(word: str) -> str:
    """A word as an RE2 expression that matches just it."""
    return re.sub(r"[^a-zA-Z0-9]", lambda sign: f"\\x{{{ord(sign[0]):x}}}", word)

"""Word vectors: GloVe as text, word2vec as text and binary; for encoders that look words up, and as data, where a word
is an item and its vector comes with it. Read as a stream, in bounded memory.

Every line counts: one that is not a word and its numbers is an error that names it. None is left out.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import BinaryIO

import numpy as np

from ..errors import InputError
from ..plugins import ReaderSpec
from ..space import Floats, Progress
from .cuts import ALL, WHOLE, Cut, Part
from .loaded import Loaded
from .tables import table, with_vectors
from .vectors import check_vector_bytes

SPEC = ReaderSpec("word_vectors", "Word vectors (word2vec, GloVe)", (".vec", ".bin"))
ALSO = (".txt",)
MOST_NUMBERS = 1_500_000_000
"""Numbers that are read of one file at most: 5,000,000 words of 300."""
LONGEST = 1_000
"""Bytes of a word."""
WIDEST = 10_000
"""Numbers of a vector."""
_FIRST = 3  # entries from which the format is told
_FEWEST = 8  # numbers of a vector in a file of data that does not say how many it has
_HEADER = re.compile(rb"\s*(\d{1,12})[ \t](\d{1,6})\s*\n?$")
_NUMBER = 40  # bytes that a number takes as text at most
_BLOCK = 5_000  # words that become numbers at once
_HINT = "Bring word vectors as GloVe or word2vec save them: a word and its numbers, line by line, or word2vec's binary."
_MEND = "Mend or remove it; everything else in the file can stay as it is."
_AGAIN = "It may be cut off: copy or download it again."


@dataclass(frozen=True, eq=False)
class WordVectors:
    """`words` in the order of the file (usually the commonest first), and `vectors` (n, d) float32."""

    words: tuple[str, ...]
    vectors: Floats


@dataclass(frozen=True)
class Form:
    """How a file has them: `d` numbers a vector, as text or `binary`, how many words its first line tells of (None
    without such a line), and the byte where the first entry begins."""

    d: int
    binary: bool
    claimed: int | None
    start: int


@dataclass(frozen=True)
class _Entry:
    """A word, its numbers as they are written, and where they stand: "line 7", "word 7"."""

    word: bytes
    numbers: bytes
    where: str


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a file of word vectors does, text or binary."""
    file = io.BytesIO(raw)
    try:
        form = form_of(file)
        first = list(islice(_entries(file, "", form), _FIRST if form.claimed is None else min(_FIRST, form.claimed)))
        if first:
            _numbers(first, "", form)
    except InputError:
        return False
    if form.claimed is not None:
        return bool(first) and form.d > 1
    tabs = b"\t" in raw[: LONGEST + form.d * _NUMBER].split(b"\n", 1)[0]  # rather a table
    return form.d >= _FEWEST and not tabs and not all(_is_number(entry.word) for entry in first)


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The words in `raw` as texts, with their vectors. Raises InputError as `read_word_vectors`, TooManyRows for too
    many."""
    file = io.BytesIO(raw)
    form = form_of(file, name)
    total = _count(file, name, form)
    rows = cut.rows(name, total)
    check_vector_bytes(name, total if rows is None else len(rows), form.d)
    part = Part(most=cut.limit) if cut.sample is None else Part(chosen=rows)
    found = read_word_vectors(file, name, part, progress)
    loaded = table(name, [("word", found.words)], cut.notes(total), texts=True)
    return replace(with_vectors(loaded, "one for each word", found.vectors), kind="text")


def read_word_vectors(
    file: BinaryIO, name: str = "The file", part: Part = WHOLE, progress: Progress | None = None
) -> WordVectors:
    """The words and vectors of a file that is open for reading bytes and can seek, those that `part` names.

    `progress` counts bytes. Raises InputError that says where for whatever is no word with its numbers, for numbers
    that are not finite, and for a file that holds fewer or more words than its first line tells of.
    """
    size = file.seek(0, io.SEEK_END)
    form = form_of(file, name)
    _check_claim(name, size, form)
    limits = [number for number in (part.most, form.claimed, MOST_NUMBERS // form.d + 1) if number is not None]
    entries = islice(_entries(file, name, form), min(limits))
    words: list[str] = []
    parts: list[Floats] = []
    found = 0
    while block := list(islice(entries, _BLOCK)):
        kept = part.of(block, found)
        found += len(block)
        if kept:
            words += [entry.word.decode("utf-8", "replace") for entry in kept]
            parts.append(_numbers(kept, name, form))
        if progress:
            progress(min(file.tell(), size), size)
    if len(words) * form.d > MOST_NUMBERS:
        raise InputError(f"{name} holds more than {MOST_NUMBERS:,} numbers.", "Bring fewer words, or shorter vectors.")
    if form.claimed is not None and found < min(limits):
        raise InputError(f"{name} holds {found:,} of the {form.claimed:,} words that it names.", _AGAIN)
    if form.claimed == min(limits):
        _check_end(file, name, form.claimed)
    if not words:
        raise InputError(f"{name} holds no words.", _HINT)
    return WordVectors(tuple(words), np.concatenate(parts))


def form_of(file: BinaryIO, name: str = "The file") -> Form:
    """How a file has its words, told from its beginning: "n d" as a first line is word2vec's, text or binary; without
    it each line is a word and its numbers (GloVe). Raises InputError for anything else."""
    file.seek(0)
    first = file.readline(LONGEST + WIDEST * _NUMBER)
    header = _HEADER.match(first)
    d = int(header[2]) if header else len(first.split()) - 1
    if not 1 <= d <= WIDEST:
        raise InputError(f"{name} does not begin with a word and its numbers.", _HINT)
    if header is None:
        return Form(d, False, None, 0)
    line = file.readline(LONGEST + d * _NUMBER)
    text = len(line.split()) >= d and all(map(_is_number, line.split()[-d:]))
    return Form(d, not text, int(header[1]), len(first))


def _count(file: BinaryIO, name: str, form: Form) -> int:
    """How many words a file holds; nothing of them is read."""
    size = file.seek(0, io.SEEK_END)
    _check_claim(name, size, form)
    if form.claimed is not None:
        return form.claimed
    file.seek(0)
    return sum(1 for line in file if line.strip())


def _check_claim(name: str, size: int, form: Form) -> None:
    """Raises InputError where the first line tells of more than there can be: nothing is made ready for it."""
    least = 4 * form.d + 1 if form.binary else 2 * form.d + 1
    if form.claimed is not None and form.claimed * least > size:
        raise InputError(
            f"{name} says that it holds {form.claimed:,} words of {form.d:,} numbers, but it is too short for that "
            f"({size:,} bytes).",
            _AGAIN,
        )


def _check_end(file: BinaryIO, name: str, claimed: int) -> None:
    while rest := file.read(1 << 16):
        if rest.strip():
            raise InputError(
                f"{name} holds more than the {claimed:,} words that its first line tells of.", "Mend that line."
            )


def _entries(file: BinaryIO, name: str, form: Form) -> Iterator[_Entry]:
    file.seek(form.start)
    return _binary(file, name, form.d) if form.binary else _text(file, name, form)


def _text(file: BinaryIO, name: str, form: Form) -> Iterator[_Entry]:
    """Each line as its word, which may have blanks in it, and its numbers; blank lines are none."""
    d, longest = form.d, LONGEST + form.d * _NUMBER
    for number, line in enumerate(iter(lambda: file.readline(longest), b""), 1 + (form.claimed is not None)):
        where = f"line {number:,}"
        if len(line) == longest and not line.endswith(b"\n"):
            raise InputError(f"{name}, {where}: it is too long for a word and {d:,} numbers.", _HINT)
        line = line.replace(b"\t", b" ").rstrip(b" \r\n")
        if not line:
            continue
        word, _, numbers = line.partition(b" ")
        if numbers.count(b" ") != d - 1:
            word, *rest = line.rsplit(b" ", d)
            numbers = b" ".join(rest)
            if len(rest) != d:
                said = line[:60].decode("utf-8", "replace")
                raise InputError(f"{name}, {where}: it is not a word and {d:,} numbers: {said!r}.", _MEND)
        yield _Entry(word.strip(), numbers, where)


def _binary(file: BinaryIO, name: str, d: int) -> Iterator[_Entry]:
    """Each word up to its blank, and the 4 * d bytes behind it."""
    number = 0
    while True:
        number += 1
        where = f"word {number:,}"
        word = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            word += letter
            if len(word) > LONGEST:
                raise InputError(f"{name}, {where}: it has more than {LONGEST:,} bytes.", _HINT)
        if not letter and not word.strip():
            return
        raw = file.read(4 * d)
        if len(raw) < 4 * d:
            raise InputError(f"{name}, {where}: the file ends in the middle of it.", _AGAIN)
        yield _Entry(bytes(word).strip(b"\n"), raw, where)


def _numbers(block: list[_Entry], name: str, form: Form) -> Floats:
    """The numbers (n, d) of some entries. Raises InputError that says where one is no finite number."""
    raw = (b"" if form.binary else b" ").join(entry.numbers for entry in block)
    rows = np.frombuffer(raw, dtype="<f4").astype(np.float32) if form.binary else _parsed(raw)
    if rows.size != len(block) * form.d:
        bad = next((entry for entry in block if not all(map(_is_number, entry.numbers.split()))), block[0])
        raise InputError(f"{name}, {bad.where}: what stands behind {_said(bad)} is not {form.d:,} numbers.", _MEND)
    rows = rows.reshape(len(block), form.d)
    if not (finite := np.isfinite(rows).all(axis=1)).all():
        bad = block[int(finite.argmin())]
        raise InputError(f"{name}, {bad.where}: the vector of {_said(bad)} holds NaN or infinite numbers.", _MEND)
    return rows


def _said(entry: _Entry) -> str:
    return repr(entry.word[:60].decode("utf-8", "replace"))


def _parsed(raw: bytes) -> Floats:
    """Numbers of a text; fewer of them where one cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return np.fromstring(raw.decode("ascii", "replace"), dtype=np.float32, sep=" ")
        except ValueError:
            return np.empty(0, dtype=np.float32)


def _is_number(text: bytes) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True

"""Files of word vectors: GloVe as text, word2vec as text and binary. Read as a stream, in bounded memory."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import numpy as np

from .errors import InputError
from .space import Floats, Progress

MOST_NUMBERS = 1_500_000_000
"""Numbers that are read of one file at most: 5,000,000 words of 300."""
LONGEST = 1_000
"""Bytes of a word."""
WIDEST = 10_000
"""Numbers of a vector."""
_HEADER = re.compile(rb"\s*(\d{1,12})[ \t](\d{1,6})\s*\n?$")
_NUMBER = 40  # bytes that a number takes as text at most
_BLOCK = 5_000  # words that become numbers at once
_HINT = "Bring word vectors as GloVe or word2vec save them: a word and its numbers, line by line, or word2vec's binary."


@dataclass(frozen=True, eq=False)
class WordVectors:
    """`words` in the order of the file (usually the commonest first), each once, and `vectors` (n, d) float32."""

    words: tuple[str, ...]
    vectors: Floats


def read_word_vectors(
    file: BinaryIO, name: str = "The file", *, most: int | None = None, progress: Progress | None = None
) -> WordVectors:
    """The words and vectors of a file that is open for reading bytes and can seek; the first `most` of them.

    The format is told from its beginning: "n d" as a first line is word2vec's, text or binary; without it each line
    is a word and its numbers (GloVe). Of a word that comes twice the first counts. Raises InputError for anything
    else, for numbers that are not finite, and for a file that ends before its time.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    first = file.readline(LONGEST + WIDEST * _NUMBER)
    header = _HEADER.match(first)
    d = int(header[2]) if header else len(first.split()) - 1
    if not 1 <= d <= WIDEST:
        raise InputError(f"{name} does not begin with a word and its numbers.", _HINT)
    binary = header is not None and not _is_text(file, d)
    if header is not None:
        _check_size(name, size, int(header[1]), d, 4 * d + 1 if binary else 2 * d + 1)
    else:
        file.seek(0)
    claimed = int(header[1]) if header else None
    wanted = min(number for number in (most, claimed, MOST_NUMBERS // d + 1) if number is not None)
    entries = _binary(file, name, d) if binary else _text(file, name, d)
    words: list[str] = []
    parts: list[Floats] = []
    seen: set[str] = set()
    found = 0
    for block, rows in _blocks(entries, wanted, binary, name, d):
        fresh = []
        for row, word in enumerate(block):
            if word not in seen:
                seen.add(word)
                fresh.append(row)
        words += [block[row] for row in fresh]
        parts.append(rows[fresh])
        found += len(block)
        if progress:
            progress(min(file.tell(), size), size)
    if not words:
        raise InputError(f"{name} holds no words.", _HINT)
    if claimed is not None and found < wanted:
        raise InputError(
            f"{name} holds {found:,} of the {claimed:,} words that it names.", "Copy or download it again."
        )
    if len(words) * d > MOST_NUMBERS:
        raise InputError(f"{name} holds more than {MOST_NUMBERS:,} numbers.", "Bring fewer words, or shorter vectors.")
    return WordVectors(tuple(words), np.concatenate(parts))


def _check_size(name: str, size: int, n: int, d: int, least: int) -> None:
    """Raises InputError where the header tells of more than there can be: nothing is made ready for it."""
    if n * least > size:
        raise InputError(
            f"{name} says that it holds {n:,} words of {d} numbers, but it is too short for that ({size:,} bytes).",
            "It may be cut off: copy or download it again.",
        )


def _is_text(file: BinaryIO, d: int) -> bool:
    """Whether what follows the header is a line of text; the file stays where it is."""
    at = file.tell()
    line = file.readline(LONGEST + d * _NUMBER)
    file.seek(at)
    try:
        return len([float(number) for number in line.split()[-d:]]) == d
    except ValueError:
        return False


def _text(file: BinaryIO, name: str, d: int) -> Iterator[tuple[bytes, bytes]]:
    """Each line as its word, which may have blanks in it, and its numbers."""
    longest = LONGEST + d * _NUMBER
    for number, line in enumerate(iter(lambda: file.readline(longest), b""), 1):
        if len(line) == longest and not line.endswith(b"\n"):
            raise InputError(f"{name}: an entry ({number:,}) is too long for a word and {d} numbers.", _HINT)
        line = line.replace(b"\t", b" ").strip(b" \r\n")
        if not line:
            continue
        word, _, numbers = line.partition(b" ")
        if numbers.count(b" ") != d - 1:
            word, *rest = line.rsplit(b" ", d)
            numbers = b" ".join(rest)
            if len(rest) != d:
                raise InputError(f"{name}: entry {number:,} is not a word and {d} numbers: {line[:60]!r}.", _HINT)
        yield word, numbers


def _binary(file: BinaryIO, name: str, d: int) -> Iterator[tuple[bytes, bytes]]:
    """Each word up to its blank, and the 4 * d bytes behind it."""
    number = 0
    while True:
        word = bytearray()
        while (letter := file.read(1)) not in (b" ", b""):
            word += letter
            if len(word) > LONGEST:
                raise InputError(f"{name}: a word of more than {LONGEST:,} bytes after {number:,} words.", _HINT)
        if not letter and not word.strip():
            return
        raw = file.read(4 * d)
        if len(raw) < 4 * d:
            raise InputError(f"{name} ends in the middle of word {number + 1:,}.", "Copy or download it again.")
        number += 1
        yield bytes(word).strip(b"\n"), raw


def _blocks(
    entries: Iterator[tuple[bytes, bytes]], wanted: int, binary: bool, name: str, d: int
) -> Iterator[tuple[list[str], Floats]]:
    entries = islice(entries, wanted)
    while block := list(islice(entries, _BLOCK)):
        words = [word.decode("utf-8", "replace") for word, _ in block]
        raw = (b"" if binary else b" ").join(numbers for _, numbers in block)
        rows = np.frombuffer(raw, dtype="<f4").astype(np.float32) if binary else _parsed(raw)
        if rows.size != len(block) * d:
            raise InputError(f"{name}: what stands behind {_first_bad(block)!r} is not {d} numbers.", _HINT)
        rows = rows.reshape(len(block), d)
        if not (finite := np.isfinite(rows).all(axis=1)).all():
            bad = words[int(finite.argmin())]
            raise InputError(f"{name}: the vector of {bad!r} holds NaN or infinite numbers.", "Remove that word.")
        yield words, rows


def _parsed(raw: bytes) -> Floats:
    """Numbers of a text; fewer of them where one cannot be read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return np.fromstring(raw.decode("ascii", "replace"), dtype=np.float32, sep=" ")
        except ValueError:
            return np.empty(0, dtype=np.float32)


def _first_bad(block: list[tuple[bytes, bytes]]) -> str:
    for word, numbers in block:
        try:
            for number in numbers.split():
                float(number)
        except ValueError:
            return word.decode("utf-8", "replace")
    return block[0][0].decode("utf-8", "replace")

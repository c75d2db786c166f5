"""Word vectors: word2vec as text and binary, and GloVe. A word is an item; its vector comes with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from ..errors import InputError
from ..plugins import ReaderSpec
from ..space import Floats
from .cuts import ALL, Cut
from .loaded import Loaded
from .tables import table, with_vectors
from .vectors import check_vector_bytes

SPEC = ReaderSpec("word_vectors", "Word vectors (word2vec, GloVe)", (".vec", ".bin"))
ALSO = (".txt",)
_HEADER = re.compile(rb"(\d{1,12}) (\d{1,5})[ \r]*\n")
_LOOK = 1 << 16  # bytes, in which
_LINES = 3  # lines must be as these files have them
_FEWEST = 8  # numbers of a vector in a file that does not say how many it has
_LONGEST = 1_000  # bytes of a word
_HINT = "Bring word vectors as word2vec or GloVe save them: a word and its numbers."


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a file of word vectors does, text or binary."""
    head = raw[:_LOOK]
    if match := _HEADER.match(head):
        found = _first(head[match.end() :], int(match[2]))
        return bool(found) or _is_binary(raw, match)
    found = _first(head, len(head.split(b"\n", 1)[0].split()) - 1)
    return len(found) > 0 and len(found[0][1]) >= _FEWEST and not all(_float(word) for word, _ in found)


def read(raw: bytes, name: str, cut: Cut = ALL) -> Loaded:
    """The words in `raw` as texts, with their vectors.

    Raises InputError for what has no such lines, or says that it holds more than it does, TooManyRows for too many.
    """
    header = _HEADER.match(raw[:_LOOK])
    if header is not None and not _first(raw[header.end() : _LOOK], int(header[2])):
        if not _is_binary(raw, header):
            raise InputError(f"{name} does not hold the vectors that its first line tells of.", _HINT)
        return _binary(raw, name, header, cut)
    start = header.end() if header else 0
    first = raw[start : start + _LOOK].lstrip().split(b"\n", 1)[0]
    return _text(raw, name, start, int(header[2]) if header else len(first.split()) - 1, cut)


def _first(head: bytes, d: int) -> list[tuple[bytes, list[float]]]:
    """The first lines as words and their numbers; none where one of them is something else."""
    lines = head.split(b"\n")
    whole = [line for line in (lines[:-1] if len(head) > _LOOK // 2 else lines) if line.strip()][:_LINES]
    found = [pair for line in whole if (pair := _split(line, d)) is not None]
    return found if len(found) == len(whole) else []


def _split(line: bytes, d: int) -> tuple[bytes, list[float]] | None:
    """A line as its word, which may have blanks in it, and its numbers."""
    word, *numbers = line.rstrip().rsplit(b" ", d) if d > 1 else [b""]
    if not word or len(word) > _LONGEST or len(numbers) != d:
        return None
    try:
        return word, [float(number) for number in numbers]
    except ValueError:
        return None


def _float(word: bytes) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


def _text(raw: bytes, name: str, start: int, d: int, cut: Cut) -> Loaded:
    total = raw.count(b"\n", start) + (not raw.endswith(b"\n"))
    wanted = cut.rows(name, total)
    chosen = None if wanted is None else set(wanted.tolist())
    most = total if wanted is None else len(wanted)
    if d < 2 or most * d > len(raw):
        check_vector_bytes(name, most, max(2, d))
    words, vectors, wrong = [], [], 0
    for place, line in enumerate(_lines(raw, start)):
        if chosen is not None and place not in chosen:
            continue
        pair = _split(line, d)
        if pair is None:
            wrong += bool(line.strip())
            continue
        words.append(pair[0])
        vectors.append(np.array(pair[1], dtype=np.float32))
    if not words or wrong > len(words):
        raise InputError(f"{name} holds no words with {max(2, d)} numbers each.", _HINT)
    notes = cut.notes(total)
    if wrong:
        notes.append(f"{wrong:,} {'line was' if wrong == 1 else 'lines were'} left out: no word with {d} numbers.")
    return _loaded(name, words, np.stack(vectors), notes)


def _lines(raw: bytes, start: int) -> Iterator[bytes]:
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        yield raw[start:end]
        start = end + 1


def _is_binary(raw: bytes, header: re.Match[bytes]) -> bool:
    """Whether a word and a vector of the size that the header tells follow it."""
    d, end = int(header[2]), header.end()
    blank = raw.find(b" ", end, end + _LONGEST)
    after = blank + 1 + 4 * d
    return (
        d > 1 and blank > end and len(raw) >= after and bool(np.isfinite(np.frombuffer(raw, "<f4", d, blank + 1)).all())
    )


def _binary(raw: bytes, name: str, header: re.Match[bytes], cut: Cut) -> Loaded:
    total, d, at = int(header[1]), int(header[2]), header.end()
    if total * (4 * d + 2) > len(raw) - at + 1:
        raise InputError(
            f"{name} says that it holds {total:,} vectors of {d:,} numbers, but it is too short for them.",
            "It may be cut off: bring the whole file.",
        )
    wanted = cut.rows(name, total)
    chosen = None if wanted is None else set(wanted.tolist())
    words: list[bytes] = []
    vectors = np.empty((total if wanted is None else len(wanted), d), dtype=np.float32)
    for place in range(total):
        blank = raw.find(b" ", at, at + _LONGEST)
        if blank < 0 or blank + 1 + 4 * d > len(raw):
            raise InputError(f"{name} is damaged: after {place:,} words there is none.", "Bring it anew.")
        if chosen is None or place in chosen:
            vectors[len(words)] = np.frombuffer(raw, "<f4", d, blank + 1)
            words.append(raw[at:blank].lstrip(b"\n"))
        at = blank + 1 + 4 * d
    return _loaded(name, words, vectors, cut.notes(total))


def _loaded(name: str, words: list[bytes], vectors: Floats, notes: list[str]) -> Loaded:
    texts = [word.decode("utf-8", "replace") for word in words]
    loaded = table(name, [("word", texts)], notes, texts=True)
    return replace(with_vectors(loaded, "one for each word", vectors), kind="text")

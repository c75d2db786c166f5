"""Files of word vectors, as GloVe and word2vec write them, whole and damaged."""

from __future__ import annotations

import io
import struct
import sys

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings_core.encoders import get_encoder
from embeddings_core.errors import InputError
from embeddings_core.readers.cuts import Cut, Part
from embeddings_core.readers.word_vectors import read as read_as_data
from embeddings_core.readers.word_vectors import read_word_vectors

WORDS = ("the", "naïve", "漢字", ". . .", "New_York")
VECTORS = np.random.default_rng(0).normal(size=(5, 7)).astype(np.float32)


def glove(words=WORDS, vectors=VECTORS, end="\n"):
    lines = [f"{word} {' '.join(map(repr, row.tolist()))}" for word, row in zip(words, vectors, strict=True)]
    return (end.join(lines) + end).encode()


def word2vec(words=WORDS, vectors=VECTORS):
    return b"%d %d\n" % vectors.shape + glove(words, vectors)


def binary(words=WORDS, vectors=VECTORS, end=b"\n"):
    rows = [word.encode() + b" " + row.tobytes() + end for word, row in zip(words, vectors, strict=True)]
    return b"%d %d\n" % vectors.shape + b"".join(rows)


PLAIN = tuple(word for word in WORDS if " " not in word)
ROWS = VECTORS[[0, 1, 2, 4]]


def read(raw, **given):
    return read_word_vectors(io.BytesIO(raw), "words.txt", **given)


@pytest.mark.parametrize(
    "raw",
    [glove(PLAIN, ROWS), glove(PLAIN, ROWS, "\r\n"), glove(PLAIN, ROWS, " \n"), word2vec(PLAIN, ROWS),
     word2vec(PLAIN, ROWS).replace(b" ", b"\t"), binary(PLAIN, ROWS), binary(PLAIN, ROWS, b"")],
    ids=["glove", "glove-windows", "glove-blanks", "word2vec", "tabs", "binary", "binary-no-newlines"],
)  # fmt: skip
def test_every_format_gives_words_and_vectors(raw):
    found = read(raw)
    assert found.words == PLAIN
    assert found.vectors.dtype == np.float32
    np.testing.assert_array_equal(found.vectors, ROWS)
    assert read(raw, part=Part(most=2)).words == PLAIN[:2]
    assert read(raw, part=Part(chosen=np.array([1, 3]))).words == (PLAIN[1], PLAIN[3])
    np.testing.assert_array_equal(read(raw, part=Part(chosen=np.array([1, 3]))).vectors, ROWS[[1, 3]])


def test_a_word_may_have_blanks():
    assert read(glove()).words == WORDS
    np.testing.assert_array_equal(read(glove()).vectors, VECTORS)


def test_a_word_may_be_empty_or_come_twice():
    found = read(glove(("b", "", "b"), VECTORS[:3]))
    assert found.words == ("b", "", "b")
    np.testing.assert_array_equal(found.vectors, VECTORS[:3])


def test_of_a_word_that_comes_twice_an_encoder_takes_the_first(tmp_path):
    (tmp_path / "twice.txt").write_bytes(glove(("a", "b", "a"), VECTORS[:3]))
    np.testing.assert_array_equal(get_encoder(f"words:{tmp_path / 'twice.txt'}").encode(["a"]), VECTORS[:1])


def test_a_sample_is_fair_in_every_format_and_says_so():
    for raw in (glove(PLAIN, ROWS), word2vec(PLAIN, ROWS), binary(PLAIN, ROWS)):
        loaded = read_as_data(raw, "words.vec", Cut(sample=2, seed=3))
        places = [PLAIN.index(word) for word in loaded.table["word"]]
        assert places == Cut(sample=2, seed=3).rows("", 4).tolist()
        np.testing.assert_array_equal(loaded.vectors, ROWS[places])
        assert "A fair sample of 2 of 4 rows (seed 3)." in loaded.notes


def test_the_encoder_and_the_data_say_the_same_of_a_bad_line():
    raw = glove(PLAIN, ROWS) + b"cut off 0.1 0.2\n"
    said = []
    for reading in (read, lambda raw: read_as_data(raw, "words.txt")):
        with pytest.raises(InputError) as caught:
            reading(raw)
        said.append((caught.value.message, caught.value.hint))
    assert said[0] == said[1]
    assert said[0][0] == "words.txt, line 5: it is not a word and 7 numbers: 'cut off 0.1 0.2'."


def test_many_blocks(monkeypatch):
    monkeypatch.setattr(sys.modules[read_word_vectors.__module__], "_BLOCK", 2)
    seen = []
    assert read(glove(), progress=lambda done, total: seen.append((done, total))).words == WORDS
    assert seen[-1] == (len(glove()), len(glove()))


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "does not begin"),
        (b"hello\nworld\n", "does not begin"),
        (b"a 1 2 3\nb 1 2\n", "line 2: it is not a word and 3 numbers: 'b 1 2'"),
        (b"a 1 2 3\n\nb 1 x 3\n", "line 3: what stands behind 'b'"),
        (b"a 1 2 3\nb 1 nan 3\n", "line 2: the vector of 'b' holds NaN"),
        (b"a 1 2 3\nb 1 1e99 3\n", "line 2: the vector of 'b' holds NaN"),
        (b"2 2\na 1 2\nb 1 x\n", "line 3"),
        (b"1 2\na 1 2\nb 3 4\n", "more than the 1 words"),
        (b"999999999999 300\nthe 1 2\n", "too short"),
        (b"2 3\n", "too short"),
        (b"0 3\n", "holds no words"),
        (binary(PLAIN, ROWS)[:-20], "word 4: the file ends"),
        (word2vec(PLAIN, ROWS).replace(b"4 7", b"5 7", 1), "holds 4 of"),
        (b"3 2\n" + b"a " + struct.pack("<2f", 1, 2) + b"b" * 30, "word 2: the file ends|too short"),
        (b"1 2\n" + b"a" * 3000, "more than 1,000 bytes"),
        (b"a 1 2 3\n" + b"9" * 100_000, "too long"),
        (b"2 900000\n" + b"a" * 5000, "does not begin"),
    ],
)
def test_what_is_wrong_is_said(raw, said):
    with pytest.raises(InputError, match=said) as caught:
        read(raw)
    assert caught.value.hint


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=400), st.sampled_from([b"", b"2 2\n", b"a 1 2\n", b"1 3\nword "]))
def test_any_bytes_are_read_or_refused(raw, head):
    try:
        found = read(head + raw)
    except InputError:
        return
    assert len(found.words) == len(found.vectors)
    assert np.isfinite(found.vectors).all()


@pytest.mark.parametrize("as_binary", [False, True])
def test_what_gensim_writes(tmp_path, as_binary):
    from gensim.models import KeyedVectors

    made = KeyedVectors(7)
    made.add_vectors(PLAIN, ROWS)
    path = tmp_path / "made"
    made.save_word2vec_format(str(path), binary=as_binary)
    with path.open("rb") as file:
        found = read_word_vectors(file)
    assert found.words == PLAIN
    np.testing.assert_allclose(found.vectors, ROWS, rtol=1e-6)

"""Files of any content: each reader keeps its contract, and what was written comes back, or the problem is told."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import numpy as np
import pandas as pd
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from made_documents import pdf
from PIL import Image

from embeddings_core.errors import CoreError, InputError
from embeddings_core.pictures import picture_bytes
from embeddings_core.plugins import ReaderSpec, plugins
from embeddings_core.readers import Loaded, read_bytes
from embeddings_core.readers.cuts import Cut
from embeddings_core.readers.limits import ROWS

READERS = plugins("readers")
SUFFIXES = [suffix for module in READERS.values() for suffix in module.SPEC.suffixes]


@pytest.mark.parametrize("id", READERS)
def test_every_reader_keeps_the_contract(id: str) -> None:
    module = READERS[id]
    assert isinstance(module.SPEC, ReaderSpec)
    assert module.SPEC.label
    assert all(re.fullmatch(r"\.[a-z0-9]+", suffix) for suffix in module.SPEC.suffixes)
    assert all(SUFFIXES.count(suffix) == 1 for suffix in module.SPEC.suffixes)
    with pytest.raises(CoreError) as caught:
        module.read(bytes(range(256)) * 4, f"noise{module.SPEC.suffixes[0]}")
    assert caught.value.message
    assert caught.value.hint


def plain(alphabet: Any = None) -> st.SearchStrategy[str]:
    """Texts as people may have them: control characters only where a table has them."""
    characters = st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"))
    return st.text(alphabet or st.one_of(characters, st.sampled_from(",;|\t\n\r\"' ")), max_size=12)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(1, 4))
    # a first row of words keeps every column from being numbers or dates
    rows = draw(st.lists(st.lists(plain(), min_size=width, max_size=width), max_size=8))
    return [[f"c{place}" for place in range(width)], ["word"] * width, *rows]


@settings(max_examples=150)
@given(tables(), st.sampled_from([",", ";", "\t", "|"]))
def test_any_table_written_as_csv_comes_back(rows: list[list[str]], delimiter: str) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    found = read_bytes(buffer.getvalue().encode(), "a.csv").table
    assert [list(found.columns), *found.to_numpy().tolist()] == rows


@settings(max_examples=100)
@given(tables(), st.booleans())
def test_any_table_written_as_json_lines_comes_back(rows: list[list[str]], ascii: bool) -> None:
    header, *body = rows
    lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=ascii) for row in body]
    found = read_bytes("\n".join(lines).encode(), "a.jsonl").table
    assert [list(found.columns), *found.to_numpy().tolist()] == rows


def small() -> dict[str, tuple[str, bytes]]:
    """A file for each reader, with two items unless it is a picture or a sound."""
    frame = pd.DataFrame({"text": ["x", "y"], "n": [1, 2]})
    book, column, array, sound, pictures = (io.BytesIO() for _ in range(5))
    frame.to_excel(book, index=False)
    frame.assign(vector=[[0.5] * 9, [1.5] * 9]).to_parquet(column)
    np.save(array, np.eye(2))
    soundfile.write(sound, np.zeros(800, np.float32), 8_000, format="WAV")
    picture = picture_bytes(Image.new("RGB", (9, 7)))
    with zipfile.ZipFile(pictures, "w") as file:
        for name in ("a.png", "b.png"):
            file.writestr(name, picture)
    numbers = " ".join(["0.5"] * 9)
    return {
        "archive": ("a.zip", pictures.getvalue()),
        "delimited": ("a.csv", frame.to_csv(index=False).encode()),
        "excel": ("a.xlsx", book.getvalue()),
        "html": ("a.html", b"<h1>One</h1><p>x</p><h1>Two</h1><p>y</p>"),
        "images": ("a.png", picture),
        "json_lines": ("a.jsonl", frame.to_json(orient="records", lines=True).encode()),
        "markdown": ("a.md", b"# One\n\nx\n\n# Two\n\ny"),
        "numpy_arrays": ("a.npy", array.getvalue()),
        "parquet": ("a.parquet", column.getvalue()),
        "pdf": ("a.pdf", pdf(["x", "y"])),
        "projector": ("a.tsv", b"0.5\t1.5\n2.5\t3.5\n"),
        "sounds": ("a.wav", sound.getvalue()),
        "txt": ("a.txt", b"x\ny\n"),
        "word_vectors": ("a.vec", f"x {numbers}\ny {numbers}\n".encode()),
    }


SMALL = small()


@pytest.mark.parametrize("id", READERS)
def test_every_reader_reads_a_small_file_and_a_part_of_it(id: str) -> None:
    name, raw = SMALL[id]
    whole, part = READERS[id].read(raw, name), READERS[id].read(raw, name, Cut(limit=1))
    n = 1 if id in ("images", "sounds") else 2
    assert (len(whole.table), len(part.table)) == (n, 1)
    assert len(read_bytes(raw, name, cut=Cut(sample=1)).table) == 1
    assert len(whole.dataset()) == n
    for loaded in (whole, part):
        assert loaded.vectors is None or len(loaded.vectors) == len(loaded.table)
        assert not loaded.media or len(loaded.media) == len(loaded.table)
    assert any("of 2 rows" in note for note in part.notes) == (n == 2)


def starts() -> list[bytes]:
    """How real files begin, for what follows to damage."""
    whole = [raw for _, raw in SMALL.values()]
    return [*whole, *(raw[: len(raw) // 2] for raw in whole), b"", b"\xff\xfe", b"\xef\xbb\xbf", b"[{", b'a,b\n"']


@settings(max_examples=300)
@given(st.sampled_from(starts()), st.binary(max_size=200), st.sampled_from(SUFFIXES))
def test_any_bytes_are_read_or_told(start: bytes, rest: bytes, suffix: str) -> None:
    try:
        loaded = read_bytes(start + rest, f"any{suffix}")
    except CoreError as error:
        message, hint = error.message, error.hint
        assert message
        assert hint
    else:
        assert isinstance(loaded, Loaded)
        assert len(loaded.table) == loaded.preview(next(iter(loaded.table))).rows


def test_one_line_of_json_lines_is_one_row() -> None:
    loaded = read_bytes(b'{"text": "x", "tags": ["a", "b"]}\n', "a.jsonl")
    assert loaded.table.to_dict("list") == {"text": ["x"], "tags": ['["a", "b"]']}


def test_too_many_rows_are_refused() -> None:
    with pytest.raises(InputError, match="has 1,000,001 rows; at most 1,000,000") as caught:
        read_bytes(b"x\n" * (ROWS + 1), "a.txt")
    assert "sample" in caught.value.hint

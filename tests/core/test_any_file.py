"""Files of any content: each reader keeps its contract, and what was written comes back, or the problem is told."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from embeddings_core.errors import CoreError, InputError
from embeddings_core.pictures import picture_bytes
from embeddings_core.plugins import ReaderSpec, plugins
from embeddings_core.readers import Loaded, read_bytes
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


@settings(max_examples=150, deadline=None)
@given(tables(), st.sampled_from([",", ";", "\t", "|"]))
def test_any_table_written_as_csv_comes_back(rows: list[list[str]], delimiter: str) -> None:
    buffer = io.StringIO(newline="")
    csv.writer(buffer, delimiter=delimiter).writerows(rows)
    found = read_bytes(buffer.getvalue().encode(), "a.csv").table
    assert [list(found.columns), *found.to_numpy().tolist()] == rows


@settings(max_examples=100, deadline=None)
@given(tables(), st.booleans())
def test_any_table_written_as_json_lines_comes_back(rows: list[list[str]], ascii: bool) -> None:
    header, *body = rows
    lines = [json.dumps(dict(zip(header, row, strict=True)), ensure_ascii=ascii) for row in body]
    found = read_bytes("\n".join(lines).encode(), "a.jsonl").table
    assert [list(found.columns), *found.to_numpy().tolist()] == rows


def starts() -> list[bytes]:
    """How real files begin, for what follows to damage."""
    book, pictures, column = io.BytesIO(), io.BytesIO(), io.BytesIO()
    frame = pd.DataFrame({"text": ["x", "y"]})
    frame.to_excel(book)
    frame.to_parquet(column)
    with zipfile.ZipFile(pictures, "w") as file:
        file.writestr("a.png", picture_bytes(Image.new("RGB", (9, 7))))
    whole = [book.getvalue(), column.getvalue(), pictures.getvalue(), picture_bytes(Image.new("L", (9, 7)))]
    return [*whole, *(raw[: len(raw) // 2] for raw in whole), b"", b"\xff\xfe", b"\xef\xbb\xbf", b"[{", b'a,b\n"']


@settings(max_examples=300, deadline=None)
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

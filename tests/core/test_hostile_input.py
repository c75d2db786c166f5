"""Hostile and broken data: each is read with a note, or refused quickly with a message that says what to do."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from embeddings_core.errors import InputError
from embeddings_core.pictures import picture_bytes
from embeddings_core.readers import load, read, read_bytes
from embeddings_core.readers.limits import CELL, COLUMNS

TEXTS = ["Käse für Zoë", "ein Brot", "öde Straße"]


def refused(raw: bytes, name: str, match: str) -> InputError:
    """The error, which has a hint."""
    with pytest.raises(InputError, match=match) as caught:
        read_bytes(raw, name).dataset()
    assert caught.value.hint
    return caught.value


def workbook(rows: list[list[object]]) -> bytes:
    buffer = io.BytesIO()
    pd.DataFrame(rows).to_excel(buffer, index=False, header=False)
    return buffer.getvalue()


SUFFIXES = ["txt", "csv", "tsv", "json", "jsonl", "parquet", "xlsx", "png", "zip"]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file(suffix: str, tmp_path: Path) -> None:
    refused(b"", f"a.{suffix}", "is empty: it has 0 bytes")
    path = tmp_path / f"a.{suffix}"
    path.write_bytes(b"")
    with pytest.raises(InputError, match="is empty: it has 0 bytes"):
        load(path)


@pytest.mark.parametrize("suffix", ["txt", "csv", "tsv", "json", "jsonl"])
@pytest.mark.parametrize("raw", [b"\n", b" \r\n\t\n", b"\xef\xbb\xbf", b"\xff\xfe", b"\xef\xbb\xbf" * 5000])
def test_a_file_of_nothing_visible(suffix: str, raw: bytes) -> None:
    refused(raw, f"a.{suffix}", "no text|no valid JSON")


HEADERS = {
    "a.csv": b"id,text\n",
    "b.csv": b"id,text",
    "a.tsv": b"id\ttext\n\n\n",
    "a.json": b"[]",
    "b.json": b'{"id": [], "text": []}',
    "a.xlsx": workbook([["id", "text"]]),
}


@pytest.mark.parametrize("name", HEADERS)
def test_only_a_header(name: str) -> None:
    refused(HEADERS[name], name, "has no rows|nothing")


def test_only_a_header_in_a_table_of_pandas() -> None:
    with pytest.raises(InputError, match="has no rows, only the header id, text"):
        load(pd.DataFrame({"id": [], "text": []}))


def test_without_a_column_of_text_one_can_still_be_chosen() -> None:
    raw = b"id,day,share\n1,2024-01-01,0.5\n2,2024-01-02,0.25\n"
    assert "id, day, share" in refused(raw, "a.csv", "a.csv has no column with text").hint
    loaded = read_bytes(raw, "a.csv")
    assert loaded.text_columns() == []
    assert loaded.dataset("share").items == loaded.dataset("share").metadata["share"].tolist() == ["0.5", "0.25"]


@pytest.mark.parametrize("blank", ["", " ", "\u00a0", "\u3000", "\u200b", "\ufeff"])
def test_all_rows_blank(blank: str) -> None:
    raw = f'text,other\n"{blank}",x\n"{blank}",y\n'.encode()
    loaded = read_bytes(raw, "a.csv")
    assert (loaded.preview("text").kept, loaded.preview("text").empties) == (0, 2)
    with pytest.raises(InputError, match="All 2 rows of column 'text' are empty") as caught:
        loaded.dataset("text")
    assert caught.value.hint == "Choose another column: other."
    refused(blank.encode() + b"\n", "a.txt", "holds no text")


ENCODINGS = {
    "utf-8": [],
    "utf-8-sig": [],
    "utf-16": ["Read as UTF-16."],
    "utf-16-le": ["Read as UTF-16."],
    "utf-16-be": ["Read as UTF-16."],
    "utf-32": ["Read as UTF-32."],
    "latin-1": ["Read as Windows-1252 (Latin-1), because it is not UTF-8. If letters look wrong, save it as UTF-8."],
}


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("suffix", ["csv", "txt", "jsonl"])
def test_every_usual_encoding(encoding: str, suffix: str) -> None:
    lines = [f'{{"text": "{text}"}}' for text in TEXTS] if suffix == "jsonl" else list(TEXTS)
    loaded = read_bytes("\n".join(["text", *lines] if suffix == "csv" else lines).encode(encoding), f"a.{suffix}")
    assert list(loaded.dataset("text").items) == TEXTS
    assert loaded.notes == ENCODINGS[encoding]


@pytest.mark.parametrize("text", ["日本語のテキスト\n二行目", "Привет, мир\nвторая строка"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8"])
def test_other_scripts(text: str, encoding: str) -> None:
    assert list(read_bytes(text.encode(encoding), "a.txt").dataset().items) == text.split("\n")


def test_a_last_letter_in_latin_1_is_kept_and_half_a_letter_in_utf_8_left_out() -> None:
    assert read_bytes("un café".encode("latin-1"), "a.txt").dataset().items == ["un café"]
    loaded = read_bytes("für 日本".encode()[:-1], "a.txt")
    assert loaded.dataset().items == ["für 日"]
    assert "ends in the middle of a character" in loaded.notes[0]


def test_nul_bytes_and_control_characters() -> None:
    loaded = read_bytes(b"text\none\0 two three four five six\nother\x07\n", "a.csv")
    assert list(loaded.dataset().items) == ["one two three four five six", "other\x07"]
    assert loaded.notes == ["1 NUL characters were removed."]
    assert load(["a\0b"]).dataset().items == ["ab"]
    refused(bytes(range(1, 32)) * 50, "a.csv", "binary data, not text")


def test_ragged_rows_are_skipped_and_named_by_their_line() -> None:
    loaded = read_bytes(b'id,text\n1,"two\nlines"\n2,a,b,c\n3\n4,last,,\n', "a.csv")
    assert loaded.table["text"].tolist() == ["two\nlines", "", "last"]
    assert "1 ragged row was skipped" in loaded.notes[0]
    assert loaded.notes[0].endswith("line 4.")
    assert "1 row was shorter" in loaded.notes[1]
    refused(b"id,text\n1,a,b\n2,c,d\n", "a.csv", "Every row of a.csv has more cells than its header, which has 2")


EVERY_MARK = "".join(map(chr, range(0xE000, 0xF900))).encode()


@pytest.mark.parametrize("raw", [b"text\n" + EVERY_MARK, b'sep="\nab', b"sep=\r\nx"], ids=["marks", "quote", "return"])
def test_a_csv_that_leaves_no_delimiter(raw: bytes) -> None:
    assert read_bytes(raw, "a.csv").table.shape == (1, 1)


@pytest.mark.parametrize("rows", [1, 2])
@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "parquet", "xlsx"])
def test_one_row_and_two_rows(rows: int, suffix: str) -> None:
    frame = pd.DataFrame({"text": ["only this", "and this"][:rows], "n": [1, 2][:rows]})
    buffer = io.BytesIO()
    if suffix == "csv":
        frame.to_csv(buffer, index=False)
    elif suffix.startswith("json"):
        frame.to_json(buffer, orient="records", lines=suffix == "jsonl")
    elif suffix == "parquet":
        frame.to_parquet(buffer)
    else:
        frame.to_excel(buffer, index=False)
    data = read_bytes(buffer.getvalue(), f"a.{suffix}").dataset()
    assert list(data.items) == frame["text"].tolist()
    assert data.metadata["n"].tolist() == frame["n"].tolist()


def test_all_rows_identical() -> None:
    loaded = read_bytes(b"text\n" + b"the same\n" * 500, "a.csv")
    assert (loaded.preview().kept, loaded.preview().duplicates) == (500, 499)
    assert set(loaded.dataset().items) == {"the same"}


def test_nan_and_infinity_in_a_table() -> None:
    data = read_bytes(b"text,n,m\na,NaN,1\nnan,2,inf\n,3,4\n", "a.csv").dataset("text")
    assert list(data.items) == ["a", "nan"]
    assert data.metadata["n"].isna().tolist() == [True, False]
    assert data.metadata["m"].tolist() == ["1", "inf"]


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e300])
def test_vectors_with_what_is_no_number(wrong: float) -> None:
    vectors = np.ones((5, 3))
    vectors[[1, 4], 2] = wrong
    with pytest.raises(InputError, match="2 of 5 vectors hold NaN or numbers too large") as caught:
        load(vectors)
    assert "Remove or mend" in caught.value.hint


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (3,), (2, 2, 2), ()])
def test_arrays_that_hold_no_vectors(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="holds no vectors"):
        load(np.ones(shape))


def test_a_cell_of_a_megabyte_is_cut_with_a_note() -> None:
    loaded = read_bytes(b"text,n\n" + b"word " * 200_000 + b",1\nshort,2\n", "a.csv")
    assert [len(item) for item in loaded.dataset().items if isinstance(item, str)] == [CELL, 5]
    assert loaded.notes == ["1 cell longer than 100,000 characters was cut."]


def test_markup_stays_plain_text() -> None:
    cell = "<script>alert('x')</script> &amp; =HYPERLINK(\"x\")"
    quoted = cell.replace('"', '""')
    assert read_bytes(f'text\n"{quoted}"\nplain text\n'.encode(), "a.csv").dataset().items[0] == cell
    assert read([cell]).captions == [cell]


def wide(suffix: str, width: int = 200_000) -> tuple[object, str]:
    """A table with numbers in every column but one, near its right end, which holds texts."""
    names = [f"c{place}" for place in range(width)]
    rows = [["1"] * width for _ in range(3)]
    names[-5] = "review"
    for row in rows:
        row[-5] = "a text that people wrote"
    if suffix == "json":
        return json.dumps([dict(zip(names, row, strict=True)) for row in rows]).encode(), "a.json"
    if suffix == "table":
        return pd.DataFrame(np.ones((3, width - 1))).assign(review="a text that people wrote"), "a"
    return "\n".join(",".join(row) for row in [names, *rows]).encode(), "a.csv"


@pytest.mark.parametrize("suffix", ["csv", "json", "table"])
def test_200_000_columns_are_cut_and_the_texts_are_found(suffix: str) -> None:
    source, name = wide(suffix)
    loaded = load(source, name)
    assert (loaded.table.shape, loaded.guess) == ((3, COLUMNS), "review")
    assert "Of 200,000 columns the first 1,000 were read" in loaded.notes[0]


def test_json_nested_too_deeply_and_numbers_too_long() -> None:
    refused(b"[" * 200_000, "a.json", "nested too deeply|no valid JSON")
    refused(b'{"a":' * 200_000, "a.jsonl", "nested too deeply|no valid JSON")
    refused(b"[" + b"9" * 10_000 + b"]", "a.json", "cannot be read")


def test_an_open_file_that_cannot_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes("café\n".encode("latin-1"))
    with path.open(encoding="utf-8") as file, pytest.raises(InputError, match="cannot be read") as caught:
        load(file)
    assert "rb" in caught.value.hint
    with pytest.raises(InputError, match="closed file"):
        load(file)


def test_an_empty_file_among_pictures_is_only_left_out() -> None:
    good, empty = io.BytesIO(picture_bytes(Image.new("RGB", (9, 9), "red"))), io.BytesIO(b"")
    good.name, empty.name = "good.png", "empty.jpg"
    loaded = load([good, empty])
    assert loaded.table["file"].tolist() == ["good.png"]
    assert loaded.skipped == [("empty.jpg", "empty.jpg is empty: it has 0 bytes.")]

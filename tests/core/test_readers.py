"""Readers: every format and every kind of Python object becomes the same table of items, with honest notes."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import packed
from PIL import Image

from embeddings_core.errors import InputError
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.plugins import plugins
from embeddings_core.progress import STEPS
from embeddings_core.readers import load, paste, read, read_bytes

SUFFIXES = [suffix for module in plugins("readers").values() for suffix in module.SPEC.suffixes]
FRAME = pd.DataFrame({"id": [7, 8, 9], "review": ["good film", "bad film", "a long one"], "rating": [0.5, 1.0, 2.5]})


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def workbook(*sheets: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    with pd.ExcelWriter(buffer) as writer:
        for number, sheet in enumerate(sheets):
            sheet.to_excel(writer, sheet_name=f"Sheet {number + 1}", index=False)
    return buffer.getvalue()


def picture(shade: int) -> bytes:
    return picture_bytes(Image.new("RGB", (9, 7), (shade, 0, 0)))


def written(sep: str) -> bytes:
    return FRAME.to_csv(sep=sep, index=False).encode()


SAME = {
    "a.csv": written(","),
    "semicolon.csv": FRAME.to_csv(sep=";", decimal=",", index=False).encode(),
    "tab.csv": written("\t"),
    "bar.csv": written("|"),
    "a.tsv": written("\t"),
    "SHOUTED.CSV": written(","),
    "declared.csv": b"sep=;\r\n" + FRAME.to_csv(sep=";", decimal=",", index=False).encode(),
    "rows.json": FRAME.to_json(orient="records").encode(),
    "columns.json": FRAME.to_json(orient="columns").encode(),
    "lists.json": json.dumps(FRAME.to_dict("list")).encode(),
    "around.json": json.dumps({"version": 1, "data": FRAME.to_dict("records")}).encode(),
    "lines.jsonl": FRAME.to_json(orient="records", lines=True).encode(),
    "lines.ndjson": FRAME.to_json(orient="records", lines=True).encode(),
    "a.parquet": parquet(FRAME),
    "a.xlsx": workbook(FRAME),
    "second.xlsx": workbook(pd.DataFrame(), FRAME),
    "table.zip": packed({"in/the/table.csv": written(","), "__MACOSX/._table.csv": b"\0", "in/.DS_Store": b"\0"}),
    "named wrongly.csv": parquet(FRAME),
    "wrongly.txt": workbook(FRAME),
}


@pytest.mark.parametrize("name", SAME)
def test_the_same_table_in_every_format(name: str) -> None:
    loaded = read_bytes(SAME[name], name)
    assert (loaded.name, loaded.kind, loaded.guess) == (name, "text", "review")
    for column in FRAME:
        assert loaded.table[column].tolist() == FRAME[column].tolist()
    assert list(loaded.table.columns) == list(FRAME.columns)
    assert list(loaded.dataset().items) == FRAME["review"].tolist()


LISTED = {
    "list.json": b'["one", "two", null, "2024-01-01"]',
    "list.jsonl": b'"one"\n"two"\n\nnull\n"2024-01-01"\n',
    "a.txt": b"one\r\ntwo\n\n \t\n2024-01-01",
}


@pytest.mark.parametrize("name", LISTED)
def test_plain_texts(name: str) -> None:
    assert list(read_bytes(LISTED[name], name).dataset().items) == ["one", "two", "2024-01-01"]


OBJECTS: dict[str, Any] = {
    "list of texts": ["x", "2024-01-01", "", None, float("nan"), pd.NA],
    "series": pd.Series(["x", "2024-01-01", None]),
    "array of texts": np.array(["x", "2024-01-01"]),
    "tuple": ("x", "2024-01-01"),
    "list of dictionaries": [{"text": "x", "n": 1}, {"text": "2024-01-01"}],
    "table": pd.DataFrame({"text": ["x", "2024-01-01", None]}, index=[5, 5, 5]),
    "open file": io.BytesIO(b"x\n2024-01-01\n"),
    "open text file": io.StringIO("x\n2024-01-01\n"),
    "bytes": b"x\n2024-01-01\n",
    "list of one open file": [io.BytesIO(b"x\n2024-01-01\n")],
}


@pytest.mark.parametrize("kind", OBJECTS)
def test_texts_in_every_python_object(kind: str) -> None:
    assert list(read(OBJECTS[kind], text="text", name="a.txt").items) == ["x", "2024-01-01"]


def test_dates_alone_are_texts_in_a_list() -> None:
    dates = ["2024-01-01T10:00Z", "2024-01-02T11:00Z"]
    assert list(read(dates).items) == dates
    assert list(paste("\n".join(dates)).dataset().items) == dates
    assert load(pd.DataFrame({"day": dates})).guess is None


def test_pictures_in_every_way_they_can_be_brought(tmp_path: Path) -> None:
    for shade, name in ((10, "b/2.png"), (20, "b/10.PNG"), (30, "a.png"), (40, ".hidden/x.png"), (50, "a.xyz")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(picture(shade))
    raw = {path: (tmp_path / path).read_bytes() for path in ("a.png", "b/10.PNG", "b/2.png")}
    expected = [Picture.from_bytes(content).digest for content in raw.values()]
    uploads = [io.BytesIO(content) for content in raw.values()]
    for upload, name in zip(uploads, raw, strict=True):
        upload.name = name  # type: ignore[attr-defined]
    ways = [
        tmp_path,
        str(tmp_path),
        packed(raw),
        [tmp_path / name for name in raw],
        uploads,
        [Image.open(tmp_path / name) for name in raw],
        [Picture.from_bytes(content) for content in raw.values()],
    ]
    for way in ways:
        loaded = load(way, "all.zip" if isinstance(way, bytes) else None)
        assert [item.digest for item in loaded.dataset().items if isinstance(item, Picture)] == expected
        assert loaded.table[["width", "height"]].to_numpy().tolist() == [[9, 7]] * 3
    assert load(tmp_path).table["folder"].tolist() == load(uploads).table["folder"].tolist() == ["", "b", "b"]
    assert load(tmp_path).table["file"].tolist() == ["a.png", "10.PNG", "2.png"]
    assert load(tmp_path).name == tmp_path.name


def upload(name: str, content: bytes) -> io.BytesIO:
    file = io.BytesIO(content)
    file.name = name  # type: ignore[attr-defined]
    return file


def test_several_tables_are_told_to_come_one_at_a_time(tmp_path: Path) -> None:
    names = ["a.csv", "b.CSV", "c.txt"]
    for name in names:
        (tmp_path / name).write_bytes(written(","))
    for given in ([upload(name, written(",")) for name in names], [tmp_path / name for name in names]):
        with pytest.raises(InputError, match=r"^These are 3 tables: a\.csv, b\.CSV, c\.txt\.$") as caught:
            load(given)
        assert caught.value.hint == "Bring one table at a time, or put them together."
    with pytest.raises(InputError, match=r"These are 6 tables: a\.csv, .* and 1 more\.$"):
        load([upload("a.csv", b"") for _ in range(6)])
    with pytest.raises(InputError, match=r"These are 2 tables or zips: a\.csv, z\.zip\."):
        load([upload("a.csv", b"x"), upload("z.zip", packed({"1.png": picture(1)}))])


def test_tables_among_pictures_are_skipped_and_bytes_tell_what_a_picture_is() -> None:
    mixed = load([upload("a.csv", written(",")), upload("1.png", picture(1))])
    assert (mixed.table["file"].tolist(), [name for name, _ in mixed.skipped]) == (["1.png"], ["a.csv"])
    named_wrongly = load([upload("1.csv", picture(1)), upload("2.csv", picture(2))])
    assert named_wrongly.table["file"].tolist() == ["1.csv", "2.csv"]
    one = load([upload("a.docx", b"x"), upload("b.csv", written(","))])
    assert (one.guess, [name for name, _ in one.skipped]) == ("review", ["a.docx"])


def test_progress_is_told_and_what_is_no_picture_is_skipped_with_the_reason() -> None:
    seen: list[tuple[int, int]] = []
    files = {"1.png": picture(1), "bad.png": b"bad", "2.png": picture(1), "notes.csv": b"a,b", "deep.zip": packed({})}
    loaded = load(packed(files), "z.zip", lambda done, total: seen.append((done, total)))
    assert len(set(seen)) > 3
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {STEPS}
    assert loaded.table["file"].tolist() == ["1.png", "2.png"]
    assert {name: reason.split()[-1] for name, reason in loaded.skipped} == {
        "bad.png": "read.", "notes.csv": "read.", "deep.zip": "opened."
    }  # fmt: skip
    assert (loaded.preview().rows, loaded.preview().duplicates, loaded.preview().kept) == (2, 1, 2)


@pytest.mark.parametrize("kind", ["float64", "float16", "int8", "uint64"])
def test_an_array_of_vectors(kind: str) -> None:
    loaded = load(np.array([[1, 2], [3, 4], [1, 2]], dtype=kind))
    assert (loaded.kind, loaded.guess, loaded.preview().duplicates) == ("vector", None, 1)
    data = loaded.dataset()
    np.testing.assert_array_equal(np.stack(list(data.items)), np.array([[1, 2], [3, 4], [1, 2]], np.float32))
    assert data.metadata["row"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("thing", [5, None, {"a": 1}, [], [1, 2], [np.ones(2)], np.float64(3), [True], [b"x"]])
def test_what_is_no_data_is_told(thing: object) -> None:
    with pytest.raises(InputError, match=r"nothing that can be read|list is empty|Item 1 is a") as caught:
        load(thing)
    assert caught.value.hint


@pytest.mark.parametrize("path", ["no such file", "", "x" * 9999, "nul\0", "https://example.org/data.csv"])
def test_what_is_no_path_is_told(path: str) -> None:
    with pytest.raises(InputError, match=r"no file|no path|nothing that can be read"):
        load(path)


@pytest.mark.parametrize(("name", "match"), [("a.docx", r"not read \(\.docx\)"), ("data", "no ending"), (".csv", "no")])
def test_an_unknown_ending_is_told_with_those_that_are_known(name: str, match: str) -> None:
    with pytest.raises(InputError, match=match) as caught:
        read_bytes(b"text\nx", name)
    assert all(suffix in caught.value.hint for suffix in SUFFIXES)


LONG = ["a sentence of some length, as people write them", "another one, which is not the same"]
GUESSES: list[tuple[dict[str, list[Any]], str | None]] = [
    ({"id": ["a1", "b2"], "body": LONG}, "body"),
    ({"review_id": LONG, "review": ["x", "y"]}, "review"),
    ({"url": ["https://example.org/a", "https://example.org/b"], "Title": ["One two", "Three four"]}, "Title"),
    ({"a": ["x", "x"], "b": LONG}, "b"),
    ({"text": [None, ""], "b": ["x", "y"]}, "b"),
    ({"n": [1, 2], "day": ["2024-01-01", "2024-01-02"]}, None),
]


@pytest.mark.parametrize(("columns", "expected"), GUESSES)
def test_the_likeliest_column_of_texts(columns: dict[str, list[Any]], expected: str | None) -> None:
    assert load(pd.DataFrame(columns)).guess == expected


def test_the_preview_says_what_the_dataset_will_be() -> None:
    loaded = read_bytes(b'text,n\nx,1\n"",2\n  ,3\nx,4\ny,5\n"\xe2\x80\x8b",6\n', "a.csv")
    preview, data = loaded.preview(), loaded.dataset()
    assert (preview.rows, preview.empties, preview.duplicates, preview.kept) == (6, 3, 1, 3)
    assert list(data.items) == data.metadata["text"].tolist() == ["x", "x", "y"]
    assert data.metadata["n"].tolist() == [1, 4, 5]
    assert loaded.preview("n").kept == len(loaded.dataset("n")) == 6
    assert loaded.dataset("n").items[0] == "1"


def test_keep_chooses_the_metadata() -> None:
    loaded = load(FRAME)
    assert list(loaded.dataset(keep=["rating"]).metadata.columns) == ["review", "rating"]
    assert list(loaded.dataset(keep=[]).metadata.columns) == ["review"]
    assert list(load(np.ones((2, 2))).dataset(keep=[]).metadata.columns) == []
    with pytest.raises(InputError, match="has no column 'stars'") as caught:
        loaded.dataset(keep=["stars"])
    assert "id, review, rating" in caught.value.hint
    with pytest.raises(InputError, match="has no column 'stars'"):
        loaded.preview("stars")


NOTES = {
    ("a.csv", b"a;b\n1;x\n"): "separated by a semicolon",
    ("b.csv", b"a,b\n1,x\n1,2,3\n"): "1 ragged row was skipped, having more cells than the header: line 3",
    ("c.csv", b"a,b\n1,x\n4\n"): "1 row was shorter than the header",
    ("d.csv", b'text,n\n"open,1\nx,2\ny,3\n'): "Quotation marks do not match up",
    ("e.txt", b"x\n\n\ny"): "2 blank lines were left out",
    ("f.jsonl", b'{"a": "x"}\n{"a": \n{"a": "y"}\n'): "no valid JSON: line 2",
    ("g.json", b'{"rows": [{"a": "x"}]}'): "Read the list 'rows'",
    ("h.csv", b"a,day\nx,2024-01-01T00:00+02:00\n"): "turned into UTC in: day",
    ("i.png", parquet(FRAME)): "name ends in .png; it was read as what it is: Parquet",
    ("j.parquet", parquet(FRAME.assign(vector=[[0.5]] * 3))): "Left out because they hold lists of numbers: vector",
    ("k.xlsx", workbook(pd.DataFrame(), FRAME)): "Read the sheet 'Sheet 2', the first of 2 that is not empty",
}


@pytest.mark.parametrize(("file", "note"), NOTES.items(), ids=lambda value: value[0])
def test_notes_say_what_was_done(file: tuple[str, bytes], note: str) -> None:
    (told,) = read_bytes(file[1], file[0]).notes
    assert note in told

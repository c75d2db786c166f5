"""What is downloaded is what was computed: same items, same numbers, nothing that runs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, make_space, make_texts
from PIL import Image
from pyarrow import parquet

from embeddings_core.errors import InputError, ParameterError
from embeddings_core.export import export
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.readers import read
from embeddings_core.space import Clustering, Dataset, Projection, Space

FORMATS = ("csv", "parquet", "jsonl", "npz")
TEXTS = ["plain", 'two\nlines, and a "quote"', "<script>alert(1)</script>", "naïve 日本 😀", "a\rb", "tab\there"]


def made_space(texts: list[str] = TEXTS, **columns: Any) -> Space:
    vectors, _ = blobs(len(texts), d=4)
    return make_space(vectors, make_texts(texts, **columns))


def made_projection(n: int, dims: int = 2) -> Projection:
    coords = np.random.default_rng(1).normal(size=(n, dims)).astype(np.float32)
    return Projection("map", "pca", dims, 7, {"whiten": False}, coords, "a note")


def made_clustering(labels: list[int], names: tuple[str, ...]) -> Clustering:
    sizes = tuple(labels.count(group) for group in range(len(names)))
    examples = np.full((len(names), 5), -1)
    silhouettes = (0.0,) * len(names)
    return Clustering("c", "kmeans", {"k": 2}, np.array(labels), names, sizes, examples, 0.0, silhouettes, 4)


def csv_rows(raw: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def parquet_frame(raw: bytes) -> pd.DataFrame:
    return parquet.read_table(io.BytesIO(raw)).to_pandas()


def json_rows(raw: bytes) -> list[dict[str, Any]]:
    assert raw.endswith(b"}\n")
    return [json.loads(line) for line in raw.decode().splitlines()]


def frame_of(raw: bytes, format: str) -> pd.DataFrame:
    """The table in any format but NPZ."""
    return (
        parquet_frame(raw)
        if format == "parquet"
        else pd.DataFrame(csv_rows(raw) if format == "csv" else json_rows(raw))
    )


def npz(raw: bytes) -> dict[str, Any]:
    with np.load(io.BytesIO(raw), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def test_csv_has_one_row_an_item_with_everything_that_was_computed() -> None:
    space = made_space(topic=list("aabbcc"))
    plane, groups = made_projection(6), made_clustering([0, 0, 1, 1, -1, -1], ("cats", "dogs"))
    raw = export(space, "csv", projection=plane, clustering=groups)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = csv_rows(raw)
    assert list(rows[0]) == ["item", "text", "topic", "x", "y", "cluster", "cluster_name", "v0", "v1", "v2", "v3"]
    assert [row["text"] for row in rows] == TEXTS
    assert [row["item"] for row in rows] == list("012345")
    assert [row["cluster_name"] for row in rows] == ["cats", "cats", "dogs", "dogs", "noise", "noise"]
    coords = np.array([[row["x"], row["y"]] for row in rows], dtype=np.float32)
    vectors = np.array([[row[f"v{i}"] for i in range(4)] for row in rows], dtype=np.float32)
    np.testing.assert_array_equal(coords, plane.coords)
    np.testing.assert_array_equal(vectors, space.vectors)


def test_parquet_keeps_types_and_tells_how_it_was_made() -> None:
    days = pd.date_range("2024-01-01", periods=6)
    space = made_space(price=[1.5, np.nan, 3, 4, 5, 6], sold=[True, False] * 3, day=days)
    raw = export(space, "parquet", projection=made_projection(6, dims=3))
    frame = parquet_frame(raw)
    assert frame["text"].tolist() == TEXTS
    assert frame["price"].dtype == np.float64
    assert frame["sold"].tolist() == [True, False] * 3
    assert frame["day"].tolist() == list(days)
    np.testing.assert_array_equal(np.stack(frame["vector"].tolist()), space.vectors)
    assert frame["vector"][0].dtype == np.float32
    assert {"x", "y", "z"} <= set(frame)
    about = json.loads(parquet.read_schema(io.BytesIO(raw)).metadata[b"about"])
    assert about["encoder"] == {"id": "hashing", "fingerprint": space.encoder_fingerprint}
    assert about["projection"]["seed"] == 7
    assert about["projection"]["params"] == {"whiten": False}


def test_npz_loads_without_pickle() -> None:
    space = made_space(topic=list("aabbcc"), price=[1, 2, 3, 4, 5, 6])
    plane, groups = made_projection(6), made_clustering([0, 0, 1, 1, -1, -1], ("cats", "dogs"))
    arrays = npz(export(space, "npz", projection=plane, clustering=groups))
    np.testing.assert_array_equal(arrays["vectors"], space.vectors)
    np.testing.assert_array_equal(arrays["coords"], plane.coords)
    np.testing.assert_array_equal(arrays["labels"], groups.labels)
    assert arrays["meta_text"].tolist() == TEXTS
    assert arrays["meta_price"].tolist() == [1, 2, 3, 4, 5, 6]
    assert arrays["cluster_name"].tolist()[-1] == "noise"
    about = json.loads(str(arrays["about"]))
    assert about["fingerprint"] == space.fingerprint
    assert about["columns"] == {"meta_text": "text", "meta_topic": "topic", "meta_price": "price"}


def test_json_lines_keep_types_and_every_digit() -> None:
    texts = ["a\u2028b\x85c", 'quote " and \\', "new\nline", "</script> naïve 日本 😀"]
    sold, day = [True, False] * 2, pd.to_datetime(["2024-01-02 03:04:05"] * 3 + [None])
    price, small = [1.5, None, float("inf"), 1e-300], np.array([0.1, 1e-30, 1e30, np.nan], dtype=np.float32)
    space = made_space(texts, price=price, small=small, sold=sold, large=[2**62] * 4, day=day, **{'a "': list("abcd")})
    plane = made_projection(4)
    rows = json_rows(export(space, "jsonl", projection=plane, clustering=made_clustering([0] * 4, ("g",))))
    wanted = {"sold": True, "large": 2**62, 'a "': "c", "cluster": 0, "cluster_name": "g"}
    assert {name: rows[2][name] for name in wanted} == wanted
    assert [row["text"] for row in rows] == texts
    assert [row["price"] for row in rows] == [1.5, None, None, 1e-300]
    assert [row["small"] for row in rows] == [0.1, 1e-30, 1e30, None]
    assert [row["day"] for row in rows] == ["2024-01-02T03:04:05.000000"] * 3 + [None]
    np.testing.assert_array_equal(np.array([[row["x"], row["y"]] for row in rows], dtype=np.float32), plane.coords)
    np.testing.assert_array_equal(np.array([row["vector"] for row in rows], dtype=np.float32), space.vectors)


def test_json_lines_of_more_than_one_block() -> None:
    texts = [f"item {i}" for i in range(20_000)]
    assert [row["text"] for row in json_rows(export(make_texts(texts), "jsonl"))] == texts


@pytest.mark.parametrize("format", FORMATS)
def test_tags_are_a_column(format: str) -> None:
    space = made_space(list("abcd"), tags=[1, 2, 3, 4])
    raw = export(space, format, rows=[2, 0], tags=["cats, dogs", "", "=birds", "half \ud83d"])
    found: Any = npz(raw) if format == "npz" else frame_of(raw, format)
    tags = found["meta_tags_" if format == "npz" else "tags"]
    assert list(tags) == ["'=birds" if format == "csv" else "=birds", "cats, dogs"]
    assert [int(tag) for tag in found["meta_tags"]] == [3, 1]


@pytest.mark.parametrize("format", FORMATS)
def test_same_content_same_bytes(format: str) -> None:
    space = made_space(topic=list("aabbcc"))
    assert export(space, format) == export(space, format)


@pytest.mark.parametrize("format", ["csv", "parquet", "jsonl"])
def test_what_was_exported_reads_back_as_the_same_items(format: str, tmp_path: Path) -> None:
    texts = ["plain", 'two\nlines, and a "quote"', "<script>alert(1)</script>", "naïve 日本 😀"]
    space = made_space(texts, topic=list("aabb"))
    path = tmp_path / f"again.{format}"
    path.write_bytes(export(space, format, projection=made_projection(4)))
    again = read(path, text="text")
    assert list(again.items) == texts
    assert again.metadata["topic"].tolist() == list("aabb")


@pytest.mark.parametrize(
    "text", ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1", "=cmd|' /C calc'!A0"]
)
def test_csv_disarms_formulas_in_cells_and_headers(text: str) -> None:
    rows = csv_rows(export(made_space([text, "safe"], **{text: [text, "x"]}), "csv"))
    assert rows[0]["text"] == f"'{text}"
    assert rows[0][f"'{text}"] == f"'{text}"
    assert rows[1]["text"] == "safe"


@pytest.mark.parametrize("number", ["-5", "+3.2e5", "-1,234.5", ".5", "-7%"])
def test_csv_leaves_numbers_alone(number: str) -> None:
    rows = csv_rows(export(made_space([number, "safe"], temperature=[-5, 4]), "csv"))
    assert rows[0]["text"] == number
    assert rows[0]["temperature"] == "-5"


@pytest.mark.parametrize("format", ["parquet", "npz"])
def test_other_formats_keep_every_text_as_it_is(format: str) -> None:
    raw = export(made_space(["=1+1", "safe"]), format)
    texts = parquet_frame(raw)["text"] if format == "parquet" else npz(raw)["meta_text"]
    assert list(texts) == ["=1+1", "safe"]


def test_metadata_named_like_our_columns_gets_out_of_the_way() -> None:
    space = made_space(["a", "b"], x=[1, 2], meta_x=[3, 4], Cluster=["p", "q"], v0=[5, 6], item=[7, 8])
    groups = made_clustering([0, 1], ("g", "h"))
    rows = csv_rows(export(space, "csv", projection=made_projection(2), clustering=groups))
    wanted = {"meta_x": "1", "meta_meta_x": "3", "meta_Cluster": "p", "meta_v0": "5", "meta_item": "7"}
    assert {name: rows[0][name] for name in wanted} == wanted
    assert [(row["item"], row["cluster"]) for row in rows] == [("0", "0"), ("1", "1")]


def test_two_columns_of_one_name_are_both_kept() -> None:
    data = make_texts(["a", "b"], one=[1, 2], two=[3, 4])
    data.metadata.columns = ["text", "same", "same"]
    rows = csv_rows(export(data, "csv"))
    assert [(row["same"], row["meta_same"]) for row in rows] == [("1", "3"), ("2", "4")]


@pytest.mark.parametrize("format", FORMATS)
def test_only_the_chosen_rows_in_their_order(format: str) -> None:
    space = made_space()
    raw = export(space, format, projection=made_projection(6), rows=[4, 1])
    found: Any = npz(raw) if format == "npz" else frame_of(raw, format)
    assert [int(item) for item in found["item"]] == [4, 1]
    if format == "npz":
        np.testing.assert_array_equal(found["vectors"], space.vectors[[4, 1]])


@pytest.mark.parametrize("format", FORMATS)
def test_vectors_can_be_left_out(format: str) -> None:
    raw = export(made_space(), format, include_vectors=False)
    found: Any = npz(raw) if format == "npz" else frame_of(raw, format)
    assert list(found) == (["item", "meta_text", "about"] if format == "npz" else ["item", "text"])


@pytest.mark.parametrize("format", FORMATS)
def test_any_metadata_can_be_written(format: str) -> None:
    odd = {
        "../../etc/passwd": ["a", "b"],
        "mixed": [1, "two"],
        "nothing": [None, None],
        "lists": [[1, 2], []],
        "whole": pd.array([1, None], dtype="Int64"),
        "truth": pd.array([True, None], dtype="boolean"),
        "half float": np.array([1, 2], dtype=np.float16),
        "kind": pd.Categorical(["x", None]),
        "zone": pd.to_datetime(["2024-01-01", None]).tz_localize("UTC"),
        "": ["e", "f"],
        "long": pd.to_timedelta([1, 2], unit="h"),
    }
    raw = export(make_texts(["a", "b"], **odd), format)
    if format != "npz":
        frame = frame_of(raw, format).fillna("")
        assert frame["mixed"].tolist() == ["1", "two"]
        assert frame["whole"][1] == frame["nothing"][1] == frame["zone"][1] == ""
    else:
        arrays = npz(raw)
        assert arrays["meta_etc_passwd"].tolist() == ["a", "b"]
        assert json.loads(str(arrays["about"]))["columns"]["meta_etc_passwd"] == "../../etc/passwd"
        assert all(name.replace("_", "").isalnum() for name in arrays)


@pytest.mark.parametrize("format", FORMATS)
def test_half_characters_of_damaged_files_do_not_stop_an_export(format: str) -> None:
    data = Dataset("damaged", "text", ["half \ud83d", "whole 😀"], pd.DataFrame(index=[0, 1]))
    raw = export(data, format)
    texts = npz(raw)["meta_text"] if format == "npz" else frame_of(raw, format)["text"]
    assert texts.tolist() == ["half \ufffd", "whole 😀"]


def test_pictures_are_named_by_their_file() -> None:
    picture = Picture.from_bytes(picture_bytes(Image.new("RGB", (2, 2))))
    named = Dataset("p", "image", [picture], pd.DataFrame({"file": ["a.png"]}))
    bare = Dataset("p", "image", [picture], pd.DataFrame({"year": [1999]}))
    assert csv_rows(export(named, "csv")) == [{"item": "0", "file": "a.png"}]
    assert csv_rows(export(bare, "csv")) == [{"item": "0", "name": "item 1", "year": "1999"}]


def test_ready_vectors_are_exported_without_a_space() -> None:
    rows = [np.array([1, 2], dtype=np.float32), np.array([3, 4], dtype=np.float32)]
    data = Dataset("v", "vector", rows, pd.DataFrame({"name": ["a", "b"]}))
    assert npz(export(data, "npz"))["vectors"].tolist() == [[1, 2], [3, 4]]


def test_npz_refuses_a_cell_that_would_blow_it_up_and_parquet_takes_it() -> None:
    data = make_texts(["x" * 1_000_000] + ["short"] * 300)
    with pytest.raises(InputError, match="1,000,000 characters") as caught:
        export(data, "npz")
    assert "Parquet" in caught.value.hint
    assert parquet_frame(export(data, "parquet"))["text"].str.len().max() == 1_000_000


def test_wrong_wishes_are_refused() -> None:
    space = made_space()
    with pytest.raises(ParameterError, match="pdf"):
        export(space, "pdf")
    with pytest.raises(ParameterError, match="no item 6"):
        export(space, "csv", rows=[6])
    with pytest.raises(ParameterError, match="No items"):
        export(space, "csv", rows=[])
    with pytest.raises(InputError, match="projection has 3 items"):
        export(space, "csv", projection=made_projection(3))
    with pytest.raises(InputError, match="clustering has 2 items"):
        export(space, "csv", clustering=made_clustering([0, 1], ("a", "b")))
    with pytest.raises(InputError, match="list of tags has 1 items"):
        export(space, "csv", tags=["a"])

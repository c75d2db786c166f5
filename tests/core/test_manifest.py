"""A table beside pictures or sounds: joined by file name, and what does not fit is told."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import packed
from PIL import Image

import embeddings_core as ec
from embeddings_core.pictures import picture_bytes
from embeddings_core.readers import Loaded, load, read_bytes


def picture(shade: int) -> bytes:
    return picture_bytes(Image.new("RGB", (9, 7), (shade, 0, 0)))


FILES = {"train/cat/1.png": picture(1), "train/dog/1.png": picture(2), "test/2.PNG": picture(3), "3.png": picture(4)}
NAMED = ["cat/1.png", "./images/dog/1.png", "C:\\me\\2.png", "gone.png", "https://example.org/3.png?x=1"]


def table(paths: list[str], **columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"path": paths, "label": [f"label {place}" for place in range(len(paths))], **columns})


def written(frame: pd.DataFrame, suffix: str) -> bytes:
    if suffix == "parquet":
        buffer = io.BytesIO()
        frame.to_parquet(buffer)
        return buffer.getvalue()
    if suffix == "jsonl":
        return frame.to_json(orient="records", lines=True).encode()
    return frame.to_csv(index=False, sep="\t" if suffix == "tsv" else ",").encode()


def shades(loaded: Loaded) -> list[int]:
    return [item.open().getpixel((0, 0))[0] for item in loaded.dataset().items]  # type: ignore[union-attr]


@pytest.mark.parametrize("suffix", ["csv", "tsv", "jsonl", "parquet"])
def test_rows_are_joined_by_any_end_of_a_path_that_is_unique(suffix: str, tmp_path: Path) -> None:
    manifest = written(table(NAMED), suffix)
    for name, raw in {**FILES, f"labels.{suffix}": manifest}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    for loaded in (read_bytes(packed({f"labels.{suffix}": manifest, **FILES}), "a.zip"), load(tmp_path)):
        assert shades(loaded) == [1, 2, 3]
        assert loaded.table["label"].tolist() == ["label 0", "label 1", "label 2"]
        assert loaded.table["folder"].tolist() == ["train/cat", "train/dog", "test"]
        notes = " ".join(loaded.notes)
        assert f"Joined to the table labels.{suffix} by its column path" in notes
        assert "2 rows name no file that is here: gone.png, https://example.org/3.png?x=1" in notes
        assert loaded.skipped == [("3.png", f"No row of labels.{suffix} names it.")]


def test_a_name_that_two_files_have_joins_neither() -> None:
    loaded = read_bytes(packed({**FILES, "m.csv": written(table(["1.png", "2.png", "3.png"]), "csv")}), "a.zip")
    assert shades(loaded) == [3, 4]
    assert "1 row names no file that is here: 1.png" in " ".join(loaded.notes)


def test_a_row_may_name_the_same_file_again_and_columns_of_one_name_are_kept_apart() -> None:
    manifest = table(["3.png", "3.png", "2.png"], width=[1, 2, 3], file=["x", "y", "z"])
    loaded = read_bytes(packed({**FILES, "m.csv": written(manifest, "csv")}), "a.zip")
    assert shades(loaded) == [4, 4, 3]
    assert loaded.table["width_2"].tolist() == [1, 2, 3]
    assert loaded.table["file_2"].tolist() == ["x", "y", "z"]


def test_vectors_of_the_table_come_with_the_pictures() -> None:
    vectors = np.random.default_rng(0).normal(size=(3, 9)).astype(np.float32)
    manifest = table(["3.png", "cat/1.png", "nowhere.png"], embedding=list(vectors))
    data = read_bytes(packed({**FILES, "m.parquet": written(manifest, "parquet")}), "a.zip").dataset()
    assert data.kind == "image"
    np.testing.assert_array_equal(data.vectors, vectors[:2])


def test_a_table_that_names_no_file_is_told() -> None:
    other = written(pd.DataFrame({"text": ["nothing", "to do with it"]}), "csv")
    loaded = read_bytes(packed({**FILES, "m.csv": other, "n.csv": b"\xff\x00bad"}), "a.zip")
    assert len(loaded.media) == 4
    assert {name for name, _ in loaded.skipped} == {"m.csv", "n.csv"}


def test_a_sample_is_drawn_from_the_joined_rows() -> None:
    raw = packed({**FILES, "m.csv": written(table(["cat/1.png", "dog/1.png", "2.png", "3.png"]), "csv")})
    data = ec.read(raw, name="a.zip", sample=2, seed=5)
    assert len(data) == 2
    assert all(f"label {item.open().getpixel((0, 0))[0] - 1}" == label  # type: ignore[union-attr]
               for item, label in zip(data.items, data.metadata["label"], strict=True))  # fmt: skip

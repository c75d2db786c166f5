"""Datasets in the store: texts, pictures and vectors come back as they were brought, with their metadata."""

from __future__ import annotations

import datetime as dt
import json
import os
import time

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from embeddings_core.errors import InputError
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.space import Dataset
from embeddings_core.store import Store

COLUMNS = {
    "strings": ["a", "é\n", ""],
    "missing strings": ["a", None, "c"],
    "ints": [1, 2, -3],
    "big ints": [2**62, 1, 0],
    "floats": [0.1, np.nan, np.inf],
    "bools": [True, False, True],
    "bools with a gap": [True, None, False],
    "dates": pd.to_datetime(["2024-01-01 00:00", None, "2024-03-01 12:30"]),
    "dates with a zone": pd.to_datetime(["2024-01-01", "2024-02-01", "2024-03-01"]).tz_localize("Europe/Berlin"),
    "plain dates": [dt.date(2024, 1, 1), None, dt.date(2024, 1, 3)],
    "durations": pd.to_timedelta([1, 2, 3], unit="h"),
    "categories": pd.Categorical(["x", "y", None], categories=["y", "x", "unused"]),
    "ordered": pd.Categorical(["low", "high", "low"], categories=["low", "high"], ordered=True),
    "nullable": pd.array([1, None, 3], dtype="Int64"),
    "mixed": [1, "two", 3.5],
    "mixed with a gap": [1, "two", None],
    "lists": [[1, 2], [], [3]],
    "nested": [{"a": 1}, {"b": [2]}, {}],
    "periods": pd.period_range("2024-01", periods=3, freq="M"),
    "empty": [None, None, None],
    "not a number": [np.nan, np.nan, np.nan],
}
AS_TEXT = {"mixed", "mixed with a gap", "lists", "nested"}


def with_column(values: object, name: object = "column") -> Dataset:
    return Dataset("named", "text", ["a", "b", "c"], pd.DataFrame({name: values}))


@pytest.mark.parametrize("kind", COLUMNS)
def test_every_kind_of_column_comes_back(kind: str, store: Store) -> None:
    data = with_column(COLUMNS[kind])
    store.put_dataset(data)
    again = Store(store.home).get_dataset(data.fingerprint)
    assert again.fingerprint == data.fingerprint
    expected, found = data.metadata["column"], again.metadata["column"]
    assert found.isna().tolist() == expected.isna().tolist()
    if kind in AS_TEXT:
        assert found.dropna().tolist() == [str(value) for value in expected.dropna()]
    else:
        assert found.dropna().tolist() == expected.dropna().tolist()
        assert str(found.dtype).replace("[us", "[ns") == str(expected.dtype).replace("[us", "[ns")


def test_categories_keep_their_order(store: Store) -> None:
    data = with_column(COLUMNS["ordered"])
    found = store.get_dataset(store.put_dataset(data).fingerprint).metadata["column"]
    assert found.cat.ordered
    assert found.cat.categories.tolist() == ["low", "high"]


@pytest.mark.parametrize("names", [["a", "a"], ["a", "A"], ["item", "m0"], [1, "1"], ["", " "]], ids=str)
def test_column_names_that_look_alike(names: list[object], store: Store) -> None:
    frame = pd.DataFrame([[1, "x"], [2, "y"]])
    frame.columns = pd.Index(names)
    data = Dataset("d", "text", ["a", "b"], frame)
    again = store.get_dataset(store.put_dataset(data).fingerprint)
    assert list(again.metadata.columns) == [str(name) for name in names]
    assert again.metadata.iloc[:, 0].tolist() == [1, 2]
    assert again.metadata.iloc[:, 1].tolist() == ["x", "y"]
    assert again.fingerprint == data.fingerprint


def test_texts_with_what_they_are(store: Store) -> None:
    texts = ["one", "", "nul \0 inside", "<script>alert(1)</script>", "日本語 🙂 a\u0301", "x" * 1_000_000, "\ufeff"]
    data = Dataset("Näme", "text", texts, pd.DataFrame({"t": texts}), "t", "CC0", "here", "what it is")
    again = store.get_dataset(store.put_dataset(data).fingerprint)
    assert list(again.items) == texts
    for field in ("name", "kind", "text", "license", "source", "description"):
        assert getattr(again, field) == getattr(data, field)


def pictures(*shades: int) -> Dataset:
    files = [Picture.from_bytes(picture_bytes(Image.new("RGB", (9, 7), (shade, 0, 0)))) for shade in shades]
    return Dataset("pictures", "image", files, pd.DataFrame({"file": [f"{shade}.png" for shade in shades]}))


def test_pictures(store: Store) -> None:
    data = pictures(1, 2, 2)
    kept = store.put_dataset(data)
    again = Store(store.home).get_dataset(data.fingerprint)
    for found in (kept, again):
        assert found.fingerprint == data.fingerprint
        for before, after in zip(data.items, found.items, strict=True):
            assert after.source != before.source  # read from the store now
            assert after.read() == before.read()
    assert sum(path.is_file() for path in (store.home / "pictures").rglob("*")) == 2


def test_vectors(store: Store) -> None:
    rows = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
    data = Dataset("v", "vector", list(rows), pd.DataFrame(index=range(5)))
    again = store.get_dataset(store.put_dataset(data).fingerprint)
    np.testing.assert_array_equal(np.stack(list(again.items)), rows)
    assert again.keys == data.keys
    assert again.fingerprint == data.fingerprint
    assert again.metadata.shape == (5, 0)


cells = st.one_of(st.none(), st.text(), st.integers(-(2**60), 2**60), st.floats(), st.booleans(), st.dates())
plain_text = st.text(st.characters(codec="utf-8"), max_size=20)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("shared"))


@settings(max_examples=60)
@given(st.lists(st.tuples(plain_text, cells, cells), min_size=1, max_size=6), st.tuples(plain_text, plain_text))
def test_any_texts_and_cells_keep_their_fingerprint(
    shared: Store, rows: list[tuple[str, object, object]], names: tuple[str, str]
) -> None:
    texts = [row[0] for row in rows]
    frame = pd.DataFrame({0: [row[1] for row in rows], 1: pd.Series([row[2] for row in rows], dtype=object)})
    frame.columns = pd.Index(names)
    data = Dataset("any", "text", texts, frame)
    again = shared.get_dataset(shared.put_dataset(data).fingerprint)
    assert list(again.items) == texts
    assert list(again.metadata.columns) == list(names)
    assert again.metadata.shape == frame.shape
    assert again.fingerprint == data.fingerprint


def test_index_of_the_table_does_not_matter(store: Store) -> None:
    data = make_texts(["a", "b", "c"], n=[1, 2, 3])
    shuffled = Dataset("x", "text", data.items, data.metadata.set_index(pd.Index([9, 9, 4])))
    again = store.get_dataset(store.put_dataset(shuffled).fingerprint)
    assert again.fingerprint == data.fingerprint
    assert again.metadata["n"].tolist() == [1, 2, 3]


def test_the_list_is_newest_first_and_lasts(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for i, name in enumerate(("first", "second", "third")):
        monkeypatch.setattr(time, "time", lambda i=i: 1e9 + i)
        store.put_dataset(Dataset(name, "text", [name], pd.DataFrame({"t": [name]}), license="CC0"))
    found = Store(store.home).datasets()
    assert [shelved.name for shelved in found] == ["third", "second", "first"]
    assert (found[0].kind, found[0].rows, found[0].license) == ("text", 1, "CC0")
    assert store.get_dataset(found[0].fingerprint).items == ["third"]


def test_bringing_the_same_again_keeps_one(store: Store) -> None:
    for _ in range(2):
        store.put_dataset(make_texts(["a", "b"]))
    assert len(store.datasets()) == 1


@pytest.mark.parametrize("key", ["0" * 64, "", "../../etc", "..", "a/b", "a\0b"])
def test_an_unknown_dataset_is_told(store: Store, key: str) -> None:
    with pytest.raises(InputError, match="not in the store") as caught:
        store.get_dataset(key)
    assert caught.value.hint


@pytest.mark.parametrize("file", ["dataset.json", "items.parquet"])
@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b"garbage" * 100])
def test_a_damaged_dataset_is_told_and_not_listed_wrongly(store: Store, file: str, damage: bytes) -> None:
    good, bad = make_texts(["good"]), make_texts(["bad"])
    for data in (good, bad):
        store.put_dataset(data)
    (store.home / "datasets" / bad.fingerprint / file).write_bytes(damage)
    with pytest.raises(InputError, match="not in the store"):
        store.get_dataset(bad.fingerprint)
    assert good.fingerprint in {shelved.fingerprint for shelved in store.datasets()}
    store.put_dataset(bad)
    assert store.get_dataset(bad.fingerprint).items == ["bad"]


def test_a_dataset_without_its_last_file_does_not_exist(store: Store) -> None:
    data = make_texts(["a"])
    store.put_dataset(data)
    (store.home / "datasets" / data.fingerprint / "dataset.json").unlink()
    assert store.datasets() == []
    store.put_dataset(data)
    assert len(store.datasets()) == 1


def test_deleting_takes_the_dataset_and_the_pictures_that_only_it_had(store: Store) -> None:
    first, second = store.put_dataset(pictures(1, 2)), store.put_dataset(pictures(2, 3))
    long_ago = time.time() - 100_000
    for item in [*first.items, *second.items]:
        os.utime(item.source, (long_ago, long_ago))
    fresh = store._shelf.put_file("image", pictures(9).items[0])
    store.delete_dataset(first.fingerprint)
    assert [shelved.fingerprint for shelved in store.datasets()] == [second.fingerprint]
    assert not first.items[0].source.exists()
    assert all(item.source.exists() for item in [*second.items, fresh])
    store.delete_dataset("..")
    assert (store.home / "datasets").is_dir()


@pytest.mark.parametrize("damage", [None, b"", b"garbage" * 100])
def test_deleting_beside_a_damaged_dataset_takes_no_picture_away(store: Store, damage: bytes | None) -> None:
    first, second = store.put_dataset(pictures(1)), store.put_dataset(pictures(2, 3))
    for item in [*first.items, *second.items]:
        os.utime(item.source, (time.time() - 100_000,) * 2)
    path = store.home / "datasets" / second.fingerprint / "items.parquet"
    path.unlink() if damage is None else path.write_bytes(damage)
    store.delete_dataset(first.fingerprint)
    assert [shelved.fingerprint for shelved in store.datasets()] == [second.fingerprint]
    assert all(item.source.exists() for item in [*first.items, *second.items])
    store.delete_dataset(second.fingerprint)
    assert not any(item.source.exists() for item in [*first.items, *second.items])


def test_trimming_leaves_what_is_the_visitors_own(store: Store) -> None:
    data = store.put_dataset(pictures(1, 2))
    Store(store.home, limit=0).trim()
    assert [item.read() for item in store.get_dataset(data.fingerprint).items] == [item.read() for item in data.items]


def test_what_is_written_is_plain_json(store: Store) -> None:
    data = make_texts(["a"])
    store.put_dataset(data)
    about = json.loads((store.home / "datasets" / data.fingerprint / "dataset.json").read_text(encoding="utf-8"))
    assert about["rows"] == 1
    assert about["columns"] == ["text"]

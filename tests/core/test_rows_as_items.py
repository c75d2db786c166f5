"""Whole rows as items: which columns make one up, what its cells are, and how it is brought."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import embeddings_core as ec
from embeddings_core.errors import InputError
from embeddings_core.readers import load
from embeddings_core.space import Row
from embeddings_core.store import Store

FLOWERS = pd.DataFrame(
    {
        "id": range(1, 31),
        "length": np.linspace(4, 8, 30),
        "width": [None if row == 2 else row / 7 for row in range(30)],
        "species": ["iris", "rose", None] * 10,
        "wild": [True, False] * 15,
        "note": [f"Note number {row} says something long and of its own" for row in range(30)],
        "day": pd.date_range("2024-01-01", periods=30),
    }
)


def test_rows_are_numbers_and_categories() -> None:
    data = ec.read(FLOWERS, rows=True)
    assert data.kind == "row"
    first, third = data.items[0], data.items[2]
    assert first == Row((("length", 4.0), ("width", 0.0), ("species", "iris"), ("wild", "True")))
    assert isinstance(third, Row)
    assert dict(third.cells)["width"] is None
    assert dict(third.cells)["species"] is None
    assert list(data.metadata.columns) == list(FLOWERS.columns)


def test_columns_can_be_named_and_what_is_kept_chosen(store: Store) -> None:
    data = ec.read(FLOWERS, rows=["species", "length"], keep=["day"])
    assert [name for name, _ in data.items[0].cells] == ["species", "length"]  # type: ignore[union-attr]
    assert list(data.metadata.columns) == ["day"]
    back = store.get_dataset(store.put_dataset(data).fingerprint)
    assert list(back.items) == list(data.items)
    with pytest.raises(InputError, match="has no column 'color'"):
        ec.read(FLOWERS, rows=["color"])


def test_rows_without_any_cell_are_left_out_and_equal_ones_counted() -> None:
    loaded = load(pd.DataFrame({"a": [1.0, None, 1.0], "b": ["x", None, "x"], "c": ["1", "2", "3"]}))
    told = loaded.preview(kind="row", rows=["a", "b"])
    assert (told.rows, told.empties, told.duplicates, told.kept) == (3, 1, 1, 2)
    assert len(loaded.dataset(kind="row", rows=["a", "b"])) == 2
    with pytest.raises(InputError, match="are empty"):
        load(pd.DataFrame({"a": [None, None], "b": ["x", "y"]})).dataset(kind="row", rows=["a"])


@pytest.mark.parametrize(
    ("frame", "kinds"),
    [
        (FLOWERS, ("text", "row")),
        (FLOWERS.drop(columns="note"), ("row", "text")),
        (pd.DataFrame({"a": [1.5, 2.5], "b": [1, 2]}), ("row",)),
        (pd.DataFrame({"text": ["a long text", "another text"]}), ("text",)),
        (pd.DataFrame({"a": [1.5, 2.5]}), ("text",)),
    ],
)
def test_what_an_item_can_be_the_likeliest_first(frame: pd.DataFrame, kinds: tuple[str, ...]) -> None:
    assert load(frame).kinds == kinds


def test_an_item_is_nothing_that_the_data_does_not_have() -> None:
    with pytest.raises(InputError, match="has no vector items") as caught:
        load(FLOWERS).dataset(kind="vector")
    assert "text, row" in caught.value.hint

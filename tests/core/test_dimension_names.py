"""What single dimensions are called, by encoders that know."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from PIL import Image

import embeddings_core as ec
from embeddings_core.encoders.colors import ColorEncoder, lab
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.space import Dataset, Row
from embeddings_core.store import Store


def test_columns_of_rows_name_their_numbers(store: Store) -> None:
    cells: list[tuple[float | None, str]] = [(1.0, "left"), (None, "left"), (3.0, "right"), (5.0, "right")]
    rows = [Row((("price", price), ("side", side))) for price, side in cells]
    data = Dataset("table", "row", rows, pd.DataFrame(cells, columns=["price", "side"]))
    space = ec.encode(data, "rows", store=store)
    names = ec.dimension_names(space)
    assert names == ("price", "price is missing", "side: left", "side: right", "side: any other")
    assert np.flatnonzero(space.vectors[:, 1] > 0).tolist() == [1]
    assert np.flatnonzero(space.vectors[:, 3] > 0).tolist() == [2, 3]


@pytest.mark.parametrize(
    ("rgb", "said"),
    [((255, 255, 255), "very light gray"), ((0, 0, 0), "very dark gray"), ((220, 20, 20), "medium red"),
     ((20, 160, 20), "medium green"), ((20, 20, 120), "dark purple"), ((240, 220, 20), "light yellow")],
)  # fmt: skip
def test_a_plain_picture_is_most_of_its_own_color(rgb: tuple[int, int, int], said: str) -> None:
    vector = ColorEncoder().encode([Picture.from_bytes(picture_bytes(Image.new("RGB", (8, 8), rgb)))])[0]
    assert len(ColorEncoder.dimension_names) == len(set(ColorEncoder.dimension_names)) == len(vector)
    assert ColorEncoder.dimension_names[int(vector.argmax())].startswith(said), lab(np.array([rgb]) / 255)


def test_where_nobody_knows_there_are_no_names(store: Store) -> None:
    assert ec.dimension_names(ec.encode(make_texts(["a b", "b c", "d"]), "tfidf", store=store)) == ()

"""Datasets, spaces and results refuse what cannot be right, and cannot be changed afterwards."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts

from embeddings_core.errors import InputError
from embeddings_core.pictures import Picture
from embeddings_core.space import Dataset, Projection, Space


def test_a_dataset_needs_items_and_a_row_for_each() -> None:
    with pytest.raises(InputError, match="no items") as caught:
        Dataset("empty", "text", [], pd.DataFrame())
    assert caught.value.hint
    with pytest.raises(InputError, match="2 items but 1 row"):
        Dataset("uneven", "text", ["a", "b"], pd.DataFrame({"x": [1]}))


def test_captions_are_the_text_a_name_or_a_number() -> None:
    pictures = [Picture("0" * 64, b""), Picture("1" * 64, b"")]
    named = pd.DataFrame({"file": ["1.png", "2.png"], "name": ["cat", "dog"]})
    assert make_texts(["a", "b"]).captions == ["a", "b"]
    assert Dataset("x", "image", pictures, named).captions == ["cat", "dog"]
    assert Dataset("x", "image", pictures, named[["file"]]).captions == ["1.png", "2.png"]
    assert Dataset("x", "image", pictures, pd.DataFrame({"width": [1, 2]})).captions == ["item 1", "item 2"]


@pytest.mark.parametrize("shape", [(2, 3), (4, 3), (3,)])
def test_a_space_needs_a_vector_for_each_item(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match="3 items but vectors of shape"):
        Space(make_texts(["a", "b", "c"]), "made", "made", np.ones(shape, dtype=np.float32))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
def test_a_space_is_finite(wrong: float) -> None:
    vectors = np.ones((3, 4), dtype=np.float32)
    vectors[1, 2] = wrong
    with pytest.raises(InputError, match="1 of 3 vectors hold NaN"):
        Space(make_texts(["a", "b", "c"]), "made", "made", vectors)


def test_vectors_and_coordinates_cannot_be_written_to() -> None:
    space = make_space(np.ones((3, 4)))
    plane = Projection("key", "pca", 2, 0, {}, np.zeros((3, 2), dtype=np.float32))
    for array in (space.vectors, space.unit, plane.coords):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 5


def test_a_zero_vector_has_no_direction() -> None:
    space = make_space(np.array([[3.0, 4.0], [0.0, 0.0]]))
    assert space.norms.tolist() == [5, 0]
    np.testing.assert_allclose(space.unit, [[0.6, 0.8], [0, 0]], rtol=1e-6)


@pytest.mark.parametrize("coords", [np.zeros((3, 3)), np.zeros(3), np.full((3, 2), np.nan)])
def test_a_projection_has_finite_coordinates_of_its_dimensions(coords: np.ndarray) -> None:
    with pytest.raises(ValueError, match=r"dimensions|NaN"):
        Projection("key", "pca", 2, 0, {}, coords.astype(np.float32))


@pytest.mark.parametrize("scale", [1e20, 1e-20])
def test_vectors_whose_lengths_do_not_fit_are_refused(scale: float) -> None:
    with pytest.raises(InputError, match="lengths cannot be computed"):
        make_space(np.ones((3, 4)) * scale)


def test_a_file_that_changed_is_not_taken_for_the_picture_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(b"before")
    picture = Picture(hashlib.sha256(b"before").hexdigest(), path)
    assert picture.read() == b"before"
    path.write_bytes(b"after")
    with pytest.raises(InputError, match="changed"):
        picture.read()
    path.unlink()
    with pytest.raises(InputError, match="any more"):
        picture.read()

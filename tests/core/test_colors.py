"""Pictures by color: CIELAB is the standard's, and near colors are near."""

from __future__ import annotations

import numpy as np
from PIL import Image

from embeddings_core.encoders import get_encoder
from embeddings_core.encoders.colors import lab
from embeddings_core.pictures import Picture, picture_bytes


def plain(color: str | tuple[int, int, int], size: tuple[int, int] = (20, 20)) -> Picture:
    return Picture.from_bytes(picture_bytes(Image.new("RGB", size, color)))


def cosine(one: Picture, other: Picture) -> float:
    a, b = get_encoder("colors").encode([one, other])
    return float(a @ b)


def test_lab_is_that_of_the_standard():
    """The primaries of sRGB in CIELAB, as colorimetry's tables have them."""
    found = lab(np.array([[1, 1, 1], [0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [0.5, 0.5, 0.5]]))
    known = [
        [100, 0, 0],
        [0, 0, 0],
        [53.24, 80.09, 67.20],
        [87.74, -86.18, 83.18],
        [32.30, 79.19, -107.86],
        [53.39, 0, 0],
    ]
    np.testing.assert_allclose(found, known, atol=0.03)


def test_near_colors_are_nearer_than_far_ones():
    red, orange, blue = plain((200, 30, 30)), plain((210, 60, 30)), plain((30, 30, 200))
    assert cosine(red, red) > 0.9999
    assert cosine(red, orange) > 0.6
    assert cosine(red, blue) < 0.2


def test_shapes_and_sizes_do_not_count():
    left, right = (Image.new("RGB", (40, 40), "white") for _ in range(2))
    left.paste("red", (0, 0, 20, 40))
    right.paste("red", (0, 20, 40, 40))
    pictures = [Picture.from_bytes(picture_bytes(image)) for image in (left, right)]
    assert cosine(*pictures) > 0.9999
    assert cosine(plain("teal"), plain("teal", (300, 100))) > 0.9999


def test_vectors_are_square_roots_of_shares():
    vector = get_encoder("colors").encode([plain("olive")])[0]
    assert (vector >= 0).all()
    np.testing.assert_allclose((vector**2).sum(), 1, rtol=1e-5)
    assert 1 <= (vector > 0).sum() <= 8

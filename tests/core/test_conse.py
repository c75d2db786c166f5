"""The bridge from pictures to typed text: ConSE's formula, and that it finds the right photograph."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_texts
from PIL import Image

from embeddings_core.encoders import conse, encode, get_encoder
from embeddings_core.encoders.imagenet import class_names, class_probabilities
from embeddings_core.errors import InputError
from embeddings_core.neighbors import neighbors
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.space import Dataset
from embeddings_core.worklists.modality import match_texts

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def photos() -> list[Picture]:
    """A Chinese palace by a lake, and a dahlia: the two photographs that scikit-learn brings."""
    from sklearn.datasets import load_sample_images

    return [Picture.from_bytes(picture_bytes(Image.fromarray(pixels))) for pixels in load_sample_images().images]


def test_a_picture_is_the_weighted_mean_of_its_ten_likeliest_names(photos):
    features = get_encoder("imagenet").encode(photos)
    names = get_encoder("minilm").encode(list(class_names()))
    for row, found in zip(class_probabilities(features), conse.from_features(features), strict=True):
        best = sorted(range(1000), key=lambda k: -row[k])[:10]
        mean = sum(float(row[k]) * names[k] for k in best)
        np.testing.assert_allclose(found, mean / np.linalg.norm(mean), atol=1e-5)


def test_a_text_is_where_minilm_puts_it(photos):
    mixed = get_encoder("conse").encode(["a flower", photos[0], "a lake"])
    np.testing.assert_allclose(mixed[[0, 2]], get_encoder("minilm").encode(["a flower", "a lake"]), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("a flower in the garden", 1), ("an old building", 0), ("bees and blossoms", 1), ("temple of the emperor", 0)],
)
def test_typed_text_finds_the_photograph_and_says_how_far_to_trust_it(photos, store, text, expected):
    metadata = make_texts(["palace", "dahlia"]).metadata
    space = encode(Dataset("photos", "image", photos, metadata), "imagenet", store=store)
    found = neighbors(space, text, k=2, store=store)
    assert found.indices[0, 0] == expected
    assert "ImageNet" in found.approximate
    assert len(found.seen_as) == found.indices.shape[1]


def test_what_a_picture_is_seen_as_is_its_likeliest_class(photos):
    features = get_encoder("imagenet").encode(photos)
    likely = class_probabilities(features)
    names = [class_names()[best] for best in likely.argmax(axis=1)]
    assert get_encoder("imagenet").seen_as(features) == tuple(
        f"{name} ({share:.0%})" for name, share in zip(names, likely.max(axis=1), strict=True)
    )


def test_vectors_of_another_encoder_are_refused():
    with pytest.raises(InputError, match="1280"):
        class_probabilities(np.zeros((2, 384), dtype=np.float32))


def test_photographs_and_their_captions_find_each_other(photos, store):
    captions = make_texts(["", ""], caption=["temple of the emperor", "bees and blossoms"]).metadata
    found = match_texts(encode(Dataset("photos", "image", photos, captions), "conse", store=store), "caption")
    assert found.ranks.tolist() == found.back.tolist() == [1, 1]
    assert "ImageNet" in found.approximate

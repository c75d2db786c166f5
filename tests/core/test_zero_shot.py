"""Labels by typed names: the formula, what it says of its numbers, and what is refused."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts
from PIL import Image
from tiny_models import save_clip

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.plugins import plugins
from embeddings_core.space import Dataset
from embeddings_core.zero_shot import MOST, split_names

pytestmark = pytest.mark.model
NAMES = ["a cat", "a dog", "money"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("clip"))


@pytest.fixture
def pictures() -> Dataset:
    rng = np.random.default_rng(0)
    arrays = [rng.integers(0, 256, (40, 40, 3)).astype(np.uint8) for _ in range(12)]
    items = [Picture.from_bytes(picture_bytes(Image.fromarray(array))) for array in arrays]
    return Dataset("noise", "image", items, pd.DataFrame({"file": [f"{k}.png" for k in range(12)]}))


def test_clip_gives_the_softmax_of_100_cosines(folder, pictures, store):
    encoder = ec.get_encoder(str(folder))
    found = ec.zero_shot(ec.encode(pictures, str(folder), store=store), NAMES, store=store)
    seen, read = encoder.encode(pictures.items), encoder.encode([f"a photo of {name}" for name in NAMES])
    scores = seen.astype(np.float64) @ read.T
    powers = np.exp(100 * (scores - scores.max(axis=1, keepdims=True)))
    np.testing.assert_allclose(found.scores, scores, atol=1e-5)
    np.testing.assert_allclose(found.probabilities, powers / powers.sum(axis=1, keepdims=True), atol=1e-3)
    np.testing.assert_array_equal(found.labels, scores.argmax(axis=1))
    np.testing.assert_allclose(found.confidence, found.probabilities.max(axis=1))
    assert (found.measure, found.approximate) == ("probability", "")


def test_a_template_changes_what_is_read(folder, pictures, store):
    space = ec.encode(pictures, str(folder), store=store)
    bare, photo, same = (ec.zero_shot(space, NAMES, text, store=store) for text in ("{}", "", "a photo of {}"))
    assert np.abs(bare.scores - photo.scores).max() > 1e-4
    np.testing.assert_array_equal(photo.scores, same.scores)
    with pytest.raises(InputError, match="no place for a name"):
        ec.zero_shot(space, NAMES, "a photo", store=store)


def test_sentences_go_to_the_nearest_name_without_a_probability(store):
    data = make_texts(
        ["The cat sleeps on the sofa.", "I paid with my credit card.", "My kitten purrs.", "The bank gave a loan."]
    )
    found = ec.zero_shot(ec.encode(data, "minilm", store=store), ["cats", "money"], store=store)
    assert found.labels.tolist() == [0, 1, 0, 1]
    assert found.probabilities is None
    assert found.measure == "similarity"
    np.testing.assert_array_equal(found.confidence, found.scores.max(axis=1))


def test_photographs_are_labeled_over_the_bridge_which_says_so(store):
    from sklearn.datasets import load_sample_images

    photos = [Picture.from_bytes(picture_bytes(Image.fromarray(pixels))) for pixels in load_sample_images().images]
    data = Dataset("photos", "image", photos, pd.DataFrame({"file": ["palace", "dahlia"]}))
    found = ec.zero_shot(ec.encode(data, "imagenet", store=store), ["a flower", "a building"], store=store)
    assert found.labels.tolist() == [1, 0]
    assert "ImageNet" in found.approximate
    assert found.probabilities is None


@pytest.mark.parametrize("names", [[], ["one"], ["one", " one "], ["", " "], [str(k) for k in range(MOST + 1)]])
def test_too_few_or_too_many_names(names, store):
    with pytest.raises(ParameterError, match="name"):
        ec.zero_shot(ec.encode(make_texts(["a", "b"]), "minilm", store=store), names, store=store)


def test_what_reads_no_text_is_refused(store):
    space = ec.Space(make_texts(["a", "b"]), "pixels", "x", np.eye(2, dtype=np.float32))
    with pytest.raises(InputError, match="does not read texts"):
        ec.zero_shot(space, NAMES, store=store)


def test_names_can_be_typed_in_several_ways():
    assert [name.strip() for name in split_names("a cat, a dog; a bird\na fish")] == [
        "a cat",
        "a dog",
        "a bird",
        "a fish",
    ]


class TestAsGroups:
    """The clustering "names": colors, legend, list and downloads come with it."""

    def test_groups_bear_the_names_and_are_kept(self, store, monkeypatch):
        data = make_texts(["The cat sleeps.", "Pay by card.", "My kitten purrs.", "A tabby cat.", "Cats and kittens."])
        space = ec.encode(data, "minilm", store=store)
        groups = ec.cluster(space, "names", store=store, names="cats, money, volcano")
        assert groups.names == ("cats", "money")
        assert groups.sizes == (4, 1)
        assert groups.labels.tolist() == [0, 1, 0, 0, 0]
        np.testing.assert_allclose(
            groups.confidence, ec.zero_shot(space, ["cats", "money", "volcano"]).confidence, rtol=1e-5
        )
        monkeypatch.setattr(plugins("clusterings")["names"], "label", None)
        again = ec.cluster(space, "names", store=store, names="cats, money, volcano")
        assert again.names == groups.names
        np.testing.assert_array_equal(again.confidence, groups.confidence)
        assert again.measure == "similarity"

    def test_one_item_can_be_labeled(self, store):
        groups = ec.cluster(
            ec.encode(make_texts(["a cat"]), "minilm", store=store), "names", store=store, names="cat, dog"
        )
        assert groups.names == ("cat",)

    def test_no_names_are_a_message(self, store):
        with pytest.raises(ParameterError, match="0 names"):
            ec.cluster(make_space(np.eye(3)), "names", store=store)

    def test_downloads_say_how_sure_a_label_is(self, store):
        space = ec.encode(make_texts(["a cat", "a coin"]), "minilm", store=store)
        groups = ec.cluster(space, "names", store=store, names="cat, money")
        line = json.loads(ec.export(space, "jsonl", clustering=groups).splitlines()[0])
        assert line["cluster_name"] == "cat"
        assert line["cluster_similarity"] == pytest.approx(float(groups.confidence[0]))
        with np.load(io.BytesIO(ec.export(space, "npz", clustering=groups)), allow_pickle=False) as arrays:
            np.testing.assert_array_equal(arrays["cluster_similarity"], groups.confidence)

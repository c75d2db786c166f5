"""The real Keras path, on PyTorch, with weights that Keras saved: what comes out is what Keras itself gives."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import save_keras

from embeddings_core.encoders import get_encoder
from embeddings_core.errors import ModelUnavailable, ParameterError
from embeddings_core.pictures import Picture, picture_bytes

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def weights(tmp_path_factory) -> Path:
    return save_keras(tmp_path_factory.mktemp("keras") / "small.weights.h5")


def noise(seed: int) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (70, 90, 3)).astype(np.uint8)
    return Picture.from_bytes(picture_bytes(Image.fromarray(pixels)))


def test_features_equal_keras(weights):
    build = keras.applications.MobileNetV3Small
    model = build(include_top=False, weights=None, pooling="avg", input_shape=(224, 224, 3))
    model.load_weights(weights)
    pictures = [noise(seed) for seed in range(10)]
    pixels = [np.asarray(one.open().resize((224, 224), Image.Resampling.BICUBIC), dtype=np.float32) for one in pictures]
    reference = model.predict_on_batch(sys.modules[build.__module__].preprocess_input(np.stack(pixels)))
    found = get_encoder(f"keras:MobileNetV3Small={weights}").encode(pictures)
    np.testing.assert_allclose(found, reference, rtol=1e-3, atol=1e-5)


def test_weights_of_another_model_are_refused(weights):
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        get_encoder.__wrapped__(f"keras:MobileNetV2={weights}").encode([noise(0)])


def test_whole_models_are_refused(tmp_path):
    for name in ("model.keras", "model.h5"):
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(ModelUnavailable, match="no file of weights alone"):
            get_encoder.__wrapped__(f"keras:ResNet50={tmp_path / name}").encode([noise(0)])


@pytest.mark.parametrize("name", ["os", "resnet", "NoSuchNet", "__file__"])
def test_unknown_names_list_what_there_is(name):
    with pytest.raises(ParameterError) as caught:
        get_encoder.__wrapped__(f"keras:{name}").encode([noise(0)])
    assert "ResNet50" in caught.value.hint


def test_nothing_is_asked_of_the_internet_when_it_is_off(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    with pytest.raises(ModelUnavailable, match="are not on this computer"):
        get_encoder.__wrapped__("keras").encode([noise(0)])


def test_sizes_are_those_of_keras():
    """Each application, built with its classifier, expects pictures of the size that is used here."""
    for name in ("EfficientNetV2B1", "Xception", "MobileNetV3Small"):
        model = getattr(keras.applications, name)(weights=None)
        assert model.input_shape[1] == get_encoder(f"keras:{name}")._side

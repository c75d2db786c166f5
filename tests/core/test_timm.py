"""The real timm path, with small models that timm saved: what comes out is what timm itself gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from fake_hub import FakeHub, serving
from PIL import Image
from tiny_models import save_resnet, save_vit

from embeddings_core import hub
from embeddings_core.encoders import get_encoder
from embeddings_core.errors import ModelUnavailable
from embeddings_core.pictures import Picture, picture_bytes

pytestmark = pytest.mark.model


@pytest.fixture(scope="module", params=[save_resnet, save_vit], ids=["resnet", "vit"])
def folder(request, tmp_path_factory) -> Path:
    return request.param(tmp_path_factory.mktemp("timm"))


def noise(seed: int) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (70, 90, 3)).astype(np.uint8)
    return Picture.from_bytes(picture_bytes(Image.fromarray(pixels)))


def test_features_equal_timm(folder):
    import timm
    import torch

    pictures = [noise(seed) for seed in range(10)]
    model = timm.create_model(f"local-dir:{folder}", pretrained=True).eval()
    transform = timm.data.create_transform(**timm.data.resolve_model_data_config(model), is_training=False)
    with torch.inference_mode():
        pixels = torch.stack([transform(picture.open()) for picture in pictures])
        reference = model.forward_head(model.forward_features(pixels), pre_logits=True).numpy()
    found = get_encoder(f"timm:{folder}").encode(pictures)
    np.testing.assert_allclose(found, reference, atol=1e-4)


def test_pictures_are_prepared_as_the_model_says(tmp_path):
    other = save_resnet(tmp_path / "other")
    config = json.loads((other / "config.json").read_text())
    config["pretrained_cfg"]["mean"] = [0.1, 0.2, 0.3]
    before = get_encoder(f"timm:{other}")
    known, first = before.fingerprint, before.encode([noise(0)])
    (other / "config.json").write_text(json.dumps(config))
    after = get_encoder.__wrapped__(f"timm:{other}")
    assert after.fingerprint != known
    assert np.abs(after.encode([noise(0)]) - first).max() > 1e-4


def test_weights_must_all_fit(tmp_path):
    from safetensors.torch import load_file, save_file

    broken = save_resnet(tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    weights.pop("layer2.0.conv1.weight")
    save_file(weights, broken / "model.safetensors")
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        get_encoder.__wrapped__(f"timm:{broken}").encode([noise(0)])


def test_pickled_weights_are_refused(tmp_path):
    pickled = save_resnet(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="no weights as safetensors"):
        _ = get_encoder.__wrapped__(f"timm:{pickled}").fingerprint
    with pytest.raises(ModelUnavailable, match="no weights as safetensors"):
        get_encoder.__wrapped__(f"timm:{pickled}").encode([noise(0)])


def test_a_folder_without_a_model(tmp_path):
    with pytest.raises(ModelUnavailable, match="no timm model"):
        get_encoder.__wrapped__(f"timm:{tmp_path}").encode([noise(0)])


def test_models_come_from_a_hub_by_their_short_name(tmp_path, monkeypatch):
    saved = save_resnet(tmp_path / "saved")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(hub, "_answers", {})
    with serving(FakeHub({"timm/tiny.test": saved})) as fake:
        monkeypatch.setenv("HF_ENDPOINT", fake.url)
        for id in ("timm:tiny.test", "timm:hf-hub:timm/tiny.test", "timm:timm/tiny.test"):
            encoder = get_encoder.__wrapped__(id)
            np.testing.assert_array_equal(encoder.encode([noise(0)]), get_encoder(f"timm:{saved}").encode([noise(0)]))
            assert encoder.spec.hub


def test_without_a_hub_the_default_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelUnavailable, match=r"resnet50\.a1_in1k is not on this computer"):
        _ = get_encoder.__wrapped__("timm").fingerprint

"""The real open_clip path, with a small model in a folder: what comes out is what open_clip itself gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from tiny_models import CLIP_CONFIG, build_clip, save_clip

from embeddings_core import hub
from embeddings_core.encoders import get_encoder
from embeddings_core.errors import ModelUnavailable, ParameterError
from embeddings_core.pictures import Picture, picture_bytes

pytestmark = pytest.mark.model
TEXTS = ["a photo of a cat", "", "two dogs; one ball!", "words " * 200]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save_clip(tmp_path_factory.mktemp("clip"))


def noise(seed: int, size: tuple[int, int] = (40, 56)) -> Picture:
    pixels = np.random.default_rng(seed).integers(0, 256, (*size, 3)).astype(np.uint8)
    return Picture.from_bytes(picture_bytes(Image.fromarray(pixels)))


def test_texts_equal_open_clip(folder):
    import open_clip
    import torch

    with torch.inference_mode():
        rows = build_clip().encode_text(open_clip.tokenize(TEXTS))
        reference = (rows / rows.norm(dim=1, keepdim=True)).numpy()
    np.testing.assert_allclose(get_encoder(str(folder)).encode(TEXTS), reference, atol=1e-5)


def test_pictures_equal_open_clip(folder):
    import open_clip
    import torch

    settings = CLIP_CONFIG["preprocess_cfg"]
    transform = open_clip.image_transform(32, is_train=False, mean=settings["mean"], std=settings["std"])
    pictures = [noise(seed) for seed in range(3)]
    with torch.inference_mode():
        rows = build_clip().encode_image(torch.stack([transform(picture.open()) for picture in pictures]))
        reference = (rows / rows.norm(dim=1, keepdim=True)).numpy()
    np.testing.assert_allclose(get_encoder(str(folder)).encode(pictures), reference, atol=1e-5)


def test_texts_and_pictures_mix_in_one_space(folder):
    encoder = get_encoder(str(folder))
    mixed = encoder.encode(["a cat", noise(1), "a dog", noise(2)])
    np.testing.assert_allclose(mixed[[0, 2]], encoder.encode(["a cat", "a dog"]), atol=1e-5)
    np.testing.assert_allclose(mixed[[1, 3]], encoder.encode([noise(1), noise(2)]), atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(mixed, axis=1), 1, atol=1e-5)


def test_three_ways_to_name_a_folder_are_one_model(folder):
    ids = [str(folder), f"clip:{folder}", f"local-dir:{folder}"]
    assert len({get_encoder(id).fingerprint for id in ids}) == 1
    assert all(get_encoder(get_encoder(id).spec.id).fingerprint == get_encoder(ids[0]).fingerprint for id in ids)


def test_fingerprint_follows_weights_and_settings(folder, tmp_path):
    other = save_clip(tmp_path / "weights", seed=1)
    changed = save_clip(tmp_path / "settings")
    config = json.loads((changed / "open_clip_config.json").read_text())
    config["preprocess_cfg"]["mean"] = [0.5, 0.5, 0.5]
    (changed / "open_clip_config.json").write_text(json.dumps(config))
    assert len({get_encoder(str(path)).fingerprint for path in (folder, other, changed)}) == 3


@pytest.mark.parametrize(
    "text", ["word " * 200_000, "x" * 1_000_000, " " * 1_000_000 + "end"], ids=["words", "one", "spaces"]
)
def test_megabytes_of_text(folder, text):
    assert np.isfinite(get_encoder(str(folder)).encode([text])).all()


def test_only_the_window_of_a_long_text_counts(folder):
    encoder = get_encoder(str(folder))
    sentence = "every word counts until the window is full "
    rows = encoder.encode([sentence * 20_000, sentence * 50])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-5)


def test_tokens_are_counted(folder):
    encoder = get_encoder(str(folder))
    counts = encoder.token_counts(["a cat", "", "cat " * 100, "cat " * 20_000])
    assert counts[:3].tolist() == [4, 2, 102]
    assert counts[3] > encoder.limit == 77


def test_default_without_a_hub_says_what_works(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "reachable", lambda: False)
    for use in (lambda encoder: encoder.fingerprint, lambda encoder: encoder.encode(["a"])):
        with pytest.raises(ModelUnavailable, match="laion/CLIP-ViT-B-32") as caught:
            use(get_encoder.__wrapped__("clip"))
        assert "imagenet" in caught.value.hint


def test_pickled_weights_are_refused(folder, tmp_path):
    import torch

    (tmp_path / "open_clip_config.json").write_text((folder / "open_clip_config.json").read_text())
    torch.save(build_clip().state_dict(), tmp_path / "open_clip_pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="safetensors"):
        get_encoder.__wrapped__(str(tmp_path)).encode(["a"])


def test_folder_without_configuration(tmp_path):
    with pytest.raises(ModelUnavailable, match="no open_clip_config"):
        get_encoder.__wrapped__(f"local-dir:{tmp_path}").encode(["a"])


@pytest.mark.parametrize("config", ["{", "[]", "{}"])
def test_damaged_configuration(folder, tmp_path, config):
    damaged = save_clip(tmp_path / "clip")
    (damaged / "open_clip_config.json").write_text(config)
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        get_encoder.__wrapped__(str(damaged)).encode(["a"])


def test_unknown_architecture_and_tag():
    with pytest.raises(ParameterError, match="nonsense"):
        get_encoder.__wrapped__("clip:nonsense").encode(["a"])
    with pytest.raises(ParameterError) as caught:
        get_encoder.__wrapped__("clip:ViT-B-32/no-such-tag").encode(["a"])
    assert "laion2b_s34b_b79k" in caught.value.hint

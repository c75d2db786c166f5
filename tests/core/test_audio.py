"""The real path of audio transformers, with small models: means over time, windows, and what is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made import tone
from tiny_models import save_ast, save_wav2vec2, save_whisper

from embeddings_core.encoders import audio, get_encoder
from embeddings_core.errors import ModelUnavailable

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("audio")
    models = {"wav2vec2": save_wav2vec2, "whisper": save_whisper, "ast": save_ast}
    return {name: save(folder / name) for name, save in models.items()}


def states(folder: Path, samples: np.ndarray) -> np.ndarray:
    """What transformers itself says at every step."""
    import torch
    from transformers import AutoFeatureExtractor, AutoModel

    model = AutoModel.from_pretrained(folder).eval()
    model = model.get_encoder() if model.config.is_encoder_decoder else model
    given = AutoFeatureExtractor.from_pretrained(folder)(samples, sampling_rate=16_000, return_tensors="pt")
    with torch.inference_mode():
        return model(**given).last_hidden_state[0].numpy()


def test_a_sound_is_the_mean_over_time(folders):
    sound = tone(440, 0.8, noise=0.2)
    for name in ("wav2vec2", "ast"):
        expected = states(folders[name], sound.samples(16_000)).mean(axis=0)
        np.testing.assert_allclose(get_encoder(f"audio:{folders[name]}").encode([sound])[0], expected, atol=1e-5)


def test_of_whispers_thirty_seconds_only_the_sound_counts(folders):
    sound = tone(440, 3.0, noise=0.2)
    seen = states(folders["whisper"], sound.samples(16_000))
    assert len(seen) == 1500
    found = get_encoder(f"audio:{folders['whisper']}").encode([sound])[0]
    np.testing.assert_allclose(found, seen[:150].mean(axis=0), atol=1e-5)


def test_a_long_sound_is_heard_in_windows(folders):
    sound = tone(300, 2.5, noise=0.5)
    samples = sound.samples(16_000)
    means = [states(folders["ast"], samples[at : at + 16_000]).mean(axis=0) for at in (0, 16_000, 32_000)]
    expected = np.average(means, axis=0, weights=[2, 2, 1])
    np.testing.assert_allclose(get_encoder(f"audio:{folders['ast']}").encode([sound])[0], expected, atol=1e-5)


def test_a_click_and_nothing_at_all_can_be_heard(folders):
    for folder in folders.values():
        assert np.isfinite(get_encoder(f"audio:{folder}").encode([tone(440, 0.001), tone(440, 0)])).all()


def test_fingerprint_follows_the_weights(folders, tmp_path):
    other = save_wav2vec2(tmp_path / "other", seed=1)
    assert get_encoder(f"audio:{other}").fingerprint != get_encoder(f"audio:{folders['wav2vec2']}").fingerprint


def test_what_is_no_audio_model_is_refused(folders, tmp_path):
    with pytest.raises(ModelUnavailable, match="no audio model"):
        get_encoder.__wrapped__(f"audio:{tmp_path}").encode([tone(440)])
    pickled = save_wav2vec2(tmp_path / "pickled")
    (pickled / "model.safetensors").rename(pickled / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="no weights as safetensors"):
        get_encoder.__wrapped__(f"audio:{pickled}").encode([tone(440)])


def test_the_default_is_named_where_no_hub_answers(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelUnavailable, match="MIT/ast"):
        _ = audio.AudioEncoder().fingerprint

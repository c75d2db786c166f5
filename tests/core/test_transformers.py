"""transformers models pooled to one vector: what they give is what the library gives, whatever fills up a batch."""

from __future__ import annotations

import numpy as np
import pytest
from fake_hub import FakeHub, serving
from tiny_models import save_bert, save_gpt2

from embeddings_core import hub
from embeddings_core.encoders import get_encoder, with_settings
from embeddings_core.encoders.transformers import FIRST, LAST, MEAN, SPEC
from embeddings_core.errors import ModelUnavailable, ParameterError

pytestmark = pytest.mark.model
TEXTS = ["the cat sat on the mat", "bank", "river " * 300, "", "the dog, the river!"]


@pytest.fixture(scope="module", params=["bert", "gpt2"])
def folder(request, tmp_path_factory):
    build = {"bert": save_bert, "gpt2": save_gpt2}[request.param]
    return build(tmp_path_factory.mktemp(request.param) / "model")


def encoder(folder, **settings):
    return get_encoder(with_settings(f"transformers:{folder}", settings, SPEC))


def states(folder, text):
    """What the library gives for one text alone, with no padding: (tokens, d)."""
    import torch
    from transformers import AutoModel, AutoTokenizer

    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    tokens = tokenizer(text, truncation=True, max_length=64)["input_ids"] or [tokenizer.eos_token_id]
    with torch.inference_mode():
        return model(torch.tensor([tokens])).last_hidden_state[0].numpy()


POOLED = {MEAN: lambda rows: rows.mean(axis=0), FIRST: lambda rows: rows[0], LAST: lambda rows: rows[-1]}


@pytest.mark.parametrize("pooling", POOLED)
def test_padding_changes_no_vector(folder, pooling):
    together = encoder(folder, pooling=pooling).encode(TEXTS)
    alone = np.stack([POOLED[pooling](states(folder, text)) for text in TEXTS])
    np.testing.assert_allclose(together, alone, atol=1e-5)


def test_poolings_differ_and_so_do_their_fingerprints(folder):
    found = [encoder(folder, pooling=pooling) for pooling in POOLED]
    assert len({one.fingerprint for one in found}) == 3
    rows = [one.encode(TEXTS[:1]) for one in found]
    assert min(np.abs(rows[a] - rows[b]).max() for a, b in ((0, 1), (0, 2), (1, 2))) > 1e-3


def test_normalized_has_length_1(folder):
    raw, unit = encoder(folder).encode(TEXTS), encoder(folder, normalize=True).encode(TEXTS)
    np.testing.assert_allclose(unit, raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-5)


def test_length_and_counts(folder):
    assert encoder(folder).limit == 64
    short = encoder(folder, length=8)
    assert short.limit == 8
    long = short.encode(["cat " * 60, "cat " * 20_000])
    np.testing.assert_allclose(long[0], long[1], atol=1e-5)
    counts = encoder(folder).token_counts(["", "the cat", "cat " * 500, "cat " * 20_000])
    assert counts[0] in (1, 2)
    assert counts[1] < 64 < min(counts[2:])


def test_from_a_hub(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "_answers", {})
    with serving(FakeHub({"org/raw": folder})) as server:
        monkeypatch.setenv("HF_ENDPOINT", server.url)
        rows = get_encoder.__wrapped__("transformers:org/raw").encode(TEXTS)
    np.testing.assert_array_equal(rows, encoder(folder).encode(TEXTS))


def test_default_without_a_hub_says_what_works(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(hub, "reachable", lambda: False)
    with pytest.raises(ModelUnavailable, match="bert-base-uncased") as caught:
        get_encoder.__wrapped__("transformers").encode(["a"])
    assert "minilm" in caught.value.hint


def test_pickled_weights_are_refused(folder, tmp_path):
    import shutil

    import torch

    copy = shutil.copytree(folder, tmp_path / "copy")
    (copy / "model.safetensors").unlink()
    torch.save({}, copy / "pytorch_model.bin")
    with pytest.raises(ModelUnavailable, match="safetensors"):
        get_encoder.__wrapped__(f"transformers:{copy}").encode(["a"])


def test_what_is_no_model(tmp_path):
    with pytest.raises(ModelUnavailable, match=r"no config\.json"):
        get_encoder.__wrapped__(f"transformers:{tmp_path}").encode(["a"])
    with pytest.raises(ParameterError, match="Pooling"):
        get_encoder.__wrapped__(f"transformers:{tmp_path}?pooling=max")

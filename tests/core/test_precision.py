"""int8 by choice: near to float32, another fingerprint, and the share of neighbors that stay is told as it is."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from tiny_models import WORDS, save_bert, save_gpt2, save_sentence_model

from embeddings_core import encode, sample
from embeddings_core.encoders import _int8, for_queries, get_encoder, with_settings
from embeddings_core.encoders._int8 import quantized
from embeddings_core.encoders._sentences import Shared
from embeddings_core.encoders.sentence import SPEC
from embeddings_core.errors import Cancelled, InputError, ModelUnavailable, ParameterError
from embeddings_core.fingerprints import fingerprint
from embeddings_core.offers import family
from embeddings_core.precision import SAMPLED, K, exact, kept_neighbors

pytestmark = pytest.mark.model
rng = np.random.default_rng(0)
INT8 = "minilm?precision=int8"
TEXTS = [" ".join(rng.choice(WORDS[:10], rng.integers(2, 12))) for _ in range(60)]
BUILD = {"minilm": save_sentence_model, "transformers": save_bert, "transformers-gpt2": save_gpt2}


@pytest.fixture(scope="module", params=BUILD)
def pair(request, tmp_path_factory):
    """The ids of a tiny model with float32 and with int8."""
    folder = BUILD[request.param](tmp_path_factory.mktemp(request.param) / "a")
    full = f"{request.param.partition('-')[0]}:{folder}"
    return full, with_settings(full, {"precision": "int8"}, family(full))


def cosines(a, b):
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 40),
    st.integers(1, 40),
    st.integers(0, 20),
    st.sampled_from([1e-3, 1, 1e4]),
)
@settings(max_examples=60)
def test_a_layer_is_off_by_no_more_than_its_steps(seed, wide, high, rows, size):
    import torch

    torch.manual_seed(seed)
    layer = torch.nn.Linear(wide, high, bias=bool(seed % 2))
    inputs = torch.randn(rows, wide) * size
    with torch.inference_mode():
        found, wanted = quantized(torch.nn.Sequential(layer), "Tiny")(inputs), layer(inputs)
        steps = inputs.abs().sum(1, keepdim=True) * layer.weight.abs().amax(1) / 128
        steps += inputs.abs().amax(1, keepdim=True) / 254 * (layer.weight.abs().sum(1) + layer.weight.abs().amax(1))
    assert found.dtype == torch.float32
    assert ((found - wanted).abs() <= 1.001 * steps + 1e-6 * size).all()


def test_the_largest_numbers_do_not_overflow():
    import torch

    layer = torch.nn.Linear(512, 16)
    with torch.inference_mode():
        layer.weight.fill_(1), layer.bias.fill_(0)
        found = quantized(torch.nn.Sequential(layer), "Tiny")(torch.tensor([[3.0] * 512, [-3.0] * 512]))
    np.testing.assert_allclose(found.numpy(), [[1536] * 16, [-1536] * 16], rtol=1e-5)


def test_vectors_are_near_but_others_and_have_a_fingerprint_of_their_own(pair):
    full, whole = map(get_encoder, pair)
    before = full.encode(TEXTS)
    found = whole.encode(TEXTS)
    assert full.fingerprint != whole.fingerprint
    assert np.abs(found - before).max() > 1e-4
    assert cosines(found, before).min() > 0.98
    np.testing.assert_array_equal(full.encode(TEXTS), before)  # the model that was copied is as it was
    assert get_encoder(whole.spec.id).fingerprint == whole.fingerprint
    assert (whole.spec.label, full.spec.approximate) == (f"{full.spec.label}, int8", "")
    assert "int8" in whole.spec.approximate
    assert whole.encode([]).shape == (0, 24)


def test_no_text_depends_on_those_beside_it(pair):
    encoder = get_encoder(pair[1])
    alone = np.concatenate([encoder.encode([text]) for text in TEXTS])
    assert cosines(alone, encoder.encode(TEXTS)).min() > 0.995


def test_float32_has_the_fingerprint_that_it_had_before_there_was_a_choice(tmp_path):
    bert = get_encoder(f"transformers:{save_bert(tmp_path)}?precision=float32")
    usual = {"pooling": "mean of all tokens", "normalize": False, "length": 0}
    assert bert.fingerprint == fingerprint("transformers", 1, bert._source.identity, usual, "float32")
    assert get_encoder("minilm?precision=float32").fingerprint == get_encoder("minilm")._weights
    assert exact("minilm") == get_encoder("minilm?precision=float32").spec.id == "minilm"


def test_it_is_made_once_and_shares_what_is_not_int8(tmp_path):
    folder = save_sentence_model(tmp_path)
    models = [get_encoder(f"{folder}{way}")._shared() for way in ("", "?precision=int8", "?dim=8&precision=int8")]
    assert isinstance(models[0], Shared)
    assert models[1] is models[2] is not models[0]
    full, whole = (model.model[0].auto_model.embeddings.word_embeddings.weight for model in models[:2])
    assert full is whole


def test_other_settings_and_queries_work_with_it(tmp_path):
    folder = save_sentence_model(tmp_path, prompts={"query": "the cat "}, normalize=True)
    id = with_settings(str(folder), {"precision": "int8", "dim": 8, "normalize": "never"}, SPEC)
    space = encode(make_texts(TEXTS), id)
    queries = for_queries(space)
    assert space.vectors.shape == (60, 8)
    assert queries.fingerprint not in (space.encoder_fingerprint, get_encoder(str(folder)).queries.fingerprint)
    assert cosines(queries.encode(TEXTS), get_encoder(exact(id)).queries.encode(TEXTS)).min() > 0.98


def test_on_a_gpu_it_says_what_to_do(tmp_path, monkeypatch):
    encoder = get_encoder(f"{save_sentence_model(tmp_path, seed=7)}?precision=int8")
    get_encoder(exact(encoder.spec.id)).encode(["a"])
    monkeypatch.setattr(_int8, "device", lambda: "cuda")
    with pytest.raises(ModelUnavailable, match="GPU") as caught:
        encoder.encode(["a"])
    assert "float32" in caught.value.hint


def test_a_model_without_linear_layers_has_nothing_to_gain():
    import torch

    with pytest.raises(ParameterError, match="Tiny"):
        quantized(torch.nn.Sequential(torch.nn.Embedding(3, 4), torch.nn.Sequential(torch.nn.ReLU())), "Tiny")


@pytest.mark.parametrize(
    ("id", "full"),
    [
        ("minilm?precision=int8", "minilm"),
        ("minilm?precision=int8&length=32", "minilm?length=32"),
        ("minilm?length=32&dim=8", "minilm?length=32&dim=8"),
        ("some/model?precision=int8", "some/model"),
        ("combined?first=minilm%3Fprecision%3Dint8&weight=0.8", "combined?weight=0.8"),
        ("combined?first=tfidf", "combined?first=tfidf"),
        ("tfidf", "tfidf"),
    ],
)
def test_what_an_id_approximates(id, full):
    assert exact(id) == full


class TestKept:
    def direct(self, here, there, k):
        """The share of `k` nearest neighbors by cosine that are the same, pair by pair."""
        found = []
        for vectors in (here, there):
            cosine = np.array([[cosines(a[None], b[None])[0] for b in vectors] for a in vectors.astype(float)])
            np.fill_diagonal(cosine, -2)
            found.append([set(row) for row in np.argsort(-cosine, axis=1)[:, :k]])
        return np.mean([len(a & b) / k for a, b in zip(*found, strict=True)])

    def test_it_is_what_a_direct_computation_gives(self, store):
        data = sample("everyday").take(np.arange(0, 600, 5))
        twice = data.take(np.concatenate([np.arange(120), np.arange(5)]))  # twins count once
        full, whole = (encode(data, id, store=store).vectors for id in ("minilm", INT8))
        kept = kept_neighbors(encode(twice, INT8, store=store), store=store)
        assert (kept.sampled, kept.k) == (120, K)
        assert kept.share == pytest.approx(self.direct(whole, full, K))
        assert kept.lowest == pytest.approx(cosines(whole, full).min(), abs=1e-5)

    def test_what_is_known_is_not_encoded_again(self, pair, store, monkeypatch):
        data = make_texts(TEXTS)
        space = encode(data, pair[1], store=store)
        kept_neighbors(space, store=store)
        for id in pair:
            monkeypatch.setattr(get_encoder(id), "encode", None)
        assert kept_neighbors(space, store=store).sampled == len(set(TEXTS))

    def test_of_many_items_a_sample_is_compared_that_can_be_stopped(self, tmp_path, store):
        many = [f"cat {number}" for number in range(SAMPLED + 50)]
        space = encode(make_texts(many), f"{save_sentence_model(tmp_path)}?precision=int8", store=store)

        def stop(done: int, total: int) -> None:
            assert total == SAMPLED
            raise Cancelled

        with pytest.raises(Cancelled):
            kept_neighbors(space, store=store, progress=stop)
        assert kept_neighbors(space, store=store).sampled == SAMPLED

    def test_few_items_have_fewer_neighbors(self, pair, store):
        kept = kept_neighbors(encode(make_texts(["a cat", "a dog"]), pair[1], store=store), store=store)
        assert (kept.sampled, kept.k, kept.share) == (2, 1, 1)
        with pytest.raises(InputError, match="same"):
            kept_neighbors(encode(make_texts(["a cat", "a cat"]), pair[1], store=store), store=store)

    def test_a_part_of_a_combination_is_compared_too(self, store):
        data = make_texts(TEXTS[:20])
        id = with_settings("combined", {"first": "minilm?precision=int8", "second": "tfidf"}, family("combined"))
        space = encode(data, id, store=store)
        assert "int8" in get_encoder(id).spec.approximate
        kept = kept_neighbors(space, store=store)
        full = encode(data.take(np.arange(20)), "combined", store=store)
        assert kept.lowest == pytest.approx(cosines(space.vectors, full.vectors).min(), abs=1e-5)

    def test_minilm_keeps_most(self, store):
        space = encode(sample("everyday"), INT8, store=store)
        kept = kept_neighbors(space, store=store)
        assert kept.sampled == SAMPLED
        assert 0.9 < kept.share < 1
        assert 0.98 < kept.lowest < 1
        assert kept_neighbors(space, store=store) == kept
        assert kept_neighbors(space, seed=1, store=store) != kept  # another sample

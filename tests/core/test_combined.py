"""Two encoders side by side: similarity is the weighted mean, each part is encoded once, a query goes where it can."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from PIL import Image

import embeddings_core as ec
from embeddings_core.encoders import combined, get_encoder, learns, remaining
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.space import Dataset

TEXTS = ["the train is late", "the train was on time", "my parcel is lost", "a red apple", "green apples", "late again"]
RANDOM = "combined?first=random&second=tfidf"


@pytest.fixture
def data() -> Dataset:
    return make_texts(TEXTS, price=[1.0, 2.0, 50.0, 3.0, 4.0, 60.0], shop=["a", "a", "b", "a", "a", "b"])


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.5, 1.0])
def test_similarity_is_the_weighted_mean(data, store, weight):
    space = ec.encode(data, f"{RANDOM}&weight={weight}", store=store)
    one, other = (ec.encode(data, id, store=store).unit for id in ("random", "tfidf"))
    expected = weight * one @ one.T + (1 - weight) * other @ other.T
    np.testing.assert_allclose(space.vectors @ space.vectors.T, expected, atol=1e-5)
    np.testing.assert_allclose(space.norms, 1, atol=1e-5)


def test_texts_meet_the_numbers_beside_them(data, store):
    space = ec.encode(data, "combined?first=tfidf&second=rows&weight=0.2", store=store)
    assert ec.neighbors(space, 2, k=1, store=store).indices[0, 0] == 5  # both dear, from shop b
    words = ec.encode(data, "combined?first=tfidf&second=rows&weight=0.9", store=store)
    assert ec.neighbors(words, 0, k=1, store=store).indices[0, 0] == 1


def test_a_typed_text_is_compared_by_the_part_that_reads_it(data, store):
    space = ec.encode(data, "combined?first=tfidf&second=rows", store=store)
    alone = ec.encode(data, "tfidf", store=store)
    found, expected = (ec.neighbors(one, "late train", k=3, store=store) for one in (space, alone))
    np.testing.assert_array_equal(found.indices, expected.indices)
    np.testing.assert_allclose(found.scores, expected.scores * 0.5**0.5, atol=1e-5)


def test_ready_vectors_can_be_a_part(store):
    vectors = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    data = Dataset("d", "text", TEXTS, pd.DataFrame({"text": TEXTS}), text="text", vectors=vectors)
    space = ec.encode(data, "combined?first=tfidf&second=ready&weight=0", store=store)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    np.testing.assert_allclose(space.vectors[:, -3:], unit, atol=1e-6)


def test_what_neither_part_reads_is_refused(data, store):
    raw = io.BytesIO()
    Image.new("RGB", (9, 9), "red").save(raw, format="PNG")
    red = Picture.from_bytes(raw.getvalue())
    space = ec.encode(data, RANDOM.replace("random", "rows"), store=store)
    with pytest.raises(InputError, match="does not read pictures"):
        ec.neighbors(space, red, store=store)
    with pytest.raises(InputError, match="Neither part"):
        get_encoder(space.encoder).fit(data).encode([red])
    with pytest.raises(InputError, match="reads image"):
        ec.encode(data, "combined?first=pixels&second=tfidf", store=store)


def test_parts_may_have_settings_and_parts_of_their_own(data, store):
    id = "combined?first=tfidf%3Fdim%3D2&second=combined%3Ffirst%3Dtfidf%26second%3Drows"
    space = ec.encode(data, id, store=store)
    assert space.vectors.shape[1] == 2 + sum(
        ec.encode(data, p, store=store).vectors.shape[1] for p in ("tfidf", "rows")
    )
    assert get_encoder(id).spec.id == id


@pytest.mark.parametrize("settings", ["weight=2", "first=", "first=nonsense", "second=tfidf%3Fnonsense%3D1"])
def test_settings_are_checked(settings):
    with pytest.raises(ParameterError):
        get_encoder.__wrapped__(f"combined?{settings}")


def test_fingerprints_follow_parts_and_weight():
    ids = [RANDOM, f"{RANDOM}&weight=0.4", "combined?first=random&second=rows", "combined?first=tfidf&second=random"]
    assert len({get_encoder(id).fingerprint for id in ids}) == 4


@pytest.mark.parametrize("kind", combined.SPEC.reads)
def test_there_is_a_combination_to_begin_with(kind):
    first, second = combined.USUAL[kind]
    specs = {spec.id: spec for spec in ec.encoders()}
    assert kind in specs[first].reads
    assert kind in specs[second].reads
    assert combined.usual(kind).startswith("combined")


N = 3_000
LONG = [f"text {row} of {row % 7} things" for row in range(N)]


@pytest.mark.parametrize(
    "id",
    ["combined?first=random&second=random%3Fseed%3D1", "combined?first=tfidf&second=random", "combined?second=ready"],
    ids=["neither learns", "one learns", "one is ready"],
)
def test_a_combination_grows_in_fair_rounds(store, id):
    vectors = np.random.default_rng(0).normal(size=(N, 3)).astype(np.float32)
    data = Dataset("d", "text", LONG, pd.DataFrame({"text": LONG}), text="text", vectors=vectors)
    id = id.replace("second=ready", "first=random&second=ready")
    parts: list[tuple[ec.Space, np.ndarray]] = []
    said: list[tuple[int, int]] = []
    space = ec.encode(
        data, id, store=store, progress=lambda *far: said.append(far), arrived=lambda *part: parts.append(part)
    )
    assert [len(part) for part, _ in parts] == [512, 1536]
    for part, rows in parts:
        assert part.encoder_fingerprint == space.encoder_fingerprint
        np.testing.assert_array_equal(part.vectors, space.vectors[rows])
    assert len(set(parts[0][1]) & set(parts[1][1])) == 512
    assert said == sorted(said)
    assert said[-1] == (N, N)


def test_a_combination_takes_what_its_parts_have_and_goes_on_after_a_stop(store, monkeypatch):
    data = make_texts(LONG)
    encoder, asked = get_encoder("random"), []
    encode = type(encoder).encode
    monkeypatch.setattr(
        type(encoder), "encode", lambda self, items: asked.append((self.seed, len(items))) or encode(self, items)
    )
    ec.encode(data.take(np.arange(1_000)), "random", store=store)
    id = "combined?first=random&second=random%3Fseed%3D1"

    def stop(part: ec.Space, rows: np.ndarray) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.encode(data, id, store=store, arrived=stop)
    ec.encode(data, id, store=store)
    for seed in (0, 1):
        assert sum(size for of, size in asked if of == seed) == N


def test_only_a_combination_with_a_part_that_learns_does(store):
    assert not learns("combined?first=random&second=words%3Faverage%3Dplain")
    assert learns("combined?first=random&second=tfidf")
    assert learns("combined?first=random&second=rows")
    assert [learns(id) for id in ("tfidf", "rows", "words?average=SIF", "random", "words", "ready")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip


@pytest.mark.model
class TestWithModels:
    def test_nothing_is_left_to_encode_once_the_parts_are_known(self, data, store):
        assert remaining(data, "combined", store=store) == len(TEXTS)
        ec.encode(data, "minilm", store=store)
        assert remaining(data, "combined?weight=0.7", store=store) == 0

    def test_progress_counts_items_and_can_stop(self, data, store):
        said: list[tuple[int, int]] = []
        ec.encode(data, "combined", store=store, progress=lambda done, total: said.append((done, total)))
        assert said == sorted(said)
        assert said[-1] == (len(TEXTS), len(TEXTS))

        def stop(done: int, total: int) -> None:
            raise Cancelled

        with pytest.raises(Cancelled):
            ec.encode(data, "combined?second=rows", store=ec.Store(store.home / "other"), progress=stop)

    def test_queries_use_the_prompts_of_the_parts(self, data, store):
        id = "combined?first=minilm%3Fquery%3Dquery%253A%2B&second=tfidf"
        space = ec.encode(data, id, store=store)
        fitted = get_encoder(id).fit(data)
        item, query = fitted.encode(["late"]), fitted.queries.encode(["late"])
        plain = get_encoder("minilm").encode(["query: late"])[0]
        np.testing.assert_allclose(query[0, :384], plain * 0.5**0.5, atol=1e-5)
        assert np.abs(item - query).max() > 1e-3
        assert ec.neighbors(space, "late", k=1, store=store).indices.shape == (1, 1)

    def test_pictures_by_things_and_colors(self, store):
        def plain(color: str) -> Picture:
            return Picture.from_bytes(picture_bytes(Image.new("RGB", (50, 50), color)))

        pictures = [plain(color) for color in ("red", "crimson", "blue")]
        data = Dataset("p", "image", pictures, pd.DataFrame({"file": ["a", "b", "c"]}))
        space = ec.encode(data, combined.usual("image"), store=store)
        assert space.vectors.shape == (3, 1280 + 245)
        assert ec.neighbors(space, plain("red"), k=2, store=store).indices[0].tolist() == [0, 1]

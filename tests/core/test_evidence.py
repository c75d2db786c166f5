"""Why a result: the nearest sentence and the words that count, against planted ones and against other ways to it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import embeddings_core as ec
from embeddings_core.encoders import for_items
from embeddings_core.errors import InputError
from embeddings_core.pictures import Picture
from embeddings_core.search.evidence import SENTENCES, WORDS, evidence_of, sentence_spans, words_to_try
from embeddings_core.store import Store

TEXTS = [
    "I went out for bread. The train was two hours late, again!  Nobody said why.",
    "Cats sleep most of the day. Dogs want to go out.",
    "Apples",
    "The king lives in a castle. The queen does not.",
]


pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> ec.Space:
    return ec.encode(make_texts(TEXTS), "minilm", store=Store(tmp_path_factory.mktemp("home")))


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) or 1))


def test_the_nearest_sentence_and_its_words_are_found(space: ec.Space) -> None:
    found = ec.evidence(space, "late train", 0)
    assert TEXTS[0][found.start : found.end] == "The train was two hours late, again!"
    assert {TEXTS[0][word.start : word.end] for word in found.words[:2]} == {"train", "late"}
    assert found.words[0].drop > 0
    assert found.read == len(TEXTS[0])


def test_similarities_and_drops_are_those_of_the_texts_encoded_one_by_one(space: ec.Space) -> None:
    found = ec.evidence(space, "late train", 0)
    model, query = for_items(space), ec.neighbors(space, "late train").query[0]

    def near(text: str) -> float:
        return cosine(model.encode([text])[0], query)

    sentence = TEXTS[0][found.start : found.end]
    assert found.similarity == pytest.approx(cosine(space.vectors[0], query), abs=1e-6)
    assert found.sentence == pytest.approx(near(sentence), abs=1e-6)
    assert len(found.words) == 7
    for word in found.words:
        rest = TEXTS[0][found.start : word.start] + TEXTS[0][word.end : found.end]
        assert word.drop == pytest.approx(near(sentence) - near(rest), abs=1e-5)
    drops = [word.drop for word in found.words]
    assert drops == sorted(drops, reverse=True)


def test_without_its_only_word_nothing_is_left(space: ec.Space) -> None:
    found = ec.evidence(space, "apples", 2)
    assert [(word.start, word.end) for word in found.words] == [(0, 6)]
    assert found.words[0].drop == found.sentence > 0.9


def test_any_query_is_explained(space: ec.Space) -> None:
    for query in (3, ["king", 2], space.vectors[3]):
        assert ec.evidence(space, query, 3).end > 0
    assert ec.evidence(space, "sleeping cats", 1).start == 0
    with pytest.raises(InputError, match="2 queries"):
        ec.evidence(space, space.vectors[:2], 0)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab. !?\n。日", max_size=80))
def test_sentences_cover_all_that_can_be_seen(text: str) -> None:
    spans = sentence_spans(text)
    assert "".join("".join(text[a:b].split()) for a, b in spans) == "".join(text.split())
    assert all(text[a:b] == text[a:b].strip() != "" for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_of_a_long_sentence_the_words_that_tell_something_are_tried() -> None:
    common, rare = "the and of it " * 20, " ".join(f"word{i}" for i in range(WORDS - 2))
    sentence = common + rare
    tried = [sentence[a:b] for a, b in words_to_try(sentence)]
    assert len(tried) == WORDS
    assert tried[2:] == rare.split()
    assert words_to_try("It’s the don't") == [(0, 4), (5, 8), (9, 14)]


def test_of_a_very_long_text_the_first_sentences_are_read(space: ec.Space) -> None:
    text = "A cat sleeps. " * SENTENCES + "The train is late."
    long = ec.Space(make_texts([text]), "minilm", space.encoder_fingerprint, space.vectors[:1].copy())
    found = ec.evidence(long, "a late train", 0)
    assert found.read == len("A cat sleeps. ") * SENTENCES - 1
    assert found.end <= found.read


def test_texts_of_ready_vectors_and_things_that_are_no_texts(space: ec.Space) -> None:
    ready = ec.Space(make_texts(["a", "b"]), "ready", ec.get_encoder("ready").fingerprint, np.eye(2, dtype=np.float32))
    with pytest.raises(InputError, match="does not read texts") as caught:
        ec.evidence(ready, 0, 1)
    assert caught.value.hint
    with pytest.raises(InputError, match="no item 9"):
        ec.evidence(space, "late", 9)
    data = ec.Dataset("v", "vector", list(np.eye(3, dtype=np.float32)), pd.DataFrame({"a": [1, 2, 3]}))
    found = ec.evidence(make_space(np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0]]), data), 0, 1)
    assert (found.start, found.end, found.words) == (0, 0, ())
    assert found.similarity == pytest.approx(2**-0.5)


def test_meaning_is_explained_by_the_word_that_means_it() -> None:
    space = ec.encode(make_texts(TEXTS), "minilm")
    found = ec.evidence(space, "railway delays", 0)
    assert TEXTS[0][found.start : found.end].startswith("The train")
    assert TEXTS[0][found.words[0].start : found.words[0].end] in {"train", "late"}


def test_a_picture_is_explained_by_what_it_was_taken_for() -> None:
    pictures = ec.read([Image.new("RGB", (64, 64), color) for color in ("red", "blue")])
    assert isinstance(pictures.items[0], Picture)
    space = ec.encode(pictures, "imagenet")
    hits = ec.neighbors(space, "a red thing", 1)
    found = ec.evidence(space, "a red thing", int(hits.indices[0, 0]))
    assert (found.seen_as,) == hits.seen_as
    assert "%" in found.seen_as
    assert found.similarity == pytest.approx(float(hits.scores[0, 0]), abs=1e-6)
    assert found.approximate == hits.approximate != ""


def test_several_items_are_explained_one_after_the_other(space: ec.Space) -> None:
    done: list[tuple[int, int]] = []
    found = evidence_of(space, "late train", [3, 0], progress=lambda at, of: done.append((at, of)))
    assert found == (ec.evidence(space, "late train", 3), ec.evidence(space, "late train", 0))
    assert done == [(0, 2), (1, 2)]

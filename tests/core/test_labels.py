"""Names of groups: from texts, from a column, from pictures, or numbers."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pandas as pd
import pytest
from conftest import make_space, make_texts

import embeddings_core as ec
from embeddings_core.errors import Cancelled, ModelUnavailable
from embeddings_core.labels import distinctive, name_groups, words_in, words_of
from embeddings_core.space import Dataset, Space
from embeddings_core.store import Store

LABELS = np.array([0, 0, 1, 1])


def named(texts: list[str], labels: np.ndarray = LABELS, groups: int = 2) -> list[str]:
    return name_groups(make_space(np.eye(len(texts)), make_texts(texts)), labels, groups)


def test_words_that_set_a_group_apart_come_first() -> None:
    assert named(["red apple pie", "red apple tart", "red car wheel", "red car door"]) == ["apple, red", "car, red"]


def test_common_words_and_numbers_name_nothing() -> None:
    assert words_of("The 12 cats didn't see them, nor did I") == ["cats"]
    assert words_of("Ich habe einen Hund und la maison") == ["habe", "hund", "maison"]
    assert words_of("42") == ["42"]


def test_groups_with_the_same_words_are_told_apart() -> None:
    assert named(["same", "same", "same", "same"]) == ["same", "same (2)"]


def test_noise_has_no_say() -> None:
    assert named(["tree", "tree", "boat", "boat"], np.array([0, 0, -1, -1]), 1) == ["tree"]


def test_empty_texts_are_numbered() -> None:
    assert named([" ", " ", "boat", "boat"]) == ["Group 1", "boat"]


def vectors_with(**columns: list[object]) -> Space:
    vectors = np.eye(4, dtype=np.float32)
    return make_space(vectors, Dataset("v", "vector", list(vectors), pd.DataFrame(columns, index=range(4))))


def test_vectors_are_named_by_a_column_or_by_number() -> None:
    assert name_groups(vectors_with(label=["cat", "cat", "dog", None]), LABELS, 2) == ["cat", "dog"]
    assert name_groups(vectors_with(digit=["7", "7", "1", "1"]), LABELS, 2) == ["7", "1"]
    assert name_groups(vectors_with(price=[1, 2, 3, 4]), LABELS, 2) == ["Group 1", "Group 2"]


@pytest.mark.model
def test_pictures_are_named_by_what_is_in_them(store: Store) -> None:
    from PIL import Image
    from sklearn.datasets import load_sample_images

    shots = [Image.fromarray(shot) for shot in load_sample_images().images]
    data = ec.read([*shots, *shots])
    space = ec.encode(data, "imagenet", store=store)
    names = name_groups(space, np.array([0, 1, 0, 1]), 2, store=store)
    assert "palace" in names[0]
    assert "daisy" in names[1]


def test_pictures_without_a_model_are_numbered_and_named_once_it_is_there(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    def gone(*args: object, **kwargs: object) -> None:
        raise ModelUnavailable("no model")

    digits = ec.sample("digits", store)
    few = make_space(np.eye(4), Dataset("few", "image", digits.items[:4], pd.DataFrame({"file": list("abcd")})))
    with monkeypatch.context() as without:
        without.setattr(import_module("embeddings_core.encoders"), "encode_items", gone)
        assert ec.cluster(few, "kmeans", store=store, clusters=2).names == ("Group 1", "Group 2")
    assert "Group 1" not in ec.cluster(few, "kmeans", store=store, clusters=2).names


def test_a_cancelled_naming_is_no_name(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    def stop(*args: object, **kwargs: object) -> None:
        raise Cancelled

    digits = ec.sample("digits", store)
    few = make_space(np.eye(4), Dataset("few", "image", digits.items[:4], pd.DataFrame({"file": list("abcd")})))
    monkeypatch.setattr(import_module("embeddings_core.encoders"), "encode_items", stop)
    with pytest.raises(Cancelled):
        ec.cluster(few, "kmeans", store=store, clusters=2)
    assert not list((store.home / "results").glob("clustering*"))


def test_words_are_ranked_by_class_based_tf_idf() -> None:
    texts = ["red apple", "apple pie", "red red car", "car wheel", "car wheel"]
    labels = np.array([0, 0, 1, 1, 1])
    words = words_in(make_texts(texts))
    assert words is not None
    # red: once in either group; apple twice in the first; car 3 times, wheel twice in the second; 10 words in 2 groups
    weights = {"car": 3 * np.log(1 + 5 / 3), "wheel": 2 * np.log(1 + 5 / 2)}
    assert distinctive(words, labels, 2) == [["apple"], sorted(weights, key=lambda word: -weights[word])]
    assert distinctive(words, np.full(5, -1), 1) == [[]]


def test_of_equal_words_the_nearest_to_the_center_come_first() -> None:
    names = ["zebra", "apple", "mouse", "tiger", "blue", "red"]
    points = np.array([[0.1], [5], [-0.2], [-4.9], [9.5], [10]], dtype=np.float32)
    words = words_in(make_texts(names))
    assert words is not None
    labels = np.array([0, 0, 0, 0, 1, 1])
    assert distinctive(words, labels, 2)[0] == sorted(names[:4])
    assert distinctive(words, labels, 2, points) == [["zebra", "mouse", "tiger", "apple"], ["blue", "red"]]
    assert distinctive(words, np.array([-1, 0, 0, 0, -1, -1]), 1, points) == [["mouse", "tiger", "apple"]]


def test_words_that_tell_more_come_before_those_nearer_the_center() -> None:
    words = words_in(make_texts(["far pie", "far tart", "near"]))
    assert words is not None
    points = np.array([[-5], [5], [0]], dtype=np.float32)
    assert distinctive(words, np.zeros(3, dtype=np.int64), 1, points)[0] == ["far"]

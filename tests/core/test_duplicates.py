"""Duplicates are those of brute force in double precision, whatever the threshold and however they are found."""

from __future__ import annotations

import importlib
import itertools

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, make_space, make_texts
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import embeddings_core as ec
from embeddings_core.errors import Cancelled, ParameterError
from embeddings_core.space import Space
from embeddings_core.store import Store
from embeddings_core.worklists import pairs
from embeddings_core.worklists.duplicates import LEVELS, find_duplicates

module = importlib.import_module("embeddings_core.worklists.duplicates")  # the package has its function under this name


def cosines(vectors: np.ndarray) -> np.ndarray:
    lengths = np.linalg.norm(vectors.astype(np.float64), axis=1, keepdims=True)
    unit = vectors.astype(np.float64) / np.where(lengths > 0, lengths, 1)
    return unit @ unit.T


def joined(cosine: np.ndarray, threshold: float) -> list[list[int]]:
    """Connected items, by walking from one to the next."""
    groups, seen = [], set()
    for start in range(len(cosine)):
        group, waiting = set(), [start]
        while waiting:
            item = waiting.pop()
            if item not in seen:
                seen.add(item)
                group.add(item)
                waiting += np.flatnonzero(cosine[item] >= threshold).tolist()
        if len(group) > 1:
            groups.append(sorted(group))
    return sorted(groups, key=lambda group: (-len(group), group[0]))


def planted(n: int, d: int, copies: int) -> np.ndarray:
    """Vectors of a falling spectrum, the last `copies` of them more or less like the first."""
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(n, d)) / np.sqrt(1 + np.arange(d))
    noise = rng.normal(size=(copies, d)) * rng.uniform(0, 0.03, size=(copies, 1))
    vectors[n - copies :] = vectors[:copies] + noise
    return vectors.astype(np.float32)


def items(groups: list[np.ndarray]) -> list[list[int]]:
    return [group.tolist() for group in groups]


@pytest.mark.parametrize("short", [True, False], ids=["shortened", "whole"])
@pytest.mark.parametrize("floor", [0.6, 0.8, 0.95])
def test_all_pairs_are_those_of_brute_force(short: bool, floor: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_SAMPLE", 100 if short else 10_000)
    monkeypatch.setattr(pairs, "_ROWS", 150)
    monkeypatch.setattr(pairs, "_COLUMNS", 400)
    unit = make_space(planted(1_000, 96, 300)).unit
    assert (pairs._shortened(unit, floor) is not unit) == short
    found = pairs.close_pairs(unit, floor)
    truth = cosines(unit)
    sure, perhaps = (np.argwhere(np.triu(truth >= floor + edge, k=1)).tolist() for edge in (2e-6, -2e-6))
    assert len(sure) > 100
    assert set(map(tuple, sure)) <= set(map(tuple, found.pairs.tolist())) <= set(map(tuple, perhaps))
    assert len(set(map(tuple, found.pairs.tolist()))) == len(found.pairs)
    np.testing.assert_allclose(found.cosines, truth[found.pairs[:, 0], found.pairs[:, 1]], atol=1e-6)
    assert (np.diff(found.cosines) <= 0).all()
    assert found.whole


def test_a_crowd_is_compared_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "_SAMPLE", 100)
    monkeypatch.setattr(pairs, "_CROWD", 0.0)
    unit = make_space(planted(1_000, 96, 300)).unit
    found = pairs.close_pairs(unit, 0.9)
    assert len(found.pairs) == int(np.triu(cosines(unit) >= 0.9, k=1).sum()) > 100


def test_too_many_pairs_become_a_forest_that_joins_the_same(monkeypatch: pytest.MonkeyPatch, store: Store) -> None:
    vectors = blobs(400, 12, groups=4)[0]
    every = find_duplicates(make_space(vectors), 0.5, store=store)
    monkeypatch.setattr(pairs, "MOST", 1_000)
    monkeypatch.setattr(pairs, "_ROWS", 64)
    few = find_duplicates(make_space(vectors), 0.4, store=store)
    assert every.whole
    assert not few.whole
    assert len(few.pairs) < 400 < len(every.pairs)
    for threshold in (0.5, 0.9, 0.97, 0.99, 0.995):
        assert items(few.groups(threshold)) == items(every.groups(threshold))


numbers = st.integers(-20, 20).map(float)


@settings(max_examples=60, deadline=None)
@given(
    arrays(np.float32, st.tuples(st.integers(1, 30), st.integers(1, 4)), elements=numbers),
    st.sampled_from([0.3, 0.75, 0.9, 0.95, 0.999]),
)
def test_any_groups_are_those_of_brute_force(vectors: np.ndarray, threshold: float) -> None:
    space = make_space(vectors)
    truth = cosines(vectors)
    near = np.abs(truth - threshold) < 1e-5
    if near.any():  # on the edge rounding decides
        return
    assert items(ec.duplicates(space, threshold)) == joined(truth, threshold)


@pytest.mark.model
def test_the_planted_near_duplicates_are_found(store: Store) -> None:
    data = ec.sample("everyday")
    ec.seed(store)
    space = ec.encode(data, "minilm", store=store)
    notes, texts = data.metadata["note"], data.metadata["text"].tolist()
    copies = {row for row in range(len(data)) if notes[row].startswith("near-duplicate")}
    found = find_duplicates(space, 0.85, store=store)
    groups = found.groups(0.85)
    assert len(copies) == len(groups) == 20
    for group in groups:
        assert len(group) == 2
        assert len(copies & set(group.tolist())) == 1
        assert not found.exact(group)
    assert len(texts) == len(data)


def test_equal_content_is_told_apart() -> None:
    texts = make_texts(["a", "b", "a", "c", "d"])
    vectors = np.array([[1, 0], [1, 0], [1, 0], [0, 1], [0.01, 1]])
    found = find_duplicates(make_space(vectors, texts))
    assert items(found.groups(0.95)) == [[0, 1, 2], [3, 4]]
    assert [found.exact(group) for group in found.groups(0.95)] == [False, False]
    assert found.exact(np.array([0, 2]))
    assert items(found.groups(1.0)) == [[0, 1, 2]]


def test_equal_content_is_a_duplicate_whatever_its_vectors() -> None:
    texts = make_texts(["", "b", ""])
    space = make_space(np.array([[0, 0], [1, 0], [0, 0]]), texts)
    assert items(ec.duplicates(space)) == [[0, 2]]
    assert items(ec.duplicates(make_space(np.zeros((3, 2))))) == []


def test_joining_chains() -> None:
    angles = np.radians([0, 10, 20, 90])
    space = make_space(np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert np.cos(angles[2]) < 0.98 < np.cos(angles[1])
    assert items(ec.duplicates(space, 0.98)) == [[0, 1, 2]]


def test_the_preview_needs_no_second_look(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = planted(600, 24, 200)
    space, truth = make_space(vectors), cosines(vectors)
    find_duplicates(space, store=store)
    monkeypatch.setattr(module, "close_pairs", None)
    found = find_duplicates(space, 0.9, store=store)
    assert [row.threshold for row in found.preview()] == list(LEVELS)
    for row in found.preview():
        groups = joined(truth, row.threshold)
        several = sum(map(len, groups))
        assert (row.groups, row.items, row.kept) == (len(groups), several, 600 - several + len(groups))
        assert items(found.groups(row.threshold)) == groups


def test_where_all_is_alike_only_high_levels_are_looked_at(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 2_000)
    space = make_space(blobs(300, 12, groups=3)[0])
    found = find_duplicates(space, 0.99, store=store)
    assert LEVELS[0] < found.floor <= 0.99
    assert [row.threshold for row in found.preview()] == [level for level in LEVELS if level >= found.floor]
    with pytest.raises(ParameterError, match="not looked for") as caught:
        found.groups(0.8)
    assert caught.value.hint
    assert find_duplicates(space, 0.8, store=store).floor == 0.8


@pytest.mark.parametrize("threshold", [0, -0.5, 1.01, float("nan")])
def test_a_threshold_out_of_range_is_told(threshold: float) -> None:
    with pytest.raises(ParameterError, match="threshold") as caught:
        ec.duplicates(make_space(np.eye(3)), threshold)
    assert caught.value.hint


def test_one_item_has_no_duplicates() -> None:
    assert ec.duplicates(make_space(np.ones((1, 3)))) == []


def test_looking_can_be_stopped() -> None:
    seen = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        if done:
            raise Cancelled

    vectors = planted(3_000, 8, 10)
    space = Space(
        ec.Dataset("made", "vector", list(vectors), pd.DataFrame(index=range(3_000))), "hashing", "stop", vectors
    )
    with pytest.raises(Cancelled):
        ec.duplicates(space, progress=progress)
    assert seen[0] == (0, 3_000)
    assert all(one <= other for one, other in itertools.pairwise(seen))

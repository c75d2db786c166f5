"""The recall of every item is the one that trust measures."""

from __future__ import annotations

import sys
from importlib import import_module

import numpy as np
import pytest
from conftest import blobs, make_map, make_space, random_pair

import embeddings_core as ec
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.store import Store


@pytest.mark.parametrize("k", [1, 6, 15, 30])
def test_it_is_that_of_trust(k: int, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("embeddings_core.trust.recall"), "_PAIRS", 64)
    space = make_space(blobs(300, 12)[0])
    plane = ec.project(space, "pca", store=store)
    found = ec.point_recall(space, plane, k, store=store)
    np.testing.assert_array_equal(found, ec.trust(space, plane, k, store=store).point_recall)


def test_of_a_large_space_it_knows_what_trust_does_not(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules["embeddings_core.trust"]
    monkeypatch.setattr(module, "EXACT", 100)
    monkeypatch.setattr(module, "SAMPLE", 50)
    space, plane = random_pair(150)
    sampled, found = ec.trust(space, plane, store=store).point_recall, ec.point_recall(space, plane, store=store)
    measured = ~np.isnan(sampled)
    assert measured.sum() == 50
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[measured], sampled[measured])


def test_twins_and_single_spots(store: Store) -> None:
    vectors = np.repeat(np.random.default_rng(0).normal(size=(12, 8)), 5, axis=0)
    coords = np.repeat(np.arange(12.0) ** 2, 5)[:, None] * [1, 0] + np.random.default_rng(1).normal(size=(60, 2)) * 0.01
    assert ec.point_recall(make_space(vectors), make_map(coords), 2, store=store).tolist() == [1] * 60
    space, _ = random_pair(200)
    found = ec.point_recall(space, make_map(np.zeros((200, 2))), store=store)
    assert found.mean() < 0.2
    assert ec.point_recall(make_space(np.ones((30, 4))), make_map(np.eye(30)[:, :2]), store=store).tolist() == [1] * 30


def test_it_can_be_stopped_and_refuses(store: Store) -> None:
    space, plane = random_pair(20)

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.point_recall(space, plane, store=store, progress=stop)
    with pytest.raises(ParameterError, match="k is 0"):
        ec.point_recall(space, plane, 0, store=store)
    with pytest.raises(InputError, match="20 items but a map of 19"):
        ec.point_recall(space, make_map(plane.coords[:19]), store=store)

"""Hubs and orphans: counted by hand, their skew against scipy."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import make_space

import embeddings_core as ec
from embeddings_core.store import Store
from embeddings_core.worklists import hubs


def test_counts_are_of_how_many_an_item_is_a_neighbor(store: Store) -> None:
    from scipy.stats import skew

    space = make_space(np.random.default_rng(0).normal(size=(150, 30)))
    found = ec.find_hubs(space, 2, store=store)
    truth = np.zeros(150, dtype=int)
    for item in range(150):
        truth[ec.neighbors(space, item, 2).indices[0]] += 1
    assert found.counts.tolist() == truth.tolist()
    assert found.counts.mean() == found.k == 2
    assert found.skew == pytest.approx(skew(truth))
    assert set(found.hubs) == set(np.flatnonzero(truth > truth.mean() + hubs.FAR * truth.std()))
    assert truth[found.hubs].tolist() == sorted(truth[found.hubs], reverse=True) != []
    assert found.orphans.tolist() == np.flatnonzero(truth == 0).tolist() != []


def test_everybodys_neighbor_is_a_hub() -> None:
    vectors = np.vstack([np.eye(12), np.ones((1, 12))])
    found = ec.find_hubs(make_space(vectors), 1)
    assert found.counts[12] == 12
    assert found.hubs.tolist() == [12]
    assert found.skew > 1


def test_items_whose_nearest_are_all_copies_are_told() -> None:
    rng = np.random.default_rng(0)
    vectors = np.vstack([np.repeat(rng.normal(size=(1, 5)), 4, axis=0), rng.normal(size=(8, 5))])
    assert [ec.find_hubs(make_space(vectors), k).copied for k in (2, 3, 4)] == [4, 4, 0]


def test_where_all_are_alike_there_is_no_hub() -> None:
    found = ec.find_hubs(make_space(np.eye(2)))
    assert (found.counts.tolist(), found.skew, found.hubs.tolist(), found.k) == ([1, 1], 0.0, [], 1)

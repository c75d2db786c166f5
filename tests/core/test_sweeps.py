"""Many maps of one space: every combination of settings, each with its trust."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_space

import embeddings_core as ec
from embeddings_core.compare.sweeps import MAPS, Tried, combinations, drawn, part_of, sweep, varied
from embeddings_core.errors import Cancelled, ParameterError


def spec_of(method: str) -> ec.MethodSpec:
    return next(spec for spec in ec.projections() if spec.id == method)


def test_every_combination_is_one_that_the_method_takes() -> None:
    for spec in ec.projections():
        found = combinations(spec)
        assert len({tuple(settings.items()) for settings in found}) == len(found)
        for settings in found:
            assert spec.settings(settings) == {**spec.settings({}), **settings}
        assert len(found) <= MAPS
    assert [param.name for param in varied(spec_of("umap"))] == ["n_neighbors", "min_dist"]
    assert combinations(spec_of("pca")) == [{}]


def test_few_items_leave_out_what_they_do_not_allow() -> None:
    few = combinations(spec_of("umap"), 20)
    assert {settings["n_neighbors"] for settings in few} == {5, 15}
    assert combinations(spec_of("umap"), 3)[0]["n_neighbors"] == 15  # nothing fits: what is usual


def test_a_sweep_gives_the_maps_and_trusts_that_single_calls_give(store: ec.Store) -> None:
    space = make_space(blobs(120)[0])
    tries = [({"perplexity": 5}, 0), ({"perplexity": 20}, 0), ({"perplexity": 20}, 1)]
    arrived: list[Tried] = []
    shares: list[tuple[int, int]] = []
    found = sweep(
        space, "tsne", tries, 10, store=store, arrived=arrived.append, iterations=250,
        progress=lambda done, total: shares.append((done, total)),
    )  # fmt: skip
    assert found == arrived
    for (settings, seed), tried in zip(tries, found, strict=True):
        plane = ec.project(space, "tsne", seed=seed, store=store, iterations=250, **settings)
        assert (tried.settings, tried.seed) == (settings, seed)
        assert tried.plane.fingerprint == plane.fingerprint
        assert tried.trust.knn_recall == ec.trust(space, plane, 10, store=store).knn_recall
    assert sorted(shares) == shares
    assert shares[-1][0] / shares[-1][1] > 0.9


def test_a_sweep_that_was_stopped_goes_on_where_it_was(store: ec.Store) -> None:
    space = make_space(blobs(60)[0])
    tries = [({}, 0), ({}, 1)]

    def stop(tried: Tried) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        sweep(space, "tsne", tries, store=store, arrived=stop, iterations=250)
    asked: list[str] = []
    get = store.get_result
    store.get_result = lambda key: asked.append(key) or get(key)  # type: ignore[method-assign,func-returns-value]
    sweep(space, "tsne", tries, store=store, iterations=250)
    assert [get(key) is not None for key in asked] == [True] * len(asked)
    assert len(set(asked)) == 4


def test_of_many_items_a_seeded_sample_is_drawn() -> None:
    space = make_space(blobs(300)[0])
    part = part_of(space, 100)
    rows = drawn(300, 100)
    assert (np.diff(rows) > 0).all()
    assert part.vectors.tolist() == space.vectors[rows].tolist()
    assert part.dataset.captions == [space.dataset.captions[row] for row in rows]
    assert part.fingerprint == part_of(space, 100).fingerprint != part_of(space, 100, seed=1).fingerprint
    assert part_of(space) is space
    assert drawn(50).tolist() == list(range(50))


@pytest.mark.parametrize("tries", [[], [({}, 0)] * (MAPS + 1)])
def test_no_maps_and_too_many_are_refused(tries: list[tuple[dict[str, object], int]], store: ec.Store) -> None:
    with pytest.raises(ParameterError):
        sweep(make_space(blobs(20)[0]), "pca", tries, store=store)

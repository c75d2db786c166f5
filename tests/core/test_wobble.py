"""Maps that are the same but for a turn do not wobble; items that lie anywhere do."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_map, make_space
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.errors import Cancelled, ParameterError
from embeddings_core.store import Store
from embeddings_core.trust.wobble import Wobble, together


def moved(coords: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Turned or mirrored, scaled and shifted by chance."""
    turn = np.linalg.qr(rng.normal(size=(coords.shape[1],) * 2))[0]
    return (rng.uniform(0.1, 9) * coords @ turn + rng.normal(size=coords.shape[1])).astype(np.float32)


@given(st.integers(3, 30), st.sampled_from([2, 3]), st.integers(0, 99))
def test_the_same_shape_does_not_wobble(n: int, dims: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shape = rng.normal(size=(n, dims)).astype(np.float32)
    coords, disparities = together([shape, *(moved(shape, rng) for _ in range(3))])
    np.testing.assert_allclose(coords, np.broadcast_to(coords[0], coords.shape), atol=1e-3)
    assert disparities == pytest.approx(np.zeros(4), abs=1e-4)
    centered = shape - shape.mean(axis=0)
    np.testing.assert_allclose(coords[0], centered / np.sqrt((centered**2).sum(axis=1).mean()), atol=1e-3)


def test_what_moves_is_found() -> None:
    rng = np.random.default_rng(0)
    shape = rng.normal(size=(100, 2)).astype(np.float32)
    maps = []
    for _ in range(6):
        other = shape.copy()
        other[:5] = rng.normal(size=(5, 2))
        maps.append(moved(other, rng))
    coords, _ = together(maps)
    away = np.sqrt(((coords - coords.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0))
    assert set(np.argsort(away)[-5:].tolist()) == {0, 1, 2, 3, 4}
    assert away[:5].min() > 5 * np.median(away)


def test_unrelated_maps_wobble_by_their_radius() -> None:
    rng = np.random.default_rng(0)
    coords, disparities = together([rng.normal(size=(400, 2)).astype(np.float32) for _ in range(8)])
    np.testing.assert_allclose((coords**2).sum(axis=2).mean(axis=1), 1)
    away = np.sqrt(((coords - coords.mean(axis=0)) ** 2).sum(axis=2).mean(axis=0))
    assert np.median(away) > 0.7
    assert disparities.min() > 0.5
    maps = (make_map(np.eye(2)),) * 3
    said = [Wobble(maps, coords, np.full(2, moves, np.float32), disparities).verdict for moves in (0.05, 0.3, 0.8)]
    assert [line.split(": ")[1].split()[0:3] for line in said] == [
        ["it", "comes", "out"],
        ["the", "rough", "arrangement"],
        ["where", "an", "item"],
    ]


def test_a_method_without_chance_stays(store: Store) -> None:
    found = ec.wobble(make_space(blobs(80, 10)[0]), "pca", seeds=3, store=store)
    assert found.points == pytest.approx(np.zeros(80), abs=1e-4)
    assert found.verdict == (
        "Made 3 times, half of the items move by at most 0% of the map's radius: it comes out the same each time."
    )
    assert [(each.method, each.seed) for each in found.maps] == [("pca", 0), ("pca", 1), ("pca", 2)]


def test_umap_wobbles_more_on_noise_than_on_a_plane(store: Store) -> None:
    rng = np.random.default_rng(0)
    flat = np.stack(np.meshgrid(np.arange(12), np.arange(18)), axis=-1).reshape(-1, 2) / 4
    plain, noise = (
        ec.wobble(make_space(vectors), "umap", seeds=3, metric="euclidean", store=store)
        for vectors in (flat, rng.normal(size=(216, 60)))
    )
    assert plain.typical < noise.typical
    assert noise.points.shape == (216,)
    assert noise.coords.shape == (3, 216, 2)


def test_settings_are_compared_too(store: Store) -> None:
    space = make_space(blobs(60, 8)[0])
    found = ec.wobble(
        space, "umap", dims=3, seeds=1, over=[{"n_neighbors": 5}, {"n_neighbors": 30}], min_dist=0.5, store=store
    )
    said = [(each.params["n_neighbors"], each.params["min_dist"], each.dims) for each in found.maps]
    assert said == [(5, 0.5, 3), (30, 0.5, 3)]
    assert found.typical > 0
    both = ec.wobble(space, "pca", seeds=2, over=[{"unit": True}, {"unit": False}], store=store)
    assert [(each.params["unit"], each.seed) for each in both.maps] == [(True, 0), (True, 1), (False, 0), (False, 1)]


@pytest.mark.parametrize("n", [1, 2, 3, 8])
def test_few_and_equal_items_stay(n: int, store: Store) -> None:
    found = ec.wobble(make_space(np.ones((n, 4))), "umap", seeds=2, store=store)
    assert found.points == pytest.approx(np.zeros(n), abs=1e-4)


def test_progress_is_of_the_whole_and_it_can_be_stopped(store: Store) -> None:
    space, seen = make_space(blobs(50, 6)[0]), []

    def tell(done: int, total: int) -> None:
        seen.append(done / total)
        if done / total > 0.5:  # at 0.5 the first is made, but not kept yet
            raise Cancelled

    with pytest.raises(Cancelled):
        ec.wobble(space, "umap", seeds=2, store=store, progress=tell)
    assert seen == sorted(seen)
    assert 0.5 < seen[-1] <= 1
    assert min(seen) < 0.5
    seen.clear()
    with pytest.raises(Cancelled):
        ec.wobble(space, "umap", seeds=2, store=store, progress=tell)
    assert min(seen) >= 0.5  # the first map was kept


@pytest.mark.parametrize(("seeds", "over"), [(1, [{}]), (0, [{}]), (51, [{}]), (5, []), (26, [{}, {}])])
def test_one_map_and_too_many_are_refused(seeds: int, over: list[dict[str, int]], store: Store) -> None:
    with pytest.raises(ParameterError, match="maps cannot be compared"):
        ec.wobble(make_space(np.eye(5)), "pca", seeds=seeds, over=over, store=store)

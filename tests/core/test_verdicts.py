"""What is said of a map in words: distortions are told, and of null maps no one says that there is structure."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import blobs, make_space

import embeddings_core as ec
from embeddings_core.errors import ParameterError
from embeddings_core.store import Store
from embeddings_core.trust.verdicts import beyond_null, graded


def judged(space: ec.Space, method: str, store: Store, null: ec.Space | None = None) -> ec.Trust:
    """The trust in a map, against that in a map of shuffled vectors."""
    null = null or ec.null_space(space, seed=1)
    against = ec.trust(null, ec.project(null, method, store=store), store=store)
    return ec.trust(space, ec.project(space, method, store=store), null=against, store=store)


@pytest.mark.parametrize("method", ["pca", "umap", "tsne"])
@pytest.mark.parametrize("kind", ["shuffled", "gaussian"])
def test_null_data_have_no_structure(method: str, kind: ec.Null, store: Store) -> None:
    real = make_space(blobs(150, 20, 3)[0])
    assert "shows structure" in judged(real, method, store).verdict
    found = judged(ec.null_space(real, kind), method, store)
    assert "structure" not in found.verdict
    assert "need not be real" in found.verdict
    assert "structure" not in replace(found, null=None).verdict


@pytest.mark.parametrize(("n", "d"), [(5, 3), (12, 40), (30, 8), (60, 2), (200, 5)])
def test_small_and_flat_clouds_have_none_either(n: int, d: int, store: Store) -> None:
    said = []
    for seed in range(20):
        space = make_space(np.random.default_rng(seed).normal(size=(n, d)) ** 3)
        said.append("structure" in judged(space, "pca", store).verdict)
    assert not any(said)


def test_a_swiss_roll_by_pca_is_told(store: Store) -> None:
    from sklearn.datasets import make_swiss_roll

    roll = make_space(make_swiss_roll(600, random_state=0)[0])
    found = ec.trust(roll, ec.project(roll, "pca", store=store), metric="euclidean", store=store)
    assert found.near != "kept"
    assert "strangers" in found.verdict
    assert found.continuity > 0.98  # it is pressed flat, not torn


def test_a_verdict_says_the_figures(store: Store) -> None:
    space = make_space(np.random.default_rng(0).normal(size=(300, 2)))
    found = ec.trust(space, ec.project(space, "pca", store=store), metric="euclidean", store=store)
    assert found.verdict.startswith(
        "Items drawn side by side are alike: of the 15 drawn nearest to one, 15.0 are truly among its 15 nearest. "
        "Alike items are drawn close together. Large distances can be compared."
    )
    rough = replace(found, knn_recall=0.1, continuity=0.9, shepard_far=0.6).verdict
    assert "are roughly alike" in rough
    assert "only 1.5 are truly" in rough
    assert "Some alike items are torn apart" in rough
    assert "only roughly" in rough
    bad = replace(found, trustworthiness=0.6, continuity=0.6, shepard_far=0.1).verdict
    assert "strangers" in bad
    assert "mean little" in bad


def test_what_is_beyond_a_null_map_grows_with_the_noise(store: Store) -> None:
    space = make_space(blobs(100, 8, 3)[0])
    found = ec.trust(space, ec.project(space, "pca", store=store), store=store)
    calm = replace(found, point_trust=np.full(100, 0.9, np.float32), trustworthiness=0.9)
    assert beyond_null(calm, replace(calm, trustworthiness=0.84))
    assert not beyond_null(calm, replace(calm, trustworthiness=0.86))
    noisy = replace(calm, point_trust=np.resize(np.array([0.4, 1], np.float32), 100))
    assert not beyond_null(noisy, replace(calm, trustworthiness=0.84))


def test_grades() -> None:
    values = [0.95, 0.9499, 0.85, 0.8499, float("nan")]
    assert [graded(value, 0.95, 0.85) for value in values] == ["kept", "partly", "partly", "lost", "undefined"]


class TestNullSpace:
    def test_shuffled_dimensions_keep_their_numbers(self) -> None:
        space = make_space(blobs(200, 6, 2)[0])
        null = ec.null_space(space)
        np.testing.assert_array_equal(np.sort(null.vectors, axis=0), np.sort(space.vectors, axis=0))
        between = np.corrcoef(null.vectors.T)[np.triu_indices(6, 1)]
        assert abs(between).max() < 0.3 < abs(np.corrcoef(space.vectors.T)[np.triu_indices(6, 1)]).min()
        assert null.dataset is space.dataset

    def test_gaussian_dimensions_keep_mean_and_variance(self) -> None:
        space = make_space(np.random.default_rng(0).exponential(size=(4000, 3)) * [1, 10, 0] + [0, 5, 7])
        null = ec.null_space(space, "gaussian")
        np.testing.assert_allclose(null.vectors.mean(axis=0), space.vectors.mean(axis=0), rtol=0.1)
        np.testing.assert_allclose(null.vectors.std(axis=0), space.vectors.std(axis=0), rtol=0.05, atol=1e-6)
        assert null.vectors.min() < space.vectors.min() - 10

    def test_each_is_a_space_of_its_own_and_the_same_again(self) -> None:
        space = make_space(blobs(20, 4)[0])
        made = [ec.null_space(space, kind, seed) for kind in ("shuffled", "gaussian") for seed in (0, 1)]
        assert len({space.fingerprint, *(null.fingerprint for null in made)}) == 5
        again = ec.null_space(space, "gaussian", 1)
        assert again.fingerprint == made[3].fingerprint
        np.testing.assert_array_equal(again.vectors, made[3].vectors)

    def test_what_there_is_not_is_refused(self) -> None:
        space = make_space(np.eye(3))
        with pytest.raises(ParameterError, match="'uniform'"):
            ec.null_space(space, "uniform")  # type: ignore[arg-type]
        with pytest.raises(ParameterError, match="seed"):
            ec.null_space(space, seed=-1)

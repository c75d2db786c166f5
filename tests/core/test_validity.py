"""Figures of groups are those of scikit-learn, of Hennig's survival, and of the reference DBCV."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import import_module
from typing import Any

import numpy as np
import pytest
from conftest import blobs, grouped, make_space, make_texts

import embeddings_core as ec
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.groups import density as density_module
from embeddings_core.groups.density import core_distances, dbcv
from embeddings_core.groups.stability import survived
from embeddings_core.plugins import plugins
from embeddings_core.space import Floats
from embeddings_core.store import Store


class TestValidity:
    def test_the_figures_are_scikit_learns(self) -> None:
        from sklearn import metrics

        space = make_space(np.random.default_rng(0).normal(size=(300, 7)))
        labels = np.random.default_rng(1).integers(-1, 4, size=300)
        found = ec.validity(space, grouped(labels))
        values, seen = space.unit[labels >= 0].astype(np.float64), labels[labels >= 0]
        assert found.davies_bouldin == pytest.approx(metrics.davies_bouldin_score(values, seen))
        assert found.calinski_harabasz == pytest.approx(metrics.calinski_harabasz_score(values, seen))
        assert found.silhouettes.mean == pytest.approx(metrics.silhouette_score(values, seen), abs=1e-6)
        assert found.silhouettes.sampled == len(seen)
        raw = ec.validity(space, replace(grouped(labels), metric="euclidean"))
        theirs = metrics.davies_bouldin_score(space.vectors[labels >= 0].astype(np.float64), seen)
        assert raw.davies_bouldin == pytest.approx(theirs)

    @pytest.mark.parametrize("labels", [[0, 0, 0, 0], [-1, -1, -1, -1], [0, 1, 2, 3], [-1, -1, 0, -1]])
    def test_what_is_not_defined_is_not_a_number(self, labels: list[int]) -> None:
        found = ec.validity(make_space(np.eye(4)), replace(grouped(np.array(labels)), method="dbscan"))
        assert found.density is not None
        figures = (found.davies_bouldin, found.calinski_harabasz, found.silhouettes.mean, found.density.score)
        assert all(map(math.isnan, figures))

    @pytest.mark.parametrize("method", ["kmeans", "minibatch", "agglomerative", "mixture", "hdbscan", "dbscan"])
    def test_density_judges_groups_that_were_found_by_density(self, method: str) -> None:
        vectors, labels = blobs(60, groups=3)
        found = ec.validity(make_space(vectors), replace(grouped(np.asarray(labels, np.int64)), method=method))
        assert (found.density is not None) == (method in ("hdbscan", "dbscan"))

    def test_groups_of_other_items_are_refused(self) -> None:
        with pytest.raises(InputError, match="Groups of 3 items for 4"):
            ec.validity(make_space(np.eye(4)), grouped(np.array([0, 1, 0])))
        with pytest.raises(InputError, match="Groups of 3 items for 4"):
            ec.agreement(make_space(np.eye(4)).dataset, grouped(np.array([0, 1, 0])), "text")


class TestDensity:
    """The expected numbers are those of `validity_index` of hdbscan 0.8.44 on the same float32 data."""

    @pytest.mark.parametrize(
        ("which", "score", "each"),
        [
            ("moons", 0.46055418637500983, (0.45170313, 0.46940524)),
            ("halves", -0.4176381456441868, (-0.4813749, -0.35390139)),
            ("noisy", 0.40296197928341787, (0.42652389, 0.48316463)),
            ("iris", -0.009362780143661042, (0.74730987, -0.32740726, -0.44799095)),
        ],
    )
    def test_it_is_the_references(self, which: str, score: float, each: tuple[float, ...]) -> None:
        from sklearn.datasets import load_iris, make_moons

        values, labels = make_moons(200, noise=0.06, random_state=0)
        if which == "iris":
            values, labels = load_iris(return_X_y=True)
        elif which == "halves":
            labels = (values[:, 0] > 0.5).astype(int)
        elif which == "noisy":
            labels[::9] = -1
        found = dbcv(values.astype(np.float32), labels.astype(np.int64), int(labels.max()) + 1)
        assert found.score == pytest.approx(score, abs=1e-6)
        assert found.each == pytest.approx(each, abs=1e-6)
        assert found.sampled == len(values)

    def test_hundreds_of_dimensions_are_no_overflow(self) -> None:
        values, labels = blobs(120, 384, 3)
        found = dbcv(values, labels, 3)
        assert found.score > 0.5
        apart = np.array([[0, 2.0, 4.0], [2.0, 0, 3.0], [4.0, 3.0, 0]])
        by_hand = [((2.0**-2 + 4.0**-2) / 2) ** -0.5, ((2.0**-2 + 3.0**-2) / 2) ** -0.5]
        assert core_distances(apart, 2)[:2] == pytest.approx(by_hand)

    def test_small_groups_and_twins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        values = np.repeat(np.eye(3, dtype=np.float32), [2, 2, 1], axis=0)
        found = dbcv(values, np.array([0, 0, 1, 1, 2]), 3)
        assert found.each[:2] == (1, 1)
        assert math.isnan(found.each[2])
        assert found.score == pytest.approx(0.8)
        monkeypatch.setattr(density_module, "SAMPLE", 50)
        assert dbcv(*blobs(400, 4, 3), 3).sampled == 50


class TestAgreement:
    def test_it_is_scikit_learns(self) -> None:
        from sklearn import metrics

        random = np.random.default_rng(0)
        labels, kinds = random.integers(3, size=60), random.integers(4, size=60)
        data = make_texts([f"item {i}" for i in range(60)], kind=[f"kind {kind}" for kind in kinds])
        found = ec.agreement(data, grouped(labels), "kind")
        assert found.ari == pytest.approx(metrics.adjusted_rand_score(kinds, labels))
        assert found.nmi == pytest.approx(metrics.normalized_mutual_info_score(kinds, labels))
        assert found.v_measure == pytest.approx(metrics.v_measure_score(kinds, labels))
        assert found.homogeneity == pytest.approx(metrics.homogeneity_score(kinds, labels))
        assert found.completeness == pytest.approx(metrics.completeness_score(kinds, labels))
        theirs = metrics.cluster.contingency_matrix(labels, kinds)
        assert found.table.tolist() == theirs[:, [int(value[-1]) for value in found.values]].tolist()
        assert sorted(found.table.sum(axis=0).tolist(), reverse=True) == found.table.sum(axis=0).tolist()

    def test_noise_is_a_group_and_missing_values_are_left_out(self) -> None:
        data = make_texts(list("abcdef"), kind=["x", "y", None, "x", "", "y"])
        found = ec.agreement(data, grouped(np.array([0, 1, 1, 0, 0, -1]), ("red", "blue")), "kind")
        assert (found.rows, found.values, found.missing) == (("red", "blue", "noise"), ("x", "y"), 2)
        assert found.table.tolist() == [[2, 0], [0, 1], [0, 1]]
        assert found.homogeneity == pytest.approx(1)
        assert found.completeness < 1

    def test_other_groups_are_values_too(self) -> None:
        data = make_texts(list("abcdef"))
        one, other = grouped(np.array([0, 0, 1, 1, -1, -1]), ("a", "a")), grouped(np.array([1, 1, 0, 0, 0, -1]))
        found = ec.agreement(data, one, other)
        assert (found.column, found.rows, found.values) == ("made", ("a", "a", "noise"), ("0", "1", "noise"))
        assert found.table.tolist() == [[0, 2, 0], [2, 0, 0], [1, 0, 1]]
        assert found.missing == 0
        assert ec.agreement(data, one, one).ari == 1
        with pytest.raises(InputError, match="Groups of 2 items for 6"):
            ec.agreement(data, one, grouped(np.array([0, 1])))

    def test_a_column_without_values_is_refused(self) -> None:
        data = make_texts(["a", "b"], empty=[None, None])
        for column in ("empty", "nowhere"):
            with pytest.raises(InputError, match=column):
                ec.agreement(data, grouped(np.array([0, 1])), column)


class TestStability:
    @pytest.mark.parametrize("method", ["kmeans", "minibatch", "agglomerative", "mixture", "hdbscan", "dbscan"])
    def test_plain_groups_keep(self, method: str, store: Store) -> None:
        space = make_space(blobs(200, 10, 4)[0])
        plain = {"hdbscan": {"selection": "eom"}, "dbscan": {"eps": 0.5}}.get(method, {"clusters": 4})
        found = ec.stability(space, method, runs=4, store=store, **plain)
        assert len(found.resamples) == 4
        assert len(found.seeds) == (0 if method in ("agglomerative", "hdbscan", "dbscan") else 4)
        assert found.survival.shape == (4,)
        if method != "minibatch":
            assert found.mean == pytest.approx(1)
            assert found.survival == pytest.approx(np.ones(4))

    def test_noise_does_not_keep_and_runs_are_the_same_again(self, tmp_path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
        space = make_space(np.random.default_rng(0).normal(size=(150, 30)))
        first, again = (ec.stability(space, runs=5, store=Store(tmp_path / place), clusters=6) for place in "ab")
        assert first.mean < 0.6
        assert max(first.survival) < 0.75
        low, high = first.interval
        assert min(first.resamples) <= low <= first.mean <= high <= max(first.resamples)
        for name in ("seeds", "resamples", "survival"):
            assert getattr(first, name).tolist() == getattr(again, name).tolist()
        monkeypatch.delattr(plugins("clusterings")["kmeans"], "fit")
        monkeypatch.setattr(plugins("clusterings")["kmeans"], "fit", None, raising=False)
        kept = ec.stability(space, runs=5, store=Store(tmp_path / "a"), clusters=6)
        assert kept.resamples.tolist() == first.resamples.tolist()

    def test_survival_is_the_best_jaccard_similarity(self) -> None:
        before, after = np.array([0, 0, 0, 1, 1, -1, 1]), np.array([0, 0, 1, 1, 1, 1, -1])
        assert survived(before, after, 3)[:2].tolist() == [2 / 3, 2 / 5]
        assert math.isnan(survived(before, after, 3)[2])
        assert survived(before, np.full(7, -1), 2).tolist() == [0, 0]

    def test_a_sample_is_chance(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(plugins("clusterings")["agglomerative"], "MOST", 50)
        found = ec.stability(make_space(blobs(200, 10, 4)[0]), "agglomerative", runs=3, store=store, clusters=4)
        assert found.seeds.tolist() == [1, 1, 1]

    @pytest.mark.parametrize(
        ("method", "seeds", "few"), [("kmeans", 3, 100), ("agglomerative", 3, 150), ("hdbscan", 0, 400)]
    )
    def test_of_very_many_items_a_sample_is_looked_at_or_as_many_as_the_method_compares(
        self, method: str, seeds: int, few: int, store: Store, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(plugins("clusterings")["agglomerative"], "MOST", 150)
        space, plugin = make_space(blobs(400, 10, 4)[0]), plugins("clusterings")[method]
        settings: dict[str, Any] = {"min_size": 40, "selection": "eom"} if method == "hdbscan" else {"clusters": 4}
        groups = ec.cluster(space, method, store=store, **settings)
        monkeypatch.setattr(import_module("embeddings_core.groups.stability"), "SAMPLE", 100)
        sizes, fit = [], plugin.fit

        def counted(values: Floats, *given: Any) -> Any:
            sizes.append(len(values))
            return fit(values, *given)

        monkeypatch.setattr(plugin, "fit", counted)
        found = ec.stability(space, method, runs=3, store=store, **settings)
        assert found.sampled == few
        assert sizes == [few] * seeds + [round(0.8 * few)] * 3  # the groups of all are known from before
        assert found.mean == pytest.approx(1)
        assert found.survival == pytest.approx(np.ones(len(groups.names)))

    def test_it_can_be_stopped_and_what_cannot_be_is_refused(self, store: Store) -> None:
        seen: list[tuple[int, int]] = []

        def stop(done: int, total: int) -> None:
            seen.append((done, total))
            if done == 3:
                raise Cancelled

        space = make_space(blobs(40, 4)[0])
        with pytest.raises(Cancelled):
            ec.stability(space, runs=2, store=store, clusters=3, progress=stop)
        assert seen == [(0, 4), (1, 4), (2, 4), (3, 4)]
        for runs in (1, 1_000):
            with pytest.raises(ParameterError, match="runs"):
                ec.stability(space, runs=runs, store=store)
        with pytest.raises(ParameterError, match="gives names"):
            ec.stability(space, "names", store=store, names="a, b")
        with pytest.raises(ParameterError, match="resampled"):
            ec.stability(make_space(np.eye(3)), store=store)

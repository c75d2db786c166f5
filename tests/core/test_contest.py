"""Encoders judged by labels: each figure is scikit-learn's, the same items for all, nothing known beforehand."""

from __future__ import annotations

import importlib
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from embeddings_core.compare.contest import MEASURES
from embeddings_core.compare.probes import folds_of, item_values
from embeddings_core.errors import Cancelled, InputError, ParameterError
from embeddings_core.space import Space
from embeddings_core.store import Store

MODULE = importlib.import_module("embeddings_core.compare.contest")  # the package's name for it is the function
N = 150
VECTORS, CODES = blobs(N, 8, 3)
LABELS = [f"label {code}" for code in CODES]
RNG = np.random.default_rng(0)
LOOSE = VECTORS + RNG.normal(size=VECTORS.shape) * 6
CHANCE = np.random.default_rng(7).normal(size=(N, 8))


def spaces(*each: np.ndarray, labels: Sequence[object] = LABELS) -> list[Space]:
    data = make_texts([f"item {i}" for i in range(len(labels))], label=labels)
    return [make_space(vectors, data) for vectors in each]


class TestFigures:
    unit = make_space(LOOSE).unit
    folds = folds_of(CODES, 5, 0)
    found = item_values(unit, CODES, folds, 7)

    def test_neighbors_vote_as_in_scikit_learn(self) -> None:
        from sklearn.neighbors import KNeighborsClassifier

        right = np.empty(N)
        for fold in range(5):
            test = self.folds == fold
            model = KNeighborsClassifier(7, metric="cosine", weights=lambda d: 1 + (1 - d) * 1e-4)
            right[test] = model.fit(self.unit[~test], CODES[~test]).predict(self.unit[test]) == CODES[test]
        assert self.found["knn"].tolist() == right.tolist()
        assert 0.4 < right.mean() < 1

    def test_the_probe_is_a_logistic_regression(self) -> None:
        from sklearn.linear_model import LogisticRegression

        right = np.empty(N)
        for fold in range(5):
            test = self.folds == fold
            center = self.unit[~test].mean(axis=0)
            spread = np.linalg.norm(self.unit[~test] - center) / math.sqrt((~test).sum())
            model = LogisticRegression(C=10 / spread**2, max_iter=5_000, tol=1e-6)
            right[test] = (
                model.fit(self.unit[~test] - center, CODES[~test]).predict(self.unit[test] - center) == CODES[test]
            )
        assert (self.found["probe"] != right).sum() <= 1  # where it stops

    def test_silhouette_and_average_precision_are_scikit_learns(self) -> None:
        from sklearn.metrics import average_precision_score, silhouette_samples

        alike = self.unit.astype(np.float64) @ self.unit.T
        np.testing.assert_allclose(self.found["silhouette"], silhouette_samples(self.unit, CODES), atol=1e-5)
        for item in range(0, N, 10):
            others = np.arange(N) != item
            expected = average_precision_score(CODES[others] == CODES[item], alike[item, others])
            assert self.found["average_precision"][item] == pytest.approx(expected)
            near = np.flatnonzero(others)[np.argsort(-alike[item, others])[:7]]
            assert self.found["precision"][item] == pytest.approx((CODES[near] == CODES[item]).mean())

    def test_folds_keep_the_proportions(self) -> None:
        assert np.array([np.bincount(CODES[self.folds == fold]) for fold in range(5)]).tolist() == [[10, 10, 10]] * 5
        assert folds_of(CODES, 5, 0).tolist() == self.folds.tolist() != folds_of(CODES, 5, 1).tolist()

    def test_a_space_that_points_one_way_is_not_held_back(self) -> None:
        along = VECTORS + np.eye(8)[0] * 1_000
        found = item_values(make_space(along).unit, CODES, self.folds, 7)
        assert found["probe"].mean() > 0.95


def test_the_better_space_leads_and_chance_does_not(store: Store) -> None:
    found = ec.contest(spaces(CHANCE, VECTORS), "label", 7, store=store)
    for name, lead in found.leads.items():
        assert (lead.best, lead.second, lead.noise) == (1, 0, False), name
        assert lead.difference.low < lead.difference.value < lead.difference.high
    assert not found.noise
    chance, good = found.standings
    assert good.knn.value == good.probe.value == 1
    assert chance.knn.low < found.majority == 1 / 3 < chance.knn.high
    assert chance.precision.low < found.chance < chance.precision.high
    assert found.chance == pytest.approx(49 / 149)
    assert (found.labels, found.sizes) == (("label 0", "label 1", "label 2"), (50, 50, 50))


def test_what_is_as_good_is_noise(store: Store) -> None:
    pairs = np.random.default_rng(3).normal(size=(12, 2, N, 8))
    found = [ec.contest(spaces(*pair), "label", 7, store=store).leads for pair in pairs]
    for name in ("knn", "probe", "average_precision"):
        assert sum(leads[name].noise for leads in found) >= 9, name
    same = ec.contest(spaces(VECTORS, VECTORS * 3), "label", 7, store=store)
    assert same.noise
    assert same.leads["knn"].difference == ec.Mean(0.0, 0.0, 0.0)
    assert ec.contest(spaces(VECTORS), "label", store=store).leads == {}


def test_accuracies_have_wilsons_interval(store: Store) -> None:
    from scipy.stats import binomtest

    found = ec.contest(spaces(LOOSE), "label", 7, store=store).standings[0]
    theirs = binomtest(round(found.knn.value * N), N).proportion_ci(method="wilson")
    assert (found.knn.low, found.knn.high) == pytest.approx((theirs.low, theirs.high), abs=1e-4)
    assert found.silhouette.low < found.silhouette.value < found.silhouette.high


def test_items_without_a_label_rare_labels_and_copies_are_left_out_and_counted(store: Store) -> None:
    labels = [*LABELS, None, "", float("nan"), "rare", "rare", "label 0", "label 1"]
    texts = [*(f"item {i}" for i in range(N + 5)), "item 0", "item 1"]
    vectors = RNG.normal(size=(len(texts), 8))
    vectors[:N] = VECTORS
    space = make_space(vectors, make_texts(texts, label=labels))
    found = ec.contest([space], "label", 7, store=store)
    assert (found.missing, found.copies, found.rare, found.left_out) == (3, 2, {"rare": 2}, (0,))
    assert found.items.tolist() == list(range(N))
    given = ec.contest([space], labels, 7, store=store)
    alone = ec.contest(spaces(VECTORS), "label", 7, store=store)
    assert found.standings[0].knn == given.standings[0].knn == alone.standings[0].knn


def test_the_items_that_all_have_are_judged(store: Store) -> None:
    order = RNG.permutation(N)[:120]
    part = make_space(VECTORS[order], make_texts([f"item {i}" for i in order]))
    found = ec.contest([*spaces(VECTORS), part], "label", 7, store=store)
    assert found.left_out == (30, 0)
    assert found.items.tolist() == sorted(order.tolist())
    assert found.leads["silhouette"].difference.value == pytest.approx(0, abs=1e-6)


def test_the_table_has_a_row_an_encoder(store: Store) -> None:
    table = ec.contest(spaces(VECTORS, CHANCE), "label", 7, seconds=(1.5, 2), store=store).table
    assert table["encoder"].tolist() == ["hashing", "hashing"]
    assert table["seconds"].tolist() == [1.5, 2]
    assert table["bytes"].tolist() == [N * 8 * 4] * 2
    assert {f"{name}{end}" for name in MEASURES for end in ("", "_low", "_high")} < set(table)
    assert not table.isna().any(axis=None)
    assert pd.isna(ec.contest(spaces(VECTORS), "label", 7, store=store).table["seconds"]).all()


def test_of_very_many_a_sample_in_proportion_is_judged(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = ["common"] * 120 + ["less"] * 24 + ["few"] * 6
    monkeypatch.setattr(MODULE, "MOST", 75)
    found = ec.contest(spaces(CHANCE, labels=labels), "label", 7, store=store)
    assert found.sampled
    assert dict(zip(found.labels, found.sizes, strict=True)) == {"common": 60, "less": 12, "few": 5}
    other = ec.contest(spaces(CHANCE, labels=labels), "label", 7, seed=1, store=store)
    assert other.items.tolist() != found.items.tolist()


def test_each_space_is_judged_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = spaces(VECTORS, LOOSE)
    seen: list[float] = []
    first = ec.contest([one, other], "label", 7, store=store, progress=lambda done, of: seen.append(done / of))
    assert seen == sorted(seen)
    assert 0.85 < seen[-1] <= 1
    asked: list[int] = []

    def counted(unit: np.ndarray, *given: object) -> object:
        asked.append(len(unit))
        return item_values(unit, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(MODULE, "item_values", counted)
    again = ec.contest([other, one, *spaces(CHANCE)], "label", 7, store=store)
    assert asked == [N]
    assert again.standings[1] == first.standings[0]

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.contest([one], "label", 9, store=store, progress=stop)


def test_what_cannot_be_judged_is_told(store: Store) -> None:
    space = spaces(VECTORS)
    with pytest.raises(InputError, match="1 label has 5 different items or more"):
        ec.contest(space, ["a"] * N, store=store)
    with pytest.raises(InputError, match="0 labels have"):
        ec.contest(space, [None] * N, store=store)
    with pytest.raises(InputError, match="0 labels have"):
        ec.contest(space, range(N), store=store)
    with pytest.raises(InputError, match="3 labels for 150 items"):
        ec.contest(space, ["a", "b", "c"], store=store)
    with pytest.raises(InputError, match="no column 'nowhere'"):
        ec.contest(space, "nowhere", store=store)
    with pytest.raises(InputError, match="0 spaces"):
        ec.contest([], "label", store=store)
    with pytest.raises(InputError, match="2 times of encoding"):
        ec.contest(space, "label", seconds=(1, 2), store=store)
    with pytest.raises(InputError, match="No item is in all"):
        ec.contest([*space, make_space(VECTORS, make_texts([f"x {i}" for i in range(N)]))], "label", store=store)
    for k in (0, 120, 999):
        with pytest.raises(ParameterError, match=f"k is {k}, but 119 items") as caught:
            ec.contest(space, "label", k, store=store)
        assert "from 1 to 119" in caught.value.hint
    for folds in (1, 21):
        with pytest.raises(ParameterError, match="folds"):
            ec.contest(space, "label", folds=folds, store=store)


def test_constant_vectors_know_nothing(store: Store) -> None:
    found = ec.contest(spaces(np.ones((N, 4)), np.zeros((N, 4))), "label", 7, store=store)
    for standing in found.standings:
        assert standing.probe.value == pytest.approx(found.majority, abs=0.05)
        assert standing.silhouette.value == pytest.approx(0, abs=1e-6)


def test_a_trained_encoder_beats_random_vectors_by_topic(store: Store) -> None:
    ec.seed(store)
    data = ec.sample("everyday")
    found = ec.contest([ec.encode(data, name, store=store) for name in ("random", "minilm")], "topic", store=store)
    assert all((lead.best, lead.noise) == (1, False) for lead in found.leads.values())
    assert found.standings[1].probe.value > 0.8 > 0.3 > found.standings[0].probe.value

"""Odd items, doubted labels, the gap between modalities: against scikit-learn and by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from embeddings_core import graph
from embeddings_core.errors import Cancelled, CoreError, InputError, ParameterError
from embeddings_core.graph import neighbor_graph
from embeddings_core.space import Space
from embeddings_core.store import Store
from embeddings_core.worklists import doubts
from embeddings_core.worklists.outliers import find_outliers


@pytest.fixture
def everyday(store: Store) -> Space:
    ec.seed(store)
    return ec.encode(ec.sample("everyday"), "minilm", store=store)


def labeled(labels: list[object], vectors: np.ndarray) -> Space:
    return make_space(vectors, make_texts([f"item {i}" for i in range(len(labels))], label=labels))


# -- the graph that all share ------------------------------------------------------------------------


def test_neighbors_are_those_of_brute_force(store: Store) -> None:
    space = make_space(blobs(120, 9)[0])
    found = neighbor_graph(space, 6, store=store)
    cosine = space.unit.astype(np.float64) @ space.unit.T
    np.fill_diagonal(cosine, -2)
    np.testing.assert_allclose(found.cosines, -np.sort(-cosine, axis=1)[:, :6], atol=1e-5)
    np.testing.assert_allclose(found.cosines, np.take_along_axis(cosine, found.indices, axis=1), atol=1e-5)


def test_neighbors_are_looked_for_once_a_space(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors, labels = blobs(200, 8)
    space, asked = labeled([f"group {label}" for label in labels], vectors), []
    look = graph.all_neighbors

    def counted(*given: Any) -> Any:
        asked.append(given)
        return look(*given)

    monkeypatch.setattr(graph, "all_neighbors", counted)
    first = ec.find_hubs(space, store=store)
    find_outliers(space, store=store)
    ec.label_doubts(space, "label", store=store)
    again = ec.find_hubs(space, store=store)
    assert len(asked) == 1
    assert (first.counts == again.counts).all()
    assert neighbor_graph(space, 30, store=store).k == 30
    assert len(asked) == 2


ASK: dict[str, Callable[..., object]] = {
    "graph": neighbor_graph,
    "hubs": ec.find_hubs,
    "outliers": ec.outliers,
    "doubts": lambda space, k=None, **given: ec.label_doubts(space, "label", k, **given),
}


@pytest.mark.parametrize("k", [0, -3, 12, 99])
@pytest.mark.parametrize("name", ASK)
def test_a_k_that_is_not_there_is_told(name: str, k: int) -> None:
    space = labeled(["a", "b"] * 6, np.random.default_rng(0).normal(size=(12, 4)))
    with pytest.raises(ParameterError, match=f"k is {k}, but each item has 11 others") as caught:
        ASK[name](space, k)
    assert caught.value.hint


@pytest.mark.parametrize("name", ASK)
def test_one_item_is_told(name: str) -> None:
    with pytest.raises(CoreError) as caught:
        ASK[name](labeled(["a"], np.ones((1, 4))))
    assert caught.value.hint


@pytest.mark.parametrize("name", ASK)
def test_all_can_be_stopped(name: str, store: Store) -> None:
    def stop(done: int, total: int) -> None:
        assert (done, total) == (0, 12)
        raise Cancelled

    with pytest.raises(Cancelled):
        ASK[name](labeled(["a", "b"] * 6, np.eye(12)), store=store, progress=stop)


# -- outliers ----------------------------------------------------------------------------------------


def test_the_planted_outliers_are_found(everyday: Space, store: Store) -> None:
    planted = (everyday.dataset.metadata["note"] == "outlier").to_numpy()
    assert planted.sum() == 15
    scores = ec.outliers(everyday, store=store)
    assert scores.shape == (615,)
    assert 0 <= scores.min() <= scores.max() <= 1
    assert planted[np.argsort(-scores)[:30]].sum() >= 12
    found = find_outliers(everyday, store=store)
    assert (found.scores == scores).all()
    assert (scores[found.order] == np.sort(scores)[::-1]).all()
    assert found.agreement[planted].mean() > 2 > 0.2 > found.agreement[~planted].mean()


@pytest.mark.parametrize("k", [5, 20])
def test_factors_are_those_of_scikit_learn(k: int, everyday: Space, store: Store) -> None:
    from sklearn.neighbors import LocalOutlierFactor

    truth = LocalOutlierFactor(n_neighbors=k, algorithm="brute").fit(everyday.unit.astype(np.float64))
    found = find_outliers(everyday, k, store=store)
    np.testing.assert_allclose(found.factors, -truth.negative_outlier_factor_, rtol=1e-3)
    distances = truth.kneighbors(n_neighbors=k)[0][:, -1]
    np.testing.assert_allclose(found.distances, distances, rtol=1e-4)


def test_who_is_alone_is_odd_and_all_three_say_so() -> None:
    vectors = blobs(200, 10, groups=2)[0]
    vectors[7] = -vectors[:2].sum(axis=0)
    found = find_outliers(make_space(vectors))
    assert found.order[0] == 7
    assert found.scores[7] == found.scores.max() == 1
    assert found.agreement[7] == 3


def test_twins_and_zeros_have_scores() -> None:
    vectors = np.vstack([np.repeat(np.eye(3), 30, axis=0), np.zeros((1, 3))])
    assert np.isfinite(ec.outliers(make_space(vectors))).all()


# -- doubts ------------------------------------------------------------------------------------------


def test_planted_wrong_labels_are_doubted(store: Store) -> None:
    vectors, labels = blobs(400, 10, groups=4)
    rng = np.random.default_rng(3)
    wrong = rng.choice(400, 24, replace=False)
    given = labels.copy()
    given[wrong] = (given[wrong] + rng.integers(1, 4, size=24)) % 4
    found = ec.label_doubts(labeled([f"group {label}" for label in given], vectors), "label", store=store)
    assert set(found.items.tolist()) <= set(wrong.tolist())
    assert len(found.items) >= 22
    assert [found.names[place] for place in found.suggested] == [f"group {labels[item]}" for item in found.items]
    assert [found.names[place] for place in found.given] == [f"group {given[item]}" for item in found.items]
    assert (found.share > 0.5).all()
    assert found.judged == 400
    assert found.joint.sum() == pytest.approx(1)
    assert 20 < found.expected < 32


def made(n: int, c: int, wrong: list[int]) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities (n, c) and labels, some of which are wrong."""
    rng, true = np.random.default_rng(7), np.arange(n) % c
    given = true.copy()
    given[wrong] = (given[wrong] + 1) % c
    probabilities = rng.dirichlet(np.full(c, 0.8), size=n)
    probabilities[np.arange(n), true] += 0.8
    return probabilities / probabilities.sum(axis=1, keepdims=True), given


def test_confident_learning_finds_what_cleanlab_finds() -> None:
    probabilities, given = made(24, 3, [2, 9, 16, 20])
    believed, _ = doubts.confident(probabilities, given)
    doubted = (believed >= 0) & (believed != given) & (probabilities.argmax(axis=1) != given)
    # find_label_issues of cleanlab 2.9.0 with filter_by="confident_learning"
    assert np.flatnonzero(doubted).tolist() == [2, 9, 16, 20]


@pytest.mark.parametrize("c", [2, 3, 6])
def test_confident_learning_is_as_it_is_written(c: int) -> None:
    probabilities, given = made(150, c, list(range(0, 150, 7)))
    believed, joint = doubts.confident(probabilities, given)
    means = [probabilities[given == label, label].mean() for label in range(c)]
    counts = np.zeros((c, c))
    for item in range(150):
        reached = [label for label in range(c) if probabilities[item, label] >= means[label]]
        best = max(reached, key=lambda label: probabilities[item, label], default=-1)
        assert believed[item] == best
        if reached:
            counts[given[item], best] += 1
    counts += np.diag(np.diag(counts) == 0)
    for label in range(c):
        share = (given == label).mean()
        np.testing.assert_allclose(joint[label], counts[label] / counts[label].sum() * share)


def test_an_items_own_label_does_not_vote(store: Store) -> None:
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]])
    found = neighbor_graph(make_space(vectors), 2, store=store)
    votes = doubts.neighbor_votes(found, np.array([0, 1, 0]), 2)
    np.testing.assert_allclose(votes[0], [0, 1], atol=1e-5)
    np.testing.assert_allclose(votes[1], [1, 0], atol=1e-6)
    votes = doubts.neighbor_votes(found, np.array([0, -1, 1]), 2)
    np.testing.assert_allclose(votes[1], [0.8 / 1.4, 0.6 / 1.4], atol=1e-6)


def test_missing_and_rare_labels_are_not_judged() -> None:
    vectors, labels = blobs(60, 8, groups=2)
    names: list[object] = [f"group {label}" for label in labels]
    names[3], names[8], names[9] = None, "", "rare"
    found = ec.label_doubts(labeled(names, vectors), "label")
    assert (len(found.names), found.judged, found.items.tolist()) == (2, 57, [])


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        ([1.5 * i for i in range(20)], "numbers, not labels"),
        (["a"] * 20, "1 label of"),
        (list("abcdefghij") * 2, "0 labels"),
    ],
)
def test_a_column_without_labels_is_told(labels: list[object], said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        ec.label_doubts(labeled(labels, blobs(20, 4)[0]), "label")
    assert caught.value.hint


# -- the gap between modalities ----------------------------------------------------------------------


def same_encoder(vectors: np.ndarray) -> Space:
    return Space(make_texts([f"item {i}" for i in range(len(vectors))]), "clip", "clip", vectors.astype(np.float32))


def test_the_gap_is_that_of_the_means() -> None:
    rng = np.random.default_rng(0)
    one, other = (rng.normal(size=(n, 6)) + 4 * np.eye(6)[side] for side, n in enumerate((50, 30)))
    found = ec.modality_gap(same_encoder(one), same_encoder(other))
    units = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (one, other)]
    difference = units[0].mean(axis=0) - units[1].mean(axis=0)
    np.testing.assert_allclose(found.direction, difference, atol=1e-6)
    assert found.length == pytest.approx(np.linalg.norm(difference), abs=1e-6)
    for inside, rows in zip(found.inside, units, strict=True):
        assert inside == pytest.approx((rows @ rows.T)[~np.eye(len(rows), dtype=bool)].mean(), abs=1e-6)
    assert found.across == pytest.approx((units[0] @ units[1].T).mean(), abs=1e-6)
    every = np.vstack(units) @ np.vstack(units).T - 3 * np.eye(80)
    own = (every.argmax(axis=1) < 50) == (np.arange(80) < 50)
    assert found.apart == pytest.approx(own.mean())
    assert found.apart > 0.9


def test_without_a_gap_there_is_none() -> None:
    rows = np.random.default_rng(0).normal(size=(100, 6))
    found = ec.modality_gap(same_encoder(rows), same_encoder(rows))
    assert found.length == pytest.approx(0, abs=1e-6)
    assert found.apart == 0  # everyone's twin is on the other side


def test_spaces_that_cannot_be_compared_are_told() -> None:
    with pytest.raises(InputError, match="same encoder") as caught:
        ec.modality_gap(make_space(np.eye(3)), same_encoder(np.eye(3)))
    assert caught.value.hint
    with pytest.raises(InputError, match="zeros"):
        ec.modality_gap(same_encoder(np.zeros((2, 3))), same_encoder(np.eye(3)))

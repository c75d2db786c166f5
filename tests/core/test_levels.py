"""Groups on all levels: the tree is scipy's, and so is every cut; the phrase nearest a center."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from conftest import HashingEncoder, grouped, make_space, make_texts
from hypothesis import given, settings
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.clusterings.agglomerative import cut
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.groups.levels import ward
from embeddings_core.store import Store


@settings(deadline=None)
@given(st.lists(st.integers(1, 6), min_size=2, max_size=12), st.integers(0, 9))
def test_joining_centers_is_scipys_joining_of_items_that_lie_there(sizes: list[int], seed: int) -> None:
    from scipy.cluster.hierarchy import linkage

    places = np.random.default_rng(seed).normal(size=(len(sizes), 3)).astype(np.float32)
    joined, heights = ward(places, sizes)
    items = np.repeat(places.astype(np.float64), sizes, axis=0)
    theirs = linkage(items, "ward")[:, 2]
    np.testing.assert_allclose(heights, theirs[len(theirs) - len(heights) :], rtol=1e-6)
    if max(sizes) == 1:
        assert [sorted(pair) for pair in linkage(items, "ward")[:, :2].tolist()] == joined.tolist()


@settings(deadline=None)
@given(st.integers(2, 15), st.integers(0, 9))
def test_a_cut_is_scipys(n: int, seed: int) -> None:
    from scipy.cluster.hierarchy import cut_tree, linkage

    joined = linkage(np.random.default_rng(seed).normal(size=(n, 2)), "average")
    for count in range(1, n + 1):
        ours, theirs = cut(joined[:, :2].astype(np.int64), count), cut_tree(joined, count)[:, 0]
        assert len(set(zip(ours.tolist(), theirs.tolist(), strict=True))) == count == len(set(ours.tolist()))


TOPICS = ("river boat", "river fish", "engine oil", "engine wheel", "violin song")
DIRECTIONS = np.array([[10, 1, 0], [10, -1, 0], [0, 10, 1.5], [0, 10, -1.5], [-9, -9, 9]])


def topical() -> ec.Space:
    """12 texts of each topic."""
    texts = [f"the {topic} again {i}" for topic in TOPICS for i in range(12)]
    noise = np.random.default_rng(0).normal(size=(60, 3)) * 0.1
    return make_space(np.repeat(DIRECTIONS, 12, axis=0) + noise, make_texts(texts))


def test_what_belongs_together_is_joined_and_named(store: Store) -> None:
    from sklearn.metrics import silhouette_score

    space = topical()
    groups = ec.cluster(space, "kmeans", store=store, clusters=5)
    tree = ec.levels(space, groups, store=store)
    first = [int(groups.labels[12 * topic]) for topic in range(5)]
    at_three = tree.parts(3)[first].tolist()
    assert at_three[0] == at_three[1] != at_three[2] == at_three[3] != at_three[4]
    alone = groups.names[first[4]]
    assert {name if name == alone else name.split(", ")[0] for name in tree.level_names(3)} == {
        "river",
        "engine",
        alone,
    }
    assert tree.level_names(5) == groups.names
    assert tree.level_names(1) == ("all",)
    assert (np.diff(tree.heights) >= 0).all()
    again = ec.levels(space, groups, store=store)
    assert (again.names, again.joined.tolist()) == (tree.names, tree.joined.tolist())
    made = tree.cut(space, 3)
    assert made.sizes == (24, 24, 12)
    assert made.names == tree.level_names(3)
    assert made.silhouette == pytest.approx(silhouette_score(space.unit.astype(float), made.labels), abs=1e-6)
    assert "a tree of 5 groups" in made.note


def test_every_level_nests_in_the_one_above(store: Store) -> None:
    space = make_space(np.random.default_rng(0).normal(size=(300, 6)))
    groups = ec.cluster(space, "kmeans", store=store, clusters=20)
    tree = ec.levels(space, groups, store=store)
    for count in range(1, 20):
        small, large = tree.parts(count + 1), tree.parts(count)
        assert len(set(zip(small.tolist(), large.tolist(), strict=True))) == count + 1
        assert len(set(tree.level_names(count))) == count
        sizes = np.bincount(large, weights=groups.sizes)
        assert sizes.tolist() == sorted(sizes.tolist(), reverse=True)


def test_of_many_groups_the_larger_part_gives_the_name(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("embeddings_core.groups.levels"), "NAMED", 2)
    space = topical()
    groups = ec.cluster(space, "kmeans", store=store, clusters=5)
    tree = ec.levels(space, groups, store=store)
    assert set(tree.level_names(4)) <= set(groups.names)


def test_odd_trees(store: Store) -> None:
    space = make_space(np.eye(4))
    one = ec.levels(space, grouped(np.array([0, 0, -1, 0])), store=store)
    assert one.parts(1).tolist() == [0]
    assert one.cut(space, 1).labels.tolist() == [0, 0, -1, 0]
    for count in (0, 2):
        with pytest.raises(ParameterError, match="tree of 1"):
            one.parts(count)
    with pytest.raises(ParameterError, match="no groups"):
        ec.levels(space, grouped(np.full(4, -1)), store=store)
    with pytest.raises(InputError, match="Groups of 2 items"):
        ec.levels(space, grouped(np.array([0, 1])), store=store)


class TestPhrases:
    def test_the_phrase_nearest_the_center_is_taken(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        encoders = import_module("embeddings_core.encoders")
        monkeypatch.setattr(encoders, "get_encoder", lambda id: HashingEncoder())
        monkeypatch.setattr(encoders, "for_queries", lambda space: HashingEncoder())
        texts = ["late delivery of a parcel", "late delivery, a parcel", "the tall tree", "a tall tree falls"]
        wanted = HashingEncoder().encode(["late delivery", "tall"])
        space = make_space(np.repeat(wanted, 2, axis=0), make_texts(texts))
        labels = np.array([0, 0, 1, 1])
        assert ec.phrases(space, labels, 2, store=store) == ("late delivery", "tall")

    def test_without_words_there_is_none(self, store: Store) -> None:
        assert ec.phrases(make_space(np.eye(2), make_texts(["12", " "])), np.array([0, 1]), 2, store=store) == ("", "")
        vectors = ec.read(np.eye(3, dtype=np.float32))
        with pytest.raises(InputError, match="no texts"):
            ec.phrases(make_space(np.eye(3), vectors), np.zeros(3, int), 1, store=store)

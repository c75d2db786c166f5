"""Names on the map: where they are put, and which come at which level."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, make_space, make_texts

from embeddings_core import labels
from embeddings_core import landmarks as module
from embeddings_core.errors import Cancelled, InputError
from embeddings_core.landmarks import Landmarks, landmarks
from embeddings_core.space import Dataset, Projection, Space
from embeddings_core.store import Store

WORDS = ("apple", "boat", "comet", "daisy", "engine")


def map_of(coords: np.ndarray) -> Projection:
    coords = np.array(coords, dtype=np.float32)
    return Projection("made", "umap", coords.shape[1], 0, {}, coords)


def planted(n: int = 300, dims: int = 2) -> tuple[Space, Projection, np.ndarray]:
    """Five groups far apart on the map, each with a word of its own and five finer ones."""
    coords, groups = blobs(n, dims)
    fine = ("north", "south", "east", "west", "center")
    texts = [f"{WORDS[g]} {WORDS[g]}{fine[i // 5 % 5]} number{i % 7}" for i, g in enumerate(groups)]
    return make_space(coords, make_texts(texts)), map_of(coords), groups


def untold(coords: np.ndarray) -> Space:
    """Items of which nothing is known."""
    vectors = np.asarray(coords, dtype=np.float32)
    return make_space(vectors, Dataset("v", "vector", list(vectors), pd.DataFrame(index=range(len(vectors)))))


def assert_sorted(found: Landmarks) -> None:
    order = list(zip(found.levels.tolist(), (-found.sizes).tolist(), strict=True))
    assert order == sorted(order)
    assert len(found.names) == len(found.places) == len(found.sizes) == len(found.levels)


@pytest.mark.parametrize("dims", [2, 3])
def test_groups_are_named_among_their_own_points(dims: int, store: Store) -> None:
    space, plane, groups = planted(dims=dims)
    found = landmarks(space, plane, groups, WORDS, store=store)
    assert sorted(found.names[:5]) == sorted(WORDS)
    assert found.levels[:5].tolist() == [0] * 5
    assert found.places.shape == (len(found.names), dims)
    for name, place in zip(found.names[:5], found.places[:5], strict=True):
        own = plane.coords[groups == WORDS.index(name)]
        assert (own == place).all(axis=1).any()
        assert np.linalg.norm(place - np.median(own, axis=0)) < 1


def test_regions_are_named_by_the_words_near_them_and_sorted(store: Store) -> None:
    space, plane, groups = planted()
    found = landmarks(space, plane, groups, WORDS, store=store)
    assert_sorted(found)
    assert set(found.levels.tolist()) == {0, 1, 2}
    for name, place in zip(found.names, found.places, strict=True):
        here = groups[(plane.coords == place).all(axis=1)][0]
        assert WORDS[here] in name


def test_no_name_is_repeated_from_a_higher_level(store: Store) -> None:
    space, plane, groups = planted()
    found = landmarks(space, plane, groups, WORDS, store=store)
    by_level = [
        {frozenset(name.split(", ")) for name, at in zip(found.names, found.levels, strict=True) if at == level}
        for level in range(3)
    ]
    assert by_level[1]
    assert by_level[2]
    assert not by_level[0] & (by_level[1] | by_level[2])
    assert not by_level[1] & by_level[2]
    assert (found.sizes >= module.SMALLEST).all()


def test_a_name_is_not_put_into_empty_land(store: Store) -> None:
    angle = np.linspace(0, 2 * np.pi, 500)
    ring = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    dense = np.random.default_rng(0).normal((1, 0), 0.05, (300, 2))
    coords = np.concatenate([ring, dense, [[1e6, -1e6]]])
    found = landmarks(untold(coords), map_of(coords), np.zeros(801, int), ["ring"], store=store)
    assert np.linalg.norm(found.places[0] - (1, 0)) < 0.1
    assert found.sizes.tolist() == [801]


def test_without_groups_the_regions_are_on_top(store: Store) -> None:
    space, plane, groups = planted()
    alone, below = landmarks(space, plane, None, store=store), landmarks(space, plane, groups, WORDS, store=store)
    assert set(alone.levels.tolist()) == {0, 1}
    assert alone.names == below.names[5:]
    noise = landmarks(space, plane, np.full(300, -1), store=store)
    assert (noise.names, noise.levels.tolist()) == (alone.names, alone.levels.tolist())


def test_noise_is_no_group_and_groups_without_names_are_numbered(store: Store) -> None:
    coords = blobs(30, 2, 3)[0]
    found = landmarks(untold(coords), map_of(coords), np.array([2, 0, -1] * 10), store=store)
    assert found.names == ("Group 1", "Group 3")
    assert found.sizes.tolist() == [10, 10]


def test_there_are_no_regions_where_no_text_is_known(store: Store) -> None:
    coords, groups = blobs(300, 2)
    found = landmarks(untold(coords), map_of(coords), groups, WORDS, store=store)
    assert sorted(found.names) == sorted(WORDS)
    assert landmarks(untold(coords), map_of(coords), None, store=store).names == ()


def test_pictures_and_vectors_have_regions_by_a_column(store: Store) -> None:
    coords, groups = blobs(300, 2)
    space = untold(coords)
    space.dataset.metadata["label"] = [WORDS[g] for g in groups]
    found = landmarks(space, map_of(coords), None, store=store)
    assert set(found.names) == set(WORDS)


@pytest.mark.parametrize("n", [1, 2, 3, 59])
def test_few_items_have_no_regions(n: int, store: Store) -> None:
    space, plane, _ = planted(n)
    found = landmarks(space, plane, np.zeros(n, int), ["all"], store=store)
    assert (found.names, found.sizes.tolist(), found.levels.tolist()) == (("all",), [n], [0])
    assert (plane.coords == found.places[0]).all(axis=1).any()
    empty = landmarks(space, plane, None, store=store)
    assert (empty.names, empty.places.shape) == ((), (0, 2))


def test_sixty_items_have_regions(store: Store) -> None:
    space, plane, _ = planted(60)
    assert len(landmarks(space, plane, None, store=store).names) > 1


def test_points_at_one_place(store: Store) -> None:
    space = planted(100)[0]
    found = landmarks(space, map_of(np.zeros((100, 2))), np.arange(100) % 2, ["a", "b"], store=store)
    assert found.names[:2] == ("a", "b")
    assert not found.places.any()


def test_empty_texts_name_nothing(store: Store) -> None:
    coords = blobs(100, 2)[0]
    assert landmarks(make_space(coords, make_texts([" "] * 100)), map_of(coords), None, store=store).names == ()


def test_the_same_question_has_the_same_answer(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    space, plane, groups = planted(2_000)
    monkeypatch.setattr(module, "_LARGE", 1_000)
    first = landmarks(space, plane, groups, WORDS, store=store)
    other = landmarks(space, plane, groups, WORDS, store=Store(store.home / "other"))
    monkeypatch.setattr(module, "_marks", None)
    known = landmarks(space, plane, groups, list(WORDS), store=store)
    for again in (other, known):
        assert again.names == first.names
        for name in ("places", "sizes", "levels"):
            np.testing.assert_array_equal(getattr(again, name), getattr(first, name))


def test_another_question_has_another_answer(store: Store) -> None:
    space, plane, groups = planted()
    one = landmarks(space, plane, groups, WORDS, store=store)
    assert landmarks(space, plane, groups, [*"abcde"], store=store).names[:5] != one.names[:5]
    assert landmarks(space, map_of(plane.coords * 2), groups, WORDS, store=store).places[0] != pytest.approx(
        one.places[0]
    )
    assert landmarks(space, plane, np.zeros(300, int), WORDS, store=store).sizes[0] == 300


def test_many_items_are_sampled_and_sizes_estimated(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "READ", 500)
    monkeypatch.setattr(module, "SAMPLE", 400)
    space, plane, groups = planted(1_234)
    found = landmarks(space, plane, groups, WORDS, store=store)
    assert found.sizes[:5].sum() == 1_234
    assert_sorted(found)
    assert 0 < found.sizes[found.levels == 1].sum() <= 1_240
    for name, place in zip(found.names, found.places, strict=True):
        assert WORDS[groups[(plane.coords == place).all(axis=1)][0]] in name


def test_it_tells_how_far_it_is_and_can_be_cancelled(store: Store) -> None:
    space, plane, groups = planted()
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        if done == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        landmarks(space, plane, groups, WORDS, store=store, progress=stop)
    assert seen == sorted(seen)
    assert {total for _, total in seen} == {4}
    assert not list((store.home / "results").iterdir())


@pytest.mark.parametrize(
    ("points", "groups", "names", "said"),
    [
        (5, None, (), "a map of 5 points"),
        (6, np.zeros(5, int), (), "labels of shape"),
        (6, np.arange(6), ("a", "b"), "6 groups but 2 names"),
    ],
)
def test_what_does_not_fit_is_told(
    points: int, groups: np.ndarray | None, names: tuple[str, ...], said: str, store: Store
) -> None:
    with pytest.raises(InputError, match=said) as caught:
        landmarks(make_space(np.eye(6)), map_of(np.zeros((points, 2))), groups, names, store=store)
    assert caught.value.hint

"""The project file: everything of a workspace goes to another machine, where no model is."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from made_projects import LOST, LostEncoder, files, members, texts, workspace
from rules import ROOT

import embeddings_core as ec
from embeddings_core import encodings, selections
from embeddings_core.encoders import described, for_items
from embeddings_core.errors import InputError, ModelUnavailable
from embeddings_core.groups import edits
from embeddings_core.growing import fitted, keep_extended, kept_extended
from embeddings_core.project_file import is_project
from embeddings_core.project_file.migrations import MIGRATIONS
from embeddings_core.project_file.parts import VERSION
from embeddings_core.store import Store, result_key
from embeddings_core.stories import Scene, begin_story, own_stories

GOLDEN = ROOT / "tests" / "golden"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def other(tmp_path: Path) -> Store:
    """The store of another machine."""
    return Store(tmp_path / "other")


@pytest.fixture
def project(store: Store, tmp_path: Path) -> Path:
    workspace(store)
    return ec.save_project(tmp_path / "all.zip", store=store)


def test_all_of_it_arrives_where_no_model_is(store: Store, other: Store, tmp_path: Path) -> None:
    space, plane, groups = workspace(store)
    opened = ec.open_project(ec.save_project(tmp_path / "all.zip", store=store), store=other)
    key = space.dataset.fingerprint
    assert opened.encoders[key] == (LOST,)
    assert (len(opened.datasets), opened.groupings, opened.selections, opened.groups, opened.there) == (2, 1, 2, 1, 0)
    assert {one[1:5] for one in opened.maps} == {(LOST, "pca", 2, 0), ("pixels", "pca", 3, 0)}
    data = other.get_dataset(key)
    assert list(data.items) == list(space.dataset.items)
    pd.testing.assert_frame_equal(data.metadata, space.dataset.metadata, check_column_type=False)

    assert ec.remaining(data, LOST, store=other) == 0
    there = ec.encode(data, LOST, store=other)
    assert there.vectors.tobytes() == space.vectors.tobytes()
    assert there.fingerprint == space.fingerprint
    for kept in (plane.fingerprint, groups.fingerprint):
        assert other.has_result(kept)
    assert ec.project(there, "pca", store=other).coords.tobytes() == plane.coords.tobytes()
    found = ec.cluster(there, "kmeans", clusters=3, store=other)
    assert found.names == groups.names
    np.testing.assert_array_equal(found.labels, groups.labels)
    mine = edits.reopen(other, there, "by hand")
    assert mine.names[0] == "the first"
    np.testing.assert_array_equal(mine.labels, groups.labels)
    here, came = (selections.kept(one, key) for one in (store, other))
    assert [(one.name, one.items.tolist(), one.created) for one in came] == [
        (one.name, one.items.tolist(), one.created) for one in here
    ]


def test_pictures_arrive_byte_for_byte(project: Path, store: Store, other: Store) -> None:
    opened = ec.open_project(project, store=other)
    (key,) = (key for key in opened.datasets if store.get_dataset(key).kind == "image")
    assert [item.read() for item in other.get_dataset(key).items] == [
        item.read() for item in store.get_dataset(key).items
    ]


def test_a_map_is_not_made_again(project: Path, other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    ec.open_project(project, store=other)
    data = next(data for one in other.datasets() if (data := other.get_dataset(one.fingerprint)).kind == "text")
    monkeypatch.setattr(other, "put_result", lambda *_: pytest.fail("something was computed"))
    ec.project(ec.encode(data, LOST, store=other), "pca", store=other)


def test_a_map_on_which_later_items_were_placed_arrives(store: Store, other: Store, tmp_path: Path) -> None:
    data = store.put_dataset(texts())
    space = ec.encode(data, LostEncoder(), store=store)
    part = ec.Space(data.take(np.arange(9)), space.encoder, space.encoder_fingerprint, space.vectors[:9])
    grown = ec.extend(ec.project(part, "pca", store=store), part, space)
    keep_extended(grown, space, store=store)
    opened = ec.open_project(ec.save_project(tmp_path / "g.zip", store=store), store=other)
    assert [one[:5] for one in opened.maps] == [(data.fingerprint, LOST, "pca", 2, 0)]
    there = ec.encode(other.get_dataset(data.fingerprint), LOST, store=other)
    found = kept_extended(there, "pca", 2, 0, {}, store=other)
    assert found is not None
    assert found.coords.tobytes() == grown.coords.tobytes()
    assert (found.note, found.base, found.fingerprint) == (grown.note, grown.base, grown.fingerprint)
    assert fitted(found).tolist() == [True] * 9 + [False] * 15


def test_what_an_encoder_cannot_read_without_its_model_is_said(project: Path, other: Store) -> None:
    ec.open_project(project, store=other)
    data = next(data for one in other.datasets() if (data := other.get_dataset(one.fingerprint)).kind == "text")
    space = ec.encode(data, LOST, store=other)
    assert ec.neighbors(space, 0, k=3, store=other).indices.shape == (1, 3)
    assert described(space).reads == ()
    assert ec.dimension_names(space) == ()
    with pytest.raises(ModelUnavailable):
        ec.neighbors(space, "a cat", store=other)


def test_a_model_in_another_version_is_not_asked(store: Store) -> None:
    data = texts()
    space = ec.encode(data, "tfidf", store=store)
    assert for_items(space).encode([str(data.items[0])]).tobytes() == space.vectors[:1].tobytes()
    with pytest.raises(ModelUnavailable, match="another version"):
        for_items(ec.Space(data, "tfidf", "an older one", space.vectors))


def test_it_can_be_saved_again_where_it_was_opened(project: Path, other: Store, tmp_path: Path) -> None:
    ec.open_project(project, store=other)
    again = ec.save_project(tmp_path / "again.zip", store=other)
    assert members(again.read_bytes()) == members(project.read_bytes())


def test_the_same_content_gives_the_same_file(project: Path, store: Store, tmp_path: Path) -> None:
    assert ec.save_project(tmp_path / "again.zip", store=store).read_bytes() == project.read_bytes()


def test_opened_twice_nothing_changes(project: Path, other: Store) -> None:
    ec.open_project(project, store=other)
    before = files(other.home)
    opened = ec.open_project(project.read_bytes(), store=other)
    assert files(other.home) == before
    assert opened.there == len(members(project.read_bytes())) - 1


def test_what_is_there_already_stays(project: Path, other: Store) -> None:
    data = other.put_dataset(texts())
    selections.keep(other, data.fingerprint, "some", [7])
    space = ec.encode(data, LostEncoder(), store=other)
    ec.open_project(project, store=other)
    assert {one.name: one.items.tolist() for one in selections.kept(other, data.fingerprint)} == {
        "some": [7],
        "few": [23],
    }
    (one,) = encodings.encodings(other, data.fingerprint)
    assert not one.brought  # these vectors were made here
    np.testing.assert_array_equal(encodings.vectors_of(other, data, one), space.vectors)


def test_vectors_go_with_their_data(project: Path, other: Store) -> None:
    for key in ec.open_project(project, store=other).datasets:
        other.delete_dataset(key)
    assert not any(path.startswith(("encodings/", "datasets/", "selections/", "groups/")) for path in files(other.home))


def test_only_what_is_asked_for_and_a_sample_by_its_id(store: Store, other: Store, tmp_path: Path) -> None:
    workspace(store)
    ec.seed(store)
    ec.encode(ec.sample("everyday", store), "minilm", store=store)
    opened = ec.open_project(ec.save_project(tmp_path / "one.zip", ["everyday"], store=store), store=other)
    assert [one.name for one in other.datasets()] == [ec.sample("everyday", store).name]
    assert [one.method for one in opened.maps] == ["umap"]  # the one that is shipped


def test_vectors_that_came_with_the_data(store: Store, other: Store, tmp_path: Path) -> None:
    vectors = np.random.default_rng(0).normal(size=(6, 3)).astype(np.float32)
    data = store.put_dataset(ec.read(vectors))
    ec.encode(data, "ready", store=store)
    ec.open_project(ec.save_project(tmp_path / "v.zip", store=store), store=other)
    assert other.get_dataset(data.fingerprint).vectors.tobytes() == vectors.tobytes()


def test_vectors_of_which_only_the_rows_are_kept_are_carried(store: Store, other: Store, tmp_path: Path) -> None:
    space, _, _ = workspace(store)
    for path in (store.home / "results").iterdir():
        path.unlink()
    ec.open_project(ec.save_project(tmp_path / "v.zip", store=store), store=other)
    found = ec.encode(other.get_dataset(space.dataset.fingerprint), LOST, store=other)
    assert found.vectors.tobytes() == space.vectors.tobytes()


def test_damaged_results_are_left_out_of_the_file(store: Store, other: Store, tmp_path: Path) -> None:
    _, plane, groups = workspace(store)
    (store.home / "results" / f"{plane.fingerprint}.npz").write_bytes(b"no")
    ec.open_project(ec.save_project(tmp_path / "v.zip", store=store), store=other)
    assert not other.has_result(plane.fingerprint)
    assert other.has_result(groups.fingerprint)


@settings(max_examples=15)
@given(
    st.lists(st.text(max_size=20), min_size=1, max_size=6).flatmap(
        lambda items: st.tuples(
            st.just(items), hnp.arrays(np.float32, (len(items), 3), elements=st.floats(-100, 100, width=32))
        )
    )
)
def test_any_texts_and_vectors_come_back(tmp_path_factory: pytest.TempPathFactory, given: tuple) -> None:  # type: ignore[type-arg]
    items, vectors = given
    vectors = np.where(np.abs(vectors) < 1e-3, np.float32(0), vectors)
    folder = tmp_path_factory.mktemp("any")
    store, other = Store(folder / "a"), Store(folder / "b")
    frame = pd.DataFrame({"text": items})
    data = store.put_dataset(ec.Dataset("any", "text", items, frame, "text", vectors=vectors))
    ec.encode(data, "ready", store=store)
    ec.open_project(ec.save_project(folder / "p.zip", store=store), store=other)
    back = other.get_dataset(data.fingerprint)
    assert list(back.items) == items
    assert back.vectors is not None
    assert back.vectors.tobytes() == vectors.tobytes()


def test_stories_go_along_with_their_data_and_what_their_views_select(
    store: Store, other: Store, tmp_path: Path
) -> None:
    space, _, _ = workspace(store)
    key = space.dataset.fingerprint
    history = selections.History(24)
    history.set(np.arange(24) < 3, "")
    selected = {"bits": np.frombuffer(history.packed, np.uint8)}
    kept = result_key("selection", history.fingerprint)
    store.put_result(kept, selected, {"n": 24, "made_from": ("selection", history.fingerprint)})
    store.put_result(result_key("selection", "x"), selected, {"n": 24, "made_from": ("selection", "x")})
    scenes = (Scene("one", "", "notes", {"dataset": key, "selection": history.fingerprint}), Scene("two", "", "", {}))
    mine = begin_story(store, "Mine", scenes)
    begin_story(store, "Of other data", (Scene("three", "", "", {"dataset": "f" * 64}),))
    opened = ec.open_project(ec.save_project(tmp_path / "s.zip", [key], store=store), store=other)
    assert opened.stories == 1
    assert own_stories(other) == (mine,)
    assert other.has_result(kept)
    assert not other.has_result(result_key("selection", "x"))


class TestOlderVersions:
    """`python -m tests.make_project_0` made the file of version 0."""

    def test_version_0_is_opened(self, other: Store) -> None:
        opened = ec.open_project(GOLDEN / "project-0.zip", store=other)
        assert json.loads(members((GOLDEN / "project-0.zip").read_bytes())["manifest.json"])["version"] == 0
        (key,) = opened.datasets
        assert {one.name: one.items.tolist() for one in selections.kept(other, key)} == {"some": [0, 3, 5]}
        space = ec.encode(other.get_dataset(key), LOST, store=other)
        np.testing.assert_array_equal(space.vectors, LostEncoder().encode(list(space.dataset.items)))
        assert not (other.home / "tags.json").exists()

    def test_every_older_version_has_its_step(self) -> None:
        assert sorted(MIGRATIONS) == list(range(VERSION))


def test_a_project_is_known_by_its_manifest(project: Path) -> None:
    assert is_project(io.BytesIO(project.read_bytes()))
    assert is_project(io.BytesIO(project.read_bytes()[:1000]))
    assert not is_project(io.BytesIO(b"PK\x03\x04"))
    assert not is_project(io.BytesIO(b""))
    with pytest.raises(InputError, match="is a project file"):
        ec.read(project)

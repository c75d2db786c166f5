"""Stories: views in an order, kept and read with suspicion; the ready ones say what is so."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.errors import InputError, StoreError
from embeddings_core.samples import seed
from embeddings_core.store import Store, get_store
from embeddings_core.stories import (
    MOST,
    SCENES,
    Scene,
    Story,
    begin_story,
    forget_story,
    get_story,
    keep_story,
    ready_stories,
    stories,
)

SCENE = Scene("A title", "What there is to see", "Say hello", {"dataset": "everyday", "view": "0a:1,2,3,4"})
TEXTS = st.text(max_size=100)
READY = {story.key: story for story in ready_stories()}


def own(store: Store) -> list[Story]:
    return [story for story in stories(store) if not story.ready]


def titled(titles: list[str]) -> Story:
    return Story("a1", "A story", tuple(Scene(title, "", "", {}) for title in titles))


def test_a_story_is_kept_read_and_forgotten(store: Store) -> None:
    story = begin_story(store, "  For the board ", (SCENE,))
    assert get_story(store, story.key).scenes == (SCENE,)
    assert [(one.key, one.name) for one in own(store)] == [(story.key, "For the board")]
    keep_story(store, get_story(store, story.key).with_scene(SCENE))
    assert [len(one.scenes) for one in own(store)] == [2]
    forget_story(store, story.key)
    forget_story(store, story.key)
    assert own(store) == []
    with pytest.raises(InputError, match="not here any more"):
        get_story(store, story.key)


@given(TEXTS, TEXTS, TEXTS, st.dictionaries(TEXTS, TEXTS, max_size=5))
def test_whatever_is_said_comes_back_as_it_was(title: str, caption: str, notes: str, link: dict[str, str]) -> None:
    scene = Scene(title, caption, notes, link)
    story = begin_story(get_store(), "one", (scene,))
    try:
        assert get_story(get_store(), story.key).scenes == (scene,)
    finally:
        forget_story(get_store(), story.key)


@given(st.lists(st.sampled_from("abc"), min_size=1, max_size=6), st.data())
def test_views_are_moved_changed_and_removed(titles: list[str], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(titles) - 1))
    to = data.draw(st.integers(-2, len(titles) + 2))
    story = titled(titles)
    moved = [scene.title for scene in story.with_moved(at, to).scenes]
    assert sorted(moved) == sorted(titles)
    assert moved[min(max(to, 0), len(titles) - 1)] == titles[at]
    assert [scene.title for scene in story.without(at).scenes] == titles[:at] + titles[at + 1 :]
    changed = [scene.title for scene in story.with_changed(at, SCENE).scenes]
    assert changed == [*titles[:at], "A title", *titles[at + 1 :]]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        json.dumps({"version": 2, "name": "later", "created": 1, "scenes": []}).encode(),
        json.dumps({"version": 1, "name": "", "created": 1, "scenes": []}).encode(),
        json.dumps({"version": 1, "name": "when", "created": float("inf"), "scenes": []}).encode(),
        json.dumps({"version": 1, "name": "what", "created": 1, "scenes": [{"title": "no more"}]}).encode(),
        json.dumps({"version": 1, "name": "many", "created": 1, "scenes": [{}] * (SCENES + 1)}).encode(),
        *(
            json.dumps({"version": 1, "name": "odd", "created": 1, "scenes": [scene]}).encode()
            for scene in (
                {"title": 1, "caption": "", "notes": "", "link": {}},
                {"title": "a" * 121, "caption": "", "notes": "", "link": {}},
                {"title": "", "caption": "", "notes": "", "link": ["dataset"]},
                {"title": "", "caption": "", "notes": "", "link": {"item": 5}},
                {"title": "", "caption": "", "notes": "", "link": {"query": "a" * 4001}},
                {"title": "", "caption": "", "notes": "", "link": {}, "more": 1},
            )
        ),
    ],
)
def test_a_damaged_file_is_left_out(store: Store, raw: bytes) -> None:
    whole = begin_story(store, "whole", (SCENE,))
    (store.home / "stories" / "b2.json").write_bytes(raw)
    assert [story.key for story in own(store)] == [whole.key]
    with pytest.raises(InputError):
        get_story(store, "b2")


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "a/b", "ü", "a" * 33, "a.json"])
def test_what_is_no_key_opens_and_deletes_nothing(store: Store, key: str) -> None:
    with pytest.raises(InputError):
        get_story(store, key)
    with pytest.raises(InputError):
        forget_story(store, key)


def test_there_are_limits(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="views already"):
        Story("a1", "long", (SCENE,) * SCENES).with_scene(SCENE)
    with pytest.raises(InputError, match="title"):
        Scene("a" * 121, "", "", {})
    with pytest.raises(InputError, match="link"):
        Scene("", "", "", {str(n): "" for n in range(101)})
    with pytest.raises(InputError, match="name"):
        begin_story(store, "two\nlines")
    with pytest.raises(InputError, match="ready"):
        keep_story(store, ready_stories()[0])
    monkeypatch.setattr("embeddings_core.stories.MOST", 1)
    begin_story(store, "one")
    with pytest.raises(InputError, match="1 stories"):
        begin_story(store, "two")
    assert MOST > 1


def test_what_cannot_be_written_says_so(store: Store) -> None:
    (store.home / "stories").write_text("a file where a folder should be")
    with pytest.raises(StoreError, match="cannot be kept"):
        begin_story(store, "one")


# -- the ready ones --------------------------------------------------------------------------------


def test_ready_stories_come_first_and_in_their_order(store: Store) -> None:
    begin_story(store, "mine")
    assert [story.key for story in stories(store)][:3] == ["words", "digits", "pictures"]
    assert all(scene.title and scene.caption and scene.notes for story in READY.values() for scene in story.scenes)


@pytest.fixture
def seeded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))
    seed(get_store())


@pytest.mark.usefixtures("seeded")
def test_what_is_said_of_words_is_so() -> None:
    space = ec.encode(ec.sample("everyday"), "minilm")
    data, plane = space.dataset, ec.project(space, "umap")
    assert len(data) == 615
    assert data.metadata["topic"].nunique() == 12 + 1  # and "other"
    quoted, question = READY["words"].scenes[3:5]
    item = int(quoted.link["item"])
    assert quoted.caption.startswith(f"“{data.items[item]}”")
    assert question.link["query"] == "feline"
    assert not any("feline" in str(text).lower() for text in data.items)
    senses = data.metadata["note"]
    money, river = (plane.coords[senses == f"ambiguous: bank ({of})"] for of in ("money", "river"))
    assert np.linalg.norm(np.median(money, axis=0) - np.median(river, axis=0)) > 3


@pytest.mark.model
@pytest.mark.usefixtures("seeded")
def test_a_feline_is_found_among_cats() -> None:
    space = ec.encode(ec.sample("everyday"), "minilm")
    found = [str(space.dataset.items[item]) for item in ec.neighbors(space, "feline", k=3).indices[0]]
    assert all("cat" in text or "kitten" in text for text in found)


@pytest.mark.usefixtures("seeded")
def test_what_is_said_of_pictures_is_so() -> None:
    data = ec.sample("emoji")
    names = list(data.metadata["name"])
    colors, shape, _ = READY["pictures"].scenes
    item = int(colors.link["item"])
    assert names[item] == "red heart"
    assert colors.link["item"] == shape.link["item"]
    assert f"{len(data):,} emoji" in colors.caption
    nearest = {id: ec.neighbors(ec.encode(data, id), item, k=6).indices[0] for id in ("colors", "pixels")}
    alike = [names[other] for other in nearest["colors"]]
    assert {"red triangle pointed up", "kiss mark", "triangular flag", "brick"} <= set(alike)
    assert all("heart" in names[other] for other in nearest["pixels"][:4])


@pytest.mark.usefixtures("seeded")
def test_what_is_said_of_digits_is_so() -> None:
    data = ec.sample("digits")
    assert f"{len(data):,} handwritten digits" == READY["digits"].scenes[0].title
    space = ec.encode(data, "pixels")
    assert space.vectors.shape[1] == 64

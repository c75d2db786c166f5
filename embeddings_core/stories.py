"""Stories: views of maps in an order, each with a title, a caption and notes for the speaker.

A visitor's own are kept in home/stories/<key>.json, one file each, never evicted; ready ones are files in
assets/stories.
"""

from __future__ import annotations

import json
import math
import secrets
import time
import tomllib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from .errors import InputError, StoreError
from .own_files import checked_name
from .store import Store
from .store.files import replacing

READY = Path(__file__).parent.parent / "assets" / "stories"
LONGEST = {"title": 120, "caption": 400, "notes": 5_000}
"""Characters of what is said about a view."""
UNTITLED = "A view"
"""The title of a view that was given none."""
MOST, SCENES = 200, 100
"""Stories that are kept, and views of each, at most."""
_LINK = 100, 4_000  # entries of a link, and characters of each of them
_VERSION = 1  # of the files
_DAMAGE = (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, InputError)


@dataclass(frozen=True)
class Scene:
    """One view of a story: what is said about it, and the query parameters of the `link` that opens it.

    Raises InputError for what is too long, or no text.
    """

    title: str
    caption: str
    notes: str
    link: Mapping[str, str]

    def __post_init__(self) -> None:
        for name, longest in LONGEST.items():
            said = getattr(self, name)
            if not isinstance(said, str) or len(said) > longest:
                raise InputError(f"The {name} of a view is a text of up to {longest:,} characters.", "Shorten it.")
        entries, longest = _LINK
        texts = [text for entry in self.link.items() for text in entry]
        if len(self.link) > entries or any(not isinstance(text, str) or len(text) > longest for text in texts):
            raise InputError("This view cannot be put into a link.", "Undo some of what was chosen, and try again.")


@dataclass(frozen=True)
class Story:
    """Views in their order under a name; `created` in seconds since 1970. A `ready` one cannot be changed."""

    key: str
    name: str
    scenes: tuple[Scene, ...] = ()
    created: float = 0.0
    ready: bool = False

    def with_scene(self, scene: Scene) -> Story:
        """With one more view at the end. Raises InputError beyond 100."""
        if len(self.scenes) >= SCENES:
            raise InputError(f"This story has {SCENES} views already.", "Begin another one, or remove a view.")
        return replace(self, scenes=(*self.scenes, scene))

    def with_changed(self, at: int, scene: Scene) -> Story:
        """With another view in the place of the one `at`, from 0."""
        return replace(self, scenes=(*self.scenes[:at], scene, *self.scenes[at + 1 :]))

    def without(self, at: int) -> Story:
        """Without the view `at`, from 0."""
        return replace(self, scenes=(*self.scenes[:at], *self.scenes[at + 1 :]))

    def with_moved(self, at: int, to: int) -> Story:
        """With the view `at` moved to the place `to`, both from 0; beyond an end it stays at that end."""
        others = self.without(at).scenes
        to = min(max(to, 0), len(others))
        return replace(self, scenes=(*others[:to], self.scenes[at], *others[to:]))


@cache
def ready_stories() -> tuple[Story, ...]:
    """The stories that are shipped, on the samples, in the order of their names of files."""
    found = []
    for path in sorted(READY.glob("*.toml")):
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        _, _, key = path.stem.partition("_")
        found.append(Story(key, said["name"], tuple(Scene(**scene) for scene in said["scenes"]), ready=True))
    return tuple(found)


def stories(store: Store) -> tuple[Story, ...]:
    """Every story: ready ones first, then the visitor's own."""
    return (*ready_stories(), *own_stories(store))


def own_stories(store: Store) -> tuple[Story, ...]:
    """The visitor's own stories, oldest first; damaged files are left out."""
    own = []
    for path in (store.home / "stories").glob("*.json"):
        with suppress(*_DAMAGE):
            own.append(_load(path))
    return tuple(sorted(own, key=lambda story: (story.created, story.key)))


def names_of(several: Sequence[Story]) -> dict[str, str]:
    """What each story is called, by its key: of several with one name the later ones get a number."""
    names: dict[str, str] = {}
    for story in several:
        number, name = 1, story.name
        while name in names.values():
            number += 1
            name = f"{story.name} ({number})"
        names[story.key] = name
    return names


def get_story(store: Store, key: str) -> Story:
    """The story with that key. Raises InputError where it is gone or damaged."""
    if (ready := next((story for story in ready_stories() if story.key == key), None)) is not None:
        return ready
    try:
        return _load(_path(store, key))
    except _DAMAGE as error:
        raise InputError("This story is not here any more.", "Choose another one.") from error


def begin_story(store: Store, name: str, scenes: tuple[Scene, ...] = ()) -> Story:
    """A new story, kept. Raises InputError for a name that cannot be used and where 200 are kept already; StoreError
    where it cannot be written."""
    if len(own_stories(store)) >= MOST:
        raise InputError(f"{MOST} stories are kept already.", "Delete one of them first.")
    story = Story(secrets.token_hex(8), name, scenes, time.time())
    keep_story(store, story)
    return story


def keep_story(store: Store, story: Story) -> None:
    """Write a story in the place of the one with its key. Raises InputError for a ready one and for a name that cannot
    be used, StoreError where it cannot be written."""
    if story.ready:
        raise InputError("A ready story cannot be changed.", "Copy it, and change the copy.")
    said = {"version": _VERSION, "name": checked_name(story.name), "created": story.created}
    said["scenes"] = [{**asdict(scene), "link": dict(scene.link)} for scene in story.scenes]
    try:
        with replacing(_path(store, story.key), durable=True) as temporary:
            temporary.write_text(json.dumps(said), encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"The story {story.name!r} cannot be kept: {error}.", "Look whether the disk is full or read-only."
        ) from error


def forget_story(store: Store, key: str) -> None:
    """Delete a story; nothing when there is none. Raises InputError for what is no key."""
    _path(store, key).unlink(missing_ok=True)


def _path(store: Store, key: str) -> Path:
    if not (key.isalnum() and key.isascii() and len(key) <= 32):
        raise InputError(f"{key[:20]!r} is no key of a story.")
    return store.home / "stories" / f"{key}.json"


def _load(path: Path) -> Story:
    """The story in a file. Raises one of _DAMAGE where that is damaged."""
    said: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    created = float(said["created"])
    if said["version"] != _VERSION or not math.isfinite(created) or len(said["scenes"]) > SCENES:
        raise ValueError("not what was written")
    scenes = tuple(Scene(**scene) for scene in said["scenes"])
    return Story(path.stem, checked_name(str(said["name"])), scenes, created)

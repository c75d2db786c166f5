"""A project file is put together: what is to go into it is gathered in a folder, then written part by part."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from .. import selections
from ..encodings import bring_encoding, encodings, vectors_of
from ..errors import InputError, StoreError
from ..groups import edits
from ..media import Media
from ..own_files import path_of
from ..progress import phase
from ..samples import sample, samples
from ..space import Dataset, Progress, Space
from ..store import Store, get_store
from ..store.files import WRITING, replacing
from ..store.shelf import Shelf
from ..stories import own_stories
from .checking import check_result
from .parts import FORMAT, MANIFEST, VERSION, parts_in

_BLOCK = 1 << 20
_WHEN = (1980, 1, 1, 0, 0, 0)  # the same content gives the same bytes


def save_project(
    path: Path | str,
    datasets: Sequence[str] | None = None,
    *,
    store: Store | None = None,
    progress: Progress | None = None,
) -> Path:
    """Write everything of some datasets into one file: items, vectors, maps, groups, what was kept under a name, and
    the stories that are about nothing else (but samples).

    `datasets` are fingerprints, or ids of samples; None is all that is in the store. `open_project` brings it into
    another store, also where no model is. Returns the path. Raises InputError where there is nothing to save, or a
    dataset is gone, StoreError where the file cannot be written.
    """
    store, path = store or get_store(), Path(path)
    wanted = [one.fingerprint for one in store.datasets()] if datasets is None else list(dict.fromkeys(datasets))
    if not wanted:
        raise InputError("There is no data to save.", "Bring some, or name a sample.")
    try:
        with tempfile.TemporaryDirectory(prefix=WRITING, dir=store.home) as folder:
            _gather(store, wanted, Path(folder), phase(progress, 0, 0.6))
            _write(Path(folder), path, phase(progress, 0.6, 1))
    except OSError as error:
        raise StoreError(f"{path.name} cannot be written: {error}.", "Look whether the disk is full.") from error
    return path


def _gather(store: Store, wanted: Sequence[str], folder: Path, progress: Progress) -> None:
    """Put every part of the datasets into a folder, which is a store of its own then."""
    ids, shelf, spaces = {one.id for one in samples()}, Shelf(folder), dict[str, Space]()
    for done, key in enumerate(wanted):
        progress(done, len(wanted) + 1)
        data = sample(key, store) if key in ids else store.get_dataset(key)
        if key in ids:
            shelf.put(data)
        else:
            _take_data(store.home, data, folder)
        for space in _spaces(store, data):
            spaces[space.fingerprint] = space
            bring_encoding(folder, space)
        _take_own(store, data.fingerprint, folder)
    progress(len(wanted), len(wanted) + 1)
    carried = {*spaces, *_take_stories(store, {*wanted, *ids}, folder)}
    for path, note in store.notes():
        with suppress(Exception):  # a damaged result is none, and of most notes this is no result that is carried
            if note["made_from"][1] in carried:
                check_result(path, spaces)
                _take(store.home, path, folder)


def _spaces(store: Store, data: Dataset) -> list[Space]:
    """The spaces of a dataset whose vectors the store has."""
    found = ((one, vectors_of(store, data, one)) for one in encodings(store, data.fingerprint))
    return [Space(data, one.encoder, one.fingerprint, vectors) for one, vectors in found if vectors is not None]


def _take_data(home: Path, data: Dataset, folder: Path) -> None:
    """The files of a dataset in the store, and its pictures or sounds."""
    for path in (home / "datasets" / data.fingerprint).iterdir():
        _take(home, path, folder)
    for path in {item.source for item in data.items if isinstance(item, Media) and isinstance(item.source, Path)}:
        _take(home, path, folder)


def _take_own(store: Store, key: str, folder: Path) -> None:
    """What was kept of a dataset under a name, as far as it can be read."""
    for one in selections.kept(store, key):
        _take(store.home, path_of(store.home, "selections", key, one.name), folder)
    for groups in edits.kept(store, key):
        _take(store.home, groups.path, folder)


def _take_stories(store: Store, datasets: set[str], folder: Path) -> set[str]:
    """The stories whose views are all of these datasets; returns the selections that their views name."""
    named = set[str]()
    for story in own_stories(store):
        if all(scene.link.get("dataset", next(iter(samples())).id) in datasets for scene in story.scenes):
            _take(store.home, store.home / "stories" / f"{story.key}.json", folder)
            named |= {scene.link["selection"] for scene in story.scenes if "selection" in scene.link}
    return named


def _take(home: Path, path: Path, folder: Path) -> None:
    """A file of the store also in the folder, without copying it where the disk can do that."""
    target = folder / path.relative_to(home)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


def _write(folder: Path, path: Path, progress: Progress) -> None:
    """All parts in the folder as one zip, and the manifest that names them."""
    names = parts_in(folder)
    sizes = {name: (folder / name).stat().st_size for name in names}
    done, whole, parts = 0, sum(sizes.values()), []
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as file:
        for name in names:
            digest = hashlib.sha256()
            large = sizes[name] > 1 << 31
            with (folder / name).open("rb") as part, file.open(_info(name), "w", force_zip64=large) as out:
                while block := part.read(_BLOCK):
                    digest.update(block)
                    out.write(block)
                    done += len(block)
                    progress(done, whole)
            parts.append({"path": name, "size": sizes[name], "sha256": digest.hexdigest()})
        said = {"format": FORMAT, "version": VERSION, "parts": parts}
        file.writestr(_info(MANIFEST), json.dumps(said, indent=1))


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _WHEN)
    info.external_attr = 0o644 << 16
    return info

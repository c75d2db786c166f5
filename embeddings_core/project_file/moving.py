"""A project file is opened: unpacked, brought up to date, checked, and then moved into the store, all or nothing."""

from __future__ import annotations

import io
import os
import shutil
import tempfile
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

from ..encodings import encodings, vectors_of
from ..errors import InputError, StoreError
from ..fingerprints import fingerprint
from ..progress import phase
from ..space import Progress
from ..store import Store, get_store
from ..store.files import WRITING, load_note
from .checking import check_parts
from .migrations import migrate
from .parts import parts_in
from .unpacking import unpack

_DAY = 86_400
_ORDER = ("pictures", "sounds", "encodings", "results", "selections", "groups", "stories", "datasets")
"""Data comes last, and of data the file without which it does not exist: who looks meanwhile sees all or nothing."""


class Drawn(NamedTuple):
    """How a map in a project file was made: for `ec.project`, from the dataset with that fingerprint."""

    dataset: str
    encoder: str
    method: str
    dims: int
    seed: int
    params: dict[str, Any]


@dataclass(frozen=True)
class Opened:
    """What was in a project file: the `datasets` by their fingerprints, through which encoders each was seen, its maps,
    and how many groupings, things kept under a name and stories there were. `there` counts parts that were in the store
    already, or others under the same name, which stayed as they are."""

    datasets: tuple[str, ...]
    encoders: dict[str, tuple[str, ...]]
    maps: tuple[Drawn, ...]
    groupings: int
    selections: int
    groups: int
    stories: int
    there: int


def open_project(
    source: Path | str | bytes | IO[bytes], *, store: Store | None = None, progress: Progress | None = None
) -> Opened:
    """Bring everything in a project file (a path, bytes, or an open file) into the store.

    No model is needed: `encode` gives its vectors as they came. All of it is checked before anything is kept. What the
    store has already stays. Raises InputError, with the reason, for what is no project file, of a newer version,
    damaged, or hostile, StoreError where the disk is too small; then the store is as before.
    """
    store = store or get_store()
    _sweep(store.home)
    try:
        opened = io.BytesIO(source) if isinstance(source, bytes) else source
        file = open(opened, "rb") if isinstance(opened, (str, Path)) else opened  # noqa: SIM115 - closed below
    except OSError as error:
        raise InputError(f"{Path(str(source)).name} cannot be opened: {error.strerror}.", "Check the path.") from error
    try:
        with tempfile.TemporaryDirectory(prefix=WRITING, dir=store.home) as folder:
            version = unpack(file, Path(folder), phase(progress, 0, 0.4))
            brought = Store(folder)
            migrate(brought, version)
            check_parts(brought, phase(progress, 0.4, 0.99))
            return _move(brought, store)
    finally:
        if file is not source:
            file.close()


def _move(brought: Store, store: Store) -> Opened:
    """Move all parts, which were checked; whatever goes wrong, those that were moved go away again."""
    paths = sorted(parts_in(brought.home), key=lambda path: (_ORDER.index(path.split("/")[0]), path.endswith(".json")))
    whole = {one.fingerprint for one in store.datasets() if _is_whole(store, one.fingerprint)}
    known = {path for path in paths if _is_there(brought, store, path, whole)}
    moved: list[Path] = []
    try:
        for path in paths:
            if path not in known:
                target = store.home / path
                target.parent.mkdir(parents=True, exist_ok=True)
                moved.append(target)
                os.replace(brought.home / path, target)
    except BaseException as error:
        for target in moved:
            target.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise StoreError(f"The project cannot be kept: {error}.", "Look whether the disk is full.") from error
        raise
    return _told(paths, store, len(known))


def _is_there(brought: Store, store: Store, path: str, whole: set[str]) -> bool:
    """Whether the store has what a part says, or something else in its place."""
    folder, key = path.split("/")[:2]
    if folder == "datasets":
        return key in whole
    if folder == "encodings" and key in whole:
        data = store.get_dataset(key)
        own = {one.path.name: one for one in encodings(store, key)}
        one = own.get(path.split("/")[2])
        return one is not None and vectors_of(store, data, one) is not None
    return (store.home / path).exists()


def _is_whole(store: Store, key: str) -> bool:
    with suppress(InputError):
        return bool(store.get_dataset(key).fingerprint)
    return False


def _told(paths: list[str], store: Store, there: int) -> Opened:
    datasets = tuple(path.split("/")[1] for path in paths if path.endswith("/dataset.json"))
    seen = {key: encodings(store, key) for key in datasets}
    spaces = {fingerprint(key, one.fingerprint): (key, one.encoder) for key, own in seen.items() for one in own}
    maps, groupings = [], 0
    for path in (path for path in paths if path.startswith("results/")):
        with suppress(Exception):  # one that was there already may be damaged, or of an older program
            kind, *made = load_note(store.home / path)["made_from"]
            groupings += kind == "clustering"
            if kind in ("projection", "extended"):
                space, method, _, dims, seed, params = made
                maps.append(Drawn(*spaces[space], method, dims, seed, params))
    many = Counter(path.split("/")[0] for path in paths)
    encoders = {key: tuple(one.encoder for one in own) for key, own in seen.items()}
    kept, groups, stories = (many[name] for name in ("selections", "groups", "stories"))
    return Opened(datasets, encoders, tuple(maps), groupings, kept, groups, stories, there)


def _sweep(home: Path) -> None:
    """Delete what a process that was killed has left."""
    for path in home.glob(f"{WRITING}*"):
        with suppress(OSError):
            if path.is_dir() and time.time() - path.stat().st_mtime > _DAY:
                shutil.rmtree(path, ignore_errors=True)

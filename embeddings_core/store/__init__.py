"""Content-addressed memory on disk: what was computed once is never computed again.

    home/vectors.sqlite       one row an (encoder, item): a float32 vector and its checksum  (vectors_db.py)
    home/results/<key>.npz    whole spaces, projections, clusterings: arrays and a JSON note, never pickle
    home/pictures/<digest>    the encoded bytes of pictures                                  (shelf.py)
    home/datasets/<print>/    items.parquet and dataset.json
    home/selections/<print>/  what was selected and kept under a name                        (selections.py)
    home/groups/<print>/      groups edited by hand and kept under a name                    (edits.py)
    home/stories/<key>.json   kept views in an order                                         (stories.py)
    home/encodings/<print>/   through which encoders it was seen                             (encodings.py)

Safe to share between threads and processes: rows are written in transactions, files under a temporary
name and then renamed. Anything damaged is a miss, not an error.
"""

from __future__ import annotations

import os
import sqlite3
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy.typing as npt

from ..errors import StoreError
from ..fingerprints import fingerprint
from ..space import Dataset, Floats
from .files import WRITING, load_arrays, load_note, save_arrays
from .shelf import Shelf, Shelved
from .vectors_db import VectorsDb

_DAY = 86_400
_LOOK = 50  # the size is looked at whenever a 50th of the limit was written


def default_home() -> Path:
    """EMBEDDINGS_HOME, or `embedding-explorer` in the user's cache folder."""
    if given := os.environ.get("EMBEDDINGS_HOME"):
        return Path(given).expanduser()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local"))
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "embedding-explorer"


class Store:
    """The memory at `home`; at most about `limit` bytes are kept of vectors and results. Results go first, then
    vectors, because they cost the most; within each the least recently used first.

    The default limit is 20 GB, or EMBEDDINGS_CACHE_GB. Datasets and pictures are the visitor's own: they
    are never evicted, only deleted by hand. Raises StoreError when the folder cannot be used.
    """

    def __init__(self, home: Path | str | None = None, limit: int | None = None) -> None:
        self.home = Path(home) if home is not None else default_home()
        self.limit = limit if limit is not None else int(_gigabytes() * 1e9)
        self._written = 0
        try:
            (self.home / "results").mkdir(parents=True, exist_ok=True)
            self._shelf = Shelf(self.home)
            self._vectors = VectorsDb(self.home / "vectors.sqlite")
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The folder {self.home} cannot be used: {error}.",
                "Set EMBEDDINGS_HOME to a folder that you can write to.",
            ) from error

    # -- vectors, one row an item ------------------------------------------------------------------

    def get_vectors(self, encoder: str, items: Sequence[bytes]) -> dict[bytes, Floats]:
        """The vectors known for these item keys under the encoder's fingerprint, each (d,) float32."""
        return self._vectors.get(encoder, items)

    def count_vectors(self, encoder: str, items: Sequence[bytes]) -> int:
        """How many distinct ones of these item keys are known under the encoder's fingerprint; reads no vector."""
        return self._vectors.count(encoder, items)

    def put_vectors(self, encoder: str, items: Sequence[bytes], vectors: Floats) -> None:
        """Keep `vectors` (n, d), one for each of the n item keys, in one transaction."""
        self._vectors.put(encoder, items, vectors)
        self._wrote(vectors.nbytes)

    # -- results: arrays and a JSON note -----------------------------------------------------------

    def get_result(self, key: str) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]] | None:
        """The arrays and the note kept under `key`, or None."""
        path = self._result(key)
        try:
            found = load_arrays(path)
        except Exception:
            # whatever a damaged file makes numpy raise, it is a miss
            return None
        with suppress(OSError):
            os.utime(path)
        return found

    def has_result(self, key: str) -> bool:
        """Whether something is kept under `key`, without reading it."""
        return self._result(key).is_file()

    def put_result(self, key: str, arrays: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]) -> None:
        """Keep arrays and a JSON-able note under `key`. What a project file is to carry has the parts of its key, see
        `result_key`, in the note as "made_from"."""
        save_arrays(self._result(key), arrays, note)
        self._wrote(sum(array.nbytes for array in arrays.values()))

    def drop_result(self, key: str) -> None:
        """Forget what is kept under `key`, if anything is."""
        self._result(key).unlink(missing_ok=True)

    def notes(self) -> Iterator[tuple[Path, dict[str, Any]]]:
        """The file and the note of every result that can be read, without its arrays."""
        for path in sorted((self.home / "results").glob("*.npz")):
            with suppress(Exception):  # a damaged file makes numpy raise almost anything
                yield path, load_note(path)

    def _result(self, key: str) -> Path:
        return self.home / "results" / f"{key}.npz"

    # -- datasets and pictures ---------------------------------------------------------------------

    def put_dataset(self, dataset: Dataset) -> Dataset:
        """Keep a dataset, and return it with its pictures read from the store."""
        return self._shelf.put(dataset)

    def get_dataset(self, key: str) -> Dataset:
        """The dataset with that fingerprint. Raises InputError when it is gone or damaged."""
        return self._shelf.get(key)

    def datasets(self) -> list[Shelved]:
        """What is in the store, newest first."""
        return self._shelf.shelved()

    def delete_dataset(self, key: str) -> None:
        """Remove a dataset and its pictures; its vectors stay until they are evicted."""
        self._shelf.delete(key)

    # -- size --------------------------------------------------------------------------------------

    def trim(self) -> None:
        """Drop results, then vectors, the least recently used first within each, until both fit in the limit.

        It is called by itself as the store grows.
        """
        self._written = 0
        found = []
        for path in (self.home / "results").iterdir():
            with suppress(OSError):
                state = path.stat()
                if not path.name.startswith(WRITING):
                    found.append((state.st_mtime, state.st_size, path))
                elif time.time() - state.st_mtime > _DAY:
                    path.unlink()  # left by a process that was killed
        excess = sum(size for _, size, _ in found) + self._vectors.size() - self.limit
        for _, size, path in sorted(found):
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= size
        if excess > 0:
            self._vectors.shrink(excess)

    def _wrote(self, size: int) -> None:
        self._written += size
        if self._written > self.limit // _LOOK:
            self.trim()


def _gigabytes() -> float:
    given = os.environ.get("EMBEDDINGS_CACHE_GB", "20")
    try:
        return float(given)
    except ValueError as error:
        raise StoreError(
            f"EMBEDDINGS_CACHE_GB is {given!r}, which is not a number.", "Set it to gigabytes, for example 20."
        ) from error


_default: Store | None = None
_lock = threading.Lock()


def get_store() -> Store:
    """The store at the default home, opened once a process (again when EMBEDDINGS_HOME changes)."""
    global _default
    with _lock:
        if _default is None or _default.home != default_home():
            _default = Store()
        return _default


def result_key(*parts: Any) -> str:
    """The key of a result: the fingerprint of every input that it depends on."""
    return fingerprint("result-1", *parts)

"""Content-addressed memory on disk: what was computed once is never computed again.

    home/vectors.sqlite       one row an (encoder, item): a float32 vector and its checksum
    home/results/<key>.npz    whole spaces, projections, clusterings: arrays and a JSON note, never pickle
    home/pictures/<digest>    the encoded bytes of pictures
    home/datasets/<print>/    items.parquet and dataset.json

Safe to share between threads and processes: rows are written in transactions, files under a temporary
name and then renamed. Anything damaged is a miss, not an error.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import threading
import time
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import InputError, StoreError
from .fingerprints import fingerprint
from .space import Dataset, Floats, Item, Kind, Picture

_SCHEMA = """
create table if not exists vectors (
    key blob primary key, vector blob not null, crc integer not null, used integer not null
) without rowid
"""
_DAY = 86_400
_BATCH = 500  # keys in one query; sqlite allows 999 variables everywhere


@dataclass(frozen=True)
class Shelved:
    """A dataset in the store, without its items."""

    fingerprint: str
    name: str
    kind: Kind
    rows: int
    created: float
    license: str = ""
    source: str = ""


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
    """The memory at `home`; `limit` bytes are kept of vectors and results, least recently used go first.

    Datasets and pictures are the visitor's own: they are never evicted, only deleted by hand.
    Raises StoreError when the folder cannot be written.
    """

    def __init__(self, home: Path | str | None = None, limit: int | None = None) -> None:
        self.home = Path(home) if home is not None else default_home()
        gigabytes = float(os.environ.get("EMBEDDINGS_CACHE_GB", "20"))
        self.limit = limit if limit is not None else int(gigabytes * 1e9)
        self._local = threading.local()
        try:
            for folder in ("results", "pictures", "datasets"):
                (self.home / folder).mkdir(parents=True, exist_ok=True)
            with self._transaction():
                pass
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"The folder {self.home} cannot be used: {error}.",
                "Set EMBEDDINGS_HOME to a folder that you can write to.",
            ) from error

    # -- vectors, one row an item ------------------------------------------------------------------

    def get_vectors(self, encoder: str, items: Sequence[bytes]) -> dict[bytes, Floats]:
        """The vectors known for these item keys under the encoder's fingerprint, each (d,) float32."""
        by_row = {_row_key(encoder, item): item for item in items}
        keys = list(by_row)
        found: dict[bytes, Floats] = {}
        stale: list[bytes] = []
        now = int(time.time())
        with self._reading() as db:
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                marks = ",".join("?" * len(batch))
                rows = db.execute(f"select key, vector, crc, used from vectors where key in ({marks})", batch)
                for key, raw, crc, used in rows:
                    if len(raw) and len(raw) % 4 == 0 and zlib.crc32(raw) == crc:
                        found[by_row[key]] = np.frombuffer(raw, dtype="<f4")
                        if now - used > _DAY:
                            stale.append(key)
        if stale:
            with self._transaction() as db:
                db.executemany("update vectors set used = ? where key = ?", [(now, key) for key in stale])
        return found

    def put_vectors(self, encoder: str, items: Sequence[bytes], vectors: Floats) -> None:
        """Keep `vectors` (n, d), one for each of the n item keys, in one transaction."""
        now = int(time.time())
        rows = []
        for item, vector in zip(items, np.ascontiguousarray(vectors, dtype="<f4"), strict=True):
            raw = vector.tobytes()
            rows.append((_row_key(encoder, item), raw, zlib.crc32(raw), now))
        with self._transaction() as db:
            db.executemany("insert or replace into vectors values (?, ?, ?, ?)", rows)

    # -- results: arrays and a JSON note -----------------------------------------------------------

    def get_result(self, key: str) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]] | None:
        """The arrays and the note kept under `key`, or None."""
        path = self._result(key)
        try:
            with np.load(path, allow_pickle=False) as file:
                arrays = {name: file[name] for name in file.files}
            note = json.loads(bytes(arrays.pop("__note__")).decode())
            os.utime(path)
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
            return None
        return arrays, note

    def has_result(self, key: str) -> bool:
        """Whether something is kept under `key`, without reading it."""
        return self._result(key).is_file()

    def put_result(self, key: str, arrays: Mapping[str, npt.NDArray[Any]], note: Mapping[str, Any]) -> None:
        """Keep arrays and a JSON-able note under `key`."""
        raw = np.frombuffer(json.dumps(dict(note)).encode(), dtype=np.uint8)
        with _replacing(self._result(key)) as temporary, temporary.open("wb") as file:
            np.savez(file, allow_pickle=False, **arrays, __note__=raw)

    def _result(self, key: str) -> Path:
        return self.home / "results" / f"{key}.npz"

    # -- pictures and datasets ---------------------------------------------------------------------

    def put_picture(self, picture: Picture) -> Picture:
        """The same picture, its bytes now in the store."""
        path = self._picture(picture.digest)
        if not path.exists():
            with _replacing(path) as temporary:
                temporary.write_bytes(picture.read())
        return Picture(picture.digest, path)

    def _picture(self, digest: str) -> Path:
        return self.home / "pictures" / digest[:2] / digest

    def put_dataset(self, dataset: Dataset) -> Dataset:
        """Keep a dataset, and return it with its pictures read from the store."""
        folder = self.home / "datasets" / dataset.fingerprint
        items: Sequence[Item] = dataset.items
        if dataset.kind == "image":
            items = [self.put_picture(item) for item in items if isinstance(item, Picture)]
        kept = Dataset(
            **{**_fields(dataset), "items": items, "metadata": dataset.metadata, "kind": dataset.kind}
        )
        if not (folder / "dataset.json").exists():
            frame = dataset.metadata.copy()
            frame.columns = [f"m{i}" for i in range(frame.shape[1])]
            frame.insert(0, "item", [_plain(item) for item in dataset.items])
            folder.mkdir(parents=True, exist_ok=True)
            with _replacing(folder / "items.parquet") as temporary:
                frame.to_parquet(temporary, index=False)
            about = {
                **_fields(dataset),
                "kind": dataset.kind,
                "rows": len(dataset),
                "columns": [str(c) for c in dataset.metadata],
                "created": time.time(),
            }
            # written last: a dataset without this file does not exist
            with _replacing(folder / "dataset.json") as temporary:
                temporary.write_text(json.dumps(about), encoding="utf-8")
        return kept

    def get_dataset(self, key: str) -> Dataset:
        """The dataset with that fingerprint. Raises InputError when it is gone or damaged."""
        folder = self.home / "datasets" / key
        try:
            if not key.isalnum():
                raise OSError("not a fingerprint")
            about = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
            frame = pd.read_parquet(folder / "items.parquet")
            raw = frame.pop("item").tolist()
            frame.columns = about["columns"]
            fields = {name: about[name] for name in ("name", "kind", "text", "license", "source", "description")}
            return Dataset(items=[self._revive(about["kind"], item) for item in raw], metadata=frame, **fields)
        except (OSError, ValueError, KeyError) as error:
            raise InputError(
                f"This dataset is not in the store (fingerprint {key[:12]}).", "Bring the data again."
            ) from error

    def _revive(self, kind: Kind, raw: Any) -> Item:
        if kind == "image":
            return Picture(raw, self._picture(raw))
        return raw if kind == "text" else np.frombuffer(raw, dtype="<f4")

    def datasets(self) -> list[Shelved]:
        """What is in the store, newest first."""
        found = []
        for path in (self.home / "datasets").glob("*/dataset.json"):
            try:
                about = json.loads(path.read_text(encoding="utf-8"))
                names = ("name", "kind", "rows", "created", "license", "source")
                found.append(Shelved(path.parent.name, **{name: about[name] for name in names}))
            except (OSError, ValueError, KeyError):
                continue
        return sorted(found, key=lambda shelved: -shelved.created)

    def delete_dataset(self, key: str) -> None:
        """Remove a dataset; its vectors stay until they are evicted."""
        if key.isalnum():
            shutil.rmtree(self.home / "datasets" / key, ignore_errors=True)

    # -- size --------------------------------------------------------------------------------------

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self.home.rglob("*") if path.is_file())

    def trim(self) -> None:
        """Drop the least recently used results, then vectors, until both fit in the limit."""
        results = sorted((self.home / "results").glob("*.npz"), key=lambda path: path.stat().st_mtime)
        sizes = {path: path.stat().st_size for path in results}
        database = self.home / "vectors.sqlite"
        excess = sum(sizes.values()) + database.stat().st_size - self.limit
        for path in results:
            if excess <= 0:
                return
            path.unlink(missing_ok=True)
            excess -= sizes[path]
        if excess > 0:
            with self._transaction() as db:
                rows = db.execute("select count(*) from vectors").fetchone()[0]
                surplus = min(rows, int(rows * excess / max(1, database.stat().st_size)) + 1)
                db.execute(
                    "delete from vectors where key in (select key from vectors order by used limit ?)", (surplus,)
                )
            self._connection().execute("vacuum")

    # -- sqlite ------------------------------------------------------------------------------------

    def _connection(self) -> sqlite3.Connection:
        """This thread's own connection (sqlite objects do not travel between threads)."""
        known = getattr(self._local, "db", None)
        if known is None or self._local.pid != os.getpid():
            known = self._open()
            self._local.db, self._local.pid = known, os.getpid()
        return known

    def _open(self) -> sqlite3.Connection:
        path = self.home / "vectors.sqlite"
        try:
            return _connect(path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError):
                raise
            # not a database any more: set it aside and start anew, vectors can be computed again
            path.replace(path.with_suffix(f".damaged-{int(time.time())}"))
            for suffix in ("-wal", "-shm"):
                Path(f"{path}{suffix}").unlink(missing_ok=True)
            return _connect(path)

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._connection()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            # a damaged page: what was read so far counts, the rest is a miss
            self._local.db = None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        db = self._connection()
        with db:  # commits, or rolls back when an exception passes
            yield db


def _connect(path: Path) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=60)
    db.execute("pragma journal_mode=wal")
    db.execute("pragma synchronous=normal")
    db.execute(_SCHEMA)
    return db


def _row_key(encoder: str, item: bytes) -> bytes:
    return hashlib.sha256(encoder.encode() + item).digest()


def _fields(dataset: Dataset) -> dict[str, Any]:
    names = ("name", "text", "license", "source", "description")
    return {name: getattr(dataset, name) for name in names}


def _plain(item: Item) -> str | bytes:
    if isinstance(item, str):
        return item
    return item.digest if isinstance(item, Picture) else np.asarray(item, dtype="<f4").tobytes()


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place when all went well."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".writing-")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


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

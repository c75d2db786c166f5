"""Vectors on disk, one row an (encoder, item), in a sqlite file that threads and processes share."""

from __future__ import annotations

import hashlib
import os
import sqlite3
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..space import Floats

_SCHEMA = """
create table if not exists vectors (
    key blob not null unique, vector blob not null, crc integer not null, used integer not null
);
create index if not exists vectors_by_use on vectors (used);
"""
_DAY = 86_400
_BATCH = 500  # keys in one query; sqlite allows 999 variables everywhere
_PATIENCE = 60.0  # seconds to wait for another process that writes
_lock = threading.Lock()


class VectorsDb:
    """The vectors in the sqlite file at `path`. A damaged row is a miss, a damaged file is set aside.

    Each thread has a connection of its own, because sqlite's objects do not travel between threads.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._connection()

    def get(self, encoder: str, items: Sequence[bytes]) -> dict[bytes, Floats]:
        """The vectors known for these item keys under the encoder's fingerprint, each (d,) float32."""
        found: dict[bytes, Floats] = {}
        stale: list[bytes] = []
        now = int(time.time())
        by_row = {row_key(encoder, item): item for item in items}
        for key, raw, crc, used in self._rows("key, vector, crc, used", list(by_row)):
            if len(raw) and len(raw) % 4 == 0 and zlib.crc32(raw) == crc:
                found[by_row[key]] = np.frombuffer(raw, dtype="<f4")
                if now - used > _DAY:
                    stale.append(key)
        if stale:
            with self._writing() as db:
                db.executemany("update vectors set used = ? where key = ?", [(now, key) for key in stale])
        return found

    def count(self, encoder: str, items: Sequence[bytes]) -> int:
        """For how many distinct ones of these item keys there is a vector, without reading any."""
        keys = list({row_key(encoder, item) for item in items})
        return sum(1 for _ in self._rows("key", keys))

    def put(self, encoder: str, items: Sequence[bytes], vectors: Floats) -> None:
        """Keep `vectors` (n, d), one for each of the n item keys, in one transaction."""
        now = int(time.time())
        rows = []
        for item, vector in zip(items, np.ascontiguousarray(vectors, dtype="<f4"), strict=True):
            raw = vector.tobytes()
            rows.append((row_key(encoder, item), raw, zlib.crc32(raw), now))
        with self._writing() as db:
            db.executemany("insert or replace into vectors values (?, ?, ?, ?)", rows)

    def size(self) -> int:
        """Bytes of the rows; space in the file that is free to be written again does not count."""
        db = self._connection()
        pages, free, page = (
            int(db.execute(f"pragma {name}").fetchone()[0]) for name in ("page_count", "freelist_count", "page_size")
        )
        return (pages - free) * page

    def shrink(self, excess: int) -> None:
        """Drop the least recently used rows, about `excess` bytes of them, and give the space back."""
        size = self.size()
        with self._writing() as db:
            rows = db.execute("select count(*) from vectors").fetchone()[0]
            surplus = min(rows, int(rows * excess / max(1, size)) + 1)
            oldest = "select key from vectors order by used limit ?"
            db.execute(f"delete from vectors where key in ({oldest})", (surplus,))
        db = self._connection()
        # as a script, because a plain execute gives back no more than one page
        db.executescript("pragma incremental_vacuum; pragma wal_checkpoint(truncate);")

    def _rows(self, columns: str, keys: Sequence[bytes]) -> Iterator[tuple[Any, ...]]:
        try:
            db = self._connection()
            for start in range(0, len(keys), _BATCH):
                batch = keys[start : start + _BATCH]
                marks = ",".join("?" * len(batch))
                yield from db.execute(f"select {columns} from vectors where key in ({marks})", batch).fetchall()
        except sqlite3.DatabaseError as error:
            if not _damage(error):
                raise
            # what was read so far counts, the rest is a miss
            self._set_aside()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: committed at the end, or rolled back when an exception passes."""
        db = self._connection()
        try:
            with db:
                yield db
        except sqlite3.DatabaseError as error:
            if not _damage(error):
                raise
            # these rows are lost, and will be computed again by who needs them
            self._set_aside()

    def _connection(self) -> sqlite3.Connection:
        known: sqlite3.Connection | None = getattr(self._local, "db", None)
        if known is None or self._local.pid != os.getpid():
            known = self._open()
            self._local.db, self._local.pid = known, os.getpid()
        return known

    def _open(self) -> sqlite3.Connection:
        try:
            self._local.file = _identity(self.path)
            db = _connect(self.path)
        except sqlite3.DatabaseError as error:
            if not _damage(error):
                raise
            self._set_aside()
            db = _connect(self.path)
        self._local.file = _identity(self.path)
        return db

    def _set_aside(self) -> None:
        """Move this thread's file, which is damaged, out of the way: vectors can be computed again."""
        self._local.db = None
        with _lock:
            if _identity(self.path) != self._local.file:
                return  # another thread or process has done so already
            self.path.replace(self.path.with_suffix(".damaged"))
            for suffix in ("-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)


def row_key(encoder: str, item: bytes) -> bytes:
    """The key of a row: the encoder's fingerprint and the item's content key (32 bytes)."""
    return hashlib.sha256(encoder.encode() + item).digest()


def _identity(path: Path) -> int | None:
    """What tells a file from another one that takes its place."""
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None


def _damage(error: sqlite3.Error) -> bool:
    """Whether the file itself is bad, as opposed to busy, full or forbidden."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def _connect(path: Path) -> sqlite3.Connection:
    """An open database with its table. Going over to the write-ahead log does not wait for others by
    itself, so that is tried again while someone else does the same."""
    until = time.monotonic() + _PATIENCE
    while True:
        db = sqlite3.connect(path, timeout=_PATIENCE)
        try:
            # these two only have an effect before the first table. Large pages, because a vector that does not
            # fit in the rest of a small one wastes most of another: measured 2.8 times smaller, 5 times faster
            db.execute("pragma page_size=16384")
            db.execute("pragma auto_vacuum=incremental")
            db.execute("pragma journal_mode=wal")
            db.execute("pragma synchronous=normal")
            db.executescript(_SCHEMA)
            return db
        except sqlite3.OperationalError as error:
            db.close()
            busy = getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
            if not busy or time.monotonic() > until:
                raise
            time.sleep(0.02)
        except sqlite3.DatabaseError:
            db.close()
            raise

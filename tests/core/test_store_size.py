"""The store keeps to its size limit by itself: results go first, then vectors, the least recently used first."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

import numpy as np
from hypothesis import strategies as st

from embeddings_core.fingerprints import content_key
from embeddings_core.store import Store
from embeddings_core.store.files import WRITING

KEYS = [content_key(f"item {i}") for i in range(40)]
VECTORS = np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
finite = st.floats(-(2.0**100), 2.0**100, width=32)


def size_of(folder: Path) -> int:
    """Bytes on disk."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def database(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.home / "vectors.sqlite")


class TestSize:
    def fill(self, store: Store, count: int = 4) -> None:
        """Results of 10 kB each, the first used longest ago."""
        for i in range(count):
            store.put_result(f"r{i}", {"a": np.zeros(10_000, dtype=np.uint8)}, {})
            os.utime(store.home / "results" / f"r{i}.npz", (1e9 + i, 1e9 + i))

    def kept(self, store: Store) -> list[str]:
        return sorted(path.stem for path in (store.home / "results").iterdir())

    def limited(self, store: Store, room: int) -> Store:
        return Store(store.home, limit=store._vectors.size() + room)

    def test_the_least_recently_used_results_go_first(self, store):
        self.fill(store)
        self.limited(store, 25_000).trim()
        assert self.kept(store) == ["r2", "r3"]

    def test_reading_counts_as_use(self, store):
        self.fill(store)
        store.get_result("r0")
        self.limited(store, 25_000).trim()
        assert self.kept(store) == ["r0", "r3"]

    def test_nothing_goes_while_there_is_room(self, store):
        self.fill(store)
        store.put_vectors("enc", KEYS, VECTORS)
        store.trim()
        assert len(self.kept(store)) == 4
        assert store.count_vectors("enc", KEYS) == 40

    def test_vectors_go_last_the_least_recently_used_first(self, store, monkeypatch):
        self.fill(store)
        wide = np.ones((1000, 400), dtype=np.float32)
        old, new = ([content_key(f"{age} {i}") for i in range(1000)] for age in ("old", "new"))
        monkeypatch.setattr(time, "time", lambda: 1e9)
        store.put_vectors("enc", old, wide)
        monkeypatch.setattr(time, "time", lambda: 1e9 + 100)
        store.put_vectors("enc", new, wide)
        before = store._vectors.size()
        limited = Store(store.home, limit=int(before * 0.6))
        limited.trim()
        assert self.kept(store) == []
        assert limited._vectors.size() <= before * 0.65
        assert (store.home / "vectors.sqlite").stat().st_size <= before * 0.65
        assert len(limited.get_vectors("enc", new)) == 1000
        assert 0 < len(limited.get_vectors("enc", old)) < 400

    def test_a_vector_read_after_a_day_is_new_again(self, store, monkeypatch):
        monkeypatch.setattr(time, "time", lambda: 1e9)
        store.put_vectors("enc", KEYS[:2], VECTORS[:2])
        monkeypatch.setattr(time, "time", lambda: 1e9 + 100_000)
        store.get_vectors("enc", KEYS[:1])
        with database(store) as db:
            assert sorted(db.execute("select used from vectors")) == [(int(1e9),), (int(1e9 + 100_000),)]

    def test_it_trims_itself_as_it_grows(self, tmp_path):
        store = Store(tmp_path, limit=100_000)
        self.fill(store, 30)
        assert 0 < len(self.kept(store)) < 10
        assert "r29" in self.kept(store)

    def test_what_a_killed_process_left_is_cleaned_up_after_a_day(self, store):
        for name, age in ((WRITING + "old", 100_000), (WRITING + "new", 10)):
            (store.home / "results" / name).write_bytes(b"half")
            os.utime(store.home / "results" / name, (time.time() - age,) * 2)
        store.trim()
        assert self.kept(store) == [WRITING + "new"]

    def test_results_take_little_more_than_their_numbers(self, store):
        before = size_of(store.home)
        self.fill(store)
        assert 40_000 < size_of(store.home) - before < 45_000

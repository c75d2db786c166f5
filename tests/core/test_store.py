"""The store: what goes in comes out, damage is a miss, and the size has a limit."""

from __future__ import annotations

import os
import sqlite3
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from embeddings_core.errors import StoreError
from embeddings_core.fingerprints import content_key
from embeddings_core.store import Store, default_home, get_store, result_key
from embeddings_core.store.files import replacing

KEYS = [content_key(f"item {i}") for i in range(40)]
VECTORS = np.random.default_rng(0).normal(size=(40, 16)).astype(np.float32)
finite = st.floats(-(2.0**100), 2.0**100, width=32)


def database(store: Store) -> sqlite3.Connection:
    return sqlite3.connect(store.home / "vectors.sqlite")


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("shared"))


class TestVectors:
    def test_round_trip(self, store):
        store.put_vectors("enc", KEYS, VECTORS)
        found = Store(store.home).get_vectors("enc", KEYS)
        np.testing.assert_array_equal(np.stack([found[key] for key in KEYS]), VECTORS)
        assert found[KEYS[0]].dtype == np.float32

    @settings(max_examples=40)
    @given(st.lists(st.text(), min_size=1, max_size=8, unique=True), st.text(max_size=5), st.data())
    def test_any_text_under_any_encoder(self, shared, texts, encoder, data):
        keys = [content_key(text) for text in texts]
        vectors = data.draw(hnp.arrays(np.float32, (len(texts), data.draw(st.integers(1, 5))), elements=finite))
        shared.put_vectors(encoder, keys, vectors)
        found = shared.get_vectors(encoder, keys)
        assert {key: found[key].tobytes() for key in keys} == {
            key: vector.tobytes() for key, vector in zip(keys, vectors, strict=True)
        }

    def test_unknown_ones_are_left_out(self, store):
        store.put_vectors("enc", KEYS[:3], VECTORS[:3])
        assert set(store.get_vectors("enc", KEYS)) == set(KEYS[:3])
        assert store.get_vectors("other", KEYS) == {}
        assert store.get_vectors("enc", []) == {}

    def test_writing_again_replaces(self, store):
        store.put_vectors("enc", KEYS[:1], VECTORS[:1])
        store.put_vectors("enc", KEYS[:1], VECTORS[1:2])
        np.testing.assert_array_equal(store.get_vectors("enc", KEYS)[KEYS[0]], VECTORS[1])

    def test_more_than_one_query_can_hold(self, store):
        keys = [content_key(str(i)) for i in range(1203)]
        vectors = np.arange(1203, dtype=np.float32)[:, None]
        store.put_vectors("enc", keys, vectors)
        found = store.get_vectors("enc", keys)
        assert [float(found[key][0]) for key in keys] == list(range(1203))

    def test_counting_reads_no_vector(self, store):
        store.put_vectors("enc", KEYS[:7], VECTORS[:7])
        assert store.count_vectors("enc", [*KEYS, *KEYS]) == 7
        assert store.count_vectors("other", KEYS) == 0

    @pytest.mark.parametrize("raw", [b"", b"abc", b"abcd", VECTORS[0].tobytes()[:-4]], ids=len)
    def test_a_damaged_row_is_a_miss(self, store, raw):
        store.put_vectors("enc", KEYS, VECTORS)
        with database(store) as db:
            db.execute("update vectors set vector = ? where key = (select key from vectors limit 1)", (raw,))
        assert len(store.get_vectors("enc", KEYS)) == 39

    def test_a_half_of_a_batch_is_never_kept(self, store):
        with pytest.raises(ValueError, match="zip"):
            store.put_vectors("enc", KEYS, VECTORS[:3])
        assert store.get_vectors("enc", KEYS) == {}

    def test_threads_share_it(self, store):
        def write(start: int) -> None:
            for i in range(start, 40, 4):
                store.put_vectors("enc", KEYS[i : i + 1], VECTORS[i : i + 1])

        threads = [threading.Thread(target=write, args=(start,)) for start in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.count_vectors("enc", KEYS) == 40


class TestDamagedDatabase:
    def test_garbage_is_set_aside(self, tmp_path):
        (tmp_path / "vectors.sqlite").write_bytes(b"this is no database " * 500)
        store = Store(tmp_path)
        store.put_vectors("enc", KEYS, VECTORS)
        assert len(store.get_vectors("enc", KEYS)) == 40
        assert (tmp_path / "vectors.damaged").read_bytes().startswith(b"this is no")

    def test_pages_damaged_while_it_is_open(self, store):
        keys = [content_key(str(i)) for i in range(500)]
        store.put_vectors("enc", keys, np.ones((500, 300), dtype=np.float32))
        store._vectors._connection().execute("pragma wal_checkpoint(truncate)")
        path = store.home / "vectors.sqlite"
        raw = path.read_bytes()
        path.write_bytes(raw[:4096] + b"\xab" * (len(raw) - 4096))
        assert Store(store.home).get_vectors("enc", keys) == {}
        Store(store.home).put_vectors("enc", KEYS, VECTORS)
        Store(store.home).put_vectors("enc", KEYS, VECTORS)
        assert len(Store(store.home).get_vectors("enc", KEYS)) == 40

    def test_a_truncated_file(self, store):
        keys = [content_key(str(i)) for i in range(500)]
        store.put_vectors("enc", keys, np.ones((500, 300), dtype=np.float32))
        store._vectors._connection().execute("pragma wal_checkpoint(truncate)")
        path = store.home / "vectors.sqlite"
        path.write_bytes(path.read_bytes()[: 4096 * 20 + 100])
        again = Store(store.home)
        assert len(again.get_vectors("enc", keys)) < 500
        again.put_vectors("enc", KEYS, VECTORS)
        again.put_vectors("enc", KEYS, VECTORS)
        assert len(again.get_vectors("enc", KEYS)) == 40


ARRAYS = {
    "floats": np.linspace(0, 1, 50, dtype=np.float32).reshape(10, 5),
    "ints": np.arange(5),
    "words": np.array(["a", "é"]),
    "none": np.empty((0, 3)),
}


class TestResults:
    def test_round_trip(self, store):
        note = {"names": ["a", "ü"], "value": float("nan"), "nested": {"x": [1, 2]}}
        store.put_result("key", ARRAYS, note)
        arrays, kept = Store(store.home).get_result("key")
        assert set(arrays) == set(ARRAYS)
        for name, array in ARRAYS.items():
            np.testing.assert_array_equal(arrays[name], array)
            assert arrays[name].dtype == array.dtype
        assert kept["names"] == note["names"]
        assert kept["nested"] == note["nested"]
        assert np.isnan(kept["value"])

    def test_unknown(self, store):
        assert store.get_result("nothing") is None
        assert not store.has_result("nothing")

    def test_has(self, store):
        store.put_result("key", ARRAYS, {})
        assert store.has_result("key")

    @pytest.mark.parametrize("share", [0, 0.01, 0.3, 0.9, 0.999])
    def test_a_truncated_file_is_a_miss(self, store, share):
        store.put_result("key", ARRAYS, {})
        path = store.home / "results" / "key.npz"
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * share)])
        assert store.get_result("key") is None

    def test_no_byte_can_be_wrong_unnoticed(self, store):
        store.put_result("key", ARRAYS, {"a": 1})
        path = store.home / "results" / "key.npz"
        raw = path.read_bytes()
        for place in range(0, len(raw), 7):
            wrong = bytearray(raw)
            wrong[place] ^= 0xFF
            path.write_bytes(wrong)
            known = store.get_result("key")
            if known is not None:
                # in fields that say nothing about the content, such as its date
                for name, array in known[0].items():
                    np.testing.assert_array_equal(array, ARRAYS[name])
                assert known[1] == {"a": 1}

    def test_an_archive_with_other_things(self, store):
        np.savez(store.home / "results" / "key.npz", a=np.ones(3))
        assert store.get_result("key") is None

    def test_no_pickle_goes_in_or_out(self, store):
        with pytest.raises(ValueError, match=r"[Oo]bject"):
            store.put_result("key", {"a": np.array([{}], dtype=object)}, {})
        assert store.get_result("key") is None
        np.savez(store.home / "results" / "key.npz", a=np.array([{}], dtype=object), allow_pickle=True)
        assert store.get_result("key") is None

    def test_a_failed_write_keeps_the_old_one(self, store):
        store.put_result("key", ARRAYS, {"version": 1})
        with pytest.raises(TypeError):
            store.put_result("key", ARRAYS, {"version": object()})
        with pytest.raises(ValueError, match=r"[Oo]bject"):
            store.put_result("key", {**ARRAYS, "bad": np.array([{}], dtype=object)}, {"version": 2})
        assert store.get_result("key")[1] == {"version": 1}
        assert [path.name for path in (store.home / "results").iterdir()] == ["key.npz"]

    @settings(max_examples=30)
    @given(
        hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(max_dims=3, max_side=4)), st.dictionaries(st.text(), st.text())
    )
    def test_any_array_and_note(self, shared, array, note):
        shared.put_result("any", {"array": array}, note)
        arrays, kept = shared.get_result("any")
        assert arrays["array"].dtype == array.dtype
        assert arrays["array"].tobytes() == array.tobytes()
        assert kept == note


class TestFiles:
    def test_a_reader_sees_the_old_until_the_new_is_whole(self, tmp_path):
        path = tmp_path / "file"
        path.write_text("old")
        with replacing(path, durable=True) as temporary:
            temporary.write_text("new")
            assert path.read_text() == "old"
        assert path.read_text() == "new"
        with pytest.raises(UnicodeEncodeError), replacing(path) as temporary:
            temporary.write_text("half \ud800", encoding="utf-8")
        assert path.read_text() == "new"
        assert os.listdir(tmp_path) == ["file"]


class TestHome:
    def test_environment_says_where(self, tmp_path, monkeypatch):
        monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path / "here"))
        assert get_store().home == tmp_path / "here"
        assert get_store() is get_store()

    def test_the_default_is_in_the_users_cache_folder(self, tmp_path, monkeypatch):
        monkeypatch.delenv("EMBEDDINGS_HOME")
        monkeypatch.setattr("sys.platform", "linux")
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
        assert default_home() == tmp_path / "embedding-explorer"
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.setattr(Path, "home", lambda: tmp_path)
        assert default_home() == tmp_path / ".cache" / "embedding-explorer"

    def test_a_folder_that_cannot_be_used(self, tmp_path):
        (tmp_path / "file").write_text("not a folder")
        with pytest.raises(StoreError, match="cannot be used") as error:
            Store(tmp_path / "file" / "home")
        assert "EMBEDDINGS_HOME" in error.value.hint

    def test_the_limit_from_the_environment(self, tmp_path, monkeypatch):
        monkeypatch.setenv("EMBEDDINGS_CACHE_GB", "1.5")
        assert Store(tmp_path).limit == 1_500_000_000
        monkeypatch.setenv("EMBEDDINGS_CACHE_GB", "much")
        with pytest.raises(StoreError, match="much"):
            Store(tmp_path)


def test_a_result_key_covers_every_part():
    keys = {result_key("a"), result_key("a", 1), result_key("a", "1"), result_key("a", 1.0), result_key("a", {"x": 1})}
    assert len(keys) == 5
    assert result_key("a", {"x": 1, "y": 2}) == result_key("a", {"y": 2, "x": 1})

"""Encoding through the store: nothing is encoded twice, and what was finished before a stop is kept."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import HashingEncoder, make_texts
from PIL import Image

from embeddings_core.encoders import encode, encode_items, get_encoder
from embeddings_core.errors import Cancelled, InputError
from embeddings_core.jobs import Job
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.store import Store

TEXTS = [f"text {i} " + "long " * (i % 5) for i in range(50)]


class OtherHashing(HashingEncoder):
    fingerprint = "hashing-2"


def stop_after(calls: int):
    """A progress that cancels when it is called once more."""
    seen = []

    def progress(done: int, total: int) -> None:
        if len(seen) == calls:
            raise Cancelled
        seen.append(done)

    return progress


def test_the_second_time_calls_no_encoder(store, hashing):
    first = encode(make_texts(TEXTS), hashing, store=store)
    assert len(hashing.encoded) == 50
    second = encode(make_texts(TEXTS), hashing, store=Store(store.home))
    assert len(hashing.encoded) == 50
    np.testing.assert_array_equal(first.vectors, second.vectors)
    assert first.fingerprint == second.fingerprint


def test_rows_are_in_the_order_of_the_items(store, hashing):
    space = encode(make_texts(TEXTS), hashing, store=store)
    np.testing.assert_array_equal(space.vectors, HashingEncoder().encode(TEXTS))


def test_same_items_under_other_metadata_are_known(store, hashing):
    encode(make_texts(TEXTS), hashing, store=store)
    encode(make_texts(TEXTS[::-1], topic=["x"] * 50), hashing, store=store)
    assert len(hashing.encoded) == 50


def test_duplicates_are_encoded_once(store, hashing):
    space = encode(make_texts(["a", "b", "a", "a", "b"]), hashing, store=store)
    assert sorted(hashing.encoded) == ["a", "b"]
    np.testing.assert_array_equal(space.vectors[[0, 0, 1]], space.vectors[[2, 3, 4]])


def test_only_new_items_are_encoded(store, hashing):
    encode_items(hashing, TEXTS[:30], store=store)
    hashing.encoded.clear()
    encode_items(hashing, TEXTS, store=store)
    assert sorted(hashing.encoded) == sorted(TEXTS[30:])


def test_another_fingerprint_shares_nothing(store, hashing):
    encode(make_texts(TEXTS), hashing, store=store)
    other = OtherHashing()
    encode(make_texts(TEXTS), other, store=store)
    assert len(other.encoded) == 50


def test_a_stop_keeps_batches_and_the_next_run_goes_on(store, hashing):
    with pytest.raises(Cancelled):
        encode(make_texts(TEXTS), hashing, store=store, progress=stop_after(3))
    assert len(hashing.encoded) == pytest.approx(3 * hashing.batch, abs=hashing.batch)
    before = list(hashing.encoded)
    space = encode(make_texts(TEXTS), hashing, store=Store(store.home))
    assert sorted(hashing.encoded) == sorted(TEXTS)  # none twice
    assert hashing.encoded[: len(before)] == before
    np.testing.assert_array_equal(space.vectors, HashingEncoder().encode(TEXTS))


def test_a_failure_keeps_batches_too(store, hashing):
    class Failing(HashingEncoder):
        def encode(self, items):
            if len(self.encoded) >= 16:
                raise MemoryError
            return super().encode(items)

    failing = Failing()
    with pytest.raises(MemoryError):
        encode(make_texts(TEXTS), failing, store=store)
    encode(make_texts(TEXTS), hashing, store=store)
    assert sorted(failing.encoded + hashing.encoded) == sorted(TEXTS)


def test_progress_grows_to_the_number_of_items(store, hashing):
    seen: list[tuple[int, int]] = []
    encode(make_texts([*TEXTS, *TEXTS[:7]]), hashing, store=store, progress=lambda *at: seen.append(at))
    done = [at[0] for at in seen]
    assert done == sorted(done)
    assert seen[-1] == (57, 57)
    assert len(seen) > 5
    assert {total for _, total in seen} == {57}


def test_progress_counts_what_was_known_as_done(store, hashing):
    encode_items(hashing, TEXTS[:30], store=store)
    seen: list[int] = []
    encode(make_texts(TEXTS), hashing, store=store, progress=lambda done, total: seen.append(done))
    assert min(seen) == 30


def test_no_batch_is_larger_than_the_encoder_wants(store):
    sizes = []

    class Counting(HashingEncoder):
        def encode(self, items):
            sizes.append(len(items))
            return super().encode(items)

    encode(make_texts(TEXTS), Counting(), store=store)
    assert max(sizes) <= Counting.batch
    assert sum(sizes) == 50


def test_a_damaged_row_is_encoded_again(store, hashing):
    import sqlite3

    first = encode_items(hashing, TEXTS, store=store)
    with sqlite3.connect(store.home / "vectors.sqlite") as db:
        db.execute("update vectors set vector = x'00000000' where key in (select key from vectors limit 3)")
    hashing.encoded.clear()
    np.testing.assert_array_equal(encode_items(hashing, TEXTS, store=Store(store.home)), first)
    assert len(hashing.encoded) == 3


def test_no_items_no_rows(store):
    assert encode_items(get_encoder("pixels"), [], store=store).shape == (0, 64)


def test_a_kind_that_the_encoder_does_not_read(store):
    with pytest.raises(InputError, match="image"):
        encode(make_texts(TEXTS), "pixels", store=store)


def test_what_is_no_dataset_is_told_how_to_become_one(store, hashing):
    with pytest.raises(InputError, match="list, not a Dataset"):
        encode(["a text"], hashing, store=store)


def test_as_a_job_it_can_be_cancelled_and_resumed(store, hashing):
    import threading

    reached = threading.Event()

    class Slow(HashingEncoder):
        def encode(self, items):
            vectors = super().encode(items)
            if len(self.encoded) >= 16:
                reached.set()
                job_cancelled.wait(30)
            return vectors

    job_cancelled = threading.Event()
    slow = Slow()
    job = Job(encode, (make_texts(TEXTS), slow), {"store": store})
    assert reached.wait(30)
    job.cancel()
    job_cancelled.set()
    assert job.wait(30)
    assert job.state == "cancelled"
    encode(make_texts(TEXTS), hashing, store=store)
    assert sorted(slow.encoded + hashing.encoded) == sorted(TEXTS)


@pytest.mark.model
def test_the_bridge_reuses_features_that_are_known(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))
    shades = [Image.new("RGB", (30, 30), (shade, 90, 200 - shade)) for shade in (0, 100, 200)]
    pictures = [Picture.from_bytes(picture_bytes(image)) for image in shades]
    encode_items(get_encoder("imagenet"), pictures)
    monkeypatch.setattr(type(get_encoder("imagenet")), "encode", lambda *_: pytest.fail("encoded again"))
    assert encode_items(get_encoder("conse"), pictures).shape == (3, 384)

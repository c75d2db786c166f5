"""Data that grows: fair rounds, parts that arrive, maps that are extended, rows that are added."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from conftest import HashingEncoder, blobs, make_space, make_texts
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.encoders._rounds import FEW, FIRST, fair_order, rounds
from embeddings_core.growing import (
    drop_extended,
    extend,
    fitted,
    joined,
    keep_extended,
    kept_extended,
    matching,
)
from embeddings_core.space import Dataset, Space
from embeddings_core.store import Store


@pytest.mark.parametrize(("there", "first", "least"), [(0, FEW, 32), (100, FIRST - 100, 512), (5_000, 1250, 512)])
@pytest.mark.parametrize("n", [1, 2, FEW, FEW + 32, FIRST, 2 * FIRST, 2 * FIRST + 1, 3_000, 100_000])
def test_rounds_hold_everything_once_and_are_few(n: int, there: int, first: int, least: int) -> None:
    order = fair_order(n).tolist()
    assert sorted(order) == list(range(n))
    cut = rounds(order, there)
    assert [row for rows in cut for row in rows] == order
    assert len(cut) <= 20
    assert all(cut)
    assert (len(cut) == 1) == (n < first + least)  # no round for a handful
    assert len(cut) == 1 or len(cut[0]) == first


def test_the_order_is_fair_and_always_the_same() -> None:
    order = fair_order(100_000)
    assert np.array_equal(order, fair_order(100_000))
    # of ten tenths none is empty, none has a quarter
    tenths = np.bincount(order[:FIRST] // 10_000, minlength=10)
    assert tenths.min() > 20
    assert tenths.max() < FIRST / 4


def texts(n: int, start: int = 0) -> Dataset:
    return make_texts([f"text {i}" for i in range(start, start + n)], number=list(range(start, start + n)))


class TestArriving:
    def test_parts_grow_and_hold_the_same_vectors(self, store: Store, hashing: HashingEncoder) -> None:
        data, parts = texts(4_000), list[Space]()
        rows: list[np.ndarray] = []
        whole = ec.encode(
            data, hashing, store=store, arrived=lambda part, which: (parts.append(part), rows.append(which))
        )
        assert all(np.array_equal(part.vectors, whole.vectors[which]) for part, which in zip(parts, rows, strict=True))
        assert [len(part) for part in parts] == [512, 1536, 2560]
        by_text = dict(zip(data.items, whole.vectors, strict=True))
        for part in parts:
            assert np.array_equal(part.vectors, np.stack([by_text[item] for item in part.dataset.items]))
            assert part.dataset.metadata["text"].tolist() == list(part.dataset.items)
        # each is the beginning of the next
        assert list(parts[1].dataset.items[:512]) == list(parts[0].dataset.items)

    def test_of_a_slow_model_a_few_arrive_first(
        self, store: Store, hashing: HashingEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        parts: list[Space] = []
        monkeypatch.setattr(sys.modules["embeddings_core.encoders._sources"], "SOON", -1.0)  # anything takes too long
        ec.encode(texts(800), hashing, store=store, arrived=lambda part, rows: parts.append(part))
        assert [len(part) for part in parts] == [FEW]

    def test_every_item_is_encoded_once(self, store: Store, hashing: HashingEncoder) -> None:
        data = make_texts([f"text {i % 1500}" for i in range(3_000)])
        ec.encode(data, hashing, store=store, arrived=lambda part, rows: None)
        assert len(hashing.encoded) == len(set(hashing.encoded)) == 1500

    def test_nothing_arrives_of_a_few_or_of_what_is_known(self, store: Store, hashing: HashingEncoder) -> None:
        parts: list[Space] = []
        ec.encode(texts(800), hashing, store=store, arrived=lambda part, rows: parts.append(part))
        ec.encode(texts(3_000), hashing, store=store)
        ec.encode(texts(3_000), hashing, store=store, arrived=lambda part, rows: parts.append(part))
        assert parts == []

    def test_after_a_stop_all_that_is_known_arrives_at_once(self, store: Store, hashing: HashingEncoder) -> None:
        data, parts = texts(6_000), list[Space]()

        def stop(done: int, total: int) -> None:
            if done > 3_000:
                raise ec.Cancelled

        with pytest.raises(ec.Cancelled):
            ec.encode(data, hashing, store=store, progress=stop)
        ec.encode(data, hashing, store=store, arrived=lambda part, rows: parts.append(part))
        assert 3_000 < len(parts[0]) < 3_100  # more than the last round that was whole
        assert len(hashing.encoded) == 6_000

    def test_of_data_that_grew_all_that_was_there_arrives_first(self, store: Store, hashing: HashingEncoder) -> None:
        ec.encode(texts(2_000), hashing, store=store)
        parts: list[Space] = []
        ec.encode(texts(5_000), hashing, store=store, arrived=lambda part, rows: parts.append(part))
        assert {*parts[0].dataset.items} == {*texts(2_000).items}
        assert list(parts[1].dataset.items[:2_000]) == list(parts[0].dataset.items)


class TestMatching:
    def test_by_content_and_in_order(self) -> None:
        old = make_texts(["a", "b", "a", "c"])
        new = make_texts(["a", "x", "c", "a", "a"])
        assert matching(old, new).tolist() == [0, -1, 3, 2, -1]

    @given(
        st.lists(st.sampled_from("abc"), min_size=1, max_size=9),
        st.lists(st.sampled_from("abcd"), min_size=1, max_size=9),
    )
    def test_it_pairs_as_many_as_there_are(self, old: list[str], new: list[str]) -> None:
        match = matching(make_texts(old), make_texts(new))
        paired = match[match >= 0]
        assert len(set(paired.tolist())) == len(paired)
        assert all(old[at] == new[i] for i, at in enumerate(match.tolist()) if at >= 0)
        assert len(paired) == sum(min(old.count(word), new.count(word)) for word in "abcd")


def spaces(n: int = 600, part: int = 300) -> tuple[Space, Space, np.ndarray]:
    """A part of a space of three far groups, the whole of it, and the groups."""
    vectors, labels = blobs(n, groups=3)
    whole = make_space(vectors, make_texts([f"text {i}" for i in range(n)]))
    rows = np.random.default_rng(1).permutation(n)[:part]
    return Space(whole.dataset.take(rows), whole.encoder, whole.encoder_fingerprint, vectors[rows]), whole, labels


@pytest.mark.parametrize("method", ["pca", "umap", "tsne"])
class TestExtending:
    def test_what_was_there_stays_and_what_is_new_lies_among_its_like(self, method: str, store: Store) -> None:
        old, new, labels = spaces()
        plane = ec.project(old, method, store=store)
        grown = extend(plane, old, new)
        match = matching(old.dataset, new.dataset)
        assert np.array_equal(grown.coords[match >= 0], plane.coords[match[match >= 0]])
        assert fitted(grown).sum() == len(old)
        nearest = np.linalg.norm(grown.coords[match < 0][:, None] - grown.coords[match >= 0][None], axis=2).argmin(
            axis=1
        )
        assert (labels[match < 0] == labels[match >= 0][nearest]).mean() > 0.97
        assert ("exactly" in grown.note) == (method == "pca")
        assert ("approximately" in grown.note) == (method != "pca")
        assert "300 items; 300 were placed" in grown.note

    def test_step_by_step_is_the_same_as_at_once(self, method: str, store: Store) -> None:
        old, new, _ = spaces()
        rows = np.r_[matching(new.dataset, old.dataset), np.arange(100)]
        between = Space(new.dataset.take(rows), new.encoder, new.encoder_fingerprint, new.vectors[rows])
        plane = ec.project(old, method, store=store)
        step = extend(plane, old, between)
        at_once, stepwise = extend(plane, old, new), extend(step, between, new)
        assert np.allclose(at_once.coords, stepwise.coords, atol=1e-5)
        assert (at_once.base, stepwise.base) == (plane.fingerprint, plane.fingerprint)
        assert at_once.note == stepwise.note


def test_an_extended_map_is_kept_until_it_is_dropped(store: Store) -> None:
    old, new, _ = spaces()
    grown = extend(ec.project(old, "pca", unit=True, store=store), old, new)
    asked = (new, "pca", 2, 0)
    assert kept_extended(*asked, {"unit": True}, store=store) is None
    keep_extended(grown, new, store=store)
    found = kept_extended(*asked, {"unit": True}, store=store)
    assert found is not None
    assert np.array_equal(found.coords, grown.coords)
    assert (found.fingerprint, found.base, found.note) == (grown.fingerprint, grown.base, grown.note)
    assert np.array_equal(fitted(found), fitted(grown))
    # it goes on as the one that was kept would
    assert extend(found, new, old).fingerprint == extend(grown, new, old).fingerprint
    assert kept_extended(*asked, {"unit": False}, store=store) is None
    assert kept_extended(old, "pca", 2, 0, {"unit": True}, store=store) is None
    drop_extended(found, new.fingerprint, store=store)
    assert kept_extended(*asked, {"unit": True}, store=store) is None


def test_what_is_taken_out_leaves_the_others_in_place(store: Store) -> None:
    part, whole, _ = spaces()
    plane = ec.project(whole, "pca", store=store)
    less = extend(plane, whole, part)
    assert np.array_equal(less.coords, plane.coords[matching(whole.dataset, part.dataset)])
    assert less.note == plane.note


def test_maps_of_other_spaces_are_not_extended(store: Store) -> None:
    part, whole, _ = spaces()
    plane = ec.project(part, "pca", store=store)
    other = Space(whole.dataset, "other", "other", whole.vectors)
    with pytest.raises(ec.InputError, match="one encoder"):
        extend(plane, part, other)
    strange = Space(make_texts(list("vwxyz")), whole.encoder, whole.encoder_fingerprint, whole.vectors[:5])
    with pytest.raises(ec.InputError, match="on the map"):
        extend(plane, part, strange)


def test_a_map_does_not_go_on_where_the_encoder_has_learned_anew(store: Store) -> None:
    old = ec.encode(make_texts([f"word{i % 7} of {i}" for i in range(20)]), "tfidf", store=store)
    plane = ec.project(old, "pca", store=store)
    new = ec.append(old, make_texts([f"other word{i} here" for i in range(20)]), store=store)
    narrow = Space(new.dataset, new.encoder, new.encoder_fingerprint, new.vectors[:, : old.vectors.shape[1]])
    assert new.vectors.shape[1] > narrow.vectors.shape[1]
    for learned in (new, narrow):
        with pytest.raises(ec.InputError, match="learns from the data") as caught:
            extend(plane, old, learned)
        assert "Project the new space" in caught.value.hint


class TestAppending:
    def test_only_what_is_new_is_encoded(
        self, store: Store, hashing: HashingEncoder, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.modules["embeddings_core.encoders"], "get_encoder", lambda id: hashing)
        space = ec.encode(texts(20), hashing, store=store)
        before = len(hashing.encoded)
        more = ec.append(space, texts(5, start=18), store=store)
        assert [str(item) for item in hashing.encoded[before:]] == ["text 20", "text 21", "text 22"]
        assert len(more) == 25
        assert np.array_equal(more.vectors[:20], space.vectors)
        assert more.dataset.metadata["number"].tolist() == [*range(20), *range(18, 23)]

    def test_it_takes_whatever_is_read(self) -> None:
        data = joined(texts(3), ["one", "two"])
        assert list(data.items[3:]) == ["one", "two"]
        assert data.metadata["text"].tolist()[3:] == ["one", "two"]
        assert data.metadata["number"].isna().tolist() == [False] * 3 + [True] * 2
        table = pd.DataFrame({"text": ["three words here"], "more": [1]})
        assert list(joined(texts(3), table).items) == ["text 0", "text 1", "text 2", "three words here"]

    def test_vectors_go_with_vectors(self) -> None:
        data = ec.read(np.eye(3, dtype=np.float32))
        assert joined(data, ec.read(2 * np.eye(3, dtype=np.float32))).vectors.shape == (6, 3)  # type: ignore[union-attr]
        with pytest.raises(ec.InputError, match=r"Numbers a vector: 3 in .*, 2 in what"):
            joined(data, np.eye(2, dtype=np.float32))

    def test_other_kinds_are_refused(self) -> None:
        with pytest.raises(ec.InputError, match="kind text, what is added vector"):
            joined(texts(3), np.eye(3, dtype=np.float32))

"""Sets of items: bits, combinations, undo and redo, and those that are kept under a name."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rules import ROOT

from embeddings_core.errors import InputError, ParameterError, StoreError
from embeddings_core.selections import MOST, STEPS, History, combine, forget, keep, kept, pack, rename, tags, unpack
from embeddings_core.store import Store

MASKS = st.lists(st.booleans(), max_size=70).map(lambda bits: np.array(bits, bool))
DATA = "ab12"

WRITE = """
import sys
import numpy as np
from embeddings_core.selections import keep, kept
from embeddings_core.store import Store

store, mark = Store(sys.argv[1]), int(sys.argv[2])
for turn in range(40):
    keep(store, "ab12", "shared", np.arange(mark * 1000, mark * 1000 + 500))
    keep(store, "ab12", f"own {mark} {turn}", [mark, turn])
    found = {one.name: one.items for one in kept(store, "ab12")}
    assert len(found["shared"]) == 500 and found["shared"][0] % 1000 == 0, found["shared"]
    assert all(f"own {mark} {before}" in found for before in range(turn + 1))
"""


def mask(*items: int, n: int = 10) -> np.ndarray:
    chosen = np.zeros(n, bool)
    chosen[list(items)] = True
    return chosen


def chosen(history: History) -> list[int]:
    return np.flatnonzero(history.now).tolist()


def names(store: Store) -> list[str]:
    return [one.name for one in kept(store, DATA)]


def files(store: Store) -> list[Path]:
    return sorted((store.home / "selections" / DATA).iterdir())


class TestBits:
    def test_the_first_item_is_the_lowest_bit_of_the_first_byte(self) -> None:
        assert pack(mask(0)) == b"\x01\x00"
        assert pack(mask(1, 8)) == b"\x02\x01"
        assert pack(np.zeros(0, bool)) == b""

    @given(MASKS)
    def test_what_is_packed_comes_out(self, given: np.ndarray) -> None:
        back = unpack(pack(given), len(given))
        assert back.dtype == bool
        assert back.tolist() == given.tolist()
        assert len(pack(given)) == (len(given) + 7) // 8

    @given(st.binary(max_size=9), st.integers(0, 80))
    def test_short_bytes_are_filled_and_long_ones_cut(self, raw: bytes, n: int) -> None:
        bits = [byte >> place & 1 for byte in raw for place in range(8)]
        assert unpack(raw, n).tolist() == [bool(bit) for bit in (bits + [0] * n)[:n]]


class TestCombine:
    @given(MASKS, st.data())
    def test_it_is_what_sets_do(self, before: np.ndarray, data: st.DataObject) -> None:
        new = np.array(data.draw(st.lists(st.booleans(), min_size=len(before), max_size=len(before))), bool)
        a, b = set(np.flatnonzero(before).tolist()), set(np.flatnonzero(new).tolist())
        for how, expected in {"replace": b, "add": a | b, "remove": a - b, "keep": a & b}.items():
            made = combine(before, new, how)  # type: ignore[arg-type]
            assert set(np.flatnonzero(made).tolist()) == expected
            assert not np.shares_memory(made, before)
            assert not np.shares_memory(made, new)

    def test_what_cannot_be_combined_is_refused(self) -> None:
        for new, how, error in ((mask(n=1), "add", InputError), (mask(), "xor", ParameterError)):
            with pytest.raises(error):
                combine(mask(), new, how)  # type: ignore[arg-type]


class TestHistory:
    def test_nothing_is_selected_at_first(self) -> None:
        history = History(10)
        assert (chosen(history), history.count, history.can_undo, history.can_redo) == ([], 0, "", "")
        history.undo()
        history.redo()
        assert chosen(history) == []

    def test_steps_are_taken_back_and_again(self) -> None:
        history = History(10)
        history.set(mask(1), "one")
        history.set(mask(1, 2), "two")
        assert (history.can_undo, history.can_redo, history.count) == ("two", "", 2)
        history.undo()
        assert (chosen(history), history.can_undo, history.can_redo) == ([1], "one", "two")
        history.undo()
        assert (chosen(history), history.can_undo, history.can_redo) == ([], "", "one")
        history.redo()
        history.redo()
        assert chosen(history) == [1, 2]

    def test_a_new_step_ends_what_could_be_done_again(self) -> None:
        history = History(10)
        history.set(mask(1), "one")
        history.undo()
        history.set(mask(3), "three")
        assert (chosen(history), history.can_undo, history.can_redo) == ([3], "three", "")

    def test_an_equal_selection_is_no_step(self) -> None:
        history = History(10)
        history.set(mask(), "nothing")
        assert history.can_undo == ""
        history.set(mask(1), "one")
        history.set(mask(2), "two")
        history.undo()
        history.set(mask(1), "again")
        assert (history.can_undo, history.can_redo) == ("one", "two")

    def test_the_oldest_steps_are_forgotten(self) -> None:
        history = History(1_000)
        for step in range(STEPS + 20):
            history.set(mask(step, n=1_000), f"step {step}")
        for _ in range(STEPS):
            assert history.can_undo
            history.undo()
        assert (history.can_undo, chosen(history)) == ("", [19])

    def test_what_is_selected_can_be_named_and_not_be_changed(self) -> None:
        history, same, longer = History(10), History(10), History(11)
        empty = history.fingerprint
        given = mask(4)
        history.set(given, "four")
        given[:] = True
        same.set(mask(4), "another way")
        longer.set(mask(4, n=11), "four")
        assert chosen(history) == [4]
        assert history.packed == pack(mask(4))
        assert history.fingerprint == same.fingerprint
        assert len({history.fingerprint, empty, longer.fingerprint}) == 3
        with pytest.raises(ValueError, match="read-only"):
            history.now[0] = True

    def test_a_mask_of_other_items_is_refused(self) -> None:
        with pytest.raises(InputError):
            History(10).set(mask(n=9), "short")


class TestKept:
    def test_what_is_kept_is_found_by_anyone_oldest_first(self, store: Store) -> None:
        keep(store, DATA, "  späte Lieferung 📦 ", [9, 3, 3, 1_000_000])
        keep(store, DATA, "all", np.arange(20))
        keep(store, DATA, "none", [])
        first, second, third = kept(Store(store.home), DATA)
        assert (first.name, second.name, third.name) == ("späte Lieferung 📦", "all", "none")
        assert first.items.tolist() == [3, 9, 1_000_000]
        assert first.items.dtype == np.int32
        assert third.items.tolist() == []
        assert 0 <= time.time() - first.created < 600
        assert first.created <= second.created <= third.created

    def test_a_name_used_before_is_replaced_but_not_that_of_another_dataset(self, store: Store) -> None:
        keep(store, DATA, "mine", [1])
        keep(store, "other", "mine", [3])
        keep(store, DATA, " mine ", [2])
        assert [one.items.tolist() for one in kept(store, DATA)] == [[2]]
        assert kept(store, "third") == ()

    @pytest.mark.parametrize("name", ["", "   ", "x" * 61, "two\nlines", "nul\0", "\ud800"])
    def test_a_name_that_cannot_be_used_is_refused(self, store: Store, name: str) -> None:
        for act in (lambda: keep(store, DATA, name, [1]), lambda: forget(store, DATA, name)):
            with pytest.raises(InputError) as caught:
                act()
            assert caught.value.hint
        assert kept(store, DATA) == ()

    @pytest.mark.parametrize("name", ["../up", "a/b", "C:\\x", ".", "x" * 60, "👩‍👩‍👧", "CON", "<b>"])
    def test_any_other_name_is_only_a_name(self, store: Store, name: str) -> None:
        keep(store, DATA, name, [1])
        assert (names(store), len(files(store))) == ([name], 1)
        forget(store, DATA, name)
        assert files(store) == []

    @pytest.mark.parametrize("items", [[-1], [2**40], [0.5], [[1]], ["1"], [True]])
    def test_what_are_no_items_is_refused(self, store: Store, items: list) -> None:
        with pytest.raises(InputError):
            keep(store, DATA, "x", items)

    @pytest.mark.parametrize("data", ["", "..", "a/b", "../datasets", "a\\b"])
    def test_what_is_no_fingerprint_is_refused(self, store: Store, data: str) -> None:
        acts: list[Callable[[], object]] = [
            lambda: kept(store, data), lambda: keep(store, data, "x", [1]), lambda: forget(store, data, "x"),
            lambda: rename(store, data, "x", "y"), lambda: tags(store, data, 3),
        ]  # fmt: skip
        for act in acts:
            with pytest.raises(InputError):
                act()

    def test_there_is_a_limit_but_not_for_those_that_are_there(self, store: Store) -> None:
        for number in range(MOST):
            keep(store, DATA, f"number {number}", [number])
        with pytest.raises(InputError) as caught:
            keep(store, DATA, "one more", [1])
        assert "Forget" in caught.value.hint
        keep(store, DATA, "number 3", [7])
        rename(store, DATA, "number 4", "another")
        forget(store, DATA, "number 5")
        keep(store, DATA, "one more", [1])
        assert len(kept(store, DATA)) == MOST

    def test_renaming_changes_the_name_alone_and_takes_nothing_away(self, store: Store) -> None:
        keep(store, DATA, "old", [1, 2])
        keep(store, DATA, "other", [3])
        before = kept(store, DATA)[0]
        rename(store, DATA, " old", "new ")
        rename(store, DATA, "new", "new")
        after = kept(store, DATA)[0]
        assert (after.name, after.items.tolist(), after.created) == ("new", [1, 2], before.created)
        for unknown, name in (("new", "other"), ("gone", "c"), ("new", " ")):
            with pytest.raises(InputError):
                rename(store, DATA, unknown, name)
        assert names(store) == ["new", "other"]

    def test_they_stay_when_others_are_forgotten_and_the_store_is_trimmed(self, store: Store) -> None:
        forget(store, DATA, "never")
        keep(store, DATA, "a", [1])
        forget(store, DATA, "never")
        store.limit = 0
        store.put_result("r", {"a": np.zeros(9)}, {})
        store.trim()
        assert names(store) == ["a"]

    def test_a_folder_that_cannot_be_written_is_told(self, store: Store) -> None:
        (store.home / "selections").write_text("in the way")
        with pytest.raises(StoreError):
            keep(store, DATA, "a", [1])


def damaged(**changes: object) -> bytes:
    return json.dumps({"name": "a", "created": 1.0, "items": squeezed(b"\x01"), **changes}).encode()


def squeezed(bits: bytes, cut: int = 0) -> str:
    whole = zlib.compress(bits)
    return base64.b64encode(whole[: len(whole) - cut]).decode()


WRONG = [
    b"", b"{", b"[]", b"null", b"\xff\xfe", b"[" * 100_000, b"{}", damaged(name="b"), damaged(name=None),
    damaged(created="soon"), damaged(created=float("nan")), damaged(created=10**400), damaged(items=1),
    damaged(items="?"), damaged(items="bm8="), damaged(items=squeezed(b"ab", 3)), damaged(items=squeezed(bytes(2**25))),
]  # fmt: skip


@pytest.mark.parametrize("content", WRONG, ids=range(len(WRONG)))
def test_a_damaged_file_is_left_out(store: Store, content: bytes) -> None:
    keep(store, DATA, "a", [0])
    path = files(store)[0]
    path.write_bytes(damaged())
    assert [one.items.tolist() for one in kept(store, DATA)] == [[0]]
    path.write_bytes(content)
    keep(store, DATA, "good", [5])
    (path.parent / ".writing-x").write_bytes(b"half")
    assert names(store) == ["good"]
    keep(store, DATA, "a", [1])
    assert names(store) == ["good", "a"]


def test_each_item_has_the_names_of_its_selections(store: Store) -> None:
    for name, items in {"even": [0, 2, 4, 6], "low": [0, 1, 2], "zero": [0]}.items():
        keep(store, DATA, name, items)
    assert tags(store, DATA, 5) == ["even, low, zero", "low", "even, low", "", "even"]
    assert tags(store, "other", 2) == ["", ""]
    assert tags(store, DATA, 0) == []


def test_two_processes_keep_at_once(store: Store) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    programs = [[sys.executable, "-c", WRITE, store.home, mark] for mark in "12"]
    running = [subprocess.Popen(program, env=environment) for program in programs]
    assert [process.wait(timeout=120) for process in running] == [0, 0]
    assert len(names(store)) == 81
    assert all(path.suffix == ".json" for path in files(store))

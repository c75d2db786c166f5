"""Groups edited by hand, undone, kept; and what there is to know about one group."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from conftest import blobs, grouped, make_space, make_texts
from hypothesis import given, settings
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.errors import InputError, StoreError
from embeddings_core.groups import edits
from embeddings_core.steps import Steps
from embeddings_core.store import Store
from embeddings_core.store.files import load_arrays, save_arrays

SPACE = make_space(blobs(40, 6, 4)[0])
LABELS = np.array([0, 1, 2, 3] * 9 + [-1] * 4)
GROUPS = grouped(LABELS, ("red", "green", "blue", "gray"))


def sound(groups: ec.Clustering) -> None:
    """Everything about them fits their labels."""
    count = len(groups.names)
    assert set(groups.labels.tolist()) - {-1} == set(range(count))
    assert groups.sizes == tuple(int((groups.labels == group).sum()) for group in range(count))
    assert len(set(groups.names)) == len(groups.silhouettes) == len(groups.examples) == count


class TestEdits:
    def test_a_new_name(self) -> None:
        named = edits.rename(GROUPS, 1, "  violet ")
        assert named.names == ("red", "violet", "blue", "gray")
        assert named.labels is GROUPS.labels
        assert named.fingerprint != GROUPS.fingerprint
        assert GROUPS.names[1] == "green"
        assert edits.rename(named, 1, "violet").note == named.note == "Edited by hand."
        for group, name in ((0, "green"), (0, " "), (0, "x" * 61), (0, "a\nb"), (4, "new"), (-1, "new")):
            with pytest.raises(InputError):
                edits.rename(GROUPS, group, name)

    def test_merged_groups_are_one(self) -> None:
        merged = edits.merge(SPACE, GROUPS, [3, 1, 3])
        assert merged.names == ("red", "green", "blue")
        assert merged.labels.tolist() == [0, 1, 2, 1] * 9 + [-1] * 4
        sound(merged)
        larger = edits.move(SPACE, GROUPS, [0, 4], 3)
        assert edits.merge(SPACE, larger, [1, 3]).names == ("red", "gray", "blue")
        for which in ([], [1], [2, 2], [0, 4], [-1, 0]):
            with pytest.raises(InputError):
                edits.merge(SPACE, GROUPS, which)

    def test_a_group_is_split_where_it_falls_apart(self, store: Store) -> None:
        texts = [f"a {'river' if i % 4 < 2 else 'engine'} {i}" for i in range(40)]
        space = make_space(np.eye(4)[np.arange(40) % 4], make_texts(texts))
        joined = edits.merge(space, grouped(np.tile([0, 1, 2, 3], 10)), [0, 2])
        parted = edits.split(space, joined, 0, store=store)
        sound(parted)
        assert len(parted.names) == 4
        assert sorted(map(sorted, (np.flatnonzero(parted.labels == group).tolist() for group in range(4)))) == sorted(
            list(range(start, 40, 4)) for start in range(4)
        )
        assert {parted.names[0].split(" (")[0], parted.names[3].split(" (")[0]} == {"river", "engine"}
        assert parted.names[1:3] == joined.names[1:]
        again = edits.split(space, joined, 0, store=store)
        assert again.labels.tobytes() == parted.labels.tobytes()

    def test_what_is_all_the_same_cannot_be_split(self) -> None:
        alone = grouped(np.array([0, 1, 1]))
        space = make_space(np.array([[1, 0], [0, 1], [0, 1]]))
        for group in (0, 1):
            with pytest.raises(InputError, match="all the same"):
                edits.split(space, alone, group)

    def test_items_are_moved_and_what_is_left_empty_ends(self) -> None:
        moved = edits.move(SPACE, GROUPS, 0, 2)
        assert (moved.labels[0], moved.sizes) == (2, (8, 9, 10, 9))
        away = edits.move(SPACE, GROUPS, np.flatnonzero(LABELS == 1), -1)
        assert away.names == ("red", "blue", "gray")
        assert away.noise == 13
        sound(away)
        back = edits.move(SPACE, GROUPS, [38, 39], 0)
        assert back.noise == 2
        for items, to in (([], 0), ([40], 0), ([-1], 0), ([0.5], 0), ([0], 4), ([0], -2)):
            with pytest.raises(InputError):
                edits.move(SPACE, GROUPS, items, to)

    def test_the_note_says_it_once_and_figures_are_measured_anew(self) -> None:
        from sklearn.metrics import silhouette_score

        twice = edits.move(SPACE, edits.merge(SPACE, GROUPS, [0, 1]), [3], 0)
        assert twice.note == "Edited by hand."
        inside = twice.labels >= 0
        theirs = silhouette_score(SPACE.unit[inside].astype(float), twice.labels[inside])
        assert twice.silhouette == pytest.approx(theirs, abs=1e-6)

    def test_groups_of_other_items_are_refused(self) -> None:
        other = make_space(np.eye(3))
        acts: list[Callable[[], object]] = [
            lambda: edits.merge(other, GROUPS, [0, 1]),
            lambda: edits.split(other, GROUPS, 0),
            lambda: edits.move(other, GROUPS, [0], 1),
            lambda: ec.profile(other, GROUPS, 0),
        ]
        for act in acts:
            with pytest.raises(InputError, match="Groups of 40 items for 3"):
                act()

    def test_edits_are_undone_and_done_again(self) -> None:
        steps = edits.edits(GROUPS)
        steps.set(edits.rename(GROUPS, 0, "pink"), "rename red")
        steps.set(edits.merge(SPACE, steps.now, [0, 1]), "merge")
        assert (steps.now.names, steps.can_undo) == (("pink", "blue", "gray"), "merge")
        steps.undo()
        steps.undo()
        assert (steps.now, steps.can_undo, steps.can_redo) == (GROUPS, "", "rename red")
        steps.redo()
        assert steps.now.names[0] == "pink"


@settings(deadline=None)
@given(st.lists(st.sampled_from(["undo", "redo", "set"]), max_size=40), st.integers(1, 5))
def test_steps_are_a_line_one_walks_along(acts: list[str], most: int) -> None:
    steps, line, at = Steps(0, most), [0], 0
    for turn, act in enumerate(acts, start=1):
        if act == "set":
            steps.set(turn, f"step {turn}")
            line = [*line[: at + 1], turn][-most - 1 :]
            at = len(line) - 1
        else:
            getattr(steps, act)()
            at = max(0, at - 1) if act == "undo" else min(len(line) - 1, at + 1)
        assert steps.now == line[at]
        assert steps.can_undo == (f"step {line[at]}" if at else "")
        assert steps.can_redo == (f"step {line[at + 1]}" if at + 1 < len(line) else "")
        assert [value for value, _ in steps.taken] == line[: at + 1]


class TestKept:
    def test_what_is_kept_is_opened_again(self, store: Store) -> None:
        groups = edits.merge(SPACE, ec.cluster(SPACE, "kmeans", store=store, clusters=4), [0, 1])
        edits.keep(store, SPACE, " mine ", groups)
        edits.keep(store, SPACE, "other", GROUPS)
        first, second = edits.kept(Store(store.home), SPACE.dataset.fingerprint)
        assert (first.name, first.groups, first.space, second.name) == ("mine", 3, SPACE.fingerprint, "other")
        again = edits.reopen(Store(store.home), SPACE, "mine")
        for name in ("names", "sizes", "silhouettes", "method", "on", "metric", "note", "params"):
            assert getattr(again, name) == getattr(groups, name)
        assert again.labels.tolist() == groups.labels.tolist()
        assert again.labels.dtype == np.int64
        edits.keep(store, SPACE, "mine", GROUPS)
        assert edits.reopen(store, SPACE, "mine").names == GROUPS.names
        edits.forget(store, SPACE.dataset.fingerprint, "mine")
        assert [one.name for one in edits.kept(store, SPACE.dataset.fingerprint)] == ["other"]
        with pytest.raises(InputError, match="'mine'"):
            edits.reopen(store, SPACE, "mine")

    def test_it_goes_with_the_dataset(self, store: Store) -> None:
        data = store.put_dataset(make_texts(["a", "b", "c"]))
        space = make_space(np.eye(3), data)
        edits.keep(store, space, "mine", grouped(np.array([0, 1, 1])))
        assert len(edits.kept(store, data.fingerprint)) == 1
        store.delete_dataset(data.fingerprint)
        assert edits.kept(store, data.fingerprint) == ()

    @pytest.mark.parametrize(
        "damage",
        [
            {"names": ["one"]},
            {"names": ["x"] * 4},
            {"names": [1, 2, 3, 4]},
            {"name": "another"},
            {"created": "never"},
            {"created": float("nan")},
            {"on": "moon"},
            {"metric": "dot"},
            {"params": []},
            {"note": "x" * 2_000},
        ],
        ids=str,
    )
    def test_a_damaged_note_is_no_groups(self, damage: dict[str, object], store: Store) -> None:
        edits.keep(store, SPACE, "mine", GROUPS)
        (path,) = (store.home / "groups" / SPACE.dataset.fingerprint).iterdir()
        arrays, note = load_arrays(path)
        save_arrays(path, arrays, note | damage)
        self.refused(store)

    @pytest.mark.parametrize("labels", [LABELS + 1, LABELS - 1, LABELS.astype(float), LABELS[:, None], LABELS * 0])
    def test_damaged_labels_are_no_groups(self, labels: np.ndarray, store: Store) -> None:
        edits.keep(store, SPACE, "mine", GROUPS)
        (path,) = (store.home / "groups" / SPACE.dataset.fingerprint).iterdir()
        save_arrays(path, {"labels": labels}, load_arrays(path)[1])
        self.refused(store)

    def test_a_cut_or_foreign_file_is_no_groups(self, store: Store) -> None:
        edits.keep(store, SPACE, "mine", GROUPS)
        (path,) = (store.home / "groups" / SPACE.dataset.fingerprint).iterdir()
        whole = path.read_bytes()
        for raw in (b"", whole[:100], whole[:-30], b"PK" + bytes(60)):
            path.write_bytes(raw)
            self.refused(store)
        np.savez(path.open("wb"), allow_pickle=True, labels=np.array([{}], dtype=object))
        self.refused(store)

    def refused(self, store: Store) -> None:
        assert edits.kept(store, SPACE.dataset.fingerprint) == ()
        with pytest.raises(InputError, match="No groups are kept"):
            edits.reopen(store, SPACE, "mine")

    def test_what_cannot_be_kept_is_refused(
        self, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        with pytest.raises(InputError, match="Groups of 40"):
            edits.keep(store, make_space(np.eye(3)), "mine", GROUPS)
        with pytest.raises(InputError, match="characters"):
            edits.keep(store, SPACE, " ", GROUPS)
        with pytest.raises(InputError, match="no fingerprint"):
            edits.kept(store, "../up")
        monkeypatch.setattr(edits, "MOST", 1)
        edits.keep(store, SPACE, "mine", GROUPS)
        edits.keep(store, SPACE, "mine", GROUPS)
        with pytest.raises(InputError, match="kept already"):
            edits.keep(store, SPACE, "second", GROUPS)
        (store.home / "groups").rename(tmp_path / "away")
        (store.home / "groups").write_text("a file where a folder should be")
        with pytest.raises(StoreError, match="cannot be kept"):
            edits.keep(store, SPACE, "mine", GROUPS)

    def test_kept_groups_of_other_items_are_refused(self, store: Store) -> None:
        space = make_space(np.eye(3), make_texts(["a", "b", "c"]))
        edits.keep(store, space, "mine", grouped(np.array([0, 1, 1])))
        (path,) = (store.home / "groups" / space.dataset.fingerprint).iterdir()
        save_arrays(path, {"labels": np.array([0, 1])}, load_arrays(path)[1])
        with pytest.raises(InputError, match="Groups of 2 items for 3"):
            edits.reopen(store, space, "mine")


class TestProfile:
    def test_the_typical_the_edge_and_the_neighbors(self) -> None:
        vectors = np.array([[0, 0], [0, 1], [0, 2], [0, 4.2], [0, 9], [0, 10], [0, 11], [30, 0], [31, 0]]) + 1
        groups = grouped(np.array([0, 0, 0, 0, 1, 1, 1, 2, 2]), ("low", "high", "far"))
        space = make_space(vectors)
        found = ec.profile(space, edits.rename(groups, 0, "first"), 0)
        assert found.members.tolist() == [0, 1, 2, 3]
        assert sorted(found.edge.tolist()) == [0, 1, 2, 3]
        euclidean = ec.Clustering(**{**vars(groups), "metric": "euclidean"})
        found = ec.profile(space, euclidean, 0)
        middle = np.mean([0, 1, 2, 4.2])
        assert found.typical.tolist() == [2, 1, 0, 3]
        assert found.edge.tolist()[:2] == [3, 2]  # 0 and 1 are equally sure
        assert found.margins == pytest.approx([10 - y - abs(y - middle) for y in (0, 1, 2, 4.2)], abs=1e-5)
        assert found.near.tolist() == [1, 2]
        assert found.distances == pytest.approx([10 - middle, np.hypot(30.5, middle)], abs=1e-5)
        assert (found.contrast.size, found.contrast.against) == (4, 5)

    def test_one_item_and_one_group(self) -> None:
        alone = ec.profile(SPACE, grouped(np.array([0] + [1] * 39)), 0)
        assert alone.members.tolist() == alone.typical.tolist() == alone.edge.tolist() == [0]
        whole = ec.profile(SPACE, grouped(np.zeros(40, int)), 0)
        assert np.isinf(whole.margins).all()
        away = np.linalg.norm(SPACE.unit - SPACE.unit.mean(axis=0), axis=1)
        assert whole.edge.tolist() == np.argsort(-away)[:5].tolist()
        assert len(whole.near) == 0

    def test_words_and_shares_are_those_of_the_contrast(self) -> None:
        texts = [f"{'river' if i % 2 else 'engine'} {i}" for i in range(40)]
        space = make_space(SPACE.vectors, make_texts(texts, kind=[f"kind {i % 2}" for i in range(40)]))
        found = ec.profile(space, grouped(np.arange(40) % 2), 1).contrast
        assert found.words[0].word == "river"
        assert (found.over[0].column, found.over[0].value) == ("kind", "kind 1")
        with pytest.raises(InputError, match="no group 2"):
            ec.profile(space, grouped(np.arange(40) % 2), 2)

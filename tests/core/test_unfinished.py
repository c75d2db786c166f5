"""What is remembered of encodings that were broken off."""

from __future__ import annotations

from embeddings_core.store import Store
from embeddings_core.store.unfinished import note, settle, unfinished


def test_notes_outlive_the_process_and_end_with_the_work(store: Store) -> None:
    note(store, "data", "minilm", "a/b.csv", 0, 100)
    note(store, "data", "minilm", "a/b.csv", 40, 100)
    note(store, "data", "imagenet", "a/b.csv", 1, 100)
    again = Store(store.home)
    assert {(one.dataset, one.encoder, one.name, one.done, one.total) for one in unfinished(again)} == {
        ("data", "minilm", "a/b.csv", 40, 100), ("data", "imagenet", "a/b.csv", 1, 100),
    }  # fmt: skip
    settle(again, "data", "minilm")
    settle(again, "data", "minilm")
    assert [one.encoder for one in unfinished(store)] == ["imagenet"]


def test_the_newest_comes_first(store: Store, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    for second, name in enumerate("abc"):
        monkeypatch.setattr("embeddings_core.store.unfinished.time.time", lambda second=second: float(second))
        note(store, name, "minilm", name, 0, 1)
    assert [one.name for one in unfinished(store)] == ["c", "b", "a"]


def test_damaged_notes_are_none(store: Store) -> None:
    note(store, "data", "minilm", "name", 1, 2)
    folder = store.home / "unfinished"
    for number, text in enumerate(("", "[]", "{", '{"dataset": 1}', '{"dataset": 1, "encoder": "e", "name": "n", '
                                   '"done": 1, "total": 2, "begun": 3}')):  # fmt: skip
        (folder / f"{number}.json").write_text(text, encoding="utf-8")
    assert len(unfinished(store)) == 1

"""The project file where something goes wrong on the way: a full disk, a stop, nothing to save."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from made_projects import files, good, texts, workspace

import embeddings_core as ec
from embeddings_core.errors import InputError, StoreError
from embeddings_core.project_file import moving
from embeddings_core.store import Store


@pytest.fixture
def other(tmp_path: Path) -> Store:
    """The store of another machine."""
    return Store(tmp_path / "other")


def test_nothing_is_left_where_moving_in_fails(other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    project = good()
    before, replace, left = files(other.home), os.replace, [5]

    def full(source: object, target: object) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        replace(source, target)  # type: ignore[arg-type]

    monkeypatch.setattr(moving.os, "replace", full)
    with pytest.raises(StoreError, match="No space"):
        ec.open_project(project, store=other)
    assert files(other.home) == before
    assert other.datasets() == []


def test_a_disk_without_room_is_told_before(other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: os.statvfs_result and type("Usage", (), {"free": 10}))
    with pytest.raises(StoreError, match="do not fit"):
        ec.open_project(good(), store=other)


def test_saving_needs_data_and_a_place(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no data"):
        ec.save_project(tmp_path / "p.zip", store=store)
    with pytest.raises(InputError, match="not in the store"):
        ec.save_project(tmp_path / "p.zip", ["0" * 64], store=store)
    store.put_dataset(texts())
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        ec.save_project(tmp_path / "file" / "p.zip", store=store)
    assert list(store.home.glob(".writing-*")) == []


def test_progress_goes_from_start_to_end(store: Store, other: Store, tmp_path: Path) -> None:
    workspace(store)
    for work in (
        lambda tell: ec.save_project(tmp_path / "p.zip", store=store, progress=tell),
        lambda tell: ec.open_project(good(), store=other, progress=tell),
    ):
        told: list[float] = []
        work(lambda done, total, told=told: told.append(done / total))  # type: ignore[misc]
        assert told == sorted(told)
        assert told[0] < 0.5
        assert 0.9 < told[-1] <= 1


def test_stopped_on_the_way_nothing_is_kept(other: Store) -> None:
    before = files(other.home)

    def stop(done: int, total: int) -> None:
        if done > total / 2:
            raise ec.Cancelled

    with pytest.raises(ec.Cancelled):
        ec.open_project(good(), store=other, progress=stop)
    assert files(other.home) == before

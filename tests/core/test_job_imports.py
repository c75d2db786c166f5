"""A job may use a package while another thread is still importing it."""

from __future__ import annotations

import importlib
import sys
import threading
import time
from pathlib import Path

import pytest

from embeddings_core.jobs import Job

LONG = 30


def test_a_package_that_another_thread_still_imports_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_package.py").write_text("import time\nstarted = True\ntime.sleep(0.5)\nfinished = 7\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    importer = threading.Thread(target=importlib.import_module, args=("slow_package",))
    importer.start()
    while not hasattr(sys.modules.get("slow_package"), "started"):
        time.sleep(0.001)
    job: Job[int] = Job(lambda progress: sys.modules["slow_package"].finished, (), {})
    assert job.wait(LONG)
    importer.join()
    assert job.result() == 7


def test_what_a_package_does_not_have_stays_an_error() -> None:
    job: Job[object] = Job(lambda progress: sys.modules["json"].nothing, (), {})  # type: ignore[attr-defined]
    assert job.wait(LONG)
    assert isinstance(job.error, AttributeError)


def test_a_name_that_a_package_does_not_have_yet_is_asked_for_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "half_package.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    tried: list[int] = []

    def work(progress: object) -> int:
        tried.append(1)
        if len(tried) == 2:
            sys.modules["half_package"].answer = 7  # type: ignore[attr-defined]
        from half_package import answer  # type: ignore[import-not-found]

        return int(answer)

    job: Job[int] = Job(work, (), {})
    assert job.wait(LONG)
    assert job.result() == 7


def test_a_package_that_is_not_there_is_asked_for_once() -> None:
    tried: list[int] = []

    def work(progress: object) -> None:
        tried.append(1)
        importlib.import_module("no_such_package")

    never: Job[None] = Job(work, (), {})
    assert never.wait(LONG)
    assert isinstance(never.error, ImportError)
    assert len(tried) == 1

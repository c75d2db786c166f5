"""Jobs run beside the caller, tell how far they are, and stop when asked to."""

from __future__ import annotations

import gc
import sys
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from embeddings_core import jobs
from embeddings_core.errors import Cancelled, InputError
from embeddings_core.jobs import KEPT, Job, find_job, forget, submit

LONG = 30
"""Seconds after which a test gives up; none of them waits for it when all is well."""


def make(function: Callable[..., object], *args: object, **kwargs: object) -> Job[object]:
    return Job(function, args, kwargs)


class Gate:
    """Work that goes on step by step, as the test says."""

    def __init__(self) -> None:
        self.reached, self.go = threading.Event(), threading.Event()

    def work(self, progress: Callable[[int, int], None]) -> str:
        progress(1, 4)
        self.reached.set()
        assert self.go.wait(LONG)
        progress(2, 4)
        return "finished"


@pytest.fixture
def gate():
    gate = Gate()
    yield gate
    gate.go.set()


def test_it_gives_what_the_function_returns() -> None:
    job = make(lambda a, b, progress: a + b, 1, b=2)
    assert job.wait(LONG)
    assert (job.result(), job.state, job.running, job.progress) == (3, "done", False, 1.0)


def test_it_raises_what_the_function_raises() -> None:
    def fail(progress: object) -> None:
        raise InputError("bad", "do this")

    job = make(fail)
    with pytest.raises(InputError, match="bad"):
        job.result()
    assert job.state == "failed"
    assert isinstance(job.error, InputError)


def test_it_tells_how_far_it_is(gate: Gate) -> None:
    job = make(gate.work)
    assert gate.reached.wait(LONG)
    assert (job.running, job.done, job.total, job.progress) == (True, 1, 4, 0.25)
    assert not job.wait(0)
    assert job.state == "running"


def test_nothing_is_claimed_before_anything_is_known() -> None:
    started = threading.Event()

    def work(progress: Callable[[int, int], None]) -> None:
        progress(0, 0)
        started.set()

    job = make(work)
    assert started.wait(LONG)
    assert (job.rate, job.seconds_left) == (0.0, None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_rate_and_time_left(clock: list[float]) -> None:
    job = make(lambda progress: None)
    job.wait()
    for second in range(5):
        clock[0] = 100.0 + second
        job._report(second * 20, 200)
    assert job.rate == pytest.approx(20)
    assert job.seconds_left == pytest.approx(6)


def test_the_rate_is_that_of_the_last_seconds(clock: list[float]) -> None:
    job = make(lambda progress: None)
    job.wait()
    done = 0
    for tenth in range(600):  # slow for half a minute, then ten times as fast
        clock[0] = 100.0 + tenth / 10
        done += 1 if tenth < 300 else 10
        job._report(done, 100_000)
    assert job.rate == pytest.approx(100, rel=0.02)


def test_a_thousand_reports_a_second_are_no_burden(clock: list[float]) -> None:
    job = make(lambda progress: None)
    job.wait()
    for step in range(30_000):
        clock[0] = 100.0 + step / 1000
        job._report(step, 30_000)
    assert len(job._marks) < 150
    assert job.rate == pytest.approx(1000, rel=0.02)


def test_cancel_stops_at_the_next_report(gate: Gate) -> None:
    job = make(gate.work)
    assert gate.reached.wait(LONG)
    job.cancel()
    assert job.stopping
    gate.go.set()
    assert job.wait(LONG)
    assert (job.state, job.stopping) == ("cancelled", False)
    with pytest.raises(Cancelled):
        job.result()


def test_cancel_stops_python_that_never_reports() -> None:
    started = threading.Event()

    def work(progress: object) -> None:
        while True:
            started.set()

    job = make(work)
    assert started.wait(LONG)
    job.cancel()
    assert job.wait(LONG)
    assert job.state == "cancelled"


def test_cleaning_up_happens_when_it_is_interrupted() -> None:
    started, cleaned = threading.Event(), threading.Event()

    def work(progress: object) -> None:
        try:
            while True:
                started.set()
        finally:
            cleaned.set()

    job = make(work)
    assert started.wait(LONG)
    job.cancel()
    assert job.wait(LONG)
    assert cleaned.is_set()


def test_an_import_is_never_cut_in_half(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "slow_to_import.py").write_text(
        "import time\nfor _ in range(150):\n    time.sleep(0.01)\nwhole = True\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(jobs, "_GRACE", 0.05)
    imported = threading.Event()

    def work(progress: object) -> None:
        import slow_to_import

        if slow_to_import.whole:
            imported.set()
        while True:
            time.sleep(0.001)

    job = make(work)
    while "slow_to_import" not in sys.modules:
        time.sleep(0.001)
    job.cancel()
    assert job.wait(LONG)
    assert job.state == "cancelled"
    assert imported.is_set()
    del sys.modules["slow_to_import"]


def test_cancel_after_the_end_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_GRACE", 0.01)
    job = make(lambda progress: "kept")
    assert job.wait(LONG)
    job.cancel()
    time.sleep(0.05)
    assert (job.state, job.result()) == ("done", "kept")


def test_an_end_and_a_cancel_at_the_same_time_always_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_GRACE", 0.0)
    failures = []
    monkeypatch.setattr(threading, "excepthook", failures.append)
    for spins in range(0, 3000, 20):

        def work(progress: object, spins: int = spins) -> int:
            return sum(range(spins * 10))

        job = make(work)
        job.cancel()
        assert job.wait(LONG)
        assert job.state in ("done", "cancelled")
        assert (job.error is None) == (job.state == "done")
    assert failures == []


def test_the_same_key_is_one_job_while_it_runs(gate: Gate) -> None:
    first = submit(gate.work, key="shared")
    assert submit(gate.work, key="shared") is first
    assert find_job("shared") is first
    gate.go.set()
    assert first.wait(LONG)
    assert find_job("shared") is first
    second = submit(lambda progress: "again", key="shared")
    assert second is not first
    assert second.result() == "again"


def test_what_is_being_stopped_can_be_started_anew(gate: Gate) -> None:
    first = submit(gate.work, key="stopped")
    assert gate.reached.wait(LONG)
    first.cancel()
    second = submit(lambda progress: "new", key="stopped")
    assert second.result() == "new"
    assert find_job("stopped") is second


def test_without_a_key_nothing_is_shared() -> None:
    assert submit(lambda progress: 1) is not submit(lambda progress: 1)


def test_only_the_newest_ended_jobs_are_remembered(gate: Gate) -> None:
    for i in range(KEPT + 10):
        submit(lambda progress: None, key=("many", i)).wait(LONG)
    running = submit(gate.work, key="last")
    remembered = [i for i in range(KEPT + 10) if find_job(("many", i))]
    assert remembered == list(range(10, KEPT + 10))
    assert find_job("last") is running
    assert find_job("never") is None


def test_what_an_ended_job_returned_can_be_forgotten(gate: Gate) -> None:
    class Large:
        pass

    returned = submit(lambda progress: Large(), key="large").result()
    seen = weakref.ref(returned)
    del returned
    gc.collect()
    assert seen() is not None
    running = submit(gate.work, key="running")
    for key in ("large", "running", "never"):
        forget(key)
    gc.collect()
    assert seen() is None
    assert find_job("large") is None
    assert find_job("running") is running  # others may wait for it

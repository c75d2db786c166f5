"""Long work beside the page: a Job runs in a thread, tells how far it is, and can be cancelled.

Two callers who submit the same thing (the same key) share one job.
"""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, Literal, TypeVar

from .errors import Cancelled

T = TypeVar("T")
State = Literal["running", "done", "failed", "cancelled"]
_log = logging.getLogger(__name__)


class Job(Generic[T]):
    """A call of `function(*args, progress=..., **kwargs)` in a thread of its own."""

    def __init__(self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.state: State = "running"
        self.done, self.total = 0, 0
        self.started, self.ended = time.monotonic(), 0.0
        self.error: BaseException | None = None
        self._value: T | None = None
        self._stop = threading.Event()
        self._marks: deque[tuple[float, int]] = deque(maxlen=64)
        self._thread = threading.Thread(target=self._run, args=(function, args, kwargs), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            self._value = function(*args, progress=self._report, **kwargs)
            self.state = "done"
        except Cancelled as error:
            self.error, self.state = error, "cancelled"
        except BaseException as error:
            self.error, self.state = error, "failed"
            _log.debug("job failed", exc_info=True)
        finally:
            self.ended = time.monotonic()

    def _report(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.done, self.total = done, total
        self._marks.append((time.monotonic(), done))

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def progress(self) -> float:
        """The share that is done, 0 to 1."""
        if self.state == "done":
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def rate(self) -> float:
        """Items a second over the last few seconds; 0 before anything is known."""
        if len(self._marks) < 2:
            return 0.0
        (since, before), (until, after) = self._marks[0], self._marks[-1]
        return (after - before) / (until - since) if until > since else 0.0

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the current rate, None before there is one."""
        return (self.total - self.done) / self.rate if self.rate > 0 else None

    def cancel(self) -> None:
        """Ask it to stop: at its next report, or, where a library never reports, at its next Python line."""
        self._stop.set()
        threading.Timer(0.5, self._interrupt).start()

    def _interrupt(self) -> None:
        if self._thread.is_alive() and self._thread.ident is not None:
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(self._thread.ident), ctypes.py_object(Cancelled)
            )

    def wait(self, seconds: float | None = None) -> bool:
        """Wait for its end, at most `seconds`; whether it has ended."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def result(self) -> T:
        """What the function returned, once it has ended; raises what it raised."""
        self.wait()
        if self.error is not None:
            raise self.error
        return self._value  # type: ignore[return-value]


_jobs: dict[Hashable, Job[Any]] = {}
_lock = threading.Lock()


def submit(function: Callable[..., T], *args: Any, key: Hashable | None = None, **kwargs: Any) -> Job[T]:
    """Start `function(*args, progress=..., **kwargs)` beside the caller, or join the job that is
    running under the same `key`."""
    with _lock:
        running = _jobs.get(key) if key is not None else None
        if running is not None and running.running:
            return running
        job = Job(function, args, kwargs)
        if key is not None:
            for old in [k for k, j in _jobs.items() if not j.running][:-32]:
                del _jobs[old]
            _jobs[key] = job
        return job


def find_job(key: Hashable) -> Job[Any] | None:
    """The newest job under that key, running or ended."""
    with _lock:
        return _jobs.get(key)

"""Long work beside the page: a Job runs in a thread, tells how far it is, and can be cancelled.

Two callers who submit the same thing (the same key) share one job.
"""

from __future__ import annotations

import ctypes
import importlib
import logging
import re
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from typing import Any, Generic, Literal, TypeVar

from .errors import Cancelled

T = TypeVar("T")
State = Literal["running", "done", "failed", "cancelled"]
KEPT = 16
"""Ended jobs that are remembered with what they returned; older results are in the store."""
_RECENT = 10.0  # seconds over which the rate is measured
_MARK = 0.1  # seconds between two measurements
_GRACE = 0.3  # seconds in which a cancelled job may stop at a report, before it is interrupted
_log = logging.getLogger(__name__)


def _half_loaded(error: AttributeError | ImportError) -> bool:
    """Whether a package was used, or failed to be imported, while another thread was still importing; asked again it is
    there. scipy looks into torch as soon as it is in sys.modules, and two threads that import what imports each other
    may each see half of it. What is not installed will not be there."""
    if isinstance(error, ImportError):
        return not isinstance(error, ModuleNotFoundError)
    found = re.match(r"partially initialized module '([\w.]+)'", str(error))
    if found:
        importlib.import_module(found[1])  # waits for the thread that imports it
    return bool(found)


class Job(Generic[T]):
    """A call of `function(*args, progress=..., **kwargs)` in a thread of its own."""

    def __init__(self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.state: State = "running"
        self.done, self.total = 0, 0
        self.error: BaseException | None = None
        self._value: T | None = None
        self._stop = threading.Event()
        self._marks: deque[tuple[float, int]] = deque()
        self._lock = threading.Lock()
        self._interruptible = True
        self._thread = threading.Thread(target=self._run, args=(function, args, kwargs), daemon=True)
        self._thread.start()

    def _run(self, function: Callable[..., T], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        state: State = "failed"
        try:
            try:
                try:
                    self._value = function(*args, progress=self._report, **kwargs)
                except (AttributeError, ImportError) as error:
                    if not _half_loaded(error):
                        raise
                    self._value = function(*args, progress=self._report, **kwargs)
                state = "done"
            finally:
                self._no_more_interrupts()
        except Cancelled as error:
            self.error, state = error, "cancelled"
        except BaseException as error:
            self.error, state = error, "failed"
            _log.debug("job failed", exc_info=True)
        # the state comes last: who sees that a job has ended finds everything else in place
        self.state = state

    def _report(self, done: int, total: int) -> None:
        if self._stop.is_set():
            raise Cancelled
        now = time.monotonic()
        self.done, self.total = done, total
        if not self._marks or now - self._marks[-1][0] >= _MARK:
            self._marks.append((now, done))
        while len(self._marks) > 2 and now - self._marks[0][0] > _RECENT:
            self._marks.popleft()

    @property
    def running(self) -> bool:
        return self.state == "running"

    @property
    def stopping(self) -> bool:
        """Cancelled, but not yet at a place where it can stop."""
        return self.running and self._stop.is_set()

    @property
    def progress(self) -> float:
        """The share that is done, 0 to 1."""
        if self.state == "done":
            return 1.0
        return min(1.0, self.done / self.total) if self.total else 0.0

    @property
    def rate(self) -> float:
        """Items a second over the last 10 seconds; 0 before anything is known."""
        marks = list(self._marks)
        if len(marks) < 2:
            return 0.0
        (since, before), (until, after) = marks[0], marks[-1]
        return max(0.0, (after - before) / (until - since))

    @property
    def seconds_left(self) -> float | None:
        """An estimate from the current rate, None before there is one."""
        rate = self.rate
        return max(0, self.total - self.done) / rate if rate > 0 else None

    def cancel(self) -> None:
        """Ask it to stop: at its next report, or, where it does not report, at its next line of Python.

        What runs in compiled code cannot be interrupted; the job goes on until that returns.
        """
        if not self._stop.is_set():
            self._stop.set()
            self._later()

    def _later(self) -> None:
        timer = threading.Timer(_GRACE, self._interrupt)
        timer.daemon = True
        timer.start()

    def _interrupt(self) -> None:
        with self._lock:
            if not self._interruptible or self._thread.ident is None:
                return
            if _importing(self._thread.ident):
                self._later()  # half an import would leave a package unusable for the whole process
            else:
                self._interruptible = False
                _raise_in(self._thread.ident, Cancelled)

    def _no_more_interrupts(self) -> None:
        with self._lock:
            self._interruptible = False
        _raise_in(threading.get_ident(), None)  # takes back one that has not arrived

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


def _importing(thread: int) -> bool:
    frame = sys._current_frames().get(thread)
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _raise_in(thread: int, error: type[BaseException] | None) -> None:
    """Have `error` raised in a thread at its next line of Python; None takes it back."""
    raised = ctypes.py_object(error) if error is not None else None
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), raised)


_jobs: dict[Hashable, Job[Any]] = {}
_lock = threading.Lock()


def submit(function: Callable[..., T], *args: Any, key: Hashable | None = None, **kwargs: Any) -> Job[T]:
    """Start `function(*args, progress=..., **kwargs)` beside the caller, or join the job that is
    running under the same `key`, unless that one is being stopped."""
    with _lock:
        known = _jobs.get(key) if key is not None else None
        if known is not None and known.running and not known.stopping:
            return known
        job = Job(function, args, kwargs)
        if key is not None:
            _jobs.pop(key, None)  # so that the new one is the youngest
            _jobs[key] = job
            for old in [k for k, j in _jobs.items() if not j.running][:-KEPT]:
                del _jobs[old]
        return job


def find_job(key: Hashable) -> Job[Any] | None:
    """The newest job under that key, running or ended."""
    with _lock:
        return _jobs.get(key)


def forget(key: Hashable) -> None:
    """Remember the ended job under that key no longer: what it returned is large and has its place now."""
    with _lock:
        if key in _jobs and not _jobs[key].running:
            del _jobs[key]

"""Long work without a frozen page: it runs beside the page, shows how far it is, and can be stopped."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar
from weakref import WeakValueDictionary

import streamlit as st

from components import feedback
from components.app_state import AppState
from components.state import get_state, rerun
from embeddings_core import Cancelled, InputError, Job, find_job, submit

T = TypeVar("T")
_waiting: dict[str, WeakValueDictionary[int, AppState]] = {}  # who waits for which job
_left: set[str] = set()  # jobs that were stopped because nobody waited for them any more
AT_ONCE = 0.4
"""Seconds that a page waits before it shows a progress bar: most answers come from the store by then."""


def computed(
    purpose: str,
    key: str,
    label: str,
    function: Callable[..., T],
    *args: Any,
    counts: str = "items",
    **kwargs: Any,
) -> T | None:
    """What `function(*args, progress=..., **kwargs)` returns; None while it runs, fails or was stopped,
    which is shown here.

    `purpose` names what the page needs it for: when it asks for something else (another `key`), the
    work that nobody waits for any more is stopped. Several purposes may share a key, and so one job. What the function
    `counts`, "items" or a "share" of the whole, decides how its progress is put in words.
    """
    running = get_state().running
    before, running[purpose] = running.get(purpose), key
    if before is not None and before not in running.values():
        _leave(before)
    _waiting.setdefault(key, WeakValueDictionary())[id(get_state())] = get_state()
    job: Job[T] | None = find_job(key)
    if job is None or (key in _left and job.state != "done"):
        job = submit(function, *args, key=key, **kwargs)
    _left.discard(key)
    job.wait(AT_ONCE)
    if job.state == "done":
        return job.result()
    if job.running:
        _watch(purpose, key, label, counts)
    else:
        ended(job, f"{key}-{purpose}", partial(submit, function, *args, key=key, **kwargs), counts)
    return None


def silent(function: Callable[..., T]) -> Callable[..., T]:
    """`function`, which tells no progress, as a job calls it."""

    def called(*args: Any, progress: object = None, **kwargs: Any) -> T:
        return function(*args, **kwargs)

    return called


def _leave(key: str) -> None:
    """This visitor no longer waits for a job; it is stopped when nobody else does."""
    others = _waiting.get(key, WeakValueDictionary())
    others.pop(id(get_state()), None)
    if not len(others):
        _waiting.pop(key, None)
        if (job := find_job(key)) is not None and job.running:
            _left.add(key)
            job.cancel()


def ended(job: Job[Any], key: str, again: Callable[[], Any], counts: str = "items") -> None:
    """Say why a job has ended without a result, and offer to do it `again`: from where it was if it counts items, which
    are kept, otherwise from the start. `key` is the button's."""
    kept = counts == "items"
    if isinstance(job.error, Cancelled):
        at = f" at {_far(job, counts)}" if job.total else ""
        st.info(f"Stopped{at}." + (" What was finished is kept." if kept else ""), icon=":material/pause_circle:")
    elif job.error is not None:
        feedback.show(job.error)
    if isinstance(job.error, InputError):
        return  # trying the same again would say the same again
    if st.button("Go on" if kept and job.state == "cancelled" else "Try again", key=f"again-{key}"):
        again()
        rerun()


@st.fragment(run_every=0.4)
def _watch(purpose: str, key: str, label: str, counts: str) -> None:
    job = find_job(key)
    if job is None or not job.running:
        rerun()
    else:
        progress(job, f"{key}-{purpose}", label, counts=counts)


def progress(job: Job[Any], key: str, label: str, more: str = "", counts: str = "items") -> None:
    """How far a job is, and a button to stop it, whose `key` differs where several places wait for one job."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.progress(job.progress, text=" · ".join(filter(None, (label, status(job, counts), more))))
        if st.button("Cancel", key=f"cancel-{key}", icon=":material/close:", type="tertiary"):
            job.cancel()
            if job.wait(AT_ONCE):
                rerun()


def _far(job: Job[Any], counts: str) -> str:
    return f"{job.done:,} of {job.total:,}" if counts == "items" else f"{job.progress:.0%}"


def status(job: Job[Any], counts: str = "items") -> str:
    """How far a job is, in words: "120 of 615 · 85 a second · 6 s left", or "37% · 6 s left" of a share."""
    if not job.total:
        return "getting ready"
    parts = [_far(job, counts)]
    if job.rate > 0 and counts == "items":
        parts.append(f"{job.rate:,.0f} a second" if job.rate >= 10 else f"{job.rate:,.1f} a second")
    if job.seconds_left is not None:
        parts.append(f"{duration(job.seconds_left)} left")
    return " · ".join(parts)


def duration(seconds: float) -> str:
    """A time span in words: "8 s", "3 min", "2 h"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 5400 else f"{round(seconds / 3600)} h"

"""Encode beside the page, and show what is there so far: a part of the data, and a map that grows with it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import cached, waiting
from components.encoding import WORDS
from components.feedback import plain, shown
from components.published import Held
from components.state import get_state, rerun
from embeddings_core.space import Ints
from embeddings_core.store.unfinished import Unfinished, note, settle, unfinished


class Part(NamedTuple):
    """A space, and which items of its dataset it holds, (m,); None where it holds all."""

    space: ec.Space
    rows: Ints | None = None


_parts = Held[Part](8)
"""What is encoded so far, by the name of the job: in memory, for all visitors once."""


def job_key(key: str, encoder: str) -> str:
    """The name of the job that encodes the dataset that is known as `key`."""
    return f"encode-{key}-{encoder}"


def start(key: str, dataset: ec.Dataset, encoder: str) -> ec.Job[ec.Space]:
    """Encode the dataset that is known as `key`, beside the page; whoever asks for the same joins in."""
    return ec.submit(_encode, key, dataset, encoder, key=job_key(key, encoder))


def _encode(key: str, dataset: ec.Dataset, encoder: str, progress: ec.Progress) -> ec.Space:
    store, name = ec.get_store(), job_key(key, encoder)
    tell = partial(note, store, key, encoder)

    def arrived(space: ec.Space, rows: Ints) -> None:
        _parts.replace(name, Part(space, rows))
        tell(dataset.name, len(rows), len(dataset))

    tell(dataset.name, 0, len(dataset))
    space = ec.encode(dataset, encoder, progress=progress, arrived=arrived)
    settle(store, key, encoder)
    _parts.drop(name)
    return space


def encoded(key: str, dataset: ec.Dataset, encoder: str, place: str = "") -> Part | None:
    """The space of a dataset, or what there is of it so far; what it takes to get (the rest of) it is drawn here. A
    page that needs several tells their places apart."""
    with shown():
        name = job_key(key, encoder)
        job = ec.find_job(name)
        if job is None:
            left = ec.remaining(dataset, encoder)
            if left == 0:
                return Part(cached.space(key, encoder))
            if not ec.get_encoder(encoder).spec.instant:
                _offer(key, dataset, encoder, left, place)
                return None
            job = start(key, dataset, encoder)
        if _parts.get(name) is None:
            job.wait(waiting.AT_ONCE)  # most are there by then, and need no progress bar
        if job.state == "done":
            ec.forget(name)  # all visitors share the space that is read from the store: nobody needs the job's own
            return Part(cached.space(key, encoder))
        part = _parts.get(name)
        if job.running:
            _watch(name, f"Encoding {WORDS[dataset.kind]}", part)
        else:
            waiting.ended(job, name, partial(start, key, dataset, encoder))
        return part
    return None


@st.fragment(run_every=0.5)
def _watch(name: str, label: str, part: Part | None) -> None:
    """How far it is; the page is drawn again when more has arrived."""
    job = ec.find_job(name)
    if job is None or not job.running or _parts.get(name) is not part:
        rerun()
    more = "" if part is None else f"on the map so far: {len(part.space):,}"
    waiting.progress(job, name, label, more)


def _offer(key: str, dataset: ec.Dataset, encoder: str, left: int, place: str) -> None:
    spec = ec.get_encoder(encoder).spec
    known = len(set(dataset.keys)) - left
    st.subheader(f"{plain(dataset.name)} is not encoded yet")
    st.write(
        f"{len(dataset):,} {WORDS[dataset.kind]} are to be turned into vectors by {plain(spec.label)}. "
        + (f"{known:,} of them are known already. " if known else "")
        + "You can stop it and go on later; what was encoded once is kept."
    )
    if st.button("Encode", type="primary", key=f"encode{place}", icon=":material/play_arrow:"):
        start(key, dataset, encoder)
        rerun()


# -- what goes on elsewhere, or was broken off -----------------------------------------------------


def in_progress(but: str = "") -> None:
    """What is being encoded, or was broken off, without the dataset `but`: to look at, to go on with, to forget."""
    store = ec.get_store()
    if not (others := [one for one in unfinished(store) if one.dataset != but]):
        return
    known = {sample.id for sample in ec.samples()} | {kept.fingerprint for kept in store.datasets()}
    if any(one.dataset in known for one in others):
        _list(but, frozenset(known))


@st.fragment(run_every=2)
def _list(but: str, known: frozenset[str]) -> None:
    rows = [one for one in unfinished(ec.get_store()) if one.dataset in known and one.dataset != but]
    if not rows:
        return
    with st.container(key="in_progress"):
        st.markdown("**In progress**")
        for one in rows:
            _row(one)


def _row(one: Unfinished) -> None:
    job = ec.find_job(job_key(one.dataset, one.encoder))
    far = f"{job.done:,} of {job.total:,}" if job is not None and job.total else f"{one.done:,} of {one.total:,}"
    key = f"{one.dataset}-{one.encoder}"
    running = job is not None and job.running
    st.caption(plain(f"{one.name} · {far}" + ("" if running else " · stopped")))
    with st.container(horizontal=True, gap="small"):
        if st.button(
            "Look" if running else "Go on", key=f"resume-{key}", type="tertiary", icon=":material/play_arrow:"
        ):
            if not running:
                start(one.dataset, cached.dataset(one.dataset), one.encoder)
            get_state().open(one.dataset, one.encoder)
            st.switch_page("../pages/explore.py")
        if running and st.button("Cancel", key=f"stop-{key}", type="tertiary", icon=":material/close:"):
            job.cancel()
        if not running and st.button(
            "Forget", key=f"drop-{key}", type="tertiary", help="What was encoded stays known."
        ):
            settle(ec.get_store(), one.dataset, one.encoder)
            rerun()


def carry(part: Part, whole: int) -> None:
    """What the visitor has chosen goes along when more of the data has arrived."""
    state = get_state()
    before, now = state.rows, part.rows
    if before is now or (before is not None and now is not None and len(before) == len(now)):
        return
    place = np.full(whole, -1)
    place[np.arange(whole) if now is None else now] = np.arange(len(part.space))
    state.follow(place if before is None else place[before], len(part.space))
    state.rows = now

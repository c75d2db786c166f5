"""Data that is still being encoded: what is shown so far, and what goes along when more arrives."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
from conftest import HashingEncoder, make_texts, run_until
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components import growing, state
from components.app_state import AppState
from components.links import to_link
from embeddings_core.coloring import color_by
from embeddings_core.selections import History
from embeddings_core.space import Floats, Item
from embeddings_core.store.unfinished import unfinished

N = 3_000
SHELL = Path(__file__).parents[2] / "components" / "shell.py"


class Waiting(HashingEncoder):
    """Encodes what it is allowed to, then waits for leave to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.batch, self.leave = 64, threading.Semaphore(0)
        self.fails = False

    @property
    def fingerprint(self) -> str:
        return "waiting-1"

    def encode(self, items: Sequence[Item]) -> Floats:
        self.leave.acquire()
        if self.fails:
            raise ec.CoreError("The model broke.", "Mend it.")
        return super().encode(items)

    def go(self, items: int) -> None:
        for _ in range(-(-items // self.batch)):
            self.leave.release()


@pytest.fixture
def waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Waiting]:
    """Such an encoder in place of MiniLM, and a store of its own."""
    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))
    st.cache_resource.clear()
    encoder, real = Waiting(), ec.get_encoder

    def found(id: str) -> object:
        return encoder if id == "minilm" else real(id)

    for module in (ec, sys.modules["embeddings_core.encoders"]):
        monkeypatch.setattr(module, "get_encoder", found)
    yield encoder
    encoder.go(10 * N)  # nobody is left waiting
    name = growing.job_key(kept().fingerprint, "minilm")
    until(lambda: (job := ec.find_job(name)) is None or not job.running)
    ec.forget(name)
    growing._parts._values.clear()


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def kept() -> ec.Dataset:
    topics = ["even" if i % 2 else "odd" for i in range(N)]
    return ec.get_store().put_dataset(make_texts([f"text {i}" for i in range(N)], topic=topics))


def begun(waiting: Waiting, items: int) -> tuple[ec.Dataset, str]:
    """A dataset of which `items` are encoded, while the encoder waits."""
    data = kept()
    growing.start(data.fingerprint, data, "minilm")
    waiting.go(items)
    name = growing.job_key(data.fingerprint, "minilm")
    until(lambda: (part := growing._parts.get(name)) is not None and len(part.space) == items)
    return data, name


def explore(data: ec.Dataset, **fields: object) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(dataset=data.fingerprint, projection="pca", **fields)  # type: ignore[arg-type]
    return app.run()


def shown(app: AppTest) -> int:
    return len(app.session_state["app"].shown.plane.coords)


def test_a_part_is_shown_and_grows_and_what_was_chosen_goes_along(waiting: Waiting) -> None:
    data, _ = begun(waiting, 512)
    app = explore(data)
    run_until(app, lambda: app.session_state["app"].shown is not None)
    assert not app.exception
    assert shown(app) == 512
    chosen = app.session_state["app"]
    first = chosen.shown.plane.coords
    item = int(np.flatnonzero(chosen.rows == 1234)[0]) if 1234 in chosen.rows else 3
    chosen.item, text = item, data.items[chosen.rows[item]]
    chosen.select(np.arange(512) < 7, "hand")
    picked = {data.items[row] for row in chosen.rows[:7]}
    assert to_link(chosen)["item"] == str(chosen.rows[item])
    assert "selection" not in to_link(chosen)
    waiting.go(1024)
    run_until(app, lambda: shown(app) == 1536)
    assert np.array_equal(chosen.shown.plane.coords[:512], first)
    waiting.go(N)
    run_until(app, lambda: shown(app) == N)
    chosen = app.session_state["app"]
    assert chosen.rows is None
    assert data.items[chosen.item] == text
    assert {data.items[row] for row in np.flatnonzero(chosen.history.now)} == picked
    assert any("3,000 items" in caption.value and "made from 512 items" in caption.value for caption in app.caption)
    assert unfinished(ec.get_store()) == ()
    # another session sees the same
    again = explore(data)
    run_until(again, lambda: again.session_state["app"].shown is not None)
    assert np.array_equal(again.session_state["app"].shown.plane.coords, chosen.shown.plane.coords)
    assert again.session_state["app"].shown.plane.fingerprint == chosen.shown.plane.fingerprint
    # made anew of everything
    app.button(key="fit_again").click().run()
    run_until(app, lambda: not any("made from" in caption.value for caption in app.caption))
    whole = ec.project(ec.encode(data, "minilm"), "pca")
    assert np.array_equal(app.session_state["app"].shown.plane.coords, whole.coords)
    later = explore(data)
    run_until(later, lambda: later.session_state["app"].shown is not None)
    assert np.array_equal(later.session_state["app"].shown.plane.coords, whole.coords)


def test_on_the_first_glimpse_of_a_slow_model_nothing_else_is_placed(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["embeddings_core.encoders._sources"], "SOON", -1.0)  # anything takes too long
    data, _ = begun(waiting, 64)
    app = explore(data)
    run_until(app, lambda: app.session_state["app"].shown is not None)
    assert shown(app) == 64
    waiting.go(448)
    run_until(app, lambda: shown(app) == 512)
    chosen = app.session_state["app"]
    part = data.take(chosen.rows)
    assert np.array_equal(chosen.shown.plane.coords, ec.project(ec.encode(part, "minilm"), "pca").coords)
    assert not any("made from" in caption.value for caption in app.caption)


def test_two_visitors_share_the_work(waiting: Waiting) -> None:
    data, name = begun(waiting, 512)
    job = ec.find_job(name)
    one, two = explore(data), explore(data)
    run_until(one, lambda: one.session_state["app"].shown is not None)
    run_until(two, lambda: two.session_state["app"].shown is not None)
    assert ec.find_job(name) is job
    assert shown(one) == shown(two) == 512
    waiting.go(N)
    run_until(two, lambda: shown(two) == N)
    assert len(waiting.encoded) == N


def test_a_stop_keeps_the_part_and_goes_on_where_it_was(waiting: Waiting) -> None:
    data, name = begun(waiting, 512)
    job = ec.find_job(name)
    assert job is not None
    job.cancel()
    waiting.go(64)
    until(lambda: job.state == "cancelled")
    app = explore(data)
    run_until(app, lambda: app.session_state["app"].shown is not None)
    assert any(info.value.startswith("Stopped at") for info in app.info)
    assert shown(app) == 512
    assert [one.done for one in unfinished(ec.get_store())] == [512]
    known = len(waiting.encoded)
    waiting.go(N)
    app.button(key=f"again-{name}").click().run()
    run_until(app, lambda: shown(app) == N)
    assert len(waiting.encoded) == N
    assert known >= 512


def test_a_crash_says_why_and_keeps_what_was_encoded(waiting: Waiting) -> None:
    data, name = begun(waiting, 512)
    waiting.fails = True
    waiting.go(64)
    until(lambda: not ec.find_job(name).running)  # type: ignore[union-attr]
    app = explore(data)
    assert any("The model broke" in error.value for error in app.error)
    assert ec.remaining(data, "minilm") == N - 512


def test_after_a_restart_one_click_goes_on(waiting: Waiting) -> None:
    data, name = begun(waiting, 512)
    job = ec.find_job(name)
    assert job is not None
    job.cancel()
    waiting.go(64)
    until(lambda: not job.running)
    # as after a restart: nobody remembers the job, or its part
    ec.forget(name)
    growing._parts._values.clear()
    app = AppTest.from_file(str(SHELL), default_timeout=120).run().switch_page("../pages/data.py").run()
    assert any("512 of 3,000 · stopped" in caption.value for caption in app.caption)
    waiting.go(N)
    app.button(key=f"resume-{data.fingerprint}-minilm").click().run()
    until(lambda: unfinished(ec.get_store()) == ())
    assert len(waiting.encoded) == N


def test_what_was_broken_off_can_be_forgotten(waiting: Waiting) -> None:
    data, name = begun(waiting, 512)
    ec.find_job(name).cancel()  # type: ignore[union-attr]
    waiting.go(64)
    until(lambda: not ec.find_job(name).running)  # type: ignore[union-attr]
    app = AppTest.from_file(str(SHELL), default_timeout=120).run().switch_page("../pages/data.py").run()
    app.button(key=f"drop-{data.fingerprint}-minilm").click().run()
    assert unfinished(ec.get_store()) == ()


def test_colors_stay_while_the_data_grows() -> None:
    values = make_texts(list("abcdefgh"), side=list("xxyyyzzz")).metadata["side"]
    whole = color_by("side", values)
    part = whole.take(np.array([7, 0, 4]))
    assert (part.names, part.palette) == (whole.names, whole.palette)
    assert [part.names[code] for code in part.codes] == ["z", "x", "y"]
    assert dict(zip(part.names, part.counts, strict=True)) == {"x": 1, "y": 1, "z": 1}


def test_steps_go_along_to_other_numbers() -> None:
    history = History(4)
    history.set(np.array([1, 0, 0, 1], bool), "one")
    history.set(np.array([0, 1, 0, 0], bool), "two")
    moved = history.carried(np.array([2, 0, -1, 5]), 6)
    assert np.flatnonzero(moved.now).tolist() == [0]
    moved.undo()
    assert np.flatnonzero(moved.now).tolist() == [2, 5]
    assert moved.can_redo == "two"


def test_a_visitor_who_turns_the_page_keeps_what_was_open(monkeypatch: pytest.MonkeyPatch) -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca")
    app.run().switch_page("../pages/data.py").run()
    app.query_params.clear()
    app.switch_page("../pages/explore.py").run()
    assert app.session_state["app"].projection == "pca"
    assert state.AppState().projection != "pca"


def test_what_was_picked_just_before_more_arrived_is_still_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = AppState()
    chosen.follow(np.array([5, 3, 9]), 10)
    monkeypatch.setattr(state, "get_state", lambda: chosen)
    for sent, found in (
        ({"item": 1, "of": 3}, 3), ({"item": 1, "of": 10}, 1), ({"item": 3, "of": 3}, 3),
        ({"item": 10, "of": 10}, None),
        ({"item": -1, "of": 10}, None), ({"item": "1", "of": 10}, None), (1, None), (None, None),
    ):  # fmt: skip
        monkeypatch.setattr(state, "heard", lambda key, name, sent=sent: sent)
        assert state.heard_item("map", 10) == found

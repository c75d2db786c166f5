"""The Selection panel on a page of its own, with a few items, for the tests of what is in it."""

from __future__ import annotations

from typing import Any

import numpy as np
from conftest import blobs, make_space, make_texts
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from embeddings_core import selections
from embeddings_core.fingerprints import fingerprint

N = 60

NASTY = "**cats** <b>[x](y) $1$ :smile:"


def made_space() -> ec.Space:
    """Items 0, 3, 6, ... are about cats, the others about dogs and birds."""
    vectors, labels = blobs(N, groups=3)
    animals = ["cat", "dog", "bird"]
    texts = [f"a {animals[label]} number {i} sat {NASTY if i == 1 else ''}" for i, label in enumerate(labels)]
    topics = [animals[label] for label in labels]
    return make_space(vectors, make_texts(texts, topic=topics, price=[float(label) * 10 + 1 for label in labels]))


SPACE = made_space()

CATS = np.arange(N) % 3 == 0


def page(space: object) -> None:
    """What the explorer does for this panel."""
    from components.panels.selection import selection_panel
    from components.selecting import keep_selection
    from components.state import get_state
    from embeddings_core.coloring import color_by

    keep_selection(get_state(), len(space))
    selection_panel(space, color_by("topic", space.dataset.metadata["topic"]))


def opened(**fields: Any) -> AppTest:
    """The panel, with these fields of the state."""
    app = AppTest.from_function(page, default_timeout=60, args=(SPACE,))
    app.session_state["app"] = AppState(**fields)
    return app.run()


def selected(mask: np.ndarray = CATS, **fields: Any) -> AppTest:
    """The panel with a selection."""
    history = selections.History(N)
    history.set(mask, "the box")
    return opened(history=history, **fields)


def now(app: AppTest) -> np.ndarray:
    assert not app.exception
    return np.flatnonzero(app.session_state["app"].history.now)


def said(app: AppTest) -> str:
    return "\n".join(block.value for block in (*app.markdown, *app.caption))


def key(name: str) -> str:
    return fingerprint(name)[:16]


def kept() -> dict[str, list[int]]:
    known = selections.kept(ec.get_store(), SPACE.dataset.fingerprint)
    return {one.name: one.items.tolist() for one in known}


def keep(name: str, items: list[int]) -> None:
    selections.keep(ec.get_store(), SPACE.dataset.fingerprint, name, items)

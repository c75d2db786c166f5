"""Very many vectors in the search panel: all are read, or an index answers that is called approximate."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_space, run_until
from rules import ROOT
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.marks import address_to_ask
from components.published import publish_map
from components.routes import ROUTES
from embeddings_core import indexes

SHELL = ROOT / "components" / "shell.py"


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few items count as very many."""
    monkeypatch.setattr(indexes, "EXACT", 100)
    monkeypatch.setattr(indexes, "_made", type(indexes._made)())


@pytest.mark.usefixtures("home", "many")
def test_an_index_is_made_when_it_is_chosen_and_the_list_called_approximate() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", item=5)
    app.run()

    def says(words: str) -> bool:
        return any(words in caption.value for caption in app.caption)

    run_until(app, lambda: says("Exact search over all 615 items"))
    assert not indexes._made
    app.toggle(key="exact").set_value(False).run()
    run_until(app, lambda: says("Approximate: finds"))
    assert not app.exception
    assert len(indexes._made) == 1
    app.toggle(key="exact").set_value(True).run()
    run_until(app, lambda: says("Exact search over all 615 items"))


@pytest.mark.usefixtures("home")
def test_there_is_no_choice_where_all_vectors_are_read_fast() -> None:
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", item=5, exact=False)
    app.run()
    run_until(app, lambda: any("Exact search" in caption.value for caption in app.caption))
    assert not any(toggle.key == "exact" for toggle in app.toggle)


@pytest.mark.usefixtures("many")
def test_what_the_browser_asks_for_itself_is_found_the_same_way(monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space(blobs(300)[0])
    plane = publish_map(ec.Projection("few-candidates", "pca", 2, 0, {}, space.vectors[:, :2].copy())).projection
    index = indexes.Index("fp16", 0.9, True, None, np.arange(300), np.arange(301))
    monkeypatch.setattr(indexes.Index, "candidates", lambda self, vector, k: np.arange(20))
    indexes._made[space.fingerprint] = index
    browser = TestClient(Starlette(routes=ROUTES))
    for exact in (True, False):
        found = browser.get(address_to_ask(space, plane, 5, "cosine", 7, exact=exact)).json()
        hits = ec.neighbors(space, 7, 5, exact=exact)
        assert [row["item"] for row in found["list"]] == hits.indices[0].tolist()
        assert all(row["item"] < 20 for row in found["list"]) is not exact

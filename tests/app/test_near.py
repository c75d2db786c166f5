"""What is near an item, as the browser asks for it past the page."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts
from starlette.applications import Starlette
from starlette.testclient import TestClient

import embeddings_core as ec
from components.marks import Marks, address_to_ask, placed
from components.published import publish_map
from components.routes import ROUTES
from embeddings_core.filters import Filter

N = 300
BROWSER = TestClient(Starlette(routes=ROUTES))


@pytest.fixture(scope="module")
def space() -> ec.Space:
    vectors, labels = blobs(N)
    return make_space(vectors, make_texts([f"text {i} <b>" for i in range(N)], side=labels.tolist()))


@pytest.fixture(scope="module")
def plane(space: ec.Space) -> ec.Projection:
    plane = ec.Projection(f"near-{space.fingerprint}", "pca", 2, 0, {}, space.vectors[:, :2].copy())
    return publish_map(plane).projection


def test_the_answer_is_what_the_page_shows(space: ec.Space, plane: ec.Projection) -> None:
    found = BROWSER.get(address_to_ask(space, plane, 5, "euclidean", 7)).json()
    hits = ec.neighbors(space, 7, 5, "euclidean")
    assert [row["item"] for row in found["list"]] == hits.indices[0].tolist()
    assert [row["score"] for row in found["list"]] == [f"{score:.3f}" for score in hits.scores[0]]
    assert found["center"][0]["text"] == "text 7 <b>"
    assert found["marks"] == {"item": 7, "neighbors": hits.indices[0].tolist()}


def test_places_are_told_where_the_browser_has_only_a_sample(
    plane: ec.Projection, monkeypatch: pytest.MonkeyPatch
) -> None:
    marks = Marks(7, neighbors=(3, 1), query=(0.5, 2.0))
    assert placed(marks, plane) == {"item": 7, "neighbors": (3, 1), "query": (0.5, 2.0)}
    monkeypatch.setattr("components.marks.DRAWN", len(plane.coords) - 1)
    found = placed(marks, plane)
    assert np.allclose(found["places"], plane.coords[[3, 1]])
    assert np.allclose(found["place"], plane.coords[7])


def test_only_what_the_filter_leaves_is_near(space: ec.Space, plane: ec.Projection) -> None:
    where = Filter(values={"side": ("0", "2")})
    found = BROWSER.get(address_to_ask(space, plane, 40, "cosine", 7, where.to_text())).json()
    hits = ec.neighbors(space, 7, 40, where=where)
    assert [row["item"] for row in found["list"]] == hits.indices[0].tolist()
    assert set(space.dataset.metadata["side"].iloc[hits.indices[0]]) <= {0, 2}


@pytest.mark.parametrize(
    ("change", "status"),
    [(("/7?", f"/{N}?"), 404), (("k=5", "k=0"), 400), (("k=5", "k=x"), 404), (("cosine", "nonsense"), 400),
     (("map=", "map=x"), 404)],
)  # fmt: skip
def test_what_no_page_asks_for_gets_a_message(
    space: ec.Space, plane: ec.Projection, change: tuple[str, str], status: int
) -> None:
    address = address_to_ask(space, plane, 5, "cosine", 7)
    assert BROWSER.get(address).status_code == 200
    answer = BROWSER.get(address.replace(*change))
    assert answer.status_code == status
    assert answer.json()["message"]


def test_the_map_of_another_space_is_not_mixed_in(space: ec.Space, plane: ec.Projection) -> None:
    other = publish_map(ec.Projection("other-near", "pca", 2, 0, {}, np.zeros((3, 2), np.float32))).projection
    assert BROWSER.get(address_to_ask(space, other, 5, "cosine", 7)).status_code == 404

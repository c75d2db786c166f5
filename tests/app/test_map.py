"""What the map sends and what it takes, without a browser."""

from __future__ import annotations

import uuid
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, make_space, make_texts

import embeddings_core as ec
from components.map.map import Marks, map_address, payload, publish_codes, select_loop
from components.map.naming import publish_names
from components.published import SHORT, made, maps, publish_map
from embeddings_core.coloring import Coloring, color_by, no_color
from embeddings_core.filters import Filter
from embeddings_core.selections import History, unpack

N = 400
SQUARE = [[-1.0, -1.0], [1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]]


@pytest.fixture
def dataset() -> ec.Dataset:
    return make_texts([f"text {i}" for i in range(N)], side=["left" if i % 2 else "right" for i in range(N)])


@pytest.fixture
def plane() -> ec.Projection:
    coords = np.random.default_rng(0).normal(size=(N, 2)).astype(np.float32)
    return ec.Projection(f"plane-{uuid.uuid4()}", "pca", 2, 0, {}, coords)


def lasso(plane: ec.Projection, coloring: Coloring, **changed: Any) -> dict[str, Any]:
    """What the browser sends of a loop drawn on this map."""
    of = {"map": map_address(plane), "coloring": publish_codes(coloring)}
    return {**of, "loop": SQUARE, "how": "replace", "hidden": [], "matrix": None, **changed}


def test_a_rerun_sends_little_and_a_point_takes_nine_bytes() -> None:
    vectors, labels = blobs(2000)
    space = make_space(vectors)
    plane = ec.Projection("f" * 64, "pca", 2, 0, {}, np.ascontiguousarray(vectors[:, :2]))
    coloring = color_by("group", pd.Series(labels.astype(str)))
    history = History(2000)
    history.set(np.arange(2000) % 2 == 0, "hand")
    sent = payload(space.dataset, plane, coloring, Marks(item=3, neighbors=(1, 2)), history)
    assert len(str(sent)) < 2000
    assert (sent["points"], sent["whole"]) == (2000, True)
    assert sent["marks"] == {"item": 3, "neighbors": (1, 2)}
    assert (plane.coords.nbytes + coloring.codes.nbytes) / len(space) <= 9
    raw = made.get(sent["selection"].rsplit("/", 1)[1])
    assert raw is not None
    assert unpack(raw.read(), 2000).tolist() == history.now.tolist()


def test_an_address_keeps_what_was_selected_when_it_was_given(dataset: ec.Dataset, plane: ec.Projection) -> None:
    history = History(N)
    history.set(np.arange(N) < 5, "hand")
    sent = payload(dataset, plane, no_color(N), Marks(), history)
    history.set(np.arange(N) < 50, "hand")
    raw = made.get(sent["selection"].rsplit("/", 1)[1])
    assert raw is not None
    assert unpack(raw.read(), N).sum() == 5


def test_a_loop_selects_all_that_is_in_it(dataset: ec.Dataset, plane: ec.Projection) -> None:
    history = History(N)
    select_loop(lasso(plane, no_color(N)), dataset, plane, no_color(N), history, "")
    within = (np.abs(plane.coords) < 1).all(axis=1)
    assert history.now.tolist() == within.tolist()
    far = [[x + 5, y] for x, y in SQUARE]
    select_loop(lasso(plane, no_color(N), loop=far, how="add"), dataset, plane, no_color(N), history, "")
    assert history.now.tolist() == within.tolist()
    select_loop(lasso(plane, no_color(N), how="remove"), dataset, plane, no_color(N), history, "")
    assert history.count == 0


def test_a_loop_leaves_out_what_is_hidden_or_filtered(dataset: ec.Dataset, plane: ec.Projection) -> None:
    coloring = color_by("side", dataset.metadata["side"])
    within = (np.abs(plane.coords) < 1).all(axis=1)
    left = (dataset.metadata["side"] == "left").to_numpy()
    history = History(N)
    select_loop(lasso(plane, coloring, hidden=[coloring.names.index("right")]), dataset, plane, coloring, history, "")
    assert history.now.tolist() == (within & left).tolist()
    only = Filter(values={"side": ("right",)}).to_text()
    select_loop(lasso(plane, coloring), dataset, plane, coloring, history, only)
    assert history.now.tolist() == (within & ~left).tolist()


def test_a_loop_over_a_solid_map_is_on_the_screen(dataset: ec.Dataset) -> None:
    coords = np.random.default_rng(1).normal(size=(N, 3)).astype(np.float32)
    solid = ec.Projection("solid", "pca", 3, 0, {}, coords)
    history = History(N)
    seen = np.eye(4)
    seen[0, 3] = 0.5  # as the browser sends it: column after column, the eye half a unit to the left
    select_loop(lasso(solid, no_color(N), matrix=seen.T.ravel().tolist()), dataset, solid, no_color(N), history, "")
    within = (np.abs(coords[:, 0] + 0.5) < 1) & (np.abs(coords[:, 1]) < 1)
    assert history.now.tolist() == within.tolist()


@pytest.mark.parametrize(
    "wrong",
    [
        {"loop": [[0, 0]]},
        {"loop": "everything"},
        {"loop": [[0, float("nan")]] * 3},
        {"how": "explode"},
        {"hidden": ["x"]},
        {"matrix": [1]},
    ],
    ids=lambda wrong: str(wrong)[:24],
)
def test_what_no_map_can_have_sent_changes_nothing(wrong: dict[str, Any], dataset: ec.Dataset) -> None:
    solid = ec.Projection("solid", "pca", 3, 0, {}, np.zeros((N, 3), np.float32))
    history = History(N)
    select_loop(
        lasso(solid, no_color(N), **{"matrix": np.eye(4).ravel().tolist(), **wrong}),
        dataset,
        solid,
        no_color(N),
        history,
        "",
    )
    assert history.count == 0


def test_all_visitors_share_the_coordinates_of_a_map(dataset: ec.Dataset, plane: ec.Projection) -> None:
    again = ec.Projection(plane.fingerprint, "pca", 2, 0, {}, plane.coords.copy())
    assert publish_map(plane).projection is plane
    assert publish_map(again).projection.coords is plane.coords
    assert maps.get(plane.fingerprint[:SHORT]) is not None


def test_an_island_is_not_what_is_looked_at_first(dataset: ec.Dataset) -> None:
    coords = np.random.default_rng(2).normal(size=(N, 2)).astype(np.float32)
    coords[:10] += 40
    held = publish_map(ec.Projection("island", "pca", 2, 0, {}, coords))
    assert held.bounds[2] > 35
    assert held.home[2] < 6
    lone = publish_map(ec.Projection("lone", "pca", 2, 0, {}, np.zeros((N, 2), np.float32)))
    assert lone.home == lone.bounds


@pytest.mark.parametrize("coloring", [no_color(N), None], ids=["one color", "categories"])
def test_names_come_by_address(coloring: Coloring | None, dataset: ec.Dataset, plane: ec.Projection) -> None:
    space = make_space(np.random.default_rng(0).normal(size=(N, 4)).astype(np.float32))
    addresses = publish_names(space, plane, coloring or color_by("side", dataset.metadata["side"]))
    assert len(addresses) == (1 if coloring else 2)

"""A map as one file: all that is in it comes from the space, and nothing in it can become code."""

from __future__ import annotations

import base64
import gzip
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from conftest import blobs, grouped, make_space, make_texts

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.neighbors import neighbors
from embeddings_core.selections import History, unpack
from embeddings_core.snapshot import COLORS, K, about, rounded
from embeddings_core.store import result_key
from embeddings_core.stories import Scene

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def parts_of(page: bytes) -> dict[str, bytes]:
    found = re.findall(r'<script type="text/plain" data-part="([\w-]+)">([^<]*)</script>', page.decode())
    return {name: gzip.decompress(base64.b64decode(text)) for name, text in found}


@pytest.fixture
def space() -> ec.Space:
    vectors, labels = blobs(90)
    data = make_texts(
        [f"text {i} {HOSTILE}" for i in range(90)], group=[f"g{label}" for label in labels], price=range(90)
    )
    return make_space(vectors, data)


@pytest.fixture
def plane(space: ec.Space, store: ec.Store) -> ec.Projection:
    return ec.project(space, "pca", store=store)


def test_the_page_holds_the_map_and_the_neighbors(
    space: ec.Space, plane: ec.Projection, store: ec.Store, tmp_path: Path
) -> None:
    path = ec.snapshot(space, plane, tmp_path / "map.html", store=store)
    parts = parts_of(path.read_bytes())
    head, texts = json.loads(parts["head"]), json.loads(parts["texts"])
    assert np.frombuffer(parts["coords"], "<f4").reshape(90, 2).tolist() == plane.coords.tolist()
    near = np.frombuffer(parts["near"], "<u4").reshape(90, K)
    scores = np.frombuffer(parts["scores"], "<i2").reshape(90, K) / 32767
    for item in (0, 44, 89):
        hits = neighbors(space, item, K)
        assert scores[item] == pytest.approx(hits.scores[0], abs=1e-4)
        assert scores[item] == pytest.approx(space.unit[near[item]] @ space.unit[item], abs=1e-4)
        assert len({item, *near[item].tolist()}) == K + 1
    assert texts["titles"] == space.dataset.captions
    assert dict(texts["columns"])["group"] == space.dataset.metadata["group"].tolist()
    assert (head["points"], head["dims"], head["k"]) == (90, 2, K)
    assert head["colors"][0]["label"] == "group"
    codes = np.frombuffer(parts["codes-0"], np.uint8)
    assert [head["colors"][0]["names"][code] for code in codes] == dict(texts["columns"])["group"]


def test_groups_and_columns_that_are_asked_for_are_its_colors(
    space: ec.Space, plane: ec.Projection, store: ec.Store
) -> None:
    groups = grouped(np.arange(90) % 3)
    page = ec.snapshot_page(space, plane, colors=["price"], clustering=groups, store=store)
    head = json.loads(parts_of(page)["head"])
    assert [color["label"] for color in head["colors"]] == ["Cluster", "price"]
    with pytest.raises(ParameterError, match="no column"):
        ec.snapshot_page(space, plane, colors=["nothing"], store=store)


class Elements(HTMLParser):
    """The scripts, pictures and handlers of a page."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.scripts: list[dict[str, str | None]] = []
        self.loading: list[str] = []
        self.policy = ""
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script":
            self.scripts.append(given)
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"] or ""
        self.loading += [f"{tag} {name}" for name in given if name in ("src", "href") or name.startswith("on")]


def test_hostile_text_stays_text(space: ec.Space, plane: ec.Projection, store: ec.Store) -> None:
    page = ec.snapshot_page(space, plane, title=HOSTILE, caption=HOSTILE, store=store)
    plain = ec.snapshot_page(space, plane, title="plain", store=store)
    found, expected = Elements(page), Elements(plain)
    assert found.scripts == expected.scripts
    assert found.loading == expected.loading == []
    assert "default-src 'none'" in found.policy
    assert "'unsafe-inline'" not in found.policy.split("style-src")[0]


def test_without_texts_and_vectors_nothing_of_them_is_in_the_page(plane: ec.Projection, store: ec.Store) -> None:
    vectors, _ = blobs(90)
    data = make_texts([f"zqxsecret{i} zqxsaying" for i in range(90)], zqxowner=[f"zqxperson{i % 4}" for i in range(90)])
    space = make_space(vectors, data)
    page = ec.snapshot_page(space, plane, texts=False, vectors=False, store=store)
    parts = parts_of(page)
    held = b"".join(raw for name, raw in parts.items() if name != "plotly")
    assert {"texts", "vectors", "pictures"} & set(parts) == set()
    for word in (b"zqxsecret", b"zqxsaying", b"zqxperson", b"zqxowner"):
        assert word not in held
        assert word not in page
    told = parts_of(ec.snapshot_page(space, plane, texts=False, vectors=False, colors=["zqxowner"], store=store))
    assert json.loads(told["head"])["colors"][0]["names"] == [f"zqxperson{i}" for i in range(4)]


def test_rounded_vectors_keep_cosines() -> None:
    unit = make_space(np.random.default_rng(0).normal(size=(200, 40))).unit
    whole = rounded(unit, 10**6).astype(float)
    assert whole.shape == (200, 40)
    length = np.linalg.norm(whole, axis=1)
    assert (whole @ whole.T / np.outer(length, length)) == pytest.approx(unit @ unit.T, abs=0.02)
    assert rounded(unit, 200 * 8).shape == (200, 8)
    flat = np.concatenate([unit[:, :5], np.zeros((200, 35), np.float32)], axis=1)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    cut = rounded(flat, 200 * 5).astype(float)
    length = np.linalg.norm(cut, axis=1)
    assert (cut @ cut.T / np.outer(length, length)) == pytest.approx(flat @ flat.T, abs=0.03)


def test_what_does_not_belong_together_is_refused(plane: ec.Projection, store: ec.Store) -> None:
    with pytest.raises(InputError, match="other items"):
        ec.snapshot_page(make_space(blobs(30)[0]), plane, store=store)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_few_items_make_a_page(n: int, store: ec.Store) -> None:
    space = make_space(blobs(n)[0])
    page = ec.snapshot_page(space, ec.project(space, "pca", store=store), store=store)
    assert json.loads(parts_of(page)["head"])["k"] == min(n - 1, K)


def test_the_views_of_a_story_come_with_it(space: ec.Space, plane: ec.Projection, store: ec.Store) -> None:
    links = [
        {"color": "group", "item": "7", "view": "0a0a0a0a:1,2,3,4", "hidden": "0.2"},
        {"color": "no such", "item": "90", "filter": "?", "hidden": "x"},
        {"color": "@cluster", "filter": '{"ranges": {"price": [80, null]}}'},
    ]
    scenes = [Scene(HOSTILE, "A caption", "Only for the speaker", link) for link in links]
    groups = grouped(np.arange(90) % 3)
    page = ec.snapshot_page(space, plane, colors=["group"], clustering=groups, views=scenes, store=store)
    assert HOSTILE not in page.decode()
    first, second, third = json.loads(parts_of(page)["head"])["views"]
    assert first == {
        "title": HOSTILE, "caption": "A caption", "passing": "", "selected": "", "color": 1, "item": 7,
        "hidden": [0, 2], "view": "1,2,3,4",
    }  # fmt: skip
    assert (second["color"], second["item"], second["hidden"], second["passing"]) == (0, None, [], "")
    assert np.flatnonzero(unpack(base64.b64decode(third["passing"]), 90)).tolist() == list(range(80, 90))
    assert third["color"] == 0


def test_what_a_view_has_selected_comes_with_it(space: ec.Space, plane: ec.Projection, store: ec.Store) -> None:
    history = History(90)
    history.set(np.arange(90) < 20, "")
    key, bits = history.fingerprint, np.frombuffer(history.packed, np.uint8)
    store.put_result(result_key("selection", key), {"bits": bits}, {"n": 90})
    late = '{"ranges": {"price": [10, null]}}'
    links = [{"selection": key}, {"selection": key, "filter": late}, {"selection": "0" * 64}]
    scenes = [Scene("", "", "", link) for link in links]
    views = json.loads(parts_of(ec.snapshot_page(space, plane, views=scenes, store=store))["head"])["views"]
    items = [np.flatnonzero(unpack(base64.b64decode(one["selected"]), 90)).tolist() for one in views[:2]]
    assert items == [list(range(20)), list(range(10, 20))]
    assert [one["passing"] for one in views] == ["", "", ""]
    assert views[2]["selected"] == ""


def test_a_view_that_names_no_color_has_the_usual_one(space: ec.Space, plane: ec.Projection, store: ec.Store) -> None:
    views = [Scene("", "", "", {}), Scene("", "", "", {"color": "@none"})]
    head = json.loads(parts_of(ec.snapshot_page(space, plane, views=views, first="price", store=store))["head"])
    assert head["colors"][0]["label"] == "price"
    assert [head["colors"][view["color"]]["label"] for view in head["views"]] == ["group", ""]


def test_the_column_that_colors_a_view_comes_with_it(plane: ec.Projection, store: ec.Store) -> None:
    names = {f"c{k}": [f"{k}-{i % 3}" for i in range(90)] for k in range(COLORS + 2)}
    space = make_space(blobs(90)[0], make_texts([f"text {i}" for i in range(90)], **names))
    views = [Scene("", "", "", {"color": f"c{COLORS + 1}"})]
    head = json.loads(parts_of(ec.snapshot_page(space, plane, views=views, store=store))["head"])
    assert head["colors"][head["views"][0]["color"]]["label"] == f"c{COLORS + 1}"
    without = json.loads(parts_of(ec.snapshot_page(space, plane, views=views, texts=False, store=store))["head"])
    assert [color["label"] for color in without["colors"]] == [""]


def test_without_texts_groups_are_numbered_unless_their_names_were_typed(
    space: ec.Space, plane: ec.Projection, store: ec.Store
) -> None:
    made = replace(grouped(np.arange(90) % 2), names=("zqxword, zqxother", "zqxthird"))
    for method, names in (("kmeans", ["Group 1", "Group 2"]), ("names", list(made.names))):
        groups = replace(made, method=method)
        head = json.loads(parts_of(ec.snapshot_page(space, plane, clustering=groups, texts=False, store=store))["head"])
        assert head["colors"][0]["names"] == names
        assert set(head["colors"][0]["landmarks"]["names"]) == set(names)


def test_the_page_says_what_it_holds(space: ec.Space, plane: ec.Projection, store: ec.Store) -> None:
    def told(space: ec.Space, **held: bool) -> str:
        return about(space, plane, None, **held)

    minilm = ec.Space(space.dataset, "minilm", "f", space.vectors)
    assert "90 items of test, encoded by MiniLM into 20 numbers" in told(minilm, texts=True, vectors=True)
    assert "holds the texts and vectors rounded" in told(space, texts=True, vectors=True)
    assert "holds no texts and no vectors" in told(space, texts=False, vectors=False)
    assert "holds no texts, but vectors rounded" in told(space, texts=False, vectors=True)
    assert "holds the texts, but no vectors" in told(space, texts=True, vectors=False)
    one = make_space(blobs(1)[0])
    assert told(one, texts=True, vectors=True).startswith("1 item of ")

"""A report stands alone, lets no text of the data become anything else, and tells how to make the same again."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, grouped, make_map, make_space, make_texts, random_pair
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.markup import Markup, joined, tag
from embeddings_core.report.drawing import MOST, Colors, legend, picture
from embeddings_core.report.recipe import recipe, versions
from embeddings_core.store import get_store

HOSTILE = "</style></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp; {{}} \u202e\x00\ud800"
ALLOWED = {
    "html", "head", "meta", "title", "style", "body", "header", "section", "h1", "h2", "h3", "p", "div", "figure",
    "figcaption", "svg", "g", "path", "circle", "rect", "span", "small", "strong", "table", "thead", "tbody", "tr",
    "th", "td", "pre", "code",
}  # fmt: skip


class Read(HTMLParser):
    """The elements of a page with their attributes, its texts, and whether every element is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, name: str, attributes: Any) -> None:
        self.elements.append((name, dict(attributes)))
        self.open.append(name)

    def handle_startendtag(self, name: str, attributes: Any) -> None:
        self.elements.append((name, dict(attributes)))

    def handle_endtag(self, name: str) -> None:
        assert self.open.pop() == name

    def handle_data(self, text: str) -> None:
        self.texts.append(text)

    def attributes(self, name: str) -> list[str | None]:
        return [given[name] for _, given in self.elements if name in given]


def spot(n: int) -> Colors:
    return Colors("kind", np.arange(n) % 2, ("#112233", "#445566"), ("one", "two"))


@given(st.text(max_size=40), st.text(max_size=40))
def test_markup_holds_texts_and_attributes_as_they_are(inside: str, attribute: str) -> None:
    read = Read(tag("p", inside, None, Markup("<br/>"), title=attribute, lang=None))
    assert read.open == []
    assert [name for name, _ in read.elements] == ["p", "br"]
    fit = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
    assert read.elements[0][1] == {"title": fit.sub("\ufffd", attribute)}
    assert "".join(read.texts) == fit.sub("\ufffd", inside)


def test_markup_names_attributes_as_html_does() -> None:
    assert joined("<", 1, tag("p", class_="a", stroke_width=2)) == '&lt;1<p class="a" stroke-width="2"></p>'


def test_hostile_texts_stay_texts() -> None:
    data = ec.space.Dataset(
        HOSTILE, "text", ["a", "b", "c", "d"], pd.DataFrame({"text": list("abcd")}), license=HOSTILE, source=HOSTILE
    )
    space = ec.Space(data, HOSTILE, "made", np.eye(4, dtype=np.float32))
    plane = ec.Projection("made", HOSTILE, 2, 0, {HOSTILE: HOSTILE}, np.eye(4, 2, dtype=np.float32), note=HOSTILE)
    groups = grouped(np.array([0, 0, 1, 1]), (HOSTILE, "\n</td>"))
    colors = Colors(HOSTILE, np.zeros(4, int), ("#000000", "#ffffff"), (HOSTILE, HOSTILE))
    page = ec.report(space, plane, clustering=groups, colors=colors, others=[ec.View(space, plane)])
    page.encode()  # no half characters
    read = Read(page)
    assert read.open == []
    assert {name for name, _ in read.elements} <= ALLOWED
    assert not [given for _, given in read.elements for name in given if name.startswith("on")]
    shown = HOSTILE.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert sum(shown in text for text in read.texts) >= 8
    assert "<script" not in page
    # nor does any of them end a line of Python
    code = next(text for text in read.texts if text.startswith("import"))
    assert all(re.match(r"import|data = |space|plane|assert|groups|#|$", line) for line in code.splitlines())


def test_it_needs_and_runs_nothing() -> None:
    space, plane = random_pair(40)
    page = ec.report(space, plane, trust=ec.trust(space, plane), colors=spot(40))
    read = Read(page)
    assert not {"src", "href", "style"} & {name for _, given in read.elements for name in given}
    assert "url(" not in page
    assert "@import" not in page
    policy = next(given["content"] for _, given in read.elements if given.get("http-equiv"))
    style = page.split("<style>")[1].split("</style>")[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    assert page == ec.report(space, plane, trust=ec.trust(space, plane), colors=spot(40))


def test_it_says_what_the_core_says() -> None:
    space, plane = random_pair(60)
    other = make_map(np.random.default_rng(1).normal(size=(60, 2)))
    trust, found = ec.trust(space, plane), ec.compare(plane, other)
    groups = grouped(np.array([0] * 40 + [1] * 15 + [-1] * 5), ("many", "few"))
    texts = Read(
        ec.report(
            space, plane, trust=trust, others=[ec.View(space, other)], comparison=found, clustering=groups, title="T"
        )
    ).texts
    assert texts.count("T") == 2
    assert trust.verdict in texts
    assert f"{trust.trustworthiness:.3f}" in texts
    low, high = trust.intervals["triplets"]
    assert f"{trust.triplets:.3f} ({low:.3f} to {high:.3f})" in texts
    assert f"{found.overlap:.3f}" in texts
    assert f"{found.disparity:.3f}" in texts
    assert any(text.startswith("A and B, over 60 items") for text in texts)
    others = [ec.View(space, plane), ec.View(space, other)]
    third = Read(ec.report(space, plane, others=others, comparison=found, against=2)).texts
    assert any(text.startswith("A and C, over 60 items") for text in third)
    at = texts.index("many")
    assert texts[at : at + 9] == ["many", "40", "66.7%", "few", "15", "25.0%", "in no group", "5", "8.3%"]


def dots(page: str) -> int:
    return sum(path.count("M") for path in re.findall(r'<path d="([^"]*)"', page))


@pytest.mark.parametrize(("n", "drawn", "said"), [(3, 3, False), (MOST, MOST, False), (MOST + 1, MOST, True)])
def test_of_many_items_a_sample_is_drawn_and_said(n: int, drawn: int, said: bool) -> None:
    space, plane = random_pair(n)
    page = ec.report(space, plane, colors=spot(n))
    assert dots(page) == drawn
    assert (f"Drawn are 5,000 of {n:,} items" in page) == said


@given(st.integers(1, 30), st.sampled_from([2, 3]), st.floats(0, 1e6), st.integers(0, 99))
def test_every_dot_is_in_the_picture_and_lies_as_on_the_map(n: int, dims: int, size: float, seed: int) -> None:
    coords = (size * np.random.default_rng(seed).normal(size=(n, dims))).astype(np.float32)
    drawn = picture(coords, Colors("", np.arange(n), ("#000000",) * n, ("",) * n), "")
    places = np.array([[*map(int, at)] for at in re.findall(r"M(-?\d+) (-?\d+)h0", drawn)])
    wide, tall = map(int, re.findall(r'viewBox="0 0 (\d+) (\d+)"', drawn)[0])
    assert places.shape == (n, 2)
    assert (places > 0).all()
    assert (places < [wide, tall]).all()
    span = np.ptp(coords[:, :2].astype(float), axis=0)
    scale = np.ptp(places, axis=0).max() / span.max() if span.any() else 0
    expected = (coords[:, :2] - coords[:, :2].mean(axis=0, dtype=float)) * [scale, -scale]  # alike, and y goes up
    np.testing.assert_allclose(places - places.mean(axis=0), expected, atol=2.5)


def test_a_scale_has_a_strip_and_says_what_has_no_number() -> None:
    palette = ("#000000", "#777777", "#ffffff", "#ff0000")
    colors = Colors("year", np.array([0, 1, 2, 3]), palette, ("1900", "2000"), scale=True)
    assert Read(legend(colors._replace(palette=palette[:3], codes=np.array([0, 1, 2])))).texts == [
        "year", "1900", "2000",
    ]  # fmt: skip
    with_none = legend(colors._replace(names=("1900", "2000", "no number")))
    assert Read(with_none).texts == ["year", "1900", "2000", "no number ", "1"]
    assert legend(Colors("", np.zeros(3, int), ("#000000",), ("",))) is None


def run(lines: list[str]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    exec("\n".join(lines), made)  # what is tested is that these lines run
    return made


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Moves to a store that knows nothing."""

    def move(name: str) -> None:
        monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path / name))

    move("first")
    return move


def test_the_lines_make_the_same_bytes_where_nothing_is_known(elsewhere: Any) -> None:
    space = ec.encode(ec.sample("everyday"), "tfidf")
    one, other = ec.project(space, "umap", seed=3, n_neighbors=5), ec.project(space, "pca", dims=3)
    groups = ec.cluster(space, "kmeans", on="map", metric="euclidean", plane=one, clusters=4)
    elsewhere("second")
    made = run(recipe([(space, one), (space, other)], groups))
    assert made["plane_a"].coords.tobytes() == one.coords.tobytes()
    assert made["plane_b"].coords.tobytes() == other.coords.tobytes()
    assert made["groups"].labels.tobytes() == groups.labels.tobytes()
    assert made["plane_a"].fingerprint == one.fingerprint


def test_data_that_is_kept_is_read_from_the_store(elsewhere: Any) -> None:
    data = get_store().put_dataset(make_texts(["red", "green", "blue", "dark blue"]))
    space = ec.encode(data, "tfidf")
    plane = ec.project(space, "pca")
    lines = recipe([(space, plane)])
    assert run(lines)["plane"].coords.tobytes() == plane.coords.tobytes()
    elsewhere("second")
    assert "data = ec.read('test')" in recipe([(space, plane)])[2]
    with pytest.raises(ec.InputError):
        run(lines)


def test_the_lines_stop_where_the_data_is_another(elsewhere: Any) -> None:
    space = ec.encode(ec.sample("everyday"), "tfidf")
    lines = recipe([(space, ec.project(space, "pca"))])
    with pytest.raises(AssertionError):
        run([line.replace("'tfidf'", "'random'") for line in lines])


@pytest.mark.parametrize("method", [spec.id for spec in ec.clusterings() if not spec.reads])
def test_groups_of_every_method_are_made_by_one_line(method: str, elsewhere: Any) -> None:
    space = make_space(blobs(60, 8)[0])
    groups = ec.cluster(space, method)
    lines = recipe([(space, ec.project(space, "pca"))], groups)
    assert not any("by hand" in line for line in lines)
    made: dict[str, Any] = {"ec": ec, "space": space}
    exec(lines[-1], made)
    assert made["groups"].fingerprint == groups.fingerprint


def test_groups_and_maps_that_one_line_does_not_make_say_so(store: Any) -> None:
    space = make_space(blobs(60, 8)[0])
    plane = ec.project(space, "pca", store=store)
    cut = ec.levels(space, ec.cluster(space, "kmeans", clusters=5, store=store), store=store).cut(space, 2)
    assert any("by hand" in line for line in recipe([(space, plane)], cut))
    grown = replace(plane, base="another")
    assert any("later" in line for line in recipe([(space, grown)]))
    assert not any("later" in line for line in recipe([(space, plane)]))


def test_versions_are_those_of_what_took_part() -> None:
    space, plane = random_pair(10)
    names = [name for name, _ in versions([(space, plane)])]
    assert names == ["Python", "numpy", "pandas", "scipy"]
    space = ec.encode(ec.sample("everyday"), "tfidf")
    assert "umap-learn" in dict(versions([(space, make_map(np.eye(3)[:, :2])), (space, _named("umap"))]))


def _named(method: str) -> ec.Projection:
    return ec.Projection("made", method, 2, 0, {}, np.eye(3, 2, dtype=np.float32))


def test_what_belongs_to_other_items_is_refused() -> None:
    space, plane = random_pair(20)
    fewer, small = random_pair(10)
    for other in (
        {"colors": spot(10)},
        {"clustering": grouped(np.zeros(10, int))},
        {"trust": ec.trust(fewer, small)},
        {"others": [ec.View(fewer, small)]},
    ):
        with pytest.raises(ec.InputError, match="has 10 items, the data 20"):
            ec.report(space, plane, **other)  # type: ignore[arg-type]
    with pytest.raises(ec.InputError, match="11 maps"):
        ec.report(space, plane, others=[ec.View(space, plane)] * 10)

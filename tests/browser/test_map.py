"""The map in a browser: what it shows, tells, finds, selects and gives away."""

from __future__ import annotations

import io
import re
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect
from steps import (
    lasso,
    linked,
    lone_item,
    map_of,
    open_panel,
    point_at,
    rows,
    see_map,
    settle,
    tool,
    type_words,
    view,
)

import embeddings_core as ec

pytestmark = pytest.mark.browser

SVG = "{http://www.w3.org/2000/svg}"
TEXTS = [str(text) for text in ec.sample("everyday").items]


def holding(expression: str) -> str:
    """How many sentences hold it, without regard to case."""
    return str(sum(bool(re.search(expression, text, re.IGNORECASE)) for text in TEXTS))


def zoom_in(page: Page, times: int = 1) -> None:
    """Press the button that zooms, and wait until the map has come to rest."""
    for _ in range(times):
        before = view(page)
        tool(page, "in").click()
        page.wait_for_function(
            "before => document.querySelector('.ee-map').embeddingMap.scene.view[0] !== before", arg=before[0]
        )
    linked(page, "view")


def boxes(found: Locator) -> list[list[float]]:
    """Left, top, right and bottom of everything found, in pixels."""
    return found.evaluate_all(
        "all => all.map(one => one.getBoundingClientRect()).map(box => [box.left, box.top, box.right, box.bottom])"
    )


def overlapping(found: list[list[float]]) -> int:
    """How many pairs of boxes overlap, by more than a pixel."""
    pairs = [(one, other) for place, one in enumerate(found) for other in found[:place]]
    return sum(
        min(one[2], other[2]) - max(one[0], other[0]) > 1 and min(one[3], other[3]) - max(one[1], other[1]) > 1
        for one, other in pairs
    )


def test_a_card_marks_what_was_searched_and_can_be_kept(page: Page) -> None:
    page.goto("/")
    root = see_map(page)
    item = lone_item(page)
    word = max(re.findall(r"\w+", TEXTS[item]), key=len)
    type_words(page, word.upper())
    expect(root).to_have_attribute("data-bright", holding(word))
    page.keyboard.press("Enter")  # back to the map
    point_at(page, item)
    card = page.locator(".ee-card")
    expect(card.locator("mark").first).to_have_text(word)
    page.keyboard.press(" ")
    expect(card).to_have_class(re.compile("ee-pinned"))
    expect(card).to_have_css("overflow-y", "auto")
    page.mouse.move(5, 5)
    expect(card).to_contain_text("Kept")
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()


def test_pictures_take_the_place_of_points_where_there_is_room(page: Page) -> None:
    page.goto("/?dataset=emoji&encoder=pixels&projection=pca")
    root = see_map(page, 1309)
    expect(root).to_have_attribute("data-thumbs", "0")
    point_at(page, lone_item(page))
    picture = page.locator(".ee-card img")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('.ee-card img')?.naturalWidth > 0")
    zoom_in(page, 3)
    expect(root).not_to_have_attribute("data-thumbs", "0")
    thumbs = page.locator(".ee-thumbs img")
    expect(thumbs).to_have_count(int(root.get_attribute("data-thumbs") or ""))
    page.wait_for_function(
        "() => [...document.querySelectorAll('.ee-thumbs img')].every(image => image.naturalWidth > 0)"
    )
    assert overlapping(boxes(thumbs)) == 0
    tool(page, "pictures").click()
    expect(root).to_have_attribute("data-thumbs", "0")
    expect(thumbs).to_have_count(0)
    tool(page, "pictures").click()
    expect(root).not_to_have_attribute("data-thumbs", "0")


def test_names_find_room_and_density_is_drawn_as_lines(page: Page) -> None:
    page.goto("/?item=7")
    see_map(page)
    names = page.locator(".ee-over .ee-name")
    expect(names.filter(has_text="food")).to_have_count(1)
    # the finer names take a moment
    page.wait_for_function(
        "() => document.querySelector('.ee-map').embeddingMap.names.labels.some(label => label.level)"
    )
    far = set(names.all_text_contents())
    assert overlapping(boxes(names)) == 0
    map_of(page, "map.scene.near(0.5)")
    page.wait_for_function("() => document.querySelector('.ee-over .ee-level-1')")
    assert set(names.all_text_contents()) - far
    assert overlapping(boxes(names)) == 0
    tool(page, "names").click()
    expect(names).to_have_count(0)
    lines = page.locator(".ee-plot .contour path")
    expect(lines).to_have_count(0)
    tool(page, "density").click()
    expect(lines).not_to_have_count(0)
    tool(page, "density").click()
    expect(lines).to_have_count(0)


def test_words_dim_what_does_not_match_while_one_types(page: Page) -> None:
    page.goto("/")
    root = see_map(page)
    status = page.locator(".ee-status")
    for words, expression in (("train", "train"), ('"on the"', "on the"), (r"/\bcats?\b/", r"\bcats?\b")):
        type_words(page, words)
        expect(root).to_have_attribute("data-bright", holding(expression))
        expect(status).to_contain_text(f"{holding(expression)} match")
        expect(root).to_have_attribute("data-drawn", "615")
    type_words(page, "/(/")
    expect(status).to_contain_text("expression")
    expect(page.locator(".ee-find input:invalid")).to_be_visible()
    page.keyboard.press("Escape")
    expect(root).to_have_attribute("data-bright", "615")
    expect(page.locator(".ee-find input")).to_have_value("")


def test_bars_words_and_the_table_are_one_filter(page: Page) -> None:
    page.goto("/?panel=Filter")
    root = see_map(page)
    bars = page.locator(".ee-filters")
    expect(bars).to_have_attribute("data-matching", "615")
    topic = page.locator(".ee-facet[data-column='topic']")
    topic.get_by_role("button", name=re.compile("^animals")).click()
    expect(root).to_have_attribute("data-bright", "50")
    type_words(page, "dog")
    topics = ec.sample("everyday").metadata["topic"]
    left = str(sum("dog" in text.lower() for text, name in zip(TEXTS, topics, strict=True) if name == "animals"))
    assert 0 < int(left) < 50
    expect(root).to_have_attribute("data-bright", left)
    expect(bars).to_have_attribute("data-matching", left)
    expect(topic.get_by_role("button", name=re.compile("^animals")).locator(".ee-count")).to_have_text(left)
    open_panel(page, "Table")
    expect(page.locator(".ee-table")).to_have_attribute("data-rows", left)
    expect(root).to_have_attribute("data-bright", left)


def test_loops_select_and_what_is_selected_can_be_kept_and_taken_away(page: Page) -> None:
    page.goto("/?panel=Selection")
    root = see_map(page, 615)

    def selected() -> int:
        settle(page)
        return int(root.get_attribute("data-selected") or "")

    lasso(page, 0.4)
    expect(root).not_to_have_attribute("data-selected", "0")
    one = selected()
    lasso(page, 0.7, "Shift", wide=0.5)
    expect(root).not_to_have_attribute("data-selected", str(one))
    more = selected()
    assert more > one
    lasso(page, 0.3, "Alt")
    expect(root).not_to_have_attribute("data-selected", str(more))
    less = selected()
    assert 0 < less < more
    root.focus()
    page.keyboard.press("Control+z")
    expect(root).to_have_attribute("data-selected", str(more))
    page.keyboard.press("Control+Shift+z")
    expect(root).to_have_attribute("data-selected", str(less))
    expect(page.locator(".ee-status")).to_contain_text(f"{less} selected")
    page.locator(".ee-legend button").first.click(modifiers=["Shift"])
    expect(root).to_have_attribute("data-selected", "50")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(root).to_have_attribute("data-selected", str(less))
    # kept under a name
    page.locator(".st-key-keep_as input").fill("a ring")
    page.get_by_role("button", name="Keep", exact=True).click()
    kept = page.get_by_role("button", name=f"a ring · {less}")
    expect(kept).to_be_visible()
    page.reload()
    expect(see_map(page)).to_have_attribute("data-selected", str(less))
    page.get_by_role("button", name="Clear", exact=True).click()
    expect(root).to_have_attribute("data-selected", "0")
    kept.click()
    expect(root).to_have_attribute("data-selected", str(less))
    expect(page.get_by_text(f"{less} of 615 items are selected")).to_be_visible()
    # as a file
    with page.expect_download() as download:
        page.locator(".st-key-selection_download button").click()
    table = pd.read_csv(download.value.path())
    assert len(table) == less
    assert set(table["text"]) <= set(TEXTS)


@pytest.fixture
def picked(page: Page) -> Page:
    """A page whose map has something of everything: colors, names, a picked item, a selection."""
    page.goto("/?item=7")
    see_map(page)
    rows(page)
    tool(page, "reset").click()  # all there is, with what lies far away
    expect(page.locator(".ee-status")).to_have_text("615 points")
    lasso(page)
    expect(page.locator(".ee-map")).not_to_have_attribute("data-selected", "0")
    return page


def saved(page: Page, kind: str) -> bytes:
    """The picture that the map gives away."""
    tool(page, "save").click()
    with page.expect_download() as download:
        page.locator(f"[data-save={kind}]").click()
    assert download.value.suggested_filename.endswith(f"-map.{kind}")
    return Path(download.value.path()).read_bytes()


def test_the_map_is_saved_as_a_picture(picked: Page) -> None:
    box = picked.locator(".ee-stage").bounding_box()
    assert box
    image = Image.open(io.BytesIO(saved(picked, "png")))
    width = picked.locator(".ee-stage").evaluate("stage => stage.clientWidth")
    assert (image.format, image.width) == ("PNG", width * 2)
    assert len(set(image.convert("RGB").resize((200, 200)).getdata())) > 50
    svg = ElementTree.fromstring(saved(picked, "svg"))
    assert svg.tag == f"{SVG}svg"
    assert not list(svg.iter(f"{SVG}script"))
    steps = [path.get("d", "") for path in svg.iter(f"{SVG}path")]
    assert sum(len(re.findall(r"M[\d.-]+ [\d.-]+h0", step)) for step in steps) == 615
    words = "\n".join(text.text or "" for text in svg.iter(f"{SVG}text"))
    for name in picked.locator(".ee-legend button span").all_inner_texts():
        assert f"{name} " in words
    assert "Everyday sentences: 615 items, UMAP in 2 dimensions" in words


def test_everything_on_the_map_works_by_keyboard(page: Page) -> None:
    page.goto("/")
    root = see_map(page)
    expect(root).to_have_attribute("aria-label", re.compile("^Map of 615 items of Everyday sentences, UMAP"))
    root.focus()
    card, before = page.locator(".ee-card p"), ""
    for key in ("ArrowRight", "ArrowUp"):
        page.keyboard.press(key)
        expect(card).not_to_have_text(before)
        before = card.inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-center .ee-text")).to_have_text(before)
    page.keyboard.press("/")
    expect(page.locator(".ee-find input")).to_be_focused()
    page.keyboard.type("cat")
    expect(root).not_to_have_attribute("data-bright", "615")
    page.keyboard.press("Escape")
    expect(root).to_be_focused()
    expect(root).to_have_attribute("data-bright", "615")
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-center button")).to_have_count(0)
    for key, name, pressed in (("l", "lasso", "true"), ("p", "pan", "true"), ("n", "names", "false")):
        page.keyboard.press(key)
        expect(tool(page, name)).to_have_attribute("aria-pressed", pressed)

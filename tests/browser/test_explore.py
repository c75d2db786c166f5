"""The first page in a browser: the map of the sample that is open when the app starts, and links to it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from steps import (
    choose_color,
    click_item,
    lasso,
    link_of,
    linked,
    lone_item,
    map_of,
    open_panel,
    place_of,
    point_at,
    rows,
    see_map,
    settle,
    tool,
    view,
)

import embeddings_core as ec

pytestmark = pytest.mark.browser

LISTED = ".st-key-neighbor_list"
CENTER = ".st-key-center .ee-text"


def test_the_first_page_is_a_map_with_a_legend_that_hides(page: Page) -> None:
    page.goto("/")
    root = see_map(page, 615)
    expect(root).to_have_attribute("data-drawn", "615")
    expect(page.get_by_role("combobox", name="Data", exact=True)).to_have_value(re.compile("Everyday sentences"))
    names = page.locator(".ee-legend button")
    expect(names).to_have_count(13)
    names.first.click()
    expect(root).to_have_attribute("data-drawn", "565")
    expect(page.locator(".ee-status")).to_contain_text("50 hidden")
    names.first.click()
    expect(root).to_have_attribute("data-drawn", "615")
    names.nth(1).dblclick()
    expect(root).to_have_attribute("data-drawn", "50")
    names.nth(2).click()
    expect(root).to_have_attribute("data-drawn", "100")


def test_a_point_tells_what_it_is_and_a_click_lists_its_neighbors(page: Page) -> None:
    page.goto("/")
    see_map(page)
    item = lone_item(page)
    text = str(ec.sample("everyday").items[item])
    point_at(page, item)
    expect(page.locator(".ee-card p")).to_have_text(text)
    click_item(page, item)
    expect(rows(page)).to_have_count(10)
    expect(page.locator(CENTER)).to_have_text(text)
    scores = [float(score) for score in page.locator(f"{LISTED} .ee-score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] <= 1
    for name, count in (("neighbor", 10), ("line", 10), ("item", 1)):
        expect(page.locator(f".ee-over .ee-{name}")).to_have_count(count)
    # a neighbor becomes the center, and the address names it
    first = rows(page).first.locator(".ee-text").inner_text()
    rows(page).first.click()
    expect(page.locator(CENTER)).to_have_text(first)
    linked(page, "item", is_not=str(item))
    page.reload()
    see_map(page)
    expect(page.locator(CENTER)).to_have_text(first)


def test_what_is_near_is_shown_before_the_page_has_been_drawn_again(page: Page) -> None:
    page.goto("/")
    see_map(page, 615)
    # the page's own answer never comes
    page.evaluate("WebSocket.prototype.send = () => {}")
    click_item(page, lone_item(page))
    expect(rows(page)).to_have_count(10)
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    first = page.locator(".st-key-center button").inner_text()
    rows(page).nth(3).click()
    expect(page.locator(".st-key-center button")).not_to_have_text(first)


def test_zoom_and_selection_survive_another_color(page: Page) -> None:
    page.goto("/")
    root = see_map(page)
    home = view(page)
    tool(page, "in").click()
    page.wait_for_function("home => document.querySelector('.ee-map').embeddingMap.scene.view[0] !== home[0]", arg=home)
    zoomed = view(page)
    lasso(page)
    expect(root).not_to_have_attribute("data-selected", "0")
    selected = root.get_attribute("data-selected") or ""
    assert 0 < int(selected) < 615
    open_panel(page, "Selection")
    expect(page.get_by_text(f"{selected} of 615 items are selected")).to_be_visible()
    choose_color(page, "sentiment")
    expect(page.locator(".ee-legend button")).to_have_count(3)
    assert view(page) == zoomed
    expect(root).to_have_attribute("data-selected", selected)
    expect(root).to_have_attribute("data-bright", selected)


@pytest.mark.model
def test_a_typed_text_finds_what_it_means(page: Page) -> None:
    page.goto("/")
    see_map(page)
    page.locator(".st-key-query input").fill("the train was late again")
    page.locator(".st-key-query input").press("Enter")
    expect(rows(page)).to_have_count(10, timeout=120_000)
    expect(page.locator(".ee-over .ee-query")).to_have_count(1)
    expect(page.locator(".ee-over .ee-line")).to_have_count(10)
    expect(page.locator(".st-key-neighbors")).to_contain_text("travel")


def test_groups_are_listed_named_and_shown_on_the_map(page: Page) -> None:
    page.goto("/?panel=Groups")
    root = see_map(page)
    group = page.locator(".st-key-group_list button[data-item]").first
    expect(group).to_be_visible()
    size = group.locator(".ee-more").inner_text().split()[0]
    group.click()
    expect(page.locator(".st-key-group_examples button[data-item]")).to_have_count(min(5, int(size)))
    expect(root).to_have_attribute("data-selected", size)
    expect(root).to_have_attribute("data-bright", size)
    expect(page.locator(".st-key-color input")).to_have_value("Cluster")


def test_three_dimensions_turn_select_and_pick(page: Page) -> None:
    page.goto("/?projection=pca&dims=3")
    root = see_map(page, 615)
    expect(root).to_have_attribute("data-dims", "3")
    box = page.locator(".ee-stage").bounding_box()
    assert box
    # dragging turns it
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 150, y + 30, steps=8)
    page.mouse.up()
    turned = linked(page, "view")
    choose_color(page, "sentiment")
    expect(page.locator(".ee-legend button")).to_have_count(3)
    settle(page)
    assert link_of(page, "view") == turned
    assert ",".join(f"{part:.6g}" for part in view(page)) == turned.split(":")[1]
    # it turns by itself until it is touched
    before = view(page)
    tool(page, "turn").click()
    page.wait_for_function(
        "before => document.querySelector('.ee-map').embeddingMap.scene.view[0] !== before", arg=before[0]
    )
    page.mouse.click(box["x"] + 20, box["y"] + box["height"] - 60)
    expect(tool(page, "turn")).to_have_attribute("aria-pressed", "false")
    assert map_of(page, "map.scene.turning") is None
    lasso(page, 0.5)
    expect(root).not_to_have_attribute("data-selected", "0")
    click_item(page, 40)  # or the one that lies in front of it
    expect(rows(page)).to_have_count(10)


def test_a_search_by_meaning_by_words_and_by_both_side_by_side(page: Page) -> None:
    page.goto("/?query=my+dog+is+ill&mode=keyword")
    see_map(page)
    expect(rows(page).first).to_contain_text("dog")
    expect(page.locator(".ee-over .ee-query")).to_have_count(0)  # words have no place
    page.get_by_text("Both", exact=True).click()
    expect(rows(page).first).to_contain_text("by meaning")
    expect(page.locator(".ee-over .ee-query")).to_have_count(1)
    page.get_by_role("button", name="Side by side").click()
    lists = [page.locator(f".st-key-side_{mode} button[data-item]") for mode in ("semantic", "keyword", "hybrid")]
    for listed in lists:
        expect(listed).to_have_count(10)
    first = [listed.first.get_attribute("data-item") for listed in lists]
    assert first[0] != first[1]


def test_a_worklist_from_the_map_to_a_file(page: Page) -> None:
    page.goto("/?projection=pca&panel=Lists")
    see_map(page)
    page.locator(".st-key-duplicate_groups button").first.click()
    linked(page, "selection")
    expect(page.locator(".st-key-duplicate_items button[data-item]")).to_have_count(2)
    with page.expect_download() as download:
        page.locator(".st-key-download_list button").click()
    table = pd.read_csv(download.value.path())
    assert set(table["group"].value_counts()) == {2}
    page.locator(".st-key-worklist").get_by_role("combobox").click()
    page.get_by_role("option", name="Outliers").click()
    page.get_by_role("button", name="Color the map by it").click()
    expect(page.locator(".ee-legend .ee-scale")).to_be_visible()


def test_pictures_are_shown_as_a_gallery(page: Page) -> None:
    page.goto("/?dataset=digits&projection=pca&item=12")
    see_map(page)
    expect(rows(page)).to_have_count(10)
    small = rows(page).first.locator("img").bounding_box()
    page.get_by_text("Gallery").click()
    expect(page.locator(".st-key-neighbor_list .ee-gallery")).to_be_visible()
    large = rows(page).first.locator("img").bounding_box()
    assert small is not None
    assert large is not None
    assert large["width"] > 1.5 * small["width"]
    second = rows(page).nth(1).bounding_box()
    first = rows(page).first.bounding_box()
    assert first is not None
    assert second is not None
    assert second["y"] == first["y"]  # side by side
    # a picture is still what one picks
    item = rows(page).first.get_attribute("data-item")
    rows(page).first.click()
    assert linked(page, "item", "12") == item


def test_a_phone_shows_it_all_in_light_and_dark(visitor: Callable[..., Page]) -> None:
    page = visitor(viewport={"width": 420, "height": 844}, has_touch=True, color_scheme="light")
    page.goto("/")
    see_map(page)
    for scheme, light in (("light", True), ("dark", False)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.wait_for_function(
            """light => { const [red, green, blue] = getComputedStyle(document.querySelector('.stApp'))
                            .backgroundColor.match(/\\d+/g).map(Number);
                          return (red + green + blue > 382) === light; }""",
            arg=light,
        )
        settle(page)
        box = page.locator(".ee-stage").bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 420
        assert page.evaluate("document.documentElement.scrollWidth") <= 420
    item = lone_item(page)
    page.touchscreen.tap(*place_of(page, item))
    expect(page.locator(CENTER)).to_have_text(str(ec.sample("everyday").items[item]))
    # two fingers that move apart come closer
    before, (x, y) = view(page), place_of(page, item)
    fingers = page.context.new_cdp_session(page)
    for apart in (20, 30, 40):
        kind = "touchStart" if apart == 20 else "touchMove"
        at = [{"x": x + way * apart, "y": y, "id": way} for way in (0, 1)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    fingers.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    linked(page, "view")
    assert view(page)[1] - view(page)[0] == pytest.approx((before[1] - before[0]) / 2, rel=0.01)

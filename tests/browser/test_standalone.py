"""A page that stands alone: made by the app, opened from the disk without any network, and used."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts
from playwright.sync_api import Browser, Page, expect
from steps import see_map, settle, tool

import embeddings_core as ec
from embeddings_core.selections import History
from embeddings_core.store import Store, result_key
from embeddings_core.stories import Scene

pytestmark = [pytest.mark.browser, pytest.mark.model]
LIST = ".list button[data-item]"


NO_WEBGL = """const real = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.includes("webgl") ? null : real.call(this, kind, ...more); };"""


def opened(browser: Browser, path: Path, before: str = "") -> Iterator[Page]:
    """A page from the disk in a browser that reaches nothing, and runs a script `before`; its console stays silent."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    visitor = context.new_page()
    visitor.add_init_script(before)
    told: list[str] = []
    visitor.on("request", lambda request: told.append(request.url))
    visitor.on("pageerror", lambda error: told.append(f"error: {error}"))
    visitor.on("console", lambda message: told.append(f"console: {message.text}"))
    visitor.goto(path.as_uri())
    visitor.wait_for_selector('.ee-map[data-ready="true"]')
    yield visitor
    assert [one for one in told if not one.startswith(("blob:", "data:"))] == [path.as_uri()]
    context.close()


@pytest.fixture
def alone(page: Page, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The page of the sample, from the disk, in a browser that reaches nothing."""
    page.goto("/?panel=Download")
    see_map(page, 615)
    page.get_by_text("As one page").click()
    settle(page)
    page.locator(".st-key-page-title input").fill("Sentences <b>of</b> every day")
    page.locator(".st-key-page-title input").press("Enter")
    settle(page)
    page.locator(".st-key-make_page button:visible").click()
    save = page.locator(".st-key-download_page button:visible")
    expect(save).to_be_visible(timeout=90_000)
    with page.expect_download() as started:
        save.click()
    path = tmp_path / "map.html"
    started.value.save_as(path)
    yield from opened(browser, path)


def animals() -> ec.Space:
    data = make_texts([f"{word} {i}" for i in range(12) for word in ("cat", "dog", "owl")], kind=["a", "b", "c"] * 12)
    return make_space(blobs(36)[0], data)


@pytest.fixture
def solid(browser: Browser, store: Store, tmp_path: Path) -> Iterator[Page]:
    """A page of three dimensions that carries the views of a story, without a server."""
    space = animals()
    history = History(36)
    history.set(np.arange(36) < 5, "")
    bits = np.frombuffer(history.packed, np.uint8)
    store.put_result(result_key("selection", history.fingerprint), {"bits": bits}, {"n": 36})
    links = [{}, {"filter": '{"words": "owl"}'}, {"selection": history.fingerprint}, {"item": "3", "color": "@none"}]
    views = [Scene(f"View {at}", "", "", link) for at, link in enumerate(links)]
    plane = ec.project(space, "pca", dims=3, store=store)
    yield from opened(browser, ec.snapshot(space, plane, tmp_path / "solid.html", views=views, store=store))


def test_it_is_searched_filtered_and_asked_for_neighbors_offline(alone: Page) -> None:
    expect(alone.get_by_role("heading")).to_have_text("Sentences <b>of</b> every day")
    expect(alone.locator(".ee-map")).to_have_attribute("data-points", "615")
    expect(alone.locator("footer")).to_contain_text("How far to trust it")
    alone.locator(".ee-find input").fill("bank")
    expect(alone.locator(".ee-status")).to_contain_text("match")
    matching = alone.locator(LIST)
    expect(matching.first).to_contain_text("bank")
    found = matching.count()
    expect(alone.locator(".ee-map")).to_have_attribute("data-bright", str(found))
    matching.first.click()
    expect(alone.locator(LIST)).to_have_count(21)
    expect(alone.locator(".ee-over .ee-neighbor")).to_have_count(20)
    alone.locator(".ee-find input").fill("")
    alone.locator(".ee-legend button").first.click()
    expect(alone.locator(".ee-map")).to_have_attribute("data-drawn", "565")


def test_what_is_like_a_selection_is_found_by_the_vectors_that_it_carries(alone: Page) -> None:
    tool(alone, "lasso").click()
    box = alone.locator(".ee-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    alone.mouse.move(x - 120, y)
    alone.mouse.down()
    for dx, dy in ((-120, -120), (120, -120), (120, 120), (-120, 120), (-120, 5)):
        alone.mouse.move(x + dx, y + dy, steps=2)
    alone.mouse.up()
    expect(alone.locator(".say")).to_contain_text("selected. Most like them")
    expect(alone.locator(LIST)).to_have_count(20)
    scores = [float(text) for text in alone.locator(f"{LIST} .score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > 0.3
    alone.locator(".ee-map").press("Control+z")
    expect(alone.locator(".say")).not_to_contain_text("selected")


def test_the_views_of_a_story_follow_each_other(solid: Page) -> None:
    heading, say, list_ = solid.get_by_role("heading"), solid.locator(".say"), solid.locator(LIST)
    back, next_ = solid.get_by_role("button", name="Back"), solid.get_by_role("button", name="Next")
    expect(heading).to_have_text("View 0")
    expect(back).to_be_disabled()
    solid.locator(".ee-find input").fill("cat")
    expect(say).to_have_text("12 match.")
    next_.click()
    # what was typed was of the view before
    expect(solid.locator(".ee-find input")).to_have_value("")
    expect(say).to_have_text("12 stand out in this view:")
    expect(list_).to_have_count(12)
    expect(list_.first).to_contain_text("owl")
    solid.locator("body").press("PageDown")
    expect(say).to_contain_text("5 selected. Most like them")
    solid.locator(".ee-map").press("Escape")
    expect(say).to_contain_text("Click a point")
    solid.locator(".ee-map").press("Control+z")
    expect(say).to_contain_text("5 selected")
    solid.locator(".ee-map").press("Control+y")
    expect(say).to_contain_text("Click a point")
    next_.click()
    expect(next_).to_be_disabled()
    expect(solid.locator("select.color")).to_have_text(re.compile("One color for all"))
    expect(solid.locator("select.color")).to_have_value("1")
    expect(say).to_contain_text("The 20 items nearest to this one")
    # what is asked last is answered, and the picked item is let go by a click
    solid.locator(".ee-find input").fill("dog")
    expect(say).to_have_text("12 match.")
    list_.first.click()
    expect(list_.first).to_have_class("center")
    list_.first.click()
    expect(say).to_have_text("12 match.")
    expect(solid.locator(".ee-over .ee-neighbor")).to_have_count(0)


def test_without_webgl_the_list_has_the_items(browser: Browser, store: Store, tmp_path: Path) -> None:
    space = animals()
    path = ec.snapshot(space, ec.project(space, "pca", store=store), tmp_path / "list.html", store=store)
    for page in opened(browser, path, NO_WEBGL):
        expect(page.locator(".ee-message")).to_contain_text("The list beside the map has the same items")
        expect(page.locator(".say")).to_contain_text("All items.")
        expect(page.locator(LIST)).to_have_count(36)
        page.locator(LIST).nth(4).click()
        expect(page.locator(LIST)).to_have_count(21)
        page.locator(LIST).first.click()
        page.locator(".ee-find input").fill("owl")
        expect(page.locator(".say")).to_have_text("12 match.")
        page.locator(".ee-find input").fill("/(owl/")
        expect(page.locator(".say")).to_contain_text("This regular expression cannot be read")
        expect(page.locator(LIST)).to_have_count(0)

"""A page that stands alone: made by the app, opened from the disk without any network, and used."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from steps import see_map, settle, tool

pytestmark = [pytest.mark.browser, pytest.mark.model]
LIST = ".list button[data-item]"


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
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    visitor = context.new_page()
    asked: list[str] = []
    visitor.on("request", lambda request: asked.append(request.url))
    visitor.on("pageerror", lambda error: asked.append(f"error: {error}"))
    visitor.goto(path.as_uri())
    visitor.wait_for_selector('.ee-map[data-ready="true"]')
    yield visitor
    assert [url for url in asked if not url.startswith(("blob:", "data:"))] == [path.as_uri()]
    context.close()


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

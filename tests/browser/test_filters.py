"""The Filter panel in a browser: bars filter the map and each other at once, and the server hears of it later."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from steps import open_panel, see_map, settle

pytestmark = [pytest.mark.browser, pytest.mark.model]

ODD = "<img src=x onerror=alert(1)>"


def panel(page: Page, matching: int) -> Locator:
    """The panel, once that many items match."""
    found = page.locator(".ee-filters")
    expect(found).to_have_attribute("data-matching", str(matching))
    return found


def facet(page: Page, column: str) -> Locator:
    return page.locator(f".ee-facet[data-column='{column}']")


def chosen(page: Page) -> dict[str, object]:
    """The filter that the page shares."""
    return json.loads(page.evaluate("embeddingLive.filter") or "{}")


def linked(page: Page) -> None:
    """Wait until the address carries the filter."""
    page.wait_for_function("new URL(location.href).searchParams.get('filter') === embeddingLive.filter")


def open_sample(page: Page) -> None:
    page.goto("/")
    see_map(page, 615)
    open_panel(page, "Filter")
    panel(page, 615)


def test_a_click_on_a_bar_filters_the_others_and_a_link_keeps_it(page: Page) -> None:
    open_sample(page)
    animals = facet(page, "topic").get_by_role("button", name=re.compile("^animals"))
    animals.click()
    panel(page, 50)
    expect(animals).to_have_attribute("aria-pressed", "true")
    counts = facet(page, "sentiment").locator(".ee-count").all_inner_texts()
    assert sum(map(int, counts)) == 50
    # its own column shows what else could be chosen
    assert facet(page, "topic").locator(".ee-count").all_inner_texts() == ["50"] * 8
    facet(page, "topic").get_by_role("button", name=re.compile("^food")).click()
    panel(page, 100)
    linked(page)
    page.reload()
    see_map(page)
    panel(page, 100)
    page.get_by_role("button", name="Clear topic").click()
    panel(page, 615)
    assert chosen(page) == {}


def test_the_words_of_the_map_filter_the_bars(page: Page) -> None:
    open_sample(page)
    page.locator(".ee-find input").fill("dog")
    expect(page.locator(".ee-filters .ee-chip")).to_contain_text("Found by “dog”")
    found = page.locator(".ee-filters:not([data-matching='615'])")
    expect(found).to_be_visible()
    matching = int(found.get_attribute("data-matching") or 0)
    counts = facet(page, "sentiment").locator(".ee-count").all_inner_texts()
    assert sum(map(int, counts)) == matching > 0
    page.get_by_role("button", name="Clear all").click()
    panel(page, 615)
    expect(page.locator(".ee-find input")).to_have_value("")


def test_what_is_set_last_stays_when_another_panel_opens_at_once(page: Page) -> None:
    open_sample(page)
    facet(page, "sentiment").get_by_role("button", name=re.compile("^positive")).click()
    open_panel(page, "Neighbors")
    linked(page)
    open_panel(page, "Filter")
    panel(page, 204)


def test_a_keyboard_is_enough(page: Page) -> None:
    open_sample(page)
    more = facet(page, "topic").get_by_role("button", name="5 more values")
    more.focus()
    page.keyboard.press("Enter")
    expect(facet(page, "topic").locator(".ee-value")).to_have_count(13)
    facet(page, "topic").get_by_role("button", name=re.compile("^other")).focus()
    page.keyboard.press("Space")
    panel(page, 15)


@pytest.fixture
def notes(page: Page, tmp_path: Path) -> Page:
    """A page that shows 60 notes with years, prices and days."""
    path = tmp_path / "years.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["body", ODD, "year", "price", "day"])
        for i in range(60):
            price = "" if i % 10 == 0 else i / 7
            writer.writerow([f"a note about the number {i}", "<b>yes</b>" if i % 2 else "no", 1940 + i, price,
                             f"2024-0{1 + i // 20}-{1 + i % 20:02}"])  # fmt: skip
    page.goto("/data")
    page.locator(".st-key-upload input[type=file]").set_input_files([path])
    expect(page.get_by_text("60 texts will be encoded")).to_be_visible()
    page.locator(".st-key-encode button").click()
    see_map(page, 60)
    open_panel(page, "Filter")
    panel(page, 60)
    return page


def test_histograms_are_brushed_typed_and_moved_by_keys(notes: Page) -> None:
    page = notes
    expect(page.get_by_role("heading", name=ODD)).to_be_visible()
    expect(facet(page, "price")).to_contain_text("6 without a value")
    # across the bars: no rerun while the button is down
    facet(page, "year").scroll_into_view_if_needed()
    box = facet(page, "year").locator(".ee-histogram").bounding_box()
    assert box
    page.mouse.move(box["x"] + 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 - 2, box["y"] + 20, steps=10)
    panel(page, 30)
    page.wait_for_timeout(1000)
    assert "filter=" not in page.url
    page.mouse.up()
    assert chosen(page) == {"ranges": {"year": [None, 1969]}}
    linked(page)
    # by keys
    page.get_by_role("slider", name="year: to").press("ArrowLeft")
    panel(page, 28)
    # typed
    page.get_by_role("spinbutton", name="year: from").fill("1950")
    page.keyboard.press("Enter")
    assert chosen(page) == {"ranges": {"year": [1950, 1967]}}
    panel(page, 18)
    page.get_by_label("day: to").and_(page.locator("[type=date]")).fill("2024-01-15")
    page.keyboard.press("Tab")
    panel(page, 5)
    page.get_by_role("button", name="Clear all").click()
    panel(page, 60)
    settle(page)
    expect(page.get_by_role("slider", name="year: to")).to_have_value("30")

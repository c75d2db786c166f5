"""The table beside the map, in a browser: it is sorted, filtered, walked through by keyboard, and selects."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect
from steps import click_item, open_panel, see_map, settle

pytestmark = pytest.mark.browser


def table(page: Page, link: str = "/?panel=Table") -> Locator:
    """Open the page at its table; the rows that are in sight."""
    page.goto(link)
    see_map(page)
    expect(page.locator(".ee-table")).to_have_attribute("data-rows", re.compile(r"^\d+$"))
    return page.locator(".ee-table-line[data-item]")


def row(page: Page, place: int) -> Locator:
    """The row at that place of the order."""
    return page.locator(f".ee-table-line[data-offset='{place}'][data-item]")


def rows(page: Page, count: int) -> None:
    expect(page.locator(".ee-table")).to_have_attribute("data-rows", str(count))


def sort(page: Page, column: str, way: str) -> None:
    header = page.locator(f".ee-table [data-sort='{column}']")
    header.get_by_role("button").click()
    expect(header).to_have_attribute("aria-sort", way)


def only(page: Page, name: str = "Selected only") -> None:
    page.get_by_role("radio", name=name, exact=True).check()


def check(page: Page, place: int, *keys: str) -> None:
    row(page, place).get_by_label("select").click(modifiers=list(keys))


def checked(page: Page, count: int) -> None:
    """Wait until the server knows, too, how many rows are checked."""
    expect(page.locator(".ee-table-line[aria-selected=true]")).to_have_count(count)
    settle(page)
    expect(page.locator(".ee-table-line[aria-selected=true]")).to_have_count(count)


def test_only_the_rows_in_sight_are_in_the_page(page: Page) -> None:
    shown = table(page)
    rows(page, 615)
    expect(page.locator(".ee-table-count")).to_have_text("615 rows")
    assert shown.count() < 40
    grid = page.get_by_role("grid", name="Items")
    expect(grid).to_have_attribute("aria-rowcount", "616")
    expect(row(page, 0)).to_have_attribute("aria-rowindex", "2")
    expect(grid.get_by_role("columnheader")).to_have_text(["Selected", "item", "Text", "topic", "sentiment", "note"])
    grid.evaluate("grid => { grid.scrollTop = 34 * 400; }")
    expect(row(page, 405)).to_be_visible()
    expect(row(page, 405).get_by_role("gridcell").nth(1)).to_have_text("405")
    expect(row(page, 0)).to_have_count(0)


def test_a_header_sorts_up_and_down_and_back(page: Page) -> None:
    table(page)
    first = row(page, 0).inner_text()
    sort(page, "topic", "ascending")
    up = row(page, 0).get_by_role("gridcell").nth(3).inner_text()
    sort(page, "topic", "descending")
    expect(row(page, 0).get_by_role("gridcell").nth(3)).not_to_have_text(up)
    sort(page, "topic", "none")
    expect(row(page, 0)).to_have_text(re.compile(".*".join(map(re.escape, first.split("\n")))))


def test_a_click_picks_and_what_is_picked_elsewhere_comes_into_sight(page: Page) -> None:
    table(page, "/?panel=Table&item=500")
    picked = page.locator(".ee-table-line[aria-current=true]")
    expect(picked).to_have_attribute("data-item", "500")
    expect(picked).to_be_in_viewport()
    place = int(picked.get_attribute("data-offset") or "")
    row(page, place + 2).get_by_role("gridcell").nth(2).click()
    expect(picked).to_have_attribute("data-item", "502")
    page.wait_for_url(re.compile("item=502"))
    sort(page, "topic", "ascending")
    click_item(page, 300)  # or the one that lies on top of it
    expect(page.locator(".ee-table-line[data-item='502'][aria-current]")).to_have_count(0)
    expect(picked).to_be_in_viewport()
    item = picked.get_attribute("data-item")
    page.wait_for_url(re.compile(rf"item={item}\b"))


def test_checks_select_and_shift_selects_what_lies_between(page: Page) -> None:
    table(page)
    sort(page, "topic", "ascending")
    sort(page, "topic", "descending")
    expect(row(page, 12)).to_be_visible()
    for place in (2, 3, 4):  # at once: none is lost
        check(page, place)
    checked(page, 3)
    check(page, 12, "Shift")
    checked(page, 11)
    topics = [line.inner_text() for line in page.locator(".ee-table-line[aria-selected=true]").all()]
    only(page)
    rows(page, 11)
    assert [line.inner_text() for line in page.locator(".ee-table-line").all()] == topics
    check(page, 0)
    rows(page, 10)
    only(page, "All")
    rows(page, 615)
    checked(page, 10)


def test_a_range_may_reach_beyond_what_was_seen(page: Page) -> None:
    table(page)
    check(page, 1)
    checked(page, 1)
    page.get_by_role("grid", name="Items").focus()
    page.keyboard.press("End")
    check(page, 614, "Shift")
    settle(page)
    only(page)
    rows(page, 614)


def test_the_keyboard_walks_picks_and_checks(page: Page) -> None:
    table(page)
    grid = page.get_by_role("grid", name="Items")
    grid.focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowUp", " "):
        page.keyboard.press(key)
    checked(page, 1)
    expect(row(page, 1)).to_have_attribute("aria-selected", "true")
    page.keyboard.press("End")
    expect(grid).to_have_attribute("aria-activedescendant", "ee-table-row-614")
    expect(row(page, 614)).to_be_in_viewport()
    page.keyboard.press("PageUp")
    page.keyboard.press("PageDown")
    page.keyboard.press("Enter")
    expect(row(page, 614)).to_have_attribute("aria-current", "true")
    page.wait_for_url(re.compile("item=614"))
    page.keyboard.press("Home")
    expect(row(page, 0)).to_be_in_viewport()
    expect(grid).to_be_focused()


def test_the_table_follows_the_filter(page: Page) -> None:
    table(page)
    text = json.dumps({"values": {"topic": ["food"]}})
    page.evaluate(
        "text => { embeddingLive.filter = text; embeddingLive.dispatchEvent(new CustomEvent('filter')); }", text
    )
    expect(page.locator(".ee-table")).not_to_have_attribute("data-rows", "615")
    expect(row(page, 3).get_by_role("gridcell").nth(3)).to_have_text("food")
    text = json.dumps({"words": "zzzznothing"})
    page.evaluate(
        "text => { embeddingLive.filter = text; embeddingLive.dispatchEvent(new CustomEvent('filter')); }", text
    )
    rows(page, 0)
    expect(page.get_by_text("Nothing matches.")).to_be_visible()
    page.get_by_role("button", name="Clear the filter").click()
    rows(page, 615)
    only(page)
    expect(page.get_by_text("Nothing is selected.")).to_be_visible()


def test_a_table_is_as_it_was_when_one_comes_back(page: Page) -> None:
    table(page)
    sort(page, "text", "ascending")
    page.get_by_role("grid", name="Items").evaluate("grid => { grid.scrollTop = 34 * 300; }")
    expect(row(page, 305)).to_be_visible()
    said = row(page, 305).inner_text()
    open_panel(page, "Neighbors")
    open_panel(page, "Table")
    expect(row(page, 305)).to_be_in_viewport()
    assert row(page, 305).inner_text() == said

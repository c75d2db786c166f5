"""The workbench in a browser: a sum with its place on the map, an axis as colors, how alike a selection is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import lasso, open_panel, see_map, settle, tool

pytestmark = pytest.mark.browser

LIST = ".st-key-compose_list button[data-item]"


def put(page: Page, text: str, how: str) -> None:
    page.locator(".st-key-compose_text input").fill(text)
    page.locator(f".st-key-compose_{how} button:visible").click()
    settle(page)


def write(page: Page, key: str, text: str) -> None:
    page.locator(f".st-key-{key} textarea").fill(text)
    page.locator(f".st-key-{key} textarea").blur()
    settle(page)


@pytest.mark.model
def test_a_sum_is_listed_and_drawn_and_an_axis_colors_the_map(page: Page) -> None:
    page.goto("/?panel=Compose")
    see_map(page, 615)
    put(page, "train", "add")
    put(page, "late", "subtract")
    expect(page.locator(LIST)).to_have_count(10, timeout=60_000)
    for mark, count in (("query", 1), ("way", 1), ("neighbor", 10), ("item", 0)):
        expect(page.locator(f".ee-over .ee-{mark}")).to_have_count(count)
    before = page.locator(LIST).all_inner_texts()
    weight = page.locator(".st-key-weight-1 input")
    weight.fill("2")
    weight.press("Enter")
    expect(page.get_by_text("+ late")).to_be_visible()
    settle(page)
    assert page.locator(LIST).all_inner_texts() != before
    open_panel(page, "Neighbors")  # what was added up is marked only while one looks at it
    expect(page.locator(".ee-over .ee-query")).to_have_count(0)
    open_panel(page, "Compose")
    page.get_by_text("An axis between two poles").click()
    settle(page)
    write(page, "axis_low", "cold\nice")
    write(page, "axis_high", "warm")
    page.locator(".st-key-axis_color button:visible").click()
    expect(page.locator(".st-key-color").get_by_role("combobox")).to_have_value("cold → warm")
    expect(page.locator(".st-key-axis_high_list button[data-item]")).to_have_count(5)


def test_a_selection_is_compared_each_with_each(page: Page) -> None:
    page.goto("/")
    see_map(page, 615)
    for _ in range(2):
        tool(page, "in").click()
        settle(page)
    lasso(page, 0.25)
    settle(page)
    open_panel(page, "Selection")
    page.get_by_text("How alike are they").click()
    expect(page.locator(".st-key-alike_map .js-plotly-plot")).to_be_visible()
    expect(page.get_by_text("like beside like")).to_be_visible()

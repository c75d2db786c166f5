"""Groups in a browser: edited by hand, with the map and its legend in step, undone, and kept."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import see_map, settle

pytestmark = pytest.mark.browser

LISTED = ".st-key-group_list button[data-item]"
LEGEND = ".ee-legend button"


def test_groups_are_renamed_and_merged_and_the_map_follows_and_all_is_undone(page: Page) -> None:
    page.goto("/?panel=Groups&color=%40cluster&clustering=agglomerative")
    see_map(page, 615)
    expect(page.locator(LISTED)).to_have_count(12)
    page.locator(LISTED).first.click()
    expect(page.locator(".st-key-group_edge button[data-item]")).to_have_count(5)
    name = page.locator(".st-key-group_name input")
    old = name.input_value()
    name.fill("A name of my own")
    name.press("Enter")
    expect(page.locator(LEGEND).first).to_contain_text("A name of my own")
    others = page.locator(".st-key-merge_with").get_by_role("combobox")
    others.scroll_into_view_if_needed()  # a list that is open closes when the page scrolls
    settle(page)
    others.click()
    page.get_by_role("option").nth(2).click()
    expect(page.locator(LEGEND)).to_have_count(11)
    settle(page)
    page.get_by_role("button", name="All groups").click()
    expect(page.locator(LISTED)).to_have_count(11)
    expect(page.locator(LISTED).first).to_contain_text("A name of my own")
    # another visit finds them as they were left
    page.goto("/?panel=Groups&color=%40cluster&clustering=agglomerative")
    see_map(page, 615)
    expect(page.locator(LISTED)).to_have_count(11)
    expect(page.locator(LEGEND).first).to_contain_text("A name of my own")
    page.get_by_role("button", name="Back to what was found").click()
    expect(page.locator(LEGEND)).to_have_count(12)
    expect(page.locator(LEGEND).first).to_contain_text(old)

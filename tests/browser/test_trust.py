"""How far the map can be trusted, in a browser: colors, the worst items, lines."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import choose, linked, see_map, settle

pytestmark = [pytest.mark.browser, pytest.mark.model]
WORST = ".st-key-worst_list button[data-item]"


def test_trust_colors_the_map_and_the_worst_items_have_lines(page: Page) -> None:
    page.goto("/?panel=Trust&projection=pca")
    see_map(page, 615)
    expect(page.locator(".st-key-trust_first .ee-meter")).to_have_count(4)
    expect(page.locator(".st-key-trust_first .ee-meter").first.locator("strong")).to_have_text("0.70")
    choose(page, "trust_color", "Torn away")
    expect(page.locator(".ee-legend")).to_contain_text("Continuity")
    settle(page)
    expect(page.locator(".ee-over .ee-between")).to_have_count(0)
    page.locator(WORST).first.click()
    item = linked(page, "item")
    assert page.locator(WORST).first.get_attribute("data-item") == item
    told = page.get_by_text("drawn elsewhere").locator("strong")
    torn, strangers = (int(words) for words in told.all_inner_texts())
    assert torn > 0
    expect(page.locator(".ee-over .ee-torn")).to_have_count(torn)
    expect(page.locator(".ee-over .ee-false")).to_have_count(strangers)
    page.locator(".st-key-trust_worst label:visible").first.click()
    linked(page, "trust_worst")
    page.wait_for_function("() => document.querySelectorAll('.ee-over .ee-torn').length > 50")

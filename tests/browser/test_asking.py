"""Searching in a browser: why a result is one, and how well the search does."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from steps import rows, see_map

pytestmark = [pytest.mark.browser, pytest.mark.model]


def test_why_these_marks_the_words_that_count(page: Page) -> None:
    page.goto("/?query=my+dog+is+ill")
    see_map(page)
    expect(rows(page)).to_have_count(10)
    page.get_by_text("Why these", exact=True).click()
    first = page.locator(".st-key-why_list button[data-item]").first
    expect(first.locator("mark").first).to_be_visible()
    assert first.get_attribute("data-item") == rows(page).first.get_attribute("data-item")
    expect(first.locator(".ee-more")).to_contain_text("without")

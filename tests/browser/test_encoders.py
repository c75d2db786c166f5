"""Encoders in a browser: the list of all, settings, and what is told about an encoding."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from steps import link_of, linked, open_panel, see_map, settle

pytestmark = pytest.mark.browser


def use(page: Page, encoder: str) -> None:
    """Choose an encoder from the list of all."""
    page.get_by_role("button", name="All encoders").click()
    page.locator(f"[role=dialog] .st-key-offer-{encoder}").get_by_role("button", name="Use").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)


def test_from_the_list_to_another_map_and_its_settings(page: Page) -> None:
    page.goto("/")
    see_map(page, 615)
    use(page, "tfidf")
    see_map(page, 615)
    assert link_of(page, "encoder") == "tfidf"
    expect(page.get_by_text("615 items · 100 dimensions")).to_be_visible()
    page.get_by_text("Encoder settings").click()
    kept = page.get_by_role("spinbutton", name="Numbers kept")
    kept.fill("20")
    kept.press("Enter")
    assert linked(page, "encoder", is_not="tfidf") == "tfidf?dim=20"
    expect(page.get_by_text("615 items · 20 dimensions")).to_be_visible()
    page.reload()  # the address says it all
    see_map(page, 615)
    expect(page.get_by_text("615 items · 20 dimensions")).to_be_visible()


def test_what_the_encoder_was_not_made_for_can_be_selected(page: Page) -> None:
    page.goto("/")
    see_map(page, 615)
    page.get_by_text("About this encoding").click()
    told = page.locator(".st-key-about_encoding")
    expect(told.get_by_text("rank alike")).to_be_visible()
    expect(told.get_by_text("no text is longer than the 256 tokens")).to_be_visible()
    foreign = told.get_by_text("are in languages that MiniLM was not made for")
    expect(foreign).to_be_visible()
    count = re.match(r"\d+", foreign.inner_text())
    assert count
    told.get_by_role("button", name="Select them").click()
    settle(page)
    open_panel(page, "Selection")
    expect(page.get_by_text(f"{count[0]} of 615 items are selected.")).to_be_visible()

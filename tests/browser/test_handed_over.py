"""A story as one file: its views one after the other, without a server."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import embeddings_core as ec
from embeddings_core.samples import seed
from embeddings_core.stories import get_story

pytestmark = pytest.mark.browser


def test_a_story_is_leafed_through_offline(browser: Browser, tmp_path: Path) -> None:
    store = ec.get_store()
    seed(store)
    space = ec.encode(ec.sample("everyday"), "minilm")
    scenes = get_story(store, "words").scenes[:4]
    path = ec.snapshot(space, ec.project(space, "umap"), tmp_path / "story.html", views=scenes)
    context = browser.new_context(viewport={"width": 1400, "height": 900}, offline=True)
    page = context.new_page()
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.goto(path.as_uri())
    root = page.locator('.ee-map[data-ready="true"]')
    expect(root).to_have_attribute("data-bright", "615")
    expect(page.get_by_role("heading")).to_have_text("Every dot is a sentence")
    expect(page.get_by_role("button", name="Back")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading")).to_have_text("Not by how it feels")
    expect(page.locator(".ee-legend button")).to_have_count(3)
    page.keyboard.press("PageDown")
    expect(page.locator(".where")).to_have_text("3 / 4")
    banks = sum("bank" in str(text).lower() for text in space.dataset.items)
    expect(root).to_have_attribute("data-bright", str(banks))
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(20)
    expect(page.locator(".list .center")).to_contain_text("The bank froze my account")
    expect(root).to_have_attribute("data-bright", "615")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    assert broken == []
    context.close()

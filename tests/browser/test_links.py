"""Links in a browser: another visitor sees the same, and a broken link says what it could not show."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from steps import (
    choose,
    choose_color,
    click_item,
    lasso,
    linked,
    lone_item,
    see_map,
    settle,
    tool,
    type_words,
    view,
)

pytestmark = pytest.mark.browser

CENTER = ".st-key-center .ee-text"

WATCH = """() => { window.glided = 0; const root = document.querySelector('.ee-map');
                   new MutationObserver(() => { if (root.dataset.moving) window.glided++; })
                     .observe(root, { attributeFilter: ['data-moving'] }); }"""


def test_points_glide_to_another_projection_and_back_leads_to_the_former(page: Page) -> None:
    page.goto("/?projection=pca")
    root = see_map(page, 615)
    expect(root).to_have_attribute("aria-label", re.compile("PCA"))
    page.evaluate(WATCH)
    choose(page, "projection", "UMAP")
    expect(root).to_have_attribute("aria-label", re.compile("UMAP"))
    page.wait_for_function("() => window.glided && !document.querySelector('[data-moving]')")
    see_map(page, 615)
    expect(root).to_have_attribute("data-drawn", "615")
    # who wants no motion sees none
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("() => { window.glided = 0; }")
    page.go_back()
    expect(root).to_have_attribute("aria-label", re.compile("PCA"))
    see_map(page, 615)
    expect(page.locator(".st-key-projection [aria-checked=true]")).to_have_text("PCA")
    assert page.evaluate("window.glided") == 0


def test_a_link_shows_another_visitor_the_same(page: Page, visitor: Callable[..., Page]) -> None:
    page.goto("/?projection=pca")
    root = see_map(page)
    choose_color(page, "sentiment")
    expect(page.locator(".ee-legend button")).to_have_count(3)
    page.locator(".ee-legend button").last.click()
    expect(root).not_to_have_attribute("data-drawn", "615")
    tool(page, "in").click()
    linked(page, "view")
    type_words(page, "the")
    linked(page, "filter")
    lasso(page, 0.9)
    linked(page, "selection")
    click_item(page, lone_item(page))
    linked(page, "item")
    settle(page)
    other = visitor()
    other.goto(page.url)
    same = see_map(other)
    for name in ("data-drawn", "data-bright", "data-selected"):
        expect(same).to_have_attribute(name, root.get_attribute(name) or "")
    assert root.get_attribute("data-bright") != "615"
    assert root.get_attribute("data-selected") != "0"
    assert view(other) == pytest.approx(view(page), rel=1e-4)
    expect(other.locator(CENTER)).to_have_text(page.locator(CENTER).inner_text())
    expect(other.locator(".ee-find input")).to_have_value("the")
    expect(other.locator(".st-key-color input")).to_have_value("sentiment")


def test_a_broken_link_shows_the_map_and_says_what_it_could_not(page: Page) -> None:
    page.goto("/?filter=garbage&item=x&dims=9&view=1:2&panel=nowhere")
    expect(see_map(page, 615)).to_have_attribute("data-bright", "615")
    warning = page.locator("[data-testid=stAlert]")
    expect(warning).to_contain_text("item 'x'")
    expect(warning).to_contain_text("filter")

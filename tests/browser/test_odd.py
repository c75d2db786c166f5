"""Odd data and odd browsers: whatever comes is shown as what it is, and said where it cannot be."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from chromium import browser_path
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from steps import click_item, open_panel, point_at, see_map, settle

import embeddings_core as ec

pytestmark = pytest.mark.browser

WICKED = "<img src=x onerror=alert(1)>"
ARABIC = "مرحبا بالعالم"
ASTRONAUT = "👩‍🚀 to the 🌕"

Put = Callable[..., str]


@pytest.fixture
def put(home: Path) -> Put:
    """Puts vectors with metadata into the server's store; a link to their map by PCA."""

    def put(name: str, vectors: np.ndarray, **columns: object) -> str:
        data = ec.Dataset(name, "vector", list(np.asarray(vectors, np.float32)), pd.DataFrame(columns))
        return f"/?dataset={ec.Store(home).put_dataset(data).fingerprint}&projection=pca"

    return put


def spread(n: int, dimensions: int = 4) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, dimensions))


def test_one_item_and_items_that_are_all_equal_are_maps(page: Page, put: Put) -> None:
    page.goto(put("alone", spread(1), title=["the only one"]))
    root = see_map(page, 1)
    expect(root).to_have_attribute("data-bright", "1")
    click_item(page, 0)
    expect(page.locator(".st-key-center .ee-text")).to_have_text("the only one")
    page.goto(put("the same", np.ones((30, 4)), title=[f"copy {i}" for i in range(30)]))
    root = see_map(page, 30)
    expect(root).to_have_attribute("data-drawn", "30")
    click_item(page, 12)  # or another: they lie on top of each other
    expect(page.locator(".st-key-center .ee-text")).to_have_text(re.compile(r"^copy \d+$"))
    expect(page.locator(".st-key-neighbor_list button[data-item]")).to_have_count(10)


def test_the_rarest_of_500_categories_share_a_color(page: Page, put: Put) -> None:
    kinds = [f"kind {i % 500}" for i in range(1200)]
    page.goto(put("many kinds", spread(1200), kind=kinds) + "&color=kind")
    root = see_map(page, 1200)
    names = page.locator(".ee-legend button")
    expect(names).to_have_count(41)
    expect(names.last).to_contain_text("460 more")
    names.last.click()
    expect(root).to_have_attribute("data-drawn", "120")  # the 40 commonest, of three items each
    open_panel(page, "Filter")
    expect(page.locator(".ee-facet[data-column='kind']")).to_contain_text("more values")


def test_what_looks_like_markup_is_text_and_every_script_is_shown(page: Page, put: Put) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    odd = [WICKED, ARABIC, ASTRONAUT]
    link = put("odd names", spread(30), title=[f"{odd[i % 3]} {i}" for i in range(30)], **{WICKED: odd * 10})
    page.goto(f"{link}&panel=Filter")
    see_map(page, 30)
    expect(page.get_by_role("heading", name=WICKED)).to_be_visible()
    names = page.locator(".ee-legend button span")
    assert sorted(names.all_inner_texts()) == sorted(odd)
    facet = page.locator(".ee-facet").first.locator(".ee-value .ee-name")
    assert sorted(facet.all_inner_texts()) == sorted(odd)
    for item, text in enumerate(odd):
        point_at(page, item)
        expect(page.locator(".ee-card p")).to_have_text(f"{text} {item}")
    expect(page.locator(".ee-card dd")).to_have_text(ASTRONAUT)
    # right to left where the text is
    assert names.filter(has_text=ARABIC).evaluate("name => getComputedStyle(name).direction") == "rtl"
    for panel in ("Table", "Selection", "Neighbors"):
        open_panel(page, panel)
    click_item(page, 0)
    expect(page.locator(".st-key-center .ee-text")).to_have_text(f"{WICKED} 0")
    assert page.locator("img[src='x'], [onerror]").count() == 0
    assert asked == []


def test_without_webgl_the_table_still_works(browser: Browser, server: str) -> None:
    flags = ["--no-sandbox", "--disable-gpu", "--disable-3d-apis"]
    plain = browser.browser_type.launch(executable_path=browser_path(), args=flags)
    page = plain.new_page(base_url=server)
    page.goto("/")
    message = page.locator(".ee-message")
    expect(message).to_contain_text("no WebGL", timeout=60_000)
    expect(message).to_contain_text("table")
    open_panel(page, "Table")
    expect(page.locator(".ee-table")).to_have_attribute("data-rows", "615")
    page.locator(".ee-table-line[data-item='3']").get_by_role("gridcell").nth(2).click()
    expect(page.locator(".ee-table-line[data-item='3']")).to_have_attribute("aria-current", "true")
    plain.close()


def colorful(page: Page) -> int:
    """How many pixels of the map are not gray."""
    image = Image.open(io.BytesIO(page.locator(".ee-plot").screenshot()))
    return sum(image.convert("HSV").getchannel("S").histogram()[100:])


def test_a_lost_graphics_card_comes_back(page: Page) -> None:
    page.goto("/?projection=pca")
    root = see_map(page, 615)
    before = colorful(page)
    canvas = page.locator(".ee-plot canvas").first
    canvas.evaluate("canvas => canvas.getContext('webgl').getExtension('WEBGL_lose_context').loseContext()")
    expect(page.locator(".ee-message")).to_contain_text("graphics")
    expect(page.locator(".ee-message")).to_be_empty()
    expect(root).to_have_attribute("data-ready", "true")
    assert colorful(page) == pytest.approx(before, rel=0.1)
    click_item(page, 40)  # or what lies on top of it
    expect(page.locator(".st-key-neighbor_list button[data-item]")).to_have_count(10)


def test_a_message_in_a_corner_leaves_the_page_its_style(page: Page) -> None:
    page.goto('/?panel=Selection&filter={"values":{"gone":["x"]}}')
    see_map(page)
    page.get_by_role("button", name="Select what matches the filter").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("gone")
    settle(page)
    expect(page.locator(".st-key-panels")).to_have_css("overflow-y", "auto")

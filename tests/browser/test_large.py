"""A map of 300,000 points in a browser: a fair sample of them is drawn, and nothing else is only about the sample."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from made import keep
from playwright.sync_api import Page, expect
from steps import lasso, see_map, tool, type_words

import embeddings_core as ec

pytestmark = pytest.mark.browser

N = 300_000
MOST = 60_000


@pytest.fixture(scope="module")
def link(home: Path) -> str:
    return f"/?dataset={keep(ec.Store(home), N)}&projection=pca"


def test_a_sample_is_drawn_and_closer_by_all_points_are(page: Page, link: str) -> None:
    page.goto(link)
    root = see_map(page, N)
    status = page.locator(".ee-status")
    expect(status).to_contain_text("300,000 points")
    expect(status).to_contain_text("of them drawn: a fair sample")
    assert 0 < int(root.get_attribute("data-drawn") or "") <= MOST
    while "of them drawn" in status.inner_text():
        before = status.inner_text()
        tool(page, "in").click()
        expect(status).not_to_have_text(before)
    there = re.match(r"([\d,]+) of 300,000 points in view$", status.inner_text())
    assert there
    expect(root).to_have_attribute("data-drawn", there[1].replace(",", ""))


def test_a_loop_selects_and_words_find_what_is_not_drawn_too(page: Page, link: str) -> None:
    page.goto(link)
    root = see_map(page, N)
    status = page.locator(".ee-status")
    tool(page, "reset").click()
    lasso(page, 0.98)
    expect(status).to_contain_text("300,000 selected")
    expect(root).to_have_attribute("data-selected", str(N))
    page.locator(".ee-map").focus()
    page.keyboard.press("Escape")
    expect(root).to_have_attribute("data-selected", "0")
    type_words(page, "needle")
    expect(status).to_contain_text("300 match")
    assert 0 < int(root.get_attribute("data-bright") or "") <= 300

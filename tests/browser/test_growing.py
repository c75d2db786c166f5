"""Never wait: a map in seconds, work that goes on whatever page is open, rows that are added."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from steps import READY, click_item, lone_item, map_of, open_page, place_of, see_map, settle

pytestmark = [pytest.mark.browser, pytest.mark.model]

COLORS = ("red", "green", "blue", "yellow", "gray", "pink", "brown", "black", "white", "orange")
THINGS = ("cat", "train", "house", "river", "song", "apple", "cloud", "letter", "shoe", "lamp")
N = 3_000


def write(path: Path, start: int, end: int) -> Path:
    """Short texts, all different."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["body", "thing"])
        for i in range(start, end):
            thing = THINGS[i % 10]
            writer.writerow([f"The {COLORS[i // 10 % 10]} {thing} has the number {i}", thing])
    return path


def points(page: Page) -> int:
    return int(page.locator(READY).get_attribute("data-points") or 0)


def test_a_map_that_grows_while_one_leaves_and_comes_back(page: Page, tmp_path: Path) -> None:
    page.goto("/data")
    page.locator(".st-key-upload input[type=file]").set_input_files(write(tmp_path / "grow.csv", 0, N))
    page.locator(".st-key-encode button").click()
    # the first map comes before all is encoded
    page.wait_for_selector(f'{READY}[data-points="512"]', timeout=120_000)
    expect(page.get_by_text("on the map so far: 512")).to_be_visible()
    item = lone_item(page)
    click_item(page, item)
    center = page.locator(".st-key-center .ee-text")
    expect(center).not_to_be_empty()
    text, place = center.inner_text(), place_of(page, item)
    # leave, see it go on, come back
    open_page(page, "Data")
    expect(page.locator(".st-key-in_progress")).to_contain_text("grow.csv")
    open_page(page, "Explore")
    page.wait_for_selector(f'{READY}[data-points="{N}"]', timeout=240_000)
    settle(page)
    # what was there has not moved, and is still picked
    expect(center).to_have_text(text)
    picked = map_of(page, "map.data.marks.item")
    assert place_of(page, picked) == pytest.approx(place, abs=60)  # the frame of the map may be another one by now
    fit = page.get_by_role("button", name=f"Fit the map to all {N:,} texts")
    expect(page.get_by_text("The map was made from 512 items")).to_be_visible()
    fit.click()
    expect(fit).to_have_count(0, timeout=120_000)
    see_map(page, N)
    expect(page.get_by_text("The map was made from")).to_have_count(0)
    # more rows: only these are encoded, all others stay where they are
    before = map_of(page, "Array.from(map.cloud.places.subarray(0, 40))")
    open_page(page, "Data")
    page.locator(".st-key-upload input[type=file]").set_input_files(write(tmp_path / "more.csv", N, N + 40))
    goal = page.locator(".st-key-goal")
    goal.scroll_into_view_if_needed()
    settle(page)
    goal.get_by_role("combobox").click()
    page.get_by_role("option", name=f"Add to grow.csv · {N:,}").click()
    settle(page)
    page.locator(".st-key-encode button").click()
    see_map(page, N + 40)
    expect(page.get_by_text("40 were placed among those nearest to them, approximately")).to_be_visible()
    assert map_of(page, "Array.from(map.cloud.places.subarray(0, 40))") == before

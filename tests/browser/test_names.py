"""Labels by typed names, and two encoders combined by a weight, in a browser."""

from __future__ import annotations

import pandas as pd
import pytest
from playwright.sync_api import Page, expect
from steps import choose, choose_color, linked, open_panel, see_map, settle

pytestmark = [pytest.mark.browser, pytest.mark.model]


def test_typed_names_become_groups_on_the_map_in_the_legend_and_in_the_file(page: Page) -> None:
    page.goto("/?projection=pca")
    see_map(page, 615)
    open_panel(page, "Groups")
    choose(page, "clustering", "By names")
    names = page.get_by_label("Names", exact=True)
    expect(names).to_have_attribute("placeholder", "a cat, a dog")
    names.fill("weather, money, animals")
    names.press("Enter")
    groups = page.locator(".st-key-group_list button[data-item]")
    expect(groups).to_have_count(3)
    expect(groups.first).to_contain_text("similarity")
    expect(page.get_by_text("This encoder gives no probabilities")).to_be_visible()
    choose_color(page, "Cluster")
    for name in ("weather", "money", "animals"):
        expect(page.locator(".ee-legend").get_by_text(name, exact=True)).to_be_visible()
    see_map(page, 615)
    groups.first.click()
    open_panel(page, "Selection")
    expect(page.get_by_text("are selected")).to_be_visible()
    open_panel(page, "Download")
    with page.expect_download() as download:
        page.locator(".st-key-download button").click()
    table = pd.read_csv(download.value.path())
    assert set(table["cluster_name"]) == {"weather", "money", "animals"}
    assert table["cluster_similarity"].between(-1, 1).all()
    # the link brings it back
    page.reload()
    see_map(page, 615)
    open_panel(page, "Groups")
    expect(page.get_by_label("Names", exact=True)).to_have_value("weather, money, animals")
    expect(page.locator(".st-key-group_list button[data-item]")).to_have_count(3)


def test_two_encoders_are_combined_and_weighed_without_encoding_again(page: Page) -> None:
    page.goto("/?projection=pca&encoder=combined%3Ffirst%3Dminilm%26second%3Drows")
    see_map(page, 615)
    page.get_by_text("Encoder settings").click()
    weight = page.get_by_role("slider", name="Weight of the first")
    weight.press("ArrowRight")
    assert "weight=0.55" in linked(page, "encoder", is_not="combined?first=minilm&second=rows")
    settle(page)
    see_map(page, 615)
    expect(page.locator(".st-key-encode")).to_have_count(0)
    page.locator(".st-key-query input").fill("rain and wind")
    page.locator(".st-key-query input").press("Enter")
    found = page.locator(".st-key-neighbor_list button[data-item]")
    expect(found).to_have_count(10)

"""The first page in a browser: the map of the sample that is open when the app starts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from steps import click_item, lasso, open_page, open_panel, place_of, rows, see_map, settle

pytestmark = pytest.mark.browser


def view(page: Page) -> list[float]:
    return page.evaluate("document.querySelector('.ee-plot')._fullLayout.xaxis.range")


def test_the_first_page_is_a_map_of_the_sample(page: Page) -> None:
    page.goto("/")
    root = see_map(page, 615)
    assert root.get_attribute("data-drawn") == "615"
    expect(page.get_by_role("combobox", name="Data", exact=True)).to_have_value(re.compile("Everyday sentences"))
    expect(page.locator(".ee-legend button")).to_have_count(13)


def test_hover_shows_a_card_and_a_click_lists_neighbors(page: Page) -> None:
    page.goto("/")
    see_map(page)
    x, y = place_of(page, 7)
    page.mouse.move(x - 40, y)
    page.mouse.move(x, y, steps=4)
    expect(page.locator(".ee-card")).to_be_visible()
    shown = page.locator(".ee-card p").inner_text()
    page.mouse.click(x, y)
    found = rows(page)
    expect(found).to_have_count(10)
    expect(page.locator(".st-key-center .ee-text")).to_have_text(shown)
    scores = [float(score) for score in page.locator(".st-key-neighbor_list .ee-score").all_inner_texts()]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] <= 1
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    expect(page.locator(".ee-over .ee-item")).to_have_count(1)


def test_a_neighbor_becomes_the_center_and_a_link_keeps_it(page: Page) -> None:
    page.goto("/?item=7")
    see_map(page)
    first = rows(page).first
    text = first.locator(".ee-text").inner_text()
    first.click()
    expect(page.locator(".st-key-center .ee-text")).to_have_text(text)
    page.reload()
    see_map(page)
    expect(page.locator(".st-key-center .ee-text")).to_have_text(text)


def test_zoom_and_selection_survive_every_change(page: Page) -> None:
    page.goto("/")
    see_map(page)
    page.locator('[data-tool="in"]').click()
    page.wait_for_timeout(300)
    zoomed = view(page)
    lasso(page)
    open_panel(page, "Selection")
    said = page.get_by_text("are selected").inner_text()
    selected = int(said.split(" of ")[0])
    assert 0 < selected < 615
    page.locator(".st-key-color").get_by_role("combobox").click()
    page.get_by_role("option", name="sentiment").click()
    expect(page.locator(".ee-legend button")).to_have_count(3)
    assert view(page) == zoomed
    expect(page.get_by_text("are selected")).to_have_text(said)
    assert page.evaluate("document.querySelector('.ee-plot').data[0].selectedpoints.length") == selected
    open_page(page, "Data")
    expect(page.get_by_text("Bring data").first).to_be_visible()
    open_page(page, "Explore")
    see_map(page)
    assert view(page) == pytest.approx(zoomed)
    assert page.evaluate("document.querySelector('.ee-plot').data[0].selectedpoints.length") == selected


def test_a_typed_text_finds_what_it_means(page: Page) -> None:
    page.goto("/")
    see_map(page)
    page.locator(".st-key-query input").fill("the train was late again")
    page.locator(".st-key-query input").press("Enter")
    expect(rows(page)).to_have_count(10, timeout=120_000)
    expect(page.locator(".ee-over .ee-query")).to_have_count(1)
    expect(page.locator(".st-key-neighbors")).to_contain_text("travel")


def test_groups_are_listed_named_and_shown_on_the_map(page: Page) -> None:
    page.goto("/")
    see_map(page)
    open_panel(page, "Groups")
    group = page.locator(".st-key-group_list button[data-item]").first
    expect(group).to_be_visible()
    size = int(group.locator(".ee-more").inner_text().split()[0])
    group.click()
    expect(page.locator(".st-key-group_examples button[data-item]")).to_have_count(min(5, size))
    page.wait_for_function(f"document.querySelector('.ee-plot').data[0].selectedpoints?.length === {size}")
    expect(page.locator(".st-key-color input")).to_have_value("Cluster")


def test_three_dimensions_turn_select_and_pick(page: Page) -> None:
    page.goto("/?projection=pca&dims=3")
    see_map(page, 615)
    assert page.evaluate("document.querySelector('.ee-plot').data[0].type") == "scatter3d"
    lasso(page, 0.5)
    open_panel(page, "Selection")
    expect(page.get_by_text("are selected")).to_be_visible()
    open_panel(page, "Neighbors")
    click_item(page, 40)  # or the one that lies in front of it
    expect(rows(page)).to_have_count(10)


def test_the_legend_hides_and_the_map_says_how_many_it_draws(page: Page) -> None:
    page.goto("/")
    root = see_map(page)
    page.locator(".ee-legend button").first.click()
    expect(root).to_have_attribute("data-drawn", "565")
    page.locator(".ee-legend button").first.click()
    expect(root).to_have_attribute("data-drawn", "615")


def test_everything_on_the_map_works_by_keyboard(page: Page) -> None:
    page.goto("/")
    root = see_map(page)
    root.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".ee-card")).to_be_visible()
    settle(page)
    text = page.locator(".ee-card p").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator(".st-key-center .ee-text")).to_have_text(text)
    page.keyboard.press("Escape")
    expect(page.locator(".st-key-center")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone(page: Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    see_map(page)
    settle(page)
    box = page.locator(".ee-stage").bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_projection_changes_and_can_be_cancelled(page: Page) -> None:
    page.goto("/")
    see_map(page)
    page.locator(".st-key-projection").get_by_role("radio", name="t-SNE").or_(
        page.locator(".st-key-projection button", has_text="t-SNE")
    ).first.click()
    see_map(page, 615)
    expect(page).to_have_url(re.compile("projection=tsne"))

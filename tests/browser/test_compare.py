"""Two maps of the same items: the same part in view, the same item pointed out, and one that turns into the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from steps import choose, linked, settle

pytestmark = [pytest.mark.browser, pytest.mark.model]
FIRST, SECOND = (f'.st-key-{key} [data-ready="true"]' for key in ("map", "map-b"))


def see_both(page: Page) -> None:
    for selector in (FIRST, SECOND):
        page.wait_for_selector(selector, timeout=90_000)
    settle(page)


def of(page: Page, selector: str, expression: str) -> Any:
    """What an expression about `map` says of one of the maps."""
    return page.evaluate(
        f"(selector) => {{ const map = document.querySelector(selector).embeddingMap; return {expression}; }}", selector
    )


def test_both_maps_show_the_same_part_and_point_out_the_same_item(page: Page) -> None:
    page.goto("/compare")
    see_both(page)
    expect(page.get_by_text("items nearest to an item")).to_be_visible(timeout=60_000)
    assert of(page, FIRST, "map.data.map") != of(page, SECOND, "map.data.map")
    before = of(page, SECOND, "map.scene.view")
    of(page, FIRST, "map.scene.near(0.5)")
    page.wait_for_function(
        """([one, other, before]) => {
             const view = (selector) => String(document.querySelector(selector).embeddingMap.scene.view);
             return view(one) === view(other) && view(other) !== before; }""",
        arg=[FIRST, SECOND, ",".join(map(str, before))],
    )
    place = of(
        page, FIRST, "[...map.where(20), map.plot.getBoundingClientRect().left, map.plot.getBoundingClientRect().top]"
    )
    page.mouse.move(place[0] + place[2] - 20, place[1] + place[3])
    page.mouse.move(place[0] + place[2], place[1] + place[3])
    expect(page.locator(".st-key-map-b .ee-cursor")).to_have_count(1)
    expect(page.locator(".st-key-map .ee-cursor")).to_have_count(0)


def test_a_mover_shows_who_stays_who_left_and_who_came(page: Page) -> None:
    page.goto("/compare")
    see_both(page)
    page.locator(".st-key-movers_list button[data-item]").first.click()
    item = int(linked(page, "item"))
    expect(page.locator(".st-key-changed_item button[data-item]")).to_have_attribute("data-item", str(item))
    for kind in ("left", "came"):
        listed = page.locator(f".st-key-changes_{kind} button[data-item]")
        expect(listed.first).to_be_visible()
        expect(page.locator(f".st-key-map .ee-{kind}")).to_have_count(listed.count())
        expect(page.locator(f".st-key-map-b .ee-{kind}")).to_have_count(listed.count())
    page.locator(".st-key-color_overlap button:visible").click()
    expect(page.locator(".st-key-map .ee-legend")).to_contain_text("neighbors that stay")


def test_one_map_turns_into_the_other(page: Page) -> None:
    page.goto("/compare?laid=morph")
    page.wait_for_selector(FIRST, timeout=90_000)
    settle(page)
    there = "Array.from(map.cloud.places.slice(0, 40))"
    start, goal = of(page, FIRST, there), of(page, FIRST, "Array.from(map.morph.to.slice(0, 40))")
    slider = page.get_by_role("slider", name="From one map to the other")
    slider.fill("50")
    assert of(page, FIRST, there) == pytest.approx([(a + b) / 2 for a, b in zip(start, goal, strict=True)], abs=1e-4)
    slider.fill("100")
    assert of(page, FIRST, there) == pytest.approx(goal, abs=1e-5)
    choose(page, "laid", "Side by side")
    see_both(page)
    assert of(page, FIRST, there) == pytest.approx(start, abs=1e-5)


def test_other_seeds_are_drawn_small_and_one_is_chosen_by_a_click(page: Page) -> None:
    sides = '[["minilm","pca",0,{}],["tfidf","pca",0,{}]]'
    page.goto(f"/compare?compared=settings&sides={sides}")
    see_both(page)
    choose(page, "varied", "Seeds")
    settle(page)
    page.locator(".st-key-sweep button:visible").click()
    expect(page.locator('.ee-multiples[data-drawn="8"]')).to_be_visible(timeout=60_000)
    cells = page.locator(".ee-multiples button")
    expect(cells).to_have_count(8)
    expect(cells.nth(0)).to_have_attribute("aria-current", "true")
    cells.nth(2).click()
    assert linked(page, "sides", sides) == sides.replace('"pca",0', '"pca",2', 1)
    expect(page.get_by_text("seed 2")).to_be_visible()
    page.locator(".st-key-side-settings-0 button:visible").click()
    page.get_by_role("button", name="Open in Explore").first.click()
    page.wait_for_url("**/?*seed=2*")
    assert "projection=pca" in page.url


def test_encoders_are_judged_by_labels_on_a_phone_too(visitor: Callable[..., Page]) -> None:
    page = visitor(viewport={"width": 420, "height": 844})
    page.goto("/compare?compared=labels&label_column=topic")
    table = page.locator(".st-key-contest table")
    expect(table).to_contain_text("MiniLM", timeout=90_000)
    settle(page)
    expect(page.get_by_text("MiniLM is ahead of")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    # what does not fit scrolls by itself
    frame = page.locator(".st-key-contest [data-testid=stMarkdownContainer]")
    assert frame.evaluate("frame => { frame.scrollLeft = 9999; return frame.scrollLeft; }") > 0
    save = page.get_by_role("button", name="Download the table").locator("visible=true")
    with page.expect_download() as saved:
        save.click()
    assert saved.value.suggested_filename == "Everyday-sentences-encoders.csv"
    choose(page, "compared", "Neighborhoods")
    page.wait_for_function("() => !new URL(location.href).searchParams.has('compared')")


def test_whether_both_find_the_same_groups_is_computed_when_it_is_asked(page: Page) -> None:
    sides = '[["minilm","pca",0,{}],["minilm","pca",1,{}]]'
    page.goto(f"/compare?sides={sides}")
    see_both(page)
    page.get_by_text("Do they find the same groups").click()
    numbers = page.locator(".st-key-agreeing_numbers")
    expect(numbers).to_contain_text("ARI", timeout=60_000)
    expect(numbers.get_by_text("1.00")).to_have_count(2)  # the same map twice

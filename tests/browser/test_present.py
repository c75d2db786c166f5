"""A story on the whole window: played by keys, asked from the floor, followed by the speaker's notes."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from steps import click_item, lone_item, map_of, see_map, settle, tool, view

from embeddings_core.store import Store
from embeddings_core.stories import Scene, begin_story

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture(scope="module")
def story(home: Path) -> str:
    """The key of a story whose second view is gone."""
    scenes = (
        Scene(
            "All of them", "Every dot is a sentence", "Wave to <b>all</b>", {"dataset": "everyday", "color": "topic"}
        ),
        Scene("Lost", "", "", {"dataset": "0" * 64}),
        Scene("PCA", "Drawn in another way", "", {"dataset": "everyday", "projection": "pca", "item": "178"}),
    )
    return begin_story(Store(home), "A test", scenes).key


def test_a_story_is_played_by_keys_and_a_view_that_is_gone_does_not_break_it(page: Page, story: str) -> None:
    page.goto("/present")
    page.locator(f".st-key-play-{story} button:visible").click()
    root = see_map(page, 615)
    box = page.locator(".ee-stage").bounding_box()
    assert box
    assert box["width"] > 1300
    assert box["height"] > 650
    expect(page.get_by_role("heading")).to_have_text("All of them")
    expect(page.get_by_role("link", name="Explore")).to_be_hidden()
    expect(page.locator(".ee-tools")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading")).to_have_text("Lost")
    expect(page.get_by_text("not here any more")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("heading")).to_have_text("PCA")
    expect(page.locator(".ee-where")).to_have_text("3 / 3")
    see_map(page, 615)
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    page.keyboard.press("Home")
    expect(page.get_by_role("heading")).to_have_text("All of them")
    see_map(page, 615)
    page.keyboard.press("l")
    page.mouse.move(600, 500)
    expect(page.locator(".ee-laser")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ee-laser")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading")).to_have_text("Stories to present")
    assert not root.is_visible()


def test_a_question_from_the_floor_lands_on_the_map(page: Page, story: str) -> None:
    page.goto(f"/present?story={story}")
    see_map(page, 615)
    page.keyboard.press("q")
    page.keyboard.type("my guitar string broke")
    page.keyboard.press("Enter")
    expect(page.locator(".ee-over .ee-query")).to_be_visible()
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    expect(page.locator(".ee-answer li")).to_have_count(5)
    expect(page.get_by_role("heading")).to_have_text("“my guitar string broke”")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading")).to_have_text("All of them")
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(0)


def test_the_notes_follow_and_lead(page: Page, story: str) -> None:
    page.goto(f"/present?story={story}")
    see_map(page, 615)
    with page.expect_popup() as opened:
        page.keyboard.press("s")
    notes = opened.value
    expect(notes.locator(".ee-said")).to_have_text("Wave to <b>all</b>")
    expect(notes.locator(".ee-coming")).to_have_text("Next: Lost")
    expect(notes.locator(".ee-time")).to_contain_text(":")
    page.keyboard.press("ArrowRight")
    expect(notes.locator(".ee-now")).to_have_text("Lost")
    notes.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading")).to_have_text("PCA")
    expect(notes.locator(".ee-coming")).to_have_text("This is the last view.")
    page.keyboard.press("Escape")
    expect(notes.locator(".ee-time")).to_contain_text("Play the story")
    notes.close()


def keep_and_play(page: Page, title: str, story: str) -> None:
    """Keep what is shown in a new story, and play that."""
    tool(page, "keep").first.click()
    page.get_by_label("Title").fill(title)
    if page.get_by_role("combobox", name="Story").count():
        page.get_by_role("combobox", name="Story").click()
        page.get_by_role("option", name="A new story").click()
    page.get_by_label("Name of the story").fill(story)
    page.get_by_label("Name of the story").press("Enter")
    settle(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text(f"Kept in “{story}”")).to_be_visible()
    page.get_by_role("link", name="Order and play the story").click()
    row = page.locator('[class*="st-key-story-"]', has_text=story)
    row.get_by_role("button", name="Play").locator("visible=true").click()
    expect(page.get_by_role("heading")).to_have_text(title)


def test_a_view_is_kept_and_played_as_it_was(page: Page) -> None:
    page.goto("/?color=sentiment")
    see_map(page, 615)
    for _ in range(3):
        tool(page, "in").click()
    settle(page)
    x0, x1, y0, y1 = view(page)
    keep_and_play(page, "A close look", "Close")
    see_map(page, 615)
    assert "sentiment" in map_of(page, "map.coloring.label")
    seen = view(page)
    width, height = page.locator(".ee-stage").evaluate("stage => [stage.clientWidth, stage.clientHeight]")
    # all of it, around the same middle, and no longer across than down
    assert seen[0] <= x0 + 1e-3
    assert seen[1] >= x1 - 1e-3
    assert (seen[0] + seen[1]) / 2 == pytest.approx((x0 + x1) / 2, abs=1e-2)
    assert (seen[2] + seen[3]) / 2 == pytest.approx((y0 + y1) / 2, abs=1e-2)
    assert (seen[1] - seen[0]) / width == pytest.approx((seen[3] - seen[2]) / height, rel=1e-2)


def test_the_next_view_is_asked_for_with_empty_fields(page: Page) -> None:
    page.goto("/")
    see_map(page, 615)
    for said in ("first", "second"):
        tool(page, "keep").click()
        title, caption = page.get_by_label("Title"), page.get_by_label("Caption")
        expect(title).to_have_value("")
        settle(page)
        expect(caption).to_have_value("")
        title.fill(f"The {said}")
        caption.fill(f"What the {said} shows")
        page.get_by_role("button", name="Keep", exact=True).click()
        expect(page.get_by_text("Kept in")).to_be_visible()
        page.keyboard.press("Escape")
        settle(page)


def test_maps_that_were_compared_are_kept_and_played_beside_each_other(page: Page) -> None:
    page.goto('/compare?sides=[["minilm","pca",0,{}],["tfidf","pca",0,{}]]')
    see_map(page, 615)
    expect(page.locator('.ee-map[data-ready="true"]')).to_have_count(2)
    expect(page.locator('[data-tool="keep"]:visible')).to_have_count(1)
    for _ in range(2):
        tool(page, "in").first.click()
    settle(page)
    keep_and_play(page, "Two encoders", "Beside")
    see_map(page, 615)
    page.wait_for_function(
        """() => { const seen = [...document.querySelectorAll('.ee-map')].map((root) => root.embeddingMap.scene);
                   return seen.length === 2 && seen.every((scene) => scene?.view[0] > scene?.all[0])
                     && String(seen[0].view) === String(seen[1].view); }"""
    )
    page.keyboard.press("q")
    page.keyboard.type("my guitar string broke")
    page.keyboard.press("Enter")
    expect(page.locator(".ee-over .ee-query")).to_have_count(2)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading")).to_have_text("Two encoders")
    expect(page.locator(".ee-over .ee-query")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading")).to_have_text("Stories to present")


def test_escape_first_lets_go_of_what_was_picked(page: Page, story: str) -> None:
    page.goto(f"/present?story={story}")
    see_map(page, 615)
    click_item(page, lone_item(page))
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    settle(page)
    page.keyboard.press("Escape")
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(0)
    expect(page.get_by_role("heading")).to_have_text("All of them")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading")).to_have_text("Stories to present")


def test_words_that_have_no_room_are_smaller(page: Page, home: Path) -> None:
    long = Scene("A title that goes on and on " * 4, "A caption that says a lot " * 15, "", {"dataset": "everyday"})
    key = begin_story(Store(home), "Long", (Scene("Short", "", "", {}), long)).key
    page.goto(f"/present?story={key}")
    see_map(page, 615)
    size = "() => parseFloat(getComputedStyle(document.querySelector('.ee-title')).fontSize)"
    whole = page.evaluate(size)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading")).to_contain_text("on and on")
    assert page.evaluate(size) < whole
    assert page.locator(".ee-words").evaluate("words => words.scrollHeight <= words.clientHeight")
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading")).to_have_text("Short")
    assert page.evaluate(size) == whole

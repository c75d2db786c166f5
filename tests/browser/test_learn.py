"""A lesson in a browser: from the list, by keys, with a prediction recalled, a word explained, and a link to share."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from steps import link_of, linked, settle

import embeddings_core as ec

pytestmark = pytest.mark.browser
FIRST = ec.lessons()[0]


def title(page: Page, number: int) -> None:
    """Wait until the step with that number is shown."""
    expect(page.locator(".ee-prose h2")).to_have_text(FIRST.steps[number - 1].title)
    settle(page)


def test_a_lesson_is_walked_through_with_the_keyboard(page: Page) -> None:
    page.goto("/learn")
    expect(page.locator(".ee-contents button")).to_have_count(len(ec.lessons()))
    page.locator(".ee-contents button").first.press("Enter")
    title(page, 1)
    word = page.locator(".ee-prose .ee-term").first
    word.focus()
    expect(page.locator(".ee-prose .ee-open .ee-tip")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".ee-prose .ee-open")).to_have_count(0)
    page.locator("body").press("ArrowRight")
    title(page, 2)
    answer = FIRST.steps[1].answers[0].text
    page.get_by_role("radio", name=answer).check(force=True)
    settle(page)
    page.get_by_role("button", name="Next").click()
    title(page, 3)
    expect(page.locator(".ee-prose")).to_contain_text(f"You predicted: {answer} See for yourself.")
    assert linked(page, "step") == "3"
    page.locator(".ee-steps button").nth(3).click()
    title(page, 4)
    field = page.locator(".st-key-lesson input[type=text]").first
    field.press("ArrowLeft")  # moves in the text, not in the lesson
    settle(page)
    title(page, 4)
    page.goto(f"/learn?lesson={FIRST.id}&step=2")  # what a class opens
    title(page, 2)
    assert link_of(page, "lesson") == FIRST.id
    page.get_by_role("button", name="All lessons").click()
    expect(page.locator(".ee-contents button").first).to_contain_text("2 of 8 steps done")
    page.locator(".ee-contents button").first.click()  # goes on where it was left
    title(page, 3)
    page.goto("/learn")
    expect(page.locator(".ee-contents button").first).to_contain_text("2 of 8 steps done")


def test_everybody_has_come_as_far_as_they_have(visitor: Callable[..., Page]) -> None:
    one, other = visitor(), visitor()
    one.goto(f"/learn?lesson={FIRST.id}")
    title(one, 1)
    one.get_by_role("button", name="Next").click()
    title(one, 2)
    one.goto("/learn")
    expect(one.locator(".ee-contents button").first).to_contain_text("1 of 8 steps done")
    other.goto("/learn")
    expect(other.locator(".ee-contents button").first).to_contain_text("minutes · 8 steps")
    other.evaluate("localStorage.setItem('embedding-explorer-lessons', '[[')")  # damaged: as if nothing was kept
    other.reload()
    expect(other.locator(".ee-contents button").first).to_contain_text("minutes · 8 steps")

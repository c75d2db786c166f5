"""Searching in a browser: why a result is one, and how well the search does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from steps import linked, rows, see_map, settle

import embeddings_core as ec

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.mark.parametrize("asked", ["query=my+dog+is+ill", "item=5"])
def test_why_these_marks_the_words_that_count(asked: str, page: Page) -> None:
    page.goto(f"/?{asked}")
    see_map(page)
    expect(rows(page)).to_have_count(10)
    page.get_by_role("button", name="Why these").press("Enter")
    first = page.locator(".st-key-why_list button[data-item]").first
    expect(first.locator("mark").first).to_have_css("background-color", re.compile(r"^color\(srgb .* / 0\.\d+\)$"))
    assert first.get_attribute("data-item") == rows(page).first.get_attribute("data-item")
    expect(first.locator(".ee-more")).to_contain_text("without")
    page.get_by_text("Why these", exact=True).click()
    expect(page.locator(".st-key-why_list")).to_have_count(0)
    expect(page.locator(".ee-why")).to_be_visible()


def test_pasted_queries_judge_the_search(page: Page) -> None:
    page.goto("/")
    see_map(page)
    page.get_by_text("Judge the search with known answers").click()
    example = page.locator("[data-testid=stCode] code").inner_text()
    page.locator(".st-key-known textarea").fill(example)
    page.locator(".st-key-known textarea").press("Control+Enter")
    table = page.get_by_test_id("stTable")
    expect(table.locator("tbody tr")).to_have_count(3)
    expect(table).to_contain_text("recall@10")
    with page.expect_download() as download:
        page.locator(".st-key-judged_download button").click()
    assert download.value.suggested_filename.endswith("-queries.csv")


def test_an_uploaded_table_judges_the_search_and_a_click_asks_its_query(page: Page) -> None:
    items = ec.sample("everyday").items
    page.goto("/")
    see_map(page)
    page.get_by_text("Judge the search with known answers").click()
    uploaded = page.locator(".st-key-known_upload input[type=file]")
    uploaded.set_input_files({"name": "queries.csv", "mimeType": "text/csv", "buffer": b"query,answer"})
    expect(page.get_by_role("alert")).to_contain_text("queries.csv has no rows")
    table = f'Query,Answer\nfirst words,"{items[0]}"\nlast words,"{items[-1]}"'
    uploaded.set_input_files({"name": "queries.csv", "mimeType": "text/csv", "buffer": table.encode()})
    expect(page.get_by_test_id("stTable")).to_contain_text("recall@10")
    expect(page.get_by_text("2 queries. An answer names its item by text.")).to_be_visible()
    settle(page)
    grid = page.locator(".st-key-judged canvas").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box
    page.mouse.click(box["x"] + 115 + 60 + 30, box["y"] + 2.5 * 35)  # in the second row, the place by words
    assert linked(page, "query") == "last words"
    assert linked(page, "mode") == "keyword"
    expect(page.locator(".st-key-query input")).to_have_value("last words")
    expect(page.get_by_text("The list above answers “last words”.")).to_be_visible()


def test_a_result_joins_the_question_and_leaves_it(page: Page) -> None:
    page.goto("/?query=my+dog+is+ill")
    see_map(page)
    item = rows(page).nth(2).get_attribute("data-item")
    rows(page).nth(2).click()
    page.get_by_role("button", name="Ask with this too").click()
    expect(page.locator(".st-key-query input")).to_have_value("my dog is ill")
    expect(page.get_by_text("the mean of these")).to_be_visible()
    assert linked(page, "also") == item
    expect(page.locator(f".st-key-neighbor_list button[data-item='{item}']")).to_have_count(0)
    page.locator(f".st-key-without-{item} button:visible").first.click()
    expect(page.locator(f".st-key-neighbor_list button[data-item='{item}']")).to_have_count(1)

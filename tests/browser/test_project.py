"""A project file in the browser: opened where its model is not, looked at, and saved again."""

from __future__ import annotations

from pathlib import Path

from made_projects import members, texts, workspace
from playwright.sync_api import Page, expect
from steps import open_page, open_panel, see_map, settle

import embeddings_core as ec
from embeddings_core.store import Store


def test_opened_without_the_model_and_saved_again(page: Page, home: Path, tmp_path: Path) -> None:
    store = Store(tmp_path / "elsewhere")
    _, plane, _ = workspace(store)
    key = texts().fingerprint
    project = ec.save_project(tmp_path / "all.zip", [key], store=store)

    page.goto("/data")
    settle(page)
    page.locator("input[type=file]").first.set_input_files(project)
    expect(page.get_by_text("1 map · 1 grouping · 2 kept selections · 1 kept grouping.")).to_be_visible()
    page.get_by_role("button", name="Explore test").click()
    see_map(page, 24)
    expect(page.get_by_text("The model that made these vectors is not here.")).to_be_visible()
    assert "projection=pca" in page.url
    kept = Path("results", f"{plane.fingerprint}.npz")
    assert (home / kept).read_bytes() == (store.home / kept).read_bytes()
    open_panel(page, "Selection")
    expect(page.locator("button:visible", has_text="some · 3")).to_be_visible()

    open_page(page, "Data")
    settle(page)
    page.get_by_text("Save as one file").click()
    page.get_by_role("button", name="Make the file").click()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the file").click()
    again = members(saved.value.path().read_bytes())
    given = members(project.read_bytes())
    assert {path: raw for path, raw in again.items() if path in given and path != "manifest.json"} == {
        path: raw for path, raw in given.items() if path != "manifest.json"
    }

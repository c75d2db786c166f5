"""A report is saved, opens by itself without a server, and prints."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from pypdf import PdfReader
from steps import see_map

pytestmark = [pytest.mark.browser, pytest.mark.model]


def colorful(shot: bytes) -> float:
    """The share of a picture's pixels that are no gray."""
    pixels = np.asarray(Image.open(io.BytesIO(shot)).convert("RGB")).astype(int)
    return float((np.ptp(pixels, axis=2) > 40).mean())


def test_a_report_is_saved_opened_and_printed(page: Page, visitor: Callable[..., Page], tmp_path: Path) -> None:
    page.goto("/?panel=Download")
    see_map(page, 615)
    page.get_by_role("button", name="Make a report").locator("visible=true").click()
    save = page.get_by_role("button", name="Download the report").locator("visible=true")
    with page.expect_download() as saved:
        save.click()
    assert saved.value.suggested_filename == "Everyday-sentences-report.html"
    path = tmp_path / "report.html"
    saved.value.save_as(path)

    reader = visitor(base_url=None, viewport={"width": 1000, "height": 900})
    asked, said = [], []
    reader.on("request", lambda request: asked.append(request.url))
    reader.on("console", lambda message: said.append(message.text))
    reader.goto(path.as_uri())
    assert reader.title() == "Everyday sentences"
    expect(reader.get_by_role("img", name="Map of 615 items: MiniLM · UMAP")).to_be_visible()
    expect(reader.get_by_role("heading", name="Make it again")).to_be_visible()
    # the styles are those of the page, which its own policy lets through
    assert reader.evaluate("getComputedStyle(document.querySelector('.maps')).display") == "grid"
    for width in (420, 700, 1400):
        reader.set_viewport_size({"width": width, "height": 900})
        assert reader.evaluate("document.documentElement.scrollWidth") <= width
    reader.emulate_media(media="print")
    reader.set_viewport_size({"width": 700, "height": 900})
    assert colorful(reader.locator("figure svg").screenshot()) > 0.005
    pages = PdfReader(io.BytesIO(reader.pdf(prefer_css_page_size=True))).pages
    assert 2 <= len(pages) <= 4
    assert (round(pages[0].mediabox.width), round(pages[0].mediabox.height)) == (595, 842)
    assert "How far it can be trusted" in "".join(each.extract_text() for each in pages)
    assert asked == [path.as_uri()]
    assert said == []

"""Makes the pictures of the README in assets/gallery: `make gallery`, or `python -m tests.gallery first phone` for two.

The app runs with a store of its own and is used in headless Chromium, as a visitor uses it; nothing is retouched.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

import embeddings_core as ec
from tests.benchmarks.browsing import serving
from tests.chromium import FLAGS, browser_path
from tests.made import keep
from tests.steps import click_item, lone_item, map_of, open_panel, place_of, point_at, see_map, settle, tool, type_words

expect.set_options(timeout=120_000)  # generous: nothing here is about speed
FOLDER = Path(__file__).parent.parent / "assets" / "gallery"
MANY = 1_000_000
QUALITY = 80
BAT = "A tiny bat slept in my hand"
WIDE, PHONE = (1400, 860), (420, 844)


@dataclass(frozen=True)
class Shot:
    """A picture: what is done on the page of `link` before it is taken. `data` puts the data into a store, and
    returns the name that the link needs; `size` is in pixels."""

    act: Callable[[Page], None]
    link: str = ""
    data: Callable[[ec.Store], str] = lambda store: "everyday"
    size: tuple[int, int] = WIDE
    visitor: dict[str, Any] = field(default_factory=dict)
    page: str = ""


def first(page: Page) -> None:
    """Names, an item, and its neighbors."""
    click_item(page, item_with(page, BAT))
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    away(page)


def density(page: Page) -> None:
    """Lines of density; words that dim what does not match, and limit the table to what does."""
    tool(page, "density").click()
    type_words(page, "bank")
    matching(page)
    open_panel(page, "Table")
    expect(page.locator(".ee-table-line[data-item]")).to_have_count(10)
    point_at(page, item_with(page, "The bank on the corner"))
    expect(page.locator(".ee-card mark").first).to_be_visible()


def pictures(page: Page) -> None:
    """Pictures for points."""
    open_panel(page, "Groups")
    expect(page.locator(".st-key-group_list button[data-item]").first).to_be_visible()
    tool(page, "names").click()
    zoom(page, item_with(page, "parachute"), 0.4)
    expect(page.locator(".ee-thumbs img").first).to_be_visible()
    away(page)


def crossfilter(page: Page) -> None:
    """A brush across a histogram, and a bar."""
    open_panel(page, "Filter")
    bars = page.locator(".ee-facet[data-column='characters'] .ee-histogram")
    bars.scroll_into_view_if_needed()
    box = bars.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + 20, steps=10)
    page.mouse.up()
    page.get_by_role("button", name="negative").first.click()
    matching(page)


def selection(page: Page) -> None:
    """A loop around some items, and what is special about them."""
    tool(page, "lasso").click()
    x, y = place_of(page, item_with(page, "The drummer and the bass player"))
    page.mouse.move(x - 80, y)
    page.mouse.down()
    for dx, dy in ((-60, -90), (70, -70), (90, 70), (-60, 90), (-80, 8)):
        page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()
    open_panel(page, "Selection")
    page.get_by_text("What is special about these").click()
    expect(page.get_by_text("More often than expected")).to_be_visible()


def solid(page: Page) -> None:
    """Three dimensions, an item, and its neighbors."""
    click_item(page, lone_item(page))
    expect(page.locator(".st-key-neighbor_list img").first).to_be_visible()
    away(page)


def trust(page: Page) -> None:
    """How far the map can be trusted, and its worst mistakes as lines."""
    open_panel(page, "Trust")
    expect(page.locator(".st-key-verdict")).to_contain_text("side by side")
    page.get_by_text("Lines for the worst").click()
    expect(page.locator(".ee-over .ee-torn").first).to_be_visible()


def compare(page: Page) -> None:
    """Two encoders side by side, with an item whose neighbors all change."""
    expect(page.locator('.st-key-map-b [data-ready="true"]')).to_be_visible()
    expect(page.get_by_text("items nearest to an item")).to_be_visible()
    click_item(page, item_with(page, BAT))
    expect(page.locator(".st-key-map-b .ee-left").first).to_be_visible()
    away(page)


def million(page: Page) -> None:
    """More points than can be drawn: a sample over a picture of how dense it is, and a table of all of them."""
    open_panel(page, "Table")
    expect(page.locator(".ee-table-line[data-item]").first).to_be_visible()


def phone(page: Page) -> None:
    """The width of a phone."""
    page.touchscreen.tap(*place_of(page, item_with(page, BAT)))
    expect(page.locator(".ee-over .ee-neighbor")).to_have_count(10)
    away(page)


def with_lengths(store: ec.Store) -> str:
    """The sample of sentences with one more column, which holds numbers."""
    data = ec.sample("everyday", store)
    table = data.metadata.assign(characters=[len(str(text)) for text in data.items])
    more = store.put_dataset(ec.Dataset("Sentences, measured", "text", data.items, table, "text"))
    ec.project(ec.encode(more, "minilm", store=store), "umap", store=store)
    return more.fingerprint


def mapped(store: ec.Store, id: str, encoder: str, dims: int = 2) -> str:
    """A sample, encoded, with its map."""
    ec.project(ec.encode(ec.sample(id, store), encoder, store=store), "umap", dims=dims, store=store)
    return id


SHOTS = {
    "first": Shot(first),
    "density": Shot(density, visitor={"color_scheme": "dark"}),
    "pictures": Shot(pictures, data=lambda store: mapped(store, "emoji", "imagenet")),
    "filter": Shot(crossfilter, data=with_lengths),
    "selection": Shot(selection),
    "solid": Shot(
        solid, "dims=3", lambda store: mapped(store, "digits", "pixels", 3), visitor={"color_scheme": "dark"}
    ),
    "trust": Shot(trust),
    "compare": Shot(compare, visitor={"color_scheme": "dark"}, page="compare"),
    "million": Shot(million, "projection=pca", lambda store: keep(store, MANY)),
    "phone": Shot(phone, size=PHONE, visitor={"has_touch": True, "device_scale_factor": 1.5}),
}


def item_with(page: Page, words: str) -> int:
    """The item whose caption has these words."""
    data = ec.sample("emoji" if "dataset=emoji" in page.url else "everyday")
    return next(item for item, caption in enumerate(data.captions) if words in caption)


def zoom(page: Page, item: int, share: float) -> None:
    """See only a share of the map, with an item in its middle."""
    map_of(
        page,
        "(([x, y], [x0, x1, y0, y1]) => map.scene.look([x - (x1 - x0) * given[1] / 2, x + (x1 - x0) * given[1] / 2,"
        " y - (y1 - y0) * given[1] / 2, y + (y1 - y0) * given[1] / 2]))(map.cloud.at(map.cloud.point(given[0])),"
        " map.scene.view)",
        item, share,
    )  # fmt: skip
    page.wait_for_timeout(1000)


def away(page: Page) -> None:
    """Take pointer and keyboard from the map: the card under the one would cover others, the other draws a frame."""
    page.mouse.move(5, 5)
    page.evaluate("document.activeElement?.blur()")


def matching(page: Page) -> None:
    """Wait until the map says how many match."""
    expect(page.locator(".ee-status")).to_contain_text("match")
    settle(page)


def take(browser: Browser, address: str, name: str, home: Path) -> None:
    """Take one picture, and write it into FOLDER."""
    shot = SHOTS[name]
    width, height = shot.size
    visitor = {"color_scheme": "light", **shot.visitor}
    context = browser.new_context(viewport={"width": width, "height": height}, **visitor)
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{address}/{shot.page}?dataset={shot.data(ec.Store(home))}&{shot.link}")
    see_map(page)
    shot.act(page)
    settle(page)
    page.wait_for_timeout(2500)  # names of small regions, pictures and density come after the points
    raw = page.screenshot()
    FOLDER.mkdir(parents=True, exist_ok=True)
    Image.open(io.BytesIO(raw)).convert("RGB").save(FOLDER / f"{name}.webp", quality=QUALITY, method=6)
    context.close()


def run(home: Path, names: list[str]) -> None:
    """Take these pictures, with a store in the folder `home`."""
    with sync_playwright() as playwright, serving("app.py", EMBEDDINGS_HOME=str(home)) as address:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
        for name in names:
            take(browser, address, name, home)
        browser.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        run(Path(folder), sys.argv[1:] or list(SHOTS))

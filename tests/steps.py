"""What the browser tests do again and again, in the words of a visitor."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

READY = '.st-key-map [data-ready="true"]'


def see_map(page: Page, points: int | None = None) -> Locator:
    """Wait until the map is drawn (with that many points); its root element."""
    selector = READY if points is None else f'{READY}[data-points="{points}"]'
    page.wait_for_selector(selector, timeout=240_000)
    settle(page)  # until then what is beside the map may still move it
    return page.locator(selector)


def settle(page: Page) -> None:
    """Wait until the page has stopped computing, and nothing on it is left from before."""
    for _ in range(2):  # what has just been done may start only a moment later
        page.wait_for_timeout(200)
        page.wait_for_selector('[data-testid=stApp][data-test-script-state="notRunning"]')
        page.wait_for_function("() => !document.querySelector('[data-stale=true]')")


def open_page(page: Page, title: str) -> None:
    """Go to another page by the navigation at the top."""
    page.get_by_role("link", name=title, exact=True).click()


def open_panel(page: Page, name: str) -> None:
    """Open a tab of the panel beside the map."""
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)


def place_of(page: Page, item: int) -> tuple[float, float]:
    """Where an item is on the screen."""
    x, y = page.evaluate(
        """(item) => { const map = document.querySelector('.ee-map').embeddingMap;
                       const { left, top } = map.stage.getBoundingClientRect();
                       const [x, y] = map.where(item); return [left + x, top + y]; }""",
        item,
    )
    return x, y


def click_item(page: Page, item: int) -> None:
    """Click an item on the map (or the one that lies on top of it)."""
    before, (x, y) = None, place_of(page, item)
    while before != (x, y):
        page.wait_for_timeout(100)
        before, (x, y) = (x, y), place_of(page, item)
    page.mouse.move(x - 40, y)
    page.mouse.move(x, y, steps=4)
    page.mouse.click(x, y)


def lasso(page: Page, share: float = 0.6) -> None:
    """Draw a loop around the middle of the map."""
    page.locator('[data-tool="lasso"]').click()
    box = page.locator(".ee-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    wide, high = box["width"] * share / 2, box["height"] * share / 2
    page.mouse.move(x - wide, y - high)
    page.mouse.down()
    for dx, dy in ((wide, -high), (wide, high), (-wide, high), (-wide, -high + 4)):
        page.mouse.move(x + dx, y + dy, steps=6)
    page.mouse.up()


def rows(page: Page) -> Locator:
    """The listed neighbors."""
    found = page.locator(".st-key-neighbor_list button[data-item]")
    expect(found.first).to_be_visible()
    return found

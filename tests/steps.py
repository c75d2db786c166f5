"""What the browser tests do again and again, in the words of a visitor."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

READY = '.st-key-map [data-ready="true"]'


def see_map(page: Page, points: int | None = None) -> Locator:
    """Wait until the map is drawn (with that many points); its root element."""
    selector = READY if points is None else f'{READY}[data-points="{points}"]'
    page.wait_for_selector(selector, timeout=60_000)
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


def map_of(page: Page, expression: str, *given: object) -> Any:
    """What a JavaScript expression about `map`, the map's object, and `given` says."""
    return page.evaluate(
        f"(given) => {{ const map = document.querySelector('.ee-map').embeddingMap; return {expression}; }}", given
    )


def place_of(page: Page, item: int) -> tuple[float, float]:
    """Where an item is on the screen."""
    x, y = page.evaluate(
        """(item) => { const map = document.querySelector('.ee-map').embeddingMap;
                       const { left, top } = map.plot.getBoundingClientRect();
                       const [x, y] = map.where(item); return [left + x, top + y]; }""",
        item,
    )
    return x, y


def lone_item(page: Page) -> int:
    """An item in the middle of the view that no other lies near: the farthest from its nearest neighbor."""
    return page.evaluate(
        """() => { const map = document.querySelector('.ee-map').embeddingMap; const [width, height] = map.size();
                   const at = Array.from({ length: map.data.points }, (_, item) => map.where(item) ?? [-1, -1]);
                   const central = ([x, y]) => Math.abs(x / width - 0.5) < 0.3 && Math.abs(y / height - 0.5) < 0.3;
                   const room = at.map(([x, y], item) => (central([x, y])
                     ? Math.min(...at.map(([u, v], other) => (other === item ? 1e9 : Math.hypot(x - u, y - v)))) : -1));
                   return room.indexOf(Math.max(...room)); }"""
    )


def point_at(page: Page, item: int) -> None:
    """Move the pointer to an item, once the map has come to rest."""
    before, at = None, place_of(page, item)
    while before != at:
        page.wait_for_timeout(100)
        before, at = at, place_of(page, item)
    page.mouse.move(at[0] - 30, at[1])
    page.mouse.move(*at)


def click_item(page: Page, item: int) -> None:
    """Click an item on the map (or the one that lies on top of it)."""
    point_at(page, item)
    page.mouse.down()
    page.mouse.up()


def tool(page: Page, name: str) -> Locator:
    """A button above the map."""
    return page.locator(f'[data-tool="{name}"]')


def lasso(page: Page, share: float = 0.6, key: str = "", wide: float = 1) -> None:
    """Draw a loop around the middle of the map, perhaps with a key held down."""
    tool(page, "lasso").click()
    box = page.locator(".ee-stage").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    across, down = box["width"] * share * wide / 2, box["height"] * share / 2
    page.mouse.move(x - across, y)  # at a corner there may be tools
    page.mouse.down()
    for dx, dy in ((-across, -down), (across, -down), (across, down), (-across, down), (-across, 6)):
        page.mouse.move(x + dx, y + dy, steps=2)
    if key:
        page.keyboard.down(key)
    page.mouse.up()
    if key:
        page.keyboard.up(key)


def view(page: Page) -> list[float]:
    """What is seen: x from, x to, y from, y to; in 3-D where one looks from, at what, and what is up."""
    return map_of(page, "map.scene.view")


def choose_color(page: Page, name: str) -> None:
    page.locator(".st-key-color").get_by_role("combobox").click()
    page.get_by_role("option", name=name, exact=True).click()


def choose(page: Page, control: str, name: str) -> None:
    """Press one of a row of buttons beside the map."""
    page.locator(f".st-key-{control} button", has_text=name).first.click()


def type_words(page: Page, words: str) -> None:
    """Type into the search box of the map, letter by letter; no Enter."""
    page.locator(".ee-find input").fill("")
    page.locator(".ee-find input").press_sequentially(words)


def link_of(page: Page, name: str) -> str:
    """A part of the address."""
    return page.evaluate("name => new URL(location.href).searchParams.get(name) ?? ''", name)


def linked(page: Page, name: str, is_not: str = "") -> str:
    """A part of the address, once it is there and another one than before."""
    page.wait_for_function(
        "([name, not]) => ![null, not].includes(new URL(location.href).searchParams.get(name))", arg=[name, is_not]
    )
    return link_of(page, name)


def rows(page: Page) -> Locator:
    """The listed neighbors."""
    found = page.locator(".st-key-neighbor_list button[data-item]")
    expect(found.first).to_be_visible()
    return found

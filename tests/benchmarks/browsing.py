"""The map in headless Chromium with WebGL drawn by the processor, against a plain page with the same points."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .measure import ROOT, Row, median

N, LARGE, SMALL = 100_000, 1_000_000, 600
ROUNDS = 3
MAP = ".st-key-map [data-ready='true']"
DRAWN = """() => { const plot = document.querySelector('.js-plotly-plot')?._fullLayout;
                   return Boolean(plot?._plots?.xy?._scene?.count); }"""
FRAME = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
PLAIN_POINT = """() => { const plot = document.querySelector('.js-plotly-plot');
    const { xaxis, yaxis } = plot._fullLayout;
    const { left, top } = plot.getBoundingClientRect(); const { x, y } = plot._fullData[0];
    return [left + xaxis._offset + xaxis.d2p(x[7]), top + yaxis._offset + yaxis.d2p(y[7])]; }"""
OUR_POINT = """() => { const map = document.querySelector('.ee-map').embeddingMap;
    const { left, top } = map.stage.getBoundingClientRect(); const [x, y] = map.where(map.cloud.item(map.order.at(-1)));
    return [left + x, top + y]; }"""


@contextmanager
def serving(script: str, **environment: str) -> Iterator[str]:
    """A Streamlit server of its own; its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless=true", f"--server.port={port}"]
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen(command, cwd=ROOT, env=known, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(f"{address}/_stcore/health"):
            time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=1).close()
    except OSError:
        return False
    return True


class Visit:
    """One visitor in a fresh browser: how long things take, and how many bytes of data come."""

    def __init__(self, browser: Any, address: str) -> None:
        self.page = browser.new_context(viewport={"width": 1400, "height": 900}).new_page()
        self.page.set_default_timeout(300_000)
        self.address, self.data, self.kinds = address, 0, dict[str, str]()
        self.cdp = self.page.context.new_cdp_session(self.page)
        self.cdp.send("Network.enable")
        self.cdp.on("Network.responseReceived", lambda e: self.kinds.update({e["requestId"]: e["type"]}))
        self.cdp.on("Network.dataReceived", self._received)
        self.cdp.on("Network.webSocketFrameReceived", lambda e: self._count(len(e["response"]["payloadData"]) * 3 // 4))

    def _received(self, event: dict[str, Any]) -> None:
        # scripts, styles, fonts and icons are what a browser keeps; what scripts fetch is data
        if self.kinds.get(event["requestId"]) in ("Fetch", "XHR"):
            self._count(event["encodedDataLength"])

    def _count(self, size: int) -> None:
        self.data += size

    def timed(self, act: Callable[[], object], until: Callable[[], object]) -> tuple[float, int]:
        """Seconds and bytes from `act` to `until` and the frame after."""
        before, start = self.data, time.perf_counter()
        act()
        until()
        self.page.evaluate(FRAME)
        return time.perf_counter() - start, self.data - before

    def load(self, until: Callable[[], object]) -> tuple[float, int]:
        """The first page, until its points are drawn."""
        return self.timed(lambda: self.page.goto(self.address), until)

    def heap(self) -> float:
        """MB that scripts and their arrays hold, without garbage."""
        self.page.wait_for_timeout(1000)
        self.cdp.send("HeapProfiler.collectGarbage")
        return float(self.page.evaluate("performance.memory.usedJSHeapSize")) / 1e6

    def click(self, place: str, until: str) -> tuple[float, int]:
        """A click on a point: seconds until the panel beside the map tells of it, and all bytes that come for it."""
        x, y = self.page.evaluate(place)
        self.page.mouse.move(x - 30, y)
        self.page.mouse.move(x, y, steps=3)
        self.page.wait_for_timeout(1000)
        before = self.data
        seconds, _ = self.timed(lambda: self.page.mouse.click(x, y), lambda: self.page.wait_for_selector(until))
        self.page.wait_for_timeout(1500)  # what comes later counts too
        return seconds, self.data - before

    def color(self, box: str, name: str, until: str) -> tuple[float, int]:
        """Another column's colors."""
        self.page.wait_for_timeout(1500)
        self.page.locator(f"{box} input").click()
        option = self.page.get_by_role("option", name=name, exact=True)
        return self.timed(option.click, lambda: self.page.wait_for_function(until))


def plain(browser: Any, address: str) -> dict[str, Any]:
    """A visit to the plain page."""
    visit = Visit(browser, address)
    found: dict[str, Any] = {"load": visit.load(lambda: visit.page.wait_for_function(DRAWN))}
    found["click"] = visit.click(PLAIN_POINT, "text=clicked:")
    recolored = "() => document.querySelector('.js-plotly-plot')?._fullData?.length === 1"
    found["color"] = visit.color("[data-testid=stSelectbox]", "price", recolored)
    found["heap"] = visit.heap()
    visit.page.context.close()
    return found


def ours(browser: Any, address: str) -> dict[str, Any]:
    """A visit to our map."""
    visit = Visit(browser, address)
    found: dict[str, Any] = {"load": visit.load(lambda: visit.page.wait_for_selector(MAP))}
    found["click"] = visit.click(OUR_POINT, ".st-key-neighbor_list button[data-item]")
    recolored = """() => { const map = document.querySelector('.ee-map');
        return map.dataset.ready === 'true' && map.embeddingMap.coloring.label === 'price'; }"""
    found["color"] = visit.color(".st-key-color", "price", recolored)
    found["heap"] = visit.heap()
    visit.page.context.close()
    return found


def first_picture(browser: Any, address: str) -> float:
    """Seconds until our map is drawn."""
    visit = Visit(browser, address)
    seconds, _ = visit.load(lambda: visit.page.wait_for_selector(MAP))
    visit.page.context.close()
    return seconds


def rows() -> Iterator[Row]:
    """The table's rows."""
    from playwright.sync_api import sync_playwright

    import embeddings_core as ec
    from tests.chromium import FLAGS, browser_path
    from tests.made import keep

    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        store = ec.Store(Path(home))
        prints = {n: keep(store, n) for n in (SMALL, N, LARGE)}
        browser = playwright.chromium.launch(
            executable_path=browser_path(), args=[*FLAGS, "--enable-precise-memory-info"]
        )
        with (
            serving("tests/benchmarks/plain_map.py", EMBEDDINGS_POINTS=str(N)) as page,
            serving("tests/benchmarks/plain_map.py", EMBEDDINGS_POINTS=str(SMALL)) as few,
            serving("app.py", EMBEDDINGS_HOME=home) as app,
        ):
            link = {n: f"{app}/?dataset={prints[n]}&projection=pca" for n in prints}
            time.sleep(30)  # both servers have warmed up
            pairs = [(ours(browser, link[N]), plain(browser, page)) for _ in range(ROUNDS + 1)][1:]
            small = ours(browser, link[SMALL]), plain(browser, few)
            large = [first_picture(browser, link[LARGE]) for _ in range(ROUNDS)][1:]
        browser.close()
    yield from _compare(pairs)
    growth = [median(pair[side]["heap"] for pair in pairs) - small[side]["heap"] for side in (0, 1)]
    ratio = max(0.0, growth[0]) / growth[1]
    measured = f"1/{1 / max(ratio, 1e-3):.1f} ({growth[0]:.1f} / {growth[1]:.1f} MB)"
    yield Row(
        f"browser memory that {N:,} points take, after a click and another color", measured, "<= 1/5", ratio <= 1 / 5
    )
    whole = [median(pair[side]["heap"] for pair in pairs) for side in (0, 1)]
    yield Row("the whole tab's memory then", f"{whole[0]:.0f} / {whole[1]:.0f} MB")
    first, other = median(large), median(pair[0]["load"][0] for pair in pairs)
    times = f"{first / other:.2f} x ({first:.1f} / {other:.1f} s)"
    yield Row(f"load of {LARGE:,} points against our own {N:,}", times, "<= 2 x", first <= 2 * other)


def _compare(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> Iterator[Row]:
    what = f"{N:,} points against px.scatter in st.plotly_chart"
    for key, index, name, goal in (
        ("load", 1, "bytes of data to the browser", 10),
        ("load", 0, "from load to drawn", 2),
        ("click", 0, "from a click to the updated panel", 4),
        ("color", 0, "from another color to drawn", 4),
    ):
        mine, its = (median(pair[side][key][index] for pair in pairs) for side in (0, 1))
        unit = f"{mine / 1e6:.2f} / {its / 1e6:.2f} MB" if index else f"{mine:.2f} / {its:.2f} s"
        ratio = median(pair[0][key][index] / pair[1][key][index] for pair in pairs)
        yield Row(f"{what}: {name}", f"1/{1 / ratio:.1f} ({unit})", f"<= 1/{goal}", ratio <= 1 / goal)
    sent = median(pair[0]["click"][1] for pair in pairs)
    yield Row("sent to the browser for a click", f"{sent:,.0f} bytes", "< 10 kB", sent < 10_000)

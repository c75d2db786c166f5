"""A real server and a real browser. Both start once for all browser tests; each test gets a fresh visitor."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest
from chromium import FLAGS, browser_path
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect, sync_playwright

expect.set_options(timeout=30_000)  # test machines are slow, and busy

ROOT = Path(__file__).parents[2]
VISITOR: dict[str, Any] = {"viewport": {"width": 1400, "height": 900}, "accept_downloads": True}


@pytest.fixture(scope="session")
def home() -> Iterator[Path]:
    """The folder of the server's own store, empty at first; a test may put data into it."""
    path = Path(tempfile.mkdtemp(prefix="embeddings-browser-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="session")
def server(home: Path) -> Iterator[str]:
    """The address of the app, running with that store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    log = home / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "EMBEDDINGS_HOME": str(home)}, stdout=out, stderr=out
        )
    try:
        while not _answers(f"{address}/_stcore/health"):
            assert process.poll() is None, log.read_text()
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


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = browser_path()
    assert path, "browser tests are required here, but there is no Chromium"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def context(browser: Browser, server: str) -> Iterator[BrowserContext]:
    """What the visitors have in common: the browser keeps the files of the app from one to the next."""
    context = browser.new_context(**VISITOR, base_url=server)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, server: str) -> Iterator[Page]:
    """A visitor in a new tab; fails when the page breaks or asks another origin for anything."""
    yield from _watched(context.new_page(), server)


@pytest.fixture
def visitor(browser: Browser, server: str) -> Iterator[Callable[..., Page]]:
    """Makes visitors with a browser of their own, which may be a special one: `visitor(has_touch=True)`."""
    with ExitStack() as stack:

        def make(**special: Any) -> Page:
            context = browser.new_context(**{**VISITOR, "base_url": server, **special})
            stack.callback(context.close)
            return stack.enter_context(contextmanager(_watched)(context.new_page(), server))

        yield make


def _watched(page: Page, server: str) -> Iterator[Page]:
    page.set_default_timeout(60_000)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(error.stack or str(error)))
    page.on("response", lambda answer: broken.append(f"{answer.status} {answer.url}") if _wrong(answer) else None)
    page.on("request", lambda request: broken.append(request.url) if _foreign(request.url, server) else None)
    yield page
    page.close()
    assert not broken


def _foreign(url: str, server: str) -> bool:
    return url.startswith("http") and not url.startswith(server)


def _wrong(response: Response) -> bool:
    # from an inner page Streamlit first asks for its own addresses below that page
    streamlit = "/_stcore/" in response.url
    # what a visitor has typed and the core refuses, with a message
    refused = response.status == 400 and "/explorer/matches/" in response.url
    return response.status >= 400 and not streamlit and not refused

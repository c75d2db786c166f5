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
from collections.abc import Iterator
from pathlib import Path

import pytest
from chromium import browser_path
from playwright.sync_api import Browser, Page, Response, expect, sync_playwright

expect.set_options(timeout=30_000)  # test machines are slow, and busy

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox", "--no-first-run", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    # WebGL drawn by the processor: test machines have no graphics card
    "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist",
]  # fmt: skip


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the app, running with an empty store of its own."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tempfile.mkdtemp(prefix="embeddings-browser-")
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true", f"--server.port={port}"]
    log = Path(home, "server.log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "EMBEDDINGS_HOME": home}, stdout=out, stderr=out
        )
    try:
        while not _answers(f"{address}/_stcore/health"):
            assert process.poll() is None, log.read_text()
            time.sleep(0.25)
        yield address
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(home, ignore_errors=True)


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


@pytest.fixture
def page(browser: Browser, server: str) -> Iterator[Page]:
    """A visitor who has not been here before; fails when the page breaks or asks another origin for anything."""
    context = browser.new_context(viewport={"width": 1400, "height": 900}, base_url=server, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(60_000)
    broken: list[str] = []
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("response", lambda answer: broken.append(f"{answer.status} {answer.url}") if _wrong(answer) else None)
    page.on("request", lambda request: broken.append(request.url) if _foreign(request.url, server) else None)
    yield page
    context.close()
    assert not broken


def _foreign(url: str, server: str) -> bool:
    return url.startswith("http") and not url.startswith(server)


def _wrong(response: Response) -> bool:
    # from an inner page Streamlit first asks for its own addresses below that page
    return response.status >= 400 and "/_stcore/" not in response.url

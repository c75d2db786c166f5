"""Figures without a goal: how fast the default encoders are on this machine, and how soon the server answers."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import ROOT, Cost, Row, cost, fresh, median, seconds

ROUNDS = 3
PICTURES = 64
PATIENCE = 120.0  # seconds until a server that does not answer counts as broken


def encode() -> dict[str, Any]:
    """The costs of encoding texts and pictures in turn, each ROUNDS times, models loaded, nothing from a store."""
    import embeddings_core as ec

    texts, pictures = list(ec.sample("everyday").items), ec.sample("emoji").items[:PICTURES]
    minilm, imagenet = ec.get_encoder("minilm"), ec.get_encoder("imagenet")

    def run(encoder: Any, items: Any) -> None:
        """In the batches that the app makes."""
        for start in range(0, len(items), encoder.batch):
            encoder.encode(items[start : start + encoder.batch])

    texts.sort(key=lambda text: len(str(text)))  # as encode() does
    run(minilm, texts[:16])
    run(imagenet, pictures[:8])
    read = [(cost(lambda: run(minilm, texts)), cost(lambda: run(imagenet, pictures))) for _ in range(ROUNDS)]
    return {
        "texts": len(texts),
        "minilm": [vars(pair[0]) for pair in read],
        "imagenet": [vars(pair[1]) for pair in read],
    }


def answer() -> float:
    """Seconds from the start of `streamlit run app.py`, with an empty store, to the first page with HTTP 200."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless=true"]
        start = time.perf_counter()
        with Path(home, "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, f"--server.port={port}"],
                cwd=ROOT,
                env={**os.environ, "EMBEDDINGS_HOME": str(Path(home, "store"))},
                stdout=log,
                stderr=log,
            )
        try:
            while not _is_there(f"http://127.0.0.1:{port}/"):
                if process.poll() is not None or time.perf_counter() - start > PATIENCE:
                    raise RuntimeError(f"the server does not answer:\n{Path(home, 'log').read_text()[-3000:]}")
                time.sleep(0.02)
            return time.perf_counter() - start
        finally:
            process.kill()
            process.wait()


def _is_there(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=5) as page:
            return bool(page.status == 200)
    except OSError:
        return False


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(encode, home=home)
    for encoder, count, what in (
        ("minilm", found["texts"], "MiniLM, texts of everyday"),
        ("imagenet", PICTURES, "EfficientNet, emoji"),
    ):
        costs = [Cost(**cost) for cost in found[encoder]]
        by_clock, by_cpu = (median(count / getattr(c, unit) for c in costs) for unit in ("wall", "cpu"))
        yield Row(f"{what} ({count})", f"{by_clock:,.0f} a second, {by_cpu:,.0f} a second of one processor")
    yield Row("streamlit run app.py to the first HTTP 200, clock", seconds(median(answer() for _ in range(ROUNDS))))

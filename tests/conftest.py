"""What all tests share: a store of their own, so that no test reads or writes the visitor's."""

from __future__ import annotations

import io
import os
import tempfile
import time
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from streamlit.testing.v1 import AppTest

# before anything loads torch or opens the default store
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # tests share the processor with a browser
os.environ["EMBEDDINGS_HOME"] = tempfile.mkdtemp(prefix="embeddings-test-")

from chromium import browser_path

from embeddings_core import jobs
from embeddings_core.plugins import EncoderSpec
from embeddings_core.samples import seed
from embeddings_core.space import Clustering, Dataset, Floats, Item, Projection, Space, item_key
from embeddings_core.store import Store, get_store

settings.register_profile("no clock", deadline=None)  # tests never measure time
settings.load_profile("no clock")


class HashingEncoder:
    """A real, deterministic encoder without a model: each item's digest seeds its vector."""

    spec = EncoderSpec("hashing", "Hashing", "Random but repeatable vectors.", ("text", "image"), 16, "", "")
    batch = 8

    def __init__(self) -> None:
        self.encoded: list[Item] = []

    @property
    def fingerprint(self) -> str:
        return "hashing-1"

    def encode(self, items: Sequence[Item]) -> Floats:
        self.encoded.extend(items)
        seeds = [int.from_bytes(item_key(item)[:8], "big") for item in items]
        return np.stack([np.random.default_rng(seed).normal(size=16) for seed in seeds]).astype(np.float32)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "home")


@pytest.fixture
def hashing() -> HashingEncoder:
    return HashingEncoder()


def make_texts(texts: Sequence[str], **columns: Sequence[object]) -> Dataset:
    """A small text dataset."""
    import pandas as pd

    return Dataset("test", "text", list(texts), pd.DataFrame({"text": list(texts), **columns}), text="text")


def make_space(vectors: np.ndarray, dataset: Dataset | None = None) -> Space:
    """A space around ready numbers."""
    vectors = np.asarray(vectors, dtype=np.float32)
    dataset = dataset or make_texts([f"item {i}" for i in range(len(vectors))])
    return Space(dataset, "hashing", "made-" + item_key(vectors.ravel()).hex(), vectors)


def make_map(coords: np.ndarray, **extras: np.ndarray) -> Projection:
    """A map of ready places."""
    coords = np.asarray(coords, dtype=np.float32)
    return Projection("made-" + item_key(coords.ravel()).hex(), "made", coords.shape[1], 0, {}, coords, extras=extras)


def random_pair(n: int, seed: int = 0, d: int = 6) -> tuple[Space, Projection]:
    """Vectors, and a map of their first two numbers with some noise."""
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, d)).astype(np.float32)
    return make_space(vectors), make_map(vectors[:, :2] + 0.1 * rng.normal(size=(n, 2)))


def blobs(n: int = 300, d: int = 20, groups: int = 5, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Well-separated groups: vectors (n, d) float32 and their true labels (n,)."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % groups
    centers = rng.normal(size=(groups, d)) * 5
    return (centers[labels] + rng.normal(size=(n, d)) * 0.5).astype(np.float32), labels


def grouped(labels: np.ndarray, names: tuple[str, ...] = ()) -> Clustering:
    """A clustering of nothing but labels."""
    groups = int(labels.max(initial=-1)) + 1
    names = names or tuple(map(str, range(groups)))
    sizes = tuple(int((labels == group).sum()) for group in range(groups))
    nan = float("nan")
    return Clustering("made", "made", {}, labels, names, sizes, np.empty((groups, 5), int), nan, (nan,) * groups, 0)


def packed(files: Mapping[str, bytes | str]) -> bytes:
    """A zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of its own, with what is shipped with the samples."""
    import streamlit as st

    monkeypatch.setenv("EMBEDDINGS_HOME", str(tmp_path))
    seed(get_store())
    st.cache_resource.clear()
    return tmp_path


def run_until(app: AppTest, holds: Callable[[], bool]) -> None:
    """Draw the page again until what it waits for is there."""
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        app.run()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a browser the tests that need one are left out, unless they are required."""
    if os.environ.get("REQUIRE_BROWSER") or browser_path():
        return
    left_out = [item for item in items if item.get_closest_marker("browser")]
    items[:] = [item for item in items if not item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=left_out)
    config.stash[LEFT_OUT] = len(left_out)


LEFT_OUT = pytest.StashKey[int]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """One line about what was left out."""
    if config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(
            f"Left out: the {config.stash[LEFT_OUT]} tests in tests/browser, because no Chromium was found."
        )


def pytest_sessionfinish() -> None:
    """A job that still runs would be cut off inside compiled code, which ends the process badly."""
    for job in list(jobs._jobs.values()):
        job.cancel()
        job.wait(10)

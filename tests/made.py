"""Generated data, the same every time: sounds; and of any size ready vectors in groups, with texts, categories,
numbers, dates."""

from __future__ import annotations

import io

import numpy as np
import pandas as pd

import embeddings_core as ec
from embeddings_core.sounds import Sound

WORDS = ("late", "train", "red", "apple", "cat", "dog", "river", "bank", "green", "field", "song", "paper", "stone")
GROUPS = 12

VECTORS = np.random.default_rng(0).normal(size=(30, 12)).astype(np.float32)
TEXTS = [f"A sentence number {row} of some length" for row in range(30)]
FRAME = pd.DataFrame({"text": TEXTS, "stars": np.arange(30) % 5, "day": pd.date_range("2024-01-01", periods=30)})
"""Thirty rows, and their vectors, as the tests of readers write them into files."""


def made(n: int, dimensions: int = 8) -> ec.Dataset:
    """`n` vectors in 12 groups; "needle" is in the title of every 1,000th item."""
    rng = np.random.default_rng(0)
    group = rng.integers(GROUPS, size=n)
    vectors = (rng.normal(size=(GROUPS, dimensions))[group] * 3 + rng.normal(size=(n, dimensions))).astype(np.float32)
    words = np.array(WORDS)[rng.integers(len(WORDS), size=(n, 18))]
    titles = [" ".join(row) + (" needle" if item % 1000 == 0 else "") for item, row in enumerate(words)]
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(2000, size=n), unit="D")
    columns = {"title": titles, "topic": [f"topic {k}" for k in group], "price": rng.gamma(2, 10, size=n), "day": days}
    return ec.Dataset(f"made {n}", "vector", list(vectors), pd.DataFrame(columns))


def keep(store: ec.Store, n: int) -> str:
    """Put such data into a store, with its map by PCA; its fingerprint."""
    data = store.put_dataset(made(n))
    ec.project(ec.encode(data, "ready", store=store), "pca", store=store)
    return data.fingerprint


def tone(pitch: float, seconds: float = 0.5, *, noise: float = 0.0, loud: float = 0.3, rate: int = 16_000) -> Sound:
    """A tone of `pitch` Hz with one overtone, and perhaps noise, as a WAV of floats."""
    import soundfile

    times = np.arange(round(seconds * rate)) / rate
    wave = np.sin(2 * np.pi * pitch * times) + 0.3 * np.sin(4 * np.pi * pitch * times)
    wave += noise * np.random.default_rng(0).normal(size=len(times))
    file = io.BytesIO()
    soundfile.write(file, (loud * wave).astype(np.float32), rate, format="WAV", subtype="FLOAT")
    return Sound.from_bytes(file.getvalue())

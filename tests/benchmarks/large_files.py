"""A million rows from Parquet and CSV: seconds, and how much memory at most, in a process of its own each."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .measure import Row, fresh

ROWS = 1_000_000
DIMENSIONS = 128
"""Of the vectors in a Parquet file: 512 MB of them."""
MOST = 2.0
"""Gigabytes that reading a million rows may take, over a bare Python with the packages."""
_WORDS = ("late", "delivery", "train", "apple", "river", "bank", "engine", "song", "paper", "stone", "garden", "harbor")


def rows() -> Iterator[Row]:
    """The lines of this benchmark."""
    with tempfile.TemporaryDirectory() as folder:
        paths = _written(Path(folder))
        for name, path in paths.items():
            for what, options in ((f"{ROWS:,} rows", ""), ("a sample of 10,000 of them", "10000")):
                found = fresh(reading, path, options, home=folder)
                gigabytes = (found["peak"] - found["start"]) / 1e9
                size = f"{path.stat().st_size / 1e6:,.0f} MB"
                yield Row(
                    f"{name} ({size}), {what}",
                    f"{found['seconds']:.1f} s, {gigabytes:.2f} GB more at most",
                    f"<= {MOST:.1f} GB",
                    gigabytes <= MOST,
                )


def _written(folder: Path) -> dict[str, Path]:
    rng = np.random.default_rng(0)
    words = np.array(_WORDS)[rng.integers(len(_WORDS), size=(ROWS, 12))]
    frame = pd.DataFrame(
        {
            "text": [" ".join(row) for row in words],
            "n": np.arange(ROWS),
            "price": rng.gamma(2, 10, ROWS).round(2),
            "group": np.array(["a", "b", "c"])[rng.integers(3, size=ROWS)],
        }
    )
    paths = {name: folder / f"a.{name.lower()}" for name in ("CSV", "Parquet")}
    frame.to_csv(paths["CSV"], index=False)
    frame.to_parquet(paths["Parquet"], index=False)
    paths["Parquet with vectors"] = folder / "vectors.parquet"
    _with_vectors(frame, rng, paths["Parquet with vectors"])
    return paths


def _with_vectors(frame: pd.DataFrame, rng: np.random.Generator, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    table = pa.Table.from_pandas(frame[["text"]], preserve_index=False)
    flat = pa.array(rng.normal(size=ROWS * DIMENSIONS).astype(np.float16).astype(np.float32))
    vectors = pa.FixedSizeListArray.from_arrays(flat, DIMENSIONS)
    parquet.write_table(table.append_column("vector", vectors), path, compression="zstd")


def reading(path: str, sample: str) -> dict[str, Any]:
    """Read a file once; the peak of the process in bytes before and after."""
    import embeddings_core as ec

    ec.load(pd.DataFrame({"text": ["x"]}))  # what is imported only once is not the file's
    __import__("pyarrow.parquet")
    start = _peak()
    began = time.perf_counter()
    loaded = ec.load(path, sample=int(sample) if sample else None)
    assert len(loaded.table) == (int(sample) if sample else ROWS)
    return {"seconds": time.perf_counter() - began, "start": start, "peak": _peak()}


def _peak() -> int:
    """The most memory of this process so far, in bytes."""
    status = Path("/proc/self/status")
    if status.exists():  # what resource tells is, after a start from a larger process, that one's
        lines = status.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)

"""What the browser fetches for a map of 10,000 points, in bytes a point: asked of the addresses the page serves."""

from __future__ import annotations

import gzip
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import Row, fresh

N = 10_000
MOST = 12.0


def fetch() -> dict[str, Any]:
    """Bytes of a map's answers, plain and gzipped, and of the message that a rerun sends, for each coloring."""
    import numpy as np
    import pandas as pd
    from starlette.applications import Starlette
    from starlette.testclient import TestClient

    import embeddings_core as ec
    from components.map.map import Marks, payload
    from components.routes import ROUTES
    from embeddings_core.coloring import color_by
    from embeddings_core.selections import History

    rng = np.random.default_rng(0)
    group = rng.integers(12, size=N)
    texts = [f"item {i}" for i in range(N)]
    frame = pd.DataFrame({"text": texts, "topic": [f"topic {g}" for g in group], "price": rng.normal(size=N)})
    data = ec.Dataset("made", "text", texts, frame, text="text")
    client = TestClient(Starlette(routes=ROUTES))
    found = {}
    for what, column, dims in (("topic", "topic", 2), ("number", "price", 2), ("3-D", "topic", 3)):
        coords = (rng.normal(size=(12, dims))[group] * 5 + rng.normal(size=(N, dims))).astype(np.float32)
        plane = ec.Projection(f"made-{what}", "umap", dims, 0, {}, coords)
        history = History(N)
        history.set(np.arange(N) % 2 == 0, "every second")
        sent = payload(data, plane, color_by(column, frame[column]), Marks(), history)
        bodies = []
        for address in (sent["map"].replace("/maps/", "/coords/"), sent["coloring"]["address"]):
            answer = client.get(address)
            if answer.status_code != 200:
                raise RuntimeError(f"{address} answers {answer.status_code}")
            bodies.append(answer.content)
        found[what] = {
            "raw": sum(map(len, bodies)),
            "gzip": sum(len(gzip.compress(body)) for body in bodies),
            "rerun": len(json.dumps(sent)),
        }
    return found


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(fetch, home=Path(home))
    for what, coloring in (("topic", "by category"), ("number", "by number")):
        for form, name in (("raw", "as it is"), ("gzip", "gzipped")):
            each = found[what][form] / N
            row = f"fetched for a map of {N:,} points colored {coloring}, {name}"
            yield Row(row, f"{each:.2f} bytes a point", f"<= {MOST:.0f}", each <= MOST)
    solid = found["3-D"]
    yield Row("the same in 3-D, by category, as it is / gzipped", f"{solid['raw'] / N:.2f} / {solid['gzip'] / N:.2f}")
    yield Row("sent again by a rerun, half of the points selected", f"{found['topic']['rerun']:,} bytes in all")

"""What the first page needs: the heavy packages that it imports, and its seconds.

The app warms up UMAP and the models in the background while the first page is drawn; that is left out here, by
running the page's script without the server's lifespan. What the page itself starts beside it (jobs) counts.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .measure import ROOT, Row, fresh, seconds, spent

HEAVY = ("torch", "umap", "sklearn")
OTHERS = ("numba", "faiss", "transformers", "sentence_transformers", "timm", "open_clip", "scipy", "pyarrow", "plotly")


class Witness:
    """Notes which of our files was the last to ask for a heavy package: the one that imported it."""

    def __init__(self) -> None:
        self.asked: dict[str, str] = {}

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        """Finds nothing: Python goes on to the finders that do."""
        if name not in HEAVY:
            return
        for frame in reversed(traceback.extract_stack()):
            file = Path(frame.filename)
            if file.is_relative_to(ROOT) and file != Path(__file__) and ".venv" not in file.parts:
                self.asked[name] = file.relative_to(ROOT).as_posix()
                return


def open_page() -> dict[str, Any]:
    """Imports what app.py imports, draws Explore for the sample `everyday` on a seeded store, and tells what is
    loaded then."""
    witness = Witness()
    sys.meta_path.insert(0, witness)
    import app
    import embeddings_core as ec

    imported = _loaded()
    ec.seed(ec.get_store())
    from streamlit.testing.v1 import AppTest

    start = time.perf_counter()
    page = AppTest.from_file(str(ROOT / "components" / "shell.py"), default_timeout=300).run()
    took = time.perf_counter() - start
    captions = " ".join(caption.value for caption in page.caption)
    if page.exception or page.error or "615 items" not in captions or not app.app:
        raise RuntimeError(f"the page was not drawn: {page.exception} {page.error} {captions!r}")
    return {"imported": imported, "drawn": _loaded(), "asked": witness.asked, "seconds": took, "cpu": spent()}


def _loaded() -> list[str]:
    return [name for name in HEAVY + OTHERS if name in sys.modules]


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(open_page, home=home)
    for what, when in (("app.py imports", "imported"), ("the first page (Explore, everyday) has imported", "drawn")):
        heavy = [f"{name} by {found['asked'].get(name)}" for name in found[when] if name in HEAVY]
        yield Row(f"{what}, of {', '.join(HEAVY)}", ", ".join(heavy) or "none", "none", not heavy)
    others = [name for name in found["drawn"] if name in OTHERS]
    yield Row(f"  and of {', '.join(OTHERS)}", ", ".join(others) or "none")
    yield Row("drawing it, without a browser, clock", seconds(found["seconds"]))
    yield Row("from the start of Python until it is drawn, processor", seconds(found["cpu"]))

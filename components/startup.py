"""What the server does once, at its start: seed the store, then warm up what the first visitor will need.

Compiling UMAP and importing the model libraries takes many seconds of a cold machine; they are done in the
background, one after the other, so that a click never waits for them longer than it must.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import embeddings_core as ec

_log = logging.getLogger("embedding_explorer")
_seeded = threading.Event()


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """The life of the server."""
    prepare()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield


def prepare() -> None:
    """Put what is shipped with the samples into the store; cheap after the first time."""
    if not _seeded.is_set():
        ec.seed(ec.get_store())
        _seeded.set()


def _warm_up() -> None:
    from embeddings_core.projections import warm

    steps = (lambda: ec.get_encoder("minilm").encode(["warm up"]), warm)
    for step in steps:
        try:
            step()
        except Exception:
            # only a head start is lost: the visitor who needs it gets the message
            _log.info("warming up was not possible", exc_info=True)

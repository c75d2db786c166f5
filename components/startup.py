"""What the server does once, at its start: seed the store, then warm up what the first visitor will need.

Compiling UMAP and importing the model libraries takes many seconds of a cold machine; they are done in the
background, one after the other, once the first page is drawn, so that a click never waits for them longer than it must.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import embeddings_core as ec

_log = logging.getLogger("embedding_explorer")
_seeded, _drawn = threading.Event(), threading.Event()
PATIENCE = 10.0
"""Seconds after which warming up begins even if nobody has come."""


@asynccontextmanager
async def lifespan(app: Any) -> AsyncIterator[None]:
    """The life of the server."""
    share_processor()
    prepare()
    threading.Thread(target=_warm_up, name="warm-up", daemon=True).start()
    yield


def share_processor() -> None:
    """Keep work in several threads from slowing each other down; to be called before torch is loaded.

    Measured on 2 cores, 615 sentences by MiniLM: alone 1.6 s. Beside one busy process 9.0 s, and 3.0 s when
    waiting OpenMP threads sleep instead of spinning. Beside a busy thread of Python (UMAP compiling) 51 s, and
    8 s when that gives way after 0.5 ms instead of 5.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    sys.setswitchinterval(0.0005)


def prepare() -> None:
    """Put what is shipped with the samples into the store; cheap after the first time."""
    if not _seeded.is_set():
        ec.seed(ec.get_store())
        _seeded.set()


def first_page_is_drawn() -> None:
    """The visitor has something to look at: the heavy work may begin."""
    _drawn.set()


def _warm_up() -> None:
    _drawn.wait(PATIENCE)
    from embeddings_core.projections import warm

    steps = (lambda: ec.get_encoder("minilm").encode(["warm up"]), warm)
    for step in steps:
        try:
            step()
        except Exception:
            # only a head start is lost: the visitor who needs it gets the message
            _log.info("warming up was not possible", exc_info=True)
    # the models' packages are half a million objects that stay: collecting garbage need not visit them again
    gc.collect()
    gc.freeze()

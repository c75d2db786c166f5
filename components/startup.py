"""What the server does once, at its start: seed the store, then warm up what the first visitor will need.

Compiling UMAP and importing the model libraries takes many seconds of a cold machine; they are done in the
background, one after the other, once the first page is drawn, so that a click never waits for them longer than it must.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
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
    answer_at_once()
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


def answer_at_once() -> None:
    """Have every answer leave the server when it is ready.

    Streamlit opens the server's socket itself, and not in the way by which asyncio knows it for TCP. So Nagle's
    algorithm stays on (https://github.com/Kludex/uvicorn/issues/3149): every answer but the first of a connection
    waits for the browser's delayed acknowledgment, 45 ms instead of 1.5. What a connection is accepted from hands its
    setting down.
    """
    for found in gc.get_objects():
        if (
            issubclass(type(found), socket.socket)
            and found.family in (socket.AF_INET, socket.AF_INET6)
            and found.fileno() >= 0
        ):
            found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


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

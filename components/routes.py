"""What the browser fetches by address: plotly.js, the map's numbers, an item's card, a picture.

Addresses name content, so that a browser may keep what it has fetched for good. What a page publishes is
held in memory; after a restart the page publishes it again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from functools import lru_cache
from pathlib import Path

import plotly
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from components.cards import card
from embeddings_core import CoreError, Dataset
from embeddings_core.pictures import thumbnail

BASE = "/explorer"
SIDES = (96, 240)
"""Sizes (pixels, longest side) in which pictures are served: list, card."""

_KEEP = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
_PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
_HELD_BYTES = 512_000_000
_HELD_DATASETS = 32

_lock = threading.Lock()
_numbers: OrderedDict[str, bytes] = OrderedDict()
_datasets: OrderedDict[str, Dataset] = OrderedDict()


def plotly_address() -> str:
    """Where the page loads plotly.js from: the file that the plotly package ships."""
    return f"{BASE}/plotly-{plotly.__version__}.js"


def publish_numbers(fingerprint: str, raw: bytes) -> str:
    """Serve `raw` under its fingerprint, and tell where."""
    with _lock:
        _numbers[fingerprint] = raw
        _numbers.move_to_end(fingerprint)
        while len(_numbers) > 1 and sum(map(len, _numbers.values())) > _HELD_BYTES:
            _numbers.popitem(last=False)
    return f"{BASE}/numbers/{fingerprint}"


def publish_items(dataset: Dataset) -> str:
    """Serve the cards and pictures of a dataset; an item's number follows the address."""
    with _lock:
        _datasets[dataset.fingerprint] = dataset
        _datasets.move_to_end(dataset.fingerprint)
        while len(_datasets) > _HELD_DATASETS:
            _datasets.popitem(last=False)
    return f"{BASE}/items/{dataset.fingerprint}"


def picture_address(dataset: Dataset, item: int, side: int = SIDES[0]) -> str:
    """Where the browser finds a picture of a dataset that was published."""
    return f"{BASE}/pictures/{dataset.fingerprint}/{item}/{side}"


async def _plotly(request: Request) -> Response:
    return FileResponse(_PLOTLY, media_type="text/javascript", headers=_KEEP)


async def _serve_numbers(request: Request) -> Response:
    raw = _numbers.get(request.path_params["fingerprint"])
    if raw is None:
        return _gone()
    return Response(raw, media_type="application/octet-stream", headers=_KEEP)


async def _serve_item(request: Request) -> Response:
    dataset, item = _item(request)
    if dataset is None:
        return _gone()
    content = card(dataset, item)
    if dataset.kind == "image":
        content["picture"] = picture_address(dataset, item, SIDES[1])
    return JSONResponse(content, headers=_KEEP)


async def _serve_picture(request: Request) -> Response:
    dataset, item = _item(request)
    side = request.path_params["side"]
    if dataset is None or dataset.kind != "image" or side not in SIDES:
        return _gone()
    try:
        raw = await run_in_threadpool(_thumbnail, dataset.fingerprint, item, side)
    except (CoreError, OSError):
        return _gone()
    return Response(raw, media_type="image/webp", headers=_KEEP)


@lru_cache(maxsize=4096)
def _thumbnail(fingerprint: str, item: int, side: int) -> bytes:
    return thumbnail(_datasets[fingerprint].items[item], side)  # type: ignore[arg-type]


def _item(request: Request) -> tuple[Dataset | None, int]:
    dataset = _datasets.get(request.path_params["fingerprint"])
    item = request.path_params["item"]
    return (dataset, item) if dataset is not None and item < len(dataset) else (None, 0)


def _gone() -> Response:
    return Response("Not here (any more): reload the page.", status_code=404)


ROUTES = [
    Route(plotly_address(), _plotly),
    Route(f"{BASE}/numbers/{{fingerprint:str}}", _serve_numbers),
    Route(f"{BASE}/items/{{fingerprint:str}}/{{item:int}}", _serve_item),
    Route(f"{BASE}/pictures/{{fingerprint:str}}/{{item:int}}/{{side:int}}", _serve_picture),
]

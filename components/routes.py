"""What the browser fetches by address: plotly.js, numbers, cards, pictures, sounds, what matches a filter.

Addresses name content, so that a browser may keep what it has fetched for good.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import Any

import numpy as np
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from components import plotly_js
from components.marks import near
from components.published import BASE, KEEP, SIDES, datasets, made, maps, picture_address, sound_address, spaces
from components.rows import page_of_rows
from components.scripts import modules
from embeddings_core import CoreError, Dataset, Picture, neighbors
from embeddings_core.cards import card
from embeddings_core.facets import crossfilter
from embeddings_core.filters import Filter, matches
from embeddings_core.grid import Box
from embeddings_core.pictures import thumbnail
from embeddings_core.selections import pack
from embeddings_core.sounds import Sound, media_type

MOST_DRAWN = 60_000
"""Points of a sample that the browser gets of a larger map."""
FINEST = 512
"""Cells of a density picture, along its longer side."""
SLOW = 6
"""Answers of which each may take long that are worked on at once."""

_PLAIN = {**KEEP, "Content-Encoding": "identity"}  # random bits: squeezing them takes longer than sending them


def answering(work: Callable[[Request], Response], slow: bool = False) -> Callable[[Request], Any]:
    """A route's handler that works beside the server's loop; an error of the core is its message, status 400.
    `slow` ones wait for each other, so that they never take all threads from the quick."""

    @wraps(work)
    async def handle(request: Request) -> Response:
        try:
            if slow:
                async with _slowly():
                    return await run_in_threadpool(work, request)
            return await run_in_threadpool(work, request)
        except (CoreError, ValueError, OverflowError, KeyError) as error:
            said = {"message": str(error), "hint": getattr(error, "hint", "")}
            return JSONResponse(said, 400 if isinstance(error, CoreError) else 404)

    return handle


@cache
def _slowly() -> asyncio.Semaphore:
    return asyncio.Semaphore(SLOW)


async def _script(request: Request) -> Response:
    source = modules.get(request.path_params["key"])
    return _gone() if source is None else Response(source, media_type="text/javascript", headers=KEEP)


def _numbers(request: Request) -> Response:
    found = made.get(request.path_params["key"])
    return _gone() if found is None else _binary(found.read())


def _coords(request: Request) -> Response:
    found = maps.get(request.path_params["key"])
    return _gone() if found is None else _binary(found.projection.coords.astype("<f4", copy=False).tobytes())


def _view(request: Request) -> Response:
    """A fair sample of the points in a box: how many there are (uint32), how many are sent (uint32), their
    items (uint32), their coordinates (float32)."""
    found = maps.get(request.path_params["key"])
    if found is None:
        return _gone()
    view = found.grid.view(_box(request), MOST_DRAWN)
    head = np.array([view.total, len(view.items)], "<u4")
    coords = found.projection.coords[view.items]
    return _binary(head.tobytes() + view.items.astype("<u4").tobytes() + coords.astype("<f4", copy=False).tobytes())


def _density(request: Request) -> Response:
    """How many points lie in each cell of a box, smoothed by `blur` cells: float32, the lowest row first."""
    found = maps.get(request.path_params["key"])
    box = _box(request)
    if found is None or box is None:
        return _gone()
    wide, high = (min(FINEST, max(1, int(request.query_params[side]))) for side in ("wide", "high"))
    counts = found.grid.density(box, wide, high).astype("<f4")
    if blur := min(20.0, float(request.query_params.get("blur", 0))):
        from scipy.ndimage import gaussian_filter

        counts = gaussian_filter(counts, blur, mode="constant")
    return _binary(counts.tobytes(), squeeze=True)


def _box(request: Request) -> Box | None:
    given = request.query_params.get("box")
    if not given:
        return None
    x0, y0, x1, y1 = map(float, given.split(","))
    return x0, y0, x1, y1


def _item(request: Request) -> Response:
    dataset, item = _asked(request)
    if dataset is None:
        return _gone()
    content = card(dataset, item, request.query_params.get("words", ""))
    if dataset.kind == "image":
        content["picture"] = picture_address(dataset, item, SIDES[1])
    if dataset.kind == "sound":
        content["sound"] = sound_address(dataset, item)
    return JSONResponse(content, headers=KEEP)


def _near(request: Request) -> Response:
    """What is near an item, before the page has been drawn again: marks for the map, rows for the lists."""
    space, found = spaces.get(request.path_params["key"]), maps.get(request.query_params["map"])
    item, k = request.path_params["item"], int(request.query_params["k"])
    if space is None or found is None or item >= len(space) or len(found.projection.coords) != len(space):
        return _gone()
    where = Filter.from_text(request.query_params.get("filter", ""))
    metric, exact = request.query_params["metric"], "index" not in request.query_params
    hits = neighbors(space, item, k, metric, where=where, exact=exact)  # type: ignore[arg-type]
    return JSONResponse(near(space, found.projection, item, hits), headers=KEEP)


def _picture(request: Request) -> Response:
    dataset, item = _asked(request)
    side = request.path_params["side"]
    if dataset is None or dataset.kind != "image" or side not in SIDES:
        return _gone()
    try:
        return Response(_thumbnail(dataset.items[item], side), media_type="image/webp", headers=KEEP)  # type: ignore[arg-type]
    except (CoreError, OSError):
        return _gone()


@lru_cache(maxsize=4096)
def _thumbnail(picture: Picture, side: int) -> bytes:
    return thumbnail(picture, side)


def _sound(request: Request) -> Response:
    """The file that was brought, as it is; of one in the store also a part, so that a player can jump."""
    dataset, item = _asked(request)
    sound = dataset.items[item] if dataset is not None else None
    if not isinstance(sound, Sound):
        return _gone()
    try:
        if isinstance(sound.source, Path):
            with sound.source.open("rb") as file:
                kind = media_type(file.read(16))
            answer: Response = FileResponse(sound.source, media_type=kind, headers=_PLAIN)
        else:
            kind = media_type(sound.source)
            answer = Response(sound.source, media_type=kind, headers=_PLAIN)
    except OSError:
        return _gone()
    return answer if kind else _gone()


def _matches(request: Request) -> Response:
    """Which items match a filter, one bit an item."""
    dataset, wanted = _filtered(request)
    return _gone() if dataset is None else _binary(pack(matches(dataset, wanted)), squeeze=True)


def _counts(request: Request) -> Response:
    """How often each value of each column occurs under the conditions on all others."""
    dataset, wanted = _filtered(request)
    return _gone() if dataset is None else JSONResponse(crossfilter(dataset, wanted), headers=KEEP)


def _rows(request: Request) -> Response:
    """A page of the table."""
    dataset, wanted = _filtered(request)
    key = request.query_params.get("within")
    selection = made.get(key) if key else None
    if dataset is None or (key and selection is None):
        return _gone()
    return JSONResponse(page_of_rows(dataset, wanted, selection.read() if selection else None, request.query_params))


def _filtered(request: Request) -> tuple[Dataset | None, Filter]:
    dataset = datasets.get(request.path_params["key"])
    return dataset, Filter.from_text(request.query_params.get("filter", ""))


def _asked(request: Request) -> tuple[Dataset | None, int]:
    dataset = datasets.get(request.path_params["key"])
    item = request.path_params["item"]
    return (dataset, item) if dataset is not None and item < len(dataset) else (None, 0)


def _binary(raw: bytes, *, squeeze: bool = False) -> Response:
    return Response(raw, media_type="application/octet-stream", headers=KEEP if squeeze else _PLAIN)


def _gone() -> Response:
    return JSONResponse({"message": "Not here (any more).", "hint": "Reload the page."}, 404)


ROUTES = [
    Route(plotly_js.address(), answering(plotly_js.served)),
    Route(f"{BASE}/scripts/{{key:str}}.js", _script),
    Route(f"{BASE}/numbers/{{key:str}}", answering(_numbers)),
    Route(f"{BASE}/names/{{key:str}}", answering(_numbers, slow=True)),
    Route(f"{BASE}/coords/{{key:str}}", answering(_coords)),
    Route(f"{BASE}/views/{{key:str}}", answering(_view, slow=True)),
    Route(f"{BASE}/density/{{key:str}}", answering(_density, slow=True)),
    Route(f"{BASE}/items/{{key:str}}/{{item:int}}", answering(_item)),
    Route(f"{BASE}/near/{{key:str}}/{{item:int}}", answering(_near)),
    Route(f"{BASE}/pictures/{{key:str}}/{{item:int}}/{{side:int}}", answering(_picture)),
    Route(f"{BASE}/sounds/{{key:str}}/{{item:int}}", answering(_sound)),
    Route(f"{BASE}/matches/{{key:str}}", answering(_matches, slow=True)),
    Route(f"{BASE}/counts/{{key:str}}", answering(_counts, slow=True)),
    Route(f"{BASE}/rows/{{key:str}}", answering(_rows, slow=True)),
]

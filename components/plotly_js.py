"""plotly.js for the page: served squeezed, and asked for as soon as the page is."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

import plotly
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.published import BASE, KEEP
from embeddings_core.snapshot import plotly_script


def address() -> str:
    """Where the page loads plotly.js from: another address where it is made leaner in another way."""
    way = hashlib.sha256(Path(plotly_script.__file__).read_bytes()).hexdigest()[:8]
    return f"{BASE}/plotly-{plotly.__version__}-{way}.js"


@cache
def _made() -> bytes:
    return plotly_script.lean(plotly_script.shipped()).encode()


@cache
def _squeezed() -> bytes:
    """What is served, squeezed once: that takes longer than sending it."""
    return gzip.compress(_made(), 6)


def served(request: Request) -> Response:
    """plotly.js."""
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(_made(), media_type="text/javascript", headers=KEEP)
    headers = {**KEEP, "Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
    return Response(_squeezed(), media_type="text/javascript", headers=headers)


class Early:
    """Has the browser load plotly.js with the page, not only when the map asks for it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in ("/", "/explore"):
            await self.app(scope, receive, send)
            return
        head: list[Message] = []
        body: list[bytes] = []

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_page(message):
                head.append(message)
            elif message["type"] == "http.response.body" and head:
                body.append(message.get("body", b""))
                if not message.get("more_body"):
                    await _send_page(head[0], b"".join(body), send)
            else:
                await send(message)

        await self.app(scope, receive, told)


def _is_page(start: Message) -> bool:
    headers = MutableHeaders(scope=start)
    plain = "content-encoding" not in headers
    return plain and start["status"] == 200 and headers.get("content-type", "").startswith("text/html")


async def _send_page(start: Message, page: bytes, send: Send) -> None:
    script = f'<script async src="{address()}"></script>'.encode()
    page = page.replace(b"<head>", b"<head>" + script, 1)
    MutableHeaders(scope=start)["content-length"] = str(len(page))
    await send(start)
    await send({"type": "http.response.body", "body": page})

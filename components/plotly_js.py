"""plotly.js as the page gets it: the file that the plotly package ships, made to start with what a 2-D map draws.

As shipped, the file takes about 1.1 s to run (2 cores). A quarter of that is its wrapper, inside which the browser
compiles everything twice; half is the code of 3-D charts; much of the rest is that of other charts. Here the wrapper
is off, so that the browser compiles it beside the page; of the charts only that of the map is there from the start, and
those that it may need later wait in `Plotly.kinds`: 0.1 s. A file that does not look as expected is served as it is.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import plotly
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.published import BASE, KEEP

FIRST, LATER = "scattergl", ("scatter3d", "heatmap", "contour")
"""The kind of chart that is there from the start, and those that may be asked for."""
SHIPPED = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"

_WRAPPED = re.compile(r"\(\s*function\(root, factory\) \{.*?\(\) => \{\s*\"use strict\";(?=var Plotly=)", re.DOTALL)
_UNWRAPPED = re.compile(r"return Plotly;\s*\}\)\);\s*$")
# the last module of the bundle: a list of all charts is registered, each made by a call of its module
_ALL = re.compile(
    r"(?P<to>[\w$]+)\.register\(\[(?P<calls>(?:[\w$]+\(\),?)+)\]\);(?=[\w$]+\.exports=(?P=to)\}\);return )"
)
_NAMED = re.compile(r'moduleType:"(?:trace|component)",name:"(\w+)"')
_NEXT = re.compile(r"=([\w$]+)\(\)")
_DEPTH = 4
"""Modules that lead from a chart's entry to the one that names it, at most."""


def lean(shipped: str) -> str:
    """plotly.js, starting with little: `Plotly.kinds` has a function for each kind of chart that adds it.
    What was shipped, where that is built in another way."""
    begin, end, charts = _WRAPPED.search(shipped), _UNWRAPPED.search(shipped), _ALL.search(shipped)
    if begin is None or end is None or charts is None:
        return shipped
    made = dict(_kinds(shipped, charts["calls"]))
    if not {FIRST, *LATER} <= set(made):
        return shipped
    to = charts["to"]
    later = ",".join(f"{kind}:()=>{to}.register({made[kind]})" for kind in LATER)
    start = f"{to}.register([{made[FIRST]}]);{to}.kinds={{{later}}};"
    parts = shipped[: begin.start()], shipped[begin.end() : charts.start()], start, shipped[charts.end() : end.start()]
    return "".join(parts)


def _kinds(source: str, calls: str) -> Iterator[tuple[str, str]]:
    """The name of each kind of chart, and the call that makes it."""
    for call in calls.split(","):
        name = call.removesuffix("()")
        for _ in range(_DEPTH):
            at = source.find(f"var {name}=")
            module = source[at : source.find("});var ", at)] if at >= 0 else ""
            if named := _NAMED.search(module):
                yield named[1], call
                break
            if not (following := _NEXT.search(module)):
                break
            name = following[1]


def address() -> str:
    """Where the page loads plotly.js from: another address for what this file makes of it in another way."""
    way = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    return f"{BASE}/plotly-{plotly.__version__}-{way}.js"


@cache
def _made() -> bytes:
    return lean(SHIPPED.read_text(encoding="utf-8")).encode()


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

"""Pages that stand alone: everything that a page needs is in it, squeezed, and nothing is asked for elsewhere."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from string import Template

from .plotly_script import lean, shipped

ROOT = Path(__file__).parents[2]
MAP = ROOT / "components" / "map"
"""The files of the map: one renderer for the app and for pages that stand alone."""
VIEWER = ROOT / "assets" / "snapshot"
_POLICY = (
    "default-src 'none'; script-src 'sha256-{digest}' blob: 'unsafe-eval'; style-src 'unsafe-inline'; "
    "img-src data: blob:; connect-src data: blob:; base-uri 'none'; form-action 'none'"
)
"""What the page may do: run its own script and no other, show pictures that it carries. plotly.js makes functions for
WebGL from text of its own, hence 'unsafe-eval'; no text of the data becomes code."""


def page(title: str, caption: str, about: str, parts: Mapping[str, bytes]) -> bytes:
    """The page as UTF-8 HTML. `title`, `caption` and the lines of `about` are plain text; `parts` are what the viewer
    (assets/snapshot) reads by name."""
    script = _script()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    squeezed = {**parts, "plotly": lean(shipped()).encode()}
    filled = Template((VIEWER / "page.html").read_text(encoding="utf-8")).substitute(
        policy=_POLICY.format(digest=digest),
        title=escape(title),
        caption=escape(caption),
        about="".join(f"<p>{escape(line)}</p>" for line in about.splitlines() if line.strip()),
        styles=_read(MAP / "map.css") + _read(VIEWER / "viewer.css"),
        map=_read(MAP / "map.html"),
        parts="\n".join(_part(name, raw) for name, raw in squeezed.items() if raw),
        script=script,
    )
    return filled.encode()


def _script() -> str:
    """The map, the source of its numbers and the viewer as one module."""
    names = _read(MAP / "scripts.txt").split()
    files = [*(MAP / name for name in names), VIEWER / "source.js", VIEWER / "viewer.js"]
    source = "\n".join(map(_read, files)).replace("export default function", "const run = function", 1)
    if re.search(r"</script|<!--", source, re.IGNORECASE):
        raise ValueError("the script would end its own element")
    return source


def _part(name: str, raw: bytes) -> str:
    packed = base64.b64encode(gzip.compress(raw, 6, mtime=0)).decode()
    return f'<script type="text/plain" data-part="{escape(name)}">{packed}</script>'


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")

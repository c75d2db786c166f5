"""HTML and SVG as text that is safe by the way it is made: whatever is no Markup is escaped."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from typing import Any

ALONE = {"meta", "br", "rect", "path", "circle"}
"""Elements that hold nothing."""
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
"""What neither HTML nor UTF-8 can hold; it becomes U+FFFD."""


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


def tag(name: str, /, *inside: Any, **attributes: Any) -> Markup:
    """An element with what is `inside` it, texts and numbers escaped, None left out. Attributes are escaped too;
    an underscore stands for a hyphen, one at the end for a name that Python keeps to itself."""
    given = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items() if value is not None}
    opened = name + "".join(f' {key}="{_safe(value)}"' for key, value in given.items())
    return Markup(f"<{opened}/>" if name in ALONE else f"<{opened}>{joined(*inside)}</{name}>")


def joined(*parts: Any) -> Markup:
    """The parts one after the other, as in `tag`."""
    kept = (part for part in parts if part is not None)
    return Markup("".join(part if isinstance(part, Markup) else _safe(part) for part in kept))


def document(title: str, style: str, body: Markup) -> str:
    """A whole page of HTML with one style sheet, which may do nothing but show it: no scripts, no requests."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", Markup(style)),
    )
    return f"<!doctype html>\n{tag('html', head, tag('body', body), lang='en')}\n"


def _safe(value: Any) -> str:
    return escape(_UNFIT.sub("\ufffd", str(value)))

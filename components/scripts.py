"""Our own Streamlit components: their scripts and styles are served by address.

Streamlit sends what a component is made of again with every change of its data. So it only gets a line that
imports the rest, which the browser keeps.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from components.published import BASE

FOLDER = Path(__file__).parent
# every rerun sends this again, so it is short; without a line break it would be taken for a path
_STUB = """let m=import(new URL("{address}",document.baseURI));export default g=>{{let e=m.then(s=>s.start(g))
.catch(()=>{{g.parentElement.textContent="Reload the page."}});return()=>e.then(f=>f?.())}}"""


@cache
def component(name: str, html: str, scripts: Sequence[str], style: str) -> Any:
    """The component `name`, of files in this folder: a page of HTML, scripts that are one module, a style sheet."""
    address = address_of(module(tuple(scripts), html, style))
    return st.components.v2.component(
        f"embedding_{name}",
        js=_STUB.format(address=address),
        # the page's own style sheet reaches it, and anyone can find its root element
        isolate_styles=False,
    )


def joined(scripts: Sequence[str]) -> str:
    """The files as one module."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in scripts)


@cache
def module(scripts: tuple[str, ...], html: str, style: str) -> str:
    """The module that the browser imports: it brings its styles with it. Returns its key in `modules`."""
    styles = json.dumps((FOLDER / style).read_text(encoding="utf-8"))
    add = f"document.head.append(Object.assign(document.createElement('style'), {{ textContent: {styles} }}));"
    page = json.dumps((FOLDER / html).read_text(encoding="utf-8"))
    fill = f"""const filled = new WeakSet();
export function start(given) {{
  const parent = given.parentElement;
  if (!filled.has(parent)) parent.append(document.createRange().createContextualFragment({page}));
  filled.add(parent);
  return run(given);
}}"""
    source = joined(scripts).replace("export default function", "const run = function", 1)
    source = f"{source}\n{add}\n{fill}\n"
    key = hashlib.sha256(source.encode()).hexdigest()[:16]
    modules[key] = source
    return key


modules: dict[str, str] = {}


def address_of(key: str) -> str:
    """Where a module is served."""
    return f"{BASE}/scripts/{key}.js"

"""plotly.js as the plotly package ships it, made to start with what a 2-D map draws.

As shipped, the file takes about 1.1 s to run (2 cores). A quarter of that is its wrapper, inside which the browser
compiles everything twice; half is the code of 3-D charts; much of the rest is that of other charts. Here the wrapper
is off, so that the browser compiles it beside the page; of the charts only that of the map is there from the start, and
those that it may need later wait in `Plotly.kinds`: 0.1 s. A file that does not look as expected stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from ..errors import MissingPackage

FIRST, LATER = "scattergl", ("scatter3d", "heatmap", "contour")
"""The kind of chart that is there from the start, and those that may be asked for."""

_WRAPPED = re.compile(r"\(\s*function\(root, factory\) \{.*?\(\) => \{\s*\"use strict\";(?=var Plotly=)", re.DOTALL)
_UNWRAPPED = re.compile(r"return Plotly;\s*\}\)\);\s*$")
# the last module of the bundle: a list of all charts is registered, each made by a call of its module
_ALL = re.compile(
    r"(?P<to>[\w$]+)\.register\(\[(?P<calls>(?:[\w$]+\(\),?)+)\]\);(?=[\w$]+\.exports=(?P=to)\}\);return )"
)
_NAMED = re.compile(r'moduleType:"(?:trace|component)",name:"(\w+)"')
# the canvas on which names of 3-D axes are drawn and read back: a browser warns where it is not told of that
_READ = re.compile(r"""(\.width=8192,[\w$]+\.height=1024,[\w$]+=[\w$]+\.getContext\("2d")\)""")
_NEXT = re.compile(r"=([\w$]+)\(\)")
_DEPTH = 4
"""Modules that lead from a chart's entry to the one that names it, at most."""


def shipped() -> str:
    """The file of the plotly package, which is not imported. Raises MissingPackage."""
    spec = find_spec("plotly")
    if spec is None or spec.origin is None:
        raise MissingPackage("A map for the browser comes with plotly.", "Run: pip install plotly")
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_text(encoding="utf-8")


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
    return _READ.sub(r"\1,{willReadFrequently:!0})", "".join(parts))


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

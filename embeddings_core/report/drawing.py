"""A map as an SVG picture with its legend: without scripts, to be printed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ..markup import Markup, tag
from ..space import Floats, Ints

MOST = 5_000
"""Points that are drawn; of more a sample."""
_WIDTH, _LEAST, _TALLEST, _EDGE = 2000, 900, 2000, 40
_LAYER = 500
"""Points of all colors that lie in one layer, so that no color covers all others."""
_STRIP = 32


class Colors(NamedTuple):
    """What the colors of a map say: of each item the place of its color, `codes` (n,), in `palette` ("#rrggbb" each).
    `names` has one for each color; a `scale` of numbers has only its two ends' names, and colors that rise with the
    number, perhaps one more for items without any, under a third name."""

    label: str
    codes: npt.NDArray[np.integer]
    palette: tuple[str, ...]
    names: tuple[str, ...]
    scale: bool = False


def drawn_items(n: int, seed: int = 0) -> Ints:
    """The items of n that are drawn: all, or a seeded sample of 5,000, in ascending order."""
    if n <= MOST:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, MOST, replace=False))


def picture(coords: Floats, colors: Colors, title: str) -> Markup:
    """The map `coords` (n, dims) as an <svg>: of 3 dimensions the first two. `title` is read to who cannot see it."""
    places, height = _places(coords[:, :2])
    items = np.random.default_rng(0).permutation(drawn_items(len(coords)))
    size = 26 if len(items) < 300 else 18 if len(items) < 2000 else 12
    dots = []
    for start in range(0, len(items), _LAYER):
        layer = items[start : start + _LAYER]
        for code in np.unique(colors.codes[layer]).tolist():
            path = "".join(f"M{x} {y}h0" for x, y in places[layer[colors.codes[layer] == code]].tolist())
            dots.append(tag("path", d=path, stroke=colors.palette[code]))
    group = tag("g", *dots, fill="none", stroke_width=size, stroke_linecap="round", stroke_opacity=0.8)
    return tag("svg", tag("title", title), group, viewBox=f"0 0 {_WIDTH} {height}", role="img")


def _places(coords: Floats) -> tuple[Ints, int]:
    """Whole numbers (n, 2) from the top left, both axes alike, and the height that they need."""
    low, high = coords.min(axis=0).astype(float), coords.max(axis=0).astype(float)
    wide, tall = (high - low).tolist()
    inner = _WIDTH - 2 * _EDGE
    scale = min(inner / wide if wide else np.inf, (_TALLEST - 2 * _EDGE) / tall if tall else np.inf)
    scale = 0.0 if np.isinf(scale) else scale
    height = max(_LEAST, round(tall * scale) + 2 * _EDGE)
    middle = (low + high) / 2
    places = (coords - middle) * [scale, -scale] + [_WIDTH / 2, height / 2]
    return np.asarray(np.round(places), dtype=np.int64), height


def legend(colors: Colors) -> Markup | None:
    """What the colors say, with how many items each has; None where all are alike."""
    if len(colors.palette) < 2:
        return None
    counts = np.bincount(colors.codes, minlength=len(colors.palette)).tolist()
    label = tag("span", colors.label, class_="label")
    if colors.scale:
        low, high, *rest = colors.names
        missing = counts[-1] if rest else 0
        without = [_entry(colors.palette[-1], rest[0], missing)] if missing else []
        return tag("p", label, tag("span", low), _strip(colors), tag("span", high), *without, class_="legend")
    entries = (
        _entry(color, name, count)
        for color, name, count in zip(colors.palette, colors.names, counts, strict=True)
        if count
    )
    return tag("p", label, *entries, class_="legend")


def _entry(color: str, name: str, count: int) -> Markup:
    dot = tag("svg", tag("circle", cx=5, cy=5, r=5, fill=color), viewBox="0 0 10 10", class_="dot")
    return tag("span", dot, name, " ", tag("small", f"{count:,}"))


def _strip(colors: Colors) -> Markup:
    steps = len(colors.palette) - (len(colors.names) > 2)
    chosen = [colors.palette[round(at * (steps - 1) / (_STRIP - 1))] for at in range(_STRIP)]
    parts = (tag("rect", x=4 * at, width=4.2, height=10, fill=color) for at, color in enumerate(chosen))
    return tag("svg", *parts, viewBox=f"0 0 {4 * _STRIP} 10", class_="strip")

"""Figures as lines: a name, the value, a thin bar, and one sentence of what it means."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from components.panels.special import signed
from components.scripts import component


class Meter(NamedTuple):
    """A figure called `label`: its `value` as text, an `aside` about it, and what it `says`. On the bar, as shares of
    its length: the value, a `band` from one place to another, and a `tick`; None for what is not there."""

    label: str
    value: str
    says: str
    share: float | None
    aside: str = ""
    band: tuple[float, float] | None = None
    tick: float | None = None


def draw_meters(meters: Sequence[Meter], *, key: str) -> None:
    """Draw them, one below the other."""
    component("meters", "trusting/meters.html", ("trusting/meters.js",), "trusting/meters.css")(
        key=key, data={"meters": [meter._asdict() for meter in meters]}
    )


def figure(value: float, digits: int = 2) -> str:
    """A figure as text; a dash for NaN."""
    return "–" if math.isnan(value) else signed(value, digits)

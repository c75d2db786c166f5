"""What lessons show on a sheet with two directions: things as places, two arrows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components.charts import GRID, draw_figure
from components.feedback import plain
from components.trusting.meters import Meter, draw_meters
from embeddings_core.coloring import NOISE as GRAY
from embeddings_core.coloring import OKABE_ITO
from embeddings_core.lessons import Lesson

REACH = 3.0
"""The length of the longest arrow."""


def sheet(
    lesson: Lesson, key: str, *, things: Mapping[str, Sequence[float]], axes: Sequence[str], yours: Sequence[int]
) -> None:  # fmt: skip
    """Things as places by two numbers from 0 to 10, and one more that is placed by two sliders: what it is nearest to,
    and how far that is."""
    left, right = st.columns(2, gap="medium")
    with right:
        x, y = (
            st.slider(f"Yours: {axis}", 0, 10, start, key=f"{key}-{axis}", help="From zero to ten.")
            for axis, start in zip(axes, yours, strict=True)
        )
        away = {name: math.dist(place, (x, y)) for name, place in things.items()}
        nearest = min(away, key=lambda name: away[name])
        st.markdown(f"Yours is `({x}, {y})`. The nearest is **{plain(nearest)}**, {away[nearest]:.1f} away.")
    with left:
        names = [*things, "yours"]
        places = [*things.values(), (x, y)]
        points = {
            "type": "scatter", "mode": "markers+text", "x": [place[0] for place in places],
            "y": [place[1] for place in places], "text": names, "textposition": "top center", "hoverinfo": "skip",
            "marker": {"size": 12, "color": [OKABE_ITO[0]] * len(things) + [OKABE_ITO[1]]}, "cliponaxis": False,
        }  # fmt: skip
        alt = "; ".join(f"{name} at ({place[0]:g}, {place[1]:g})" for name, place in zip(names, places, strict=True))
        ends = {"range": [0, 10.9], "gridcolor": GRID, "zeroline": False, "fixedrange": True, "dtick": 2}
        layout = {
            "height": 300, "xaxis": {**ends, "title": {"text": axes[0]}}, "yaxis": {**ends, "title": {"text": axes[1]}},
        }  # fmt: skip
        draw_figure([points], layout, f"A sheet with places by {' and '.join(axes)}: {alt}", key=key)


def arrows(lesson: Lesson, key: str) -> None:
    """Two arrows on a sheet; one can be turned and stretched, and three measures say how near they are."""
    left, right = st.columns(2, gap="medium")
    with right:
        angle = st.slider("Direction of B", 0, 180, 40, 5, key=f"{key}-angle", format="%d°", help="Turns arrow B.")
        length = st.slider("Length of B", 0.5, REACH, 1.5, 0.25, key=f"{key}-length", help="Stretches arrow B.")
        one, other = (2.0, 0.0), turned(angle, length)
        dot = one[0] * other[0]
        apart = math.dist(one, other)
        cosine_of = dot / (2.0 * length)
        meters = [
            Meter("Cosine", f"{cosine_of:.2f}", "The angle only.", max(0.0, cosine_of)),
            Meter("Euclidean distance", f"{apart:.2f}", "From tip to tip; small is near.", apart / (2.0 + REACH)),
            Meter("Dot product", f"{dot:.2f}", "The angle and both lengths.", max(0.0, dot / (2.0 * REACH))),
        ]
        draw_meters(meters, key=f"{key}-meters")
    with left:
        alt = f"Two arrows from one point, at {angle} degrees: A has length 2, B length {length:g}."
        corner = {"type": "scatter", "x": [0], "y": [0], "marker": {"size": 7, "color": GRAY}, "hoverinfo": "skip"}
        draw_figure([corner], _sheet({"A": one, "B": other}), alt, key=key)


def turned(angle: float, length: float) -> tuple[float, float]:
    """The tip of an arrow from (0, 0), at an angle in degrees."""
    return length * math.cos(math.radians(angle)), length * math.sin(math.radians(angle))


def _sheet(tips: dict[str, tuple[float, float]]) -> dict[str, Any]:
    """The layout of a chart that has nothing but arrows."""
    drawn = [
        {
            "x": x, "y": y, "ax": 0, "ay": 0, "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "text": "",
            "showarrow": True, "arrowhead": 2, "arrowwidth": 3, "arrowcolor": color,
        }
        for (x, y), color in zip(tips.values(), OKABE_ITO, strict=False)
    ]  # fmt: skip
    drawn += [
        {"x": x * 1.12, "y": y * 1.12 + 0.08, "text": f"<b>{name}</b>", "showarrow": False, "font": {"size": 15}}
        for name, (x, y) in tips.items()
    ]
    axis = {"showticklabels": False, "zeroline": False, "fixedrange": True, "gridcolor": "rgba(128,128,128,.2)"}
    return {
        "height": 300, "annotations": drawn, "xaxis": {**axis, "range": [-3.5, 3.5]},
        "yaxis": {**axis, "range": [-0.6, 3.4], "scaleanchor": "x"},
    }  # fmt: skip

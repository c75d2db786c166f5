"""What lessons show of numbers and texts: bars, two texts to compare, a vector as a strip, two arrows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import streamlit as st

from components.charts import PLAIN, draw_bars, draw_figure
from components.feedback import plain
from components.learning.computing import LONGEST, computed
from components.panels.vector import strip as strip_of
from components.trusting.meters import Meter, draw_meters
from embeddings_core.coloring import NOISE as GRAY
from embeddings_core.coloring import OKABE_ITO
from embeddings_core.encoders import encode_items, get_encoder
from embeddings_core.facts.texts import cosine
from embeddings_core.lessons import Lesson
from embeddings_core.space import Floats

REACH = 3.0
"""The length of the longest arrow."""


def bars(
    lesson: Lesson, key: str, *, title: str, facts: Sequence[str], labels: Sequence[str],
    ends: Sequence[float] = (0.0, 1.0),
) -> None:  # fmt: skip
    """A bar for each of some expects."""
    values = [float(lesson.expect[name].value) for name in facts]
    draw_bars(list(labels), values, [PLAIN] * len(values), (ends[0], ends[1]), title, key=key)


def two_texts(lesson: Lesson, key: str, *, a: str, b: str, encoders: Sequence[str] = ("minilm",)) -> None:
    """Two fields to type in, and the cosine similarity of what is typed, by one or more encoders."""
    first = st.text_input("A text", a, key=f"{key}-a", max_chars=LONGEST).strip()
    second = st.text_input("Another text", b, key=f"{key}-b", max_chars=LONGEST).strip()
    if not first or not second:
        st.caption("Type something in both fields.")
        return
    found = computed(key, "Comparing", _cosines, tuple(encoders), first, second)
    if found is not None:
        names = [get_encoder(encoder).spec.label for encoder in encoders]
        draw_bars(names, found, [PLAIN] * len(found), (min(0.0, *found), 1.0), "Cosine similarity", key=f"{key}-bars")


def _cosines(encoders: tuple[str, ...], first: str, second: str) -> list[float]:
    return [cosine(encoder, first, second) for encoder in encoders]


def strip(lesson: Lesson, key: str, *, encoder: str, text: str) -> None:
    """The vector of a text as a strip of colors."""
    found = computed(key, "Reading", _vector, encoder, text)
    if found is None:
        return
    alt = f"{len(found)} numbers as colors, from {found.min():.3f} to {found.max():.3f}: the vector of {text}"
    figure = strip_of(found, (), float(np.abs(found).max()))
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)
    st.caption(f"All {len(found)} numbers of “{plain(text)}”, line by line: orange above zero, blue below.")


def _vector(encoder: str, text: str) -> Floats:
    return encode_items(get_encoder(encoder), [text])[0]


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

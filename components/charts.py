"""Small charts beside the map. Each says in its alt text what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import streamlit as st

from components.feedback import plain
from embeddings_core.cards import cut
from embeddings_core.coloring import OKABE_ITO

LINE = 20
"""Pixels of a bar with its gap."""
PLAIN = OKABE_ITO[0]
GRID = "rgba(128, 128, 128, 0.25)"
_CONFIG = {"displayModeBar": False, "scrollZoom": False}


def draw_bars(
    names: Sequence[str], values: Sequence[float], colors: Sequence[str], ends: tuple[float, float], title: str, *,
    key: str,
) -> None:  # fmt: skip
    """Draw one bar a name, from above; a value that is NaN has none. `ends` are those of the axis."""
    shown = [None if math.isnan(value) else value for value in values]
    places = list(range(len(names)))
    data: dict[str, Any] = {
        "type": "bar", "orientation": "h", "x": shown, "y": places, "marker": {"color": list(colors)},
        "hovertext": [escape(name, quote=False) for name in names],
        "hovertemplate": "%{hovertext}: %{x:.2f}<extra></extra>",
    }  # fmt: skip
    ticks = {"tickvals": places, "ticktext": [escape(cut(name, 24), quote=False) for name in names]}
    layout = {
        "height": 60 + LINE * len(names),
        "xaxis": {"range": list(ends), "title": {"text": title}, "gridcolor": GRID, "fixedrange": True},
        "yaxis": {**ticks, "autorange": "reversed", "automargin": True, "fixedrange": True},
    }
    told = [f"{name} {value:.2f}" for name, value in zip(names, values, strict=True) if not math.isnan(value)]
    draw_figure([data], layout, f"{title}. " + "; ".join(told), key=key)


def draw_told(
    names: Sequence[str], values: Sequence[float], said: Sequence[str], ends: tuple[float, float], title: str, *,
    key: str,
) -> None:  # fmt: skip
    """Draw one bar a name, from above, below its title: the value as it is `said` stands beside it. `ends` are those of
    the axis."""
    lines = ["<br>".join(escape(line, quote=False) for line in wrap(cut(name, 48), 24)) for name in names]
    places, room = list(range(len(names))), 0.13 * (ends[1] - ends[0])
    data: dict[str, Any] = {
        "type": "bar", "orientation": "h", "x": list(values), "y": places, "marker": {"color": PLAIN},
        "text": list(said), "textposition": "outside", "textfont": {"size": 13}, "cliponaxis": False,
        "hoverinfo": "skip",
    }  # fmt: skip
    span = [ends[0] - room * (min(values) < 0), ends[1] + room]
    tall = 1.4 if any("<br>" in line for line in lines) else 1
    layout = {
        "height": 20 + round(1.2 * LINE * tall * len(names)), "margin": {"l": 8, "r": 8, "t": 4, "b": 8},
        "xaxis": {"range": span, "gridcolor": GRID, "fixedrange": True, "showticklabels": False},
        "yaxis": {
            "tickvals": places, "ticktext": lines, "autorange": "reversed", "automargin": True, "fixedrange": True,
        },
    }  # fmt: skip
    with st.container(gap="xsmall"):
        st.caption(f"**{plain(title)}**")
        told = "; ".join(f"{name} {text}" for name, text in zip(names, said, strict=True))
        draw_figure([data], layout, f"{title}. {told}", key=key)


def draw_curves(
    xs: Sequence[int], curves: Mapping[str, Sequence[float]], chosen: int, titles: tuple[str, str], *, key: str
) -> None:
    """Draw a line a name through points, with a diamond at the `chosen` x; a y that is NaN is a gap."""
    at = [x == chosen for x in xs]
    marker = {"size": [12 if here else 5 for here in at], "symbol": ["diamond" if here else "circle" for here in at]}
    data: list[dict[str, Any]] = []
    for (name, ys), color in zip(curves.items(), OKABE_ITO, strict=False):
        data.append({
            "type": "scatter", "mode": "lines+markers", "name": name, "x": list(xs),
            "y": [None if math.isnan(y) else y for y in ys], "marker": {**marker, "color": color},
            "line": {"color": color}, "hovertemplate": f"%{{x}} {titles[0].lower()}: %{{y:.4g}}<extra></extra>",
        })  # fmt: skip
    layout = {
        "height": 200 + 40 * (len(curves) > 1),
        "showlegend": len(curves) > 1,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "itemclick": False, "itemdoubleclick": False},
        "xaxis": {"title": {"text": titles[0]}, "gridcolor": GRID, "fixedrange": True},
        "yaxis": {"title": {"text": titles[1]}, "gridcolor": GRID, "automargin": True, "fixedrange": True},
    }
    told = [
        f"{name}: " + "; ".join(f"{x} {y:.4g}" for x, y in zip(xs, ys, strict=True) if not math.isnan(y))
        for name, ys in curves.items()
    ]
    draw_figure(data, layout, f"{titles[1]} by {titles[0].lower()}, chosen {chosen}. {'. '.join(told)}", key=key)


def draw_figure(data: list[dict[str, Any]], layout: dict[str, Any], alt: str, *, key: str) -> None:
    """Draw a small figure of Plotly without its tools."""
    quiet = {"margin": {"l": 8, "r": 8, "t": 8, "b": 40}, "showlegend": False, "dragmode": False}
    st.plotly_chart({"data": data, "layout": {**quiet, **layout}}, key=key, config=_CONFIG, alt=alt)

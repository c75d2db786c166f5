"""Small charts beside the map. Each says in its alt text what it shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from textwrap import wrap
from typing import Any

import streamlit as st

from embeddings_core.cards import cut
from embeddings_core.coloring import OKABE_ITO

LINE = 20
"""Pixels of a bar with its gap."""
PLAIN = OKABE_ITO[0]
GRID = "rgba(128, 128, 128, 0.25)"
_CONFIG = {"displayModeBar": False, "scrollZoom": False}


def draw_bars(
    names: Sequence[str], values: Sequence[float], colors: Sequence[str], ends: tuple[float, float], title: str, *,
    key: str, said: Sequence[str] = (),
) -> None:  # fmt: skip
    """Draw one bar a name, from above; a value that is NaN has none. `ends` are those of the axis. With `said`, each
    value as text, this stands beside its bar, names have two lines, and nothing else is told of the axis."""
    shown = [None if math.isnan(value) else value for value in values]
    places = list(range(len(names)))
    data: dict[str, Any] = {
        "type": "bar", "orientation": "h", "x": shown, "y": places, "marker": {"color": list(colors)},
        "hovertext": [escape(name, quote=False) for name in names],
        "hovertemplate": "%{hovertext}: %{x:.2f}<extra></extra>",
    }  # fmt: skip
    lines = [wrap(cut(name, 24 + 24 * bool(said)), 24) for name in names]
    ticks = {"tickvals": places, "ticktext": [escape("\n".join(parts), quote=False) for parts in lines]}
    room = 0.0
    if said:
        room = 0.13 * (ends[1] - ends[0])
        ticks["ticktext"] = [text.replace("\n", "<br>") for text in ticks["ticktext"]]
        data |= {"text": list(said), "textposition": "outside", "cliponaxis": False, "textfont": {"size": 13}}
        data |= {"hoverinfo": "skip", "hovertemplate": None}
    layout = {
        "height": 60 + LINE * len(names) * max(1 + 0.4 * (len(parts) - 1) for parts in lines),
        "xaxis": {
            "range": [ends[0] - room * (min(values) < 0), ends[1] + room],
            "title": {"text": title},
            "gridcolor": GRID,
            "fixedrange": True,
            "showticklabels": not said,
        },
        "yaxis": {**ticks, "autorange": "reversed", "automargin": True, "fixedrange": True},
    }
    texts = said or [f"{value:.2f}" for value in values]
    told = [f"{name} {text}" for name, text, value in zip(names, texts, values, strict=True) if not math.isnan(value)]
    draw_figure([data], layout, f"{title}. " + "; ".join(told), key=key)


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

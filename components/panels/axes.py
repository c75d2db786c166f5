"""Axes with names: the map colored by where each item lies between two poles, and items along two such axes."""

from __future__ import annotations

from html import escape
from typing import Any

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain, shown
from components.items.items import draw_items
from components.state import get_state, tie
from embeddings_core.axes import Pole
from embeddings_core.cards import cut
from embeddings_core.fingerprints import fingerprint
from embeddings_core.space import Floats

ENDS = 5
"""Items that are listed at either end."""
DRAWN = 5000
"""Items of the plot at most."""


def axis_section(space: ec.Space, *, reads_text: bool) -> None:
    """Draw the section; without `reads_text` only selections can be poles."""
    section = st.expander("An axis between two poles", key="axis", icon=":material/straighten:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        scores = _axis(space, "", reads_text)
        if scores is None:
            return
        label = _label("")
        st.button(
            "Color the map", key="axis_color", icon=":material/palette:", on_click=_color, args=(space, label, scores),
            help="Each item by its place between the poles.",
        )  # fmt: skip
        _ends(space, scores)
        if st.toggle("A second axis", key="axis_second", help="Plots the items along both."):
            across = _axis(space, "_2", reads_text)
            if across is not None:
                _plot(space, scores, across)


def _axis(space: ec.Space, which: str, reads_text: bool) -> Floats | None:
    """The fields of one axis, and its scores (n,) once both poles are there."""
    low, high = f"axis_low{which}", f"axis_high{which}"
    for column, key, name, example in zip(
        st.columns(2), (low, high), ("From", "To"), ("cheap\na bargain", "expensive\na luxury"), strict=True
    ):
        with column:
            _pole(key, name, example, len(space), reads_text)
    poles = [_given(key) for key in (low, high)]
    if any(len(pole) == 0 for pole in poles):  # type: ignore[arg-type]
        st.caption("Name both poles to see what lies toward each: a few words for it, or selected items.")
        return None
    key = f"axis-{space.fingerprint}-{fingerprint(poles)}"
    return waiting.computed(f"axis{which}", key, "Measuring", waiting.silent(ec.axis), space, *poles)


def _pole(key: str, name: str, example: str, n: int, reads_text: bool) -> None:
    state = get_state()
    history = state.selecting(n)
    if key in state.poles:
        st.markdown(f"{name}: {_name(key)}")
        st.button(
            "Type instead" if reads_text else "Take away",
            key=f"{key}_drop",
            type="tertiary",
            on_click=_drop,
            args=(key,),
        )
        return
    if reads_text:
        st.text_area(
            name, placeholder=example, height=96, help="One example a line.",
            **tie(key, state.examples.get(key, ""), lambda text: _write(key, text)),
        )  # fmt: skip
    else:
        st.markdown(name)
    st.button(
        "Use the selection", key=f"{key}_take", type="tertiary", disabled=not history.count, on_click=_take,
        args=(key, n), help="The mean of the selected items." if history.count else "Nothing is selected.",
    )  # fmt: skip


def _write(key: str, text: str) -> None:
    get_state().examples[key] = text


def _take(key: str, n: int) -> None:
    get_state().poles[key] = np.flatnonzero(get_state().selecting(n).now)


def _drop(key: str) -> None:
    get_state().poles.pop(key, None)


def lines(text: str) -> list[str]:
    """The examples in a text, one a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _given(key: str) -> Pole:
    state = get_state()
    return state.poles[key] if key in state.poles else lines(state.examples.get(key, ""))


def _name(key: str) -> str:
    """A pole's name: its first example, or how many items it has."""
    items = get_state().poles.get(key)
    if items is not None:
        return f"{len(items):,} item{'s' if len(items) != 1 else ''}"
    texts = lines(get_state().examples.get(key, ""))
    return cut(texts[0], 24) if texts else ""


def _label(which: str) -> str:
    return f"{_name(f'axis_low{which}')} → {_name(f'axis_high{which}')}"


def _color(space: ec.Space, label: str, scores: Floats) -> None:
    state = get_state()
    state.measure((state.dataset, space.encoder), label, scores)


def _ends(space: ec.Space, scores: Floats) -> None:
    order = np.argsort(scores, kind="stable")
    count = min(ENDS, len(order))
    for key, items in (("axis_low", order[:count]), ("axis_high", order[::-1][:count])):
        st.markdown(f"**Most toward {plain(_name(key))}**")
        draw_items(space.dataset, items.tolist(), [f"{scores[item]:.2f}" for item in items], key=f"{key}_list")
    st.caption("Score: 0 is where the first pole is on average, 1 where the second is. Items may lie beyond.")


# -- two axes --------------------------------------------------------------------------------------


def _plot(space: ec.Space, across: Floats, up: Floats) -> None:
    drawn = np.arange(len(space))
    if len(drawn) > DRAWN:
        drawn = np.sort(np.random.default_rng(0).choice(len(space), DRAWN, replace=False))
    names = _label(""), _label("_2")
    st.plotly_chart(
        figure(across[drawn], up[drawn], [space.dataset.captions[item] for item in drawn], names), key="axis_plot",
        config={"displayModeBar": False}, alt=f"{len(drawn):,} items as dots: across {names[0]}, up {names[1]}.",
    )  # fmt: skip
    if len(drawn) < len(space):
        st.caption(f"A sample of {len(drawn):,} of {len(space):,} items is drawn, chosen at random with seed 0.")


def figure(across: Floats, up: Floats, captions: list[str], names: tuple[str, str]) -> dict[str, Any]:
    """A Plotly figure of dots (m,) along two axes with `names`."""
    words = [wrapped(caption) for caption in captions]
    dots = {
        "type": "scattergl", "mode": "markers", "x": across, "y": up, "text": words,
        "marker": {"size": 6, "opacity": 0.7}, "hovertemplate": "%{text}<br>%{x:.2f}, %{y:.2f}<extra></extra>",
    }  # fmt: skip
    sides = {
        f"{side}axis": {"title": {"text": escape(name, quote=False)}} for side, name in zip("xy", names, strict=True)
    }
    return {"data": [dots], "layout": {"height": 380, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, **sides}}


def wrapped(text: str, width: int = 40, longest: int = 120) -> str:
    """A text from data for Plotly's hover, which reads some markup: cut, in lines, and nothing in it is markup."""
    words, rows = cut(" ".join(text.split()), longest), []
    while words:
        at = words.rfind(" ", 0, width + 1) if len(words) > width else len(words)
        at = at if at > 0 else width
        rows.append(escape(words[:at], quote=False))
        words = words[at:].lstrip()
    return "<br>".join(rows)

"""The panel that tells how far the map can be trusted."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import embeddings_core as ec
from components import waiting
from components.charts import draw_curves
from components.feedback import plain, shown
from components.marks import Line
from components.state import get_state, tie
from components.trusting.checks import null_section, wobble_section
from components.trusting.diagnosis import diagnosis_section
from components.trusting.figures import FIGURES, FIRST, meter, sampled, variance
from components.trusting.groups import groups_section
from components.trusting.meters import draw_meters
from components.trusting.points import (
    SHADES,
    lines_of,
    shade_row,
    shades,
    torn_of,
    trust_lines,
    worst_lines,
    worst_list,
)
from embeddings_core.coloring import Coloring

MOST = 100
"""Neighbors that are counted at most."""


class Told(NamedTuple):
    """What was drawn of a map's `trust`, where there is room for the `verdict`, and `lines` for the map."""

    trust: ec.Trust
    verdict: DeltaGenerator
    lines: tuple[Line, ...]


def trust_panel(space: ec.Space, plane: ec.Projection) -> Told | None:
    """Draw the first part of the panel; None while the map is measured."""
    with shown():
        found = measured(space, plane)
        if found is not None:
            verdict = st.container(key="verdict")
            _figures(space, plane, found)
            shade_row(space, plane, found)
            lines = trust_lines(space, plane, found)
            worst_list(space, found)
            return Told(found, verdict, lines)
    return None


def lines_shown(space: ec.Space, plane: ec.Projection) -> tuple[Line, ...]:
    """The lines that the panel puts on the map, without the panel; only progress is drawn."""
    state, lines = get_state(), []
    if state.trust_worst and (found := measured(space, plane)) is not None:
        lines += worst_lines(space, plane, found)
    if state.item is not None and state.item < len(space):
        wrong = torn_of(space, plane, state.item, chosen_k(len(space)))
        lines += [] if wrong is None else lines_of(wrong)
    return tuple(dict.fromkeys(lines))


def color_by_trust(space: ec.Space, plane: ec.Projection, shade: str) -> None:
    """Color the map by what a name in SHADES tells, as the panel does; only progress is drawn."""
    found = measured(space, plane)
    values = None if found is None else shades(space, plane, found, shade)
    if values is not None:
        state = get_state()
        state.measure((state.dataset, space.encoder), SHADES[shade][1], values, plane.fingerprint)


def trust_checks(space: ec.Space, plane: ec.Projection, told: Told, coloring: Coloring) -> None:
    """Draw what shows the `coloring` of the map, and the verdict, which depends on it."""
    with shown():
        groups_section(space, plane, coloring)
        null = null_section(space, plane, told.trust, coloring)
        told.verdict.markdown(plain(replace(told.trust, null=null).verdict))
        wobble_section(space, plane)
        diagnosis_section(space)


def measured(space: ec.Space, plane: ec.Projection) -> ec.Trust | None:
    """How far the map can be trusted; None while it is measured, which is shown here."""
    k = chosen_k(len(space))
    key = f"trust-{space.fingerprint}-{plane.fingerprint}-{k}"
    return waiting.computed("trust", key, "Comparing the map with the vectors", ec.trust, space, plane, k)


def chosen_k(n: int) -> int:
    """How many neighbors are counted, of `n` items: what was chosen is kept for data with more."""
    return max(1, min(get_state().trust_k, MOST, (n - 1) // 2))


def _figures(space: ec.Space, plane: ec.Projection, found: ec.Trust) -> None:
    n = len(space)
    draw_meters([meter(name, found, n) for name in FIRST], key="trust_first")
    if said := sampled(found, n):
        st.caption(said)
    with st.expander("All figures, and other numbers of neighbors", icon=":material/monitoring:"):
        most = min(MOST, (n - 1) // 2)
        if most > 1:
            st.slider(
                "Neighbors that count (k)", 1, most,
                help="How many of the nearest items are looked at, around each item.",
                **tie("trust_k", found.k, _choose_k),
            )  # fmt: skip
        curves = {
            "Trustworthiness": found.trustworthiness_at.tolist(),
            "Continuity": found.continuity_at.tolist(),
            "Neighbors kept": found.recall_at.tolist(),
        }
        draw_curves(found.ks.tolist(), curves, found.k, ("Neighbors", "1 is best"), key="trust_curve")
        rest = [meter(name, found, n) for name in FIGURES if name not in FIRST]
        more = variance(found, plane.dims, space.vectors.shape[1])
        draw_meters([*([more] if more else []), *rest], key="trust_rest")
        st.caption("The line across a bar is what chance would give; the gray part is the 95 % confidence interval.")


def _choose_k(k: int) -> None:
    get_state().trust_k = k

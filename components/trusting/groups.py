"""Whether groups that look close are close: beside the map in one sentence, in the panel pair by pair."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain
from components.state import get_state
from components.trusting.meters import Meter, draw_meters, figure
from embeddings_core.cards import cut
from embeddings_core.coloring import MOST, NOISE, REST, Coloring
from embeddings_core.fingerprints import fingerprint
from embeddings_core.space import Ints

SHOWN = 8
"""Pairs and groups that are listed, the worst ones."""


class Named(NamedTuple):
    """Groups: what they are called, and the one of each item, `labels` (n,), -1 for none."""

    names: tuple[str, ...]
    labels: Ints


def colored_groups(coloring: Coloring) -> Named | None:
    """The groups that the colors show; None where they show none, only one, or very many."""
    if coloring.kind != "category":
        return None
    rest = [code for code, color in enumerate(coloring.palette) if color in (NOISE, REST)]
    labels = np.where(np.isin(coloring.codes, rest), -1, coloring.codes.astype(np.int64))
    return Named(coloring.names, labels) if 2 <= len(np.unique(labels[labels >= 0])) <= MOST else None


def careful(space: ec.Space, plane: ec.Projection, coloring: Coloring) -> None:
    """Draw one sentence where the colored groups lie in another order than their vectors."""
    groups = colored_groups(coloring)
    if groups is None:
        return
    found = _distances(space, plane, groups, "careful")
    if found is not None and found.warning:
        st.caption(f":material/warning: Careful: {plain(found.warning)}")


def groups_section(space: ec.Space, plane: ec.Projection, coloring: Coloring) -> None:
    """Draw true against drawn distances of the groups that color the map, or of those that were found last."""
    st.markdown("**Can distances between groups be trusted?**")
    groups, last = colored_groups(coloring), get_state().found
    if groups is None and last is not None and last[0] == space.fingerprint and 2 <= len(last[1].names) <= MOST:
        groups = Named(last[1].names, last[1].labels)
    if groups is None:
        st.caption(f"Color the map by 2 to {MOST} categories, or find groups in the panel Groups, to compare them.")
        return
    found = _distances(space, plane, groups, "centers")
    if found is None:
        return
    agreement = Meter(
        "Order of the distances", figure(found.agreement),
        "Whether groups drawn far apart are far apart: 1 is the same order. Chance would give about 0.",
        None if np.isnan(found.agreement) else found.agreement, tick=0.0,
    )  # fmt: skip
    draw_meters([agreement], key="trust_groups")
    st.caption(
        plain(found.warning) if found.warning else "No pair of groups looks much closer, or farther, than it is."
    )
    with st.expander("Pair by pair", icon=":material/compare_arrows:"):
        st.plotly_chart(
            matrix(found),
            key="group_matrix",
            config={"displayModeBar": False},
            alt=f"Heat map of the distances between {len(found.names)} groups, true below the diagonal, drawn above.",
        )
        st.caption(
            "Distances between the centers of groups: true ones below the diagonal, drawn ones above it. On a map that "
            "tells them all, the two halves mirror each other."
        )  # fmt: skip
        st.dataframe(pairs(found), hide_index=True, row_height=28, key="group_pairs")
        st.caption("Distances between the centers of groups that the map tells worst. 1 is the mean true distance.")
        st.dataframe(widths(found), hide_index=True, row_height=28, key="group_widths")
        st.caption("How varied a group is, and how wide it is drawn. 1 is the mean.")


def _distances(space: ec.Space, plane: ec.Projection, groups: Named, purpose: str) -> ec.Centers | None:
    """Two places on a page ask for the same: both may show how far it is."""
    key = f"centers-{space.fingerprint}-{plane.fingerprint}-{fingerprint(*groups)}"
    return waiting.computed(
        purpose, key, "Comparing the groups", waiting.silent(ec.center_distances), space, plane, groups.labels,
        groups.names,
    )  # fmt: skip


def matrix(found: ec.Centers) -> dict[str, Any]:
    """A Plotly figure of the distances (g, g): true below the diagonal, drawn above it, which itself is blank."""
    g = len(found.names)
    below = np.tri(g, k=-1, dtype=bool)
    both = np.where(below, found.true, found.drawn)
    words = [escape(cut(name, 40), quote=False) for name in found.names]
    cells = {
        "type": "heatmap", "colorscale": "Viridis", "colorbar": {"thickness": 10, "title": {"text": "mean = 1"}},
        "z": [[None if a == b else float(both[a, b]) for b in range(g)] for a in range(g)],
        "text": [
            [f"{words[a]}<br>{words[b]}<br>{'true' if below[a, b] else 'drawn'} {both[a, b]:.2f}" for b in range(g)]
            for a in range(g)
        ],
        "hovertemplate": "%{text}<extra></extra>",
    }  # fmt: skip
    names = [escape(cut(name, 14), quote=False) for name in found.names]
    ticks = {"tickvals": list(range(g)), "ticktext": names, "showgrid": False}
    layout = {
        "height": 360, "margin": {"l": 8, "r": 8, "t": 8, "b": 8}, "xaxis": {**ticks, "tickangle": -60},
        "yaxis": {**ticks, "autorange": "reversed"},
    }  # fmt: skip
    return {"data": [cells], "layout": layout}


def pairs(found: ec.Centers) -> pd.DataFrame:
    """The pairs whose drawn distance is the most wrong, for its true one."""
    one, other = np.triu_indices(len(found.groups), 1)
    true, drawn = found.true[one, other], found.drawn[one, other]
    worst = _worst(true, drawn)
    names = [f"{found.names[a]} · {found.names[b]}" for a, b in zip(one[worst], other[worst], strict=True)]
    return pd.DataFrame({"Groups": names, "True": true[worst].round(2), "Drawn": drawn[worst].round(2)})


def widths(found: ec.Centers) -> pd.DataFrame:
    """The groups whose width is the most wrong, for how varied they are."""
    worst = _worst(found.spreads, found.drawn_spreads)
    names = [found.names[group] for group in worst]
    return pd.DataFrame(
        {"Group": names, "Varied": found.spreads[worst].round(2), "Drawn": found.drawn_spreads[worst].round(2)}
    )


def _worst(true: np.ndarray, drawn: np.ndarray) -> Ints:
    """Places (up to 8,) of where one is the most times the other, the worst first."""
    least = 1e-9  # so that nothing is many times as much, and not infinitely
    times = np.abs(np.log((drawn + least) / (true + least)))
    return np.argsort(-times, kind="stable")[:SHOWN]

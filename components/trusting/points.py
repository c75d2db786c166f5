"""How far the map can be trusted item by item: as colors, as a list of the worst, and as lines on the map."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.app_state import MEASURE, AppState
from components.feedback import plain
from components.items.items import draw_items
from components.marks import Line
from components.state import bind, get_state, rerun, tie
from embeddings_core.cards import cut
from embeddings_core.space import Floats, Ints

LISTED, LINED = 8, 100
"""The worst items: how many are listed, and how many may have lines."""
SHADES = {
    "point_recall": ("Neighbors kept", "Share of neighbors kept"),
    "point_trust": ("Strangers near", "Trustworthiness: low with strangers near"),
    "point_continuity": ("Torn away", "Continuity: low with neighbors torn away"),
}
"""Fields of Trust that can color the map: what the button says, what the legend says."""


def forget_color(plane: ec.Projection) -> None:
    """Colors that tell something about another map than `plane` are none of this one."""
    state = get_state()
    if state.measured is not None and state.measured.map not in ("", plane.fingerprint):
        state.measured = None
        if state.color == MEASURE:
            state.color = ""
            rerun()


def shade_row(space: ec.Space, plane: ec.Projection, found: ec.Trust) -> None:
    """Draw the choice of what the map is colored by; while one is on, the colors follow the map."""
    state = get_state()
    on = shade_of(state)
    st.segmented_control(
        "Color the map by trust", list(SHADES), format_func=lambda name: SHADES[name][0],
        help="Of each item: which share of its neighbors the map keeps, how few strangers are drawn near it, how few "
        "of its neighbors are drawn far away. 1 is best, 0 is worst.",
        **tie("trust_color", on, lambda name: _choose(space, plane, found, name)),
    )  # fmt: skip
    if on is None:
        forget_color(plane)
        return
    values = shades(space, plane, found, on)
    if values is None or state.measured is None:
        return
    state.measured = state.measured._replace(values=values, map=plane.fingerprint)
    if np.isnan(values).any():
        st.caption("Items that were not measured are gray.")


def shade_of(state: AppState) -> str | None:
    """The field of Trust that colors the map now."""
    if state.color != MEASURE or state.measured is None:
        return None
    return next((name for name, (_, legend) in SHADES.items() if legend == state.measured.label), None)


def _choose(space: ec.Space, plane: ec.Projection, found: ec.Trust, name: str | None) -> None:
    state = get_state()
    if name is None:
        state.color, state.hidden = "", ""
    else:
        of = (state.dataset, space.encoder)
        state.measure(of, SHADES[name][1], getattr(found, name), plane.fingerprint)


def shades(space: ec.Space, plane: ec.Projection, found: ec.Trust, name: str) -> Floats | None:
    """What is known of each item, (n,), of what a name in SHADES tells; None while it is looked for. Of neighbors kept
    all is known, even where the rest is a sample."""
    if name != "point_recall" or found.sampled == len(space):
        values: Floats = getattr(found, name)
        return values
    key = f"recall-{space.fingerprint}-{plane.fingerprint}-{found.k}"
    return waiting.computed(
        "recall", key, "Looking at every item", ec.point_recall, space, plane, found.k, counts="share"
    )


def worst_list(space: ec.Space, found: ec.Trust) -> None:
    """Draw the items of which the map tells least; a click picks one."""
    items = found.worst(LISTED)
    items = items[found.point_trust[items] + found.point_continuity[items] < 2]
    if not len(items):
        st.caption("The map is wrong about no item.")
        return
    st.markdown("**Where the map is most wrong**")
    notes = [
        f"{found.point_recall[item]:.0%} of neighbors kept · trustworthiness {found.point_trust[item]:.2f} · "
        f"continuity {found.point_continuity[item]:.2f}"
        for item in items
    ]
    with st.container(key="worst"):
        draw_items(space.dataset, items.tolist(), notes=notes, key="worst_list")


def trust_lines(space: ec.Space, plane: ec.Projection, found: ec.Trust) -> tuple[Line, ...]:
    """Draw what is wrong about the picked item, and the choice of lines; the lines for the map."""
    state, lines = get_state(), []
    st.toggle(
        f"Lines for the worst {min(LINED, found.sampled)}",
        help="From each of them to the nearest neighbor that is torn away, and to the nearest stranger.",
        **bind("trust_worst"),
    )  # fmt: skip
    if state.trust_worst:
        lines += worst_lines(space, plane, found)
    item = state.item
    if item is not None and item < len(space):
        wrong = torn_of(space, plane, item, found.k)
        if wrong is not None:
            lines += lines_of(wrong)
            st.markdown(told(space.dataset.captions[item], wrong))
    elif not state.trust_worst:
        st.caption("Click an item, here or on the map, to see which of its neighbors are torn away.")
    if lines:
        st.caption(
            ":orange[**Orange**]: truly near, but drawn far away. :blue[**Blue**, dashed]: drawn near, but a stranger."
        )
    return tuple(dict.fromkeys(lines))


def told(caption: str, wrong: ec.Torn) -> str:
    """What the map gets wrong about one item, in Markdown."""
    torn, strangers, k = len(wrong.torn), len(wrong.strangers), wrong.k
    return (
        f"“{plain(cut(caption, 80))}”: of its {k} nearest, **{torn}** {'is' if torn == 1 else 'are'} drawn elsewhere; "
        f"of the {k} drawn nearest, **{strangers}** {'is a stranger' if strangers == 1 else 'are strangers'}."
    )


def worst_lines(space: ec.Space, plane: ec.Projection, found: ec.Trust) -> list[Line]:
    """The lines of the items of which the map tells least; none while they are looked for."""
    worst = _torn(space, plane, found.worst(LINED), found.k, "worst")
    return [] if worst is None else [*_first(worst.torn, "torn"), *_first(worst.strangers, "false")]


def torn_of(space: ec.Space, plane: ec.Projection, item: int, k: int) -> ec.Torn | None:
    """What is wrong about the `k` neighbors of an item; None while it is looked for."""
    return _torn(space, plane, np.array([item]), k, "picked")


def lines_of(wrong: ec.Torn) -> list[Line]:
    """A line to everything that is wrong about an item."""
    torn = [Line(*pair, "torn") for pair in wrong.torn.tolist()]
    return torn + [Line(*pair, "false") for pair in wrong.strangers.tolist()]


def _torn(space: ec.Space, plane: ec.Projection, items: Ints, k: int, what: str) -> ec.Torn | None:
    key = f"torn-{space.fingerprint}-{plane.fingerprint}-{k}-{what}-{items[0]}"
    return waiting.computed(f"torn {what}", key, "Looking for what is torn", ec.torn, space, plane, items, k)


def _first(pairs: Ints, kind: str) -> Iterator[Line]:
    """One line for each item: to the nearest of the others that it is paired with."""
    seen: set[int] = set()
    for start, end in pairs.tolist():
        if start not in seen:
            seen.add(start)
            yield Line(start, end, kind)  # type: ignore[arg-type]

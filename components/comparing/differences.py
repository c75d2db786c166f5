"""How the neighborhoods of two sides differ: in numbers, for each item, and for the one that is picked."""

from __future__ import annotations

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.comparing.agreeing import agreeing_section
from components.comparing.maps import Seen
from components.comparing.sides import NAMES
from components.feedback import shown
from components.items.items import draw_items
from components.map.map import Marks
from components.marks import Line
from components.state import get_state
from embeddings_core.compare import Changes, Comparison
from embeddings_core.report.meanings import COMPARISON

SHOWN = 12
"""Movers that are listed."""
FEW = 4000
"""Items up to which CKA is told without what few items in many dimensions share by chance."""


def compared(first: Seen, second: Seen, k: int) -> Comparison | None:
    """The comparison of two sides; of two maps of one space it is that of the maps. What it takes is drawn here."""
    one, other = views(first, second)
    k = max(1, min(k, len(first.space) - 1))
    key = f"compare-{one.fingerprint}-{other.fingerprint}-{k}"
    with shown():
        return waiting.computed(
            "compare", key, "Comparing the neighborhoods", ec.compare, one, other, k, counts="share"
        )
    return None


def views(first: Seen, second: Seen) -> tuple[ec.Space | ec.Projection, ec.Space | ec.Projection]:
    """What is compared of two sides: their spaces, or where these are one and the same, their maps."""
    if first.space.fingerprint == second.space.fingerprint:
        return first.made, second.made
    return first.space, second.space


def marks_of(found: Comparison | None, item: int | None) -> list[Marks]:
    """What both maps point out: the picked item, its neighbors, who left and who came."""
    if found is None or item is None:
        return [Marks(item=item), Marks(item=item)]
    changes = _changes(found, item)
    if changes is None:
        return [Marks(item=item), Marks(item=item)]
    stayed = tuple(changes.stayed.tolist())
    left, came = (
        tuple(Line(item, int(other), kind) for other in items)  # type: ignore[arg-type]
        for items, kind in ((changes.left, "left"), (changes.came, "came"))
    )
    return [Marks(item=item, neighbors=stayed, lines=(*left, *came)) for _ in range(2)]


def marks_on(count: int, other: int, found: Comparison | None, item: int | None) -> list[Marks]:
    """What each of `count` maps points out, where the first is compared with the one at `other`."""
    pair = marks_of(found, item)
    return [pair[0], *(pair[1] if place == other else Marks(item=item) for place in range(1, count))]


def _changes(found: Comparison, item: int) -> Changes | None:
    try:
        return found.changes(item)
    except ec.InputError:
        return None


def headline(found: Comparison, maps: bool) -> str:
    """The overlap in one plain sentence."""
    where = "on both maps" if maps else "to both encoders"
    exact = "" if not found.sampled else f" (of {len(found.measured):,} items, drawn by chance)"
    return (
        f"Of the {found.k} items nearest to an item, **{found.k * found.overlap:.1f}** are the same {where}{exact}; "
        f"chance would leave {found.k * found.chance:.1f}."
    )


def differences(first: Seen, second: Seen, found: Comparison) -> None:
    """Draw the numbers, the items whose neighborhoods differ most, and the picked item's changes."""
    maps = isinstance(views(first, second)[0], ec.Projection)
    _numbers(found, maps)
    agreeing_section(first, second)
    state, dataset = get_state(), first.space.dataset
    left, right = st.columns(2, gap="medium")
    with left, st.container(key="movers"):
        st.markdown("**Biggest movers**")
        overlap = dict(zip(found.items.tolist(), found.point_overlap.tolist(), strict=True))
        items = [item for item in found.movers[:SHOWN].tolist() if overlap[item] < 1]
        if items:
            st.caption("The items whose neighborhoods have least in common. Click one to see who left and who came.")
            draw_items(dataset, items, [f"{overlap[item]:.0%} kept" for item in items], key="movers_list")
        else:
            st.caption("There are none: every neighborhood is the same on both sides.")
        st.button(
            "Color by how much stays", key="color_overlap", icon=":material/palette:", type="tertiary",
            on_click=_color, args=(first, found),
        )  # fmt: skip
    with right, st.container(key="changes"):
        st.markdown("**The picked item**")
        changes = None if state.item is None else _changes(found, state.item)
        if changes is None:
            st.caption("Click an item on a map, or in the list, to see which of its neighbors stay.")
            return
        draw_items(dataset, [changes.item], [""], key="changed_item")
        for name, items_of, words in (
            ("stayed", changes.stayed, "In both"),
            ("left", changes.left, f"Only in {NAMES[0]} (orange line)"),
            ("came", changes.came, f"Only in {NAMES[1]} (blue line, dashed)"),
        ):
            if len(items_of):
                st.caption(f"{words}: {len(items_of)}")
                draw_items(dataset, items_of.tolist(), [""] * len(items_of), key=f"changes_{name}")


def _numbers(found: Comparison, maps: bool) -> None:
    whole = "cka_debiased" if len(found.items) < FEW else "cka"
    told = [
        (COMPARISON["overlap"].label, f"{found.overlap:.0%}", COMPARISON["overlap"].says),
        ("By chance", f"{found.chance:.0%}", "What two spaces that have nothing in common would share."),
    ]
    for name in (whole, "rsa", *(["disparity"] if maps else [])):
        told.append((COMPARISON[name].label, _figure(getattr(found, name)), COMPARISON[name].says))
    with st.container(horizontal=True, gap="medium", key="compared_numbers"):
        for label, value, words in told:
            st.metric(label, value, help=words, width="content")


def _figure(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.2f}"


def _color(first: Seen, found: Comparison) -> None:
    values = np.full(len(first.space), np.nan, dtype=np.float32)
    values[found.items] = found.point_overlap
    state = get_state()
    state.measure((state.dataset, first.side.encoder), f"Share of the {found.k} neighbors that stay", values)

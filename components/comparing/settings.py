"""The first map with other settings, or other seeds: many small maps, with how far each can be trusted."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.comparing.maps import Seen
from components.comparing.sides import Side
from components.feedback import shown
from components.multiples.multiples import Cell, draw_multiples
from components.published import Held
from components.state import bind, get_state, rerun
from embeddings_core.coloring import Coloring
from embeddings_core.compare.sweeps import MOST, Tried, combinations, drawn, part_of, sweep, varied
from embeddings_core.fingerprints import fingerprint

VARIED = {"settings": "Settings", "seeds": "Seeds"}
SEEDS = 8
_arrived = Held[tuple[Tried, ...]](8)
"""What a sweep has found so far, by the name of its job."""

Try = tuple[dict[str, Any], int]


def settings_section(first: Seen, coloring: Coloring, use: Any) -> None:
    """Draw the section; `use(side)` gets the first side with what was clicked."""
    side, n = first.side, len(first.space)
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        what = st.segmented_control(
            "What to vary", list(VARIED), format_func=lambda name: VARIED[name], required=True,
            label_visibility="collapsed", **bind("varied", list(VARIED)),
        )  # fmt: skip
        st.caption(
            "The same map with other settings. What looks different from one to the next is the settings' doing; what "
            "stays is in the data. Click one to use it."
            if what == "settings"
            else "The same map from other random starts. Only what stays from one to the next can be relied on."
        )
    if what == "settings" and not varied(side.spec):
        st.caption(f"{side.spec.label} has no settings that would give another map.")
        return
    tries = _tries(side, what, min(n, MOST))
    if n > MOST:
        st.caption(f"Drawn of {MOST:,} items that chance has chosen, of {n:,}: a map of all would take too long here.")
    key = f"sweep-{first.space.fingerprint}-{fingerprint(side, tries)}"
    if ec.find_job(key) is None and get_state().swept != key:
        st.button(f"Draw {len(tries)} maps", key="sweep", icon=":material/grid_view:", on_click=_ask, args=(key,))
        return
    with shown():
        _grid(key, first, tries, coloring, use)


def _ask(key: str) -> None:
    get_state().swept = key


def _tries(side: Side, what: str, n: int) -> list[Try]:
    if what == "seeds":
        return [({}, seed) for seed in range(SEEDS)]
    return [(settings, side.seed) for settings in combinations(side.spec, n)]


def _swept(key: str, first: Seen, tries: list[Try], progress: ec.Progress) -> list[Tried]:
    def arrived(tried: Tried) -> None:
        _arrived.replace(key, (*(_arrived.get(key) or ()), tried))

    _arrived.replace(key, ())
    own = dict(first.side.settings)
    return sweep(
        part_of(first.space), first.side.projection, tries, arrived=arrived, progress=progress, **own
    )  # fmt: skip


def _grid(key: str, first: Seen, tries: list[Try], coloring: Coloring, use: Any) -> None:
    job: ec.Job[list[Tried]] = ec.find_job(key) or ec.submit(partial(_swept, key, first, tries), key=key)
    job.wait(waiting.AT_ONCE)
    if job.running:
        _live(key, first, tries, coloring, use)
        return
    if job.state != "done":
        waiting.ended(job, key, partial(ec.submit, partial(_swept, key, first, tries), key=key), "share")
    _draw(tuple(job.result()) if job.state == "done" else _arrived.get(key) or (), first, tries, coloring, use)


@st.fragment(run_every=1)
def _live(key: str, first: Seen, tries: list[Try], coloring: Coloring, use: Any) -> None:
    job = ec.find_job(key)
    if job is None or not job.running:
        rerun()
    else:
        waiting.progress(job, key, "Drawing the maps", counts="share")
        _draw(_arrived.get(key) or (), first, tries, coloring, use)


def _draw(found: tuple[Tried, ...], first: Seen, tries: list[Try], coloring: Coloring, use: Any) -> None:
    labels = {param.name: param.label for param in first.side.spec.params}
    now = dict(first.side.settings)
    usual = {param.name: param.default for param in first.side.spec.params}
    cells = []
    for at, (settings, seed) in enumerate(tries):
        title = " · ".join(f"{labels[name]} {value}" for name, value in settings.items()) or f"Seed {seed}"
        tried = found[at] if at < len(found) else None
        chosen = seed == first.side.seed and all(now.get(k, usual[k]) == value for k, value in settings.items())
        note = (
            f"{tried.trust.knn_recall:.0%} of neighbors kept\ntrustworthiness {tried.trust.trustworthiness:.2f}"
            if tried else "…"
        )  # fmt: skip
        cells.append(Cell(title, tried.plane if tried else None, note, chosen))
    second = {tuple(settings.values())[1] for settings, _ in tries if len(settings) > 1}
    draw_multiples(
        cells, coloring.take(drawn(len(first.space))) if len(first.space) > MOST else coloring,
        lambda place: use(_with(first.side, *tries[place])), columns=len(second) or 4, key="multiples",
    )  # fmt: skip
    st.caption(
        "Of the 15 items drawn nearest to one, how many are truly among its 15 nearest, on average; and "
        "trustworthiness, 1 where no stranger is drawn near, about .5 by chance."
    )


def _with(side: Side, settings: dict[str, Any], seed: int) -> Side:
    for name, value in settings.items():
        side = side.with_setting(name, value)
    return side._replace(seed=seed)

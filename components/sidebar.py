"""The controls beside the map: which data, which encoder, which projection, which color."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import cached
from components.app_state import MEASURE, AppState
from components.chooser import choose_encoder
from components.controls import chosen_settings, method_settings, one_of
from components.encoding import default_encoder
from components.feedback import plain
from components.links import SEEDS
from components.state import bind, get_state, tie
from embeddings_core.coloring import Coloring, color_by, no_color
from embeddings_core.encoders import split_settings
from embeddings_core.space import Ints

CLUSTER, NONE, COLUMN = "@cluster", "@none", "@column:"
"""Choices of color that are no column."""


def known_data() -> dict[str, str]:
    """What can be opened, and what it is called: samples by id, then what was brought by its fingerprint."""
    samples = {sample.id: sample.label for sample in ec.samples()}
    return samples | {kept.fingerprint: f"{kept.name} · {kept.rows:,}" for kept in ec.get_store().datasets()}


def choose_data(state: AppState) -> ec.Dataset:
    """The chooser of datasets, samples first; falls back to the first sample when one is gone."""
    names = known_data()
    if state.dataset not in names:
        st.warning("The data of this link is not here. Bring it again on the Data page.", icon=":material/link_off:")
        state.open(next(iter(names)))
    dataset = cached.dataset(state.dataset)
    st.selectbox(
        "Data", list(names), format_func=lambda key: names[key], help=plain(dataset.description) or None,
        **tie("dataset", state.dataset, lambda key: get_state().open(key)),
    )  # fmt: skip
    st.page_link("../pages/data.py", label="Bring your own", icon=":material/upload:")
    if said := " · ".join(filter(None, (dataset.source, dataset.license))):
        st.caption(plain(said))
    return dataset


def chosen_encoder(state: AppState, dataset: ec.Dataset) -> str:
    """The id of the chosen encoder, or of the one that suits the data."""
    ready = dataset.vectors is not None
    readable = {spec.id for spec in ec.encoders_for(dataset.kind, ready=ready)}
    if split_settings(state.encoder)[0] in {spec.id for spec in ec.encoders()} - readable:
        state.encoder = ""  # another kind of data is open now
    return state.encoder or default_encoder(state.dataset, dataset.kind, ready=ready)


def choose_space(state: AppState, dataset: ec.Dataset) -> str:
    """The chooser of encoders; returns the id of the chosen one."""
    ready = dataset.vectors is not None
    fallback = default_encoder(state.dataset, dataset.kind, ready=ready)
    chosen = chosen_encoder(state, dataset)

    def change(encoder: str) -> None:
        get_state().encoder = "" if encoder == fallback else encoder

    if state.asked_encoder:
        confirm_encoder(state)
    return choose_encoder(dataset.kind, chosen, change, ready=ready)


def confirm_encoder(state: AppState) -> None:
    """Loading a model from a folder or a hub is the visitor's decision, not that of whoever made the link."""

    def decide(encoder: str) -> None:
        get_state().encoder, get_state().asked_encoder = encoder, ""

    st.info(f"This link asks for the encoder {plain(state.asked_encoder[:200])}. Use it only if you know it.")
    st.button("Use it", key="use_encoder", on_click=decide, args=(state.asked_encoder,))
    st.button("No", key="no_encoder", type="tertiary", on_click=decide, args=("",))


def choose_projection(state: AppState) -> None:
    """The chooser of projections with their settings."""

    def change(method: str) -> None:
        get_state().projection = method

    if state.projection not in {spec.id for spec in ec.projections()}:
        state.projection = AppState.projection
    spec = one_of("Projection", "projection", ec.projections(), state.projection, change)
    st.segmented_control(
        "Dimensions", [2, 3], required=True, format_func=lambda dims: f"{dims}-D",
        help="How many dimensions the map has. In 3-D, drag to turn it.", **bind("dims", [2, 3]),
    )  # fmt: skip
    chosen_settings(spec)
    with st.expander("Settings"):
        method_settings(spec)
        st.number_input("Seed", 0, SEEDS, step=1, help="Same data, settings and seed: same map.", **bind("seed"))


def choose_color(state: AppState, encoder: str) -> str:
    """The chooser of colors; returns the chosen one as `chosen_color` does."""
    words, value = chosen_color(state, encoder)

    def change(color: str) -> None:
        get_state().color, get_state().hidden = color, ""

    return st.selectbox(
        "Color", list(words), format_func=lambda color: words[color],
        help="What the colors of the map say.", **tie("color", value, change),
    )  # fmt: skip


def chosen_color(state: AppState, encoder: str) -> tuple[dict[str, str], str]:
    """What the map can be colored by, with names, and the chosen one: a column (see `column_of`), CLUSTER, what was
    measured (MEASURE) or NONE."""
    columns, best = cached.columns_to_color(state.dataset)
    words = {f"{COLUMN}{column}" if column.startswith("@") else column: column for column in columns}
    words |= {CLUSTER: "Cluster", NONE: "One color for all"}
    if state.measured is not None and state.measured.of == (state.dataset, encoder):
        words[MEASURE] = state.measured.label
    if state.color not in words:
        state.color = ""
    return words, state.color or next((option for option in words if words[option] == best), NONE)


def column_of(color: str) -> str:
    """The column that a chosen color names; a column whose name begins with @ is told apart by a prefix."""
    return color.removeprefix(COLUMN)


def colored(state: AppState, n: int, color: str, rows: Ints | None = None, groups: Coloring | None = None) -> Coloring:
    """The colors that were chosen, of `n` items, or of those at `rows`; one for all until the groups are found."""
    if color == CLUSTER and groups is not None:
        return groups
    if color == MEASURE and state.measured is not None and len(state.measured.values) == n:
        return color_by(state.measured.label, pd.Series(state.measured.values))
    if color in (CLUSTER, NONE, MEASURE):
        return no_color(n)
    coloring = cached.column_coloring(state.dataset, column_of(color))
    return coloring if rows is None else coloring.take(rows)

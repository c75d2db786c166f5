"""The choosers of what is compared: one column a side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

import embeddings_core as ec
from components.app_state import AppState
from components.comparing.sides import MOST, NAMES, Side, readable_sides, to_text
from components.controls import setting
from components.links import SEEDS
from components.state import bind, get_state, tie
from embeddings_core.encoders import split_settings
from embeddings_core.offers import Offer, offers


def sides_of(state: AppState, dataset: ec.Dataset, encoder: str) -> tuple[Side, ...]:
    """What is compared; at first the map that Explore shows, beside an encoder that needs no model, or else PCA."""
    chosen = readable_sides(state.sides)
    readable = {spec.id for spec in ec.encoders_for(dataset.kind, ready=dataset.vectors is not None)}
    if chosen and all(split_settings(side.encoder)[0].partition(":")[0] in readable for side in chosen):
        return chosen
    now = Side(encoder, state.projection, state.seed)
    instant = [offer.spec.id for offer in _usable(dataset) if offer.spec.instant and offer.spec.id != encoder]
    return (now, now._replace(encoder=instant[0]) if instant else now._replace(projection="pca"))


def choose_sides(dataset: ec.Dataset, sides: tuple[Side, ...]) -> None:
    """Draw one column a side; a change is in the state at once."""
    labels = {offer.spec.id: offer.spec.label for offer in _usable(dataset)}
    for place, column in enumerate(st.columns(len(sides), gap="medium")):
        with column:
            _side(place, sides, labels)


def _usable(dataset: ec.Dataset) -> list[Offer]:
    found = offers(dataset.kind, ready=dataset.vectors is not None)
    return [offer for offer in found if offer.place in ("here", "cached")]


def _side(place: int, sides: tuple[Side, ...], labels: dict[str, str]) -> None:
    side, name = sides[place], NAMES[place]

    def change(new: Side) -> None:
        get_state().sides = to_text((*sides[:place], new, *sides[place + 1 :]))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=f"side-{place}"):
        st.selectbox(
            f"{name}: encoder", list(dict.fromkeys([*labels, side.encoder])),
            format_func=lambda id: labels.get(id, id), width="stretch",
            **tie(f"side-encoder-{place}", side.encoder, lambda id: change(side._replace(encoder=id))),
        )  # fmt: skip
        methods = {spec.id: spec.label for spec in ec.projections()}
        st.selectbox(
            f"{name}: projection", list(methods), format_func=lambda id: methods[id], width=130,
            **tie(
                f"side-projection-{place}", side.projection,
                lambda id: change(side._replace(projection=id, settings=())),
            ),
        )  # fmt: skip
        with st.popover("Settings", icon=":material/tune:", key=f"side-settings-{place}"):
            _settings(place, side, change)
        if len(sides) > 2:
            st.button(
                "Remove", key=f"side-remove-{place}", type="tertiary", on_click=put_sides,
                args=((*sides[:place], *sides[place + 1 :]),),
            )  # fmt: skip
        if place == len(sides) - 1 and len(sides) < MOST:
            st.button(
                "Add", key="side-add", icon=":material/add:", type="tertiary", on_click=put_sides,
                args=((*sides, side),), help="One more beside these, at first like the last.",
            )  # fmt: skip


def put_sides(sides: tuple[Side, ...]) -> None:
    """Compare these."""
    get_state().sides = to_text(sides)


def _settings(place: int, side: Side, change: Any) -> None:
    own = dict(side.settings)
    for param in side.spec.params:

        def changed(value: Any, name: str = param.name) -> None:
            change(side.with_setting(name, value))

        setting(f"side-{place}-{side.projection}-{param.name}", param, own.get(param.name, param.default), changed)
    st.number_input(
        "Seed", 0, SEEDS, step=1, help="Same data, settings and seed: same map.",
        **tie(f"side-seed-{place}", side.seed, lambda seed: change(side._replace(seed=int(seed)))),
    )  # fmt: skip
    if st.button("Open in Explore", key=f"side-open-{place}", icon=":material/scatter_plot:", type="tertiary"):
        state = get_state()
        state.encoder, state.projection, state.seed = side.encoder, side.projection, side.seed
        state.settings[side.projection] = own
        st.switch_page("../pages/explore.py")


def choose_pair(found: Sequence[object]) -> int:
    """Which of more than two sides the first one is compared with."""
    if len(found) == 2:
        return 1
    places = list(range(1, len(found)))
    return st.segmented_control(
        "A with", places, format_func=lambda place: f"A and {NAMES[place]}", required=True,
        label_visibility="collapsed", **bind("pair", places),
    )  # fmt: skip

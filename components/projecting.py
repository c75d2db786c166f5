"""The map that is drawn: the chosen projection, or one that was made of fewer items and has grown since."""

from __future__ import annotations

from typing import Any

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.app_state import AppState
from components.controls import chosen_settings
from components.encoding import counted
from components.published import publish_map
from components.remembered import Grown, Shown
from components.state import get_state
from embeddings_core.growing import ENOUGH, drop_extended, fitted, keep_extended, kept_extended


def projected(space: ec.Space, *, growing: bool) -> ec.Projection | None:
    """The chosen projection; until it is there its progress is drawn here, and the map that was shown before stays.

    While the data is `growing`, and afterwards, it is the map of the first part, on which the rest is placed; that is
    kept, so that it is the same in the next session.
    """
    state = get_state()
    spec = _spec(state)
    settings = chosen_settings(spec)
    name = _name(state, settings)
    before = state.grown
    kept = None
    if before is None or before.name != name:
        kept = kept_extended(space, spec.id, state.dims, state.seed, settings)
        before = state.grown = Grown(name, space, kept) if kept is not None else None
    if before is not None and before.space.fingerprint != space.fingerprint:
        key = f"extend-{before.plane.fingerprint}-{space.fingerprint}"
        plane = waiting.computed("project", key, "Placing what is new", ec.extend, before.plane, before.space, space)
    elif before is not None:
        plane = before.plane
    else:
        key = f"project-{space.fingerprint}-{name}"
        plane = waiting.computed(
            "project", key, f"Drawing the map with {spec.label}", ec.project, space, spec.id,
            dims=state.dims, seed=state.seed, **settings,
        )  # fmt: skip
        base = growing and plane is not None and len(space) >= ENOUGH
        state.grown = Grown(name, space, plane) if base else None
    if plane is not None:
        drawn = state.shown.plane.fingerprint if state.shown else ""
        if plane.base and plane is not kept and plane.fingerprint != drawn:
            keep_extended(plane, space)
        state.shown = Shown(space.fingerprint, publish_map(plane).projection)
    return state.plane_of(space)


def grow_from(space: ec.Space, plane: ec.Projection) -> None:
    """Draw the data that is open, which holds items of `space`, on `plane`, a map of that space, until another map is
    asked for."""
    state = get_state()
    state.grown = Grown(_name(state, chosen_settings(_spec(state))), space, plane)


def _spec(state: AppState) -> ec.MethodSpec:
    return next(spec for spec in ec.projections() if spec.id == state.projection)


def _name(state: AppState, settings: dict[str, Any]) -> str:
    """How a map is made, and of what."""
    made = (state.projection, str(state.dims), str(state.seed), repr(sorted(settings.items())))
    return "-".join((state.dataset, state.encoder, *made))


def made_anew(encoder: str) -> str:
    """Why no map goes on where more data comes to an encoder that learns from it."""
    return (
        f"{ec.get_encoder(encoder).spec.label} learns from the data: beside other items, those that were there before "
        "have other vectors too. So everything is encoded again, and the map is made anew."
    )


def offer_to_fit(plane: ec.Projection, kind: ec.Kind) -> None:
    """A button that makes the map anew of everything, where some items were only placed on it."""
    if fitted(plane).all():
        return
    label = f"Fit the map to all {counted(len(plane.coords), kind)}"
    st.button(
        label, key="fit_again", icon=":material/refresh:", type="tertiary", on_click=_fit_again,
        help="Points move: the map is made anew of everything, as if all had been there from the start.",
    )  # fmt: skip


def _fit_again() -> None:
    state = get_state()
    if state.shown is not None:
        drop_extended(state.shown.plane, state.shown.of)
    state.grown = None

"""What groups are asked for: by which method, in what, how many."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.app_state import AppState
from components.charts import draw_curves
from components.controls import chosen_settings, method_settings, one_of
from components.panels.modes import readable
from components.state import get_state, tie
from embeddings_core.fingerprints import fingerprint
from embeddings_core.plugins import On

ON: dict[On, str] = {"vectors": "Vectors", "pca50": "PCA-50", "map": "The map"}
ON_HELP = (
    "**Vectors**: all their dimensions; nothing is lost.\n\n"
    "**PCA-50**: their first 50 principal axes, which hold most of what differs, with less noise and in less time.\n\n"
    "**The map**: the dots as they are drawn. The groups fit what you see, but a map tears some things apart and "
    "draws others together."
)
SUGGEST = (
    "Tries 2 to 20 groups and sets the number that comes out best: of the highest silhouette, for the Gaussian mixture "
    "of the lowest BIC."
)


@dataclass(frozen=True, eq=False)
class Question:
    """Which groups of a space are asked for."""

    space: ec.Space
    spec: ec.MethodSpec
    on: On
    plane: ec.Projection | None
    """The map, where that is what groups are looked for in."""
    settings: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Names the question."""
        plane = self.plane.fingerprint if self.plane else ""
        return fingerprint(self.space.fingerprint, self.spec.id, self.on, plane, dict(self.settings))

    @property
    def given(self) -> dict[str, Any]:
        """The arguments of a core function, after the space and the method."""
        return {"on": self.on, "plane": self.plane, **self.settings}

    @property
    def empty(self) -> bool:
        """Nothing is asked yet."""
        return self.spec.id == "names" and not self.settings["names"].strip()


def ask(space: ec.Space, plane: ec.Projection, *, listed: bool) -> Question:
    """What is asked; where it is `listed` the controls are drawn."""
    state = get_state()
    methods = [spec for spec in ec.clusterings() if readable(space).issuperset(spec.reads)]
    if state.clustering not in {spec.id for spec in methods}:
        state.clustering = AppState.clustering
    if listed:
        spec = one_of("Method", "clustering", methods, state.clustering, _change)
        _choose_on(state, spec)
    else:
        spec = next(spec for spec in methods if spec.id == state.clustering)
    on: On = next((on for on in spec.on if on == state.grouped_on), spec.on[0])
    question = Question(space, spec, on, plane if on == "map" else None, chosen_settings(spec, len(space)))
    if not listed:
        return question
    above = st.container()
    if "clusters" in question.settings:
        _suggest(state, question)
    with above:  # the number may just have been set
        method_settings(spec, len(space))
    return replace(question, settings=chosen_settings(spec, len(space)))


def _change(method: str) -> None:
    state = get_state()
    state.clustering, state.group, state.level = method, None, 0


def _choose_on(state: AppState, spec: ec.MethodSpec) -> None:
    if len(spec.on) < 2:
        return

    def change(on: str) -> None:
        get_state().grouped_on = "" if on == spec.on[0] else on

    chosen = state.grouped_on if state.grouped_on in spec.on else spec.on[0]
    st.segmented_control(
        "Look for them in", list(spec.on), required=True, format_func=ON.get, help=ON_HELP,
        **tie("grouped_on", chosen, change),
    )  # fmt: skip


def _suggest(state: AppState, question: Question) -> None:
    """The button that finds a number of groups; once it was pressed, the curve, and the number is set."""
    others = {name: value for name, value in question.settings.items() if name != "clusters"}
    asked = replace(question, settings=others)

    def press() -> None:
        get_state().suggested = asked.key, False

    st.button("Suggest a number", key="suggest", icon=":material/insights:", help=SUGGEST, on_click=press)
    if state.suggested is None or state.suggested[0] != asked.key:
        return
    label = "Trying numbers of groups"
    found = waiting.computed(
        "count", f"count-{asked.key}", label, ec.choose_count, asked.space, asked.spec.id, counts="share", **asked.given
    )
    if found is None:
        return
    if not state.suggested[1]:
        state.setting(asked.spec.id)["clusters"], state.suggested = found.chosen, (asked.key, True)
        state.group, state.level = None, 0
    name = found.measure if found.measure == "BIC" else found.measure.capitalize()
    if len(found.ks) > 1:
        draw_curves(found.ks, {name: found.values.tolist()}, found.chosen, ("Groups", name), key="count_curve")
    st.caption(found.told(len(asked.space)))

"""What was brought may be more of data that is there already, or a new version of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import cached
from components.app_state import AppState
from components.feedback import plain
from components.projecting import grow_from, made_anew
from embeddings_core import selections
from embeddings_core.encoders import learns
from embeddings_core.growing import joined, matching


@dataclass(frozen=True)
class Goal:
    """Where what was brought goes: data of its own, or more ("add") or a new version ("renew") of the data `known`."""

    how: str = ""
    known: str = ""

    def dataset(self, brought: ec.Dataset) -> ec.Dataset:
        """What it becomes. Raises CoreError where it does not fit to what is there."""
        if not self.known:
            return brought
        before = cached.dataset(self.known)
        return joined(before, brought) if self.how == "add" else replace(brought, name=before.name)


OWN = Goal()


def choose_goal(kind: ec.Kind, encoder: str) -> Goal:
    """The chooser, where there is data of this kind; it says whether its map can go on."""
    known = {one.fingerprint: one for one in ec.get_store().datasets() if one.kind == kind}
    if not known:
        return OWN
    goals = [OWN, *(Goal(how, key) for key in known for how in ("add", "renew"))]
    words = {"": "Data of its own", "add": "Add to", "renew": "New version of"}

    def named(goal: Goal) -> str:
        one = known.get(goal.known)
        return words[goal.how] + (f" {one.name} · {one.rows:,}" if one else "")

    chosen: Goal = st.selectbox(
        "Where it goes", goals, format_func=named, key="goal",
        help="Only what is new is encoded, and what is on the map stays where it is, unless the encoder learns from "
        "the data. The data as it was is kept too.",
    )  # fmt: skip
    with suppress(ec.CoreError):  # told where it is encoded
        if chosen.known and learns(encoder):
            st.caption(f":material/info: {plain(made_anew(encoder))}")
    return chosen


def carry_over(state: AppState, goal: Goal, dataset: ec.Dataset, encoder: str) -> None:
    """The map and the kept selections of the data that was there, for what it has become; `dataset` is open by now."""
    if not goal.known:
        return
    before, store = cached.dataset(goal.known), ec.get_store()
    match = matching(before, dataset)
    place = np.full(len(before), -1)
    place[match[match >= 0]] = np.flatnonzero(match >= 0)
    for one in selections.kept(store, before.fingerprint):
        items = place[one.items]
        if (items >= 0).any():
            selections.keep(store, dataset.fingerprint, one.name, items[items >= 0])
    if learns(encoder):
        state.anew = dataset.fingerprint, encoder
    elif state.shown is not None and not ec.remaining(before, encoder):
        space = cached.space(goal.known, encoder)
        plane = state.plane_of(space)
        if plane is not None:
            grow_from(space, plane)

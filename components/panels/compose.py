"""The panel that adds and subtracts meanings: items, texts, selections and groups."""

from __future__ import annotations

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.adding_up import found_sum, settle_parts, sum_marks
from components.app_state import AppState
from components.feedback import plain, shown
from components.items.items import draw_items, draw_rows
from components.items.rows import near_rows
from components.marks import Marks
from components.panels.axes import axis_section
from components.panels.modes import NOTHING, offer_within, searched
from components.panels.neighbors import SCORES
from components.panels.probe import probe_section
from components.panels.vector import vector_section
from components.state import get_state, tie
from components.summands import HEAVIEST, Summand, written
from embeddings_core.arithmetic import Walk
from embeddings_core.cards import cut
from embeddings_core.encoders import described
from embeddings_core.fingerprints import fingerprint
from embeddings_core.space import Ints

EMPTY = (
    "Nothing is added up yet. For king − man + woman, type king and press Add, man and press Subtract, woman and press "
    "Add: the items nearest to the sum are listed here."
)
NO_TEXT = "Nothing is added up yet. Type what an item is called, click one on the map or select some, and press Add."
FEEDBACK = "Add one selection and subtract another: more like these, less like those (Rocchio's relevance feedback)."
STEPS = 7
"""Steps on the way between two parts, both ends among them."""


def compose_panel(space: ec.Space, plane: ec.Projection) -> Marks | None:
    """Draw the panel; returns what the map is to point out, None while there is no sum."""
    state, marks = get_state(), None
    reads_text = "text" in described(space).reads
    with st.container(key="compose"):
        if not reads_text:
            st.caption("The encoder of these items reads no text: items, selections and groups can be added up.")
        _type(state, space.dataset, reads_text)
        settle_parts(space.dataset)
        _offer(state, space)
        for place, part in enumerate(state.summands):
            _row(place, part)
        if not state.summands:
            st.caption(EMPTY if reads_text else NO_TEXT)
        else:
            with shown():
                marks = _answer(space, plane, state.summands)
            _tell_link(state)
        vector_section(space)
        axis_section(space, reads_text=reads_text)
        if reads_text:
            probe_section(space)
    return marks


# -- the parts -------------------------------------------------------------------------------------


def _tell_link(state: AppState) -> None:
    """Say so where a link does not lead to this sum."""
    said = ""
    if state.rows is not None:
        said = "Once everything is encoded, the address links to this sum."
    elif not written(state.summands):
        said = "This sum has no room in a link: the address leaves it out."
    if said:
        st.caption(f":material/link_off: {said}")


def _type(state: AppState, dataset: ec.Dataset, reads_text: bool) -> None:
    """The field for a text, which names an item where texts have no vectors."""
    label, example = "A text", "A word or a phrase"
    if not reads_text:
        label, example = "An item, by its text or name", cut(dataset.captions[0], 24)
    with (
        st.form("compose_form", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        text = st.text_input(label, key="compose_text", placeholder=example, help="Enter adds it.", max_chars=2000)
        pressed = [
            sign
            for sign, name in ((1.0, "Add"), (-1.0, "Subtract"))
            if st.form_submit_button(name, key=f"compose_{name.lower()}")
        ]
    text = (text or "").strip()
    item = None if reads_text or not pressed or not text else item_called(dataset, text)
    for sign in pressed if text else []:
        if reads_text:
            _add(state, Summand(text, sign, text=text))
        elif item is None:
            st.warning(f"No item is called “{plain(cut(text, 60))}”.", icon=":material/search_off:")
        else:
            _add(state, Summand(dataset.captions[item], sign, items=np.array([item])))


def item_called(dataset: ec.Dataset, text: str) -> int | None:
    """The first item with that text, or else with that text in other case; None where there is none."""
    folded = text.casefold()
    alike = [item for item, caption in enumerate(dataset.captions) if caption.strip().casefold() == folded]
    same = [item for item in alike if dataset.captions[item].strip() == text]
    return next(iter([*same, *alike]), None)


def _add(state: AppState, part: Summand) -> None:
    state.summands = (*state.summands, part)


def _offer(state: AppState, space: ec.Space) -> None:
    """What is picked, selected or chosen elsewhere, each to be added or subtracted."""
    history = state.selecting(len(space))
    if state.item is not None and state.item < len(space):
        _offer_one("item", "The picked item", space.dataset.captions[state.item], np.array([state.item]))
    if history.count:
        thing = "item" if history.count == 1 else "items"
        _offer_one("selection", "The selection", f"{history.count:,} {thing}", np.flatnonzero(history.now))
        st.caption(FEEDBACK)
    groups = state.groups_of(space)
    if state.group is not None and groups is not None and state.group < len(groups.names):
        _offer_one("group", "The group", groups.names[state.group], np.flatnonzero(groups.labels == state.group))


def _offer_one(key: str, kind: str, name: str, items: Ints) -> None:
    label = name if key == "item" else f"{kind}: {name}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"summand-{key}"):
        st.markdown(f"{kind}: {plain(cut(name, 60))}", width="stretch")
        for sign, word in ((1.0, "Add"), (-1.0, "Subtract")):
            st.button(
                word, key=f"{word.lower()}_{key}", type="tertiary", on_click=_add,
                args=(get_state(), Summand(label, sign, items=items)),
            )  # fmt: skip


def _row(place: int, part: Summand) -> None:
    """One part: its sign, its name, its weight, and a button to remove it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"summand-{place}"):
        sign = "−" if part.weight < 0 else "+"
        st.markdown(f"**{sign}** {plain(cut(part.label, 60))}", width="stretch")
        st.number_input(
            f"Weight of {plain(cut(part.label, 60))}", -HEAVIEST, HEAVIEST, step=0.5, format="%.1f", width=116,
            label_visibility="collapsed", **tie(f"weight-{place}", part.weight, lambda new: _weigh(place, new)),
        )  # fmt: skip
        st.button("Remove", key=f"remove-part-{place}", type="tertiary", on_click=_remove, args=(place,))


def _weigh(place: int, weight: float) -> None:
    parts = get_state().summands
    get_state().summands = (*parts[:place], parts[place]._replace(weight=weight), *parts[place + 1 :])


def _remove(place: int) -> None:
    parts = get_state().summands
    get_state().summands = (*parts[:place], *parts[place + 1 :])


# -- the sum ---------------------------------------------------------------------------------------


def _answer(space: ec.Space, plane: ec.Projection, parts: tuple[Summand, ...]) -> Marks | None:
    offer_within()
    found = found_sum(space, parts)
    if found is None:
        return None
    st.markdown("**Nearest to the sum**")
    draw_rows(near_rows(space.dataset, found.hits), _pick, key="compose_list")
    marks, how = sum_marks(plane, parts, found)
    said = [f"Exact search over {searched(len(space))}. Score: {SCORES['cosine']}."]
    if not found.hits.indices.size:
        said = [NOTHING if get_state().among else "There is no other item."]
    if len(found.besides):
        said.append("Items that are parts themselves are left out.")
    if marks.query:
        said.append(f"The diamond shows {how} where the sum belongs on this map.")
    if marks.start:
        said.append("The arrow leads there from the first part.")
    st.caption(" ".join(said))
    approximate = described(space).approximate
    if approximate and any(part.items is None for part in parts):
        st.caption(f":material/info: Approximate. {plain(approximate)}")
    if len(parts) == 2 and all(part.single and part.weight > 0 for part in parts):
        _between(space, parts[0], parts[1])
    return marks


def _pick(item: int) -> None:
    get_state().pick(item)


def _between(space: ec.Space, start: Summand, end: Summand) -> None:
    section = st.expander("On the way between them", key="between", icon=":material/linear_scale:", on_change="rerun")
    if not section.open:
        return
    with section:
        key = f"between-{space.fingerprint}-{fingerprint((start.part, end.part))}"
        walk: Walk | None = waiting.computed(
            "between", key, "Walking", waiting.silent(ec.interpolate), space, start.part, end.part, STEPS
        )
        if walk is None:
            return
        draw_items(space.dataset, walk.items.tolist(), [f"{cosine:.3f}" for cosine in walk.cosines], key="between_list")
        st.caption(
            f"{STEPS} equal turns from the first to the second, weights aside, and of all items the nearest to each. "
            "Score: its cosine similarity with that step. Between the ends, the two themselves are left out."
        )

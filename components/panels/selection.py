"""The panel of what is selected: how it changes, what it is made of, and the selections that are kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import streamlit as st

import embeddings_core as ec
from components.feedback import plain
from components.items.items import draw_items
from components.panels.alike import alike_section
from components.panels.download import choose_format, download_button
from components.panels.special import special_section
from components.selecting import mask_of
from components.state import get_state, tie
from embeddings_core import own_files, selections
from embeddings_core.coloring import Coloring
from embeddings_core.filters import Filter, matches
from embeddings_core.fingerprints import fingerprint
from embeddings_core.selections import History, How, Kept

LISTED = 100
MOST_NEIGHBORS = 100
HOW = (
    "Nothing is selected. Take the box or the loop above the map and drag it around some points, click a group, "
    "Shift-click a name of the legend, check rows of the table, or select what a filter lets through or what is near "
    "an item."
)
STEPS: dict[How, str] = {"replace": "", "add": "adding ", "remove": "removing ", "keep": "keeping only "}
"""How a step is called, before the name of the kept selection that it took."""


def selection_panel(space: ec.Space, coloring: Coloring) -> None:
    """Draw the panel."""
    history, dataset = get_state().selecting(len(space)), space.dataset
    if history.count:
        st.markdown(f"**{history.count:,} of {len(space):,} items** are selected.")
    else:
        st.caption(HOW)
    _steps(history)
    _more(space, history)
    if history.count and get_state().rows is None:
        _keep(dataset, history)
    elif history.count:
        st.caption("It can be kept under a name once everything is encoded.")
    known = selections.kept(ec.get_store(), dataset.fingerprint)
    _list(dataset, known)
    if not history.count:
        return
    if coloring.kind == "category" and coloring.label:
        st.markdown(composition(history.now, coloring))
    special_section(space, history, known)
    alike_section(space, history)
    _export(space, history)
    draw_items(dataset, np.flatnonzero(history.now)[:LISTED].tolist(), key="selection_list")
    if history.count > LISTED:
        st.caption(f"The first {LISTED} are listed; the download holds all of them.")


def composition(selected: npt.ArrayLike, coloring: Coloring) -> str:
    """What the selected items, a mask (n,) or item numbers (k,), are made of, the commonest first, in Markdown."""
    counts = np.bincount(coloring.codes[np.asarray(selected)], minlength=len(coloring.names))
    ranked = sorted(np.flatnonzero(counts).tolist(), key=lambda code: (-counts[code], coloring.names[code]))
    shares = [f"{plain(coloring.names[code])} {counts[code] / counts.sum():.0%}" for code in ranked[:5]]
    more = [f"{len(ranked) - 5} more"] if len(ranked) > 5 else []
    return f"{plain(coloring.label)}: " + ", ".join(shares + more)


@contextmanager
def _told() -> Iterator[None]:
    """Say in a corner what the core refuses: a callback has no place of its own on the page."""
    try:
        yield
    except ec.CoreError as error:
        st.toast(plain(f"{error.message} {error.hint}".strip()), icon=":material/error:")


# -- what changes the selection --------------------------------------------------------------------


def _steps(history: History) -> None:
    everything = history.count == history.n
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo", key="undo", icon=":material/undo:", on_click=history.undo, disabled=not history.can_undo,
            help=f"Takes back: {plain(history.can_undo)}." if history.can_undo else "There is nothing to take back.",
        )  # fmt: skip
        st.button(
            "Redo", key="redo", icon=":material/redo:", on_click=history.redo, disabled=not history.can_redo,
            help=f"Does again: {plain(history.can_redo)}." if history.can_redo else "There is nothing to do again.",
        )  # fmt: skip
        st.button(
            "Invert", key="invert", icon=":material/invert_colors:", on_click=_invert, args=(history,),
            help="Nothing instead of everything." if everything else "What is not selected instead of what is.",
        )  # fmt: skip
        st.button(
            "Clear", key="clear", icon=":material/deselect:", disabled=not history.count, on_click=_clear,
            args=(history,), help="Selects nothing.",
        )  # fmt: skip


def _invert(history: History) -> None:
    history.set(~history.now, "inverting")


def _clear(history: History) -> None:
    history.set(np.zeros(history.n, bool), "clearing")


def _more(space: ec.Space, history: History) -> None:
    """Ways to select by what is set elsewhere: the filter, the picked item."""
    state = get_state()
    item = state.item if state.item is not None and state.item < len(space) else None
    if not state.filter and item is None:
        return
    with st.container(horizontal=True, gap="small"):
        if state.filter:
            st.button(
                "Select what matches the filter", key="select_matching", icon=":material/filter_alt:",
                on_click=_select_matching, args=(space.dataset,), help="In place of what is selected now.",
            )  # fmt: skip
        if item is not None:
            k = min(state.k, MOST_NEIGHBORS)
            near = "the item" if k == 1 else f"the {k} items"
            st.button(
                "Add neighbors", key="add_neighbors", icon=":material/hub:", on_click=_add_neighbors,
                args=(space, history, item, k), help=f"Adds {near} nearest to the picked one, by {state.metric}.",
            )  # fmt: skip


def _select_matching(dataset: ec.Dataset) -> None:
    with _told():
        state = get_state()
        state.select(matches(dataset, Filter.from_text(state.filter)), "what matches the filter")


def _add_neighbors(space: ec.Space, history: History, item: int, k: int) -> None:
    with _told():
        mask = history.now.copy()
        mask[ec.neighbors(space, item, k, get_state().metric, exact=get_state().exact).indices[0]] = True
        history.set(mask, "adding neighbors")


# -- kept selections -------------------------------------------------------------------------------


def _keep(dataset: ec.Dataset, history: History) -> None:
    with (
        st.form("keep_form", clear_on_submit=True, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        name = st.text_input(
            "Keep as", key="keep_as", max_chars=own_files.LONGEST, placeholder="A name",
            help="Kept for this data, also after a restart. Its name is a tag: exports list the tags of every item.",
        )  # fmt: skip
        if st.form_submit_button("Keep", key="keep", icon=":material/bookmark_add:"):
            with _told():
                store, name = ec.get_store(), (name or "").strip()
                again = any(one.name == name for one in selections.kept(store, dataset.fingerprint))
                selections.keep(store, dataset.fingerprint, name, np.flatnonzero(history.now))
                more = ", in place of what was kept under that name" if again else ""
                st.toast(f"Kept as “{plain(name)}”{more}.", icon=":material/bookmark:")


def _list(dataset: ec.Dataset, known: Sequence[Kept]) -> None:
    if not known:
        return
    st.markdown("**Kept**", help="Click one to select it.")
    with st.container(key="kept", gap=None):
        for one in known:
            _row(dataset, one)


def _row(dataset: ec.Dataset, one: Kept) -> None:
    key = fingerprint(one.name)[:16]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"):
        st.button(
            f"{plain(one.name)} · {len(one.items):,}", key=f"kept-{key}", type="tertiary", icon=":material/bookmark:",
            on_click=_use, args=(dataset, one, "replace"), help="Select it.",
        )  # fmt: skip
        more = st.popover("More", key=f"more-{key}", type="tertiary", on_change="rerun")
    if not more.open:  # its widgets would be drawn for each of a hundred
        return
    with more:
        for how, label, icon in (
            ("add", "Add to the selection", "add"),
            ("remove", "Remove from the selection", "remove"),
            ("keep", "Keep only what is in both", "join_inner"),
        ):
            st.button(
                label, key=f"{how}-{key}", type="tertiary", icon=f":material/{icon}:", on_click=_use,
                args=(dataset, one, how),
            )  # fmt: skip
        st.text_input(
            "Rename", max_chars=own_files.LONGEST,
            **tie(f"rename-{key}", one.name, lambda new: _rename(dataset, one.name, new)),
        )  # fmt: skip
        st.button(
            "Delete", key=f"forget-{key}", type="tertiary", icon=":material/delete:", on_click=_forget,
            args=(dataset, one.name), help="Deletes what is kept, and its tag. The items stay.",
        )  # fmt: skip


def _use(dataset: ec.Dataset, one: Kept, how: How) -> None:
    history = get_state().selecting(len(dataset))
    mask = selections.combine(history.now, mask_of(one, history.n), how)
    history.set(mask, f"{STEPS[how]}the kept selection {one.name}")


def _rename(dataset: ec.Dataset, old: str, new: str) -> None:
    with _told():
        selections.rename(ec.get_store(), dataset.fingerprint, old, new)


def _forget(dataset: ec.Dataset, name: str) -> None:
    with _told():
        selections.forget(ec.get_store(), dataset.fingerprint, name)


# -- the file --------------------------------------------------------------------------------------


def _export(space: ec.Space, history: History) -> None:
    state = get_state()
    plane, groups = state.plane_of(space), state.groups_of(space)
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="selection_file"):
        format = choose_format("selection_format")
        vectors = st.toggle("With vectors", True, key="selection_vectors")
        download_button(space, format, history.now, plane, groups, vectors=vectors, key="selection_download")

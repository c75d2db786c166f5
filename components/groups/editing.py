"""Groups changed by hand: edits that are made beside the page, taken back, and kept with the dataset; levels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.app_state import AppState
from components.feedback import plain
from components.panels.modes import readable
from components.remembered import Edit
from components.state import get_state, tie
from embeddings_core.cards import cut
from embeddings_core.fingerprints import fingerprint
from embeddings_core.groups import edits
from embeddings_core.labels import texts_of
from embeddings_core.steps import Steps


def edited(space: ec.Space, found: ec.Clustering) -> ec.Clustering:
    """The groups as they are shown: `found`, what was made of them by hand, on the chosen level."""
    state = get_state()
    steps = _steps(state, space, found)
    shown = _leveled(state, space, steps.now)
    if state.edit is None:
        return shown
    for groups in (steps.now, shown):
        if groups.fingerprint == state.edit.of:
            _make(state, space, found, groups, state.edit)
            break
    return _leveled(state, space, steps.now)


def _steps(state: AppState, space: ec.Space, found: ec.Clustering) -> Steps[ec.Clustering]:
    """The steps from `found` on; the first leads to what was kept before."""
    if state.edits is None or state.edits[0] != found.fingerprint:
        state.edits, state.edit = (found.fingerprint, edits.edits(found)), None
        known = edits.kept(ec.get_store(), space.dataset.fingerprint)
        if any(one.name == _name(found) and one.space == space.fingerprint for one in known):
            state.edit = Edit(found.fingerprint, "what was edited before", _reopened, (_name(found),), state.group)
    return state.edits[1]


def _name(found: ec.Clustering) -> str:
    """Under which edits of `found` are kept."""
    return f"{found.method} {found.fingerprint[:40]}"


def _make(state: AppState, space: ec.Space, found: ec.Clustering, groups: ec.Clustering, edit: Edit) -> None:
    key = f"edit-{fingerprint(groups.fingerprint, edit.make.__name__, *map(str, edit.args))}"
    label = "Changing the groups"
    made = waiting.computed("edit", key, label, _run, edit.make, space, groups, *edit.args, counts="share")
    if made is None:
        job = ec.find_job(key)
        if job is not None and isinstance(job.error, ec.InputError):
            state.edit = None  # it has been said
        return
    assert state.edits is not None
    steps = state.edits[1]
    if edit.of != steps.now.fingerprint:
        state.level = 0  # what was cut from the tree is a step of its own now
    state.edit, state.group = None, edit.group
    _settle(state, space, found, lambda: steps.set(made, edit.label))


def _run(function: Callable[..., ec.Clustering], *args: Any, progress: ec.Progress | None = None) -> ec.Clustering:
    """An edit measures all groups anew, which may take seconds, but does not say how far it is."""
    return function(*args)


def _settle(state: AppState, space: ec.Space, found: ec.Clustering, change: Callable[[], None]) -> None:
    """Take a step, keep what it leads to, and forget what referred to groups that are no more."""
    assert state.edits is not None
    steps, store = state.edits[1], ec.get_store()
    before = len(steps.now.names)
    change()
    now = steps.now
    if len(now.names) != before:
        state.hidden = ""
    if state.group is not None and state.group >= len(now.names):
        state.group = None
    if state.rows is not None:
        return  # the numbers of a part of the items say nothing later
    try:
        if now.fingerprint == found.fingerprint:
            edits.forget(store, space.dataset.fingerprint, _name(found))
        else:
            edits.keep(store, space, _name(found), now)
    except ec.CoreError as error:
        st.toast(plain(f"{error.message} {error.hint}".strip()), icon=":material/error:")


def history_row(space: ec.Space, found: ec.Clustering) -> None:
    """Undo, redo, and back to what was found; nothing before the first edit."""
    state = get_state()
    if state.edits is None or not (state.edits[1].can_undo or state.edits[1].can_redo):
        return
    steps = state.edits[1]

    def act(change: Callable[[], None]) -> None:
        get_state().level = 0
        _settle(get_state(), space, found, change)

    def back() -> None:
        steps.set(found, "going back to what was found")

    with st.container(horizontal=True, gap="small"):
        st.button(
            "Undo", key="groups_undo", icon=":material/undo:", on_click=act, args=(steps.undo,),
            disabled=not steps.can_undo,
            help=f"Takes back: {plain(steps.can_undo)}." if steps.can_undo else "There is nothing to take back.",
        )  # fmt: skip
        st.button(
            "Redo", key="groups_redo", icon=":material/redo:", on_click=act, args=(steps.redo,),
            disabled=not steps.can_redo,
            help=f"Does again: {plain(steps.can_redo)}." if steps.can_redo else "There is nothing to do again.",
        )  # fmt: skip
        st.button(
            "Back to what was found", key="groups_back", icon=":material/restart_alt:", on_click=act, args=(back,),
            disabled=steps.now.fingerprint == found.fingerprint, help="Drops all edits; Undo brings them again.",
        )  # fmt: skip


# -- what can be done with a group ---------------------------------------------------------------------------------


def edit_controls(space: ec.Space, groups: ec.Clustering, group: int) -> None:
    """Rename, by hand or by a phrase, merge, split, and move the picked item into the group."""
    state = get_state()
    name = groups.names[group]

    def change(what: str, make: Callable[..., ec.Clustering], args: tuple[Any, ...], after: int) -> None:
        get_state().edit = Edit(groups.fingerprint, what, make, args, after)

    def rename(new: str) -> None:
        if new.strip() != name:
            change(f"renaming {name}", _renamed, (group, new), group)

    def merge(other: int | None) -> None:
        if other is not None:
            change(f"merging {name} and {groups.names[other]}", edits.merge, ((group, other),), min(group, other))

    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input("Name", max_chars=60, **tie("group_name", name, rename))
        others = [other for other in range(len(groups.names)) if other != group]
        st.selectbox(
            "Merge with", others, index=None, placeholder="Another group", disabled=not others,
            format_func=lambda other: cut(groups.names[other], 40), **tie("merge_with", None, merge),
        )  # fmt: skip
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Split in two", key="split", icon=":material/call_split:", disabled=groups.sizes[group] < 2,
            on_click=change, args=(f"splitting {name}", edits.split, (group,), group),
            help="Cuts it in two by 2-means of its vectors; both parts get names of their own.",
        )  # fmt: skip
        if "text" in readable(space) and texts_of(space.dataset) is not None:
            st.button(
                "Name it by a phrase", key="phrase", icon=":material/short_text:", on_click=change,
                args=(f"naming {name} by a phrase", _phrased, (group,), group),
                help="Of the phrases of one to three words in its texts the one that is nearest its center.",
            )  # fmt: skip
        item = state.item if state.item is not None and state.item < len(groups.labels) else None
        inside = item is not None and groups.labels[item] == group
        left = None if item is None else int(groups.labels[item])
        ends = left is not None and left >= 0 and groups.sizes[left] == 1
        after = group - 1 if ends and left is not None and left < group else group  # a group that ends makes room
        said = "Pick an item on the map first." if item is None else "The picked item is in it already."
        st.button(
            "Move the picked item here", key="move_here", icon=":material/move_item:", disabled=item is None or inside,
            on_click=change, args=(f"moving an item into {name}", edits.move, ((item,), group), after),
            help=said if item is None or inside else "Takes it out of the group in which it is now.",
        )  # fmt: skip


def _renamed(space: ec.Space, groups: ec.Clustering, group: int, name: str) -> ec.Clustering:
    return edits.rename(groups, group, name)


def _phrased(space: ec.Space, groups: ec.Clustering, group: int) -> ec.Clustering:
    (phrase,) = ec.phrases(space, np.where(groups.labels == group, 0, -1), 1)
    if not phrase:
        raise ec.InputError("The texts of this group hold no phrase.", "Type a name.")
    return edits.rename(groups, group, phrase)


def _reopened(space: ec.Space, groups: ec.Clustering, name: str) -> ec.Clustering:
    return edits.reopen(ec.get_store(), space, name)


# -- levels --------------------------------------------------------------------------------------------------------


def _leveled(state: AppState, space: ec.Space, groups: ec.Clustering) -> ec.Clustering:
    """The groups on the chosen level, once that is there."""
    if not 2 <= state.level < len(groups.names):
        return groups
    key = f"level-{groups.fingerprint}-{state.level}"
    cut_there = waiting.computed("level", key, "Joining groups", _cut, space, groups, state.level, counts="share")
    return groups if cut_there is None else cut_there


def _cut(space: ec.Space, groups: ec.Clustering, count: int, progress: ec.Progress | None = None) -> ec.Clustering:
    return ec.levels(space, groups, progress=progress).cut(space, count)


def level_slider() -> None:
    """The slider from few large groups to all that there are."""
    state = get_state()
    most = len(state.edits[1].now.names) if state.edits else 0
    if most < 3:
        return

    def change(level: int) -> None:
        chosen = get_state()
        chosen.level, chosen.group, chosen.hidden = level if level < most else 0, None, ""

    st.slider(
        "Coarser – finer", 2, most, format="%d groups",
        help="The nearest groups are joined first (Ward's method); all the way right are all of them.",
        **tie("level", state.level if 2 <= state.level < most else most, change),
    )  # fmt: skip

"""What is selected travels with the link: the store keeps it under its fingerprint, from where a link takes it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

import embeddings_core as ec
from components.app_state import AppState
from components.summands import Summand
from embeddings_core import selections
from embeddings_core.selections import History, Kept
from embeddings_core.store import result_key

LONGEST = 64
"""Characters of a selection's key in a link."""
GONE = "The selection of this link is not here any more."


def keep_selection(state: AppState, n: int) -> None:
    """Take over the selection of a link, or make the link name what is selected now; every run calls this, before
    anything of `n` items is drawn."""
    asked, state.asked_selection = state.asked_selection, None
    if state.history is not None and state.history.n == n:
        if asked is not None and asked != _key(state.history):
            state.history.set(_asked(asked, n), "going back")
        state.selection = kept_as(state.history)
    elif state.selection:
        mask = linked(state.selection, n)
        if mask is None:
            state.selection = ""
            st.warning(GONE, icon=":material/link_off:")
        else:
            state.select(mask, "the link's selection")


def _key(history: History) -> str:
    return history.fingerprint if history.count else ""


def _asked(key: str, n: int) -> npt.NDArray[np.bool_]:
    mask = linked(key, n) if key else None
    if key and mask is None:
        st.warning(GONE, icon=":material/link_off:")
    return np.zeros(n, bool) if mask is None else mask


def linked(key: str, n: int) -> npt.NDArray[np.bool_] | None:
    """The selection (n,) that a link names; None where it is not in the store, or one of other items."""
    if not (key.isalnum() and key.isascii() and len(key) <= LONGEST):
        return None
    return selections.linked(ec.get_store(), key, n)


def mask_of(one: Kept, n: int) -> npt.NDArray[np.bool_]:
    """A kept selection as a mask (n,)."""
    mask = np.zeros(n, bool)
    mask[one.items[one.items < n]] = True
    return mask


def settled(part: Summand, dataset: ec.Dataset) -> Summand:
    """A part of a sum with all that a link leaves out, a set of items in the store from now on. What is not there stays
    as it is."""
    items, n = part.items, len(dataset)
    if items is None:
        mask = linked(part.key, n) if part.sought else None
        return part if mask is None else part._replace(items=np.flatnonzero(mask))
    if not part.label:
        return part._replace(label=dataset.captions[items[0]] if items[0] < n else f"item {items[0]}")
    if part.single or part.key:
        return part
    history = History(n)
    history.set(np.isin(np.arange(n), items), "")
    return part._replace(key=kept_as(history))


def kept_as(history: History) -> str:
    """The key of what is selected, in the store from now on; "" where it is nothing, or cannot be kept."""
    if not history.count:
        return ""
    store, key = ec.get_store(), result_key("selection", history.fingerprint)
    if not store.has_result(key):
        try:
            note = {"n": history.n, "made_from": ("selection", history.fingerprint)}
            store.put_result(key, {"bits": np.frombuffer(history.packed, np.uint8)}, note)
        except OSError:
            return ""  # a full disk costs the link its selection, not the visitor the page
    return history.fingerprint

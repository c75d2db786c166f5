"""Whether very many vectors are all read, or an index answers: made beside the page, and called approximate."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.state import bind, get_state
from embeddings_core import indexes

HELP = (
    "Every vector is compared: nothing is missed. Off: an index answers faster and misses a few of the nearest; how "
    "many is measured and told. It is made once and kept, which takes minutes for a million items."
)


def offer_index(space: ec.Space) -> None:
    """Draw the choice where there are so many vectors that an index helps; make it when it is chosen."""
    if len(space) <= indexes.EXACT or get_state().rows is not None:
        return  # an index of data that still grows would soon be an old one
    st.toggle("Exact", help=HELP, **bind("exact"))
    if get_state().exact or indexes.index_of(space, 1, "cosine") is not None:
        return
    key = f"index-{space.fingerprint}"
    if waiting.computed("index", key, "Making an index", indexes.make_index, space, counts="share") is not None:
        ec.forget(key)  # the core keeps it, and drops it when it must make room
    else:
        st.caption("Until it is made, the search is exact.")


def exactly(space: ec.Space, k: int) -> bool:
    """Whether the `k` nearest are looked for among all vectors: because that is chosen, a filter is set, or no index
    was made that could help."""
    state = get_state()
    return state.exact or bool(state.among) or indexes.index_of(space, k, state.metric) is None  # type: ignore[arg-type]

"""The ways to search some items, which depend on what their encoder reads; and which of them are searched."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components.state import bind, get_state
from embeddings_core.encoders import described

NAMES = {"semantic": "Meaning", "keyword": "Words", "hybrid": "Both"}
NOTHING = "The filter leaves no item."


def modes_of(space: ec.Space) -> list[ec.Mode]:
    """The ways to search these items by a typed text."""
    return list(ec.MODES) if "text" in readable(space) else ["keyword"]


def readable(space: ec.Space) -> set[str]:
    """The kinds of query that can be compared with these items."""
    spec = described(space)
    return set(spec.reads) | ({"text"} if spec.bridge else set())


def offer_within() -> None:
    """Draw the choice whether only what a filter leaves is searched, where there is one."""
    if get_state().filter:
        st.toggle(
            "Only among what the filter shows", help="The filter is applied first: none of what passes it is lost.",
            **bind("within"),
        )  # fmt: skip


def searched(n: int) -> str:
    """In words which of `n` items are searched."""
    return "the items that the filter leaves" if get_state().among else f"all {n:,} items"

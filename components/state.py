"""The session: its AppState, the widgets that are tied to it, and the address that mirrors it.

The only file that touches st.session_state. The object is the truth; a widget shows a field of it and changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import numpy as np
import streamlit as st

from components.app_state import AppState
from components.links import LINKED, VIEW, from_link, to_link


def get_state() -> AppState:
    """This session's AppState; a new session starts from its link."""
    if "app" not in st.session_state:
        st.session_state["app"] = from_link(st.query_params.to_dict())
    state: AppState = st.session_state["app"]
    return state


def take_state(state: AppState) -> None:
    """From now on this is the session's AppState."""
    st.session_state["app"] = state


def follow_link(page: str) -> None:
    """Take over what the address in the browser says when the visitor went back to it, or typed it.

    What a widget has just changed is newer than the address; and who goes to another `page` by the navigation, whose
    addresses are bare, asks for nothing new.
    """
    state, link = get_state(), st.query_params.to_dict()
    link.pop(VIEW, None)
    written = st.session_state.get("link")
    turned, st.session_state["page"] = st.session_state.get("page") != page, page
    if written is not None and link != written and not state.touched and not (turned and not link):
        asked = from_link(link)
        if state.presenting.aside is not None and not asked.story:  # the story was left
            state = state.presenting.aside
            take_state(state)
        if asked.dataset != state.dataset:
            state.open(asked.dataset)
        if asked.asked_encoder == state.encoder:
            asked.encoder, asked.asked_encoder = state.encoder, ""  # the visitor has agreed to it already
        state.asked_selection, asked.selection = asked.selection, state.selection
        for name in (*LINKED, "settings", "asked_encoder", "broken"):
            setattr(state, name, getattr(asked, name))
        state.picture = None
        if state.rows is not None and state.item is not None:
            at = np.flatnonzero(state.rows == state.item)
            state.item = int(at[0]) if len(at) else None
    state.touched = False


def mirror_link() -> None:
    """Make the address in the browser a link to what is on screen."""
    link, now = to_link(get_state()), st.query_params.to_dict()
    st.session_state["link"], get_state().touched = link, False
    now.pop(VIEW, None)  # what the server knows of it is old; the map adds it again
    if now != link:
        st.query_params.from_dict(link)


def rerun() -> NoReturn:
    """Draw the page again. The address in the browser is left aside: it may be older than what led here."""
    get_state().touched = True
    st.rerun()


def bind(name: str, options: Sequence[Any] | None = None) -> dict[str, Any]:
    """The arguments that tie a widget to a field of the state; its key is the field's name.

    `options` are what the widget can show: anything else falls back to the first of them.
    """
    state = get_state()
    if options is not None and getattr(state, name) not in options:
        setattr(state, name, options[0])
    return tie(name, getattr(state, name), lambda value: setattr(get_state(), name, value))


def tie(key: str, value: Any, change: Callable[[Any], None]) -> dict[str, Any]:
    """The arguments that make the widget `key` show `value` and hand what is chosen to `change`."""
    st.session_state[key] = value

    def changed() -> None:
        get_state().touched = True
        change(st.session_state[key])

    return {"key": key, "on_change": changed}


def heard(key: str, name: str) -> Any:
    """What the component `key` has just sent under `name`."""
    get_state().touched = True
    return getattr(st.session_state.get(key), name, None)


def heard_item(key: str, n: int) -> int | None:
    """The item, of `n`, that was just picked in the component `key`: {"item", "of"}, where `of` is how many there were.
    What it cannot have sent is None."""
    sent = heard(key, "picked")
    if not isinstance(sent, dict) or not isinstance(item := sent.get("item"), int) or item < 0:
        return None
    moved = get_state().moved
    if moved is not None and sent.get("of") == len(moved) != n and item < len(moved):
        item = int(moved[item])  # it was picked just before more arrived
    return item if 0 <= item < n else None

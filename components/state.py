"""What a visitor has chosen: one typed object a session, and the part of it that a link carries.

The only file that touches st.session_state. Widgets are bound to fields: the object is the truth, a
widget shows it and changes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import streamlit as st

from embeddings_core import Clustering, CoreError, Loaded, Picture, Projection, Space, clusterings, projections
from embeddings_core.encoders import models_of
from embeddings_core.filters import Filter
from embeddings_core.readers.cuts import Cut
from embeddings_core.selections import History
from embeddings_core.space import Ints

LINKED = (
    "dataset", "encoder", "projection", "dims", "seed", "color", "metric", "k", "clustering", "item", "query", "panel",
    "filter", "hidden", "selection",
)  # fmt: skip
"""The fields that a link carries, besides the settings of the methods."""
VIEW = "view"
"""The part of a link that only the browser reads and writes: where the map was moved to."""

METHODS = {spec.id for spec in (*projections(), *clusterings())}
SEEDS = 9999
"""The largest seed that can be chosen."""


class Grown(NamedTuple):
    """A map that grows: how it was made (`name`), and of what; the rest is placed on it."""

    name: str
    space: Space
    plane: Projection


@dataclass
class AppState:
    """The choices of one session.

    `dataset` is a sample's id or the fingerprint of a dataset in the store; an empty `encoder` or `color` means: the
    one that suits the data. `asked_encoder` is a folder or hub id that a link asks for; only the visitor's own click
    makes it the encoder. `filter` is a Filter as text, `hidden` the categories that the legend hides. `selection`
    names what `history` has selected now, for a link, and `asked_selection` what an address asks for. `brought` waits
    to be encoded, `uploaded` names the upload that was read last, and `part` an upload of which only a part is to be
    read. `rows` are the items that are shown while the others are still encoded, None when all are there; `item` and
    `history` count among them, and `moved` tells where those that were shown before are now. `grown` is a map that
    grows. `shown` is the map that was drawn last, `found` are the groups that were found last, each after the
    fingerprint of its space; `gallery` shows what is near as large pictures; `broken` is what a link asked for in
    vain, and `touched` says that a widget has changed something since the address was written.
    """

    dataset: str = "everyday"
    encoder: str = ""
    asked_encoder: str = ""
    projection: str = "umap"
    dims: int = 2
    seed: int = 0
    color: str = ""
    metric: str = "cosine"
    k: int = 10
    query: str = ""
    picture: Picture | None = None
    item: int | None = None
    filter: str = ""
    hidden: str = ""
    selection: str = ""
    history: History | None = None
    asked_selection: str | None = None
    clustering: str = "kmeans"
    group: int | None = None
    panel: str = "Neighbors"
    gallery: bool = False
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    brought: Loaded | None = None
    uploaded: str = ""
    part: tuple[str, Cut] | None = None
    encoder_for: dict[str, str] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    rows: Ints | None = None
    moved: Ints | None = None
    grown: Grown | None = None
    shown: tuple[str, Projection] | None = None
    found: tuple[str, Clustering] | None = None
    broken: tuple[str, ...] = ()
    touched: bool = False

    def open(self, dataset: str, encoder: str = "") -> None:
        """Look at other data: what was chosen about the old data is forgotten."""
        self.dataset, self.encoder, self.color, self.filter, self.hidden = dataset, encoder, "", "", ""
        self.forget_items()

    def discard(self) -> None:
        """Drop what was brought but not encoded."""
        self.brought = None

    def forget_items(self) -> None:
        """No item, query or selection any more."""
        self.item, self.query, self.picture, self.group = None, "", None, None
        self.history, self.selection, self.rows, self.moved = None, "", None, None

    def pick(self, item: int | None) -> None:
        """Make one item the center of attention; it takes the place of a query."""
        self.item = item
        self.query, self.picture = "", None

    def ask(self, query: str, picture: Picture | None = None) -> None:
        """Make a text or a picture the center of attention; it takes the place of a picked item."""
        self.query, self.picture = query.strip(), picture
        if self.query or picture is not None:
            self.item = None

    def follow(self, place: Ints, n: int) -> None:
        """The items have new numbers, `n` of them: `place` tells where each is now, -1 where it is not any more."""
        self.moved = place
        if self.item is not None:
            item = int(place[self.item]) if self.item < len(place) else -1
            self.item = item if item >= 0 else None
        if self.history is not None and self.history.n == len(place):
            self.history = self.history.carried(place, n)

    def selecting(self, n: int) -> History:
        """What is selected of `n` items, and how it came about."""
        if self.history is None or self.history.n != n:
            self.history = History(n)
        return self.history

    def select(self, mask: npt.NDArray[np.bool_], label: str) -> None:
        """Select items, (n,) bool; `label` says how, for undo."""
        self.selecting(len(mask)).set(mask, label)

    def filter_by(self, text: str) -> None:
        """Show what passes a Filter, given as text; what is no filter changes nothing."""
        with suppress(CoreError):
            self.filter = Filter.from_text(text).to_text()

    @property
    def hidden_codes(self) -> list[int]:
        """The categories that the legend hides, by their place in it."""
        return [int(code) for code in self.hidden.split(".") if code.isdecimal() and len(code) < 6]

    def hide(self, codes: Sequence[Any]) -> None:
        """Hide categories of the legend, by their place in it."""
        self.hidden = ".".join(str(code) for code in codes if isinstance(code, int))

    def setting(self, method: str) -> dict[str, Any]:
        """The chosen settings of a projection or clustering, by parameter name."""
        return self.settings.setdefault(method, {})


def get_state() -> AppState:
    """This session's AppState; a new session starts from its link."""
    if "app" not in st.session_state:
        st.session_state["app"] = from_link(st.query_params.to_dict())
    state: AppState = st.session_state["app"]
    return state


def to_link(state: AppState) -> dict[str, str]:
    """The query parameters of a link to this state: only what differs from the start."""
    start = AppState()
    link = {name: str(getattr(state, name)) for name in LINKED if getattr(state, name) != getattr(start, name)}
    if state.rows is not None:  # numbers of a part say nothing to others
        link.pop("selection", None)
        if state.item is not None:
            link["item"] = str(state.rows[state.item])
    for method, chosen in state.settings.items():
        for name, value in chosen.items():
            link[f"{method}.{name}"] = str(value)
    return link


def from_link(link: Mapping[str, str]) -> AppState:
    """The state that a link describes; what cannot be read in it is left at its start, and named in `broken`."""
    state, broken = AppState(), []
    types = {"dims": int, "seed": int, "k": int, "item": int}
    known = {f.name for f in fields(AppState)} & set(LINKED)
    for name, raw in link.items():
        method, dot, setting = name.partition(".")
        try:
            if name in known:
                setattr(state, name, types.get(name, str)(raw))
            elif dot and setting and method in METHODS:
                state.setting(method)[setting] = _number(raw)
        except ValueError:
            broken.append(f"{name} {raw[:40]!r}")
    try:
        state.filter = Filter.from_text(state.filter).to_text()
    except CoreError as error:
        state.filter = ""
        broken.append(f"the filter ({error.message})")
    if any(set(model) & set("/:\\") for model in models_of(state.encoder)):
        state.encoder, state.asked_encoder = "", state.encoder
    state.seed = min(max(state.seed, 0), SEEDS)
    state.k = state.k if state.k >= 1 else AppState.k
    state.item = state.item if state.item is not None and state.item >= 0 else None
    state.broken = tuple(broken)
    return state


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


def _number(raw: str) -> Any:
    if raw in ("True", "False"):
        return raw == "True"
    for kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            continue
    return raw


def mirror_link() -> None:
    """Make the address in the browser a link to what is on screen."""
    link, now = to_link(get_state()), st.query_params.to_dict()
    st.session_state["link"], get_state().touched = link, False
    now.pop(VIEW, None)  # what the server knows of it is old; the map adds it again
    if now != link:
        st.query_params.from_dict(link)


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

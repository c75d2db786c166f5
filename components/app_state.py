"""What a visitor has chosen: one typed object a session. Pure; `state.py` keeps it and ties widgets to it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from embeddings_core import Clustering, CoreError, Loaded, Picture, Projection, Space
from embeddings_core.filters import Filter
from embeddings_core.readers.cuts import Cut
from embeddings_core.selections import History
from embeddings_core.space import Floats, Ints

MEASURE = "@measure"
"""The choice of color that is `measured`."""


class Measured(NamedTuple):
    """A number for each item, (n,), to color the map by: what it says, and the dataset and encoder it is `of`."""

    of: tuple[str, str]
    label: str
    values: Floats


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
    grows; `anew` names the data and the encoder for which none could go on. `shown` is the map that was drawn last,
    `found` are the groups that were found last, each after the fingerprint of its space; `measured` is what the map was
    last colored by that is no column. `gallery` shows what is near as large pictures; `broken` is what a link asked for
    in vain, and `touched` says that a widget has changed something since the address was written.
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
    anew: tuple[str, str] = ("", "")
    shown: tuple[str, Projection] | None = None
    found: tuple[str, Clustering] | None = None
    measured: Measured | None = None
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
        self.history, self.selection, self.rows, self.moved, self.measured = None, "", None, None, None

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

    def measure(self, of: tuple[str, str], label: str, values: Floats) -> None:
        """Color the map by `values`, (n,), a number for each item."""
        self.measured, self.color, self.hidden = Measured(of, label, values), MEASURE, ""

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

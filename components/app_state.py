"""What a visitor has chosen: one typed object a session. Pure; `state.py` keeps it and ties widgets to it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from components.remembered import Edit, Found, Grown, Measured, Presenting, ProjectFile, Shown
from components.summands import Summand, carried
from embeddings_core import Clustering, CoreError, Loaded, Picture, Projection, Space
from embeddings_core.filters import Filter
from embeddings_core.readers.cuts import Cut
from embeddings_core.selections import History
from embeddings_core.space import Floats, Ints
from embeddings_core.steps import Steps

MEASURE = "@measure"
"""The choice of color that is `measured`."""


@dataclass
class AppState:
    """The choices of one session. Those that are in `links.LINKED` are carried by a link."""

    dataset: str = "everyday"
    """A sample's id, or the fingerprint of a dataset in the store."""
    encoder: str = ""
    """Empty: the one that suits the data."""
    asked_encoder: str = ""
    """A folder or hub id that a link asks for; only the visitor's own click makes it the encoder."""
    projection: str = "umap"
    dims: int = 2
    seed: int = 0
    color: str = ""
    """Empty: the column that suits the data best."""
    mode: str = "semantic"
    """How a typed text is searched."""
    within: bool = False
    """Only what the filter leaves is searched."""
    exact: bool = True
    """All vectors are read, even where an index would be faster."""
    metric: str = "cosine"
    k: int = 10
    query: str = ""
    picture: Picture | None = None
    also: str = ""
    """Items that are part of the question, by number, with dots between them."""
    before: tuple[str, Picture | None] = ("", None)
    """The query and the picture that were asked for before an item was picked."""
    item: int | None = None
    """The picked item: it counts among `rows`, as `history` does."""
    filter: str = ""
    """A Filter, as text."""
    hidden: str = ""
    """The categories that the legend hides."""
    selection: str = ""
    """Names, for a link, what `history` has selected now."""
    history: History | None = None
    asked_selection: str | None = None
    """The selection that an address asks for."""
    clustering: str = "kmeans"
    grouped_on: str = ""
    """What groups are looked for in; empty: what is usual for the method."""
    group: int | None = None
    level: int = 0
    """How many groups those that were found are joined to; 0: not at all."""
    suggested: tuple[str, bool] | None = None
    """The question for which a number of groups was asked for, and whether it has been set."""
    tried: str = ""
    """The question for which it is tried how stable the groups are."""
    edits: tuple[str, Steps[Clustering]] | None = None
    """What was made by hand of the groups with that fingerprint."""
    edit: Edit | None = None
    """A change of the groups that is to be made."""
    sides: str = ""
    """What is compared, as text; see comparing/sides.py."""
    laid: str = "beside"
    """How two maps are compared."""
    pair: int = 1
    """The side that the first one is compared with."""
    compared: str = "neighbors"
    """What is told about two sides."""
    contested: tuple[str, ...] = ()
    """Further encoders that are judged by labels."""
    varied: str = "settings"
    """What is varied of a map."""
    swept: str = ""
    """The maps that were asked for, with what was varied."""
    reported: str = ""
    """The report that was asked for, by its maps."""
    trust_k: int = 15
    """The neighbors that are counted where a map is compared with the vectors."""
    checked: set[str] = field(default_factory=set)
    """What a map was asked to be compared with, by the names of the jobs."""
    trust_worst: bool = False
    """The map has lines where it is most wrong."""
    panel: str = "Neighbors"
    worklist: str = "duplicates"
    """The list of the panel Lists."""
    threshold: float = 0.95
    """The cosine from which items are near-duplicates."""
    most: int = 30
    """How many items a worklist shows."""
    label_column: str = ""
    """The column whose labels are doubted, or judged by; empty: the first that has labels."""
    text_column: str = ""
    """The column whose texts are compared with pictures; empty: the one with the most words."""
    listed: int | None = None
    """An item of the group of near-duplicates that is open."""
    known: str = ""
    """Queries with known answers, as pasted lines."""
    known_file: tuple[str, Loaded] | None = None
    """Such queries as an upload, which a name tells from others; it comes before pasted lines."""
    known_by: str = ""
    """The column that the answers name; empty: an item's text or number."""
    summands: tuple[Summand, ...] = ()
    """The parts of the sum in the panel Compose."""
    examples: dict[str, str] = field(default_factory=dict)
    """What is typed in the panel Compose, one example a line, by the field's key."""
    poles: dict[str, Ints] = field(default_factory=dict)
    """Items that stand in a field's place, by its key."""
    probed: tuple[str, ...] = ()
    """The examples of the last bias probe."""
    why: bool = False
    """It is told why what is near is near."""
    page: dict[str, str] = field(default_factory=dict)
    """What is said on a page that stands alone, and the one that was asked for."""
    story: str = ""
    """The story that is played, by its key."""
    stop: int = 1
    """The view of it that is shown, from 1."""
    notes: bool = False
    """Its notes for the speaker are shown in the place of its views."""
    presenting: Presenting = field(default_factory=Presenting)
    gallery: bool = False
    """What is near is shown as large pictures."""
    lesson: str = ""
    """The lesson that is open; empty: the list of them."""
    step: int = 1
    """Its step."""
    teacher: bool = False
    """What is for teachers is shown."""
    answered: dict[str, int] = field(default_factory=dict)
    """The place of the answer that was chosen, by lesson and step."""
    learned: dict[str, int] = field(default_factory=dict)
    """How many steps of a lesson were gone through in this visit; the browser keeps it."""
    settings: dict[str, dict[str, Any]] = field(default_factory=dict)
    brought: Loaded | None = None
    """Waits to be encoded."""
    keeping: str = ""
    """The job that puts it into the store."""
    uploaded: str = ""
    """The upload that was read last."""
    part: tuple[str, Cut] | None = None
    """An upload of which only a part is to be read."""
    project: ProjectFile = field(default_factory=ProjectFile)
    encoder_for: dict[str, str] = field(default_factory=dict)
    running: dict[str, str] = field(default_factory=dict)
    rows: Ints | None = None
    """The items that are shown while the others are still encoded, None when all are there."""
    moved: Ints | None = None
    """Where those that were shown before are now."""
    grown: Grown | None = None
    """A map that grows."""
    anew: tuple[str, str] = ("", "")
    """The data and the encoder for which no map could go on."""
    shown: Shown | None = None
    found: Found | None = None
    measured: Measured | None = None
    """What the map was last colored by that is no column."""
    broken: tuple[str, ...] = ()
    """What a link asked for in vain."""
    touched: bool = False
    """A widget has changed something since the address was written."""

    def open(self, dataset: str, encoder: str = "") -> None:
        """Look at other data: what was chosen about the old data is forgotten."""
        self.dataset, self.encoder, self.color, self.filter, self.hidden = dataset, encoder, "", "", ""
        self.known, self.known_file, self.known_by = "", None, ""
        self.text_column = ""
        self.sides, self.contested, self.label_column = "", (), ""
        self.forget_items()

    def discard(self) -> None:
        """Drop what was brought but not encoded."""
        self.brought, self.keeping = None, ""

    def forget_items(self) -> None:
        """No item, query or selection any more."""
        self.item, self.query, self.picture, self.group = None, "", None, None
        self.history, self.selection, self.rows, self.moved = None, "", None, None
        self.measured, self.listed, self.also, self.before = None, None, "", ("", None)
        self.summands, self.poles = (), {}
        self.edits, self.edit, self.level = None, None, 0

    def pick(self, item: int | None) -> None:
        """Make one item the center of attention, in the place of the question; with None nothing is asked any more."""
        if item is None:
            self.also, self.before = "", ("", None)
        elif self.item is None:
            self.before = self.query, self.picture
        self.item = item
        self.query, self.picture = "", None

    def let_go(self) -> None:
        """No item is picked any more: what was asked before is asked again."""
        self.item = None
        self.query, self.picture = self.before

    def ask(self, query: str, picture: Picture | None = None) -> None:
        """Make a text or a picture the center of attention; it takes the place of a picked item."""
        self.query, self.picture = query.strip(), picture
        if self.query or picture is not None:
            self.item = None

    def ask_with(self, item: int) -> None:
        """Make an item part of the question, and go back to that."""
        self.also = ".".join(map(str, dict.fromkeys([*self.also_items, item])))
        self.let_go()

    def ask_without(self, item: int) -> None:
        """Take an item out of the question."""
        self.also = ".".join(str(other) for other in self.also_items if other != item)

    @property
    def also_items(self) -> list[int]:
        """The items that are part of the question."""
        return numbers(self.also)

    def follow(self, place: Ints, n: int) -> None:
        """The items have new numbers, `n` of them: `place` tells where each is now, -1 where it is not any more."""
        self.moved = place
        if self.item is not None:
            item = int(place[self.item]) if self.item < len(place) else -1
            self.item = item if item >= 0 else None
        kept = [int(place[item]) for item in self.also_items if item < len(place)]
        self.also = ".".join(str(item) for item in kept if item >= 0)
        if self.history is not None and self.history.n == len(place):
            self.history = self.history.carried(place, n)
        self.poles = {key: carried(items, place) for key, items in self.poles.items()}
        there = [
            part if part.items is None else part._replace(items=carried(part.items, place), key="")
            for part in self.summands
        ]
        self.summands = tuple(part for part in there if part.items is None or len(part.items))

    def selecting(self, n: int) -> History:
        """What is selected of `n` items, and how it came about."""
        if self.history is None or self.history.n != n:
            self.history = History(n)
        return self.history

    def select(self, mask: npt.NDArray[np.bool_], label: str) -> None:
        """Select items, (n,) bool; `label` says how, for undo."""
        self.selecting(len(mask)).set(mask, label)

    def plane_of(self, space: Space) -> Projection | None:
        """The map that was drawn last, if it is one of that space."""
        return self.shown.plane if self.shown and self.shown.of == space.fingerprint else None

    def groups_of(self, space: Space) -> Clustering | None:
        """The groups that were found last, if they are some of that space."""
        return self.found.groups if self.found and self.found.of == space.fingerprint else None

    def measure(self, of: tuple[str, str], label: str, values: Floats, map: str = "") -> None:
        """Color the map by `values`, (n,), a number for each item, perhaps about one `map`, by its fingerprint."""
        self.measured, self.color, self.hidden = Measured(of, label, values, map), MEASURE, ""

    def filter_by(self, text: str) -> None:
        """Show what passes a Filter, given as text; what is no filter changes nothing."""
        with suppress(CoreError):
            self.filter = Filter.from_text(text).to_text()

    @property
    def among(self) -> str:
        """The filter whose items alone are searched, as text; "" is no filter."""
        return self.filter if self.within else ""

    @property
    def hidden_codes(self) -> list[int]:
        """The categories that the legend hides, by their place in it."""
        return numbers(self.hidden)

    def hide(self, codes: Sequence[Any]) -> None:
        """Hide categories of the legend, by their place in it."""
        self.hidden = ".".join(str(code) for code in codes if isinstance(code, int))

    def setting(self, method: str) -> dict[str, Any]:
        """The chosen settings of a projection or clustering, by parameter name."""
        return self.settings.setdefault(method, {})


def numbers(text: str) -> list[int]:
    """The whole numbers with dots between them; what is none, or too long to be one, is left out."""
    return [int(part) for part in text.split(".") if part.isdecimal() and len(part) < 9]

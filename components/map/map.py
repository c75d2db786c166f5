"""The map of a space: a Streamlit component around plotly.js.

The points travel once, by address; a rerun sends only what is marked, and where to find what has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from components import plotly_js
from components.marks import DRAWN, Marks, placed
from components.published import BASE, SHORT, publish, publish_items, publish_map
from components.scripts import component, joined
from components.state import get_state, heard, heard_item
from embeddings_core import CoreError, Dataset, Projection, file_name, projections
from embeddings_core.coloring import Coloring
from embeddings_core.filters import Filter, matches
from embeddings_core.fingerprints import fingerprint
from embeddings_core.grid import enclosed
from embeddings_core.selections import History, combine

SCRIPTS = tuple((Path(__file__).parent / "scripts.txt").read_text(encoding="utf-8").split())
"""The scripts of this folder in the order in which they are one module."""
KEY = "map"


Keep = Callable[[str], None]
"""Called with the part of the map that is looked at, as a link names it, when the visitor asks to keep the view."""


class Stop(NamedTuple):
    """Where a story stops on its way: what tells this stop from others, and the part of the map that is looked at, as
    a link names it."""

    name: str
    view: str = ""


class Beside(NamedTuple):
    """How a map goes with others of the same items, all in two dimensions and aligned, `maps` among which it is the
    one at `place`: the same part is looked at on all. With `ends`, what the two are called, there is a slider from it
    to the next, the names on which are at `labels`."""

    maps: tuple[Projection, ...]
    place: int
    ends: tuple[str, str] | None = None
    labels: tuple[str, ...] = ()

    @property
    def pair(self) -> str:
        """What names the maps together in the browser."""
        return fingerprint("beside", *(plane.fingerprint for plane in self.maps))[:SHORT]

    def frame(self, part: str) -> list[float]:
        """The least and the most of all maps of a `part`, "bounds" or "home"."""
        ends = np.array([getattr(publish_map(plane), part) for plane in self.maps])
        return [*ends[:, :2].min(axis=0).tolist(), *ends[:, 2:].max(axis=0).tolist()]


def script() -> str:
    """The map's JavaScript, one module."""
    return joined([f"map/{name}" for name in SCRIPTS])


def _component() -> Any:
    return component("map", "map/map.html", tuple(f"map/{name}" for name in SCRIPTS), "map/map.css")


def payload(
    dataset: Dataset,
    projection: Projection,
    coloring: Coloring,
    marks: Marks,
    history: History,
    filter: str = "",
    names: Sequence[str] = (),
    hidden: Sequence[int] = (),
    beside: Beside | None = None,
    stop: Stop | None = None,
) -> dict[str, Any]:
    """Everything that a rerun sends to the browser; the points themselves are fetched by address."""
    raw, selected = _about(dataset, projection, beside), history.packed
    return {
        "plotly": plotly_js.address(),
        "map": map_address(projection),
        "about": publish(fingerprint("about", raw), lambda: raw),
        "points": len(projection.coords),
        "dims": projection.dims,
        "whole": len(projection.coords) <= DRAWN,
        "coloring": legend_of(coloring),
        "marks": placed(marks, projection),
        "ask": marks.ask,
        "names": list(names),
        # what is usual is not sent
        **({"base": _address(projection.base)} if projection.base else {}),
        **({"hidden": list(hidden)} if hidden else {}),
        **({"selection": publish(history.fingerprint, lambda: selected)} if history.count else {}),
        **({"filter": filter} if filter else {}),
        **(_together(beside) if beside else {}),
        **({"stop": stop._asdict()} if stop else {}),
    }


def _together(beside: Beside) -> dict[str, Any]:
    if beside.ends is None:
        return {"twin": {"pair": beside.pair, "place": beside.place + 1}}
    other = beside.maps[(beside.place + 1) % len(beside.maps)]
    publish_map(other)
    return {"morph": {"map": map_address(other), "ends": beside.ends, "labels": beside.labels}}


def _about(dataset: Dataset, projection: Projection, beside: Beside | None) -> bytes:
    """What there is to say about a map, whatever is marked on it, as JSON."""
    label = next((spec.label for spec in projections() if spec.id == projection.method), projection.method)
    held = publish_map(projection)
    about = {
        "items": publish_items(dataset),
        "bounds": beside.frame("bounds") if beside else held.bounds,
        "home": beside.frame("home") if beside else held.home,
        "pictures": f"{BASE}/pictures/{dataset.fingerprint}" if dataset.kind == "image" else "",
        "matches": f"{BASE}/matches/{dataset.fingerprint}",
        "file": file_name(dataset, "png", "map").removesuffix(".png"),
        "caption": f"{dataset.name}: {len(dataset):,} items, {label} in {projection.dims} dimensions",
        "alt": f"Map of {len(dataset):,} items of {dataset.name}, {label} in {projection.dims} dimensions. "
        "Arrow keys go from item to item, Enter picks one, slash finds words, Escape lets go.",
    }
    return json.dumps(about).encode()


def map_address(projection: Projection) -> str:
    """What names a map in the browser; its numbers are at addresses like it."""
    return _address(projection.fingerprint)


def _address(fingerprint: str) -> str:
    return f"{BASE}/maps/{fingerprint[:SHORT]}"


def publish_codes(coloring: Coloring) -> str:
    """Where the colors of the items are."""
    return publish(coloring.fingerprint, coloring.codes.tobytes)


def legend_of(coloring: Coloring) -> dict[str, Any]:
    """Where the codes of the items are, and what they mean: neither travels again with a rerun."""
    legend = {
        "bytes": coloring.codes.itemsize,
        "kind": coloring.kind,
        "label": coloring.label,
        "names": coloring.names,
        "palette": coloring.palette,
        "counts": coloring.counts,
        "ends": coloring.ends,
    }
    raw = json.dumps(legend).encode()
    return {
        "address": publish_codes(coloring),
        "legend": publish(fingerprint("legend", raw), lambda: raw),
    }


def draw_map(
    dataset: Dataset,
    projection: Projection,
    coloring: Coloring,
    marks: Marks,
    names: Sequence[str] = (),
    *,
    key: str = KEY,
    beside: Beside | None = None,
    stop: Stop | None = None,
    keep: Keep | None = None,
) -> None:
    """Draw the map; what is picked, found or selected on it arrives in the state."""
    state = get_state()
    history = state.selecting(len(dataset))

    def picked() -> None:
        if (item := heard_item(key, len(dataset))) is not None:
            state.pick(item)

    def lassoed() -> None:
        lasso = heard(key, "lasso")
        if isinstance(lasso, dict):
            select_loop(lasso, dataset, projection, coloring, history, state.filter)

    def filtered() -> None:
        text = heard(key, "filtered")
        if isinstance(text, str):
            state.filter_by(text)

    def hid() -> None:
        codes = heard(key, "hidden")
        if isinstance(codes, list):
            state.hide(codes)

    def chose_category() -> None:
        sent = heard(key, "category")
        if isinstance(sent, dict) and sent.get("coloring") == publish_codes(coloring):
            mask = coloring.codes == sent.get("category")
            history.set(shown_of(mask, dataset, state.filter), "a name of the legend")

    def stepped() -> None:
        if heard(key, "history") == "redo":
            history.redo()
        else:
            history.undo()

    def kept() -> None:
        if keep is not None and isinstance(view := heard(key, "kept"), str):
            keep(view)

    def cleared() -> None:
        heard(key, "cleared")
        state.pick(None)
        history.set(np.zeros(len(dataset), bool), "clearing")

    _component()(
        key=key,
        data=payload(
            dataset, projection, coloring, marks, history, state.filter, names, state.hidden_codes, beside, stop
        )
        | ({"keep": 1} if keep else {}),
        on_picked_change=picked,
        on_lasso_change=lassoed,
        on_filtered_change=filtered,
        on_hidden_change=hid,
        on_category_change=chose_category,
        on_history_change=stepped,
        on_cleared_change=cleared,
        on_kept_change=kept,
    )


def select_loop(
    lasso: dict[str, Any],
    dataset: Dataset,
    projection: Projection,
    coloring: Coloring,
    history: History,
    filter: str,
) -> None:
    """Select the items inside a loop that was drawn on the map: all of them, whether they are drawn or not, but none
    that the legend or the filter has put away. What no map can have sent changes nothing."""
    if lasso.get("map") != map_address(projection) or lasso.get("coloring") != publish_codes(coloring):
        return  # it was drawn on a map that has gone since
    try:
        loop = np.array(lasso["loop"], dtype=float).reshape(-1, 2)[:500]
        matrix = None if projection.dims == 2 else np.array(lasso["matrix"], dtype=float).reshape(4, 4).T
        hidden = np.array(lasso["hidden"], dtype=int).reshape(-1)
        how = lasso["how"]
    except (KeyError, TypeError, ValueError, OverflowError):
        return
    if len(loop) < 3 or not np.isfinite(loop).all() or how not in ("replace", "add", "remove"):
        return
    try:
        items = (
            publish_map(projection).grid.inside(loop) if matrix is None else enclosed(projection.coords, loop, matrix)
        )
    except CoreError:
        return
    new = np.zeros(len(dataset), bool)
    new[items] = True
    new &= ~np.isin(coloring.codes, hidden)
    history.set(combine(history.now, shown_of(new, dataset, filter), how), "a loop on the map")


def shown_of(mask: npt.NDArray[np.bool_], dataset: Dataset, filter: str) -> npt.NDArray[np.bool_]:
    """Those of a mask (n,) that pass the filter; one that cannot be read dims nothing either."""
    with suppress(CoreError):
        return mask & matches(dataset, Filter.from_text(filter))
    return mask

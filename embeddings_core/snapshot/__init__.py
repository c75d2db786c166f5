"""A map as one HTML file that opens by a double click, offline: the same map, cards, colors, search and neighbors."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ..cards import cut, show
from ..coloring import Coloring, color_by, color_columns, color_groups, no_color
from ..errors import CoreError, InputError, ParameterError
from ..filters import Filter, matches
from ..graph import neighbor_graph
from ..labels import numbered
from ..landmarks import landmarks
from ..offers import name_of
from ..pictures import Picture, thumbnail
from ..plugins import specs
from ..progress import phase
from ..selections import Mask, linked, pack
from ..space import Clustering, Floats, Progress, Projection, Space
from ..store import Store, get_store
from ..stories import Scene
from .framing import bounds_of, home_of
from .offline import page

if TYPE_CHECKING:
    from ..trust import Trust

MOST = 100_000
"""Items of a snapshot at most."""
K = 20
"""Neighbors of each item that it carries."""
LONGEST = 1_000
"""Characters of a text that it shows."""
COLUMNS, COLORS = 12, 8
"""Columns that cards show, and colors that can be chosen, at most."""
SIDES = {2_000: 96, MOST: 64}
"""Pixels of a picture's longer side, by up to how many there are."""
ROOM, BESIDE = 6_000_000, 1_500_000
"""Numbers of all vectors together, and beside pictures; longer ones are cut to their main axes."""


def snapshot(space: Space, projection: Projection, path: str | Path, **options: Any) -> Path:
    """Write the map as one HTML file that needs no server and asks for nothing; `snapshot_page` has the options."""
    target = Path(path)
    target.write_bytes(snapshot_page(space, projection, **options))
    return target


def snapshot_page(
    space: Space,
    projection: Projection,
    *,
    title: str = "",
    caption: str = "",
    colors: Sequence[str] | None = None,
    first: str = "",
    clustering: Clustering | None = None,
    trust: Trust | None = None,
    texts: bool = True,
    vectors: bool = True,
    views: Sequence[Scene] = (),
    store: Store | None = None,
    progress: Progress | None = None,
) -> bytes:
    """The page as UTF-8 HTML: the map with cards, legend, word search, and the 20 nearest of each item by cosine.

    `colors` are columns of the metadata; None chooses up to 8. The groups of `clustering` come before them, as
    "Cluster". Which is shown first can be told by its name, `first`. Texts are cut to 1,000 characters. With `vectors`
    it carries them as one byte a number, of long ones of many items the main axes, so that the items most like a
    selection can be found, approximately. Without `texts` it carries no item's text, picture or metadata, and no words
    made of them; the colors that are asked for still say which category an item has, and vectors tell much about a text
    to who has the encoder: leave them out too where that matters. Groups are numbered then, unless their names were
    typed. Sounds are not carried. With `views`, those of a story on this very map, Back and Next lead from one to the
    next; the columns that color them come along. Raises InputError for a map
    of other items and for more than 100,000, ParameterError for a column that is not there. `progress` counts parts of
    the whole.
    """
    n, dataset = len(space), space.dataset
    if len(projection.coords) != n or (clustering is not None and len(clustering.labels) != n):
        raise InputError("The map or the groups are those of other items.", "Give the results of this very space.")
    if n > MOST:
        raise InputError(f"{n:,} items are too many for one page.", f"Select up to {MOST:,} of them first.")
    if clustering is not None and not texts and clustering.method != "names":
        clustering = replace(clustering, names=tuple(numbered(len(clustering.names))))
    if colors is None:
        colors = _columns(space, first, views) if texts else ()
    chosen = sorted(_colorings(space, colors, clustering), key=lambda coloring: coloring.label != first)
    if any(scene.link.get("color") == "@none" for scene in views) and chosen[0].label:
        chosen.append(no_color(n))
    k = min(K, n - 1)
    parts: dict[str, bytes] = {"coords": projection.coords.astype("<f4").tobytes()}
    if k:
        graph = neighbor_graph(space, k, store=store, progress=phase(progress, 0, 0.5))
        parts["near"] = graph.indices.astype("<u4").tobytes()
        parts["scores"] = np.round(np.clip(graph.cosines, -1, 1) * 32767).astype("<i2").tobytes()
    if vectors:
        parts["vectors"] = rounded(space.unit, BESIDE if texts and dataset.kind == "image" else ROOM).tobytes()
    if texts:
        parts["texts"] = json.dumps(_texts(space), ensure_ascii=False, separators=(",", ":")).encode()
        parts |= _pictures(space, phase(progress, 0.5, 0.9))
    for at, coloring in enumerate(chosen):
        parts[f"codes-{at}"] = np.ascontiguousarray(coloring.codes).tobytes()
    legends = [_legend(space, projection, coloring, texts, store) for coloring in chosen]
    title = title or dataset.name
    told = _views(space, views, [coloring.label for coloring in chosen], store)
    parts["head"] = json.dumps(_head(space, projection, k, title, legends) | {"views": told}).encode()
    phase(progress, 0.9, 1)(1, 1)
    return page(title, caption, about(space, projection, trust, texts=texts, vectors=vectors), parts)


def rounded(unit: Floats, room: int) -> np.ndarray:
    """Vectors (n, d) as int8 (n, m): m is d where all numbers fit into the `room`, otherwise that many main axes."""
    n, d = unit.shape
    kept = max(2, min(d, room // max(n, 1)))
    values = unit
    if kept < d:
        _, axes = np.linalg.eigh(unit.T @ unit)  # not centered: cosines stay what they are, as far as the axes go
        values = unit @ axes[:, ::-1][:, :kept]
    largest = np.abs(values).max(axis=1, keepdims=True)
    return np.round(values / np.where(largest > 0, largest, 1) * 127).astype(np.int8)


def about(space: Space, projection: Projection, trust: Trust | None, *, texts: bool, vectors: bool) -> str:
    """What the page says of itself, a line each: data, method, trust, privacy, license, date."""
    dataset = space.dataset
    label = next((spec.label for spec in specs("projections") if spec.id == projection.method), projection.method)
    n = f"{len(space):,} item{'s' if len(space) != 1 else ''}"
    lines = [
        f"{n} of {dataset.name}, encoded by {name_of(space.encoder)} into {space.vectors.shape[1]} numbers each. "
        f"Drawn by {label} in {projection.dims} dimensions (seed {projection.seed}). {projection.note}",
    ]
    if trust is not None:
        lines.append(f"How far to trust it: {trust.verdict}")
    words = {"image": "pictures", "sound": "names of the sounds", "row": "rows", "vector": "columns"}
    what = words.get(dataset.kind, "texts")
    held = [
        f"the {what}" if texts else f"no {what}",
        "vectors rounded to one byte a number, from which much of an item can be guessed"
        if vectors
        else "no vectors, only which items are near which",
    ]
    lines.append(
        f"This file holds {(' and ' if texts == vectors else ', but ').join(held)}. It asks for nothing from anywhere."
    )
    if said := " · ".join(filter(None, (dataset.source, dataset.license))):
        lines.append(f"Data: {said}")
    lines.append(f"Made with Embedding Explorer on {date.today().isoformat()}.")
    return "\n".join(lines)


def _columns(space: Space, first: str, views: Sequence[Scene]) -> list[str]:
    """The columns to color by where nobody has chosen: the likeliest first, and those that are shown first or asked for
    by a view."""
    data = space.dataset
    known, best = color_columns(data)
    few = sorted((name for name in known if name == best or _is_color(space, name)), key=lambda name: name != best)
    asked = [first, *map(_label, views)]
    return list(dict.fromkeys(few[:COLORS] + [name for name in asked if name in map(str, data.metadata)]))


def _colorings(space: Space, columns: Sequence[str], clustering: Clustering | None) -> list[Coloring]:
    data = space.dataset
    found = [] if clustering is None else [color_groups(clustering)]
    if missing := set(columns) - set(map(str, data.metadata)):
        raise ParameterError(f"There is no column {sorted(missing)[0]!r}.", "Name columns of the metadata.")
    found += [color_by(name, data.metadata[name]) for name in columns]
    return found or [no_color(len(space))]


def _is_color(space: Space, column: str) -> bool:
    """Whether a color says something: a scale does, and so do categories that several items share."""
    values = space.dataset.metadata[column]
    scale = pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values)
    return bool(scale) or values.astype(str).nunique() <= max(2, len(space) // 2)


def _legend(
    space: Space, projection: Projection, coloring: Coloring, texts: bool, store: Store | None
) -> dict[str, Any]:
    told = {
        "bytes": coloring.codes.itemsize, "kind": coloring.kind, "label": coloring.label, "names": coloring.names,
        "palette": coloring.palette, "counts": coloring.counts, "ends": coloring.ends,
    }  # fmt: skip
    labels = coloring.codes.astype(np.int64) if coloring.kind == "category" and len(coloring.names) > 1 else None
    if labels is None and not texts:
        return told
    names = list(coloring.names) if labels is not None else []
    found = landmarks(space, projection, labels, names, regions=texts, store=store)
    places = [[float(part) for part in place] for place in found.places]
    return {**told, "landmarks": {"names": found.names, "places": places, "levels": found.levels.tolist()}}


def _head(space: Space, projection: Projection, k: int, title: str, legends: list[dict[str, Any]]) -> dict[str, Any]:
    coords, n = projection.coords, len(space)
    about = {
        "items": "/items", "bounds": bounds_of(coords), "home": home_of(coords), "matches": "/matches/all",
        "caption": title,
        "pictures": "/pictures" if space.dataset.kind == "image" else "", "file": "map",
        "alt": f"Map of {n:,} items. Arrow keys go from item to item, Enter picks one, slash finds words.",
    }  # fmt: skip
    return {"points": n, "dims": projection.dims, "k": k, "colors": legends, "about": about}


def _views(space: Space, scenes: Sequence[Scene], labels: list[str], store: Store | None) -> list[dict[str, Any]]:
    """What each view of a story shows; what its link asks for in vain is left out."""
    told, n = [], len(space)
    usual = color_columns(space.dataset)[1]  # the color of a link that names none
    for scene in scenes:
        label, item = _label(scene) if "color" in scene.link else usual, scene.link.get("item", "")
        passing = None
        with suppress(CoreError):
            if (asked := Filter.from_text(scene.link.get("filter", ""))).active:
                passing = matches(space.dataset, asked)
        selected = linked(store or get_store(), scene.link.get("selection", ""), n)
        if selected is not None and passing is not None:
            selected, passing = selected & passing, None
        told.append({
            "title": scene.title, "caption": scene.caption,
            "passing": _bits(passing), "selected": _bits(selected),
            "color": labels.index(label) if label in labels else 0,
            "item": int(item) if item.isdecimal() and int(item) < n else None,
            "hidden": [int(code) for code in scene.link.get("hidden", "").split(".") if code.isdecimal()],
            "view": scene.link.get("view", "").partition(":")[2],
        })  # fmt: skip
    return told


def _label(scene: Scene) -> str:
    """What a view is colored by, as the label of a Coloring."""
    color = scene.link.get("color", "")
    return {"@cluster": "Cluster", "@none": ""}.get(color, color.removeprefix("@column:"))


def _bits(mask: Mask | None) -> str:
    return "" if mask is None else base64.b64encode(pack(mask)).decode("ascii")


def _texts(space: Space) -> dict[str, Any]:
    data = space.dataset
    titles = [cut(caption, LONGEST) for caption in data.captions]
    names = [name for name in data.metadata if name != data.text][:COLUMNS]
    columns = [[str(name), [cut(show(value), 200) for value in data.metadata[name]]] for name in names]
    return {"titles": titles, "columns": columns}


def _pictures(space: Space, progress: Progress) -> dict[str, bytes]:
    """All pictures, one after the other, and where each begins."""
    if space.dataset.kind != "image":
        return {}
    made, offsets = [], [0]
    side = next(side for most, side in SIDES.items() if len(space) <= most)
    for at, picture in enumerate(space.dataset.items):
        progress(at, len(space))
        assert isinstance(picture, Picture)
        made.append(thumbnail(picture, side))
        offsets.append(offsets[-1] + len(made[-1]))
    return {"pictures": b"".join(made), "offsets": np.array(offsets, "<u4").tobytes()}

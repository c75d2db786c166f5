"""The maps that are compared: side by side, with the same part in view on all, or one that turns into the other."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.comparing.sides import NAMES, Side, difference
from components.feedback import plain
from components.growing import encoded
from components.map.map import KEY, Beside, Keep, Marks, Stop, draw_map
from components.map.naming import publish_names
from components.marks import DRAWN
from components.published import publish_map
from embeddings_core.coloring import Coloring
from embeddings_core.fingerprints import fingerprint

LAID = {"beside": "Side by side", "morph": "One turns into the other"}


class Seen(NamedTuple):
    """One side as far as it is there: its space, its map as it was made, and `plane`, that map laid over the first
    one: turned, mirrored, moved and scaled as a whole, which changes nothing about who is near whom."""

    side: Side
    space: ec.Space
    made: ec.Projection
    plane: ec.Projection


def seen(key: str, dataset: ec.Dataset, sides: tuple[Side, ...]) -> list[Seen] | None:
    """The spaces and maps of all sides; what is not there yet is made, which is drawn here. None until all are."""
    spaces: dict[str, ec.Space] = {}
    for encoder in dict.fromkeys(side.encoder for side in sides):
        part = encoded(key, dataset, encoder, f"-{len(spaces)}")
        if part is None or part.rows is not None:
            return None  # one after the other: two models at once would only be in each other's way
        spaces[encoder] = part.space
    made = [_projected(place, side, spaces[side.encoder]) for place, side in enumerate(sides)]
    planes = [plane for plane in made if plane is not None]
    if len(planes) < len(sides):
        return None
    return [
        Seen(side, spaces[side.encoder], plane, laid_over(plane, planes[0]))
        for side, plane in zip(sides, planes, strict=True)
    ]


def _projected(place: int, side: Side, space: ec.Space) -> ec.Projection | None:
    key = f"project-{space.fingerprint}-{fingerprint(side.projection, side.seed, side.settings)}"
    return waiting.computed(
        f"side-{place}", key, f"{NAMES[place]}: drawing the map with {side.spec.label}", ec.project, space,
        side.projection, dims=2, seed=side.seed, **dict(side.settings),
    )  # fmt: skip


def laid_over(plane: ec.Projection, first: ec.Projection) -> ec.Projection:
    """A map laid over the first one by Procrustes, and as large as it: the scale that fits best would shrink a map the
    more, the less the two have in common."""
    if plane.fingerprint == first.fingerprint or len(plane.coords) != len(first.coords):
        return plane
    name = fingerprint("laid", plane.fingerprint, first.fingerprint)
    aligned, _ = ec.align(plane.coords, first.coords)
    middle = first.coords.mean(axis=0, dtype=float)
    large, small = (float(np.linalg.norm(coords - middle)) for coords in (first.coords, aligned))
    coords = np.asarray(middle + (aligned - middle) * (large / small if small else 1), dtype=np.float32)
    return publish_map(replace(plane, fingerprint=name, coords=coords, base="", extras={})).projection


def draw_beside(
    found: list[Seen], coloring: Coloring, marks: list[Marks], *, stop: Stop | None = None, keep: Keep | None = None
) -> None:
    """One map a side; two stand in one row. The first says for all what is looked at: it has the `stop` of a story, and
    the button to `keep` the view."""
    planes = tuple(one.plane for one in found)
    words = difference(tuple(one.side for one in found))
    for start in range(0, len(found), 2):
        for place, column in zip(range(start, min(start + 2, len(found))), st.columns(2, gap="small"), strict=False):
            with column:
                one = found[place]
                st.markdown(f"**{NAMES[place]}** {plain(words[place])}")
                names = publish_names(one.space, one.plane, coloring)
                draw_map(
                    one.space.dataset, one.plane, coloring, marks[place], names,
                    key=KEY if not place else f"{KEY}-{NAMES[place].lower()}", beside=Beside(planes, place),
                    stop=stop if stop is None or not place else Stop(stop.name), keep=None if place else keep,
                )  # fmt: skip


def draw_morph(
    first: Seen, second: Seen, coloring: Coloring, marks: Marks, *, stop: Stop | None = None, keep: Keep | None = None
) -> None:
    """One map, with a slider that leads from the first to the second."""
    if len(first.plane.coords) > DRAWN:
        st.info(f"Maps of more than {DRAWN:,} points are shown side by side: here only a sample of them is drawn.")
        return
    words = difference((first.side, second.side))
    draw_map(
        first.space.dataset, first.plane, coloring, marks, publish_names(first.space, first.plane, coloring),
        beside=Beside(
            (first.plane, second.plane), 0, (words[0], words[1]),
            tuple(publish_names(second.space, second.plane, coloring)),
        ),
        stop=stop, keep=keep,
    )  # fmt: skip

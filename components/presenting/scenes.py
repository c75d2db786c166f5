"""What a kept view shows: the map of the page Explore, or the maps of the page Compare, with all that was pointed out
on them; and the answer to a question from the floor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import streamlit as st

import embeddings_core as ec
from components import cached
from components.adding_up import found_sum, settle_parts, sum_marks
from components.app_state import AppState
from components.comparing.choosing import sides_of
from components.comparing.differences import compared, marks_on
from components.comparing.maps import Seen, draw_beside, draw_morph, seen
from components.comparing.sides import NAMES, readable_sides
from components.feedback import plain, shown
from components.growing import carry, encoded
from components.links import PAGE, SHADE, VIEW
from components.map.map import Stop, draw_map
from components.map.naming import publish_names
from components.marks import Marks
from components.panels.groups import groups_panel
from components.panels.modes import modes_of
from components.panels.neighbors import answered, found, marks_near, most_of
from components.panels.trust import SHADES, color_by_trust, lines_shown
from components.presenting.keeping import COMPARE
from components.projecting import projected
from components.selecting import keep_selection
from components.sidebar import CLUSTER, chosen_color, chosen_encoder, colored, confirm_encoder, known_data
from embeddings_core.cards import cut
from embeddings_core.stories import Scene, Story

LISTED = 5
"""What is nearest to a question from the floor: so many are written out, all have rings."""
GONE = "The data of this view is not here any more. The story goes on with the next view."
OTHER = "One of the maps that this view compares cannot be made here. The story goes on with the next view."


class Answer(NamedTuple):
    """What was found for a question from the floor, as texts, and what there is to say about it."""

    found: Sequence[str] = ()
    note: str = "Reading the question …"


def draw_scene(state: AppState, story: Story, scene: Scene) -> Answer | None:
    """Draw a view; returns what answers the question from the floor, None where there is no map."""
    with st.container(key="play_asked"):
        if state.dataset not in known_data():
            st.info(GONE, icon=":material/link_off:")
            return None
        if state.asked_encoder:
            confirm_encoder(state)
            return None
        if state.broken:
            said = plain("; ".join(state.broken))
            st.warning(f"This view asks for what cannot be shown: {said}.", icon=":material/link_off:")
        with st.spinner("Opening the data …"):
            dataset = cached.dataset(state.dataset)
    stop = Stop(f"{story.key}-{state.stop}", scene.link.get(VIEW, ""))
    draw = _sides if scene.link.get(PAGE) == COMPARE else _map
    return draw(state, dataset, stop, scene)


# -- as on the page Explore ------------------------------------------------------------------------


def _map(state: AppState, dataset: ec.Dataset, stop: Stop, scene: Scene) -> Answer | None:
    encoder = chosen_encoder(state, dataset)
    above, below = st.container(), st.container(key="play_said")
    with below:  # progress lies over the map that is there
        part = encoded(state.dataset, dataset, encoder)
        if part is None:
            return None
        carry(part, len(dataset))
        space = part.space
        plane = projected(space, growing=part.rows is not None)
        if plane is None:
            return None
        if part.rows is None:
            keep_selection(state, len(dataset))
        modes = modes_of(space)
        state.mode = state.mode if state.mode in modes else modes[0]
        marks, hits = answered(space, plane)
        with shown():
            marks = _pointed(state, space, plane, marks)
        if (shade := scene.link.get(SHADE)) in SHADES and state.measured is None:
            color_by_trust(space, plane, shade)
        _, color = chosen_color(state, encoder)
        groups = groups_panel(space, plane, colored=True, listed=False) if color == CLUSTER else None
        coloring = colored(state, len(space), color, part.rows, groups.coloring if groups else None)
    with above:
        draw_map(space.dataset, plane, coloring, marks, publish_names(space, plane, coloring), stop=stop)
    state.presenting.begun(state)
    return _answer(plane, hits, space.dataset)


def _pointed(state: AppState, space: ec.Space, plane: ec.Projection, marks: Marks) -> Marks:
    """What an open panel adds to what is near. Whoever asks for something else no longer sees the sum."""
    if state.panel == "Trust":
        return replace(marks, lines=lines_shown(space, plane))
    if state.panel == "Compose" and not state.presenting.turned(state) and (parts := settle_parts(space.dataset)):
        summed = found_sum(space, parts)
        return marks if summed is None else replace(sum_marks(plane, parts, summed)[0], ask=marks.ask)
    return marks


def _answer(plane: ec.Projection, hits: ec.Neighbors | None, dataset: ec.Dataset) -> Answer:
    if hits is None:
        return Answer()
    if not hits.indices.size:
        return Answer(note="Nothing found.")
    titles = [cut(dataset.captions[int(item)], 90) for item in hits.indices[0][:LISTED]]
    if not len(hits.query):
        return Answer(titles, "Found by their words.")
    where = f"The diamond shows {ec.place(plane, hits)[1]} where the text belongs on this map."
    more = f" Approximate. {hits.approximate}" if hits.approximate else ""
    return Answer(titles, f"Most alike first. {where}{more}")


# -- as on the page Compare ------------------------------------------------------------------------


def _sides(state: AppState, dataset: ec.Dataset, stop: Stop, scene: Scene) -> Answer | None:
    sides = sides_of(state, dataset, chosen_encoder(state, dataset))
    if sides != readable_sides(state.sides):
        with st.container(key="play_asked_sides"):
            st.info(OTHER, icon=":material/link_off:")
        return None
    morph = state.laid == "morph"
    above = st.container(key=f"play_maps_{1 if morph else len(sides)}")
    with st.container(key="play_said"):
        maps = seen(state.dataset, dataset, sides)
        if maps is None:
            return None
        keep_selection(state, len(dataset))
        other = state.pair if 0 < state.pair < len(maps) else 1
        if state.item is not None and state.item >= len(dataset):
            state.item = None
        comparison = None if state.item is None else compared(maps[0], maps[other], state.k)
        marks = marks_on(len(maps), other, comparison, state.item)
        hits = [_near(state, one, place) for place, one in enumerate(maps)]
        marks = [
            one if near is None else marks_near(state, each.plane, near)
            for one, near, each in zip(marks, hits, maps, strict=True)
        ]
        _, color = chosen_color(state, sides[0].encoder)
        coloring = colored(state, len(dataset), color)
    with above:
        if morph:  # a diamond cannot go along
            draw_morph(maps[0], maps[other], coloring, replace(marks[0], query=None), stop=stop)
        else:
            draw_beside(maps, coloring, marks, stop=stop)
    state.presenting.begun(state)
    if not state.query:
        return None
    reading = [place for place, near in enumerate(hits) if near is not None]
    told = [place for place, one in enumerate(maps) if "semantic" in modes_of(one.space)]
    if len(reading) < len(told):
        return Answer()
    return Answer(note=_placed([NAMES[place] for place in told], len(maps), morph))


def _near(state: AppState, one: Seen, place: int) -> ec.Neighbors | None:
    """What is near a question from the floor to the encoder of one side."""
    if not state.query or "semantic" not in modes_of(one.space):
        return None
    with shown():
        return found(one.space, state.query, min(state.k, most_of(one.space)), "semantic", f"search-{place}")
    return None


def _placed(names: list[str], count: int, morph: bool) -> str:
    """What the marks of a question say, on the sides that could read it."""
    if not names:
        return "The encoders of these maps read no text."
    if morph:
        return "The rings are what is nearest." if names[0] == NAMES[0] else "The encoder of this map reads no text."
    where = "on each map" if len(names) == count else f"on {' and '.join(names)}; the others read no text"
    return f"The diamonds show about where the text belongs {where}. The rings are what is nearest."

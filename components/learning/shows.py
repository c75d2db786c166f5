"""What stands beside the words of a lesson: things to look at, and things to try.

Each function here that is in SHOWS draws one thing that a lesson asks for by its name: its arguments are the lesson, a
key that nothing else on the page has, and by name what stands beside `what` in the lesson's file.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

import embeddings_core as ec
from components.charts import PLAIN, draw_bars
from components.feedback import plain
from components.learning.computing import LONGEST, computed
from components.learning.prose import draw_legend
from components.learning.tries import TRIES
from components.multiples.multiples import Cell, draw_multiples
from components.panels.vector import strip as strip_of
from embeddings_core.coloring import Coloring, color_by
from embeddings_core.encoders import encode_items, get_encoder
from embeddings_core.errors import InputError
from embeddings_core.facts.texts import cosine
from embeddings_core.lessons import Lesson, Show
from embeddings_core.space import Floats


def draw_show(lesson: Lesson, show: Show, key: str) -> None:
    """Draw what a lesson asks for. Raises InputError for what there is not, or what does not fit its arguments."""
    draw = SHOWS.get(show.what)
    if draw is None:
        raise InputError(f"{lesson.id} shows {show.what!r}, which there is not.", f"Use one of {', '.join(SHOWS)}.")
    try:
        inspect.signature(draw).bind(lesson, key, **show.given)
    except TypeError as error:
        raise InputError(f"{lesson.id} cannot show {show.what!r}: {error}.") from error
    draw(lesson, key, **show.given)


def bars(
    lesson: Lesson, key: str, *, title: str, facts: Sequence[str], labels: Sequence[str],
    ends: Sequence[float] = (0.0, 1.0),
) -> None:  # fmt: skip
    """A bar for each of some expects."""
    values = [float(lesson.expect[name].value) for name in facts]
    draw_bars(list(labels), values, [PLAIN] * len(values), (ends[0], ends[1]), title, key=key)


def two_texts(lesson: Lesson, key: str, *, a: str, b: str, encoders: Sequence[str] = ("minilm",)) -> None:
    """Two fields to type in, and the cosine similarity of what is typed, by one or more encoders."""
    first = st.text_input("A text", a, key=f"{key}-a", max_chars=LONGEST).strip()
    second = st.text_input("Another text", b, key=f"{key}-b", max_chars=LONGEST).strip()
    if not first or not second:
        st.caption("Type something in both fields.")
        return
    found = computed(key, "Comparing", _cosines, tuple(encoders), first, second)
    if found is not None:
        names = [get_encoder(encoder).spec.label for encoder in encoders]
        draw_bars(names, found, [PLAIN] * len(found), (min(0.0, *found), 1.0), "Cosine similarity", key=f"{key}-bars")


def _cosines(encoders: tuple[str, ...], first: str, second: str) -> list[float]:
    return [cosine(encoder, first, second) for encoder in encoders]


def strip(lesson: Lesson, key: str, *, encoder: str, text: str) -> None:
    """The vector of a text as a strip of colors."""
    found = computed(key, "Reading", _vector, encoder, text)
    if found is None:
        return
    alt = f"{len(found)} numbers as colors, from {found.min():.3f} to {found.max():.3f}: the vector of {text}"
    figure = strip_of(found, (), float(np.abs(found).max()))
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)
    st.caption(f"All {len(found)} numbers of “{plain(text)}”, line by line: orange above zero, blue below.")


def _vector(encoder: str, text: str) -> Floats:
    return encode_items(get_encoder(encoder), [text])[0]


def sample_map(
    lesson: Lesson, key: str, *, sample_id: str, encoder: str, column: str, method: str = "umap"
) -> None:  # fmt: skip
    """A sample as a small map, with the colors of a column."""
    plane = computed(key, "Drawing the map", _plane, sample_id, encoder, method)
    if plane is not None:
        draw_maps([Cell("", plane)], color_by(column, ec.sample(sample_id).metadata[column]), key)


def _plane(sample_id: str, encoder: str, method: str) -> ec.Projection:
    return ec.project(ec.encode(ec.sample(sample_id), encoder), method)


def draw_maps(cells: Sequence[Cell], coloring: Coloring, key: str, columns: int | None = None) -> None:
    """Small maps in a row, and below them what the colors say."""
    with st.container(key=f"maps-{len(cells)}-{key}"):
        draw_multiples(cells, coloring, None, columns=columns or len(cells), key=key)
    draw_legend(coloring, key=f"{key}-legend")


SHOWS: dict[str, Callable[..., None]] = {
    "bars": bars,
    "two_texts": two_texts,
    "strip": strip,
    "sample_map": sample_map,
    **TRIES,
}

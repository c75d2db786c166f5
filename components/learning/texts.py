"""What lessons show of numbers and texts: bars, two texts to compare, a vector as a strip."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import streamlit as st

from components.charts import draw_told
from components.feedback import plain
from components.learning.computing import LONGEST, computed
from components.panels.vector import strip as strip_of
from embeddings_core.encoders import encode_items, get_encoder
from embeddings_core.lessons import Lesson, number
from embeddings_core.lessons.facts.texts import cosine, vectors_of
from embeddings_core.space import Floats


def bars(
    lesson: Lesson, key: str, *, title: str, facts: Sequence[str], labels: Sequence[str],
    ends: Sequence[float] = (),
) -> None:  # fmt: skip
    """A bar for each of some expects. The axis goes from 0 to 1, or as far as it must, if no `ends` are given."""
    told = [lesson.expect[name] for name in facts]
    values, said = [float(one.value) for one in told], [one.shown for one in told]
    low, high = ends or (min(0.0, *values), max(1.0, *values))
    draw_told(labels, values, said, (low, high), title, key=key)


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
        said = ["knows no such word" if math.isnan(one) else number(one) for one in found]
        values = [0.0 if math.isnan(one) else one for one in found]
        draw_told(names, values, said, (min(0.0, *values), 1.0), "Cosine similarity", key=f"{key}-bars")


def _cosines(encoders: tuple[str, ...], first: str, second: str) -> list[float]:
    """NaN for an encoder that one of the texts says nothing to."""
    return [
        cosine(of, first, second) if vectors_of(of, first, second).any(axis=1).all() else math.nan for of in encoders
    ]


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

"""What lessons show of maps: samples and toy data as small maps, whose colors tell the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

import embeddings_core as ec
from components.learning.computing import computed
from components.learning.prose import draw_legend
from components.multiples.multiples import Cell, draw_multiples
from embeddings_core.coloring import Coloring, color_by, no_color
from embeddings_core.lessons import Lesson
from embeddings_core.lessons.facts.maps import groups_on, toy_map
from embeddings_core.lessons.facts.texts import space_of
from embeddings_core.progress import phase
from embeddings_core.space import Progress


def sample_map(
    lesson: Lesson, key: str, *, sample_id: str, encoder: str, column: str, methods: Sequence[str] = ("umap",)
) -> None:  # fmt: skip
    """A sample as one small map a method, with the colors of a column."""
    planes = [computed(f"{key}-{one}", f"Drawing by {label(one)}", _plane, sample_id, encoder, one) for one in methods]
    cells = [
        Cell(label(method) if len(methods) > 1 else "", plane) for method, plane in zip(methods, planes, strict=True)
    ]
    draw_maps(cells, color_by(column, ec.sample(sample_id).metadata[column]), key)


def _plane(sample_id: str, encoder: str, method: str, progress: Progress | None = None) -> ec.Projection:
    space = space_of(sample_id, encoder, phase(progress, 0, 0.5))
    return ec.project(space, method, progress=phase(progress, 0.5, 1))


def toy_maps(
    lesson: Lesson, key: str, *, toy: str, cells: Sequence[Mapping[str, Any]], column: str = ""
) -> None:  # fmt: skip
    """Toy data as small maps; each of `cells` has a method, perhaps its settings, a `title` and a `note`. The colors
    are the truth, by a column of the toy data's metadata; without one they are groups that are found by the places of
    the first map alone."""
    drawn = []
    for place, cell in enumerate(cells):
        settings = {name: value for name, value in cell.items() if name not in ("method", "title", "note")}
        plane = computed(f"{key}-{place}", "Drawing", _toy_plane, toy, cell["method"], settings)
        drawn.append(Cell(cell.get("title", label(cell["method"])), plane, cell.get("note", "")))
    draw_maps(drawn, truth(toy, column) if column else _groups(drawn[0].plane, len(ec.toy(toy))), key)


def _groups(plane: ec.Projection | None, n: int) -> Coloring:
    if plane is None:
        return no_color(n)
    return color_by("Group on the first map", pd.Series([str(group + 1) for group in groups_on(plane)]))


def toy_try(
    lesson: Lesson, key: str, *, toys: Sequence[str], columns: Sequence[str], method: str, setting: str,
    values: Sequence[float], value: float,
) -> None:  # fmt: skip
    """Toy data as a map whose one setting can be changed, beside one by PCA; which toy data, can be chosen."""
    spec = next(spec for spec in ec.projections() if spec.id == method)
    param = next(param for param in spec.params if param.name == setting)
    chosen = st.segmented_control(
        "Toy data", list(toys), default=toys[0], key=f"{key}-toy", required=True,
        format_func=lambda name: name.replace("_", " ").capitalize(), help="Its truth is in the colors.",
    )  # fmt: skip
    now = st.select_slider(param.label, list(values), value, key=f"{key}-value", help=param.help)
    straight = computed(f"{key}-pca", "Drawing", _toy_plane, chosen, "pca", {})
    plane = computed(key, "Drawing", _toy_plane, chosen, method, {setting: now})
    draw_maps(
        [Cell(f"{label('pca')}, a shadow", straight), Cell(f"{spec.label}, {now} {setting.replace('n_', '')}", plane)],
        truth(chosen, columns[list(toys).index(chosen)]),
        key,
    )


def _toy_plane(toy: str, method: str, settings: Mapping[str, Any]) -> ec.Projection:
    return toy_map(toy, method, **settings)[1]


def truth(toy: str, column: str) -> Coloring:
    """The colors of what is known about toy data."""
    values = ec.toy(toy).metadata[column]
    return color_by(column.capitalize(), values.round(2) if values.dtype.kind == "f" else values)


def label(method: str) -> str:
    """The name of a projection."""
    return next((spec.label for spec in ec.projections() if spec.id == method), method)


def draw_maps(cells: Sequence[Cell], coloring: Coloring, key: str) -> None:
    """Small maps in a row, and below them what the colors say."""
    with st.container(key=f"maps-{len(cells)}-{key}"):
        draw_multiples(cells, coloring, None, columns=min(3, len(cells)), key=key)
    draw_legend(coloring, key=f"{key}-legend")

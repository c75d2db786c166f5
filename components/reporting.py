"""A report of what is on the page, as one file: made beside the page when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import shown
from components.state import get_state
from embeddings_core.coloring import MISSING, NOISE, Coloring
from embeddings_core.fingerprints import fingerprint
from embeddings_core.progress import phase

HELP = (
    "A page to read or to print: the maps, how far they can be trusted, the settings, and Python that makes it again."
)


def offer_report(
    views: Sequence[tuple[ec.Space, ec.Projection]],
    coloring: Coloring,
    *,
    groups: ec.Clustering | None = None,
    comparison: ec.Comparison | None = None,
    against: int = 1,
) -> None:
    """A button that makes the report of one map, or of several; then one that saves it. `comparison` is that of the
    first with the one at the place `against`."""
    asked = fingerprint([(space.fingerprint, plane.fingerprint) for space, plane in views], against)
    if get_state().reported != asked:
        st.button(
            "Make a report", key="report", icon=":material/description:", help=HELP, on_click=_ask, args=(asked,)
        )  # fmt: skip
        return
    look = (coloring.fingerprint, coloring.label, coloring.names)
    key = f"report-{fingerprint(asked, groups and groups.fingerprint, comparison and comparison.k, look)}"
    with shown():
        page = waiting.computed(
            "report", key, "Writing the report", _written, tuple(views), for_print(coloring), groups, comparison,
            against, counts="share",
        )  # fmt: skip
        if page is not None:
            dataset = views[0][0].dataset
            st.download_button(
                "Download the report", page, ec.file_name(dataset, "html", "report"), "text/html", key="report_file",
                on_click="ignore", icon=":material/download:", help=HELP,
            )  # fmt: skip


def _ask(asked: str) -> None:
    get_state().reported = asked


def _written(
    views: Sequence[tuple[ec.Space, ec.Projection]],
    colors: ec.Colors,
    groups: ec.Clustering | None,
    comparison: ec.Comparison | None,
    against: int,
    progress: ec.Progress,
) -> str:
    part = partial(phase, progress)
    judged = [
        ec.View(space, plane, _trust(space, plane, part(place / len(views), (place + 1) / len(views))))
        for place, (space, plane) in enumerate(views)
    ]
    first, *others = judged
    return ec.report(*first[:2], trust=first.trust, others=others, comparison=comparison, against=against,
                     clustering=groups, colors=colors)  # fmt: skip


def _trust(space: ec.Space, plane: ec.Projection, progress: ec.Progress) -> ec.Trust | None:
    """None where there are too few items for it."""
    return ec.trust(space, plane, progress=progress) if len(space) > 2 else None


def for_print(coloring: Coloring) -> ec.Colors:
    """The colors of the map, as a report draws them."""
    if coloring.kind == "category":
        return ec.Colors(coloring.label, coloring.codes, coloring.palette, coloring.names)
    from plotly.colors import sample_colorscale, sequential  # what the map in the browser shows too

    rising = sample_colorscale(sequential.Viridis, np.linspace(0, 1, MISSING), colortype="tuple")
    palette = tuple("#" + "".join(f"{round(255 * part):02x}" for part in color) for color in rising)
    return ec.Colors(coloring.label, coloring.codes, (*palette, NOISE), (*coloring.ends, "no number"), scale=True)

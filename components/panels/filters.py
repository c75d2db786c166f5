"""The panel of the metadata columns as bars, which filter the map and are filtered by it.

All that happens between two filters happens in the browser, which fetches counts by address.
"""

from __future__ import annotations

import math
from typing import Any

from components.published import BASE, publish_items
from components.scripts import component, joined
from components.state import get_state, heard
from embeddings_core import Dataset
from embeddings_core.facets import Facet, counts, facets
from embeddings_core.memo import memo

SCRIPTS = ("map/ask.js", "map/live.js", "filters/bars.js", "filters/brush.js", "filters/filters.js")
KEY = "filters"
FEW = 20
"""Values of a category that is shown before numbers and dates."""


def script() -> str:
    """The panel's JavaScript, one module."""
    return joined(SCRIPTS)


def _component() -> Any:
    return component("filters", "filters/filters.html", SCRIPTS, "filters/filters.css")


def filters_panel(dataset: Dataset) -> None:
    """Draw the panel; the filter that is set in it arrives in the state once it has stood for half a second."""
    publish_items(dataset)

    def filtered() -> None:
        text = heard(KEY, "filtered")
        if isinstance(text, str):
            get_state().filter_by(text)

    _component()(key=KEY, data=payload(dataset, get_state().filter), on_filtered_change=filtered)


def payload(dataset: Dataset, filter: str = "") -> dict[str, Any]:
    """What a rerun sends to the browser: the columns without any filter, and where to fetch them with one."""
    return {
        "dataset": dataset.fingerprint,
        "counts": f"{BASE}/counts/{dataset.fingerprint}",
        "items": len(dataset),
        "facets": described(dataset),
        "filter": filter,
    }


@memo(most=1)
def described(dataset: Dataset) -> list[dict[str, Any]]:
    """The facets as the browser draws them, in that order: categories of few values, numbers, dates, the
    other categories."""
    return [_described(dataset, facet) for facet in sorted(facets(dataset), key=_place)]


def _place(facet: Facet) -> int:
    few = facet.kind == "category" and len(facet.values) <= FEW
    return 0 if few else ("number", "date", "category").index(facet.kind) + 1


def _described(dataset: Dataset, facet: Facet) -> dict[str, Any]:
    found: dict[str, Any] = {
        "column": facet.column,
        "kind": facet.kind,
        "missing": facet.missing,
        "all": counts(dataset, facet).tolist(),
    }
    if facet.kind == "category":
        return {**found, "values": list(facet.values), "rest": facet.rest}
    spans = [_span(facet, bar) for bar in range(facet.bars)]
    return {**found, "spans": spans, "low": facet.low, "high": facet.high}


def _span(facet: Facet, bar: int) -> list[float]:
    """The least and the most that a bar lets through, in whole numbers where its edges lie between those."""
    low, high = facet.span(bar, bar)
    # an edge between whole numbers, which nobody should have to read
    if facet.kind == "number" and facet.edges[0] < facet.low:
        return [float(math.ceil(low)), float(math.floor(high))]
    return [low, high]

"""The worklists that rank single items: outliers, label doubts, hubs and orphans."""

from __future__ import annotations

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain
from components.items.items import draw_items
from components.labeled import choose_labels
from components.panels.take import how_many, ranked, take
from embeddings_core.sheets import Column
from embeddings_core.worklists.doubts import Doubts, label_doubts
from embeddings_core.worklists.hubs import find_hubs
from embeddings_core.worklists.outliers import find_outliers

HUBS, ORPHANS = "Hubs", "Orphans"


def outliers_list(space: ec.Space) -> None:
    """Draw the items that are like no others."""
    st.caption(
        "Items that are like no others, by three measures that see different things. They may be mistakes, or the most "
        "interesting ones."
    )
    found = waiting.computed(
        "outliers", f"outliers-{space.fingerprint}", "Looking for what is odd", find_outliers, space
    )
    if found is None:
        return
    if (found.scores == found.scores[0]).all():
        st.caption("All items are equally odd: none stands out.")
        return
    items = found.order[: how_many(len(space))]
    notes = [
        f"among the oddest 5% by {found.agreement[item]} of 3 · outlier factor {found.factors[item]:.2f} · distance "
        f"{found.distances[item]:.2f} · isolation {found.isolation[item]:.2f}"
        for item in items
    ]
    said = {"oddness": found.scores, "local_outlier_factor": found.factors, "isolation": found.isolation}
    ranked(space, "outliers", items, {"oddness": found.scores}, notes, {k: v[items] for k, v in said.items()})
    st.caption(
        "Score: oddness, 1 is the first of all by every measure, whose places are averaged geometrically. Outlier "
        f"factor: about 1 inside a group. Distance: to neighbor {found.k}, of unit vectors. Isolation: 0 to 1."
    )


def doubts_list(space: ec.Space) -> None:
    """Draw the items whose neighbors carry another label."""
    column = choose_labels(space.dataset, "Its labels are compared with those of each item's nearest neighbors.")
    if column is None:
        return
    key = f"doubts-{space.fingerprint}-{column}"
    found: Doubts | None = waiting.computed("doubts", key, "Asking the neighbors", label_doubts, space, column)
    if found is None:
        return
    if not len(found.items):
        st.caption(f"No label of {plain(column)} is contradicted by its neighbors.")
        return
    st.caption(
        f"Doubted labels: {len(found.items):,} of {found.judged:,}. By confident learning about {found.expected:,.0f} "
        "are wrong; those whose neighbors are surest are listed. A doubt is no proof: the encoder may not see what the "
        "label means."
    )
    few = slice(0, how_many(len(found.items)))
    names, items = found.names, found.items[few]
    notes = [
        f"labeled {names[given]}, its neighbors say {names[suggested]} ({share:.0%})"
        for given, suggested, share in zip(found.given[few], found.suggested[few], found.share[few], strict=True)
    ]
    parts = {"these": items} | ({"all doubted": found.items} if len(items) < len(found.items) else {})
    columns_said: dict[str, Column] = {
        "label": [names[code] for code in found.given],
        "suggested": [names[code] for code in found.suggested],
        "share": found.share,
    }
    take(space, parts, "label-doubts", found.items, columns_said,
         help="They become the selection on the map.")  # fmt: skip
    draw_items(
        space.dataset, items.tolist(), [f"{share:.0%}" for share in found.share[few]], notes, key="worklist_items"
    )


def hubs_list(space: ec.Space) -> None:
    """Draw the items that are near neighbors of very many, or of none."""
    st.caption(
        "A hub is among the nearest of very many items and turns up in every search; an orphan is among the nearest of "
        "none and is never found by similarity."
    )
    found = waiting.computed("hubs", f"hubs-{space.fingerprint}", "Counting neighbors", find_hubs, space)
    if found is None:
        return
    which = st.segmented_control("Which", [HUBS, ORPHANS], default=HUBS, required=True, key="hubs_or_orphans")
    st.caption(
        f"Hubs: {len(found.hubs):,}, orphans: {len(found.orphans):,}, of {len(space):,} items, by the {found.k} "
        f"nearest of each. Skew of the counts: {found.skew:.2f} (0 is even; above 1 a few items crowd the searches)."
    )
    if found.copied:
        st.caption(
            f":material/warning: {found.copied:,} items have {found.k} exact copies or more. Which of the copies count "
            "depends on nothing but their order: take out near-duplicates first."
        )
    chosen = found.hubs if which == HUBS else found.orphans
    if not len(chosen):
        st.caption(f"There are no {which.lower()}.")
        return
    items = chosen[: how_many(len(chosen))]
    notes = [f"among the {found.k} nearest of {found.counts[item]:,} items" for item in items]
    counts = found.counts.astype(np.float32)
    ranked(space, which.lower(), items, {"times a neighbor": counts}, notes, {"count": found.counts[items]})

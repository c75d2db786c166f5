"""How good the groups are: by their shape, by a column that should agree, by how well they keep."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.charts import PLAIN, draw_bars
from components.feedback import plain
from components.groups.asking import Question
from components.state import get_state
from embeddings_core.cards import cut
from embeddings_core.coloring import Coloring
from embeddings_core.groups.stability import RUNS, Stability
from embeddings_core.groups.validity import Agreement, Validity

SILHOUETTE = (
    "From −1 to 1: how much nearer the items of a group are to each other than to the next group. Near 0 groups "
    "overlap, below 0 items would fit better elsewhere."
)
BOULDIN = "how wide groups are for how far the next one is, of the worst pairs; 0 or more, lower is better"
HARABASZ = (
    "how far groups lie apart for how wide they are; higher is better, and only groups of the same data can be compared"
)
DBCV = "validity by density, from −1 to 1: are groups dense, and is it sparse between them?"
ARI = "adjusted Rand index: pairs of items that both put together, or apart; 0 is chance, 1 is the same groups"
NMI = "mutual information, normalized: what one says about the other; 0 is nothing, 1 is all, and chance adds some"
HOMOGENEITY = "1 where every group holds a single value"
COMPLETENESS = "1 where all items of a value are in a single group"
SURVIVAL = "Its mean Jaccard similarity (shared items by all items of both) with the nearest group of each resample."
MOST_VALUES = 40
"""Values of a column that the table shows, the commonest first."""
TRY = (
    f"Finds the groups again, {RUNS} times with other seeds where the method has chance in it, and {RUNS} times among "
    "80 % of the items, and compares."
)
STABLE, DISSOLVED = 0.75, 0.5
"""Survival from which a group is stable, and below which it dissolves (Hennig 2007)."""


def judge_section(question: Question, found: ec.Clustering, groups: ec.Clustering, coloring: Coloring) -> None:
    """Draw the section about `groups`, which may be edited from `found`; it computes when it is open."""
    section = st.expander("How good are they", key="judged", icon=":material/rule:", on_change="rerun")
    if not section.open:
        return
    with section:
        _shape(question.space, groups, coloring)
        _column(question.space.dataset, groups)
        if not found.measure:
            _keeping(question, found, groups)


# -- shape ---------------------------------------------------------------------------------------------------------


def _shape(space: ec.Space, groups: ec.Clustering, coloring: Coloring) -> None:
    key = f"validity-{space.fingerprint}-{groups.fingerprint}"
    judged = waiting.computed("validity", key, "Measuring the groups", ec.validity, space, groups)
    if judged is None:
        return
    if math.isnan(judged.silhouettes.mean):
        st.caption("With fewer than two groups there is nothing to measure.")
        return
    st.markdown("**Silhouette of each group**", help=SILHOUETTE)
    each = judged.silhouettes.each
    known = [value for value in each if not math.isnan(value)]
    ends = min(0.0, *known), min(1.0, max(0.25, *known))
    draw_bars(groups.names, each, coloring.palette, ends, "Silhouette", key="silhouettes")
    st.markdown("\n".join(f"- {line}" for line in shape_lines(judged)))
    st.caption("All of these are measured in the full vectors, wherever the groups were found.")


def shape_lines(judged: Validity) -> list[str]:
    """The figures of the shape, each with what it says, in Markdown."""
    dense = judged.density
    told = [
        _line("Davies-Bouldin", judged.davies_bouldin, BOULDIN),
        _line("Calinski-Harabasz", judged.calinski_harabasz, HARABASZ, 0),
    ]
    if dense is not None:
        told.append(_line("DBCV", dense.score, f"{DBCV} (measured on {dense.sampled:,} items)"))
    return [line for line in told if line]


def _line(name: str, value: float, says: str, digits: int = 2) -> str:
    return "" if math.isnan(value) else f"**{name} {value:,.{digits}f}** · {says}.".replace(" -", " −")


# -- agreement with a column ---------------------------------------------------------------------------------------


def _column(dataset: ec.Dataset, groups: ec.Clustering) -> None:
    columns = [str(column) for column in dataset.metadata.columns if column != dataset.text]
    if not columns:
        return
    chosen = st.selectbox(
        "Compare with a column", columns, index=None, placeholder="None", key="agree_with",
        help="How well the groups agree with what is known about the items. Nothing of it was used to find them.",
    )  # fmt: skip
    if chosen is None:
        return
    key = f"agreement-{dataset.fingerprint}-{groups.fingerprint}-{chosen}"
    found = waiting.computed("agreement", key, "Comparing", _agreement, dataset, groups, chosen)
    if found is None:
        return
    st.markdown("\n".join(f"- {line}" for line in agreement_lines(found)))
    st.dataframe(contingency(found), row_height=28, key="contingency")
    notes = [f"{found.missing:,} items without a value are left out."] if found.missing else []
    if len(found.values) > MOST_VALUES:
        notes.append(f"The {MOST_VALUES} commonest of {len(found.values):,} values are shown.")
    st.caption(" ".join(["Items of each group (rows) by value (columns).", *notes]))


def _agreement(
    dataset: ec.Dataset, groups: ec.Clustering, column: str, progress: ec.Progress | None = None
) -> Agreement:
    return ec.agreement(dataset, groups, column)


def agreement_lines(found: Agreement) -> list[str]:
    """The figures of an agreement, each with what it says, in Markdown."""
    return [
        _line("ARI", found.ari, ARI),
        _line("NMI and V-measure", found.v_measure, NMI),  # two names of the same number
        _line("Homogeneity", found.homogeneity, HOMOGENEITY),
        _line("Completeness", found.completeness, COMPLETENESS),
    ]


def contingency(found: Agreement) -> pd.DataFrame:
    """The table of counts, with at most 40 values."""
    return pd.DataFrame(found.table[:, :MOST_VALUES], index=list(found.rows), columns=list(found.values[:MOST_VALUES]))


# -- stability -----------------------------------------------------------------------------------------------------


def _keeping(question: Question, found: ec.Clustering, groups: ec.Clustering) -> None:
    def press() -> None:
        get_state().tried = question.key

    st.button("Try how stable they are", key="try_stability", icon=":material/repeat:", help=TRY, on_click=press)
    if get_state().tried != question.key:
        return
    told = waiting.computed(
        "stability", f"stability-{question.key}", "Finding the groups again", ec.stability, question.space,
        question.spec.id, counts="share", **question.given,
    )  # fmt: skip
    if told is None:
        return
    if not found.names:
        st.caption("There is no group that could keep.")
        return
    st.markdown(verdict(told, found.names))
    if told.sampled < len(question.space):
        st.caption(f"Tried on a fair sample of {told.sampled:,} of {len(question.space):,} items.")
    st.markdown("**Survival of each group**", help=SURVIVAL)
    colors = [PLAIN] * len(found.names)
    draw_bars(found.names, told.survival.tolist(), colors, (0.0, 1.0), "Survival", key="survival")
    if groups is not found:
        st.caption("This is about the groups as they were found, before any edit.")


def verdict(told: Stability, names: Sequence[str]) -> str:
    """What the trial says, in words, in Markdown."""
    low, high = told.interval
    mean = told.mean
    word = "Stable" if mean >= 0.8 else "Partly stable" if mean >= 0.5 else "Unstable"
    parts = [
        f"**{word}.** Among 80 % of the items the groups agree with these by an ARI of {mean:.2f} (middle 95 %: "
        f"{low:.2f} to {high:.2f})"
    ]
    if len(told.seeds):
        parts.append(f"with other seeds by {told.seeds.mean():.2f} (lowest {told.seeds.min():.2f})")
    stable = int((told.survival >= STABLE).sum())
    lines = [", ".join(parts) + ".", f"{stable} of {len(names)} groups keep well (survival of {STABLE} or more)"]
    gone = [plain(cut(names[group], 40)) for group in np.flatnonzero(told.survival < DISSOLVED).tolist()]
    lines[1] += f"; {len(gone)} dissolve (below {DISSOLVED}): {'; '.join(gone[:5])}{' …' if len(gone) > 5 else ''}."
    if not gone:
        lines[1] = lines[1].split(";")[0] + "; none dissolves."
    return " ".join(lines).replace(" -", " −")

"""How well the search does: queries whose answers are known, asked in every way there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import uploads, waiting
from components.app_state import AppState
from components.feedback import plain
from components.panels.modes import NAMES, modes_of
from components.state import bind, get_state, heard
from embeddings_core.cards import cut
from embeddings_core.filters import Filter
from embeddings_core.fingerprints import fingerprint
from embeddings_core.search import DEPTH
from embeddings_core.search.keywords import words
from embeddings_core.search.retrieval import GAINED, RESAMPLES, query_lines
from embeddings_core.sheets import inert

WHAT_FITS = "Text, number or column, as fits"
SHORT = 80
"""Characters of an item's text that is an example of an answer; of longer ones the number is."""
HOW = (
    "Write some queries and what should be found for each, and see how well every way to search finds it. A table "
    "needs the columns *query* and *answer*, and may have a *grade* above 0 (the higher, the better). A query with "
    "several answers has several rows. With items of your data it could begin like this:"
)
Judgments = Mapping[ec.Mode, ec.Judgment]


class Judged(NamedTuple):
    """The judgment of each mode, and what the answers named the items by, in words."""

    found: Judgments
    named: str


def judging_section(space: ec.Space, k: int) -> None:
    """Draw the section; queries are asked when it is open and has some. recall counts the first `k`."""
    section = st.expander(
        "Judge the search with known answers", key="judge", icon=":material/fact_check:", on_change="rerun"
    )
    if not section.open:
        return
    with section:
        state = get_state()
        given = _given(state)
        columns = [str(name) for name in space.dataset.metadata if name != space.dataset.text]
        if given is None:
            st.caption(HOW)
            st.code(example(space.dataset), language=None)
            return
        if columns:
            st.selectbox(
                "An answer is", ["", *columns], format_func=lambda name: name or WHAT_FITS,
                help="How your answers name the items: by text, by number from 0, or by the value in a column.",
                **bind("known_by", ["", *columns]),
            )  # fmt: skip
        name, table = given
        modes = modes_of(space)
        key = f"judge-{space.fingerprint}-{name}-{state.known_by}-{k}-{state.metric}-{state.among}"
        outcome: Judged | None = waiting.computed(
            "judge", key, "Asking the queries", judged, space, table, state.known_by or None, k, modes,
            Filter.from_text(state.among), state.metric, counts="share",
        )  # fmt: skip
        if outcome is not None:
            _tell(space, outcome, k, among=bool(state.among))


def _given(state: AppState) -> tuple[str, str | pd.DataFrame] | None:
    """The queries, and a name that tells them from others; None while there are none."""
    given = st.file_uploader("A table of queries", type=uploads.table_suffixes(), key="known_upload")
    if given is not None and (state.known_file is None or state.known_file[0] != given.file_id):
        loaded = waiting.computed("queries", f"queries-{given.file_id}", "Reading", ec.load, given, counts="share")
        if loaded is None:
            return None
        state.known_file = (given.file_id, loaded)
    if state.known_file is not None:
        name, loaded = state.known_file
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{plain(loaded.name)}: {len(loaded.table):,} rows", width="content")
            if given is None:  # otherwise its own cross takes it away
                st.button(
                    "Take it away", key="forget_queries", type="tertiary", icon=":material/close:", on_click=_forget
                )
        return name, loaded.table
    st.text_area(
        "Or paste lines: a query, a tab, its answer", height=110, placeholder="late train\tThe train was late again.",
        help='As copied from two columns of a spreadsheet. " | " does, too.', **bind("known"),
    )  # fmt: skip
    return (fingerprint(state.known), state.known) if state.known.strip() else None


def _forget() -> None:
    get_state().known_file = None


def example(dataset: ec.Dataset) -> str:
    """Two lines as they could be pasted, of the first two items: some words of it, and its text, or its number where
    texts are long."""
    texts = [" ".join(dataset.captions[item].split()) for item in range(min(2, len(dataset)))]
    brief = all(text and len(text) <= SHORT for text in texts)
    asked = [" ".join(words(text)[1:4] or words(text)) or "what you would type" for text in texts]
    answers = texts if brief else [str(item) for item in range(len(texts))]
    return "\n".join(["query\tanswer", *(f"{query}\t{answer}" for query, answer in zip(asked, answers, strict=True))])


def judged(
    space: ec.Space, given: str | pd.DataFrame, id: str | None, k: int, modes: Sequence[ec.Mode], where: Filter,
    metric: ec.Metric, progress: ec.Progress,
) -> Judged:  # fmt: skip
    """What comes out in each mode; `given` are pasted lines or a table. Raises InputError."""
    table = query_lines(given) if isinstance(given, str) else given.rename(columns=_usual)
    queries = ec.query_set(space.dataset, table, id=id)
    found = {}
    for place, mode in enumerate(modes):
        report = partial(_share, progress, place, len(modes))
        found[mode] = ec.judge(space, queries, k, mode, where, metric, progress=report)
    return Judged(found, queries.named)


def _usual(column: Any) -> str:
    return str(column).strip().casefold()


def _share(progress: ec.Progress, place: int, modes: int, done: int, total: int) -> None:
    progress(place * total + done, modes * total)


# -- what came out ---------------------------------------------------------------------------------


def _tell(space: ec.Space, outcome: Judged, k: int, *, among: bool) -> None:
    found, named = outcome
    st.table(summary(found, k))
    queries = next(iter(found.values())).queries
    asked = len(queries)
    st.caption(
        f"{asked:,} {'query' if asked == 1 else 'queries'}{', only among what the filter shows' if among else ''}. "
        f"An answer names its item by {plain(named)}. "
        f"recall@{k}: the share of the right answers among the first {k}. MRR: 1 divided by the place of the first "
        f"right answer. nDCG@{GAINED}: 1 where the best answers come first. All are means, 1 is best."
        + (f" In brackets the 95% interval of {RESAMPLES:,} resamples of the queries." if asked > 1 else "")
    )
    detail = details(found, k)
    none = f"The place of the first right answer; – where it is not among the first {DEPTH:,}."
    st.markdown("**The place of the first right answer**", help=f"{none} A click asks the query, in that way.")
    modes = {_rank(mode): mode for mode in found}
    ranks = {name: st.column_config.NumberColumn(NAMES[mode], help=none, width=60) for name, mode in modes.items()}
    st.dataframe(
        detail[["query", *ranks]], hide_index=True, key="judged", placeholder="–", selection_mode="single-cell",
        column_config={"query": st.column_config.TextColumn(width=115), **ranks},
        on_select=partial(_ask, queries, modes),
    )  # fmt: skip
    if (query := get_state().query) and query in queries:
        st.caption(f"The list above answers “{plain(cut(query, 60))}”.")
    st.download_button(
        "Download as CSV", partial(_csv, detail),
        ec.file_name(space.dataset, "csv", "queries"), "text/csv", key="judged_download",
        on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def _ask(queries: Sequence[str], modes: Mapping[str, ec.Mode]) -> None:
    """Search for the query whose cell was clicked, in the mode of its column."""
    state, chosen = get_state(), heard("judged", "selection")
    for row, column in chosen["cells"] if chosen else []:
        state.pick(None)
        state.ask(queries[row])
        state.mode = modes.get(column, state.mode)


def _csv(detail: pd.DataFrame) -> bytes:
    return detail.assign(query=[inert(query) for query in detail["query"]]).to_csv(index=False).encode("utf-8-sig")


def summary(found: Judgments, k: int) -> pd.DataFrame:
    """A row a mode: its means, each with its interval, as text."""
    rows = {NAMES[mode]: [_said(mean) for mean in (each.recall, each.mrr, each.ndcg)] for mode, each in found.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[f"recall@{k}", "MRR", f"nDCG@{GAINED}"])


def _said(mean: ec.Mean) -> str:
    interval = "" if np.isnan(mean.low) else f" ({mean.low:.2f}–{mean.high:.2f})"
    return f"{mean.value:.2f}{interval}"


def _rank(mode: ec.Mode) -> str:
    return f"rank by {NAMES[mode].lower()}"


def details(found: Judgments, k: int) -> pd.DataFrame:
    """A row a query: by each mode the place of its first right answer, recall and nDCG."""
    made: dict[str, Any] = {"query": list(next(iter(found.values())).queries)}
    for mode, each in found.items():
        name = NAMES[mode].lower()
        made[_rank(mode)] = pd.Series(each.places, dtype="Int64").mask(each.places == 0)
        made[f"recall@{k} by {name}"], made[f"nDCG@{GAINED} by {name}"] = each.recalls, each.gains
    return pd.DataFrame(made)

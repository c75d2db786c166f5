"""The panel that asks what is near what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import uploads, waiting
from components.app_state import AppState
from components.cards import cut
from components.encoding import WORDS
from components.feedback import plain, shown
from components.items.items import draw_near
from components.items.rows import near_rows
from components.marks import Marks, address_to_ask
from components.state import bind, get_state, tie
from embeddings_core.pictures import tile

SCORES = {
    "cosine": "cosine similarity: 1 is the same direction, 0 is unrelated",
    "euclidean": "Euclidean distance: 0 is the same place, smaller is nearer",
    "dot": "dot product: larger is nearer",
    "manhattan": "Manhattan distance: 0 is the same place, smaller is nearer",
    "bm25": "BM25 of the query's words: larger is better",
    "rrf": "reciprocal rank fusion of meaning and words: larger is better",
}


def neighbors_panel(space: ec.Space, plane: ec.Projection, *, listed: bool) -> Marks:
    """Draw the panel, if it is `listed`; returns what the map is to point out."""
    state, dataset = get_state(), space.dataset
    most = max(2, min(100, len(dataset) - 1))
    k = min(state.k, most)  # what was chosen is kept for data with more items
    ask = address_to_ask(space, plane, k, state.metric)
    if not listed:
        hits = _hits(state, space, k)
        return replace(_marks(state, plane, hits) if hits else Marks(item=state.item), ask=ask)
    _ask(state, space)
    st.segmented_control(
        "Metric", list(ec.METRICS), required=True, format_func=str.capitalize,
        help="\n\n".join(f"**{name.capitalize()}**: {text}" for name, text in ec.METRICS.items()),
        **bind("metric", list(ec.METRICS)),
    )  # fmt: skip
    st.slider("Neighbors (k)", 1, most, help="How many nearest items to list.", **tie("k", k, _choose_k))
    with st.container(key="neighbors"), shown():
        return replace(_answer(state, space, plane, k), ask=ask)
    return Marks(item=state.item, ask=ask)


def _choose_k(k: int) -> None:
    get_state().k = k


def _ask(state: AppState, space: ec.Space) -> None:
    words = WORDS[space.dataset.kind]
    reads = readable(space)
    if "text" in reads:
        st.text_input(
            "Search", placeholder=f"Describe what you look for among these {words}", icon=":material/search:",
            **tie("query", state.query, lambda text: get_state().ask(text)),
        )  # fmt: skip
    if "image" in reads:
        with st.expander("Search with a picture", icon=":material/image_search:"):
            given = st.file_uploader("A picture", type=uploads.picture_suffixes(), key="query_picture")
            if given is not None and st.button("Search", key="ask_picture"):
                with shown():
                    state.ask("", ec.Picture.from_bytes(given.getvalue()).checked())
                    st.rerun()


def readable(space: ec.Space) -> set[str]:
    """The kinds of query that can be compared with these items."""
    spec = ec.get_encoder(space.encoder).spec
    return set(spec.reads) | ({"text"} if spec.bridge else set())


def _hits(state: AppState, space: ec.Space, k: int) -> ec.Neighbors | None:
    """The nearest to what is asked for; None when nothing is, or while the query is read."""
    if state.item is not None and state.item >= len(space):
        state.item = None
    query = state.picture or state.query or state.item
    if query is None or query == "":
        return None
    asked = query.digest if isinstance(query, ec.Picture) else repr(query)
    key = f"neighbors-{space.fingerprint}-{asked}-{k}-{state.metric}"
    return waiting.computed("neighbors", key, "Reading the query", _find, space, query, k, state.metric)


def _answer(state: AppState, space: ec.Space, plane: ec.Projection, k: int) -> Marks:
    dataset = space.dataset
    hits = _hits(state, space, k)
    asked = state.query or state.picture
    middle = "query" if asked else state.item
    source = "" if hits is None or state.item is None else address_to_ask(space, plane, k, state.metric, state.item)
    draw_near(dataset, "center", [], middle, source, key="center")
    if hits is not None:
        _tell_center(state, hits)
    elif not asked and state.item is None:
        st.caption("Click an item on the map, or search, to see what is nearest to it.")
    listed = [] if hits is None or source else near_rows(dataset, hits)
    gallery = dataset.kind == "image" and hits is not None and st.toggle("Gallery", **bind("gallery"))
    draw_near(dataset, "list", listed, middle, source, key="neighbor_list", gallery=gallery)
    if hits is None:
        return Marks(item=state.item)
    st.caption(f"Exact search over all {len(dataset):,} items. Score: {SCORES[hits.metric]}.")
    if state.item is None:
        st.caption(f"The diamond shows {ec.place(plane, hits)[1]} where the query belongs on this map.")
    return _marks(state, plane, hits)


def _marks(state: AppState, plane: ec.Projection, hits: ec.Neighbors) -> Marks:
    near = tuple(int(item) for item in hits.indices[0])
    if state.item is not None:
        return Marks(item=state.item, neighbors=near)
    return Marks(query=tuple(float(x) for x in np.ravel(ec.place(plane, hits)[0])), neighbors=near)


def _find(space: ec.Space, query: ec.Query, k: int, metric: ec.Metric, progress: ec.Progress) -> ec.Neighbors:
    return ec.neighbors(space, query, k, metric)


def _tell_center(state: AppState, hits: ec.Neighbors) -> None:
    if state.item is not None:
        st.button(
            "Let go",
            key="let_go",
            icon=":material/close:",
            type="tertiary",
            on_click=lambda: get_state().pick(None),
        )
    elif state.picture is not None:
        st.image(tile(state.picture, 240), width=120, caption="Nearest to your picture")
    else:
        st.markdown(f"Nearest to “{plain(cut(state.query, 120))}”")
    if hits.approximate:
        st.caption(f":material/info: Approximate. {plain(hits.approximate)}")

"""The panel that asks what is near what."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import uploads, waiting
from components.app_state import AppState
from components.encoding import WORDS
from components.feedback import plain, shown
from components.items.items import draw_near, draw_rows
from components.items.rows import near_rows
from components.marks import Marks, address_to_ask
from components.panels.indexing import exactly, offer_index
from components.panels.judging import judging_section
from components.panels.modes import NAMES, NOTHING, modes_of, offer_within, readable, searched
from components.panels.why import ask_why, explained, why_section
from components.state import bind, get_state, tie
from embeddings_core.cards import cut
from embeddings_core.filters import Filter

SCORES = {
    "cosine": "cosine similarity: 1 is the same direction, 0 is unrelated",
    "euclidean": "Euclidean distance: 0 is the same place, smaller is nearer",
    "dot": "dot product: larger is nearer",
    "manhattan": "Manhattan distance: 0 is the same place, smaller is nearer",
    "bm25": "BM25 of the query's words: larger is better",
    "rrf": "reciprocal rank fusion of meaning and words: larger is better",
}
PICTURE = 96
"""Pixels of a side of the picture that was asked with."""
MOST = 8
"""Items that a question is made of at most."""
SIDE = 10
"""Items of each list that stand side by side."""


def neighbors_panel(space: ec.Space, plane: ec.Projection, *, listed: bool) -> Marks:
    """Draw the panel, if it is `listed`; returns what the map is to point out."""
    state = get_state()
    if not listed:
        return answered(space, plane)[0]
    most = most_of(space)
    k = min(state.k, most)
    _ask(state, space)
    _choose(state, space, k, most)
    ask = address_to_ask(space, plane, k, state.metric, filter=state.among, exact=exactly(space, k))
    marks = Marks(item=state.item)
    with st.container(key="neighbors"), shown():
        marks = _answer(state, space, plane, k)
    judging_section(space, k)
    return replace(marks, ask=ask)


def most_of(space: ec.Space) -> int:
    """How many neighbors can be asked for; what was chosen is kept for data with more items."""
    return max(2, min(100, len(space) - 1))


def answered(space: ec.Space, plane: ec.Projection) -> tuple[Marks, ec.Neighbors | None]:
    """What the map is to point out, and what was found, if anything; only progress is drawn."""
    state, k = get_state(), min(get_state().k, most_of(space))
    hits = _hits(state, space, k)
    ask = address_to_ask(space, plane, k, state.metric, filter=state.among, exact=exactly(space, k))
    return replace(marks_near(state, plane, hits) if hits else Marks(item=state.item), ask=ask), hits


def _ask(state: AppState, space: ec.Space) -> None:
    words, modes = WORDS[space.dataset.kind], modes_of(space)
    st.text_input(
        "Search", icon=":material/search:",
        placeholder=f"Describe what you look for among these {words}" if len(modes) > 1 else f"Words of these {words}",
        **tie("query", state.query, lambda text: get_state().ask(text)),
    )  # fmt: skip
    if state.mode not in modes:
        state.mode = modes[0]
    if len(modes) > 1:
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.segmented_control(
                "Search by", modes, required=True, format_func=NAMES.get,
                help="\n\n".join(f"**{NAMES[mode]}**: {ec.MODES[mode]}" for mode in modes), **bind("mode", modes),
            )  # fmt: skip
            if state.query and st.button(
                "Side by side", key="side_by_side", type="tertiary", icon=":material/view_column:"
            ):
                side_by_side(space)
    if "image" in readable(space):
        with st.expander("Search with a picture", icon=":material/image_search:"):
            given = st.file_uploader("A picture", type=uploads.picture_suffixes(), key="query_picture")
            if given is not None and st.button("Search", key="ask_picture"):
                with shown():
                    state.ask("", ec.Picture.from_bytes(given.getvalue()).checked())
                    st.rerun()


def _choose(state: AppState, space: ec.Space, k: int, most: int) -> None:
    """How is searched, and how much is listed."""
    if state.mode != "keyword" or not state.query:
        st.segmented_control(
            "Metric", list(ec.METRICS), required=True, format_func=str.capitalize,
            help="\n\n".join(f"**{name.capitalize()}**: {text}" for name, text in ec.METRICS.items()),
            **bind("metric", list(ec.METRICS)),
        )  # fmt: skip
    st.slider("Neighbors (k)", 1, most, help="How many nearest items to list.", **tie("k", k, _choose_k))
    offer_within()
    offer_index(space)


def _choose_k(k: int) -> None:
    get_state().k = k


def _hits(state: AppState, space: ec.Space, k: int) -> ec.Neighbors | None:
    """The nearest to what is asked for; None when nothing is, or while the query is read."""
    if state.item is not None and state.item >= len(space):
        state.item = None
    query = _question(state, len(space))
    return None if query is None else found(space, query, k, state.mode if state.query else "semantic")


def _question(state: AppState, n: int) -> ec.Query | None:
    """What is asked of `n` items: the picked one, or a text or a picture and the items that go with it; None when
    nothing is."""
    if state.item is not None:
        return state.item
    main = state.picture or state.query
    things: list[ec.Query] = [*([main] if main else []), *(item for item in state.also_items if item < n)]
    return things if len(things) > 1 else next(iter(things), None)  # type: ignore[return-value]


def name_of(query: ec.Query) -> str:
    """Tells one query from another."""
    if isinstance(query, list):
        return "+".join(map(name_of, query))
    return query.digest if isinstance(query, ec.Picture) else repr(query)


def found(space: ec.Space, query: ec.Query, k: int, mode: str, purpose: str = "search") -> ec.Neighbors | None:
    """What answers a query; None while it is looked for. A page that shows two answers has a `purpose` for each."""
    state, exact = get_state(), exactly(space, k)
    key = f"{purpose}-{space.fingerprint}-{name_of(query)}-{k}-{mode}-{state.metric}-{state.among}-{exact}"
    where = Filter.from_text(state.among)
    label = "Counting words" if mode == "keyword" else "Reading the query"
    return waiting.computed(purpose, key, label, ec.search, space, query, k, mode, where, state.metric, exact=exact)


@st.dialog("The same search by meaning, by words, and by both", width="large")
def side_by_side(space: ec.Space) -> None:
    """Draw three lists, so that the difference can be seen."""
    state, query = get_state(), _question(get_state(), len(space))
    if query is None:
        return
    more = f" and {len(state.also_items)} more" if state.also_items else ""
    st.markdown(f"What answers “{plain(cut(state.query, 120))}”{more} best")
    for column, mode in zip(st.columns(len(ec.MODES)), ec.MODES, strict=True):
        with column, shown():
            st.markdown(f"**{NAMES[mode]}**", help=ec.MODES[mode])
            hits = found(space, query, SIDE, mode, f"side {mode}")
            if hits is None:
                continue
            draw_rows(near_rows(space.dataset, hits), _picked, key=f"side_{mode}")
            if not hits.indices.size:
                st.caption("No item holds any of these words.")


def _picked(item: int) -> None:
    get_state().pick(item)


def _answer(state: AppState, space: ec.Space, plane: ec.Projection, k: int) -> Marks:
    dataset = space.dataset
    hits = _hits(state, space, k)
    query = _question(state, len(dataset))
    asked = query is not None and state.item is None
    middle = "query" if asked else state.item
    source = ""
    if hits is not None and state.item is not None:
        source = address_to_ask(space, plane, k, state.metric, state.item, state.among, exact=exactly(space, k))
    draw_near(dataset, "center", [], middle, source, key="center")
    if hits is not None:
        _tell_center(state, dataset, hits)
    elif query is None:
        st.caption("Click an item on the map, or search, to see what is nearest to it.")
    listed = [] if hits is None or source else near_rows(dataset, hits)
    gallery = dataset.kind == "image" and hits is not None and st.toggle("Gallery", **bind("gallery"))
    telling = hits is not None and explained(space, hits)
    ask = ask_why if telling and not state.why else None
    draw_near(dataset, "list", listed, middle, source, key="neighbor_list", gallery=gallery, why=ask)
    if hits is None:
        return Marks(item=state.item)
    _tell_list(space, plane, hits)
    if query is not None and telling and state.why:
        why_section(space, query, name_of(query), hits)
    return marks_near(state, plane, hits)


def _tell_list(space: ec.Space, plane: ec.Projection, hits: ec.Neighbors) -> None:
    """What the list is: of how many, by what score; and where the map shows the query."""
    state = get_state()
    if not hits.indices.size:
        st.caption("No item holds any of these words." if hits.metric == "bm25" else NOTHING)
        return
    whole = searched(len(space))
    how = "Exact search over"
    indexed = hits.metric in ec.METRICS and not hits.approximate and not exactly(space, hits.indices.shape[1])
    if indexed or hits.recall < 1:
        how = f"Approximate: finds {hits.recall:.1%} of the true 10 nearest, as measured on these vectors, of"
    st.caption(f"{how} {whole}. Score: {SCORES[hits.metric]}.")
    if state.item is None and len(hits.query):
        st.caption(f"The diamond shows {ec.place(plane, hits)[1]} where the query belongs on this map.")


def marks_near(state: AppState, plane: ec.Projection, hits: ec.Neighbors) -> Marks:
    """What the map is to point out of what was found."""
    near = tuple(int(item) for item in hits.indices[0])
    if state.item is not None:
        return Marks(item=state.item, neighbors=near)
    if not len(hits.query) or not near:
        return Marks(neighbors=near)  # words have no place
    return Marks(query=tuple(float(x) for x in np.ravel(ec.place(plane, hits)[0])), neighbors=near)


def _tell_center(state: AppState, dataset: ec.Dataset, hits: ec.Neighbors) -> None:
    if state.item is not None:
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Let go", key="let_go", icon=":material/close:", type="tertiary", on_click=state.let_go,
                help="Back to what you asked.",
            )  # fmt: skip
            if len(state.also_items) < MOST:
                st.button(
                    "Ask with this too", key="ask_with", icon=":material/add:", type="tertiary",
                    on_click=state.ask_with, args=(state.item,),
                    help="Makes it part of the question.",
                )  # fmt: skip
    elif state.picture is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown("Nearest to", width="content")
            st.image(state.picture.open(PICTURE), width="content")
    elif state.query:
        st.markdown(f"{_nearest(hits)} “{plain(cut(state.query, 120))}”")
    if state.item is None and state.also_items:
        _also(state, dataset, hits)
    if hits.approximate:
        st.caption(f":material/info: Approximate. {plain(hits.approximate)}")


def _nearest(hits: ec.Neighbors) -> str:
    """What the list is of what was asked: only vectors can be near."""
    return "Nearest to" if hits.metric in ec.METRICS else "Found for"


def _also(state: AppState, dataset: ec.Dataset, hits: ec.Neighbors) -> None:
    """The items of the question, each to be taken out."""
    items = [item for item in state.also_items if item < len(dataset)]
    st.markdown("and" if state.query or state.picture else _nearest(hits))
    with st.container(horizontal=True, gap="small", key="also"):
        for item in items:
            st.button(
                plain(cut(dataset.captions[item], 40)), key=f"without-{item}", icon=":material/close:",
                on_click=state.ask_without, args=(item,), help="Ask without this.",
            )  # fmt: skip
    if len(items) + bool(state.query or state.picture) > 1:
        st.caption("What is asked is the mean of these, each counting the same.")

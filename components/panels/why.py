"""Why the items of a list are near what was asked or picked: their nearest sentence and its words, or what a picture
was seen as. The list itself offers it (`items.js`), which costs a click on the map nothing."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.items.items import draw_rows
from components.items.rows import rows, why_rows
from components.published import publish_items
from components.state import bind, get_state
from embeddings_core.encoders import described
from embeddings_core.search.evidence import evidence_of

MOST = 10
"""Items that are explained, the first of the list."""
WORDS = (
    "The sentence of each item that is nearest to {asked}, with its own cosine similarity. The stronger a word "
    "is marked, the more that falls when the word is left out. Two words that say the same may hide each other."
)
SEEN = (
    "The encoder of these pictures reads no words. Yours are compared with the names of what it took each picture for, "
    "the likeliest first; where these are wrong, so is the place in the list."
)


def explained(space: ec.Space, hits: ec.Neighbors) -> bool:
    """Whether there is anything to tell of why these are the nearest."""
    return bool(hits.indices.size and len(hits.query) and (_of_words(space) or hits.seen_as))


def _of_words(space: ec.Space) -> bool:
    """Whether the items are texts, and their encoder reads any."""
    return space.dataset.kind == "text" and "text" in described(space).reads


def ask_why() -> None:
    """Draw the section from now on."""
    get_state().why = True


def why_section(space: ec.Space, query: ec.Query, asked: str, hits: ec.Neighbors) -> None:
    """Draw the section below a list of `hits` that can be explained; `asked` tells one query from another."""
    texts = _of_words(space)
    items = hits.indices[0, :MOST].tolist()
    center = "your question" if get_state().item is None else "the picked item"
    with st.expander("Why these", icon=":material/help:", **bind("why")):
        st.caption(WORDS.format(asked=center) if texts else SEEN)
        if not texts:
            publish_items(space.dataset)
            listed = rows(space.dataset, items)
            for row, seen in zip(listed, hits.seen_as, strict=False):
                row |= {"text": seen, "more": ""}
        else:
            key = f"why-{space.fingerprint}-{asked}-{items}"
            found = waiting.computed(
                "why", key, "Comparing sentences", evidence_of, space, query, items, counts="share"
            )
            if found is None:
                return
            listed = why_rows(space.dataset, items, found)
        draw_rows(listed, lambda item: get_state().pick(item), key="why_list")
        if hits.indices.shape[1] > MOST:
            st.caption(f"The first {MOST} are explained.")

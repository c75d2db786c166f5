"""The worklist of items, such as pictures, that are far from their own text in a space that holds both."""

from __future__ import annotations

import numpy as np
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.encoding import WORDS
from components.feedback import plain
from components.panels.special import signed
from components.panels.take import how_many, ranked
from components.state import bind
from embeddings_core.worklists.modality import text_columns

FIRST = (1, 10)
"""Places that recall counts."""


def gap_list(space: ec.Space) -> None:
    """Draw how far items and texts lie apart, and the items that are farthest from their text."""
    things = WORDS[space.dataset.kind]
    st.caption("Pictures and texts in one space: how well they mix, and which pictures are far from their own text.")
    try:
        columns = text_columns(space)
    except ec.InputError as error:
        st.caption(f":material/info: {plain(error.message)} {plain(error.hint)}")
        return
    column = st.selectbox(
        "Column with texts", columns,
        help="Each text is encoded as the pictures were. One that several share is right for each of them.",
        **bind("text_column", columns),
    )  # fmt: skip
    found = waiting.computed(
        "gap", f"gap-{space.fingerprint}-{column}", "Comparing with texts", ec.match_texts, space, column,
        counts="share",
    )  # fmt: skip
    if found is None:
        return
    if found.approximate:
        st.caption(f":material/info: Approximate. {plain(found.approximate)}")
    if not len(found.order):
        st.caption(f"None of the {things} can be compared: a vector is all zeros. Choose another encoder.")
        return
    st.markdown("\n".join(f"- {line}" for line in told(found, things)))
    items = found.order[: how_many(len(found.order))]
    said = {
        "text": [found.texts[place] for place in found.own[items]],
        "nearest_text": [found.texts[place] for place in found.nearest[items]],
        "place_of_text": found.ranks[items],
        "place_of_item": found.back[items],
        "cosine": found.cosines[items],
    }
    notes = [
        ("" if (text := found.texts[found.own[item]]) == space.dataset.captions[item] else f"text: {text} · ")
        + f"nearest text: {found.texts[found.nearest[item]]} · for its own it has place {found.back[item]:,} · cosine "
        + signed(found.cosines[item], 2)
        for item in items
    ]
    places = np.where(found.ranks > 0, found.ranks, np.nan).astype(np.float32)
    ranked(space, "far-from-their-texts", items, {"place of its text": places}, notes, said)
    st.caption(
        f"Score: the place of its own text among all {len(found.texts):,} different texts, by cosine similarity; the "
        "farthest down come first. Either may be wrong, the text or what the encoder sees."
    )


def told(found: ec.Matched, things: str) -> list[str]:
    """A line for each number, in Markdown."""
    gap, chance = found.gap, 1 / len(found.texts)
    one, ten = FIRST
    cosines = (float(np.nanmean(found.cosines)), gap.across, *gap.inside)
    own, across, items, texts = (signed(cosine, 2) for cosine in cosines)
    return [
        f"**{found.recall(one):.1%}** of the {things} have their own text as the nearest of all, "
        f"**{found.recall(ten):.1%}** among the nearest {ten} (recall@{one}, @{ten}; by chance {chance:.1%} and "
        f"{min(1, ten * chance):.1%}).",
        f"**{found.recall_back(one):.1%}** of the texts have one of their own {things} as the nearest, "
        f"**{found.recall_back(ten):.1%}** among the nearest {ten}.",
        f"**{own}** is the mean cosine similarity of one of the {things} and its own text (1: alike, 0: unrelated), "
        f"**{across}** that with any text, **{items}** that of two {things}, **{texts}** that of two texts.",
        f"**{gap.length:.2f}** is the gap: how far the means of the {things} and of the texts lie apart (0 to 2).",
        f"**{gap.apart:.0%}** have another of their own kind as the nearest: at 100% {things} and texts do not mix.",
    ]

"""What is special about a selection: its words, its metadata, its most typical and its oddest items."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain
from components.items.items import draw_items
from components.selecting import mask_of
from embeddings_core.cards import show
from embeddings_core.contrast import CERTAIN, Contrast, Share, contrast
from embeddings_core.fingerprints import fingerprint
from embeddings_core.selections import History, Kept

OTHERS = "Everything else"
NUMBERS = 8
"""Columns of numbers that are told, those first that set the selection apart best."""
CHANCE = (
    f"Chance alone takes a score beyond {CERTAIN} once in 20 times, and here many are compared at once, for which "
    "nothing is corrected: read a score a little beyond it as a hint, no more."
)
WORDS = (
    "Words that more of the selected items hold than the others would make one expect, the surest first. The score "
    f"says how sure: it is the log-odds ratio between the two sides in standard errors (a z-score). {CHANCE}"
)
SHARES = (
    "Values that more, or fewer, of the selected items have than if these were like what they are compared with. The "
    "score is how far the count is from the expected one, in standard errors (an adjusted Pearson residual). "
    f"{CHANCE}"
)
SCALES = (
    "The median (half of the items are below it) of the selected items and of the others. The score is the "
    "rank-biserial correlation: 1 where every selected number is larger than every other, −1 where every one is "
    "smaller, 0 where neither side is larger."
)
TYPICAL = "The items whose vectors point most nearly where the selection's vectors point on average (by cosine)."
ODD = "The selected items whose vectors point farthest from where the selection's vectors point on average."


def special_section(space: ec.Space, history: History, known: Sequence[Kept]) -> None:
    """Draw the section; what it tells is computed when it is open. `known` can be compared with."""
    section = st.expander(
        "What is special about these", key="special", icon=":material/troubleshoot:", on_change="rerun"
    )
    if not section.open:
        return
    with section:
        by_name = {one.name: one for one in known}
        name = st.selectbox(
            "Compare with", ["", *by_name], format_func=lambda name: name or OTHERS, key="against",
            help="An item that is in both counts as selected.",
        )  # fmt: skip
        found = _found(space, history, by_name.get(name or ""))
        if found is not None:
            _tell(space.dataset, found, name or "")


def _found(space: ec.Space, history: History, one: Kept | None) -> Contrast | None:
    against = None if one is None else mask_of(one, len(space))
    key = f"contrast-{space.fingerprint}-{history.fingerprint}-{fingerprint(one and one.items)}"
    label = "Looking for what is special"
    return waiting.computed("contrast", key, label, contrast, space, history.now, against)


def _tell(dataset: ec.Dataset, found: Contrast, name: str) -> None:
    if not found.against:
        where = f"in {plain(name)} that is not selected" if name else "that is not selected"
        st.caption(f"There is nothing {where}, so there is nothing to compare with.")
    else:
        tell_contrast(found, "Selected", key="special_words")
    _tell_members(dataset, found)


def tell_contrast(found: Contrast, side: str, *, key: str) -> None:
    """Draw words, shares and numbers; the `side` that is told about has that name."""
    _tell_words(found, side, key)
    _tell_shares("More often than expected", found.over, found)
    _tell_shares("Less often than expected", found.under, found)
    _tell_numbers(found)


def _tell_words(found: Contrast, side: str, key: str) -> None:
    here, there = found.read
    if not here or not there:
        return
    st.markdown("**Words**", help=WORDS)
    if found.words:
        st.dataframe(_word_table(found), hide_index=True, row_height=28, key=key, column_config=_columns(found, side))
    else:
        st.caption("No word is surely more common here.")
    if found.sampled:
        st.caption(
            f"A sample was read: {here:,} texts of the {found.size:,} selected items, "
            f"{there:,} of the {found.against:,} others."
        )


def _word_table(found: Contrast) -> pd.DataFrame:
    rows = [(word.word, word.inside, word.outside, word.score) for word in found.words]
    return pd.DataFrame(rows, columns=["word", "inside", "outside", "score"])


def _columns(found: Contrast, side: str) -> dict[str, object]:
    here, there = found.read
    number = st.column_config.NumberColumn
    return {
        "word": st.column_config.TextColumn("Word"),
        "inside": number(side, help=f"How many of these {here:,} items hold it.", format="localized"),
        "outside": number("Others", help=f"How many of {there:,} others hold it.", format="localized"),
        "score": number("Score", help=WORDS, format="%.1f"),
    }


def _tell_shares(title: str, shares: Sequence[Share], found: Contrast) -> None:
    if shares:
        st.markdown(f"**{title}**", help=SHARES)
        st.markdown("\n".join(f"- {in_words(share, found.size)}" for share in shares))


def in_words(share: Share, size: int) -> str:
    """A value's share of `size` selected items, in Markdown."""
    expected = "less than 0.1" if 0 < share.expected < 0.05 else f"{share.expected:,.1f}".removesuffix(".0")
    value = f"**{plain(share.column)}: {plain(share.value)}**"
    return f"{value} {share.inside:,} of {size:,}, {expected} would be expected (score {signed(share.score, 1)})"


def signed(score: float, digits: int) -> str:
    """A score with a minus sign as long as a digit, and none before zero."""
    return f"{round(score, digits) + 0.0:.{digits}f}".replace("-", "−")


def _tell_numbers(found: Contrast) -> None:
    if found.numbers:
        st.markdown("**Numbers**", help=SCALES)
        lines = [
            f"- **{plain(each.column)}** median {plain(show(each.inside))}, of the others {plain(show(each.outside))} "
            f"(score {signed(each.score, 2)})"
            for each in found.numbers[:NUMBERS]
        ]
        st.markdown("\n".join(lines))


def _tell_members(dataset: ec.Dataset, found: Contrast) -> None:
    st.markdown("**Most typical**", help=TYPICAL)
    draw_items(dataset, found.typical.tolist(), key="typical_list")
    if len(found.odd):
        st.markdown("**Oddest**", help=ODD)
        draw_items(dataset, found.odd.tolist(), key="odd_list")
    st.caption(
        f"Mean cosine similarity with their common direction: {found.mean_similarity:.3f}.",
        help="How alike the selected items are to the encoder: 1 where all vectors point the same way.",
    )

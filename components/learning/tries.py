"""What lessons on search and on sums let people try: three searches side by side, and a sum of words."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

import embeddings_core as ec
from components.feedback import plain
from components.learning.computing import LONGEST, computed
from embeddings_core.errors import InputError
from embeddings_core.lessons import Lesson, number
from embeddings_core.lessons.facts.sums import analogy, unknown
from embeddings_core.lessons.facts.texts import space_of
from embeddings_core.search import MODES
from embeddings_core.space import Progress

FIRST = 3
"""Answers that are listed."""
_TITLES = {"keyword": "By words", "semantic": "By meaning", "hybrid": "By both"}


def searches(lesson: Lesson, key: str, *, sample_id: str, encoder: str, query: str) -> None:
    """A question, and the first answers by words, by meaning, with their scores, and by both."""
    asked = st.text_input("Ask", query, key=f"{key}-ask", max_chars=LONGEST).strip()
    if not asked:
        st.caption("Type a question.")
        return
    found = computed(key, "Searching", _found, sample_id, encoder, asked)
    if found is not None:
        for column, (title, answers) in zip(st.columns(len(found)), found, strict=True):
            with column:
                _draw_list(title, answers, "No sentence has any of these words.")


def _found(
    sample_id: str, encoder: str, asked: str, progress: Progress | None = None
) -> list[tuple[str, list[str]]]:  # fmt: skip
    space = space_of(sample_id, encoder, progress)
    return [(title, _first(space, asked, mode)) for mode, title in _TITLES.items()]


def _first(space: ec.Space, asked: str, mode: str) -> list[str]:
    try:
        found = ec.search(space, asked, FIRST, next(each for each in MODES if each == mode))
    except InputError:  # no word that could be looked for
        return []
    captions = [space.dataset.captions[item] for item in found.indices[0].tolist()]
    if mode != "semantic":  # a score that says something by itself is only that of meaning
        return captions
    scores = [number(score) for score in found.scores[0].tolist()]
    return [f"{caption} ({score})" for caption, score in zip(captions, scores, strict=True)]


def word_sum(lesson: Lesson, key: str, *, encoder: str, a: str, b: str, c: str) -> None:
    """Three words, and what is nearest to the second less the first plus the third."""
    fields = zip(st.columns(3), ("Word", "less", "plus"), (b, a, c), strict=True)
    typed = [
        column.text_input(label, word, key=f"{key}-{label}", max_chars=LONGEST).strip().lower()
        for column, label, word in fields
    ]
    if not all(typed):
        st.caption("Type a word in each field.")
        return
    found = computed(key, "Adding", _sums, encoder, *typed)
    if found is None:
        return
    missing, lists = found
    if missing:
        st.caption(f"Not among the words that are known: {plain(', '.join(missing))}.")
        return
    for column, (title, answers) in zip(st.columns(len(lists)), lists, strict=True):
        with column:
            _draw_list(title, answers, "")


def _sums(encoder: str, b: str, a: str, c: str) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The words that are not known, and otherwise both lists of answers."""
    missing = [word for word in dict.fromkeys((b, a, c)) if unknown(encoder, word)]
    if missing:
        return missing, []
    return [], [
        (title, [analogy(encoder, a, b, c, rank, kept) for rank in range(1, FIRST + 1)])
        for title, kept in (("All words allowed", True), ("The three words left out", False))
    ]


def _draw_list(title: str, answers: Sequence[str], nothing: str) -> None:
    st.markdown(f"**{title}**")
    if answers:
        st.markdown("\n".join(f"{place}. {plain(answer)}" for place, answer in enumerate(answers, 1)))
    else:
        st.caption(nothing)

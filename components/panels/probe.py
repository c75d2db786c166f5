"""A probe of what words are tied to: the word-embedding association test (WEAT)."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import shown
from components.panels.axes import lines
from components.state import get_state, tie
from embeddings_core.axes import Association
from embeddings_core.fingerprints import fingerprint

FIELDS = {
    "weat_first": "First targets",
    "weat_second": "Second targets",
    "weat_good": "First attributes",
    "weat_bad": "Second attributes",
}
EXAMPLE = {
    "weat_first": "rose\ntulip\nlily\ndaisy\nviolet\norchid\nlilac\npoppy",
    "weat_second": "wasp\nflea\nmosquito\ncockroach\ngnat\ntermite\nmoth\nlocust",
    "weat_good": "love\npeace\njoy\nfriend\nhappy\nlaughter\ngentle\nhonest",
    "weat_bad": "hatred\npain\nfilth\nugly\nrotten\ndisaster\ngrief\npoison",
}
SOURCE = (
    "Caliskan, Bryson and Narayanan, [Science 2017](https://doi.org/10.1126/science.aal4230). Of these words it tells, "
    "and of this encoder; other words can tell otherwise."
)


def probe_section(space: ec.Space) -> None:
    """Draw the section."""
    section = st.expander("Bias probe (WEAT)", key="weat", icon=":material/balance:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        st.caption(
            "Whether some words (targets, such as flowers) are tied to others (attributes, such as pleasant words), "
            "more than other targets are."
        )
        for keys in (list(FIELDS)[:2], list(FIELDS)[2:]):
            for column, key in zip(st.columns(2), keys, strict=True):
                with column:
                    _field(key)
        with st.container(horizontal=True, gap="small"):
            st.button("Measure", key="weat_measure", icon=":material/balance:", on_click=_measure)
            st.button(
                "Fill in an example", key="weat_example", type="tertiary", on_click=_fill,
                help="Flowers and insects, pleasant and unpleasant words.",
            )  # fmt: skip
        texts = _texts()
        if not any(texts) or get_state().probed != texts:
            return  # what is written now was not asked for
        first, second, good, bad = map(lines, texts)
        key = f"weat-{space.fingerprint}-{fingerprint(texts)}"
        found = waiting.computed("weat", key, "Measuring", waiting.silent(ec.weat), space, first, second, (good, bad))
        if found is not None:
            st.markdown(told(found))
            st.caption(SOURCE)


def _field(key: str) -> None:
    st.text_area(
        FIELDS[key], height=110, help="One word or phrase a line.",
        **tie(key, get_state().examples.get(key, ""), lambda text: get_state().examples.__setitem__(key, text)),
    )  # fmt: skip


def _texts() -> tuple[str, ...]:
    return tuple(get_state().examples.get(key, "") for key in FIELDS)


def _fill() -> None:
    get_state().examples |= EXAMPLE


def _measure() -> None:
    get_state().probed = _texts()


def told(found: Association) -> str:
    """What was found, in Markdown: the numbers, and one sentence of what they mean."""
    effect = f"{found.effect:.2f}".replace("-", "−")
    p = f"p = {found.p:.3f}" if found.p >= 0.001 else "p < 0.001"
    which = f"all {found.ways:,} ways" if found.exact else f"{found.ways:,} random ways (seed 0)"
    if found.effect < 0:
        meaning = "The tie runs the other way: the first targets lie nearer to the second attributes."
    elif found.p < 0.05:
        meaning = "The first targets lie nearer to the first attributes than the second do, more than chance explains."
    else:
        meaning = "The first targets lie nearer to the first attributes, but chance alone may explain it."
    return (
        f"**Effect size {effect}** standard deviations (−2 to 2) · **{p}**, one-sided: the share of {which} to part "
        f"the targets that tie them at least as much.\n\n{meaning}"
    )

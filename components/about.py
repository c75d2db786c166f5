"""How the chosen encoder fits the data, told on request: lengths, metric, cut texts, unknown words, languages."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.encoding import WORDS, counted
from components.feedback import plain, shown
from components.state import get_state
from embeddings_core.cards import cut
from embeddings_core.encoders import described
from embeddings_core.fitness import SAMPLED, Fitness, check_fitness
from embeddings_core.plugins import EncoderSpec
from embeddings_core.precision import exact, kept_neighbors

LISTED = 200
"""Cut texts that are listed, those with most tokens first."""
SHOWN = 4
"""Languages that are named."""


def about_encoding(space: ec.Space) -> None:
    """A section that is computed when it is opened, beside the page; where the model is not here, only that."""
    if not (made := described(space)).reads:
        st.caption(f":material/archive: The model that made these vectors is not here. {plain(made.summary)}")
        return
    section = st.expander("About this encoding", key="about_encoding", icon=":material/fact_check:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        if exact(space.encoder) != space.encoder:
            _precision(space)
        key = f"fitness-{space.fingerprint}"
        found = waiting.computed("fitness", key, "Reading the items again", check_fitness, space)
        if found is not None:
            tell(space, found)


def _precision(space: ec.Space) -> None:
    """How many neighbors are those of float32, of which a sample is encoded for it."""
    key = f"precision-{space.fingerprint}"
    found = waiting.computed("precision", key, "Encoding a sample with float32", kept_neighbors, space)
    if found is not None:
        st.markdown(
            f"**Approximate: int8.** On {found.sampled:,} of your {WORDS[space.dataset.kind]} {found.share:.1%} of the "
            f"{found.k} nearest neighbors are the same as with float32 (lowest cosine {found.lowest:.2f}).",
            help="A fair sample of distinct items, compared among themselves by cosine. The lowest cosine is that "
            "between the two vectors of the item that changed most; 1 is the same direction.",
        )


def tell(space: ec.Space, found: Fitness) -> None:
    """Draw what was found, one short paragraph a question."""
    spec = ec.get_encoder(space.encoder).spec
    st.markdown(f"**Metric: {found.metric}.** {plain(found.why)}")
    low, middle, high = found.norms
    st.caption(
        f"Length of the vectors: {low:.3g} to {high:.3g}, median {middle:.3g}.",
        help="The norm: the root of the sum of a vector's squared numbers. Vectors of zeros are not counted.",
    )
    if len(found.zeros):
        _rows(
            f"**{counted(len(found.zeros), space.dataset.kind)}** became a vector of zeros: nothing in it is known to "
            "the encoder, and no neighbor means anything.",
            found.zeros, len(space), "zeros",
        )  # fmt: skip
    if found.words[1]:
        known, there = found.words
        st.markdown(f"**Words:** {known / there:.1%} of {there:,} are known; the others are passed over.")
    if found.limit:
        _cut(space, found)
    if found.guessed:
        _languages(spec, found, len(space))


def _cut(space: ec.Space, found: Fitness) -> None:
    if not len(found.cut):
        st.markdown(f"**Length:** no text is longer than the {found.limit:,} tokens that are read.")
        return
    share = len(found.cut) / len(space)
    _rows(
        f"**Length:** of {counted(len(found.cut), 'text')} ({share:.1%}) only the first {found.limit:,} tokens are "
        "read; what follows counts for nothing.",
        found.cut, len(space), "cut",
    )  # fmt: skip
    order = np.argsort(-found.tokens, kind="stable")[:LISTED]
    items = found.cut[order].tolist()
    captions = space.dataset.captions
    st.dataframe(
        {
            "tokens": found.tokens[order].tolist(),
            "item": [item + 1 for item in items],
            "text": [cut(captions[item], 200) for item in items],
        },
        hide_index=True, height=180,
    )  # fmt: skip
    if len(found.cut) > LISTED:
        st.caption(f"The {LISTED} longest are listed.")


def _languages(spec: EncoderSpec, found: Fitness, n: int) -> None:
    named = [(name, count) for name, count in found.languages if name]
    unsure = found.guessed - sum(count for _, count in named)
    parts = [f"{name} {count / found.guessed:.1%}" for name, count in named[:SHOWN]]
    parts += [f"{len(named) - SHOWN} more"] if len(named) > SHOWN else []
    parts += [f"not to be told {unsure / found.guessed:.1%}"] if unsure else []
    of = f"a fair sample of {SAMPLED:,} texts" if found.guessed == SAMPLED < n else f"{found.guessed:,} texts"
    st.markdown(f"**Languages:** {plain(', '.join(parts))}.")
    st.caption(
        f"Guessed by py3langid from {of}.",
        help="A guess of less than 50% confidence is not told as one: short texts, numbers and formulas have none.",
    )
    if found.foreign is None:
        said = "" if spec.languages else "Which languages the model knows is not said where it comes from."
        if said:
            st.caption(said)
    elif len(found.foreign):
        _rows(
            f"**{len(found.foreign):,}** of them are in languages that {plain(spec.label)} was not made for "
            f"({plain(cut(spec.languages, 80))}): where they lie means little.",
            found.foreign, n, "foreign",
        )  # fmt: skip


def _rows(said: str, items: npt.NDArray[np.int64], n: int, key: str) -> None:
    """A finding about some items, which can be selected."""
    st.markdown(said)
    if st.button("Select them", key=f"select-{key}", icon=":material/select_all:", type="tertiary"):
        mask = np.zeros(n, dtype=bool)
        mask[items] = True
        get_state().select(mask, f"by the encoding: {key}")
        st.rerun()

"""Which encoder is better for the visitor's own labels: a table of encoders and measures, and what is only noise."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.comparing.maps import Seen
from components.encoding import WORDS, encoder_label
from components.feedback import plain, shown
from components.labeled import choose_labels
from components.state import get_state, tie
from embeddings_core.compare.contest import MEASURES, Contest, contest
from embeddings_core.encoders import seconds_taken, split_settings
from embeddings_core.fingerprints import fingerprint
from embeddings_core.offers import offers
from embeddings_core.progress import phase

HEADS = {
    "knn": "kNN accuracy",
    "probe": "Linear probe",
    "silhouette": "Silhouette",
    "precision": "Precision",
    "average_precision": "Mean average precision",
}
"""What the MEASURES are called in a line."""
RARE = 5
"""Rare labels that are named."""


def labels_section(found: Sequence[Seen]) -> None:
    """Draw the section."""
    dataset, state = found[0].space.dataset, get_state()
    spaces = {one.side.encoder: one.space for one in found}
    st.caption(
        "How well each encoder's vectors tell your labels apart. It judges encoders, not maps: sides with the same "
        "encoder are one row."
    )
    left, right = st.columns(2, gap="medium")
    with left:
        column = choose_labels(dataset, "What a good encoder should be able to tell.")
    if column is None:
        return
    with right:
        others = _choose_others(dataset, tuple(spaces))
    key = fingerprint([space.fingerprint for space in spaces.values()], others, column, state.k)
    with shown():
        judged = waiting.computed(
            "contest", f"contest-{key}", "Judging the encoders", _judged, tuple(spaces.values()), others, column,
            state.k, counts="share",
        )  # fmt: skip
        if judged is not None:
            _draw(dataset, judged)


def _choose_others(dataset: ec.Dataset, sides: tuple[str, ...]) -> tuple[str, ...]:
    known = _known(dataset, sides)
    chosen = [encoder for encoder in get_state().contested if encoder in known]
    return tuple(
        st.multiselect(
            "Also", known, format_func=encoder_label, placeholder="More encoders",
            help="Encoders that have encoded this data before, or do it at once.",
            **tie("contested", chosen, lambda encoders: setattr(get_state(), "contested", tuple(encoders))),
        )
    )  # fmt: skip


def _known(dataset: ec.Dataset, sides: tuple[str, ...]) -> list[str]:
    """The ids of encoders that need no waiting for."""
    usable = [
        offer.spec
        for offer in offers(dataset.kind, ready=dataset.vectors is not None)
        if offer.place in ("here", "cached") and offer.spec.id not in sides
    ]
    return [spec.id for spec in usable if spec.instant or not ec.remaining(dataset, spec.id)]


def _judged(spaces: Sequence[ec.Space], others: Sequence[str], column: str, k: int, progress: ec.Progress) -> Contest:
    dataset, part = spaces[0].dataset, partial(phase, progress)
    more = [
        ec.encode(dataset, encoder, progress=part(0.3 * place / len(others), 0.3 * (place + 1) / len(others)))
        for place, encoder in enumerate(others)
    ]
    judged = [*spaces, *more]
    times = [seconds_taken(dataset, space.encoder) for space in judged]
    return contest(judged, column, k, seconds=times, progress=part(0.3 if others else 0, 1))


# -- what is shown ---------------------------------------------------------------------------------


def _draw(dataset: ec.Dataset, judged: Contest) -> None:
    names = encoder_names([standing.encoder for standing in judged.standings])
    st.markdown(" ".join(map(plain, verdict(judged, names))))
    with st.container(key="contest"):
        st.markdown(table(judged, names))
    st.download_button(
        "Download the table", partial(_csv, judged), ec.file_name(dataset, "csv", "encoders"), "text/csv",
        key="download_contest", on_click="ignore", icon=":material/download:",
        help="With the ends of all intervals.",
    )  # fmt: skip
    st.caption(" ".join(map(plain, judged_on(judged, WORDS[dataset.kind]))))
    sentences = [f"{MEASURES[name]}." for name in MEASURES]
    sentences.append(
        "Numbers in parentheses are 95% intervals. Time: what encoding this data took here, – where its vectors were "
        "there already. Bold: the best, where it is ahead of the second by more than noise."
    )
    st.caption("  \n".join(map(plain, sentences)))


def _csv(judged: Contest) -> bytes:
    return judged.table.to_csv(index=False).encode()


def encoder_names(ids: Sequence[str]) -> list[str]:
    """What encoders are called, with their settings where the name alone would not tell them apart."""
    labels = [encoder_label(id) for id in ids]
    return [
        f"{label} ({_settings(id)})" if labels.count(label) > 1 else label
        for id, label in zip(ids, labels, strict=True)
    ]


def _settings(id: str) -> str:
    base, given = split_settings(id)
    return ", ".join(f"{name} {value}" for name, value in given.items()) or base


def verdict(judged: Contest, names: Sequence[str]) -> list[str]:
    """Which encoder is ahead, and by what nobody is, in sentences."""
    if not judged.leads:
        return ["There is one encoder only: add another to compare it with."]
    if judged.noise:
        return ["No encoder is better here: between the best two, every difference is within the noise."]
    said = []
    ahead = {name: lead for name, lead in judged.leads.items() if not lead.noise}
    for best, second in dict.fromkeys((lead.best, lead.second) for lead in ahead.values()):
        by = [
            f"{_word(name)} ({lead.difference.value:+.2f})"
            for name, lead in ahead.items()
            if (lead.best, lead.second) == (best, second)
        ]
        said.append(f"{names[best]} is ahead of {names[second]} by {_listed(by)}.")
    if even := [_word(name) for name in judged.leads if name not in ahead]:
        said.append(f"By {_listed(even)} the best two cannot be told apart: the difference is within the noise.")
    return said


def _word(name: str) -> str:
    """A measure within a sentence."""
    return HEADS[name] if name == "knn" else HEADS[name].lower()


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def table(judged: Contest, names: Sequence[str]) -> str:
    """The table in Markdown: one row an encoder, the best in bold where it is ahead, and what chance gives."""
    heads = ["Encoder", *(HEADS[name] for name in MEASURES), "Dimensions", "Size", "Time"]
    lines = [heads, ["---"] + ["---:"] * (len(heads) - 1)]
    for place, (standing, label) in enumerate(zip(judged.standings, names, strict=True)):
        cells = [_cell(judged, name, place) for name in MEASURES]
        size = f"{standing.size / 1e6:,.1f} MB"
        time = "–" if math.isnan(standing.seconds) else f"{standing.seconds:,.1f} s"
        lines.append([plain(label), *cells, f"{standing.dimensions:,}", size, time])
    chance: Mapping[str, float] = {"knn": judged.majority, "probe": judged.majority, "precision": judged.chance}
    by_chance = [f"{chance[name]:.2f}" if name in chance else "–" for name in MEASURES]
    lines.append(["Without any vectors", *by_chance, "–", "–", "–"])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(judged: Contest, name: str, place: int) -> str:
    mean = getattr(judged.standings[place], name)
    lead = judged.leads.get(name)
    best = lead is not None and lead.best == place and not lead.noise
    value = f"**{mean.value:.2f}**" if best else f"{mean.value:.2f}"
    return f"{value} ({mean.low:.2f} to {mean.high:.2f})"


def judged_on(judged: Contest, words: str) -> list[str]:
    """What was judged and what was left out, in sentences."""
    n = len(judged.items)
    said = [
        f"Judged on {n:,} {words} with {len(judged.labels)} labels, the {judged.k} nearest, in {judged.folds} folds."
    ]
    if judged.sampled:
        said.append("They are a sample, with the labels in proportion.")
    if judged.missing:
        said.append(f"Left out: {judged.missing:,} without a label.")
    if judged.copies:
        said.append(f"Left out: {judged.copies:,} copies of others, whose answer would be known beforehand.")
    if judged.rare:
        named = ", ".join(f"{name} ({size})" for name, size in [*judged.rare.items()][:RARE])
        more = f" and {len(judged.rare) - RARE} more" if len(judged.rare) > RARE else ""
        items = sum(judged.rare.values())
        said.append(f"Left out: {items:,} of labels with fewer than {judged.folds} items each: {named}{more}.")
    said.append(f"Always giving the commonest label would be right for {judged.majority:.0%}.")
    return said

"""The figures of a Trust in words: what each means here, and what chance would give. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from components.trusting.meters import Meter, figure
from embeddings_core import Trust
from embeddings_core.report.meanings import TRUST as MEANINGS
from embeddings_core.trust.verdicts import Grade, graded


class Figure(NamedTuple):
    """What a figure `says` of the map and its number of items, and what `chance` gives; None: it has no fixed level."""

    says: Callable[[Trust, int], str]
    chance: Callable[[Trust, int], float] | None


def _half(found: Trust, n: int) -> float:
    return 0.5


def _none(found: Trust, n: int) -> float:
    return 0.0


def _by(grade: Grade, words: Mapping[str, str]) -> str:
    return words.get(grade, "Cannot be told: all distances are the same.")


_NEAR: Mapping[str, str] = {
    "kept": "Which neighbor is nearer can be read off the map.",
    "partly": "Which neighbor is nearer can be read off the map only roughly.",
    "lost": "Which neighbor is nearer can hardly be read off the map.",
}
_FAR: Mapping[str, str] = {
    "kept": "What is drawn far apart is far apart.",
    "partly": "What is drawn far apart is only roughly far apart.",
    "lost": "How far apart things are drawn says little about how different they are.",
}
FIGURES: Mapping[str, Figure] = {
    "trustworthiness": Figure(
        lambda found, n: _by(found.near, {
            "kept": "Hardly any strangers are drawn near an item.",
            "partly": "Some strangers are drawn near an item.",
            "lost": "Many strangers are drawn near an item.",
        }), _half,
    ),
    "continuity": Figure(
        lambda found, n: _by(found.together, {
            "kept": "Hardly any of an item's true neighbors are drawn far away.",
            "partly": "Some of an item's true neighbors are drawn far away.",
            "lost": "Many of an item's true neighbors are drawn far away.",
        }), _half,
    ),
    "knn_recall": Figure(
        lambda found, n: f"Of the {found.k} items drawn nearest to one, {found.knn_recall * found.k:.1f} are truly "
        f"among its {found.k} nearest.",
        lambda found, n: found.k / (n - 1),
    ),
    "shepard_far": Figure(
        lambda found, n: _by(graded(found.shepard_far, 0.8, 0.5), _FAR), _none,
    ),
    "shepard_near": Figure(
        lambda found, n: _by(graded(found.shepard_near, 0.8, 0.5), _NEAR), _none,
    ),
    "triplets": Figure(
        lambda found, n: "Of two items picked at random, the one that is nearer to a third is drawn nearer "
        f"{found.triplets:.0%} of the time.", _half,
    ),
    **{name: Figure(lambda found, n, name=name: MEANINGS[name].says, chance)  # type: ignore[misc]
       for name, chance in (("mrre_space", _half), ("mrre_map", _half), ("stress", None))},
}  # fmt: skip
FIRST = ("trustworthiness", "continuity", "knn_recall", "shepard_far")
"""What is shown first; the others are looked up."""


def meter(name: str, found: Trust, n: int) -> Meter:
    """The figure `name` of FIGURES, of a map of `n` items."""
    shown, value = FIGURES[name], float(getattr(found, name))
    chance = None if shown.chance is None else shown.chance(found, n)
    asides = [] if MEANINGS[name].best else ["0 is best"]
    band = found.intervals.get(name)
    if band is not None:
        asides.append(f"95 %: {figure(band[0])} to {figure(band[1])}")
    said = "Cannot be told: all distances are the same." if math.isnan(value) else shown.says(found, n)
    if chance is not None:
        said += f" Chance would give {figure(chance)}." if chance >= 0.005 else " Chance would give about 0."
    share = None if math.isnan(value) else value
    return Meter(MEANINGS[name].label, figure(value), said, share, " · ".join(asides), band, chance)


def variance(found: Trust, dims: int, of: int) -> Meter | None:
    """The share of the variance that `dims` axes of PCA hold, `of` so many dimensions; None for other maps."""
    if found.explained_variance is None:
        return None
    even = min(1.0, dims / of)
    said = (
        f"The {dims} axes hold {found.explained_variance:.0%} of all variety of the vectors. Any {dims} of "
        f"{of:,} equal dimensions would hold {even:.1%}."
    )
    value = found.explained_variance
    return Meter(MEANINGS["explained_variance"].label, figure(value), said, value, tick=even)


def sampled(found: Trust, n: int) -> str:
    """What was measured, in words: "measured on 1,000 of 12,000 items, drawn by chance"; "" where all were."""
    if found.sampled >= n:
        return ""
    return f"Measured on {found.sampled:,} of {n:,} items, drawn by chance, each against all others."

"""The figures of a Trust in words: what each means here, and what chance would give. Pure."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import NamedTuple

from components.trusting.meters import Meter, figure
from embeddings_core import Trust
from embeddings_core.verdicts import Grade, graded


class Figure(NamedTuple):
    """How a figure is shown: its `label`, what a value `says` of the map, what `chance` gives (None: no fixed level),
    and whether `less` of it is better."""

    label: str
    says: Callable[[Trust, int], str]
    chance: Callable[[Trust, int], float] | None
    less: bool = False


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
        "No strangers near (trustworthiness)",
        lambda found, n: _by(found.near, {
            "kept": "Hardly any strangers are drawn near an item.",
            "partly": "Some strangers are drawn near an item.",
            "lost": "Many strangers are drawn near an item.",
        }), _half,
    ),
    "continuity": Figure(
        "Nothing torn away (continuity)",
        lambda found, n: _by(found.together, {
            "kept": "Hardly any of an item's true neighbors are drawn far away.",
            "partly": "Some of an item's true neighbors are drawn far away.",
            "lost": "Many of an item's true neighbors are drawn far away.",
        }), _half,
    ),
    "knn_recall": Figure(
        "Neighbors kept",
        lambda found, n: f"Of the {found.k} items drawn nearest to one, {found.knn_recall * found.k:.1f} are truly "
        f"among its {found.k} nearest.",
        lambda found, n: found.k / (n - 1),
    ),
    "shepard_far": Figure(
        "Large distances (Shepard correlation)",
        lambda found, n: _by(graded(found.shepard_far, 0.8, 0.5), _FAR), _none,
    ),
    "shepard_near": Figure(
        "Small distances (Shepard correlation)",
        lambda found, n: _by(graded(found.shepard_near, 0.8, 0.5), _NEAR), _none,
    ),
    "triplets": Figure(
        "Overall arrangement (triplets kept)",
        lambda found, n: "Of two items picked at random, the one that is nearer to a third is drawn nearer "
        f"{found.triplets:.0%} of the time.", _half,
    ),
    "mrre_space": Figure(
        "Rank errors of true neighbors (MRRE)",
        lambda found, n: "How far off an item's true neighbors are in the order drawn, as a share of the worst order.",
        _half, less=True,
    ),
    "mrre_map": Figure(
        "Rank errors of drawn neighbors (MRRE)",
        lambda found, n: "How far off an item's drawn neighbors are in the true order, as a share of the worst order.",
        _half, less=True,
    ),
    "stress": Figure(
        "Distances that do not fit (stress-1)",
        lambda found, n: "What is left of the distances when the map is enlarged to fit them best; Kruskal called 0.2 "
        "poor. Chance has no fixed level here.", None, less=True,
    ),
}  # fmt: skip
FIRST = ("trustworthiness", "continuity", "knn_recall", "shepard_far")
"""What is shown first; the others are looked up."""


def meter(name: str, found: Trust, n: int) -> Meter:
    """The figure `name` of FIGURES, of a map of `n` items."""
    shown, value = FIGURES[name], float(getattr(found, name))
    chance = None if shown.chance is None else shown.chance(found, n)
    asides = ["less is better"] if shown.less else []
    band = found.intervals.get(name)
    if band is not None:
        asides.append(f"95 %: {figure(band[0])} to {figure(band[1])}")
    said = "Cannot be told: all distances are the same." if math.isnan(value) else shown.says(found, n)
    if chance is not None:
        said += f" Chance would give {figure(chance)}." if chance >= 0.005 else " Chance would give about 0."
    share = None if math.isnan(value) else value
    return Meter(shown.label, figure(value), said, share, " · ".join(asides), band, chance)


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
    return Meter("Explained variance", figure(value), said, value, tick=even)


def sampled(found: Trust, n: int) -> str:
    """What was measured, in words: "measured on 1,000 of 12,000 items, drawn by chance"; "" where all were."""
    if found.sampled >= n:
        return ""
    return f"Measured on {found.sampled:,} of {n:,} items, drawn by chance, each against all others."

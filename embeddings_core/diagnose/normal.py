"""What the figures of a space mean, and what is normal: ranges with their reason, and what was measured of encoders."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["usual", "low", "high", "unknown"]


@dataclass(frozen=True)
class Measured:
    """What an encoder's vectors were measured to be like on a sample that comes with the app."""

    sample: str
    intrinsic_dimension: float
    mean_cosine: float
    used: float
    hubness: float


MEASURED = {
    "minilm": Measured("everyday", 19.7, 0.069, 0.73, 1.09),
    "use": Measured("everyday", 21.5, 0.087, 0.64, 0.98),
    "words": Measured("everyday", 15.8, 0.796, 0.78, 1.88),
    "tfidf": Measured("everyday", 9.0, 0.055, 0.98, 1.15),
    "random": Measured("everyday", 32.4, 0.000, 0.99, 0.17),
    "imagenet": Measured("emoji", 10.3, 0.460, 0.49, 1.27),
    "pixels": Measured("emoji", 7.9, 0.982, 0.52, 1.39),
    "colors": Measured("emoji", 4.1, 0.910, 0.10, 0.47),
}
"""By encoder id, with its usual settings; a test measures some of them again."""


@dataclass(frozen=True)
class Measure:
    """What a figure is: its plain `label`, its `meaning`, the range from `low` to `high` that is usual, and why."""

    label: str
    meaning: str
    low: float
    high: float
    reason: str


MEASURES = {
    "intrinsic_dimension": Measure(
        "Intrinsic dimension",
        "In how many independent directions items differ from those near them. A map has two: what is more is lost.",
        3, 25,
        "Trained encoders had 4 to 22 on our samples; random vectors had 32, because nothing ties their numbers.",
    ),
    "mean_cosine": Measure(
        "Mean cosine",
        "How alike two items are that were picked at random: 0 is not at all, near 1 all vectors point one way.",
        -0.05, 0.5,
        "Encoders trained to compare have about 0.1. Raw counts and pixels are never negative, so theirs is near 1; "
        "then only small differences of a score tell anything.",
    ),
    "used": Measure(
        "Share of dimensions used",
        "How evenly the variety is spread over the dimensions there can be: 1 is evenly, near 0 a few hold it all.",
        0.4, 1,
        "Trained encoders had 0.5 to 0.8 on our samples. Little means that most numbers of a vector repeat others.",
    ),
    "hubness": Measure(
        "Hubness",
        "Whether a few items are among the nearest of very many others, and so turn up in every search: 0 is no.",
        -0.5, 2,
        "Trained encoders had 1.0 to 1.9 on our samples. Above 2, look at the list of hubs.",
    ),
    "duplicates": Measure(
        "Exact duplicates",
        "The share of items whose vector another item before them has too.",
        0, 0.05,
        "Different items rarely have the same vector: these are copies, or an encoder that sees no difference.",
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A figure, what it is, whether it is in the usual range (or "unknown", where it is not defined), and `known`, what
    was measured of this encoder on a sample, "" where nothing was."""

    name: str
    value: float
    measure: Measure
    verdict: Verdict
    known: str


def reading(name: str, value: float, encoder: str) -> Reading:
    """What the figure `name` of MEASURES says of vectors by an encoder with that id."""
    measure, known = MEASURES[name], MEASURED.get(encoder)
    verdict: Verdict = "usual"
    if math.isnan(value):
        verdict = "unknown"
    elif not measure.low <= value <= measure.high:
        verdict = "low" if value < measure.low else "high"
    before = getattr(known, name, None)
    told = f"{encoder} on the sample {known.sample}: {before:g}" if known and before is not None else ""
    return Reading(name, value, measure, verdict, told)

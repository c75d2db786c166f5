"""The figures of a map in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from . import Trust

Grade = Literal["kept", "partly", "lost", "undefined"]
_BEYOND = 0.05
"""What a map's trustworthiness must have more than its null map's, at the least, for a claim of structure."""
_ERRORS = 3.0
_HALF = 0.5

_NEAR: dict[Grade, str] = {
    "kept": "Items drawn side by side are alike",
    "partly": "Items drawn side by side are mostly alike, with strangers among them",
    "lost": "Items drawn side by side are often strangers",
}
_TOGETHER: dict[Grade, str] = {
    "kept": "Alike items are drawn close together.",
    "partly": "Some alike items are torn apart.",
    "lost": "Many alike items are torn apart.",
}
_FAR: dict[Grade, str] = {
    "kept": "Large distances can be compared.",
    "partly": "Large distances can be compared only roughly.",
    "lost": "Large distances, as between groups, mean little.",
    "undefined": "Distances cannot be judged: they are all the same.",
}


def graded(value: float, kept: float, partly: float) -> Grade:
    """In a word, from the least values that are "kept" and "partly"; "undefined" for NaN."""
    if np.isnan(value):
        return "undefined"
    return "kept" if value >= kept else "partly" if value >= partly else "lost"


def verdict(trust: Trust) -> str:
    """What a map can be trusted for, and whether it shows more than a null map does."""
    if trust.far == "undefined":
        return _FAR["undefined"]
    near, shared = _NEAR[trust.near], f"{trust.knn_recall * trust.k:.1f}"
    if trust.knn_recall < _HALF:
        near, shared = near.replace("are alike", "are roughly alike"), f"only {shared}"
    near += f": of the {trust.k} drawn nearest to one, {shared} are truly among its {trust.k} nearest."
    return " ".join([near, _TOGETHER[trust.together], _FAR[trust.far], _against_null(trust)])


def beyond_null(trust: Trust, null: Trust) -> bool:
    """Whether a map's trustworthiness is above its null map's by more than .05 and by more than three standard errors
    of the difference."""
    errors = [np.nanstd(each.point_trust) / each.sampled**0.5 for each in (trust, null)]
    margin = max(_BEYOND, _ERRORS * float(np.hypot(*errors)))
    return trust.trustworthiness - null.trustworthiness > margin


def _against_null(trust: Trust) -> str:
    if trust.null is None:
        return "Only a comparison with a map of shuffled vectors can tell whether groups seen here are real."
    figures = f"trustworthiness {trust.trustworthiness:.2f}, theirs {trust.null.trustworthiness:.2f}"
    if beyond_null(trust, trust.null):
        return f"The picture shows structure that shuffled vectors do not have: {figures}."
    return f"Shuffled vectors are drawn about as well, so groups seen here need not be real: {figures}."

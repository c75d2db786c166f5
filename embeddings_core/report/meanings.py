"""What the figures of a map and of a comparison mean, each in one sentence, and what chance would give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Meaning(NamedTuple):
    """A figure's name, what it says, its best value, and in words what chance gives, "" where that says nothing."""

    label: str
    says: str
    best: float
    chance: str = ""


TRUST: Mapping[str, Meaning] = {
    "trustworthiness": Meaning(
        "Trustworthiness", "How few strangers are drawn among an item's nearest, farther strangers counting more.", 1,
        "about .5",
    ),
    "continuity": Meaning(
        "Continuity", "How few true neighbors are drawn far away, farther ones counting more.", 1, "about .5"
    ),
    "knn_recall": Meaning("Neighbors kept", "Share of the nearest on the map that are truly among the nearest.", 1),
    "mrre_space": Meaning("Rank error of true neighbors", "How far off the map puts true neighbors, by rank.", 0),
    "mrre_map": Meaning("Rank error of drawn neighbors", "How far off drawn neighbors truly are, by rank.", 0),
    "shepard_near": Meaning(
        "Near distances", "Rank correlation of true and drawn distances between true neighbors.", 1, "0"
    ),
    "shepard_far": Meaning(
        "Far distances", "Rank correlation of true and drawn distances between any two items.", 1, "0"
    ),
    "stress": Meaning("Stress", "How much drawn distances differ from true ones at the best scale.", 0),
    "triplets": Meaning("Triplets kept", "Of an item and two others, how often the nearer is drawn nearer.", 1, ".5"),
    "explained_variance": Meaning("Explained variance", "Share of the spread that the axes of the map keep.", 1),
}  # fmt: skip
"""The figures of Trust, by their names there."""

COMPARISON: Mapping[str, Meaning] = {
    "overlap": Meaning("Neighbors kept", "Overlap: the share of the k nearest that both have, on average.", 1),
    "jaccard": Meaning("Jaccard", "The neighbors that both have as a share of those that either has, on average.", 1),
    "cka": Meaning(
        "CKA",
        "Linear centered kernel alignment, 0 to 1: how alike the two are as a whole, however turned or scaled.", 1,
    ),
    "cka_debiased": Meaning(
        "CKA, debiased",
        "Linear centered kernel alignment: how alike the two are as a whole, but for what few items share by chance.",
        1, "0",
    ),
    "rsa": Meaning(
        "Distances (RSA)",
        "Rank correlation of all distances between pairs of items: 1 where both put them in the same order.", 1, "0",
    ),
    "disparity": Meaning(
        "Disparity", "What is left between the maps when one is laid over the other; 0 is none.", 0
    ),
}  # fmt: skip
"""The figures of Comparison, by their names there."""

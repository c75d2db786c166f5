"""A part of the rows: all of them, the first ones, or a fair sample; nothing is left out unless someone asks for it."""

from __future__ import annotations

import streamlit as st

from components.links import SEEDS
from embeddings_core.readers.cuts import Cut
from embeddings_core.readers.limits import ROWS

MANY = 20_000
"""Items from which on a part of them is offered: to encode more takes minutes."""
FIRST, SAMPLE, ALL = "The first ones", "A fair sample", "All"
_USUAL = 10_000


def offer_part(total: int, key: str) -> Cut | None:
    """Ask for a part of `total` rows, which are too many to be read at once; None until the button is pressed."""
    cut = choose_part(total, key, [SAMPLE, FIRST])
    return cut if st.button("Read this part", key=f"{key}_go", type="primary") else None


def choose_part(total: int, key: str, ways: list[str]) -> Cut:
    """The widgets that choose a part of `total` rows, the first of `ways` unless someone chooses another."""
    how, many, seed = st.columns([2, 1, 1], vertical_alignment="bottom")
    way = how.segmented_control(
        f"How many of the {total:,} rows", ways, default=ways[0], required=True, key=key,
        help="A fair sample gives every row the same chance, and is the same again for the same seed.",
    )  # fmt: skip
    if way == ALL:
        return Cut()
    most = min(total, ROWS)
    number = int(many.number_input("Rows", 1, most, min(_USUAL, most), key=f"{key}_rows"))
    if way == FIRST:
        return Cut(limit=number)
    return Cut(sample=number, seed=int(seed.number_input("Seed", 0, SEEDS, 0, key=f"{key}_seed")))

"""A text that a spreadsheet would run is disarmed, once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from embeddings_core.sheets import inert


@given(st.text())
def test_a_disarmed_text_is_the_text_or_the_text_after_an_apostrophe(text: str) -> None:
    made = inert(text)
    assert made in (text, f"'{text}")
    assert inert(made) == made

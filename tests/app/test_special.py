"""What is special about a selection, told on the page."""

from __future__ import annotations

import time

import numpy as np
import pytest
from selection_page import CATS, N, keep, said, selected
from streamlit.testing.v1 import AppTest

from components.panels.special import in_words
from embeddings_core.contrast import Share

pytestmark = pytest.mark.usefixtures("home")


def special(mask: np.ndarray = CATS, against: str = "") -> AppTest:
    """The panel with the section open, once it is computed."""
    app = selected(mask)
    app.session_state["special"] = True
    app.run()
    if against:
        app.selectbox(key="against").set_value(against).run()
    end = time.monotonic() + 30
    while "Most typical" not in said(app) and time.monotonic() < end:
        app.run()
    assert not app.exception
    assert not app.error
    return app


def test_nothing_is_computed_while_the_section_is_closed() -> None:
    assert not selected().selectbox


def test_what_is_special_is_told() -> None:
    app = special()
    words = app.dataframe[0].value
    assert words["word"][0] == "cat"
    assert (words["inside"][0], words["outside"][0]) == (20, 0)
    text = said(app)
    assert "- **topic: cat** 20 of 20, 0 would be expected" in text
    assert "- **topic: dog** 0 of 20, 10 would be expected" in text
    assert "- **price** median 1, of the others 16" in text.replace("\\", "")
    assert "Oddest" in text
    assert all("1.96" in block.help for block in app.markdown if block.value in ("**Words**",))


def test_it_is_compared_with_a_kept_selection() -> None:
    keep("dogs", list(range(1, N, 3)))
    text = said(special(against="dogs"))
    assert "price** median 1, of the others 11" in text
    keep("cats", list(range(0, N, 3)))
    assert "There is nothing in cats that is not selected" in said(special(against="cats"))


def test_all_and_one_are_special_too() -> None:
    assert "There is nothing that is not selected" in said(special(np.ones(N, bool)))
    assert "Oddest" not in said(special(np.arange(N) == 5))


def test_a_share_in_words() -> None:
    share = Share("to*pic", "a<b>", 12, 3, 3.0, 5.25)
    assert in_words(share, 40) == "**to\\*pic: a\\<b\\>** 12 of 40, 3 would be expected (score 5.2)"
    few = Share("a", "b", 1, 1, 0.01, -2)
    assert in_words(few, 40).endswith("1 of 40, less than 0.1 would be expected (score −2.0)")

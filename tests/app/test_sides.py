"""What is compared, and what a link may say of it."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.comparing.sides import MOST, Side, difference, from_text, to_text
from components.links import from_link

SIDES = (Side("minilm"), Side("tfidf", "umap", 3, (("n_neighbors", 30),)), Side("minilm", "pca"))


def test_sides_come_back_from_their_text() -> None:
    assert from_text(to_text(SIDES)) == SIDES
    assert from_text("") == ()
    assert from_link({"sides": to_text(SIDES)}).sides == to_text(SIDES)


@pytest.mark.parametrize(
    "text",
    [
        "[", "7", "null", "{}", "[1, 2]", '[["minilm"]]', "[]", to_text((SIDES[0],)), to_text(SIDES * 2),
        '[["minilm","umap",0,{}],["minilm","nothing",0,{}]]', '[["minilm","umap",-1,{}],["minilm","umap",0,{}]]',
        '[["minilm","umap",0,{"n_neighbors":1e9}],["minilm","umap",0,{}]]',
        '[["minilm","umap",0,{"other":1}],["minilm","umap",0,{}]]',
        '[["../models/x","umap",0,{}],["minilm","umap",0,{}]]', '[["org/model","umap",0,{}],["minilm","umap",0,{}]]',
        '[["minilm","umap","0",{}],["minilm","umap",0,{}]]', "[" * 5000,
    ],
)  # fmt: skip
def test_what_a_link_cannot_mean_is_no_side(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_text(text)


@given(st.text(max_size=80))
def test_any_text_is_sides_or_an_error(text: str) -> None:
    with suppress(ValueError):
        assert len(from_text(text)) in (0, *range(2, MOST + 1))


def test_a_setting_that_is_usual_is_not_told() -> None:
    side = Side("minilm").with_setting("n_neighbors", 30)
    usual = next(param.default for param in side.spec.params if param.name == "n_neighbors")
    assert side.settings == (("n_neighbors", 30),)
    assert side.with_setting("n_neighbors", usual) == Side("minilm")


def test_only_what_differs_is_told() -> None:
    assert difference((Side("minilm"), Side("tfidf"))) == ("MiniLM", "TF-IDF + SVD")
    assert difference((Side("minilm"), Side("minilm", "pca"))) == ("UMAP", "PCA")
    assert difference((Side("minilm"), Side("minilm", seed=4))) == ("seed 0", "seed 4")
    near = Side("minilm").with_setting("n_neighbors", 30)
    usual, larger = difference((Side("minilm"), near))
    assert usual.endswith(" 15")
    assert larger.endswith(" 30")
    assert difference((Side("minilm"), Side("minilm"))) == ("UMAP", "UMAP")

"""plotly.js as the page gets it: the shipped file, which starts with little and can add the rest."""

from __future__ import annotations

import pytest

from embeddings_core.snapshot import plotly_script
from embeddings_core.snapshot.plotly_script import FIRST, LATER, lean

PIECES = ("function(root, factory)", "return Plotly;\n}));", ".register([", f'name:"{LATER[0]}"')


@pytest.fixture(scope="module")
def shipped() -> str:
    return plotly_script.shipped()


def test_the_shipped_file_is_built_as_expected(shipped: str) -> None:
    """Who moves to another version of plotly learns here that the page would start later."""
    made = lean(shipped)
    assert made != shipped
    assert len(made) < len(shipped)
    assert all(f"{kind}:()=>" in made for kind in LATER)
    assert f"{FIRST}:()=>" not in made
    canvas = made.index(".width=8192,")
    assert 'getContext("2d",{willReadFrequently:!0})' in made[canvas : canvas + 120]


@pytest.mark.parametrize("piece", PIECES)
def test_a_file_that_is_built_in_another_way_stays_as_it_is(shipped: str, piece: str) -> None:
    assert piece in shipped
    other = shipped.replace(piece, "")
    assert lean(other) == other

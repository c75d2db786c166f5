"""The report on the page: made when asked for, of what is on the map, and saved as a file."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.reporting import for_print
from embeddings_core.coloring import MISSING, color_by, no_color

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def made(monkeypatch: pytest.MonkeyPatch, page: str, **fields: object) -> str:
    """The report that a page writes when it is asked to."""
    pages: list[str] = []
    write = ec.report
    monkeypatch.setattr(ec, "report", lambda *given, **named: pages.append(write(*given, **named)) or pages[-1])
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(**fields)  # type: ignore[arg-type]
    app.run()
    if page != "explore":
        app.switch_page(f"../pages/{page}.py").run()
    run_until(app, lambda: any(button.key == "report" for button in app.button))
    assert pages == []
    app.button(key="report").click().run()
    run_until(app, lambda: len(app.get("download_button")) > (page == "explore"))
    assert not app.exception
    assert [button.label for button in app.get("download_button")][-1] == "Download the report"
    assert not any(button.key == "report" for button in app.button)
    assert len(pages) == 1
    return pages[0]


def test_a_map_with_its_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    page = made(monkeypatch, "explore", projection="pca", panel="Download", color="sentiment")
    space = ec.encode(ec.sample("everyday"), "minilm")
    assert ec.trust(space, ec.project(space, "pca")).verdict in page
    assert all(f">{name}<" in page for name in ec.cluster(space).names)
    assert all(f"</svg>{name} <small>" in page for name in set(space.dataset.metadata["sentiment"]))
    assert "groups = ec.cluster(space" in page


def test_two_maps_with_what_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    sides = '[["minilm","pca",0,{}],["tfidf","pca",0,{}]]'
    page = made(monkeypatch, "compare", sides=sides, k=7)
    one, other = (ec.encode(ec.sample("everyday"), encoder) for encoder in ("minilm", "tfidf"))
    assert f'<td class="number">{ec.compare(one, other, 7).overlap:.3f}</td>' in page
    assert page.count("<figure>") == 2
    assert "space_b = ec.encode(data, &#x27;tfidf&#x27;)" in page


def test_numbers_are_printed_in_the_colors_of_the_map() -> None:
    coloring = color_by("year", pd.Series([1900.5, None, 2000.0]))
    colors = for_print(coloring)
    assert [colors.palette[code] for code in colors.codes] == ["#440154", "#9aa0a6", "#fde725"]
    assert len(colors.palette) == MISSING + 1
    assert (colors.names, colors.scale) == (("1,900", "2,000", "no number"), True)
    categories = color_by("kind", pd.Series(["a", "b", "a"]))
    assert for_print(categories) == ("kind", categories.codes, categories.palette, ("a", "b"), False)
    assert np.array_equal(for_print(no_color(2)).codes, [0, 0])

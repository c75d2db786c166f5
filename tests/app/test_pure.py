"""The page's own logic, without a page: links, colors, cards, packed selections, words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from hypothesis import given
from hypothesis import strategies as some

import embeddings_core as ec
from components.app_state import AppState
from components.chooser import as_id
from components.feedback import plain
from components.links import from_link, to_link
from components.waiting import duration, status
from embeddings_core.cards import card, cut, show
from embeddings_core.coloring import MOST, NOISE, color_by, color_columns, color_groups, palette
from embeddings_core.store import Store


def test_how_far_a_job_is_in_words() -> None:
    job: Any = SimpleNamespace(done=370, total=1_000, progress=0.37, rate=85.2, seconds_left=7.4)
    assert status(job) == "370 of 1,000 · 85 a second · 7 s left"
    assert status(job, "share") == "37% · 7 s left"
    assert status(SimpleNamespace(total=0)) == "getting ready"  # type: ignore[arg-type]


def test_a_link_says_only_what_is_not_usual() -> None:
    assert to_link(AppState()) == {}
    assert to_link(AppState(dims=3, item=4)) == {"dims": "3", "item": "4"}


def test_a_link_leads_to_the_same_state() -> None:
    state = AppState(projection="pca", dims=3, k=7, metric="dot", color="topic", item=12)
    state.setting("umap")["n_neighbors"] = 30
    state.setting("umap")["min_dist"] = 0.25
    again = from_link(to_link(state))
    assert again == state


@pytest.mark.parametrize("encoder", ["org/model", "/etc", "C:\\models", "hf-hub:org/model", "clip:ViT-B-32/openai"])
def test_a_link_alone_loads_no_model_from_elsewhere(encoder: str) -> None:
    state = from_link({"encoder": encoder})
    assert (state.encoder, state.asked_encoder) == ("", encoder)
    assert from_link({"encoder": "pixels"}).encoder == "pixels"
    part = f"combined?first=minilm&second={quote_plus(encoder)}"
    assert from_link({"encoder": part}).asked_encoder == part
    nested = f"combined?first={quote_plus(part)}"
    assert from_link({"encoder": nested}).asked_encoder == nested
    prompted = "combined?first=minilm%3Fquery%3Dquery%253A%2B"
    assert from_link({"encoder": prompted}).encoder == prompted


def test_numbers_in_a_link_that_mean_nothing_are_dropped() -> None:
    state = from_link({"item": "-1", "k": "-5", "foo.x": "1"})
    assert (state.item, state.k, state.settings) == (None, AppState().k, {})


@pytest.mark.parametrize("name", ["exact", "within"])
def test_a_switch_in_a_link_is_on_or_off(name: str) -> None:
    for value in (True, False):
        state = from_link({name: str(value)})
        assert (getattr(state, name), state.broken) == (value, ())
    state = from_link({name: "maybe"})
    assert getattr(state, name) == getattr(AppState(), name)
    assert state.broken == (f"{name} 'maybe'",)
    assert to_link(AppState(exact=False, within=True)) == {"within": "True", "exact": "False"}


def test_a_seed_in_a_link_is_one_that_can_be_chosen() -> None:
    assert [from_link({"seed": seed}).seed for seed in ("-5", "7", "9" * 20)] == [0, 7, 9999]


@given(some.dictionaries(some.text(max_size=12), some.text(max_size=12), max_size=6))
def test_no_link_breaks_the_page(link: dict[str, str]) -> None:
    assert isinstance(from_link(link), AppState)


def test_two_sessions_share_nothing() -> None:
    one, other = AppState(), AppState()
    one.setting("umap")["n_neighbors"] = 5
    one.running["encode"] = "x"
    assert other.settings == {}
    assert other.running == {}


def test_picking_asking_and_opening_take_each_other_s_place() -> None:
    state = AppState()
    state.pick(3)
    state.ask("  words ")
    assert (state.item, state.query) == (None, "words")
    state.pick(4)
    assert (state.item, state.query) == (4, "")
    state.select(np.array([False, True, True]), "hand")
    assert state.selecting(3).count == 2
    state.open("digits")
    assert (state.item, state.history, state.dataset) == (None, None, "digits")


def test_categories_are_colored_by_size_and_noise_is_gray() -> None:
    coloring = color_by("topic", pd.Series(["b", "a", "b", None]))
    assert coloring.names == ("b", "a", "(empty)")
    assert coloring.counts == (2, 1, 1)
    assert coloring.codes.tolist() == [0, 1, 0, 2]
    assert coloring.palette[2] == NOISE


def test_too_many_categories_share_a_color() -> None:
    coloring = color_by("id", pd.Series([f"n{i}" for i in range(MOST + 5)]))
    assert coloring.names[-1] == "5 more"
    assert coloring.counts[-1] == 5
    assert len(coloring.palette) == MOST + 1


def test_numbers_and_dates_are_colored_on_a_scale() -> None:
    numbers = color_by("price", pd.Series([1.5, 2.5, np.nan, 4.5]))
    assert numbers.kind == "number"
    assert numbers.ends == ("1.5", "4.5")
    assert numbers.codes.tolist() == [0, 85, 255, 254]
    dates = color_by("day", pd.Series(pd.to_datetime(["2020-01-01", "2020-01-03", None])))
    assert dates.ends == ("2020-01-01", "2020-01-03")
    assert dates.codes.tolist() == [0, 254, 255]
    infinite = color_by("x", pd.Series([0.5, np.inf, 1.5]))
    assert infinite.ends == ("0.5", "1.5")


def test_grades_are_categories() -> None:
    assert color_by("stars", pd.Series([1, 2, 5, 1])).kind == "category"


def test_columns_that_suit_colors_come_first() -> None:
    data = make_texts(
        [f"t{i}" for i in range(100)],
        id=[f"id-{i}" for i in range(100)],
        price=[i / 3 for i in range(100)],
        topic=["a", "b"] * 50,
        same=["x"] * 100,
    )
    assert color_columns(data) == (["topic", "price", "id", "same"], "topic")
    assert color_columns(make_texts(["a", "b", "c"], id=["x", "y", "z"])) == (["id"], None)


@pytest.mark.parametrize("count", [1, 8, 9, 40])
def test_colors_can_be_told_apart(count: int) -> None:
    colors = palette(count)
    assert len(set(colors)) == count


def test_groups_keep_their_order_and_noise_comes_last(store: Store) -> None:
    labels = np.array([0, 0, 1, -1])
    groups = ec.Clustering("f", "m", {}, labels, ("a", "b"), (2, 1), np.zeros((2, 5), int), 0.5, (0.5, 0.5), 3)
    coloring = color_groups(groups)
    assert coloring.names == ("a", "b", "Noise")
    assert coloring.codes.tolist() == [0, 0, 1, 2]
    assert coloring.counts == (2, 1, 1)


def test_a_card_shows_metadata_as_text() -> None:
    data = make_texts(["hello"], tag=["<b>x</b>"], empty=[None], when=pd.to_datetime(["2024-02-03"]), number=[1.25])
    assert card(data, 0) == {
        "item": 0,
        "title": "hello",
        "marks": [],
        "fields": [["tag", "<b>x</b>"], ["when", "2024-02-03"], ["number", "1.25"]],
    }


def test_long_texts_are_cut_only_where_they_are_shown() -> None:
    assert cut("x" * 2000, 10) == "x" * 9 + "…"
    assert show(float("nan")) == ""
    assert show(pd.NaT) == ""
    assert (show(12345678.0), show(0.1234567)) == ("12345678", "0.123457")


@pytest.mark.parametrize("text", ["<script>", "**bold**", "[a](b)", ":smile:", "$x$", "# title", "a_b_c"])
def test_data_is_never_markdown(text: str) -> None:
    escaped = plain(text)
    assert escaped.replace("\\", "") == text
    assert all(escaped[i - 1] == "\\" for i, letter in enumerate(escaped) if letter in "<*[:$#_")


@pytest.mark.parametrize(("seconds", "words"), [(0.2, "1 s"), (42, "42 s"), (200, "3 min"), (9000, "2 h")])
def test_time_spans_in_words(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("typed", "kind", "id"),
    [
        (" org/model ", "text", "org/model"),
        ("ViT-B-32/openai", "image", "clip:ViT-B-32/openai"),
        ("hf-hub:org/model", "image", "hf-hub:org/model"),
        ("/models/mine", "image", "/models/mine"),
        ("pixels", "image", "pixels"),
        ("", "image", ""),
        ("org/model", "sound", "audio:org/model"),
        ("mel", "sound", "mel"),
        ("combined", "text", "combined"),
        ("combined", "image", "combined?first=imagenet&second=colors"),
    ],
)
def test_what_is_typed_becomes_an_encoders_id(typed: str, kind: ec.Kind, id: str) -> None:
    assert as_id(typed, kind) == id

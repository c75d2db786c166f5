"""The workbench without a browser: sums, axes, the bias probe, how alike a selection is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from conftest import make_texts, run_until
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.adding_up import added_up
from components.app_state import MEASURE, AppState
from components.panels.alike import heat_map
from components.panels.axes import figure, lines, wrapped
from components.panels.probe import EXAMPLE, told
from components.summands import Summand
from embeddings_core.axes import Association
from embeddings_core.filters import Filter

pytestmark = pytest.mark.usefixtures("home")


def page(panel: str) -> None:
    """What the explorer does for the panel."""
    import embeddings_core as ec
    from components import cached
    from components.panels.compose import compose_panel
    from components.panels.selection import selection_panel
    from components.state import get_state
    from embeddings_core.coloring import no_color

    space = cached.space(get_state().dataset, get_state().encoder)
    if panel == "Compose":
        compose_panel(space, ec.project(space, "pca"))
    else:
        selection_panel(space, no_color(len(space)))


def compose(panel: str = "Compose", encoder: str = "minilm", **fields: object) -> AppTest:
    app = AppTest.from_function(page, default_timeout=120, args=(panel,))
    app.session_state["app"] = AppState(encoder=encoder, **fields)  # type: ignore[arg-type]
    return app.run()


def state_of(app: AppTest) -> AppState:
    return app.session_state["app"]  # type: ignore[no-any-return]


def says(app: AppTest, words: str) -> bool:
    return any(words in each.value for each in (*app.caption, *app.markdown))


def opened(app: AppTest, key: str) -> None:
    """Open a section; a browser says so by its widget."""
    app.session_state[key] = True
    app.run()


@pytest.mark.model
def test_texts_are_added_subtracted_weighed_and_removed() -> None:
    app = compose()
    assert says(app, "king − man + woman")
    for text, button in (("train", "compose_add"), ("late", "compose_subtract")):
        app.text_input(key="compose_text").set_value(text)
        app.button(key=button).click().run()
    assert [(part.text, part.weight) for part in state_of(app).summands] == [("train", 1), ("late", -1)]
    run_until(app, lambda: says(app, "The arrow leads there"))
    assert says(app, "The diamond shows exactly")
    app.number_input(key="weight-1").set_value(-2.5).run()
    assert state_of(app).summands[1].weight == -2.5
    app.button(key="remove-part-0").click().run()
    assert [part.text for part in state_of(app).summands] == ["late"]
    run_until(app, lambda: says(app, "The diamond shows exactly"))
    assert not says(app, "The arrow leads there")
    assert not app.exception


@pytest.mark.model
def test_the_picked_item_and_the_selection_are_parts_and_there_is_a_way_between_two_items() -> None:
    app = compose(item=3)
    state_of(app).select(np.arange(615) < 4, "test")
    app.run()
    app.button(key="add_item").click().run()
    app.button(key="subtract_selection").click().run()
    one, many = state_of(app).summands
    assert one.part == 3
    assert (many.weight, len(many.part)) == (-1, 4)  # type: ignore[arg-type]
    assert "Items that are parts themselves are left out" in " ".join(each.value for each in app.caption)
    assert not says(app, "equal turns")
    app.button(key="remove-part-1").click().run()
    state_of(app).pick(8)
    app.run()
    app.button(key="add_item").click().run()
    opened(app, "between")
    run_until(app, lambda: says(app, "equal turns"))
    assert not app.exception


@pytest.mark.model
def test_parts_that_cancel_out_say_so() -> None:
    app = compose(summands=(Summand("a", 1.0, items=np.array([2])), Summand("a", -1.0, items=np.array([2]))))
    run_until(app, lambda: bool(app.error))
    assert "cancel each other out" in app.error[0].value
    assert not app.exception


def test_where_no_text_has_a_vector_it_names_an_item() -> None:
    words = make_texts(["king", "man", "Woman", "woman", "queen"])
    vectors = np.array([[1, 1, 0], [1, 0, 0], [5, 5, 5], [0, 0, 1], [0, 1, 1]], dtype=np.float32)
    key = ec.get_store().put_dataset(replace(words, vectors=vectors)).fingerprint
    app = compose(dataset=key, encoder="ready")
    for text, button in (("king", "add"), ("man", "subtract"), ("woman", "add"), ("prince", "add")):
        app.text_input(key="compose_text").set_value(text)
        app.button(key=f"compose_{button}").click().run()
    assert [(part.part, part.weight) for part in state_of(app).summands] == [(0, 1), (1, -1), (3, 1)]
    assert "No item is called “prince”" in app.warning[0].value
    run_until(app, lambda: says(app, "Nearest to the sum"))
    assert not app.exception


def test_the_sum_can_be_looked_for_within_the_filter() -> None:
    mark = (Summand("a", 1.0, items=np.array([2])),)
    where = Filter(values={"digit": ("3",)})
    app = compose(dataset="digits", encoder="pixels", summands=mark, filter=where.to_text())
    run_until(app, lambda: says(app, "Exact search over all"))
    app.toggle(key="within").set_value(True).run()
    run_until(app, lambda: says(app, "Exact search over the items that the filter leaves"))
    space = ec.encode(ec.sample("digits"), "pixels")
    found = added_up(space, mark, 5, where)
    assert set(space.dataset.metadata["digit"].iloc[found.hits.indices[0]].astype(str)) == {"3"}
    state_of(app).filter = Filter(values={"digit": ()}, words="nothing is called so").to_text()
    run_until(app, lambda: says(app, "The filter leaves no item"))
    assert not app.exception


@pytest.mark.model
def test_the_sum_is_that_of_the_core_and_leaves_its_parts_out() -> None:
    space = ec.encode(ec.sample("everyday"), "minilm")
    found = added_up(space, [Summand("", 1.0, items=np.array([5])), Summand("", -0.5, text="rain")], 7)
    total = ec.combine(space, [5], [("rain", 0.5)])
    assert found.besides.tolist() == [5]
    assert np.array_equal(found.hits.indices[0], ec.neighbors(space, total, 8).indices[0][1:])


@pytest.mark.model
def test_an_axis_colors_the_map_and_two_make_a_plot() -> None:
    app = compose(poles={"axis_low": np.arange(5)})
    opened(app, "axis")
    assert says(app, "Name both poles")
    app.text_area(key="axis_high").set_value("a luxury\n\nexpensive").run()
    run_until(app, lambda: says(app, "Most toward a luxury"))
    app.button(key="axis_color").click().run()
    measured, space = state_of(app).measured, ec.encode(ec.sample("everyday"), "minilm")
    assert measured is not None
    assert measured.label == "5 items → a luxury"
    assert np.array_equal(measured.values, ec.axis(space, np.arange(5), ["a luxury", "expensive"]))
    assert state_of(app).color == MEASURE
    app.toggle(key="axis_second").set_value(True).run()
    for key, text in (("axis_low_2", "cold"), ("axis_high_2", "warm")):
        app.text_area(key=key).set_value(text).run()
    run_until(app, lambda: bool(app.get("plotly_chart")))
    assert not app.exception


@pytest.mark.model
def test_the_probe_tells_what_its_example_shows() -> None:
    app = compose()
    opened(app, "weat")
    app.button(key="weat_example").click().run()
    assert app.text_area(key="weat_first").value == EXAMPLE["weat_first"]
    assert not says(app, "Effect size")
    app.button(key="weat_measure").click().run()
    run_until(app, lambda: says(app, "Effect size"))
    assert says(app, "more than chance explains")
    app.text_area(key="weat_bad").set_value("pain").run()  # the answer is not of this
    assert not says(app, "Effect size")
    assert not app.exception


def test_pictures_whose_encoder_reads_no_text_are_added_up_by_items_alone() -> None:
    app = compose(dataset="digits", encoder="pixels", item=0)
    assert says(app, "reads no text")
    assert not app.exception
    assert app.text_input(key="compose_text").label == "An item, by its text or name"
    app.button(key="add_item").click().run()
    run_until(app, lambda: says(app, "Nearest to the sum"))
    opened(app, "axis")
    assert not app.text_area
    assert not app.exception


def test_a_selection_of_a_few_shows_how_alike_they_are() -> None:
    app = compose("Selection")
    state_of(app).select(np.arange(615) < 12, "test")
    opened(app, "alike")
    run_until(app, lambda: bool(app.get("plotly_chart")))
    assert says(app, "like beside like")
    state_of(app).select(np.arange(615) < 61, "test")
    app.run()
    assert says(app, "Select 2 to 60 items")
    assert not app.exception


def test_the_meaning_of_a_probe_follows_its_numbers() -> None:
    assert "other way" in told(Association(-1.2, 0.99, 70, True, ()))
    assert "chance alone may" in told(Association(0.4, 0.2, 70, True, ()))
    assert "random ways" in told(Association(1.4, 0.0001, 100_000, False, ()))
    assert "p < 0.001" in told(Association(1.4, 0.0001, 100_000, False, ()))


def test_texts_from_data_are_no_markup_in_a_plot() -> None:
    wicked = "<a href='x'>one</a> & " + "w" * 200
    assert "<a" not in wrapped(wicked)
    assert all(len(row) <= 40 + 20 for row in wrapped(wicked).split("<br>"))
    drawn = figure(np.zeros(1), np.zeros(1), [wicked], ("<b>", "y"))
    assert "<a" not in str(drawn)
    assert "<b>" not in str(drawn["layout"])
    matrix = ec.similarity_matrix(ec.encode(ec.sample("everyday"), "minilm"), [0, 1])
    assert "<a" not in str(heat_map(matrix, [wicked, "two"]))


def test_examples_are_one_a_line() -> None:
    assert lines(" a \n\n b c\n") == ["a", "b c"]
    assert wrapped("") == ""


def test_parts_follow_their_items_and_those_without_any_go() -> None:
    state = AppState(
        summands=(
            Summand("t", 1.0, text="t"),
            Summand("g", 1.0, items=np.array([0])),
            Summand("s", 1.0, items=np.arange(3)),
        ),
        poles={"axis_low": np.array([1, 2])},
    )
    state.follow(np.array([-1, 4, 2]), 5)
    assert [part.label for part in state.summands] == ["t", "s"]
    assert state.summands[1].items is not None
    assert state.summands[1].items.tolist() == [4, 2]
    assert state.poles["axis_low"].tolist() == [4, 2]
    state.forget_items()
    assert (state.summands, state.poles) == ((), {})

"""Compare: encoders, projections or settings side by side on the same items."""

from __future__ import annotations

import streamlit as st

from components.comparing.choosing import choose_pair, choose_sides, put_sides, sides_of
from components.comparing.differences import compared, differences, headline, marks_on, views
from components.comparing.labels import labels_section
from components.comparing.maps import LAID, draw_beside, draw_morph, seen
from components.comparing.settings import settings_section
from components.comparing.sides import to_text
from components.growing import in_progress
from components.presenting.keeping import ask_to_keep, keep_view
from components.reporting import offer_report
from components.sidebar import choose_color, choose_data, chosen_encoder, colored
from components.state import bind, get_state
from embeddings_core import Projection

PAGE = {"title": "Compare", "icon": ":material/compare:", "place": 3}
TOLD = {"neighbors": "Neighborhoods", "labels": "By labels", "settings": "Other settings"}


def page() -> None:
    """Draw the page."""
    state = get_state()
    with st.sidebar:
        st.markdown("**Embedding Explorer**")
        dataset = choose_data(state)
        sides = sides_of(state, dataset, chosen_encoder(state, dataset))
        color = choose_color(state, sides[0].encoder)
        st.number_input("Neighbors", 1, 100, step=1, help="How many of the nearest items are compared.", **bind("k"))
        in_progress(but=state.dataset)
    choose_sides(dataset, sides)
    found = seen(state.dataset, dataset, sides)
    if found is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        how = st.segmented_control(
            "How", list(LAID), format_func=lambda name: LAID[name], required=True, label_visibility="collapsed",
            **bind("laid", list(LAID)),
        )  # fmt: skip
        other = choose_pair(found)
        said = st.empty()

    def ask_to_keep_sides(view: str) -> None:
        ask_to_keep(view, to_text(sides))

    above, below = st.container(), st.container()
    with below:
        comparison = compared(found[0], found[other], state.k)
    coloring = colored(state, len(dataset), color)
    marks = marks_on(len(found), other, comparison, state.item)
    with above:
        if how == "morph":
            draw_morph(found[0], found[other], coloring, marks[0], keep=ask_to_keep_sides)
        else:
            draw_beside(found, coloring, marks, keep=ask_to_keep_sides)
    keep_view()
    if comparison is not None:
        said.markdown(headline(comparison, isinstance(views(found[0], found[other])[0], Projection)))
    with below:
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            told = st.segmented_control(
                "What to look at", list(TOLD), format_func=lambda name: TOLD[name], required=True,
                label_visibility="collapsed", **bind("compared", list(TOLD)),
            )  # fmt: skip
            offer_report([(one.space, one.made) for one in found], coloring, comparison=comparison, against=other)
        if told == "settings":
            settings_section(found[0], coloring, lambda side: put_sides((side, *sides[1:])))
        elif told == "labels":
            labels_section(found)
        elif comparison is not None:
            differences(found[0], found[other], comparison)


page()

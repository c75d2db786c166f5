"""Work beside the page: what is left is begun anew when it is asked for again; what was stopped is not."""

from __future__ import annotations

import pytest
from conftest import run_until
from streamlit.testing.v1 import AppTest

import embeddings_core as ec

pytestmark = pytest.mark.usefixtures("home")


def slow() -> AppTest:
    """A page that waits for the square of what is chosen, which for 2 never comes."""

    def page() -> None:
        import time
        from typing import Any

        import streamlit as st

        from components import waiting

        def square(number: int, progress: Any) -> int:
            while number == 2:
                progress(0, 1)  # where it is stopped
                time.sleep(0.01)
            return number * number

        number = st.number_input("Number", 1, 9, 2, key="number")
        found = waiting.computed("square", f"test-waiting-{number}", "Squaring", square, number, counts="share")
        if found is not None:
            st.write(f"It is {found}.")

    return AppTest.from_function(page, default_timeout=60).run()


def test_what_was_left_is_begun_anew() -> None:
    app = slow()
    app.number_input(key="number").set_value(3).run()
    run_until(app, lambda: any("It is 9." in text.value for text in app.markdown))
    left = ec.find_job("test-waiting-2")
    assert left is not None
    assert left.wait(30)
    assert left.state == "cancelled"
    app.number_input(key="number").set_value(2).run()
    assert not app.info, "nobody has stopped it"
    begun = ec.find_job("test-waiting-2")
    assert begun is not None
    assert begun is not left
    begun.cancel()  # as the button does
    assert begun.wait(30)
    app.run()
    assert [info.value for info in app.info] == ["Stopped at 0%."]

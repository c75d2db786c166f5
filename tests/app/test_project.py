"""The Data page saves a project file and opens one; Explore shows its map, though the model is not here."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from conftest import run_until
from made_projects import LOST, members, sealed, texts, workspace
from streamlit.testing.v1 import AppTest

import embeddings_core as ec
from components.bring import sources
from components.encoding import default_encoder
from embeddings_core.store import Store

pytestmark = pytest.mark.usefixtures("home")
SHELL = Path(__file__).parents[2] / "components" / "shell.py"


class Upload(io.BytesIO):
    """A file as the uploader hands it over."""

    def __init__(self, raw: bytes, name: str) -> None:
        super().__init__(raw)
        self.name, self.file_id, self.size = name, name, len(raw)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


@pytest.fixture
def project(tmp_path: Path) -> bytes:
    store = Store(tmp_path / "elsewhere")
    workspace(store)
    return ec.save_project(tmp_path / "p.zip", store=store).read_bytes()


def data_page(monkeypatch: pytest.MonkeyPatch, *files: Upload) -> AppTest:
    monkeypatch.setattr(sources, "_uploads", lambda: list(files))
    app = AppTest.from_file(str(SHELL), default_timeout=120).run()
    app.switch_page("../pages/data.py").run()
    assert not app.exception
    return app


def said(app: AppTest) -> str:
    return " ".join(block.value for block in (*app.markdown, *app.caption, *app.error))


def button(app: AppTest, key: str) -> Any:
    return next((found for found in app.button if str(found.key).startswith(key)), None)


def test_opened_and_explored_without_its_model(project: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    app = data_page(monkeypatch, Upload(project, "mine.zip"))
    run_until(app, lambda: "Opened: 2 datasets" in said(app))
    assert "2 maps · 1 grouping · 2 kept selections · 1 kept grouping." in said(app)
    assert "stayed as it was" not in said(app)
    button(app, f"explore-{texts().fingerprint}").click().run()
    assert not app.exception
    state = app.session_state["app"]
    assert (state.dataset, state.encoder, state.projection) == (texts().fingerprint, "", "pca")
    run_until(app, lambda: "The model that made these vectors is not here." in said(app))
    assert app.selectbox(key="encoder").value == LOST
    assert not app.error
    assert app.text_input(key="query").placeholder == "Words of these texts"


def test_a_damaged_one_says_why_and_brings_nothing(project: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {path: raw for path, raw in members(project).items() if path != "manifest.json"}
    path = next(path for path in parts if path.endswith("dataset.json"))
    app = data_page(monkeypatch, Upload(sealed(parts | {path: b"no"}), "bad.zip"))
    run_until(app, lambda: bool(app.error))
    assert "is damaged" in said(app)
    assert "Nothing was brought" in said(app)
    assert ec.get_store().datasets() == []


def test_what_is_chosen_is_saved_as_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data = ec.get_store().put_dataset(texts())
    app = data_page(monkeypatch)
    app.session_state["save_project"] = True
    app.run()
    chosen = app.multiselect(key="project_data")
    assert chosen.value == [data.fingerprint]
    chosen.select("everyday").run()
    button(app, "make_project").click().run()
    run_until(app, lambda: any("Save the file" in str(found.proto.label) for found in app.get("download_button")))
    job = ec.find_job(app.session_state["app"].project.packed[0])
    assert job is not None
    opened = ec.open_project(job.result(), store=Store(tmp_path / "other"))
    assert set(opened.datasets) == {data.fingerprint, ec.sample("everyday").fingerprint}
    app.multiselect(key="project_data").unselect("everyday").run()
    assert button(app, "make_project") is not None  # another choice is another file


def test_nothing_chosen_nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    app = data_page(monkeypatch)
    app.session_state["save_project"] = True
    app.run()
    assert button(app, "make_project").disabled


def test_the_usual_encoder_is_one_whose_vectors_came(project: bytes) -> None:
    assert default_encoder("", "text") == "minilm"
    ec.open_project(project)
    assert default_encoder(texts().fingerprint, "text") == LOST
    assert default_encoder("everyday", "text") == "minilm"

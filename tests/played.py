"""What tests of stories without a browser have in common."""

from __future__ import annotations

from typing import Any

import pytest
from rules import ROOT
from streamlit.testing.v1 import AppTest

from components.app_state import AppState
from components.presenting import stage
from embeddings_core.stories import Scene

SHELL = ROOT / "components" / "shell.py"
FIRST = Scene("All", "Every sentence", "Wave", {"dataset": "everyday", "color": "topic"})


def opened(state: AppState) -> AppTest:
    """The page Present."""
    app = AppTest.from_file(str(SHELL), default_timeout=120)
    app.session_state["app"] = state
    return app.run().switch_page("../pages/present.py").run()


def state_of(app: AppTest) -> AppState:
    state: AppState = app.session_state["app"]
    return state


def words_of(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What is told to the component that shows the words of a view, when the page is drawn again."""
    told: list[dict[str, Any]] = []
    component = stage.component

    def watched(name: str, *files: Any) -> Any:
        made = component(name, *files)

        def draw(*, data: dict[str, Any], **more: Any) -> Any:
            told.append(data)
            return made(data=data, **more)

        return draw if name == "player" else made

    with monkeypatch.context() as patch:
        patch.setattr(stage, "component", watched)
        app.run()
    return told[-1]

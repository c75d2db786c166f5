"""The script that Streamlit runs for every visitor: page settings, navigation, the chosen page.

A file in pages/ is a page; its PAGE (a literal) says its title, icon and place.
"""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import streamlit as st

from components.feedback import guarded
from components.startup import first_page_is_drawn, prepare
from components.state import follow_link, mirror_link

ROOT = Path(__file__).parent.parent
# with an element: Streamlit puts styles by themselves where a message in a corner, sent by a part of the page, takes
# their place
STYLES = f"<style>{(ROOT / 'assets' / 'styles' / 'app.css').read_text(encoding='utf-8')}</style><i></i>"


def about(path: Path) -> dict[str, Any]:
    """The PAGE of a page's file, read without running it."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "PAGE":
            page: dict[str, Any] = ast.literal_eval(node.value)
            return page
    raise ValueError(f"{path.name} has no PAGE")


def main() -> None:
    """Draw the page that the visitor is on."""
    st.set_page_config("Embedding Explorer", ROOT / "assets" / "icon.png", "wide", "auto")
    st.html(STYLES)
    found = sorted(((about(path), path) for path in (ROOT / "pages").glob("*.py")), key=lambda p: p[0]["place"])
    pages = [
        st.Page(path, title=page["title"], icon=page["icon"], url_path=path.stem, default=page["place"] == 1)
        for page, path in found
    ]
    page = st.navigation(pages, position="top")
    with guarded():
        prepare()
        follow_link(page.url_path)
        page.run()
    mirror_link()
    first_page_is_drawn()


main()

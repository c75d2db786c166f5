"""The part of the panel Download that makes one page of the map, which opens offline by a double click."""

from __future__ import annotations

from typing import Any

import streamlit as st

import embeddings_core as ec
from components import waiting
from components.encoding import default_encoder
from components.feedback import shown
from components.links import PAGE, SHADE, from_link
from components.state import get_state, tie
from embeddings_core.coloring import Coloring
from embeddings_core.fingerprints import fingerprint
from embeddings_core.snapshot import LONGEST, MOST
from embeddings_core.stories import Scene, names_of, stories

NONE = ""
"""No story."""


def standalone_section(space: ec.Space, plane: ec.Projection, groups: ec.Clustering | None, coloring: Coloring) -> None:
    """Draw the section; the page is made when it is asked for."""
    section = st.expander("As one page", key="standalone", icon=":material/html:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        st.caption(
            "The map as one HTML file: it opens by a double click, without a server or a network, with cards, colors, "
            "search, selections, and the 20 nearest of each item"
            + (", but without the sounds themselves." if space.dataset.kind == "sound" else ".")
        )
        if len(space) > MOST:
            st.caption(f"It holds up to {MOST:,} items; this map has {len(space):,}.")
            return
        _made(space, plane, groups, _choices(space, coloring))


def _choices(space: ec.Space, coloring: Coloring) -> dict[str, Any]:
    """What is said on the page, and what it holds."""
    state = get_state()

    def said(name: str) -> dict[str, Any]:
        return tie(f"page-{name}", state.page.get(name, ""), lambda text: state.page.__setitem__(name, text))

    title = st.text_input("Title", placeholder=space.dataset.name, max_chars=200, **said("title"))
    caption = st.text_area("What there is to see", height=68, max_chars=2000, **said("caption"))
    texts = st.toggle(
        "With texts and pictures", True, key="page_texts",
        help=f"Texts up to {LONGEST:,} characters, pictures, columns. Without, only the colors say what is what, "
        "and groups are numbered.",
    )  # fmt: skip
    vectors = st.toggle(
        "With vectors", True, key="page_vectors",
        help="Rounded to one byte a number: to find what is most like a selection. Much of a text can be guessed from "
        "its vector.",
    )  # fmt: skip
    usual = default_encoder(state.dataset, space.dataset.kind, ready=space.dataset.vectors is not None)
    scenes = _of_this_map(usual)
    story = scenes and st.selectbox(
        "With the views of a story", [NONE, *scenes], format_func=lambda name: _counted(name, scenes), key="page_story",
        help="Those of this very map without a typed question, a sum or trust: Back and Next lead from one to the "
        "next.",
    )  # fmt: skip
    column = coloring.label if coloring.label in map(str, space.dataset.metadata) else ""
    return {
        "title": title or "", "caption": caption or "", "texts": texts, "vectors": vectors,
        "colors": None if texts else [column] if column else [], "first": coloring.label,
        "views": scenes[story] if story else (),
    }  # fmt: skip


def _counted(name: str, scenes: dict[str, tuple[Scene, ...]]) -> str:
    n = len(scenes.get(name, ()))
    return f"{name} · {n} view{'s' if n != 1 else ''}" if n else "None"


def _of_this_map(usual: str) -> dict[str, tuple[Scene, ...]]:
    """The views of every story that are of the map that is shown, by the story's name; `usual` is the encoder that is
    meant where none is named."""
    state = get_state()

    def same(scene: Scene) -> bool:
        asked = from_link(scene.link)
        encoder = asked.encoder or asked.asked_encoder or usual
        trusted = asked.trust_worst or asked.item is not None or SHADE in scene.link
        more = asked.query or (asked.panel == "Compose" and asked.summands) or (asked.panel == "Trust" and trusted)
        fields = ("dataset", "projection", "dims", "seed")
        return (
            encoder == (state.encoder or usual)
            and PAGE not in scene.link
            and not more  # a page has no model to read a text with, and no figures of the vectors
            and all(getattr(asked, name) == getattr(state, name) for name in fields)
            and asked.setting(asked.projection) == state.setting(state.projection)
        )

    there = stories(ec.get_store())
    names = names_of(there)
    return {names[story.key]: scenes for story in there if (scenes := tuple(filter(same, story.scenes)))}


def _made(space: ec.Space, plane: ec.Projection, groups: ec.Clustering | None, choices: dict[str, Any]) -> None:
    state = get_state()
    found = groups.fingerprint if groups is not None else ""
    key = f"page-{fingerprint(space.fingerprint, plane.fingerprint, found, sorted(choices.items(), key=str))}"
    if state.page.get("asked") != key:
        st.button("Make the page", key="make_page", icon=":material/html:", on_click=_ask, args=(key,))
        return
    raw = waiting.computed(
        "page", key, "Making the page", _make, space, plane, clustering=groups, counts="share", **choices
    )
    if raw is not None:
        name = ec.file_name(space.dataset, "html").replace("-embeddings.", "-map.")
        st.download_button(
            f"Save the page ({len(raw) / 1e6:.1f} MB)", raw, name, "text/html", key="download_page", type="primary",
            on_click="ignore", icon=":material/download:",
        )  # fmt: skip


def _ask(key: str) -> None:
    get_state().page["asked"] = key


def _make(space: ec.Space, plane: ec.Projection, *, progress: ec.Progress, **choices: Any) -> bytes:
    """The page, with how far its map can be trusted."""
    trust = ec.trust(space, plane) if len(space) > 2 else None
    return ec.snapshot_page(space, plane, trust=trust, progress=progress, **choices)

"""The project file on the Data page: everything saved as one file, and such a file opened."""

from __future__ import annotations

import secrets
import tempfile
from pathlib import Path
from typing import IO, Any

import streamlit as st

import embeddings_core as ec
from components import cached, waiting
from components.app_state import AppState
from components.encoding import default_encoder
from components.feedback import plain, shown
from components.links import METHODS
from embeddings_core.project_file import Opened
from embeddings_core.readers.limits import megabytes
from embeddings_core.store.files import WRITING
from embeddings_core.store.shelf import Shelved

UPLOAD = 500_000_000
"""Bytes of the largest file that can be uploaded; see .streamlit/config.toml."""


def save_section(state: AppState) -> None:
    """Draw the section; the file is made when it is asked for."""
    section = st.expander("Save as one file", key="save_project", icon=":material/archive:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        st.caption(
            "A project file: data, vectors, maps, groups, all that you kept under a name, and stories. Another "
            "computer opens it by the same upload, without the models."
        )
        own = {one.fingerprint: f"{one.name} · {one.rows:,}" for one in ec.get_store().datasets()}
        names = own | {sample.id: f"{sample.label} (sample)" for sample in ec.samples()}
        chosen = tuple(
            st.multiselect("What goes into it", list(names), list(own), format_func=lambda key: names[key],
                           key="project_data", placeholder="Choose data",
                           help="With everything that was made of it here.")
        )  # fmt: skip
        _made(state, chosen)


def _made(state: AppState, chosen: tuple[str, ...]) -> None:
    key, of = state.project.packed
    if not key or of != chosen:
        st.button(
            "Make the file", key="make_project", icon=":material/archive:", disabled=not chosen,
            on_click=_ask, args=(state, chosen),
        )  # fmt: skip
        return
    raw = waiting.computed("project", key, "Making the file", _pack, chosen, counts="share")
    if raw is None:
        return
    name = ec.file_name(cached.dataset(chosen[0]), "zip", "project") if len(chosen) == 1 else "workspace-project.zip"
    st.download_button(
        f"Save the file ({megabytes(len(raw))})", raw, name, "application/zip",
        key="download_project", type="primary", on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    if len(raw) > UPLOAD:
        st.caption(f"Files of more than {megabytes(UPLOAD)} cannot be uploaded. In Python, ec.open_project opens them.")


def _ask(state: AppState, chosen: tuple[str, ...]) -> None:
    ec.forget(state.project.packed[0])  # a file that was made before may be large
    state.project.packed = (f"project-{secrets.token_hex(8)}", chosen)


def _pack(chosen: tuple[str, ...], progress: ec.Progress) -> bytes:
    with tempfile.TemporaryDirectory(prefix=WRITING, dir=ec.get_store().home) as folder:
        return ec.save_project(Path(folder, "project.zip"), chosen, progress=progress).read_bytes()


def open_upload(state: AppState, file: Any) -> None:
    """Open an uploaded project file once, and tell what was in it."""
    key = f"open-{file.file_id}"
    if state.project.opened is None or state.project.opened[0] != key:
        found = waiting.computed("read", key, "Opening the project file", _open, file, counts="share")
        if found is None:
            return
        state.project.opened = (key, found)
        st.rerun()  # what was brought is listed beside
    _told(state, file.name, state.project.opened[1])


def _open(file: IO[bytes], progress: ec.Progress) -> Opened:
    return ec.open_project(file, progress=progress)


def _told(state: AppState, name: str, opened: Opened) -> None:
    many = [
        (len(opened.datasets), "dataset", "datasets"),
        (len(opened.maps), "map", "maps"),
        (opened.groupings, "grouping", "groupings"),
        (opened.selections, "kept selection", "kept selections"),
        (opened.groups, "kept grouping", "kept groupings"),
        (opened.stories, "story", "stories"),
    ]
    st.subheader(plain(name))
    st.markdown("Opened: " + " · ".join(f"{n:,} {one if n == 1 else more}" for n, one, more in many if n) + ".")
    if opened.there:
        st.caption(":material/info: What was here already has stayed as it was.")
    with st.container(horizontal=True):
        for one in ec.get_store().datasets():
            if one.fingerprint in opened.datasets and st.button(
                f"Explore {plain(one.name)}", key=f"explore-{one.fingerprint}", icon=":material/scatter_plot:"
            ):
                _explore(state, one, opened)


def _explore(state: AppState, data: Shelved, opened: Opened) -> None:
    """Go to a map of the data that came with it, if one did."""
    usual = default_encoder(data.fingerprint, data.kind)
    maps = [one for one in opened.maps if one.dataset == data.fingerprint]
    best = min(maps, key=lambda one: (one.encoder != usual, one.method != state.projection, one.dims), default=None)
    state.open(data.fingerprint, "" if best is None or best.encoder == usual else best.encoder)
    if best is not None and best.method in METHODS:
        state.projection, state.dims, state.seed = best.method, best.dims, best.seed
        state.settings[best.method] = dict(best.params)
    st.switch_page("../pages/explore.py")

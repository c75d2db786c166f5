"""Bring data: files, a folder, pasted lines or a sample."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import embeddings_core as ec
from components import cached, encoding, growing, uploads, waiting
from components.app_state import AppState
from components.bring.choices import usual
from components.bring.parts import offer_part
from components.bring.project import open_upload, save_section
from components.feedback import plain, shown
from components.state import get_state
from embeddings_core.errors import TooManyRows
from embeddings_core.project_file import is_project
from embeddings_core.readers.cuts import Cut


def choose_source(top: DeltaGenerator) -> ec.Loaded | None:
    """The ways to bring data; returns what was brought last, once it is read. Progress and errors of reading
    are drawn into `top`."""
    state = get_state()
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Your files")
        files = _uploads()
        text = st.text_area(
            "Or paste lines: each becomes one item", key="paste", height=120, placeholder="One text a line",
        )  # fmt: skip
        if st.button("Use these lines", key="use_paste", disabled=not text.strip()):
            with top, shown():
                state.brought = ec.paste(text)
    with right:
        st.subheader("Samples")
        _samples(state)
        _kept(state)
        save_section(state)
    if files:
        with top:
            if not _read(state, files):
                return None
    return state.brought


def _read(state: AppState, files: list[Any]) -> bool:
    """Whether the uploaded files are read; if not, how far that is, what is wrong, or which part of them is to be
    read is drawn here."""
    if len(files) == 1 and is_project(files[0]):
        open_upload(state, files[0])
        return False
    # the ids name these very uploads: reading them again would give the same
    upload = "upload-" + "-".join(file.file_id for file in files)
    if state.part is not None and state.part[0] != upload:
        state.part = None
    cut = Cut() if state.part is None else state.part[1]
    key = upload if state.part is None else f"{upload}-{cut}"
    if state.uploaded == key:
        return True
    given = files[0] if len(files) == 1 else files
    loaded = waiting.computed("read", key, "Reading", _load, given, cut, counts="share")
    if loaded is None:
        error = getattr(ec.find_job(key), "error", None)
        if isinstance(error, TooManyRows) and (chosen := offer_part(error.rows, "read_part")) is not None:
            state.part = (upload, chosen)
            st.rerun()
        return False
    state.brought, state.uploaded = loaded, key
    ec.forget(key)  # it may be gigabytes: only this session keeps it, until it is encoded or discarded
    return True


def _uploads() -> list[Any]:
    files = st.file_uploader(
        "Tables, texts, documents, pictures, sounds, ready vectors, a zip, or a project file",
        type=uploads.suffixes(), accept_multiple_files=True, key="upload", help=uploads.listed(),
    )  # fmt: skip
    with st.expander("A whole folder"):
        folder = st.file_uploader(
            "Pictures or sounds, perhaps with a table that names them; or documents",
            type=uploads.folder_suffixes(), accept_multiple_files="directory", key="upload_folder",
        )  # fmt: skip
    return [*(files or []), *(folder or [])]


def _load(given: Any, cut: Cut, progress: ec.Progress) -> ec.Loaded:
    loaded = ec.load(given, progress=progress, limit=cut.limit, sample=cut.sample, seed=cut.seed)
    with suppress(ec.CoreError):  # told where it is looked at
        usual(loaded).preview(loaded)  # remembered: of a million rows it takes a second, which the page need not wait
    return loaded


def _samples(state: AppState) -> None:
    samples = {sample.id: sample for sample in ec.samples()}
    chosen = st.pills(
        "Ready to explore", list(samples), format_func=lambda id: samples[id].label, key="sample",
        help="Each comes with its license and source.",
    )  # fmt: skip
    if chosen is None:
        return
    sample = samples[chosen]
    st.write(plain(sample.description))
    st.caption(plain(f"{sample.rows:,} items · {sample.source} · {sample.license}"))
    if st.button("Open this sample", type="primary", key="open_sample", icon=":material/scatter_plot:"):
        state.open(sample.id)
        if ec.remaining(opened := cached.dataset(sample.id), sample.encoder):
            growing.start(sample.id, opened, sample.encoder)
        st.switch_page("../pages/explore.py")


def _kept(state: AppState) -> None:
    kept = ec.get_store().datasets()
    st.subheader("Your data")
    if not kept:
        st.caption("What you bring is kept on this computer and listed here.")
    for shelf in kept:
        row = st.container(
            horizontal=True,
            horizontal_alignment="distribute",
            vertical_alignment="center",
            key=f"kept-{shelf.fingerprint}",
        )
        label = f"{plain(shelf.name)} · {encoding.counted(shelf.rows, shelf.kind)}"
        if row.button(label, key=f"open-{shelf.fingerprint}", type="tertiary", icon=":material/folder_open:"):
            state.open(shelf.fingerprint)
            st.switch_page("../pages/explore.py")
        with row.popover("", icon=":material/delete:", help="Remove this data from this computer", type="tertiary"):
            st.write("Its vectors stay in the cache, so that bringing it again is quick.")
            if st.button("Remove", key=f"remove-{shelf.fingerprint}"):
                ec.get_store().delete_dataset(shelf.fingerprint)
                st.rerun()

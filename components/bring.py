"""Bring data: files, a folder, pasted lines or a sample; then see what will happen before it does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

import embeddings_core as ec
from components import cached, cards, encoding, uploads, waiting
from components.chooser import choose_encoder
from components.feedback import plain, show, shown
from components.state import AppState, get_state
from embeddings_core.pictures import tile

SHOWN_PICTURES = 24
SHOWN_ROWS = 100


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
    if files:
        # the ids name these very uploads: reading them again would give the same
        key = "upload-" + "-".join(file.file_id for file in files)
        if state.uploaded != key:
            given = files[0] if len(files) == 1 else files
            with top:
                loaded = waiting.computed("read", key, "Reading", _load, given)
            if loaded is None:
                return None
            state.brought, state.uploaded = loaded, key
            ec.forget(key)  # it may be gigabytes: only this session keeps it, until it is encoded or discarded
    return state.brought


def _uploads() -> list[Any]:
    files = st.file_uploader(
        f"Texts ({uploads.table_words()}), pictures, or a zip of pictures",
        type=uploads.suffixes(), accept_multiple_files=True, key="upload",
    )  # fmt: skip
    with st.expander("A whole folder of pictures"):
        folder = st.file_uploader(
            "Folder", type=uploads.picture_suffixes(), accept_multiple_files="directory", key="upload_folder"
        )
    return [*(files or []), *(folder or [])]


def _load(given: Any, progress: ec.Progress) -> ec.Loaded:
    return ec.load(given, progress=progress)


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
            encoding.start(opened, sample.encoder)
        st.switch_page("../pages/explore.py")


def _kept(state: AppState) -> None:
    kept = ec.get_store().datasets()
    st.subheader("Your data")
    if not kept:
        st.caption("What you bring is kept on this computer and listed here.")
    for shelf in kept:
        name, remove = st.columns([5, 1], vertical_alignment="center")
        label = f"{plain(shelf.name)} · {encoding.counted(shelf.rows, shelf.kind)}"
        if name.button(label, key=f"open-{shelf.fingerprint}", type="tertiary", icon=":material/folder_open:"):
            state.open(shelf.fingerprint)
            st.switch_page("../pages/explore.py")
        with remove.popover("", icon=":material/delete:", help="Remove this data from this computer"):
            st.write("Its vectors stay in the cache, so that bringing it again is quick.")
            if st.button("Remove", key=f"remove-{shelf.fingerprint}"):
                ec.get_store().delete_dataset(shelf.fingerprint)
                st.rerun()


def preview(loaded: ec.Loaded) -> None:
    """What was read, what will become of it, and the button that starts it."""
    state = get_state()
    st.subheader(plain(loaded.name))
    for note in loaded.notes:
        st.caption(f":material/info: {plain(note)}")
    if loaded.skipped:
        with st.expander(
            f"{len(loaded.skipped):,} {'file was' if len(loaded.skipped) == 1 else 'files were'} left out"
        ):
            st.dataframe([{"file": name, "why": why} for name, why in loaded.skipped], hide_index=True)
    text, keep = _columns(loaded)
    try:
        what = loaded.preview(text)
    except ec.CoreError as error:
        show(error)
        return
    st.markdown(summary(loaded, what))
    if loaded.kind == "image":
        st.image([tile(picture, 96) for picture in loaded.media[:SHOWN_PICTURES]], width=84)
    else:
        st.dataframe(_as_shown(what.sample), height=240, hide_index=True)
    encoder = choose_encoder(
        loaded.kind, state.encoder_for.get(loaded.kind) or encoding.DEFAULTS[loaded.kind],
        lambda chosen: state.encoder_for.__setitem__(loaded.kind, chosen),
    )  # fmt: skip
    go, drop = st.columns([1, 4])
    if go.button("Encode", type="primary", key="encode", icon=":material/play_arrow:"):
        with shown():
            _begin(state, loaded.dataset(text, keep), encoder)
    drop.button("Discard", key="discard", type="tertiary", on_click=state.discard)
    st.divider()


def _as_shown(sample: pd.DataFrame) -> pd.DataFrame:
    """The first rows, numbers as they are, everything else as the map's cards show it."""
    rows = sample.head(SHOWN_ROWS)
    texts = rows.select_dtypes(exclude="number")
    shown = rows.copy()
    shown[texts.columns] = texts.map(lambda value: cards.cut(cards.show(value), 300))
    return shown


def _columns(loaded: ec.Loaded) -> tuple[str | None, Sequence[str] | None]:
    if loaded.kind != "text":
        return None, None
    columns = [str(column) for column in loaded.table]
    left, right = st.columns(2)
    guess = loaded.guess
    with left:
        text = st.selectbox(
            "Text column", columns, index=columns.index(guess) if guess in columns else None, key="text_column",
            placeholder="Choose the column that holds the texts",
            help="The column that is encoded. This one is a guess: change it if it is wrong.",
        )  # fmt: skip
    others = [column for column in columns if column != text]
    with right:
        keep = st.multiselect(
            "Keep as metadata", others, default=others[:40], key=f"keep-{loaded.name}-{text}",
            help="Columns to color by, to see beside an item and to download.",
        )  # fmt: skip
    return text, keep


def summary(loaded: ec.Loaded, what: ec.Preview) -> str:
    """What will happen, in one line of Markdown."""
    parts = [f"**{encoding.counted(what.kept, loaded.kind)}** will be encoded"]
    if what.empties:
        parts.append(f"{what.empties:,} empty {'row is' if what.empties == 1 else 'rows are'} left out")
    if what.duplicates:
        one = what.duplicates == 1
        parts.append(
            f"{what.duplicates:,} {'repeats' if one else 'repeat'} an earlier one: encoded once, kept on the map"
        )
    return " · ".join(parts)


def _begin(state: AppState, dataset: ec.Dataset, encoder: str) -> None:
    ec.get_encoder(encoder)  # an unknown name is told here, not after the page has changed
    kept = ec.get_store().put_dataset(dataset)
    encoding.start(kept, encoder)
    state.discard()
    usual = encoding.default_encoder(kept.fingerprint, kept.kind, ready=kept.vectors is not None)
    state.open(kept.fingerprint, "" if encoder == usual else encoder)
    st.switch_page("../pages/explore.py")

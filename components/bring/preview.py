"""What was brought: a look at it, and what will happen before it does."""

from __future__ import annotations

import secrets

import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import encoding, growing, waiting
from components.app_state import AppState
from components.bring.adding import Goal, carry_over, choose_goal
from components.bring.choices import Choice, choose_items, choose_split
from components.bring.parts import ALL, FIRST, MANY, SAMPLE, choose_part
from components.chooser import choose_encoder
from components.feedback import plain, show, shown
from components.state import get_state
from embeddings_core import cards
from embeddings_core.pictures import Picture, tile
from embeddings_core.sounds import Sound, media_type

SHOWN_PICTURES = 24
SHOWN_SOUNDS = 3
SHOWN_ROWS = 100
READY = "ready"
"""The encoder that uses the vectors that came with the items."""
_OWN = {"file", "folder", "width", "height"}


def preview(loaded: ec.Loaded) -> None:
    """What was read, what will become of it, and the button that starts it."""
    state = get_state()
    st.subheader(plain(loaded.name))
    notes = st.container()
    loaded = choose_split(loaded)
    choice = choose_items(loaded)
    loaded = _part(loaded)
    with notes:
        _told(loaded)
    try:
        what = choice.preview(loaded)
    except ec.CoreError as error:
        show(error)
        return
    line = st.container()
    _look(loaded, what)
    ready = loaded.vectors is not None
    slot = f"{choice.kind} with vectors" if ready else choice.kind
    encoder = choose_encoder(
        choice.kind, state.encoder_for.get(slot) or encoding.default_encoder("", choice.kind, ready=ready),
        lambda chosen: state.encoder_for.__setitem__(slot, chosen), ready=ready,
    )  # fmt: skip
    goal = choose_goal(choice.kind, encoder)
    line.markdown(summary(loaded, choice.kind, what, encoder == READY))
    go, drop = st.columns([1, 4])
    if go.button("Open" if encoder == READY else "Encode", type="primary", key="encode", icon=":material/play_arrow:"):
        with shown():
            ec.get_encoder(encoder)  # an unknown name is told here, not after the page has changed
            state.keeping = f"keep-{secrets.token_hex(8)}"
    drop.button("Discard", key="discard", type="tertiary", on_click=state.discard)
    with shown():
        _keep(state, loaded, choice, goal, encoder)
    st.divider()


def _keep(state: AppState, loaded: ec.Loaded, choice: Choice, goal: Goal, encoder: str) -> None:
    """Put what was asked for into the store, beside the page, and go on to its map."""
    if not state.keeping:
        return
    key = state.keeping
    kept = waiting.computed("keep", key, "Keeping the data", _kept, loaded, choice, goal, counts="share")
    job = ec.find_job(key)
    if job is None or not job.running:
        state.keeping = ""  # whatever came of it
        ec.forget(key)
    if kept is not None:
        _begin(state, kept, encoder, goal)


def _kept(loaded: ec.Loaded, choice: Choice, goal: Goal, progress: ec.Progress) -> ec.Dataset:
    return ec.get_store().put_dataset(goal.dataset(choice.dataset(loaded)))


def _told(loaded: ec.Loaded) -> None:
    for note in loaded.notes:
        st.caption(f":material/info: {plain(note)}")
    if loaded.skipped:
        with st.expander(
            f"{len(loaded.skipped):,} {'file was' if len(loaded.skipped) == 1 else 'files were'} left out"
        ):
            st.dataframe([{"file": name, "why": why} for name, why in loaded.skipped], hide_index=True)


def _part(loaded: ec.Loaded) -> ec.Loaded:
    """What was read, or the part of it that was asked for, where it is much."""
    if len(loaded.table) <= MANY:
        return loaded
    return loaded.cut(choose_part(len(loaded.table), f"part-{loaded.name}", [ALL, SAMPLE, FIRST]))


def _look(loaded: ec.Loaded, what: ec.Preview) -> None:
    """The first pictures or sounds, and the first rows where they tell more."""
    pictures = [item for item in loaded.media[:SHOWN_PICTURES] if isinstance(item, Picture)]
    if pictures:
        st.image([tile(picture, 96) for picture in pictures], width=84)
    _listen(loaded)
    if not pictures or not _OWN.issuperset(what.sample.columns):
        st.dataframe(_as_shown(what.sample), height=240, hide_index=True)


def _listen(loaded: ec.Loaded) -> None:
    sounds = [item for item in loaded.media[:SHOWN_SOUNDS] if isinstance(item, Sound)]
    if not sounds:
        return
    for column, (place, sound) in zip(st.columns(SHOWN_SOUNDS), enumerate(sounds), strict=False):
        with column:
            raw = sound.read()
            st.audio(raw, format=media_type(raw))
            st.caption(plain(f"{loaded.table['file'][place]} · {loaded.table['seconds'][place]:g} s"))


def _as_shown(sample: pd.DataFrame) -> pd.DataFrame:
    """The first rows, numbers as they are, everything else as the map's cards show it."""
    rows = sample.head(SHOWN_ROWS)
    texts = rows.select_dtypes(exclude="number")
    shown = rows.copy()
    shown[texts.columns] = texts.map(lambda value: cards.cut(cards.show(value), 300))
    return shown


def summary(loaded: ec.Loaded, kind: ec.Kind, what: ec.Preview, ready: bool = False) -> str:
    """What will happen, in one line of Markdown; `ready`: the vectors that came with the items are used."""
    parts = [f"**{encoding.counted(what.kept, kind)}** will be encoded"]
    if ready and loaded.vectors is not None:
        of = "" if kind == "vector" else " with ready vectors"
        one, numbers = what.kept == 1, f"{loaded.vectors.shape[1]:,} numbers"
        used = "is used as it is" if one and kind == "vector" else "are used as they are"
        parts = [f"**{encoding.counted(what.kept, kind)}**{of} of {numbers}, which {used}"]
    if what.empties:
        parts.append(f"{what.empties:,} empty {'row is' if what.empties == 1 else 'rows are'} left out")
    if what.duplicates:
        one = what.duplicates == 1
        does = "kept on the map" if ready else "encoded once, kept on the map"
        parts.append(f"{what.duplicates:,} {'repeats' if one else 'repeat'} an earlier one: {does}")
    return " · ".join(parts)


def _begin(state: AppState, kept: ec.Dataset, encoder: str, goal: Goal) -> None:
    growing.start(kept.fingerprint, kept, encoder)
    state.discard()
    usual = encoding.default_encoder(kept.fingerprint, kept.kind, ready=kept.vectors is not None)
    state.open(kept.fingerprint, "" if encoder == usual else encoder)
    carry_over(state, goal, kept, encoder)
    st.switch_page("../pages/explore.py")

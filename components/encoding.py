"""Choose an encoder, and see to it that the data is encoded: at once, or by a button with a progress bar."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

import embeddings_core as ec
from components import cached, waiting
from components.feedback import plain, shown
from components.state import tie

DEFAULTS = {"text": "minilm", "image": "imagenet", "sound": "mel", "row": "rows", "vector": "ready"}
WORDS = {"text": "texts", "image": "pictures", "sound": "sounds", "row": "rows", "vector": "vectors"}

TYPED = {
    "text": "a sentence-transformers model's hub id or folder",
    "image": "an open_clip model: ARCHITECTURE/TAG, hf-hub:organization/name or a folder",
    "sound": "nothing else",
    "row": "nothing else",
    "vector": "nothing else",
}


def as_id(typed: str, kind: ec.Kind) -> str:
    """What a visitor typed as the id of an encoder; of pictures ARCHITECTURE/TAG is open_clip's."""
    typed = typed.strip()
    return f"clip:{typed}" if kind == "image" and "/" in typed and ":" not in typed and typed[0] not in "/~." else typed


def counted(n: int, kind: ec.Kind) -> str:
    """A number of items in words: "1 text", "1,200 pictures"."""
    return f"{n:,} {WORDS[kind] if n != 1 else WORDS[kind][:-1]}"


def default_encoder(key: str, kind: ec.Kind) -> str:
    """The encoder that suits a dataset best without any download."""
    suited = {sample.id: sample.encoder for sample in ec.samples()}
    return suited.get(key, DEFAULTS[kind])


def choose_encoder(kind: ec.Kind, value: str, change: Callable[[str], None]) -> str:
    """The chooser of encoders that read this kind of item; a hub id or a folder can be typed."""
    specs = {spec.id: spec for spec in ec.encoders_for(kind)}
    options = list(dict.fromkeys([*specs, value]))
    chosen = st.selectbox(
        "Encoder",
        options,
        format_func=lambda id: specs[id].label if id in specs else str(id),
        accept_new_options=True,
        help=f"What turns each item into a vector. Choose one, or type {TYPED[kind]}.",
        **tie("encoder", value, lambda typed: change(as_id(str(typed), kind) or value)),
    )
    spec = specs.get(chosen)
    if spec is not None:
        st.caption(
            " ".join(filter(None, (spec.summary, f"Approximate: {spec.approximate}" if spec.approximate else "")))
        )
        if spec.hub:
            _say_what_works_offline(kind)
    return chosen


def _say_what_works_offline(kind: ec.Kind) -> None:
    if ec.hub_reachable():
        return
    offline = ", ".join(spec.label for spec in ec.encoders_for(kind) if not spec.hub)
    st.warning(
        f"No model hub can be reached from here. Without one these work: {plain(offline)}.",
        icon=":material/cloud_off:",
    )


def job_key(dataset: ec.Dataset, encoder: str) -> str:
    """The name of the job that encodes a dataset."""
    return f"encode-{dataset.fingerprint}-{encoder}"


def start(dataset: ec.Dataset, encoder: str) -> None:
    """Encode beside the page."""
    ec.submit(ec.encode, dataset, encoder, key=job_key(dataset, encoder))


def encoded(key: str, dataset: ec.Dataset, encoder: str) -> ec.Space | None:
    """The space of a dataset if it is there; if not, what it takes to get it is drawn here."""
    with shown():
        left = ec.remaining(dataset, encoder)
        name = job_key(dataset, encoder)
        job = ec.find_job(name)
        if left == 0 and (job is None or not job.running):
            return cached.space(key, encoder)
        if job is None and not ec.get_encoder(encoder).spec.instant:
            _offer(dataset, encoder, left)
            return None
        if waiting.computed("encode", name, f"Encoding {WORDS[dataset.kind]}", ec.encode, dataset, encoder):
            return cached.space(key, encoder)
    return None


def _offer(dataset: ec.Dataset, encoder: str, left: int) -> None:
    spec = ec.get_encoder(encoder).spec
    known = len(set(dataset.keys)) - left
    st.subheader(f"{plain(dataset.name)} is not encoded yet")
    words = WORDS[dataset.kind]
    st.write(
        f"{len(dataset):,} {words} are to be turned into vectors by {plain(spec.label)}. "
        + (f"{known:,} of them are known already. " if known else "")
        + "You can stop it and go on later; what was encoded once is kept."
    )
    if st.button("Encode", type="primary", key="encode", icon=":material/play_arrow:"):
        start(dataset, encoder)
        st.rerun()

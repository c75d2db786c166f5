"""See to it that data is encoded: at once, or by a button with a progress bar."""

from __future__ import annotations

import streamlit as st

import embeddings_core as ec
from components import cached, waiting
from components.feedback import plain, shown

DEFAULTS = {"text": "minilm", "image": "imagenet", "sound": "mel", "row": "rows", "vector": "ready"}
WORDS = {"text": "texts", "image": "pictures", "sound": "sounds", "row": "rows", "vector": "vectors"}


def counted(n: int, kind: ec.Kind) -> str:
    """A number of items in words: "1 text", "1,200 pictures"."""
    return f"{n:,} {WORDS[kind] if n != 1 else WORDS[kind][:-1]}"


def default_encoder(key: str, kind: ec.Kind, *, ready: bool = False) -> str:
    """The encoder that suits a dataset best without any download; `ready`: the vectors that came with it."""
    suited = {sample.id: sample.encoder for sample in ec.samples()}
    return suited.get(key, "ready" if ready else DEFAULTS[kind])


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

"""Choose an encoder: the ones that read this data, what it takes to use each, and the settings of the chosen one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import streamlit as st

import embeddings_core as ec
from components.controls import setting
from components.feedback import plain
from components.state import tie
from embeddings_core import hub
from embeddings_core.encoders import split_settings, usual, with_settings
from embeddings_core.offers import Offer, family, offers

TYPED: Mapping[str, str] = {
    "text": "a sentence-transformers model's hub id or folder, transformers:MODEL for any other language model, or "
    "words:FILE for a file of word vectors",
    "image": "an open_clip model (ARCHITECTURE/TAG, hf-hub:organization/name or a folder), timm:NAME or keras:NAME",
    "sound": "an audio model of transformers: its hub id or folder",
}
"""What can be typed besides what is listed."""
PLACES = {
    "here": ":material/check_circle: here",
    "cached": ":material/check_circle: here, brought from a model hub",
    "hub": ":material/cloud_download: at a model hub",
    "missing": ":material/block: a package is missing",
}
OFF = ":material/cloud_off: at a model hub, which cannot be reached from here"

Change = Callable[[str], None]


def as_id(typed: str, kind: ec.Kind) -> str:
    """What a visitor typed or chose as the id of an encoder; of pictures ARCHITECTURE/TAG is open_clip's, and a sound's
    hub id names an audio model. A combination begins with parts that suit the kind."""
    typed = typed.strip()
    family = {"image": "clip", "sound": "audio"}.get(kind)
    if family and "/" in typed and ":" not in typed and typed[0] not in "/~.":
        return f"{family}:{typed}"
    return usual(typed, kind)


def choose_encoder(kind: ec.Kind, value: str, change: Change, *, ready: bool = False) -> str:
    """The chooser of encoders that read this kind of item; a hub id or a folder can be typed. `ready`: vectors came
    with the items. Returns the id that is chosen, `value`; another one is handed to `change`."""
    found = offers(kind, ready=ready)
    by_id = {offer.spec.id: offer for offer in found}
    base = split_settings(value)[0]
    usable = [id for id, offer in by_id.items() if offer.place != "missing"]
    st.selectbox(
        "Encoder",
        list(dict.fromkeys([*usable, base])),
        format_func=lambda id: by_id[id].spec.label if id in by_id else str(id),
        accept_new_options=True,
        help="What turns each item into a vector." + (f" Choose one, or type {TYPED[kind]}." if kind in TYPED else ""),
        **tie("encoder", base, lambda typed: change(as_id(str(typed), kind) or value)),
    )
    chosen = _known(value)
    if base in by_id:
        _say(by_id[base], found)
    elif chosen is not None:
        st.caption(plain(facts(chosen)))
    if chosen is not None and chosen.approximate:
        st.caption(f":material/info: {plain(chosen.label)}. Approximate: {plain(chosen.approximate)}")
    if st.button("All encoders", key="all_encoders", type="tertiary", icon=":material/list:"):
        _listing(found, base, lambda id: change(usual(id, kind)))
    _settings(value, change, kind, found)
    return value


def _known(id: str) -> ec.EncoderSpec | None:
    """What there is to know of an encoder with its settings; None where it cannot be had, which is told where the data
    is encoded."""
    with suppress(ec.CoreError):
        return ec.get_encoder(id).spec
    return None


def _say(offer: Offer, found: tuple[Offer, ...]) -> None:
    """What the chosen encoder is, and what is in its way."""
    spec = offer.spec
    st.caption(spec.summary)
    # of a missing package it is told where the data is encoded
    if offer.place == "hub" and not ec.hub_reachable():
        offline = ", ".join(other.spec.label for other in found if other.place in ("here", "cached"))
        st.warning(
            f"No model hub can be reached from here. Without one these work: {plain(offline)}.",
            icon=":material/cloud_off:",
        )


@st.dialog("Encoders", width="large", icon=":material/list:")
def _listing(found: tuple[Offer, ...], chosen: str, change: Change) -> None:
    """All encoders for this data, also those whose package is missing."""
    reachable = ec.hub_reachable() if any(offer.place == "hub" for offer in found) else True
    for offer in found:
        spec = offer.spec
        with st.container(border=True, key=f"offer-{spec.id}"):
            place = OFF if offer.place == "hub" and not reachable else PLACES[offer.place]
            about, use = st.columns([6, 1], vertical_alignment="top")
            gray = offer.place == "missing"
            about.markdown(f":gray[**{plain(spec.label)}**]" if gray else f"**{plain(spec.label)}**")
            about.caption(f"{plain(spec.summary)}  \n{place} · {plain(facts(spec))}")
            if spec.id == chosen:
                use.markdown(":material/check: chosen")
            elif use.button(
                "Use", key=f"use-{spec.id}", disabled=gray, width="stretch", on_click=change, args=(spec.id,)
            ):
                st.rerun()  # which closes the list
            if offer.install:
                st.code(offer.install, language=None, wrap_lines=True)
    st.caption("A package is installed on the computer that runs this app, which is then started again.")
    if hub.code_allowed():
        st.caption("Whoever runs this app has allowed that code which comes with a model is run.")


def facts(spec: ec.EncoderSpec) -> str:
    """What there is to know before one chooses: numbers a vector, size, languages, what it reads, license."""
    words = {"text": "texts", "image": "pictures", "sound": "sounds", "row": "rows", "vector": "vectors"}
    reads = [words[kind] for kind in spec.reads]
    parts = [
        f"{spec.dimension} numbers a vector" if spec.dimension else "",
        f"{spec.size_mb:,} MB" if spec.size_mb else "no model to load" if spec.instant else "",
        f"reads {', '.join(reads[:-1])} and {reads[-1]}" if len(reads) > 1 else f"reads {reads[0]}",
        spec.languages if spec.languages != "any" else "any language" if spec.reads == ("text",) else "",
        f"license: {spec.license}",
    ]
    return " · ".join(filter(None, parts))


def _settings(value: str, change: Change, kind: ec.Kind, found: tuple[Offer, ...]) -> None:
    """The settings of the chosen encoder; what differs from the usual stands in its id."""
    base, given = split_settings(value)
    try:
        spec = family(value)
        chosen = spec.settings(given)
    except ec.CoreError:  # told where the data is encoded
        return
    if not spec.params:
        return
    own = _own(base)
    with st.expander("Encoder settings", key="encoder_settings"):
        for param in spec.params:
            first = own.get(param.name, "" if param.kind == "text" else param.default)

            def changed(new: Any, param: ec.Param = param, first: Any = first) -> None:
                change(with_settings(base, {**chosen, param.name: param.default if new == first else new}, spec))

            shown = first if chosen[param.name] == param.default else chosen[param.name]
            key = f"encoder-{spec.id}-{param.name}"
            if param.kind == "encoder":
                _part(key, param, str(shown), changed, kind, found)
            else:
                empty = "none" if param.name in own else "the model's own"
                setting(key, param, shown, changed, empty=empty)
        if spec.params and not spec.instant:
            st.caption("Other settings make other vectors: what is new is encoded when you press Encode.")


def _part(key: str, param: ec.Param, value: str, change: Change, kind: ec.Kind, found: tuple[Offer, ...]) -> None:
    """The chooser of an encoder that is a part of another one; a hub id or a folder can be typed."""
    labels = {offer.spec.id: offer.spec.label for offer in found if offer.place != "missing" and not _nests(offer.spec)}
    if kind != "row":
        labels["rows"] = "Columns beside"
    st.selectbox(
        param.label, list(dict.fromkeys([*labels, value])), format_func=lambda id: labels.get(id, str(id)),
        accept_new_options=True, help=param.help,
        **tie(key, value, lambda typed: change(as_id(str(typed), kind) or value)),
    )  # fmt: skip


def _nests(spec: ec.EncoderSpec) -> bool:
    """Whether an encoder is made of others."""
    return any(param.kind == "encoder" for param in spec.params)


def _own(base: str) -> Mapping[str, Any]:
    """What the model itself says where a setting is left to it, as far as that is known without a hub."""
    with suppress(ec.CoreError):
        return getattr(ec.get_encoder(base), "own", {})
    return {}

"""The part of the state that an address carries: written, and read with suspicion."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any

from components.app_state import AppState
from components.summands import read, written
from embeddings_core import CoreError, MethodSpec, clusterings, projections
from embeddings_core.encoders import models_of
from embeddings_core.filters import Filter

LINKED = (
    "dataset",
    "encoder",
    "projection",
    "dims",
    "seed",
    "color",
    "metric",
    "k",
    "clustering",
    "item",
    "query",
    "also",
    "mode",
    "within",
    "panel",
    "filter",
    "hidden",
    "selection",
    "worklist",
    "threshold",
    "text_column",
    "grouped_on",
    "level",
    "exact",
    "summands",
    "sides",
    "laid",
    "trust_k",
    "trust_worst",
    "pair",
    "compared",
    "lesson",
    "step",
    "label_column",
    "story",
    "stop",
    "notes",
)
"""The fields that a link carries, besides the settings of the methods."""
PLAYED = ("story", "stop", "notes")
"""What a link carries while a story is played: all else the story says."""
VIEW = "view"
"""The part of a link that only the browser reads and writes: where the map was moved to."""
PAGE, SHADE = "page", "shade"
"""What a kept view says beside its link: the page that it is of, "" for Explore, and how trust colors the map."""

METHODS = {spec.id for spec in (*projections(), *clusterings())}
SEEDS = 9999
"""The largest seed that can be chosen."""


def to_link(state: AppState) -> dict[str, str]:
    """The query parameters of a link to this state: only what differs from the start."""
    start = AppState()
    told = PLAYED if state.story else LINKED
    link = {name: str(getattr(state, name)) for name in told if getattr(state, name) != getattr(start, name)}
    if state.story:
        return link
    if link.pop("summands", "") and (parts := written(state.summands)):
        link["summands"] = parts
    if state.rows is not None:  # numbers of a part say nothing to others
        for name in ("selection", "also", "summands"):
            link.pop(name, None)
        if state.item is not None:
            link["item"] = str(state.rows[state.item])
    for method, chosen in state.settings.items():
        for name, value in chosen.items():
            link[f"{method}.{name}"] = str(value)
    return link


def from_link(link: Mapping[str, str]) -> AppState:
    """The state that a link describes; what cannot be read in it is left at its start, and named in `broken`."""
    state, broken = AppState(), []
    types = {
        "projection": _one_of(projections()),
        "clustering": _one_of(clusterings()),
        "dims": int,
        "seed": int,
        "k": int,
        "item": int,
        "level": int,
        "step": int,
        "pair": int,
        "threshold": float,
        "trust_k": int,
        "trust_worst": _truth,
        "stop": int,
        "notes": _truth,
        "within": _truth,
        "exact": _truth,
        "summands": read,
    }
    known = {f.name for f in fields(AppState)} & set(LINKED)
    for name, raw in link.items():
        method, dot, setting = name.partition(".")
        try:
            if name in known:
                setattr(state, name, types.get(name, str)(raw))
            elif dot and setting and method in METHODS:
                state.setting(method)[setting] = _number(raw)
        except ValueError:
            broken.append(f"{name} {raw[:40]!r}")
    try:
        state.filter = Filter.from_text(state.filter).to_text()
    except CoreError as error:
        state.filter = ""
        broken.append(f"the filter ({error.message})")
    if any(set(model) & set("/:\\") for model in models_of(state.encoder)):
        state.encoder, state.asked_encoder = "", state.encoder
    state.seed = min(max(state.seed, 0), SEEDS)
    state.k = state.k if state.k >= 1 else AppState.k
    state.trust_k = state.trust_k if state.trust_k >= 1 else AppState.trust_k
    state.level = max(state.level, 0)
    state.stop = max(state.stop, 1)
    state.item = state.item if state.item is not None and state.item >= 0 else None
    state.also = ".".join(map(str, state.also_items))
    state.broken = tuple(broken)
    return state


def _one_of(specs: Sequence[MethodSpec]) -> Callable[[str], str]:
    def method(raw: str) -> str:
        if all(spec.id != raw for spec in specs):
            raise ValueError
        return raw

    return method


def _truth(raw: str) -> bool:
    if raw not in ("True", "False"):
        raise ValueError
    return raw == "True"


def _number(raw: str) -> Any:
    if raw in ("True", "False"):
        return raw == "True"
    for kind in (int, float):
        try:
            return kind(raw)
        except ValueError:
            continue
    return raw

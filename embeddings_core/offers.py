"""Which encoders there are for a kind of data, and what it takes to use each."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from . import hub
from .encoders import encoders_for, split_id, split_settings
from .errors import CoreError
from .plugins import EncoderSpec, install_line, missing, plugins
from .space import Kind

_HUB = "https://huggingface.co/"
Place = Literal["here", "cached", "hub", "missing"]


@dataclass(frozen=True)
class Offer:
    """An encoder that reads the data, and where its default model is: "here" (it came with a package, or needs none),
    "cached" (brought from a hub before), at a "hub", or "missing": then `install` is the line that brings it."""

    spec: EncoderSpec
    place: Place
    install: str = ""


def offers(kind: Kind, *, ready: bool = False) -> tuple[Offer, ...]:
    """All encoders that read this kind of item: those that can be used at once first, and of these those made for it
    alone; the one for ready vectors before all, where these came with the items. Asks no hub."""
    found = [_offer(spec) for spec in encoders_for(kind, ready=ready)]
    return tuple(sorted(found, key=_order))


def _order(offer: Offer) -> tuple[bool, int, int]:
    places = ("here", "cached", "hub", "missing")
    return "vector" not in offer.spec.reads, places.index(offer.place), len(offer.spec.reads)


def _offer(spec: EncoderSpec) -> Offer:
    if lacking := missing(spec):
        return Offer(spec, "missing", install_line(lacking))
    if not spec.hub:
        return Offer(spec, "here")
    return Offer(spec, "cached" if hub.cached(spec.source.removeprefix(_HUB)) else "hub")


def family(id: str) -> EncoderSpec:
    """What there is to know of the family that an encoder's id names, whether its packages are here or not.
    Raises ParameterError for an id that names none."""
    spec: EncoderSpec = plugins("encoders")[split_id(split_settings(id)[0])[0]].SPEC
    return spec


def name_of(id: str) -> str:
    """What to call an encoder in a text, whether it is here or not: its family's name where it is that family's usual
    one, otherwise its id."""
    with suppress(CoreError, KeyError):
        if (spec := family(id)).id == id:
            return spec.label
    return id

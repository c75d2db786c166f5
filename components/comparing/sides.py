"""What is compared: each side is an encoder and a projection with its seed and settings. Pure."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from components.encoding import encoder_label
from embeddings_core import CoreError, MethodSpec, projections
from embeddings_core.encoders import models_of
from embeddings_core.report import NAMES as LETTERS

MOST = 4
"""Sides at most."""
LONGEST = 4000
"""Letters of all sides together in a link."""
NAMES = LETTERS[:MOST]
"""What the sides are called, here as in a report."""


class Side(NamedTuple):
    """An encoder's id, a projection's, its seed, and those of its settings that differ from the usual, in order."""

    encoder: str
    projection: str = "umap"
    seed: int = 0
    settings: tuple[tuple[str, Any], ...] = ()

    @property
    def spec(self) -> MethodSpec:
        return next(spec for spec in projections() if spec.id == self.projection)

    def with_setting(self, name: str, value: Any) -> Side:
        """The same with one setting changed."""
        usual = {param.name: param.default for param in self.spec.params}
        chosen = {**dict(self.settings), name: value}
        return self._replace(settings=tuple(sorted((key, one) for key, one in chosen.items() if one != usual[key])))


def to_text(sides: tuple[Side, ...]) -> str:
    """The sides as text for a link; "" for none."""
    return json.dumps([[*side[:3], dict(side.settings)] for side in sides], separators=(",", ":")) if sides else ""


def from_text(text: str) -> tuple[Side, ...]:
    """The sides that a text describes; raises ValueError where it describes none. A link may not load a model from a
    folder or a hub: only a visitor's own click does."""
    if not text:
        return ()
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        given = json.loads(text)
        sides = tuple(_side(*each) for each in given)
    except (TypeError, RecursionError, CoreError) as error:
        raise ValueError(str(error)) from error
    if not 2 <= len(sides) <= MOST:
        raise ValueError(f"{len(sides)} sides")
    return sides


def readable_sides(text: str) -> tuple[Side, ...]:
    """The sides that a text describes, none where it describes none."""
    try:
        return from_text(text)
    except ValueError:
        return ()


def _side(encoder: str, projection: str, seed: int, settings: dict[str, Any]) -> Side:
    spec = next((spec for spec in projections() if spec.id == projection), None)
    if spec is None or not isinstance(encoder, str) or not isinstance(seed, int) or not 0 <= seed < 10_000:
        raise ValueError("no side")
    if any(set(model) & set("/:\\") for model in models_of(encoder)):
        raise ValueError("a model from elsewhere")
    side = Side(encoder, projection, seed)
    params = {param.name: param for param in spec.params}
    for name, value in settings.items():
        if name not in params:
            raise ValueError("an unknown setting")
        side = side.with_setting(name, params[name].check(value))
    return side


def difference(sides: tuple[Side, ...]) -> tuple[str, ...]:
    """For each side, in few words, what sets it apart from the others: (the encoder, the method, its settings, the
    seed), only what is not the same in all."""
    encoders = {side.encoder for side in sides}
    methods = {side.projection for side in sides}
    seeds = {side.seed for side in sides}
    told = {name for side in sides for name, _ in side.settings}
    words = []
    for side in sides:
        parts = [encoder_label(side.encoder)] if len(encoders) > 1 else []
        parts += [side.spec.label] if len(methods) > 1 else []
        usual = {param.name: param for param in side.spec.params}
        own = dict(side.settings)
        changed = {name for name in told if name in usual and len({dict(o.settings).get(name) for o in sides}) > 1}
        parts += [f"{usual[name].label} {own.get(name, usual[name].default)}" for name in sorted(changed)]
        parts += [f"seed {side.seed}"] if len(seeds) > 1 else []
        words.append(" · ".join(parts) or side.spec.label)
    return tuple(words)

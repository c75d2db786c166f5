"""The names on the map: those of the colors, and the words of smaller regions."""

from __future__ import annotations

import json

import numpy as np

from components.published import SHORT, publish_slow, short
from embeddings_core import Projection, Space
from embeddings_core.coloring import NOISE, REST, Coloring
from embeddings_core.fingerprints import fingerprint
from embeddings_core.landmarks import landmarks


def publish_names(space: Space, plane: Projection, coloring: Coloring) -> list[str]:
    """Where the browser finds the names: first those of the colors, which come at once, then all of them."""
    named = [k for k, color in enumerate(coloring.palette) if color not in (NOISE, REST)]
    labels, names = None, [coloring.names[k] for k in named]
    if coloring.kind == "category" and coloring.label and len(named) > 1:
        label_of = np.full(len(coloring.names), -1)
        label_of[named] = range(len(named))
        labels = label_of[coloring.codes]
    stages = (False, True) if labels is not None else (True,)
    names = names if labels is not None else []
    key = fingerprint("names", space.fingerprint, plane.fingerprint, coloring.fingerprint, names)[:SHORT]
    return [_publish(f"{key}-{regions}", space, plane, labels, names, regions) for regions in stages]


def _publish(key: str, space: Space, plane: Projection, labels: object, names: list[str], regions: bool) -> str:
    def make() -> bytes:
        found = landmarks(space, plane, labels, names, regions=regions)  # type: ignore[arg-type]
        places = [short(place) for place in found.places]
        return json.dumps({"names": found.names, "places": places, "levels": found.levels.tolist()}).encode()

    return publish_slow(key, make)

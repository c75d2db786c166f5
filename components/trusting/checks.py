"""What a map is compared with: the same of shuffled vectors, and the same from other random starts."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.feedback import plain
from components.multiples.multiples import Cell, draw_multiples
from components.state import get_state
from embeddings_core.coloring import Coloring, color_by
from embeddings_core.fingerprints import fingerprint
from embeddings_core.progress import phase

SEEDS = 5
WOBBLE = "Wobble: moves of a point, in radii of the map"


class Nothing(NamedTuple):
    """The map of shuffled vectors, and how far it can be trusted."""

    plane: ec.Projection
    trust: ec.Trust


def null_section(space: ec.Space, plane: ec.Projection, found: ec.Trust, coloring: Coloring) -> ec.Trust | None:
    """Draw the null map beside the map, once it was asked for; how far it can be trusted."""
    st.markdown("**Would chance look the same?**")
    key = f"null-{space.fingerprint}-{plane.fingerprint}-{found.k}"
    if not _asked(
        "Draw it from shuffled vectors", key, ":material/shuffle:",
        "The numbers of each dimension are mixed among the items, so that there is nothing to see; the same method "
        "draws what is left. Groups in such a map are the method's doing.",
    ):  # fmt: skip
        return None
    null = waiting.computed(
        "null", key, "Drawing shuffled vectors", null_map, space, plane, found.k, counts="share"
    )  # fmt: skip
    if null is None:
        return None
    cells = [
        Cell(title, front(map), f"trustworthiness {trust.trustworthiness:.2f}")
        for title, map, trust in (("This map", plane, found), ("Shuffled vectors", *null))
    ]
    draw_multiples(cells, coloring, None, columns=2, key="null_maps")
    return null.trust


def null_map(space: ec.Space, plane: ec.Projection, k: int, *, progress: ec.Progress | None = None) -> Nothing:
    """What the method and settings of `plane` draw of shuffled vectors."""
    nothing = ec.null_space(space)
    made = ec.project(
        nothing, plane.method, dims=plane.dims, seed=plane.seed, progress=phase(progress, 0, 0.7), **plane.params
    )
    return Nothing(made, ec.trust(nothing, made, k, progress=phase(progress, 0.7, 1)))


def wobble_section(space: ec.Space, plane: ec.Projection) -> None:
    """Draw the map from other random starts, once that was asked for."""
    st.markdown("**Would it look the same again?**")
    key = f"wobble-{space.fingerprint}-{fingerprint(plane.method, plane.dims, plane.params)}"
    if not _asked(
        f"Draw it {SEEDS} times", key, ":material/repeat:",
        "The same map from other random starts (seeds). Only what stays can be relied on.",
    ):  # fmt: skip
        return
    found = waiting.computed(
        "wobble", key, f"Drawing the map {SEEDS} times", ec.wobble, space, plane.method, dims=plane.dims, seeds=SEEDS,
        counts="share", **plane.params,
    )  # fmt: skip
    if found is None:
        return
    st.markdown(plain(found.verdict))
    cells = [
        Cell(f"Seed {seed}", front(replace(plane, fingerprint=f"{seed}-{fingerprint(key)}", coords=coords)), "",
             seed == plane.seed)
        for seed, coords in enumerate(found.coords)
    ]  # fmt: skip
    draw_multiples(cells, color_by(WOBBLE, pd.Series(found.points)), _use_seed, columns=3, key="wobble_maps")
    st.caption("Bright points move most, dark ones stay. Click a map to use it.")
    state = get_state()
    st.button(
        "Color the map by it", key="color_wobble", icon=":material/palette:", type="tertiary",
        on_click=state.measure, args=((state.dataset, space.encoder), WOBBLE, found.points, plane.fingerprint),
    )  # fmt: skip


def _use_seed(seed: int) -> None:
    get_state().seed = seed


def _asked(label: str, key: str, icon: str, help: str) -> bool:
    """A button, until it is pressed; whether it was."""
    state = get_state()
    if key not in state.checked:
        st.button(label, key=f"check-{label}", icon=icon, help=help, on_click=state.checked.add, args=(key,))
        return False
    return True


def front(plane: ec.Projection) -> ec.Projection:
    """A map in two dimensions: one in three as it is seen from the front."""
    if plane.dims == 2:
        return plane
    name = fingerprint("front", plane.fingerprint)
    return replace(plane, fingerprint=name, dims=2, coords=np.ascontiguousarray(plane.coords[:, :2]), extras={})

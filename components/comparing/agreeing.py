"""Whether two sides find the same groups."""

from __future__ import annotations

import pandas as pd
import streamlit as st

import embeddings_core as ec
from components import waiting
from components.app_state import AppState
from components.comparing.maps import Seen
from components.comparing.sides import NAMES
from components.controls import chosen_settings
from components.feedback import shown
from components.groups.judging import ARI, NMI
from components.state import get_state
from embeddings_core.cards import cut
from embeddings_core.fingerprints import fingerprint
from embeddings_core.groups.validity import Agreement

MOST = 12
"""Groups that the table shows, the largest first."""


def agreeing_section(first: Seen, second: Seen) -> None:
    """Draw the section; it computes when it is open."""
    section = st.expander("Do they find the same groups", key="agreeing", icon=":material/join:", on_change="rerun")
    if not section.open:
        return
    with section, shown():
        spec = _method(get_state())
        settings = chosen_settings(spec, len(first.space))
        maps = first.space.fingerprint == second.space.fingerprint
        key = f"agree-{fingerprint(first.made.fingerprint, second.made.fingerprint, spec.id, settings, maps)}"
        found = waiting.computed(
            "agree", key, "Finding the groups of both", _agreement, first, second, spec.id, settings, maps,
            counts="share",
        )  # fmt: skip
        if found is not None:
            _draw(found, spec.label, maps)


def _method(state: AppState) -> ec.MethodSpec:
    """The method that is chosen in the panel Groups, where it finds groups by itself, otherwise the usual one."""
    specs = {spec.id: spec for spec in ec.clusterings() if "vectors" in spec.on}
    return specs.get(state.clustering) or specs[AppState.clustering]


def _agreement(
    first: Seen, second: Seen, method: str, settings: dict[str, object], maps: bool, *, progress: ec.Progress
) -> Agreement:
    found = []
    for place, side in enumerate((first, second)):
        progress(place, 2)
        where = {"on": "map", "plane": side.made} if maps else {}
        found.append(ec.cluster(side.space, method, **where, **settings))  # type: ignore[arg-type]
    return ec.agreement(first.space.dataset, found[0], found[1])


def _draw(found: Agreement, method: str, maps: bool) -> None:
    with st.container(horizontal=True, gap="medium", key="agreeing_numbers"):
        st.metric("ARI", f"{found.ari:.2f}", help=ARI, width="content")
        st.metric("NMI", f"{found.nmi:.2f}", help=NMI, width="content")
    where = "on both maps, where the vectors are the same" if maps else "among the vectors of both"
    st.caption(
        f"Groups by {method}, as chosen in the panel Groups of Explore, {where}. The table counts the items of each "
        f"group of {NAMES[0]} (rows) and of {NAMES[1]} (columns)."
    )
    rows, columns = found.rows[:MOST], found.values[:MOST]
    table = pd.DataFrame(found.table[: len(rows), : len(columns)], columns=_different(columns))
    table.insert(0, "", [cut(name, 40) for name in rows])
    st.dataframe(table, hide_index=True, row_height=28, key="agreeing_table")


def _different(names: tuple[str, ...]) -> list[str]:
    """Names for columns, which must differ."""
    return [cut(name, 24) if names.index(name) == at else f"{cut(name, 20)} ({at})" for at, name in enumerate(names)]

"""Project files of older versions, brought up to that of today, step by step, in the folder where they lie unpacked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from .. import selections
from ..store import Store
from .parts import VERSION, refused


def migrate(store: Store, version: int) -> None:
    """Bring the parts in the folder of `store`, of that version, up to the version of today. Raises InputError where
    they cannot be read."""
    for step in range(version, VERSION):
        try:
            MIGRATIONS[step](store)
        except Exception as error:  # what a damaged file makes Python raise
            raise refused(f"it cannot be read as version {step}") from error


def _own_files(store: Store) -> None:
    """Version 0 had all selections in one tags.json: {dataset: {name: [items]}}; now each has a file of its own."""
    path = store.home / "tags.json"
    if path.exists():
        for dataset, named in json.loads(path.read_text(encoding="utf-8")).items():
            for name, items in named.items():
                selections.keep(store, dataset, name, items)
        path.unlink()


MIGRATIONS: Mapping[int, Callable[[Store], None]] = {0: _own_files}
"""How the parts of each older version become those of the next."""

"""The items that several datasets have in common."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from ..errors import InputError
from ..space import Dataset, Ints


def common_items(datasets: Sequence[Dataset]) -> list[Ints]:
    """For each dataset the rows (m,) of the items that are in all of them, in the order of the first.

    Items are the same by their content. Of an item that occurs several times, the first occurrence in one is the first
    in another, and so on. Raises InputError where no item is in all.
    """
    places = [{name: row for row, name in enumerate(_names(dataset))} for dataset in datasets]
    shared = [name for name in places[0] if all(name in other for other in places[1:])]
    if not shared:
        raise InputError(
            f"No item is in all of {', '.join(repr(dataset.name[:50]) for dataset in datasets)}.",
            "Compare encodings of the same data, or of data that share items.",
        )
    return [np.array([place[name] for name in shared], dtype=np.int64) for place in places]


def _names(dataset: Dataset) -> Iterator[tuple[bytes, int]]:
    """Every item's key, and how often it came before."""
    seen: Counter[bytes] = Counter()
    for key in dataset.keys:
        yield key, seen[key]
        seen[key] += 1

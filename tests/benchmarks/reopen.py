"""Opening data again that was encoded before: from the store, without any model."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .measure import Cost, Row, cost, fresh, median, seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from embeddings_core.encoders import Encoder
    from embeddings_core.space import Floats, Item

ROUNDS = 3
AGAIN = 15
FASTER = 1000


class Counting:
    """An encoder that counts what it is asked for."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        self.spec, self.batch = encoder.spec, encoder.batch
        self.calls = 0

    @property
    def fingerprint(self) -> str:
        return self.encoder.fingerprint

    def encode(self, items: Sequence[Item]) -> Floats:
        self.calls += 1
        return self.encoder.encode(items)


def open_and_reopen(home: str) -> dict[str, Any]:
    """In an empty store: the first encode, which loads MiniLM; the same again AGAIN times, all objects new; and one
    more first encode in another empty store, with the model loaded by now."""
    import embeddings_core as ec

    encoder = Counting(ec.get_encoder("minilm"))

    def opened(folder: str) -> tuple[Cost, int]:
        """The cost and the calls of the encoder; the dataset and the store know nothing from before."""
        data, calls = ec.sample("everyday"), encoder.calls
        costs = cost(lambda: ec.encode(data, encoder, store=ec.Store(Path(home, folder))))
        return costs, encoder.calls - calls

    first, batches = opened("one")
    again = [opened("one") for _ in range(AGAIN)]
    loaded, _ = opened("two")
    middle = Cost(median(costs.wall for costs, _ in again), median(costs.cpu for costs, _ in again))
    return {
        "first": vars(first),
        "loaded": vars(loaded),
        "again": vars(middle),
        "batches": batches,
        "calls": sum(calls for _, calls in again),
    }


def rows() -> Iterator[Row]:
    """The table's rows."""
    found = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as home:
            found.append(fresh(open_and_reopen, home, home=Path(home, "default")))
    what = "615 texts by MiniLM: opened again against first encode"
    yield _faster(f"{what} of a process, clock", found, "first", "wall", goal=True)
    yield _faster(f"{what} of a process, processor", found, "first", "cpu", goal=True)
    calls, batches = sum(f["calls"] for f in found), found[0]["batches"]
    again = f"calls of the encoder in {ROUNDS * AGAIN} re-opens (in one first encode: {batches})"
    yield Row(again, str(calls), "0", calls == 0)
    yield _faster(f"{what} with the model loaded, processor", found, "loaded", "cpu", goal=False)


def _faster(what: str, found: list[dict[str, Any]], before: str, unit: str, goal: bool) -> Row:
    ratio = median(f[before][unit] / f["again"][unit] for f in found)
    old, new = (median(f[name][unit] for f in found) for name in (before, "again"))
    measured = f"{ratio:,.0f} x ({seconds(old)} to {seconds(new)})"
    return Row(what, measured, f">= {FASTER:,} x", ratio >= FASTER) if goal else Row(what, measured)

"""MiniLM with int8 against the same with float32, in turn, and the share of neighbors that stay."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from typing import Any

from .measure import Cost, Row, alternate, fresh, median, seconds

ROUNDS = 6
FASTER = 1.4


def compare() -> dict[str, Any]:
    """The costs of encoding the sample with (int8, float32) in each round, models loaded, nothing from a store; and
    what int8 keeps."""
    import embeddings_core as ec
    from embeddings_core.precision import kept_neighbors

    data, id = ec.sample("everyday"), "minilm?precision=int8"
    texts = sorted(data.items, key=lambda text: len(str(text)))  # as encode() does
    pair = ec.get_encoder(id), ec.get_encoder("minilm")

    def run(encoder: Any) -> None:
        """In the batches that the app makes."""
        for start in range(0, len(texts), encoder.batch):
            encoder.encode(texts[start : start + encoder.batch])

    found = alternate(lambda: run(pair[0]), lambda: run(pair[1]), ROUNDS)
    return {
        "texts": len(texts),
        "costs": [[vars(cost) for cost in both] for both in found],
        "kept": vars(kept_neighbors(ec.encode(data, id))),
    }


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(compare, home=home)
    costs = [[Cost(**cost) for cost in both] for both in found["costs"]]
    for name, unit in (("clock", "wall"), ("processor", "cpu")):
        whole, full = (median(getattr(both[side], unit) for both in costs) for side in (0, 1))
        ratio = median(getattr(both[1], unit) / getattr(both[0], unit) for both in costs)
        measured = f"{ratio:.2f} x faster ({seconds(whole)} / {seconds(full)})"
        what = f"MiniLM, {found['texts']} texts, int8 against float32, {name}"
        yield Row(what, measured, f">= {FASTER} x faster", ratio >= FASTER)
    kept = found["kept"]
    measured = f"{kept['share']:.1%}, lowest cosine {kept['lowest']:.3f}"
    yield Row(f"of {kept['k']} neighbors the same with int8, {kept['sampled']} texts", measured)

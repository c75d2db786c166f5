"""Pictures decoded while the model works on others, against one after the other: same process, taken in turn."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from .measure import Row, alternate, fresh, median

ROUNDS = 3
EMOJI, PHOTOS = 256, 64
SIZE = (1600, 1200)


def photo(seed: int) -> Any:
    """A made-up photograph as JPEG: soft colors and some grain."""
    from PIL import Image

    from embeddings_core.pictures import Picture

    rng = np.random.default_rng(seed)
    soft = Image.fromarray(rng.integers(0, 256, (30, 40, 3)).astype(np.uint8)).resize(SIZE, Image.Resampling.BICUBIC)
    grain = np.asarray(soft).astype(np.int16) + rng.integers(-8, 9, (SIZE[1], SIZE[0], 1))
    buffer = io.BytesIO()
    Image.fromarray(grain.clip(0, 255).astype(np.uint8)).save(buffer, format="JPEG", quality=88)
    return Picture.from_bytes(buffer.getvalue())


def in_turn(items: Sequence[Any], prepare: Callable[[Any], Any], at_once: int) -> Iterator[list[Any]]:
    """What `ahead` does, without doing anything ahead."""
    for start in range(0, len(items), at_once):
        yield [prepare(item) for item in items[start : start + at_once]]


def encode(photos: str) -> dict[str, Any]:
    """Seconds for emoji and for JPEGs, ahead and in turn, and the largest difference of their vectors."""
    import embeddings_core as ec
    from embeddings_core.encoders import _loading

    ahead = _loading.ahead

    encoder = ec.get_encoder("imagenet")

    def run(way: Any, items: Sequence[Any]) -> np.ndarray:
        _loading.ahead = way
        starts = range(0, len(items), encoder.batch)
        return np.concatenate([encoder.encode(items[at : at + encoder.batch]) for at in starts])

    answer: dict[str, Any] = {}
    for name, items in (
        ("emoji", list(ec.sample("emoji").items)[:EMOJI]),
        ("JPEGs of 1,600 x 1,200", [photo(seed) for seed in range(int(photos))]),
    ):
        pairs = alternate(lambda items=items: run(ahead, items), lambda items=items: run(in_turn, items), ROUNDS)  # type: ignore[misc]
        differ = float(np.abs(run(ahead, items[:EMOJI]) - run(in_turn, items[:EMOJI])).max())
        walls = [median(pair[way].wall for pair in pairs) for way in (0, 1)]
        answer[name] = [len(items), *walls, differ]
    return answer


def rows() -> Iterator[Row]:
    """The table's rows."""
    with tempfile.TemporaryDirectory() as home:
        found = fresh(encode, PHOTOS, home=home)
    for name, (count, fast, slow, differ) in found.items():
        yield Row(
            f"EfficientNet, {name} ({count}), decoded ahead",
            f"{count / fast:,.0f} a second; in turn {count / slow:,.0f}; vectors differ by {differ:g}",
            "equal vectors",
            differ == 0,
        )

"""How large a page is that stands alone: of 50,000 real sentences, and of 5,000 pictures.

The sentences are those of large_search, encoded once a machine. The pictures are the sample's emoji on colored ground,
turned and shaded with some noise, so that each is another one and none is squeezed as a plain drawing would be.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .large_search import HOME
from .measure import Row, cost, fresh, seconds
from .texts import sentences

TEXTS, PICTURES = 50_000, 5_000
GOALS = {"texts": 25.0, "pictures": 15.0}
SIDE = 200


def texts() -> dict[str, Any]:
    """The page of real sentences."""
    import embeddings_core as ec

    data = ec.read(sentences(TEXTS))
    return _made(ec.encode(data, "minilm"), "texts")


def pictures() -> dict[str, Any]:
    """The page of pictures, with vectors of chance: their size does not depend on what they say."""
    import numpy as np
    from PIL import Image, ImageChops

    import embeddings_core as ec

    rng = np.random.default_rng(0)
    emoji = [picture.open(SIDE).convert("RGB").resize((SIDE, SIDE)) for picture in ec.sample("emoji").items]  # type: ignore[union-attr]
    shade = Image.linear_gradient("L").resize((SIDE, SIDE))
    made = []
    for at in range(PICTURES):
        turned = emoji[at % len(emoji)].rotate(
            float(rng.uniform(0, 360)), fillcolor=tuple(rng.integers(0, 256, 3).tolist())
        )
        ground = Image.merge("RGB", [shade.rotate(90 * int(turn)) for turn in rng.integers(0, 4, 3)])
        noise = Image.fromarray(rng.integers(0, 24, (SIDE, SIDE, 3), dtype=np.uint8))
        made.append(ImageChops.add(Image.blend(turned, ground, 0.3), noise))
    data = ec.read(made)
    space = ec.Space(data, "imagenet", "chance", rng.standard_normal((PICTURES, 1280), dtype=np.float32))
    return _made(space, "pictures")


def _made(space: Any, name: str) -> dict[str, Any]:
    import embeddings_core as ec

    plane = ec.project(space, "pca")
    sizes: list[int] = []
    spent = cost(lambda: sizes.append(len(ec.snapshot_page(space, plane))))
    return {"what": name, "items": len(space), "bytes": sizes[0], "wall": spent.wall}


def rows() -> Iterator[Row]:
    """The table's rows."""
    HOME.mkdir(exist_ok=True)
    for work in (texts, pictures):
        found = fresh(work, home=HOME)
        size, goal = found["bytes"] / 1e6, GOALS[found["what"]]
        yield Row(
            f"a page of {found['items']:,} {found['what']} that stands alone",
            f"{size:.1f} MB, made in {seconds(found['wall'])}",
            f"<= {goal:.0f} MB",
            size <= goal,
        )

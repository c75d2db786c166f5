"""Pictures by their raw pixels: no model, and the classic first lesson."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..fingerprints import fingerprint
from ..pictures import Picture
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import pictures_of

SPEC = EncoderSpec(
    id="pixels",
    label="Raw pixels",
    summary="64 numbers: the picture in gray at 8 x 8 pixels. No model, so it sees shapes, not things.",
    reads=("image",),
    dimension=64,
    license="Apache-2.0",
    source="embeddings_core",
    needs=(Need("PIL", "pillow"),),
    instant=True,
)
SIDE = 8
WHITE = 16.0  # the brightest pixel, as in scikit-learn's digits


def make(model: str) -> PixelEncoder:
    """The one pixel encoder there is."""
    return PixelEncoder()


class PixelEncoder:
    """Gray values from 0 (black) to 16 (white), row by row, each the mean of its area of the picture.

    A picture of 8 x 8 pixels gives exactly its gray values x 16/255, so that scikit-learn's digits, saved
    as pictures, give back their data up to the rounding of a pixel to one of 256 grays.
    """

    spec = SPEC
    batch = 256
    fingerprint = fingerprint("pixels", 1, SIDE, WHITE, "float32")

    def encode(self, items: Sequence[Item]) -> Floats:
        """Pictures as (n, 64) float32."""
        rows = [_pixels(picture) for picture in pictures_of(items)]
        return np.stack(rows) if rows else np.empty((0, SIDE * SIDE), dtype=np.float32)


def _pixels(picture: Picture) -> Floats:
    from PIL import Image

    gray = picture.open().convert("L").convert("F")
    if gray.size != (SIDE, SIDE):
        gray = gray.resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(gray, dtype=np.float32).ravel() * np.float32(WHITE / 255)

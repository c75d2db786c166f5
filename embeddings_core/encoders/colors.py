"""Pictures by their colors alone: no model, and the second lesson after raw pixels."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..fingerprints import fingerprint
from ..pictures import Picture
from ..plugins import EncoderSpec, Need
from ..space import Floats, Item
from ._loading import pictures_of

SIDE = 128  # pixels of the longest side of the copy that is counted
LOW, HIGH, CELLS = (0.0, -90.0, -110.0), (100.0, 100.0, 100.0), (5, 7, 7)  # L*, a*, b* of all that a screen shows
SIZE = CELLS[0] * CELLS[1] * CELLS[2]
LIGHTNESS = ("very dark", "dark", "medium", "light", "very light")  # of each L*
GRAY = 25  # a chroma below this one is gray
# where each hue begins, in degrees, on the circle of a* and b*
HUES = (("pink", 0), ("red", 20), ("orange", 55), ("yellow", 80), ("green", 115), ("teal", 170), ("blue", 220),
        ("purple", 305), ("pink", 340))  # fmt: skip
# linear RGB of sRGB's primaries to CIE XYZ, and its white (D65): IEC 61966-2-1
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _XYZ.sum(axis=1)

SPEC = EncoderSpec(
    id="colors",
    label="Color histogram",
    summary=f"How much of the picture has each of {SIZE} colors. No model, so it sees colors, not shapes or things.",
    reads=("image",),
    dimension=SIZE,
    license="Apache-2.0",
    source="embeddings_core",
    needs=(Need("PIL", "pillow"),),
    instant=True,
)


def _names() -> tuple[str, ...]:
    """Each color in words, with its place in CIELAB."""
    axes = [np.linspace(low, high, count) for low, high, count in zip(LOW, HIGH, CELLS, strict=True)]
    names = []
    for lightness, a, b in np.ndindex(CELLS):
        light, x, y = (float(axis[at]) for axis, at in zip(axes, (lightness, a, b), strict=True))
        angle = math.degrees(math.atan2(y, x)) % 360
        hue = "gray" if math.hypot(x, y) < GRAY else [name for name, start in HUES if start <= angle][-1]
        names.append(f"{LIGHTNESS[lightness]} {hue} (L* {light:.0f}, a* {x:.0f}, b* {y:.0f})")
    return tuple(names)


def make(model: str) -> ColorEncoder:
    """The one color encoder there is."""
    return ColorEncoder()


class ColorEncoder:
    """A histogram over CIELAB, where equal distances look about equally different (Swain and Ballard, IJCV 1991).

    Each pixel is shared among the eight nearest of 5 x 7 x 7 colors, so that a shade more changes little. A vector
    holds the square roots of the shares: it has length 1, and the dot product of two is the Bhattacharyya
    coefficient, 1 for the same colors and 0 for none in common (Hellinger distance).
    """

    spec = SPEC
    batch = 64
    dimension_names = _names()
    fingerprint = fingerprint("colors", 1, SIDE, LOW, HIGH, CELLS, "hellinger", "float32")

    def encode(self, items: Sequence[Item]) -> Floats:
        """Pictures as (n, 245) float32 of unit length."""
        rows = [_histogram(picture) for picture in pictures_of(items)]
        return np.stack(rows) if rows else np.empty((0, SIZE), dtype=np.float32)


def _histogram(picture: Picture) -> Floats:
    pixels = np.asarray(picture.open(SIDE), dtype=np.float64).reshape(-1, 3) / 255
    places = (lab(pixels) - LOW) / (np.array(HIGH) - LOW) * (np.array(CELLS) - 1)
    below = np.clip(np.floor(places), 0, np.array(CELLS) - 2).astype(np.int64)
    above = np.clip(places - below, 0, 1)
    counts = np.zeros(SIZE)
    for corner in np.ndindex(2, 2, 2):
        shares = np.prod(np.where(corner, above, 1 - above), axis=1)
        counts += np.bincount(np.ravel_multi_index((below + corner).T, CELLS), shares, SIZE)
    return np.asarray(np.sqrt(counts / counts.sum()), dtype=np.float32)


def lab(rgb: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """sRGB (n, 3) from 0 to 1 as CIELAB (n, 3): L* from 0 to 100, a* and b* around 0 for grays."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = linear @ _XYZ.T / _WHITE
    edge = 6 / 29
    bent = np.where(xyz > edge**3, np.cbrt(xyz), xyz / (3 * edge**2) + 4 / 29)
    x, y, z = bent.T
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)

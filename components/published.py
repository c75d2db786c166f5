"""What the pages have published for the browser to fetch: datasets, maps, and bytes under a fingerprint.

Held in memory, once for all visitors; after a restart the pages publish it again.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from embeddings_core import Dataset, Projection, Space
from embeddings_core.grid import Grid
from embeddings_core.snapshot.framing import bounds_of, home_of

T = TypeVar("T")
BASE = "/explorer"
KEEP = {"Cache-Control": "private, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
"""Sent with what is named by its content: a browser may keep it for good."""
SHORT = 32
"""Letters of a fingerprint in an address that every click sends: 128 bits, which nobody meets twice."""
SIDES = (96, 240)
"""Sizes (pixels, longest side) in which pictures are served: list and map, card."""


class Held(Generic[T]):
    """The `most` values that were asked for last, by their key."""

    def __init__(self, most: int) -> None:
        self._most, self._lock, self._values = most, threading.Lock(), OrderedDict[str, T]()

    def hold(self, key: str, value: T) -> T:
        """Hold `value`, unless something is held under its key; what is held."""
        with self._lock:
            held = self._values.setdefault(key, value)
            self._values.move_to_end(key)
            while len(self._values) > self._most:
                self._values.popitem(last=False)
            return held

    def get(self, key: str) -> T | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def replace(self, key: str, value: T) -> None:
        """Hold `value` instead of what is held under its key."""
        self.drop(key)
        self.hold(key, value)

    def drop(self, key: str) -> None:
        """Hold nothing under a key any more."""
        with self._lock:
            self._values.pop(key, None)


class Made:
    """Bytes that are made when someone asks for them; asked twice at once, they are made once.

    `keep` them where making takes long.
    """

    def __init__(self, make: Callable[[], bytes], keep: bool = False) -> None:
        self._make: Callable[[], bytes] | None = make
        self._keep, self._lock, self._raw = keep, threading.Lock(), b""

    def read(self) -> bytes:
        """The bytes; raises what making them raises."""
        with self._lock:
            if self._make is None:
                return self._raw
            raw = self._make()
            if self._keep:
                self._raw, self._make = raw, None  # what it was made of can go
            return raw


class Map:
    """A projection and its index."""

    def __init__(self, projection: Projection) -> None:
        self.projection = projection
        self._lock = threading.Lock()
        self._grid: Grid | None = None

    @cached_property
    def bounds(self) -> list[float]:
        """The least of every dimension, then the most."""
        return bounds_of(self.projection.coords)

    @cached_property
    def home(self) -> list[float]:
        """The part of a 2-D map that is looked at first: without islands of a few items far from all others."""
        return home_of(self.projection.coords)

    @property
    def grid(self) -> Grid:
        """The index over the coordinates, built when first asked for."""
        with self._lock:
            if self._grid is None:
                self._grid = Grid(self.projection.coords)
            return self._grid


datasets = Held[Dataset](32)
spaces = Held[Space](8)
maps = Held[Map](64)
made = Held[Made](1024)


def publish(key: str, make: Callable[[], bytes]) -> str:
    """Serve what `make` returns under `key`, and tell where."""
    made.hold(key := key[:SHORT], Made(make))
    return f"{BASE}/numbers/{key}"


def publish_slow(key: str, make: Callable[[], bytes]) -> str:
    """The same for what takes long to make: it is kept."""
    made.hold(key, Made(make, keep=True))
    return f"{BASE}/names/{key}"


def publish_items(dataset: Dataset) -> str:
    """Serve the cards of a dataset; an item's number follows the address."""
    datasets.replace(dataset.fingerprint, dataset)  # the one that the pages use: what is kept beside it is kept once
    return f"{BASE}/items/{dataset.fingerprint}"


def publish_space(space: Space) -> None:
    """Answer what is near an item of a space."""
    spaces.hold(space.fingerprint[:SHORT], space)


def publish_map(projection: Projection) -> Map:
    """Serve a map; the one that is held already, so that all visitors share its coordinates."""
    return maps.hold(projection.fingerprint[:SHORT], Map(projection))


def picture_address(dataset: Dataset, item: int, side: int = SIDES[0]) -> str:
    """Where the browser finds a picture of a dataset that was published."""
    return f"{BASE}/pictures/{dataset.fingerprint}/{item}/{side}"


def sound_address(dataset: Dataset, item: int) -> str:
    """Where the browser finds a sound of a dataset that was published."""
    return f"{BASE}/sounds/{dataset.fingerprint}/{item}"


def short(place: npt.NDArray[np.float32]) -> list[float]:
    """A place on a map in the fewest digits that give it back."""
    return [float(str(part)) for part in place]

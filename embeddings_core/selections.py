"""Sets of items: packed into bits, combined, stepped back and forth in, and kept under a name.

Kept ones are the visitor's own work: home/selections/<dataset fingerprint>/<digest of the name>.json, one file each
with the name, when it was created (seconds since 1970) and the items as bits, squeezed; never evicted.
"""

from __future__ import annotations

import base64
import json
import math
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt

from .errors import InputError, ParameterError, StoreError
from .fingerprints import content_key, fingerprint
from .own_files import checked_name, folder_of, path_of
from .space import Ints
from .steps import Steps
from .store import Store, result_key
from .store.files import replacing

Mask = npt.NDArray[np.bool_]
Items = npt.NDArray[np.int32]
How = Literal["replace", "add", "remove", "keep"]
STEPS = 50
"""Steps that can be undone."""
MOST = 100
"""Selections that are kept of one dataset."""
_LAST = 1 << 27  # items beyond are no items, and a file that says so is damaged
_DAMAGE = (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError, zlib.error, InputError)


@dataclass(frozen=True, eq=False)
class Kept:
    """A set of items (k,), sorted, under a name; `created` in seconds since 1970."""

    name: str
    items: Items
    created: float


def pack(mask: Mask) -> bytes:
    """A set of items, (n,) bool, as one bit an item, the first item in the lowest bit of the first byte."""
    return np.packbits(np.asarray(mask, bool), bitorder="little").tobytes()


def unpack(raw: bytes, n: int) -> Mask:
    """The set that was packed, (n,) bool: what is missing is False, what is too much is cut."""
    bits = np.zeros(n, bool)
    known = np.unpackbits(np.frombuffer(raw, np.uint8)[: (n + 7) // 8], bitorder="little")[:n]
    bits[: len(known)] = known
    return bits


def combine(before: Mask, new: Mask, how: How) -> Mask:
    """`before` replaced by `new`, with it added, without it, or only what is in both ("keep"); all (n,) bool.

    Raises InputError for sets of different lengths, ParameterError for another word.
    """
    if before.shape != new.shape:
        raise InputError(f"Sets of {len(before)} and of {len(new)} items.", "Give two of the same dataset.")
    if how not in get_args(How):
        raise ParameterError(f"Sets cannot be combined by {how!r}.", f"Choose one of {', '.join(get_args(How))}.")
    if how == "replace":
        return new.copy()
    if how == "add":
        return before | new
    return before & ~new if how == "remove" else before & new


class History:
    """What is selected of `n` items now, and the steps that led there, at most STEPS of them."""

    def __init__(self, n: int) -> None:
        self.n = n
        self._steps = Steps(pack(np.zeros(n, bool)), STEPS)
        self._read()

    def _read(self) -> None:
        self.packed = self._steps.now
        """What is selected now, as `pack` makes it."""
        self.now = unpack(self.packed, self.n)
        """(n,) bool, read-only."""
        self.now.setflags(write=False)
        self.count = int(np.count_nonzero(self.now))
        """How many items are selected."""
        self.fingerprint = fingerprint("selection", self.n, self.packed)
        """Names what is selected now."""

    def set(self, mask: Mask, label: str) -> None:
        """Select `mask`, (n,) bool; `label` says by what. What is selected already is no step. Raises InputError
        for a mask of other items."""
        if np.shape(mask) != (self.n,):
            raise InputError(f"A set of shape {np.shape(mask)} for {self.n} items.")
        raw = pack(mask)
        if raw != self.packed:
            self._steps.set(raw, label)
            self._read()

    def undo(self) -> None:
        """Select what was selected before; nothing when there is no such step."""
        self._steps.undo()
        self._read()

    def redo(self) -> None:
        """Take an undo back; nothing when there is none."""
        self._steps.redo()
        self._read()

    def carried(self, place: Ints, n: int) -> History:
        """The same steps among `n` other items: `place` (the items of this one,) tells where each of them is now, -1
        where it is not any more."""
        there = place >= 0
        moved = History(n)
        for raw, label in self._steps.taken:
            mask = np.zeros(n, bool)
            mask[place[there]] = unpack(raw, self.n)[there]
            moved.set(mask, label)
        return moved

    @property
    def can_undo(self) -> str:
        """What undo would take back, "" for nothing."""
        return self._steps.can_undo

    @property
    def can_redo(self) -> str:
        """What redo would do again, "" for nothing."""
        return self._steps.can_redo


def kept(store: Store, dataset_fingerprint: str) -> tuple[Kept, ...]:
    """The selections kept of a dataset, oldest first; damaged files are left out. Raises InputError for what is
    no fingerprint."""
    found = []
    for path in folder_of(store.home, "selections", dataset_fingerprint).glob("*.json"):
        with suppress(*_DAMAGE):
            found.append(_load(path))
    return tuple(sorted(found, key=lambda one: (one.created, one.name)))


def keep(store: Store, dataset_fingerprint: str, name: str, items: npt.ArrayLike) -> None:
    """Keep a set of items (k,), in any order, under a name; one that has that name is replaced.

    Raises InputError for a name that cannot be used, for what are no items, and where MOST are kept already;
    StoreError where the file cannot be written.
    """
    one = Kept(checked_name(name), _sorted(items), time.time())
    path = path_of(store.home, "selections", dataset_fingerprint, one.name)
    others = sum(other.name != one.name for other in kept(store, dataset_fingerprint))
    if others >= MOST:
        raise InputError(f"{MOST} selections of this dataset are kept already.", "Forget one of them first.")
    _write(path, one)


def rename(store: Store, dataset_fingerprint: str, old: str, new: str) -> None:
    """Give a kept selection another name. Raises InputError where there is none, or another one has the new name
    already; StoreError where the file cannot be written."""
    old, new = checked_name(old), checked_name(new)
    before, after = (path_of(store.home, "selections", dataset_fingerprint, name) for name in (old, new))
    known = {one.name: one for one in kept(store, dataset_fingerprint)}
    if old not in known:
        raise InputError(f"No selection is kept as {old!r}.", "Someone may have renamed or forgotten it.")
    if new == old:
        return
    if new in known:
        raise InputError(f"Another selection is kept as {new!r}.", "Choose another name, or forget that one first.")
    _write(after, Kept(new, known[old].items, known[old].created))
    before.unlink(missing_ok=True)


def forget(store: Store, dataset_fingerprint: str, name: str) -> None:
    """Delete a kept selection; nothing when there is none. Raises InputError for a name that none can have."""
    path_of(store.home, "selections", dataset_fingerprint, checked_name(name)).unlink(missing_ok=True)


def linked(store: Store, key: str, n: int) -> Mask | None:
    """The selection (n,) with that fingerprint, as a link names it; None where it is not in the store, or one of other
    items."""
    found = store.get_result(result_key("selection", key))
    if found is None or found[1].get("n") != n or "bits" not in found[0]:
        return None
    history = History(n)
    history.set(unpack(found[0]["bits"].tobytes(), n), "")
    return history.now if history.fingerprint == key else None


def tags(store: Store, dataset_fingerprint: str, n: int) -> list[str]:
    """One text for each of n items: the names of the kept selections it is in, oldest first, joined by ", "."""
    texts, codes = [""], np.zeros(n, np.int64)
    for one in kept(store, dataset_fingerprint):
        items = one.items[one.items < n]
        before = np.flatnonzero(np.bincount(codes[items], minlength=len(texts)))
        codes[items] = len(texts) + np.searchsorted(before, codes[items])
        texts += [", ".join(filter(None, [texts[code], one.name])) for code in before]
    return [texts[code] for code in codes]


def _sorted(items: npt.ArrayLike) -> Items:
    """The different items, sorted."""
    given = np.asarray(items)
    given = given if given.size else given.astype(np.int32)
    if given.ndim != 1 or given.dtype.kind not in "iu":
        raise InputError("A selection holds the numbers of items.", "Give whole numbers, (k,).")
    if given.size and not (given.min() >= 0 and given.max() < _LAST):
        raise InputError(f"There are no items {given.min()} to {given.max()}.")
    return np.flatnonzero(_mask(given)).astype(np.int32)


def _mask(items: npt.NDArray[np.integer]) -> Mask:
    """The items, (k,), as a set as long as need be."""
    mask = np.zeros(int(items.max(initial=-1)) + 1, bool)
    mask[items] = True
    return mask


def _write(path: Path, one: Kept) -> None:
    squeezed = base64.b64encode(zlib.compress(pack(_mask(one.items)), level=1)).decode("ascii")
    try:
        with replacing(path, durable=True) as temporary:
            said = {"name": one.name, "created": one.created, "items": squeezed}
            temporary.write_text(json.dumps(said), encoding="utf-8")
    except OSError as error:
        raise StoreError(
            f"The selection {one.name!r} cannot be kept: {error}.", "Look whether the disk is full or read-only."
        ) from error


def _load(path: Path) -> Kept:
    """The selection in a file. Raises one of _DAMAGE where that is damaged."""
    said = json.loads(path.read_text(encoding="utf-8"))
    name, created = checked_name(str(said["name"])), float(said["created"])
    squeezing = zlib.decompressobj()
    raw = squeezing.decompress(base64.b64decode(said["items"], validate=True), _LAST // 8)
    if content_key(name).hex() != path.stem or not math.isfinite(created) or not squeezing.eof:
        raise ValueError("not what was written")
    return Kept(name, np.flatnonzero(unpack(raw, 8 * len(raw))).astype(np.int32), created)

"""Zip files from strangers: what is inside, never more of it than was agreed, and names that go nowhere."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Iterable

from ..errors import InputError
from .limits import RATIO, RATIO_FREE, UNPACKED_BYTES, megabytes

_BLOCK = 1 << 20


def check_members(members: Iterable[zipfile.ZipInfo], name: str) -> None:
    """Raises InputError when what the members say of themselves is too much: a zip bomb."""
    total = 0
    for member in members:
        total += member.file_size
        if member.file_size > max(RATIO_FREE, RATIO * member.compress_size):
            raise InputError(
                f"{name} is refused: {safe_name(member.filename)} is packed more than {RATIO} times over, as in a "
                "zip bomb.",
                "Unpack it yourself if you trust it, and bring its files.",
            )
    if total > UNPACKED_BYTES:
        raise _too_much(name)


class Budget:
    """Counts the bytes that really come out of a zip, in all threads together."""

    def __init__(self, name: str, limit: int = UNPACKED_BYTES) -> None:
        self.name, self.left = name, limit
        self._lock = threading.Lock()

    def spend(self, size: int) -> None:
        """Raises InputError when more came out than is allowed."""
        with self._lock:
            self.left -= size
            if self.left < 0:
                raise _too_much(self.name)


class Unreadable(Exception):
    """One member of a zip cannot be read; the text says why."""


def read_member(file: zipfile.ZipFile, member: zipfile.ZipInfo, budget: Budget) -> bytes:
    """The bytes of one member, counted as they come. Raises Unreadable, or InputError when it is too much."""
    if member.flag_bits & 1:
        raise Unreadable("It is encrypted.")
    blocks = []
    try:
        with file.open(member) as stream:
            while block := stream.read(_BLOCK):
                budget.spend(len(block))
                blocks.append(block)
    except InputError:
        raise
    except Exception as error:  # a damaged zip makes zipfile and its decompressors raise almost anything
        raise Unreadable(f"It cannot be unpacked: {str(error)[:200]}") from error
    return b"".join(blocks)


def safe_name(name: str) -> str:
    """A member's name without anything that leads elsewhere: drives, leading slashes, "..", control characters."""
    name = "".join(character if character.isprintable() else " " for character in name)
    parts = [part.strip() for part in name.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in ("", ".", "..") and not (len(part) == 2 and part[1] == ":")]
    return "/".join(kept)[-200:] or "unnamed"


def _too_much(name: str) -> InputError:
    return InputError(
        f"{name} unpacks to more than {megabytes(UNPACKED_BYTES)}.", "Bring it in several smaller zip files."
    )

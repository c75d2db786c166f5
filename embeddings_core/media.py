"""Files that someone brought, as items: their encoded bytes, in memory or on disk, named by what they hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

from .errors import InputError


@dataclass(frozen=True, eq=False)
class Media:
    """One file: its encoded bytes (PNG, JPEG, WAV, ...) in memory or in a file, named by their SHA-256."""

    digest: str
    source: bytes | Path
    word: ClassVar[str] = "file"

    @classmethod
    def from_bytes(cls, raw: bytes) -> Self:
        return cls(hashlib.sha256(raw).hexdigest(), raw)

    def read(self) -> bytes:
        """The encoded bytes, as they were brought. Raises InputError for a file that is gone or was changed."""
        if isinstance(self.source, bytes):
            return self.source
        try:
            raw = self.source.read_bytes()
        except OSError as error:
            raise InputError(
                f"The {self.word} {self.source.name} cannot be read any more.", "Bring it again."
            ) from error
        if hashlib.sha256(raw).hexdigest() != self.digest:
            raise InputError(f"The {self.word} {self.source.name} was changed since it was read.", "Bring it again.")
        return raw

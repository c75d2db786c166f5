"""What a project file is made of: its version, its manifest, and how parts may be called."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError

FORMAT = "embedding-explorer-project"
VERSION = 1
MANIFEST = "manifest.json"
LARGEST = 20_000_000_000
"""Bytes of the largest project file."""
MOST = 1_000_000
"""Parts of a project file."""
_PRINT = "[0-9a-f]{64}"
_NAMES = (
    rf"datasets/{_PRINT}/(items\.parquet|dataset\.json|vectors\.npy)",
    rf"(pictures|sounds)/[0-9a-f]{{2}}/{_PRINT}",
    rf"(encodings|groups)/{_PRINT}/{_PRINT}\.npz",
    rf"selections/{_PRINT}/{_PRINT}\.json",
    rf"results/{_PRINT}\.npz",
    r"stories/[0-9A-Za-z]{1,32}\.json",
)
_OLD = {0: (r"tags\.json",)}
"""Names that parts of an older version may have besides."""


@dataclass(frozen=True)
class Part:
    """One file in a project file: its path, its size in bytes, and its SHA-256."""

    path: str
    size: int
    sha256: str


def refused(why: str) -> InputError:
    """The error for a file that is not opened; `why` is the rest of a sentence."""
    return InputError(
        f"This project file is refused: {why}.", "Nothing was brought. Ask for the file again, or save it once more."
    )


def read_manifest(said: Any) -> tuple[int, tuple[Part, ...]]:
    """The version and the parts that a manifest names. Raises InputError for what is none, is of a newer version, or
    names a part that there cannot be."""
    if not isinstance(said, dict) or said.get("format") != FORMAT:
        raise InputError("This is no project file, or only a part of one.", "Choose one that Embedding Explorer saved.")
    version = said.get("version")
    if type(version) is not int or version < 0:
        raise refused("it does not say of which version it is")
    if version > VERSION:
        raise InputError(
            f"This project file has version {version}, and this program knows versions up to {VERSION}.",
            "Install a newer Embedding Explorer, then open it again.",
        )
    try:
        parts = tuple(_part(**one) for one in said["parts"])
    except (KeyError, TypeError, ValueError) as error:
        raise refused("its list of parts is damaged") from error
    if not parts:
        raise refused("there is nothing in it")
    names = "|".join((*_NAMES, *_OLD.get(version, ())))
    for part in parts:
        if not re.fullmatch(names, part.path):
            raise refused(f"no part is called {part.path[:80]!r}")
    if len({part.path for part in parts}) < len(parts):
        raise refused("it names a part twice")
    return version, parts


def parts_in(folder: Path) -> list[str]:
    """The paths of all parts of today's version that lie in a folder, sorted."""
    names = re.compile("|".join(_NAMES))
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return sorted(path for path in paths if names.fullmatch(path))


def _part(path: str, size: int, sha256: str) -> Part:
    if not isinstance(path, str) or type(size) is not int or size < 0 or not isinstance(sha256, str):
        raise ValueError("no part")
    return Part(path, size, sha256)

"""Zip files: a collection of pictures, or one packed table."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ..errors import InputError
from ..plugins import ReaderSpec, plugins
from ..space import Progress
from . import excel, images
from .limits import check_rows
from .loaded import Loaded
from .zips import Budget, Unreadable, check_members, read_member, safe_name

SPEC = ReaderSpec("archive", "Zip of pictures, or of one table", (".zip",))
_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a zip file does, and is no workbook."""
    return raw.startswith(_BEGINS) and not excel.recognizes(raw)


def read(raw: bytes, name: str, progress: Progress | None = None) -> Loaded:
    """The pictures in a zip file, or its only table when it has no pictures.

    Nothing is written to disk. Raises InputError for a damaged zip, a zip bomb, and one that holds nothing
    that can be read.
    """
    try:
        file = zipfile.ZipFile(io.BytesIO(raw))
    except Exception as error:  # damaged zips make zipfile raise almost anything
        raise InputError(f"{name} is a damaged zip file: {str(error)[:200]}.", "Pack it again.") from error
    with file:
        members = [member for member in file.infolist() if _wanted(member.filename)]
        check_members(file.infolist(), name)
        check_rows(name, len(members))
        return _read(file, members, name, progress)


def _read(file: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], name: str, progress: Progress | None) -> Loaded:
    suffixes = {suffix for module in plugins("readers").values() for suffix in module.SPEC.suffixes}
    suffixes -= {*images.SUFFIXES, *SPEC.suffixes}
    tables = [member for member in members if _suffix(member) in suffixes]
    shots = [member for member in members if _suffix(member) in images.SUFFIXES]
    others = [member for member in members if _suffix(member) not in suffixes.union(images.SUFFIXES)]
    skipped = [(safe_name(member.filename), _why_not(member)) for member in others]
    budget = Budget(name)
    if not shots and len(tables) == 1:
        return _table(file, tables[0], name, budget)
    if not shots:
        listed = ", ".join(safe_name(member.filename) for member in members[:5])
        if tables:
            raise InputError(
                f"{name} holds {len(tables):,} tables: {listed}.", "Bring one table at a time, or put them together."
            )
        raise InputError(
            f"{name} holds no picture and no table" + (f", only {listed}." if listed else ": it is empty."),
            "Bring a zip of PNG, JPEG, WebP, GIF, BMP or TIFF pictures, or of one table.",
        )
    skipped += [(safe_name(member.filename), "A table among pictures is not read.") for member in tables]
    read: list[tuple[str, bytes | Path]] = []
    for member in shots:
        try:
            read.append((member.filename, read_member(file, member, budget)))
        except Unreadable as error:
            skipped.append((safe_name(member.filename), str(error)))
    return images.read_many(read, name, (), skipped, progress)


def _table(file: zipfile.ZipFile, member: zipfile.ZipInfo, name: str, budget: Budget) -> Loaded:
    from . import read_bytes

    try:
        raw = read_member(file, member, budget)
    except Unreadable as error:
        raise InputError(f"{name} cannot be read. {error}", "Pack it again, without a password.") from error
    if recognizes(raw):
        raise InputError(f"{safe_name(member.filename)} in {name} is a zip itself.", "Unpack it first.")
    return read_bytes(raw, safe_name(member.filename))


def _wanted(name: str) -> bool:
    """Not a folder, and not what systems put beside one's files."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not name.endswith(("/", "\\")) and not hidden and "__MACOSX" not in parts and parts[-1:] != ("Thumbs.db",)


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _why_not(member: zipfile.ZipInfo) -> str:
    if _suffix(member) == ".zip":
        return "A zip inside a zip is not opened."
    return "It is neither a picture nor a table."

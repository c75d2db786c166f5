"""Zip files: what is in them is read as if it had been brought together."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from ..errors import InputError
from ..plugins import ReaderSpec
from ..progress import phase, watched
from ..space import Progress
from . import excel, numpy_arrays
from .cuts import ALL, Cut
from .limits import check_rows
from .loaded import Loaded
from .zips import Budget, Unreadable, check_members, read_member, safe_name

SPEC = ReaderSpec("archive", "Zip of pictures, sounds, documents, or of one table", (".zip",))
_BEGINS = (b"PK\x03\x04", b"PK\x05\x06")


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a zip file does, and is neither a workbook nor NumPy's."""
    return raw.startswith(_BEGINS) and not excel.recognizes(raw) and not numpy_arrays.recognizes(raw)


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """What is in a zip file: pictures, sounds, documents, vectors with their metadata, or one table.

    Nothing is written to disk. Raises InputError for a damaged zip, a zip bomb, and one that holds nothing
    that can be read.
    """
    from .bundles import together

    try:
        file = zipfile.ZipFile(io.BytesIO(raw))
    except Exception as error:  # damaged zips make zipfile raise almost anything
        raise InputError(f"{name} is a damaged zip file: {str(error)[:200]}.", "Pack it again.") from error
    with file:
        _refuse_others(raw, file.namelist(), name)
        members = [member for member in file.infolist() if _wanted(member.filename)]
        check_members(file.infolist(), name)
        check_rows(name, len(members))
        files, skipped = _unpacked(file, members, name, phase(progress, 0, 0.2))
    return together(files, name, phase(progress, 0.2, 1), cut, skipped)


def _refuse_others(raw: bytes, names: Sequence[str], name: str) -> None:
    """Raises InputError for what is a zip only inside: its pictures are not what is meant."""
    from ..project_file import is_project

    if is_project(io.BytesIO(raw)):
        raise InputError(f"{name} is a project file.", "Open it by itself on the Data page, or by ec.open_project.")
    if "[Content_Types].xml" in names or "mimetype" in names:
        raise InputError(
            f"{name} is an office document or e-book, which is not read.", "Save it as PDF, HTML or plain text."
        )


def _unpacked(
    file: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo], name: str, progress: Progress
) -> tuple[list[tuple[str, bytes | Path]], list[tuple[str, str]]]:
    """The members that can be unpacked, and the names of the others, with the reason. Raises InputError when that is
    all of them."""
    files: list[tuple[str, bytes | Path]] = []
    skipped = []
    budget = Budget(name)
    for member in watched(members, len(members), progress):
        try:
            files.append((member.filename, read_member(file, member, budget)))
        except Unreadable as error:
            skipped.append((safe_name(member.filename), str(error)))
    if not files and skipped:
        raise InputError(
            f"{skipped[0][0]} in {name} cannot be read. {skipped[0][1]}", "Pack it again, without a password."
        )
    return files, skipped


def _wanted(name: str) -> bool:
    """Not a folder, and not what systems put beside one's files."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(part.startswith(".") and part != ".." for part in parts)
    return not name.endswith(("/", "\\")) and not hidden and "__MACOSX" not in parts and parts[-1:] != ("Thumbs.db",)

"""A project file is unpacked into an empty folder; whatever is odd about the zip itself is found out here."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

from ..errors import InputError, StoreError
from ..readers.limits import megabytes
from ..space import Progress
from .parts import FORMAT, LARGEST, MANIFEST, MOST, Part, read_manifest, refused

_BLOCK = 1 << 20
_MANIFEST_BYTES = 400 * MOST
_BEGINS = re.compile(rb"PK\x03\x04.{26}datasets/[0-9a-f]{64}/", re.DOTALL)
_MARK = f'"format": "{FORMAT}"'.encode()


def is_project(file: IO[bytes]) -> bool:
    """Whether an open file calls itself a project file, or begins as one of which only a part is left; it stands at its
    beginning afterwards."""
    file.seek(0)
    try:
        if _BEGINS.match(file.read(200)):
            return True
        with zipfile.ZipFile(file) as opened, opened.open(MANIFEST) as stream:
            return _MARK in stream.read(200)
    except Exception:  # damaged zips make zipfile raise almost anything
        return False
    finally:
        file.seek(0)


def unpack(file: IO[bytes], folder: Path, progress: Progress) -> int:
    """Write all parts of a project file into `folder`, which is empty; returns its version. `progress` counts bytes.

    Raises InputError for what is no project file, too large, damaged, or holds anything but what its manifest names;
    StoreError where the disk is too small."""
    size = file.seek(0, 2)
    if size > LARGEST:
        raise InputError(
            f"This file has {megabytes(size)}; a project file has at most {megabytes(LARGEST)}.",
            "Save fewer datasets at once.",
        )
    if shutil.disk_usage(folder).free < size:
        raise StoreError(f"{megabytes(size)} do not fit on this disk any more.", "Make room, then open it again.")
    file.seek(0)
    try:
        opened = zipfile.ZipFile(file)
    except Exception as error:  # damaged zips make zipfile raise almost anything
        raise InputError(
            "This is no project file, or only a part of one: it cannot be opened as a zip.", "Copy the file again."
        ) from error
    with opened:
        members = opened.infolist()
        _check_members(members, size)
        version, parts = _manifest(opened, members)
        _check_parts(members, parts)
        done = 0
        for part in parts:
            _unpack(opened, part, folder)
            done += part.size
            progress(done, size)
    return version


def _check_members(members: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Raises InputError for what no project file has; all that is left are plain files, as large as they say."""
    if len(members) > MOST + 1:
        raise refused(f"it has more than {MOST:,} parts")
    if len({member.filename for member in members}) < len(members):
        raise refused("two of its parts have the same name")
    for member in members:
        name = repr(member.filename[:80])
        if stat.S_ISLNK(member.external_attr >> 16):
            raise refused(f"{name} is a link to another file")
        if member.flag_bits & 1:
            raise refused(f"{name} is encrypted")
        if member.compress_type != zipfile.ZIP_STORED or member.file_size != member.compress_size:
            raise refused(f"{name} is compressed, as no part of a project file is")
    if sum(member.file_size for member in members) > size:
        raise refused("its parts claim to be larger than the file, as in a zip bomb")


def _manifest(opened: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]) -> tuple[int, tuple[Part, ...]]:
    found = next((member for member in members if member.filename == MANIFEST), None)
    if found is None:
        return read_manifest(None)
    if found.file_size > _MANIFEST_BYTES:
        raise refused("its manifest is too large")
    said: Any = None
    try:
        said = json.loads(opened.read(found))
    except Exception as error:  # a damaged zip makes zipfile raise almost anything
        raise refused("its manifest is damaged") from error
    return read_manifest(said)


def _check_parts(members: Sequence[zipfile.ZipInfo], parts: Sequence[Part]) -> None:
    there = {member.filename: member.file_size for member in members if member.filename != MANIFEST}
    named = {part.path: part.size for part in parts}
    for path in sorted(there.keys() ^ named.keys())[:1]:
        raise refused(f"{path[:80]!r} is " + ("not in its manifest" if path in there else "missing"))
    for path, size in named.items():
        if there[path] != size:
            raise refused(f"{path!r} has {there[path]:,} bytes instead of {size:,}")


def _unpack(opened: zipfile.ZipFile, part: Part, folder: Path) -> None:
    target, digest, left = folder / part.path, hashlib.sha256(), part.size
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with opened.open(part.path) as stream, target.open("xb") as out:
            while block := stream.read(min(_BLOCK, left + 1)):
                left -= len(block)
                digest.update(block)
                out.write(block)
    except OSError as error:
        raise StoreError(f"{part.path} cannot be written: {error}.", "Look whether the disk is full.") from error
    except Exception as error:  # a damaged zip makes zipfile raise almost anything
        raise refused(f"{part.path!r} is damaged") from error
    if left or digest.hexdigest() != part.sha256:
        raise refused(f"{part.path!r} is damaged: it is not what the manifest says")

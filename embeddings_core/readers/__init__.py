"""Read data from anything: files, folders, zips, tables, lists. A format is one file here.

A reader's file has a SPEC and `read(raw, name) -> Loaded`; one whose data can be told by its first bytes
also has `recognizes(raw)`, because names lie.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..pictures import Picture, encoded
from ..plugins import find, plugins
from ..space import Dataset, Progress
from . import archive, images, txt
from .columns import missing
from .limits import check_rows, check_size
from .loaded import Loaded, Preview
from .tables import from_frame, table
from .zips import safe_name

__all__ = ["Loaded", "Preview", "load", "paste", "read", "read_bytes"]


def read(
    source: Any, *, text: str | None = None, keep: Sequence[str] | None = None, name: str | None = None
) -> Dataset:
    """A Dataset from anything that `load` takes.

    `text` names the column that holds the texts (default: the likeliest), `keep` the columns that become
    metadata (default: all). Raises InputError with a hint.
    """
    return load(source, name).dataset(text, keep)


def paste(text: str, name: str = "Pasted lines") -> Loaded:
    """Lines of text, each an item; blank ones are left out. Raises InputError when nothing is left."""
    return txt.read_lines(text, name, [])


def load(source: Any, name: str | None = None, progress: Progress | None = None) -> Loaded:
    """Everything that `source` holds, for a look before it becomes a Dataset.

    `source` is a path of a file or a folder of pictures, an open file, bytes (then with a `name` that has a
    suffix), a pandas table, an array (n, d) of ready vectors, or a list: of texts, of PIL images, of paths
    or open files of pictures. Raises InputError with a hint.
    """
    if isinstance(source, (str, Path)):
        return _load_path(Path(source or "\0"), name, progress)  # "" would be the folder that one is in
    if isinstance(source, (bytes, bytearray)):
        return read_bytes(bytes(source), name or "data", progress)
    if hasattr(source, "read"):
        given = name or _name_of(source)
        if isinstance(size := getattr(source, "size", None), int):
            check_size(given, size)
        return read_bytes(_content(source, given), given, progress)
    if isinstance(source, pd.DataFrame):
        return from_frame(source, name or "Table")
    if isinstance(source, np.ndarray) and source.dtype.kind in "fiu":
        return _load_vectors(source, name or "Vectors")
    items = source.tolist() if hasattr(source, "tolist") else source
    if isinstance(items, Sequence):
        return _load_list([items] if isinstance(items, str) else list(items), name, progress)
    raise InputError(
        f"{type(source).__name__} is nothing that can be read.",
        "Give a path, an open file, a pandas table, an array (n, d), or a list of texts or pictures.",
    )


def read_bytes(raw: bytes, name: str, progress: Progress | None = None) -> Loaded:
    """The content of one file, read as what it is; its suffix only decides where its bytes do not.

    Raises InputError, MissingPackage.
    """
    check_size(name, len(raw))
    suffix = PurePosixPath(name).suffix.lower()
    for id, module in plugins("readers").items():
        if hasattr(module, "recognizes") and module.recognizes(raw):
            loaded = archive.read(raw, name, progress) if module is archive else find("readers", id).read(raw, name)
            if suffix not in module.SPEC.suffixes:
                loaded.notes.insert(
                    0, f"The name ends in {suffix or 'nothing'}; it was read as what it is: {module.SPEC.label}."
                )
            return _named(loaded, name)
    for id, module in plugins("readers").items():
        if suffix in module.SPEC.suffixes:
            return _named(find("readers", id).read(raw, name), name)
    known = " ".join(known for module in plugins("readers").values() for known in module.SPEC.suffixes)
    raise InputError(
        f"{name} is of a kind that is not read" + (f" ({suffix})." if suffix else ": its name has no ending."),
        f"What is read: {known}.",
    )


def _named(loaded: Loaded, name: str) -> Loaded:
    """The same under the file's own name, as a person knows it."""
    return Loaded(name, loaded.kind, loaded.table, loaded.pictures, loaded.vectors, loaded.notes, loaded.skipped)


def _load_path(path: Path, name: str | None, progress: Progress | None) -> Loaded:
    try:
        if path.is_dir():
            return _load_folder(path, name or path.resolve().name, progress)
        check_size(path.name, path.stat().st_size)
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"There is no file {str(path)[:200]!r} that can be read: {error.strerror or error}.",
            "Give the path of a file or a folder; texts go in as a list.",
        ) from error
    except ValueError as error:  # a NUL in the path
        raise InputError("This is no path.", "Give the path of a file or a folder; texts go in as a list.") from error
    return read_bytes(raw, name or path.name, progress)


def _load_folder(folder: Path, name: str, progress: Progress | None) -> Loaded:
    """The pictures in a folder and those below it, in the order of their names. They stay where they are."""
    files: list[tuple[str, bytes | Path]] = []
    for at, inner, found in os.walk(folder):  # links to folders are not followed
        inner[:] = sorted(entry for entry in inner if not entry.startswith("."))
        for entry in sorted(found):
            path = Path(at, entry)
            if path.suffix.lower() in images.SUFFIXES and not entry.startswith(".") and path.is_file():
                files.append((path.relative_to(folder).as_posix(), path))
        check_rows(name, len(files))
    if not files:
        raise InputError(
            f"The folder {name} holds no pictures.",
            "Bring PNG, JPEG, WebP, GIF, BMP or TIFF pictures; tables come one by one.",
        )
    return images.read_many(files, name, progress=progress)


def _load_list(given: list[Any], name: str | None, progress: Progress | None) -> Loaded:
    if not given:
        raise InputError("The list is empty.", "Bring at least one text or picture.")
    if all(isinstance(item, str) or missing(item) for item in given):
        texts = [item if isinstance(item, str) else None for item in given]
        return table(name or "Texts", [("text", texts)], texts=True)
    if all(isinstance(item, dict) for item in given):
        return from_frame(pd.DataFrame(given), name or "Table")
    files = [_as_file(item, place) for place, item in enumerate(given)]
    (only, content), *others = files
    if not others and isinstance(content, bytes) and hasattr(given[0], "read"):
        return read_bytes(content, name or only, progress)
    if others:
        _refuse_tables(files)
    return images.read_many(files, name or _together(files), progress=progress)


def _refuse_tables(files: Sequence[tuple[str, bytes | Path]]) -> None:
    """Raises InputError for several tables, or zips, without a picture among them."""
    suffixes = [PurePosixPath(name).suffix.lower() for name, _ in files]
    known = {suffix for module in plugins("readers").values() for suffix in module.SPEC.suffixes}
    if known.difference(images.SUFFIXES).issuperset(suffixes) and not any(_begins_as_picture(c) for _, c in files):
        listed = ", ".join(safe_name(name) for name, _ in files[:5])
        listed += f" and {len(files) - 5:,} more" if len(files) > 5 else ""
        if archive.SPEC.suffixes[0] in suffixes:
            raise InputError(
                f"These are {len(files):,} tables or zips: {listed}.",
                "Bring one at a time, or put all pictures into one zip.",
            )
        raise InputError(
            f"These are {len(files):,} tables: {listed}.", "Bring one table at a time, or put them together."
        )


def _begins_as_picture(content: bytes | Path) -> bool:
    try:
        if isinstance(content, Path):
            with content.open("rb") as file:
                content = file.read(64)
    except (OSError, ValueError):
        return False
    return images.recognizes(content)


def _as_file(item: Any, place: int) -> tuple[str, bytes | Path]:
    if isinstance(item, Path):
        return item.name, item
    if isinstance(item, Picture):
        return f"picture-{place + 1}", item.source
    if hasattr(item, "read"):
        name = _name_of(item)
        return name, _content(item, name)
    if hasattr(item, "save") and hasattr(item, "mode"):
        return Path(str(getattr(item, "filename", "") or "")).name or f"picture-{place + 1}", encoded(item)
    raise InputError(
        f"Item {place + 1} is a {type(item).__name__}.",
        "Give texts only, or pictures only (PIL images, paths or open files).",
    )


def _together(files: Sequence[tuple[str, object]]) -> str:
    folders = {name.replace("\\", "/").split("/")[0] for name, _ in files if "/" in name.replace("\\", "/")}
    return folders.pop() if len(folders) == 1 else f"{len(files):,} pictures"


def _load_vectors(array: np.ndarray[Any, Any], name: str) -> Loaded:
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(
            f"An array of shape {array.shape} holds no vectors.", "Give an array (n, d), a row for each item."
        )
    check_rows(name, len(array))
    with np.errstate(over="ignore"):
        vectors = np.ascontiguousarray(array, dtype=np.float32)
    wrong = int((~np.isfinite(vectors).all(axis=1)).sum())
    if wrong:
        raise InputError(
            f"{wrong:,} of {len(vectors):,} vectors hold NaN or numbers too large.", "Remove or mend those rows first."
        )
    return Loaded(name, "vector", pd.DataFrame({"row": np.arange(len(vectors))}), vectors=vectors)


def _name_of(file: Any) -> str:
    name = getattr(file, "name", "")
    # an upload of a folder tells the way to each file, which pictures keep; a real file's folder is not wanted
    return (
        name if name and not os.path.isabs(str(name)) and hasattr(file, "getvalue") else Path(str(name)).name or "data"
    )


def _content(file: Any, name: str) -> bytes:
    try:
        raw = file.getvalue() if hasattr(file, "getvalue") else file.read()
    except (OSError, ValueError) as error:  # closed, or opened as text in an encoding that does not fit
        raise InputError(f"{name} cannot be read: {str(error)[:200]}.", 'Open it anew, as open(path, "rb").') from error
    return raw.encode("utf-8", "replace") if isinstance(raw, str) else bytes(raw)

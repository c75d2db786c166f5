"""Read data from anything: files, folders, zips, tables, lists. A format is one file here.

A reader's file has a SPEC and `read(raw, name, cut, progress) -> Loaded`; one whose data can be told by its first bytes
also has `recognizes(raw)`, because names lie. What takes long tells `progress` how far it is: pages, lines, columns.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..media import Media
from ..pictures import encoded
from ..plugins import find, plugins
from ..space import Dataset, Progress
from . import limits, parquet, txt
from .bundles import together
from .columns import missing
from .cuts import ALL, Cut
from .limits import check_rows, check_size
from .loaded import Loaded, Preview
from .media_files import File
from .tables import from_frame, table
from .vectors import as_vectors

__all__ = ["Loaded", "Preview", "load", "paste", "read", "read_bytes"]


def read(
    source: Any,
    *,
    text: str | None = None,
    rows: bool | Sequence[str] = False,
    passages: bool = False,
    keep: Sequence[str] | None = None,
    name: str | None = None,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
) -> Dataset:
    """A Dataset from anything that `load` takes.

    `text` names the column that holds the texts (default: the likeliest). With `rows` an item is a whole row:
    numbers and categories of the columns that are named, or (True) of all that hold such. With `passages` a plain
    text is split as a document is. Vectors that came with the items are `data.vectors`, for `encode(data, "ready")`.
    `keep` names the columns that become metadata (default: all); `limit`, `sample` and `seed` as for `load`. Raises
    InputError with a hint.
    """
    loaded = load(source, name, limit=limit, sample=sample, seed=seed)
    if passages and loaded.split is not None:
        loaded = loaded.split()
    if rows is False:
        return loaded.dataset(text, keep)
    return loaded.dataset(keep=keep, kind="row", rows=None if rows is True else list(rows))


def paste(text: str, name: str = "Pasted lines") -> Loaded:
    """Lines of text, each an item; blank ones are left out. Raises InputError when nothing is left."""
    return txt.read_lines(text, name, [])


def load(
    source: Any,
    name: str | None = None,
    progress: Progress | None = None,
    *,
    limit: int | None = None,
    sample: int | None = None,
    seed: int = 0,
) -> Loaded:
    """Everything that `source` holds, for a look before it becomes a Dataset.

    `source` is a path of a file or a folder, an open file, bytes (then with a `name` that has a suffix), a pandas
    table, an array (n, d) of ready vectors, or a list: of texts, of PIL images, of paths or open files. Only the
    first `limit` rows are read if that is given, or a fair sample of `sample` rows, the same for the same `seed`.
    Raises InputError with a hint, TooManyRows where only a part can be read.
    """
    cut = Cut(limit, sample, seed)
    if isinstance(source, (str, Path)):
        return _load_path(Path(source or "\0"), name, progress, cut)  # "" would be the folder that one is in
    if isinstance(source, (bytes, bytearray)):
        return read_bytes(bytes(source), name or "data", progress, cut)
    if hasattr(source, "read"):
        given = name or _name_of(source)
        if isinstance(size := getattr(source, "size", None), int):
            check_size(given, size)
        return read_bytes(_content(source, given), given, progress, cut)
    if isinstance(source, pd.DataFrame):
        return from_frame(source, name or "Table", cut)
    if isinstance(source, np.ndarray) and source.dtype.kind in "fiu":
        return _load_vectors(source, name or "Vectors", cut)
    items = source.tolist() if hasattr(source, "tolist") else source
    if isinstance(items, Sequence):
        return _load_list([items] if isinstance(items, str) else list(items), name, progress, cut)
    raise InputError(
        f"{type(source).__name__} is nothing that can be read.",
        "Give a path, an open file, a pandas table, an array (n, d), or a list of texts or pictures.",
    )


def read_bytes(raw: bytes, name: str, progress: Progress | None = None, cut: Cut = ALL) -> Loaded:
    """The content of one file, read as what it is; its suffix only decides where its bytes do not.

    Raises InputError, MissingPackage.
    """
    check_size(name, len(raw))
    suffix = PurePosixPath(name).suffix.lower()
    for id, module in plugins("readers").items():
        if hasattr(module, "recognizes") and module.recognizes(raw):
            loaded = find("readers", id).read(raw, name, cut, progress)
            if suffix not in module.SPEC.suffixes and suffix not in getattr(module, "ALSO", ()):
                loaded.notes.insert(
                    0, f"The name ends in {suffix or 'nothing'}; it was read as what it is: {module.SPEC.label}."
                )
            return _named(loaded, name)
    for id, module in plugins("readers").items():
        if suffix in module.SPEC.suffixes:
            return _named(find("readers", id).read(raw, name, cut, progress), name)
    known = " ".join(known for module in plugins("readers").values() for known in module.SPEC.suffixes)
    raise InputError(
        f"{name} is of a kind that is not read" + (f" ({suffix})." if suffix else ": its name has no ending."),
        f"What is read: {known}.",
    )


def _named(loaded: Loaded, name: str) -> Loaded:
    """The same under the file's own name, as a person knows it."""
    return replace(loaded, name=name)


def _load_path(path: Path, name: str | None, progress: Progress | None, cut: Cut) -> Loaded:
    try:
        if path.is_dir():
            return _load_folder(path, name or path.resolve().name, progress, cut)
        size = path.stat().st_size
        if size > limits.FILE_BYTES:
            part = parquet.read_large(path, name or path.name, cut, progress)
            if part is not None:
                return part
        check_size(path.name, size)
        raw = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"There is no file {str(path)[:200]!r} that can be read: {error.strerror or error}.",
            "Give the path of a file or a folder; texts go in as a list.",
        ) from error
    except ValueError as error:  # a NUL in the path
        raise InputError("This is no path.", "Give the path of a file or a folder; texts go in as a list.") from error
    return read_bytes(raw, name or path.name, progress, cut)


def _load_folder(folder: Path, name: str, progress: Progress | None, cut: Cut) -> Loaded:
    """What the files in a folder and those below it are together, in the order of their names. They stay where they
    are."""
    known = {suffix for module in plugins("readers").values() for suffix in module.SPEC.suffixes} - {".zip"}
    files: list[File] = []
    for at, inner, found in os.walk(folder):  # links to folders are not followed
        inner[:] = sorted(entry for entry in inner if not entry.startswith("."))
        for entry in sorted(found):
            path = Path(at, entry)
            if path.suffix.lower() in known and not entry.startswith(".") and path.is_file():
                files.append((path.relative_to(folder).as_posix(), path))
        check_rows(name, len(files))
    if not files:
        raise InputError(
            f"The folder {name} holds nothing that can be read: no pictures, sounds, documents or tables.",
            "Bring a folder of PNG, JPEG, WAV, MP3, PDF or the like.",
        )
    return _named(together(files, name, progress, cut), name)


def _load_list(given: list[Any], name: str | None, progress: Progress | None, cut: Cut) -> Loaded:
    if not given:
        raise InputError("The list is empty.", "Bring at least one text or picture.")
    if all(isinstance(item, str) or missing(item) for item in given):
        texts = [item if isinstance(item, str) else None for item in given]
        return table(name or "Texts", [("text", texts)], texts=True, cut=cut)
    if all(isinstance(item, dict) for item in given):
        return from_frame(pd.DataFrame(given), name or "Table", cut)
    files = [_as_file(item, place) for place, item in enumerate(given)]
    (only, content), *others = files
    if not others and isinstance(content, bytes) and hasattr(given[0], "read"):
        return read_bytes(content, name or only, progress, cut)
    return _named(together(files, _together(files), progress, cut), name or _together(files))


def _as_file(item: Any, place: int) -> File:
    if isinstance(item, Path):
        return item.name, item
    if isinstance(item, Media):
        return f"{item.word}-{place + 1}", item.source
    if hasattr(item, "read"):
        name = _name_of(item)
        return name, _content(item, name)
    if hasattr(item, "save") and hasattr(item, "mode"):
        return Path(str(getattr(item, "filename", "") or "")).name or f"picture-{place + 1}", encoded(item)
    raise InputError(
        f"Item {place + 1} is a {type(item).__name__}.",
        "Give texts only, or pictures only (PIL images, paths or open files).",
    )


def _together(files: Sequence[File]) -> str:
    folders = {name.replace("\\", "/").split("/")[0] for name, _ in files if "/" in name.replace("\\", "/")}
    return folders.pop() if len(folders) == 1 else f"{len(files):,} files"


def _load_vectors(array: np.ndarray[Any, Any], name: str, cut: Cut) -> Loaded:
    rows = cut.rows(name, len(array)) if array.ndim == 2 else None
    vectors = as_vectors(array if rows is None else array[rows], name)
    places = np.arange(len(vectors)) if rows is None else rows
    return Loaded(name, "vector", pd.DataFrame({"row": places}), vectors=vectors, notes=cut.notes(len(array)))


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

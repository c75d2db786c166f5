"""Files that are items: pictures or sounds, each checked before it is let in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import pandas as pd

from ..errors import CoreError, InputError
from ..media import Media
from ..space import Kind, Progress
from .cuts import ALL, Cut
from .limits import check_size
from .loaded import Loaded
from .zips import safe_name

_THREADS = 2
File = tuple[str, bytes | Path]
"""A name, which may have folders in it, and what is there."""


@dataclass(frozen=True)
class Sort:
    """A sort of such files: what `check` tells of each is told to the visitor by `columns` and `notes`."""

    kind: Kind
    of: type[Media]
    check: Callable[[bytes], Any]
    columns: Callable[[Sequence[Any]], Mapping[str, Sequence[Any]]]
    notes: Callable[[Sequence[Any]], list[str]]
    formats: str


def read_files(
    sort: Sort,
    files: Sequence[File],
    name: str,
    skipped: Iterable[tuple[str, str]] = (),
    progress: Progress | None = None,
    cut: Cut = ALL,
) -> Loaded:
    """All `files` of that sort as one Loaded.

    Its table has the column file, and folder where the names have one, before the sort's own. What cannot be opened
    is named in `skipped`. Raises InputError when that is everything, TooManyRows for too many.
    """
    rows = cut.rows(name, len(files))
    notes = cut.notes(len(files))
    files = files if rows is None else [files[row] for row in rows.tolist()]
    names, items, abouts, left = [], [], [], list(skipped)
    executor = ThreadPoolExecutor(_THREADS)
    try:
        results = executor.map(lambda file: _checked(sort, *file), files)
        for done, ((given, _), result) in enumerate(zip(files, results, strict=True), 1):
            if isinstance(result, CoreError):
                left.append((safe_name(given), result.message))
            else:
                names.append(safe_name(given))
                items.append(result[0])
                abouts.append(result[1])
            if progress is not None:
                progress(done, len(files))
    finally:
        executor.shutdown(cancel_futures=True)
    if not items:
        raise _none(sort, name, left)
    table = pd.DataFrame({**_names(names), **sort.columns(abouts)})
    return Loaded(name, sort.kind, table, items, notes=[*notes, *sort.notes(abouts)], skipped=left)


def _checked(sort: Sort, name: str, source: bytes | Path) -> tuple[Media, Any] | CoreError:
    try:
        if isinstance(source, Path):
            check_size(name, source.stat().st_size)
        raw = source if isinstance(source, bytes) else source.read_bytes()
        check_size(name, len(raw))
        return sort.of(hashlib.sha256(raw).hexdigest(), source), sort.check(raw)
    except CoreError as error:
        return error
    except OSError as error:
        return InputError(f"It cannot be read: {error.strerror or error}.")


def _names(names: Sequence[str]) -> dict[str, list[str]]:
    files = [PurePosixPath(name) for name in names]
    columns = {"file": [file.name for file in files]}
    folders = [file.parent.as_posix().removeprefix(".") for file in files]
    return columns | ({"folder": folders} if len(set(folders)) > 1 else {})


def _none(sort: Sort, name: str, left: Sequence[tuple[str, str]]) -> InputError:
    hint = f"Bring {sort.formats} {sort.of.word}s."
    if len(left) == 1:
        file, why = left[0]
        return InputError(f"{file} cannot be used. {why}", hint)
    named = " ".join(f"{file}: {why}" for file, why in left[:3])
    return InputError(
        f"{name} has no {sort.of.word} that can be opened; {len(left):,} files were tried. {named}".rstrip(), hint
    )

"""Pictures: each file is an item."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd

from ..errors import CoreError, InputError
from ..pictures import Checked, Picture, check, looks_like_picture
from ..plugins import Need, ReaderSpec
from ..space import Progress
from .limits import check_rows, check_size
from .loaded import Loaded
from .zips import safe_name

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
SPEC = ReaderSpec("images", "Pictures (PNG, JPEG, WebP, GIF, BMP, TIFF)", SUFFIXES, (Need("PIL", "pillow"),))
_THREADS = 2


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a picture does."""
    return looks_like_picture(raw)


def read(raw: bytes, name: str) -> Loaded:
    """The one picture in `raw`. Raises InputError when it cannot be opened."""
    return read_many([(name, raw)], name)


def read_many(
    files: Sequence[tuple[str, bytes | Path]],
    name: str,
    notes: Sequence[str] = (),
    skipped: Iterable[tuple[str, str]] = (),
    progress: Progress | None = None,
) -> Loaded:
    """Every picture among `files`, pairs of a name and what is there, as one Loaded of kind "image".

    Its table has the columns file, width and height (pixels), and folder where the names have one. What
    cannot be opened is named in `skipped`. Raises InputError when that is everything.
    """
    check_rows(name, len(files))
    rows, pictures, left = [], [], list(skipped)
    changed = {"animated": 0, "converted": 0}
    executor = ThreadPoolExecutor(_THREADS)
    try:
        for done, ((given, _), result) in enumerate(zip(files, executor.map(_check, files), strict=True), 1):
            file = safe_name(given)
            if isinstance(result, CoreError):
                left.append((file, result.message))
            else:
                picture, about = result
                pictures.append(picture)
                rows.append((file, about.width, about.height))
                for what in changed:
                    changed[what] += getattr(about, what)
            if progress is not None:
                progress(done, len(files))
    finally:
        executor.shutdown(cancel_futures=True)
    if not pictures:
        raise _none(name, left)
    return Loaded(name, "image", _table(rows), pictures, notes=[*notes, *_told(**changed)], skipped=left)


def _check(file: tuple[str, bytes | Path]) -> tuple[Picture, Checked] | CoreError:
    name, source = file
    try:
        if isinstance(source, Path):
            check_size(name, source.stat().st_size)
        raw = source if isinstance(source, bytes) else source.read_bytes()
        check_size(name, len(raw))
        return Picture(hashlib.sha256(raw).hexdigest(), source), check(raw)
    except CoreError as error:
        return error
    except OSError as error:
        return InputError(f"It cannot be read: {error.strerror or error}.")


def _table(rows: Sequence[tuple[str, int, int]]) -> pd.DataFrame:
    files = [Path(file) for file, _, _ in rows]
    columns: dict[str, list[str] | list[int]] = {"file": [file.name for file in files]}
    folders = [file.parent.as_posix().removeprefix(".") for file in files]
    if len(set(folders)) > 1:
        columns["folder"] = folders
    columns["width"] = [width for _, width, _ in rows]
    columns["height"] = [height for _, _, height in rows]
    return pd.DataFrame(columns)


def _told(animated: int, converted: int) -> list[str]:
    notes = []
    if animated:
        notes.append(f"Of {_pictures(animated)} that move, the first frame was taken.")
    if converted:
        notes.append(f"The colors of {_pictures(converted)} were converted to 8-bit RGB.")
    return notes


def _none(name: str, left: Sequence[tuple[str, str]]) -> InputError:
    if len(left) == 1:
        file, why = left[0]
        return InputError(f"{file} cannot be used. {why}", "Bring PNG, JPEG, WebP, GIF, BMP or TIFF pictures.")
    named = " ".join(f"{file}: {why}" for file, why in left[:3])
    return InputError(
        f"{name} has no picture that can be opened; {len(left):,} files were tried. {named}".rstrip(),
        "Bring PNG, JPEG, WebP, GIF, BMP or TIFF pictures.",
    )


def _pictures(count: int) -> str:
    return f"{count:,} picture" + ("" if count == 1 else "s")

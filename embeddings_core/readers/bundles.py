"""Several files together, from a folder, a zip or an upload: what they are is told from all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, partial
from pathlib import Path, PurePosixPath

from ..errors import CoreError, InputError
from ..plugins import plugins, require
from ..progress import phase
from ..space import Kind, Progress
from . import archive, documents, images, manifest, numpy_arrays, projector, sounds, word_vectors
from .cuts import ALL, Cut
from .limits import check_size
from .loaded import Loaded
from .media_files import File, Sort, read_files
from .tables import with_vectors
from .zips import safe_name

_BEGIN = 64  # bytes that tell a picture or a sound
_MEDIA = ((images, images.SORT), (sounds, sounds.SORT))
_SORTS: tuple[Kind | None, ...] = ("image", "sound", None)
_VECTORS = (*numpy_arrays.SPEC.suffixes, *word_vectors.SPEC.suffixes)
_TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".xlsx")
_ATLAS = "data/dataset.parquet"


def together(
    files: Sequence[File],
    name: str,
    progress: Progress | None = None,
    cut: Cut = ALL,
    skipped: Sequence[tuple[str, str]] = (),
) -> Loaded:
    """What `files` are together: pictures or sounds, perhaps with a table that tells about them; documents; vectors
    and their metadata; or the one table among them.

    What is not used is named in `skipped`. Raises InputError where nothing can be read, or it is not clear what.
    """
    content = partial(_content, files={})
    if projector.belong_together(files, content):
        return projector.read_set(files, name, content, cut, progress)
    if atlas := [file for file in files if file[0].replace("\\", "/").endswith(_ATLAS)]:
        return _one(atlas[0], name, content, progress, cut)
    sorts = [_sort_of(file) for file in files]
    shots, noises, rest = ([file for file, of in zip(files, sorts, strict=True) if of == sort] for sort in _SORTS)
    if shots or noises:
        return _media(shots, noises, rest, name, content, progress, cut, skipped)
    return _no_media(files, name, content, progress, cut, skipped)


def _media(
    shots: Sequence[File],
    noises: Sequence[File],
    rest: Sequence[File],
    name: str,
    content: Callable[[File], bytes],
    progress: Progress | None,
    cut: Cut,
    skipped: Sequence[tuple[str, str]],
) -> Loaded:
    sort = images.SORT if len(shots) >= len(noises) else sounds.SORT
    chosen, others = (shots, noises) if sort is images.SORT else (noises, shots)
    require(images.SPEC if sort is images.SORT else sounds.SPEC)
    left = [*skipped, *((safe_name(file), f"It is no {sort.of.word}, as most are.") for file, _ in others)]
    tables = [file for file in rest if _suffix(file) in _TABLES]
    left += [(safe_name(file[0]), _why_not(file, sort)) for file in rest if _suffix(file) not in _TABLES]
    # a table chooses among all files, so they are cut only once it is joined
    loaded = read_files(sort, chosen, name, left, phase(progress, 0, 0.9), ALL if tables else cut)
    joined = False
    for file in tables:
        found = None if joined else _joined(file, content, loaded, phase(progress, 0.9, 1))
        joined = joined or found is not None
        loaded = found or loaded
        if found is None:
            loaded.skipped.append((safe_name(file[0]), f"A table that names none of the {sort.of.word}s is not read."))
    return loaded.cut(cut) if tables else loaded


def _joined(file: File, content: Callable[[File], bytes], loaded: Loaded, progress: Progress) -> Loaded | None:
    from . import read_bytes

    try:
        return manifest.join(read_bytes(content(file), safe_name(file[0]), progress), loaded)
    except CoreError as error:
        loaded.notes.append(f"{safe_name(file[0])} was not read: {error.message}")
        return None


def _no_media(
    files: Sequence[File],
    name: str,
    content: Callable[[File], bytes],
    progress: Progress | None,
    cut: Cut,
    skipped: Sequence[tuple[str, str]],
) -> Loaded:
    known = [file for file in files if _suffix(file) in _known()]
    other = [(safe_name(file[0]), _why_not(file)) for file in files if _suffix(file) not in _known()]
    texts = [file for file in known if _suffix(file) in documents.SUFFIXES]
    tables = [file for file in known if _suffix(file) in _TABLES]
    vectors = [file for file in known if _suffix(file) in _VECTORS]
    if len(vectors) == 1 and len(tables) == 1:
        return _with_metadata(vectors[0], tables[0], name, content, progress, cut)
    if len(known) == 1:
        loaded = _one(known[0], name, content, progress, cut)
        loaded.skipped.extend([*skipped, *other])
        return loaded
    if texts and len(texts) == len(known):
        return documents.read_documents(texts, name, content, [*skipped, *other], progress, cut)
    raise _unclear(files, known, name)


def _one(file: File, name: str, content: Callable[[File], bytes], progress: Progress | None, cut: Cut) -> Loaded:
    from . import read_bytes

    raw = content(file)
    if archive.recognizes(raw) and name != file[0]:
        raise InputError(f"{safe_name(file[0])} in {name} is a zip itself.", "Unpack it first.")
    return read_bytes(raw, safe_name(file[0]), progress, cut)


def _with_metadata(
    file: File, about: File, name: str, content: Callable[[File], bytes], progress: Progress | None, cut: Cut
) -> Loaded:
    """An array of vectors, and a table with a row for each."""
    given = _one(file, name, content, phase(progress, 0, 0.5), ALL)
    loaded = _one(about, name, content, phase(progress, 0.5, 1), ALL)
    if given.vectors is None or len(given.vectors) != len(loaded.table):
        raise InputError(
            f"{safe_name(file[0])} has {len(given.table):,} vectors, {safe_name(about[0])} {len(loaded.table):,} rows.",
            "Bring a table with one row for each vector, in the same order.",
        )
    return with_vectors(loaded, safe_name(file[0]), given.vectors).cut(cut)


def _unclear(files: Sequence[File], known: Sequence[File], name: str) -> InputError:
    listed = ", ".join(safe_name(file) for file, _ in (known or files)[:5])
    listed += f" and {len(known) - 5:,} more" if len(known) > 5 else ""
    if not known:
        return InputError(
            f"{name} holds nothing that can be read" + (f", only {listed}." if listed else ": it is empty."),
            "Bring pictures, sounds, documents, or one table.",
        )
    if any(_suffix(file) == archive.SPEC.suffixes[0] for file in known):
        return InputError(
            f"These are {len(known):,} tables or zips: {listed}.",
            "Bring one at a time, or put all pictures into one zip.",
        )
    return InputError(f"These are {len(known):,} tables: {listed}.", "Bring one table at a time, or put them together.")


@cache
def _known() -> set[str]:
    return {suffix for module in plugins("readers").values() for suffix in module.SPEC.suffixes}


def _suffix(file: File) -> str:
    return PurePosixPath(file[0]).suffix.lower()


def _sort_of(file: File) -> Kind | None:
    """Whether a file is a picture or a sound, by its first bytes, or else by its name."""
    source = file[1]
    try:
        if isinstance(source, Path):
            with source.open("rb") as opened:
                source = opened.read(_BEGIN)
    except (OSError, ValueError):
        return None
    by_bytes = [sort.kind for module, sort in _MEDIA if module.recognizes(source)]
    by_name = [sort.kind for module, sort in _MEDIA if _suffix(file) in module.SPEC.suffixes]
    return next(iter(by_bytes + by_name), None)


def _why_not(file: File, sort: Sort | None = None) -> str:
    if _suffix(file) == archive.SPEC.suffixes[0]:
        return "A zip inside a zip is not opened."
    if sort is not None and _suffix(file) in _known():
        return f"A text among {sort.of.word}s is not read."
    return "It is of a kind that is not read."


def _content(file: File, files: dict[str, bytes]) -> bytes:
    """The bytes of a file, read once. Raises InputError."""
    name, source = file
    if name not in files:
        try:
            if isinstance(source, Path):
                check_size(name, source.stat().st_size)
                source = source.read_bytes()
        except OSError as error:
            raise InputError(f"{name} cannot be read: {error.strerror or error}.", "Bring it anew.") from error
        check_size(name, len(source))
        files[name] = source
    return files[name]

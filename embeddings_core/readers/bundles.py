"""Several files together, from a folder, a zip or an upload: what they are is told from all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
    asked = _Asked(name, progress, cut, tuple(skipped))
    if projector.belong_together(files, asked.content):
        return projector.read_set(files, name, asked.content, cut, progress)
    if atlas := [file for file in files if file[0].replace("\\", "/").endswith(_ATLAS)]:
        return _one(asked, atlas[0])
    by_sort: dict[Kind | None, list[File]] = {"image": [], "sound": [], None: []}
    for file in files:
        by_sort[_sort_of(file)].append(file)
    return _no_media(asked, files) if len(by_sort[None]) == len(files) else _media(asked, by_sort)


@dataclass(frozen=True)
class _Asked:
    """What is asked for beside the files: the name of the whole, who is told how far it is, which part is wanted, and
    what was left out before. `content` gives a file's bytes, read once."""

    name: str
    progress: Progress | None
    cut: Cut
    skipped: tuple[tuple[str, str], ...]
    content: Callable[[File], bytes] = field(default_factory=lambda: partial(_content, files={}))

    def phase(self, start: float, end: float, cut: Cut) -> _Asked:
        """The same of another part, as a phase of the work from one share of it to another."""
        return replace(self, progress=phase(self.progress, start, end), cut=cut)


def _media(asked: _Asked, by_sort: Mapping[Kind | None, Sequence[File]]) -> Loaded:
    """Pictures or sounds, whichever are more, joined to the table among the other files."""
    of_images = len(by_sort["image"]) >= len(by_sort["sound"])
    (module, sort), (_, other) = _MEDIA if of_images else _MEDIA[::-1]
    require(module.SPEC)
    left = [
        *asked.skipped,
        *((safe_name(file), f"It is no {sort.of.word}, as most are.") for file, _ in by_sort[other.kind]),
    ]
    rest = by_sort[None]
    tables = [file for file in rest if _suffix(file) in _TABLES]
    left += [(safe_name(file[0]), _why_not(file, sort)) for file in rest if _suffix(file) not in _TABLES]
    # a table chooses among all files, so they are cut only once it is joined
    first = asked.phase(0, 0.9, ALL if tables else asked.cut)
    loaded = read_files(sort, by_sort[sort.kind], asked.name, left, first.progress, first.cut)
    joined = False
    for file in tables:
        found = None if joined else _joined(asked.phase(0.9, 1, ALL), file, loaded)
        joined = joined or found is not None
        loaded = found or loaded
        if found is None:
            loaded.skipped.append((safe_name(file[0]), f"A table that names none of the {sort.of.word}s is not read."))
    return loaded.cut(asked.cut) if tables else loaded


def _joined(asked: _Asked, file: File, loaded: Loaded) -> Loaded | None:
    from . import read_bytes

    try:
        return manifest.join(read_bytes(asked.content(file), safe_name(file[0]), asked.progress), loaded)
    except CoreError as error:
        loaded.notes.append(f"{safe_name(file[0])} was not read: {error.message}")
        return None


def _no_media(asked: _Asked, files: Sequence[File]) -> Loaded:
    """Vectors with their metadata, one table, or documents."""
    known = [file for file in files if _suffix(file) in _known()]
    other = [(safe_name(file[0]), _why_not(file)) for file in files if _suffix(file) not in _known()]
    texts = [file for file in known if _suffix(file) in documents.SUFFIXES]
    tables = [file for file in known if _suffix(file) in _TABLES]
    vectors = [file for file in known if _suffix(file) in _VECTORS]
    if len(vectors) == 1 and len(tables) == 1:
        return _with_metadata(asked, vectors[0], tables[0])
    if len(known) == 1:
        loaded = _one(asked, known[0])
        loaded.skipped.extend([*asked.skipped, *other])
        return loaded
    if texts and len(texts) == len(known):
        skipped = [*asked.skipped, *other]
        return documents.read_documents(texts, asked.name, asked.content, skipped, asked.progress, asked.cut)
    raise _unclear(files, known, asked.name)


def _one(asked: _Asked, file: File) -> Loaded:
    from . import read_bytes

    raw = asked.content(file)
    if archive.recognizes(raw) and asked.name != file[0]:
        raise InputError(f"{safe_name(file[0])} in {asked.name} is a zip itself.", "Unpack it first.")
    return read_bytes(raw, safe_name(file[0]), asked.progress, asked.cut)


def _with_metadata(asked: _Asked, file: File, about: File) -> Loaded:
    """An array of vectors, and a table with a row for each."""
    given, loaded = _one(asked.phase(0, 0.5, ALL), file), _one(asked.phase(0.5, 1, ALL), about)
    if given.vectors is None or len(given.vectors) != len(loaded.table):
        raise InputError(
            f"{safe_name(file[0])} has {len(given.table):,} vectors, {safe_name(about[0])} {len(loaded.table):,} rows.",
            "Bring a table with one row for each vector, in the same order.",
        )
    return with_vectors(loaded, safe_name(file[0]), given.vectors).cut(asked.cut)


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

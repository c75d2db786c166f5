"""Several documents together: each becomes passages, in one table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import PurePosixPath

from ..errors import CoreError, InputError
from ..plugins import require
from ..progress import phase
from ..space import Progress
from . import html, markdown, pdf, txt
from .cuts import ALL, Cut
from .loaded import Loaded
from .media_files import File
from .passages import Document, passages_of
from .zips import safe_name

_READERS = (pdf, html, markdown, txt)
SUFFIXES = tuple(suffix for module in _READERS for suffix in module.SPEC.suffixes)


def read_documents(
    files: Sequence[File],
    name: str,
    content: Callable[[File], bytes],
    skipped: Sequence[tuple[str, str]] = (),
    progress: Progress | None = None,
    cut: Cut = ALL,
) -> Loaded:
    """The passages of all `files`; what cannot be read is named in `skipped`. Raises InputError when that is
    everything."""
    found: list[Document] = []
    left = list(skipped)
    for done, file in enumerate(files, 1):
        try:
            found.append(_document(file[0], content(file), phase(progress, (done - 1) / len(files), done / len(files))))
        except CoreError as error:
            left.append((safe_name(file[0]), error.message))
    if not any(document.blocks for document in found):
        named = " ".join(why for _, why in left[:3])
        raise InputError(f"{name} has no document that can be read. {named}".rstrip(), "Bring documents with text.")
    return passages_of(found, name, left, cut)


def _document(name: str, raw: bytes, progress: Progress) -> Document:
    suffix = PurePosixPath(name).suffix.lower()
    module = pdf if pdf.recognizes(raw) else next(module for module in _READERS if suffix in module.SPEC.suffixes)
    require(module.SPEC)
    found: Document = module.document(raw, safe_name(name), progress)
    return found

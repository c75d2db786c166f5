"""Pictures: each file is an item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..pictures import Checked, Picture, check, looks_like_picture
from ..plugins import Need, ReaderSpec
from ..space import Progress
from .cuts import ALL, Cut
from .loaded import Loaded
from .media_files import Sort, read_files

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".tif", ".tiff")
FORMATS = "PNG, JPEG, WebP, GIF, BMP or TIFF"
SPEC = ReaderSpec("images", "Pictures (PNG, JPEG, WebP, GIF, BMP, TIFF)", SUFFIXES, (Need("PIL", "pillow"),))


def recognizes(raw: bytes) -> bool:
    """Whether `raw` begins as a picture does."""
    return looks_like_picture(raw)


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The one picture in `raw`, with its width and height in pixels. Raises InputError when it cannot be opened."""
    return read_files(SORT, [(name, raw)], name, progress=progress, cut=cut)


def _columns(found: Sequence[Checked]) -> Mapping[str, list[int]]:
    return {"width": [about.width for about in found], "height": [about.height for about in found]}


def _notes(found: Sequence[Checked]) -> list[str]:
    notes = []
    if animated := sum(about.animated for about in found):
        notes.append(f"Of {_pictures(animated)} that move, the first frame was taken.")
    if converted := sum(about.converted for about in found):
        notes.append(f"The colors of {_pictures(converted)} were converted to 8-bit RGB.")
    return notes


def _pictures(count: int) -> str:
    return f"{count:,} picture" + ("" if count == 1 else "s")


SORT = Sort("image", Picture, check, _columns, _notes, FORMATS)

"""HTML: what a reader sees of a page, as passages under their headings. Nothing on it is run or fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from ..plugins import ReaderSpec
from ..progress import phase
from ..space import Progress
from .cuts import ALL, Cut
from .decoding import decode
from .loaded import Loaded
from .passages import Block, Document, Heading, close, passages_of, titles

SPEC = ReaderSpec("html", "HTML", (".html", ".htm"))
_UNSEEN = frozenset(
    ("script", "style", "template", "noscript", "svg", "math", "iframe", "object", "nav", "menu", "footer",
     "button", "select", "textarea", "dialog", "audio", "video", "canvas", "title")
)  # fmt: skip
_VOID = frozenset(
    ("br", "hr", "img", "input", "link", "meta", "area", "base", "col", "embed", "source", "track", "wbr")
)
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "bdo", "cite", "code", "data", "del", "dfn", "em", "font", "i", "ins", "kbd", "label",
     "mark", "q", "rp", "rt", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
     "var", "wbr", "img")
)  # fmt: skip
_CELLS = frozenset(("td", "th", "dt", "dd"))
_LEVEL = {f"h{level}": level for level in range(1, 7)}
_OFTEN = 500  # tags between two reports of how far it is
_CHARSET = re.compile(rb"<meta[^>]{0,200}charset=[\"']?([\w-]{1,40})", re.IGNORECASE)


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The passages of a page. Raises InputError for binary data, or where there is no text."""
    found = document(raw, name, phase(progress, 0, 0.8))
    return passages_of([found], name, cut=cut, progress=phase(progress, 0.8, 1))


def document(raw: bytes, name: str, progress: Progress | None = None) -> Document:
    """A page's paragraphs, without scripts, styles and navigation. Raises InputError for binary data."""
    text, notes = _decoded(raw, name)
    page = _Page(len(text), progress)
    page.feed(_closed(text))
    page.close()
    page.flush()
    page.leave(0)
    return Document(name, page.blocks, notes)


def _closed(text: str) -> str:
    """The text without tags and comments that never end: the parser would look for their end again and again."""
    for begin, end in (("<!--", "-->"), ("<![", "]>"), ("<", ">")):
        last = text.rfind(end) + 1
        text = text[:last] + text[last:].replace(begin, begin.replace("<", "&lt;"))
    return text


def _decoded(raw: bytes, name: str) -> tuple[str, list[str]]:
    """The text, in the encoding that the page names if it is not UTF-8."""
    declared = _CHARSET.search(raw[:4096])
    if declared and not raw.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            try:
                encoding = declared[1].decode()
                return decode(raw.decode(encoding).encode(), name)[0], [f"Read as {encoding}, as the page says."]
            except (LookupError, ValueError):
                pass
    return decode(raw, name)


class _Page(HTMLParser):
    """Collects paragraphs while the parser walks through a page."""

    def __init__(self, size: int = 0, progress: Progress | None = None) -> None:
        super().__init__(convert_charrefs=True)
        self._size, self._progress = size, progress  # in characters
        self._tags = self._read = 0
        self.blocks: list[Block] = []
        self.headings: list[Heading] = []
        self._held: list[str] = []
        self._unseen, self._depth = "", 0  # the outermost tag that hides what is in it, and how often it is open
        self._plain = 0  # how deep in <pre>
        self._title: int | None = None  # the level of the heading that is being read

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._tell(tag)
        if self._unseen:
            self._depth += tag == self._unseen
        elif tag in _UNSEEN:
            self.flush()
            self._unseen, self._depth = tag, 1
        elif tag == "br":
            self._held.append("\n")
        elif tag in _CELLS:
            self._held.append("\t")
        elif tag not in _INLINE:
            self.flush()
            self._plain += tag == "pre"
            if tag in _LEVEL:
                self._title = _LEVEL[tag]

    def handle_endtag(self, tag: str) -> None:
        if self._unseen:
            self._depth -= tag == self._unseen
            self._unseen = self._unseen if self._depth else ""
        elif tag not in _INLINE and tag not in _CELLS and tag not in _VOID:
            self.flush()
            self._plain = max(0, self._plain - (tag == "pre"))

    def handle_data(self, data: str) -> None:
        self._read += len(data)
        if not self._unseen:
            self._held.append(data if self._plain else re.sub(r"\s+", " ", data))

    def _tell(self, tag: str) -> None:
        """How far it is: not by feeding piece by piece, because a long script would be searched for its end again with
        every piece."""
        self._tags += 1
        self._read += len(self.get_starttag_text() or "") + len(tag) + 3  # its end
        if self._progress and self._tags % _OFTEN == 0:
            self._progress(min(self._read, self._size), self._size)

    def flush(self) -> None:
        """What was read since the last time is a paragraph, or the heading of those to come."""
        text = "\n".join(
            line.rstrip() if self._plain else re.sub(r"[ \xa0]+", " ", line.replace("\t", " ")).strip()
            for line in "".join(self._held).split("\n")
        ).strip("\n")
        self._held.clear()
        level, self._title = self._title, None
        if not text.strip():
            self._title = level if level is not None and not self.blocks else None
            return
        if level is None:
            self.blocks.append(Block(text, titles(self.headings)))
        else:
            self.leave(level)
            self.headings.append(Heading(level, " ".join(text.split()), len(self.blocks)))

    def leave(self, level: int) -> None:
        """Close the headings of that level and below."""
        close(self.headings, level, self.blocks)

"""What a model's card, the README.md in its folder, says of its license and languages.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..languages import NAMES

_HEAD = re.compile(r"\A---[ \t]*\r?\n(.*?)\r?\n---[ \t]*(\r?\n|\Z)", re.DOTALL)
_LOOK = 100_000  # characters of a card that are read
_MANY = {"multilingual": "many"}


@dataclass(frozen=True)
class Card:
    """The license and the languages (English names with commas between, or "many"); "" where they are not said."""

    license: str = ""
    languages: str = ""


def read_card(folder: Path) -> Card:
    """The card in a folder; an empty one where there is none, or nothing in it for programs to read."""
    try:
        with (folder / "README.md").open(encoding="utf-8", errors="replace") as file:
            head = _HEAD.match(file.read(_LOOK))
    except OSError:
        return Card()
    if head is None:
        return Card()
    codes = _values(head[1], "language")
    names = [_MANY.get(code, NAMES.get(code, code)) for code in codes]
    return Card(", ".join(_values(head[1], "license")), "many" if "many" in names else ", ".join(sorted(names)))


def _values(head: str, name: str) -> list[str]:
    """The value or values of a name at the left margin of the card's head: on its line, in brackets or as a list below
    it. More of YAML is not needed."""
    match = re.search(rf"^{name}:[ \t]*([^\r\n]*)((?:\r?\n[ \t]*-[ \t]+[^\r\n]*)*)", head, re.MULTILINE)
    if match is None:
        return []
    listed = re.findall(r"-[ \t]+([^\r\n]*)", match[2]) if match[2] else match[1].strip(" []").split(",")
    return [value.split(" #")[0].strip(" \t'\"") for value in listed if value.strip(" \t'\"")]

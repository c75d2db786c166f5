"""Where a visitor's own work on a dataset is kept: home/<what>/<dataset fingerprint>/<digest of the name>, one file
each; never evicted, deleted with the dataset."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Literal, get_args

from .errors import InputError
from .fingerprints import content_key

What = Literal["selections", "groups", "encodings"]
EVERYTHING: tuple[What, ...] = get_args(What)
SUFFIX: dict[What, str] = {"selections": ".json", "groups": ".npz", "encodings": ".npz"}
LONGEST = 60
"""Characters of a name."""


def folder_of(home: Path, what: What, dataset_fingerprint: str) -> Path:
    """Raises InputError for what is no fingerprint."""
    if not dataset_fingerprint.isalnum():
        raise InputError(f"{dataset_fingerprint[:20]!r} is no fingerprint of a dataset.")
    return home / what / dataset_fingerprint


def path_of(home: Path, what: What, dataset_fingerprint: str, name: str) -> Path:
    """The file of a name that was checked; raises InputError as `folder_of` does."""
    return folder_of(home, what, dataset_fingerprint) / f"{content_key(name).hex()}{SUFFIX[what]}"


def checked_name(name: str) -> str:
    """The name without blanks around it. Raises InputError for one that is empty, longer than 60 characters, or not of
    one line."""
    name = name.strip()
    if not 1 <= len(name) <= LONGEST:
        raise InputError(f"A name of {len(name)} characters.", f"Give a name of 1 to {LONGEST} characters.")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in name):
        raise InputError(f"The name {name!r} has line breaks or the like.", "Give a name of one line.")
    return name

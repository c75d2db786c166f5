"""Datasets, pictures and sounds on disk: the visitor's own, never evicted, only deleted by hand.

pictures/<2 digits>/<digest>  the encoded bytes of a picture; sounds/ likewise
datasets/<fingerprint>/       items.parquet, vectors.npy where the items came with vectors, and dataset.json, without
                              which the dataset does not exist
"""

from __future__ import annotations

import json
import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..errors import InputError
from ..media import Media
from ..own_files import EVERYTHING, folder_of
from ..pictures import Picture
from ..sounds import Sound
from ..space import Dataset, Item, Kind, Row
from .files import replacing

_ABOUT = ("name", "kind", "text", "license", "source", "description")
_HOUR = 3_600
MEDIA: dict[Kind, type[Media]] = {"image": Picture, "sound": Sound}
"""The kinds of items that are files, and what each file is."""


@dataclass(frozen=True)
class Shelved:
    """A dataset in the store, without its items."""

    fingerprint: str
    name: str
    kind: Kind
    rows: int
    created: float
    license: str = ""
    source: str = ""


class Shelf:
    """The datasets, pictures and sounds under `home`."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.media: dict[Kind, Path] = {kind: home / f"{of.word}s" for kind, of in MEDIA.items()}
        self.folder = home / "datasets"
        for folder in (*self.media.values(), self.folder):
            folder.mkdir(parents=True, exist_ok=True)

    def put_file(self, kind: Kind, item: Media) -> Media:
        """The same picture or sound, its bytes now in the store."""
        path = self._file(kind, item.digest)
        if path.exists():
            os.utime(path)  # new again: deleting another dataset now must not take it away
        else:
            with replacing(path) as temporary:
                temporary.write_bytes(item.read())
        return MEDIA[kind](item.digest, path)

    def put(self, dataset: Dataset) -> Dataset:
        """Keep a dataset, and return it with its pictures or sounds read from the store."""
        folder = self.folder / dataset.fingerprint
        if dataset.kind in MEDIA:
            files = [self.put_file(dataset.kind, item) for item in dataset.items if isinstance(item, Media)]
            dataset = replace(dataset, items=files)
        if not self._whole(dataset.fingerprint):
            about = {name: getattr(dataset, name) for name in _ABOUT}
            about |= {"rows": len(dataset), "columns": [str(c) for c in dataset.metadata], "created": time.time()}
            with replacing(folder / "items.parquet", durable=True) as temporary:
                _table(dataset).to_parquet(temporary, index=False)
            if dataset.vectors is not None:
                with replacing(folder / "vectors.npy", durable=True) as temporary, temporary.open("wb") as file:
                    np.save(file, np.asarray(dataset.vectors, dtype="<f4"), allow_pickle=False)
            with replacing(folder / "dataset.json", durable=True) as temporary:
                temporary.write_text(json.dumps(about), encoding="utf-8")
        return dataset

    def get(self, key: str) -> Dataset:
        """The dataset with that fingerprint. Raises InputError when it is gone or damaged."""
        folder = self.folder / key
        try:
            if not key.isalnum():
                raise OSError("not a fingerprint")
            about = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
            frame = pd.read_parquet(folder / "items.parquet")
            if frame.empty:  # parquet forgets how many rows a table without columns has
                frame = pd.DataFrame(index=range(about["rows"]))
            raw = frame.pop("item").tolist() if "item" in frame else []
            frame.columns = pd.Index(about["columns"], dtype=object)
            path = folder / "vectors.npy"
            vectors: Any = np.load(path, allow_pickle=False) if path.exists() else None
            items = [self._revive(about["kind"], item) for item in raw] if raw else list(vectors)
            return Dataset(items=items, metadata=frame, vectors=vectors, **{name: about[name] for name in _ABOUT})
        except (OSError, ValueError, KeyError, TypeError, InputError) as error:
            raise InputError(
                f"This dataset is not in the store (fingerprint {key[:12]}).", "Bring the data again."
            ) from error

    def _whole(self, key: str) -> bool:
        try:
            self.get(key)
        except InputError:
            return False
        return True

    def shelved(self) -> list[Shelved]:
        """What there is, newest first."""
        found = []
        for path in self.folder.glob("*/dataset.json"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                about = json.loads(path.read_text(encoding="utf-8"))
                names = ("name", "kind", "rows", "created", "license", "source")
                found.append(Shelved(path.parent.name, **{name: about[name] for name in names}))
        return sorted(found, key=lambda shelved: -shelved.created)

    def delete(self, key: str) -> None:
        """Remove a dataset, and the pictures and sounds that no other dataset has; none while another one is damaged,
        since nobody knows which are its own."""
        if not key.isalnum():
            return
        shutil.rmtree(self.folder / key, ignore_errors=True)
        for what in EVERYTHING:
            shutil.rmtree(folder_of(self.home, what, key), ignore_errors=True)
        needed = self._needed()
        if needed is None:
            return
        for path in (path for folder in self.media.values() for path in folder.glob("*/*")):
            # fresh ones may belong to a dataset that someone is bringing at this moment
            with suppress(OSError):
                if path.name not in needed and time.time() - path.stat().st_mtime > _HOUR:
                    path.unlink()

    def _needed(self) -> set[str] | None:
        """The digests of every picture and sound that a dataset has, None when one of them cannot tell."""
        digests: set[str] = set()
        for shelved in self.shelved():
            if shelved.kind in MEDIA:
                try:
                    frame = pd.read_parquet(self.folder / shelved.fingerprint / "items.parquet", columns=["item"])
                except Exception:  # a damaged file makes pyarrow raise almost anything
                    return None
                digests.update(map(str, frame["item"]))
        return digests

    def _file(self, kind: Kind, digest: str) -> Path:
        return self.media[kind] / digest[:2] / digest

    def _revive(self, kind: Kind, raw: Any) -> Item:
        if kind in MEDIA:
            return MEDIA[kind](raw, self._file(kind, raw))
        if kind == "row":
            return Row(tuple((str(name), value) for name, value in json.loads(raw)))
        return raw if kind == "text" else np.frombuffer(raw, dtype="<f4")


def _table(dataset: Dataset) -> pd.DataFrame:
    """One row an item: the item, then its metadata under names that cannot clash."""
    columns: dict[str, Any] = {}
    if dataset.kind != "vector":  # whose vectors have a file of their own
        columns["item"] = [_plain(item) for item in dataset.items]
    for position in range(dataset.metadata.shape[1]):
        column = dataset.metadata.iloc[:, position].reset_index(drop=True)
        columns[f"m{position}"] = column if _storable(column) else column.map(str, na_action="ignore")
    return pd.DataFrame(columns)


def _storable(column: pd.Series[Any]) -> bool:
    """Whether parquet gives the column back as it is; mixed types and nested values it keeps as text."""
    import pyarrow

    if _nested(column):
        return False
    try:
        back = pyarrow.Table.from_pandas(column.to_frame("c")).to_pandas()["c"]
    except (pyarrow.ArrowException, TypeError, ValueError, OverflowError):
        return False
    return bool(back.astype(str).equals(column.astype(str)))


def _nested(column: pd.Series[Any]) -> bool:
    """Lists and the like come back from parquet as arrays, which print differently."""
    return column.dtype == object and any(isinstance(value, (list, tuple, dict, set, np.ndarray)) for value in column)


def _plain(item: Item) -> str | bytes:
    if isinstance(item, str):
        return item
    if isinstance(item, Row):
        return json.dumps(item.cells)
    return item.digest if isinstance(item, Media) else np.asarray(item, dtype="<f4").tobytes()

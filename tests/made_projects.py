"""Project files for tests: of small data by an encoder that nobody has, and damaged in one place."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import HashingEncoder, make_texts
from PIL import Image

import embeddings_core as ec
from embeddings_core import selections
from embeddings_core.errors import InputError
from embeddings_core.groups import edits
from embeddings_core.pictures import Picture
from embeddings_core.store import Store

LOST = "nobody/lost-model"
"""The id of an encoder of a hub that no test can reach."""
TEXTS = [f"{animal} number {number}" for number in range(8) for animal in ("cat", "dog", "owl")]


class LostEncoder(HashingEncoder):
    """An encoder that is here only as long as one has this object."""

    spec = replace(HashingEncoder.spec, id=LOST)
    fingerprint = "lost-1"


def texts() -> ec.Dataset:
    """24 texts with a column of numbers and one of words."""
    return make_texts(TEXTS, number=list(range(24)), animal=[text.split()[0] for text in TEXTS])


def pictures() -> ec.Dataset:
    """5 small pictures."""
    import pandas as pd

    items = []
    for gray in range(5):
        buffer = io.BytesIO()
        Image.new("L", (8, 8), gray * 50).save(buffer, format="PNG")
        items.append(Picture.from_bytes(buffer.getvalue()))
    return ec.Dataset("grays", "image", items, pd.DataFrame({"file": [f"{i}.png" for i in range(5)]}))


def workspace(store: Store) -> tuple[ec.Space, ec.Projection, ec.Clustering]:
    """Texts by the lost encoder with a map, groups, edits and two selections, and pictures by their pixels."""
    space = ec.encode(store.put_dataset(texts()), LostEncoder(), store=store)
    plane = ec.project(space, "pca", store=store)
    groups = ec.cluster(space, "kmeans", clusters=3, store=store)
    edits.keep(store, space, "by hand", edits.rename(groups, 0, "the first"))
    selections.keep(store, space.dataset.fingerprint, "some", [0, 3, 5])
    selections.keep(store, space.dataset.fingerprint, "few", [23])
    seen = ec.encode(store.put_dataset(pictures()), "pixels", store=store)
    ec.project(seen, "pca", dims=3, store=store)
    return space, plane, groups


def members(raw: bytes) -> dict[str, bytes]:
    """What is in a zip, by name."""
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        return {name: file.read(name) for name in file.namelist()}


def sealed(parts: Mapping[str, bytes], /, version: object = 1, **manifest: object) -> bytes:
    """A project file of these parts with a manifest that fits to them, whatever they hold."""
    named = [{"path": path, "size": len(raw), "sha256": hashlib.sha256(raw).hexdigest()} for path, raw in parts.items()]
    said = {"format": "embedding-explorer-project", "version": version, "parts": named, **manifest}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for path, raw in {**parts, "manifest.json": json.dumps(said).encode()}.items():
            file.writestr(path, raw)
    return buffer.getvalue()


def changed(raw: bytes, like: str, change: Callable[[bytes], bytes]) -> bytes:
    """The same project file with the first part whose path has `like` in it changed, and sealed again."""
    parts = members(raw)
    del parts["manifest.json"]
    path = min(path for path in parts if like in path)
    return sealed({**parts, path: change(parts[path])})


def npz(**arrays: np.ndarray) -> bytes:
    """Arrays as NumPy's zip, with pickle where need be."""
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    return buffer.getvalue()


def files(home: Path) -> dict[str, bytes]:
    """Every file of a store but sqlite's own, with its bytes."""
    paths = (path for path in home.rglob("*") if path.is_file() and not path.name.startswith("vectors.sqlite"))
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in paths}


def zipped(*named: tuple[str | zipfile.ZipInfo, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A zip of these members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", how) as file:
        for name, raw in named:
            file.writestr(name, raw)
    return buffer.getvalue()


@cache
def good() -> bytes:
    """A project file with everything in it."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder, "home"))
        workspace(store)
        return ec.save_project(Path(folder, "p.zip"), store=store).read_bytes()


@cache
def mine() -> Store:
    """A store with the visitor's own data."""
    store = Store(Path(os.environ["EMBEDDINGS_HOME"], "mine"))
    data = store.put_dataset(ec.read(["mine", "own"]))
    selections.keep(store, data.fingerprint, "own", [0])
    return store


def refused(raw: bytes, why: str) -> None:
    """Open a file, and hold that it is refused for a reason, and that nothing has changed."""
    before = files(mine().home)
    with pytest.raises(InputError, match=why) as error:
        ec.open_project(raw, store=mine())
    assert error.value.hint
    assert files(mine().home) == before

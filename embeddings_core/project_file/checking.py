"""Whether the parts that lie in a folder are what they claim to be: read as a whole, every fingerprint made anew."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import numpy as np

from .. import selections
from ..clusterings import revived
from ..encodings import read_encoding
from ..errors import InputError
from ..groups import edits
from ..pictures import Picture
from ..plugins import ANYWHERE, check_seed
from ..points import METRICS
from ..progress import phase, watched
from ..projections import exactly
from ..sounds import Sound
from ..space import Clustering, Dataset, Kind, Progress, Projection, Row, Space
from ..store import Store, result_key
from ..store.shelf import MEDIA, Shelf
from ..stories import own_stories
from .arrays import check_table, checked_array, checked_arrays
from .parts import parts_in, refused

_LONG = 10_000
"""Characters of the longest text about data, an encoder or a group."""
_MEDIA = {f"{of.word}s" for of in MEDIA.values()}
_ITEMS: Mapping[Kind, type] = {"text": str, "row": Row, "vector": np.ndarray, **MEDIA}


def check_parts(store: Store, progress: Progress) -> None:
    """Raises InputError, which names the first part in the folder of `store` that is damaged, or belongs to nothing."""
    paths, shelf = parts_in(store.home), Shelf(store.home)
    media, spaces, rows = set[str](), dict[str, Space](), dict[str, int]()
    keys = [path.split("/")[1] for path in paths if path.endswith("/dataset.json")]
    for place, key in enumerate(keys):
        tell = phase(progress, 0.8 * place / len(keys), 0.8 * (place + 1) / len(keys))
        with named(f"datasets/{key}"):
            data = read_dataset(shelf, key)
            _check_media(shelf, data, media, tell)
        rows[key] = len(data)
        for other in (store.home / "encodings" / key).glob("*.npz"):
            with named(f"encodings/{key}/{other.name}"):
                space = read_space(data, other)
            spaces[space.fingerprint] = space
    told = {story.key for story in own_stories(store)}
    for path in watched(paths, len(paths), phase(progress, 0.8, 1)):
        folder, key = path.split("/")[:2]
        with named(path):
            if folder == "results":
                check_result(store.home / path, spaces)
            elif folder == "stories":
                if Path(path).stem not in told:
                    raise ValueError("no story")
            elif (path not in media) if folder in _MEDIA else (key not in rows):
                raise ValueError("it belongs to nothing in this file")
    for key, n in rows.items():
        with named(f"what was kept of {key}"):
            _check_own(store, key, n)


@contextmanager
def named(path: str) -> Iterator[None]:
    """Whatever is raised inside becomes the error that this part is damaged."""
    try:
        yield
    except Exception as error:  # what strangers' files make NumPy, Arrow and Python raise can be almost anything
        why = error.message if isinstance(error, InputError) else str(error)
        raise refused(f"{path!r} is damaged ({why[:200].rstrip('.') or type(error).__name__})") from error


def read_dataset(shelf: Shelf, key: str) -> Dataset:
    """The dataset with that fingerprint. Raises almost anything where it is damaged, or has another one."""
    folder = shelf.folder / key
    about = json.loads((folder / "dataset.json").read_text(encoding="utf-8"))
    texts = [about[name] for name in ("name", "license", "source", "description")] + about["columns"]
    if not all(isinstance(text, str) and len(text) <= _LONG for text in texts) or about["kind"] not in get_args(Kind):
        raise ValueError("what it says about the data")
    if type(about["rows"]) is not int or not math.isfinite(about["created"]):
        raise ValueError("what it says about the data")
    if about["text"] is not None and about["text"] not in about["columns"]:
        raise ValueError("its column of texts")
    check_table(folder / "items.parquet", about["rows"])
    vectors = checked_array(folder / "vectors.npy") if (folder / "vectors.npy").exists() else np.zeros(0, "f4")
    if vectors.dtype != np.float32 or not np.isfinite(vectors).all():
        raise ValueError("vectors that are no finite numbers")
    data = shelf.get(key)
    if not all(isinstance(item, _ITEMS[data.kind]) for item in data.items):
        raise ValueError("items of another kind")
    if data.kind == "row" and not all(_is_cell(value) for row in data.items for _, value in row.cells):  # type: ignore[union-attr]
        raise ValueError("cells of another kind")
    if data.fingerprint != key:
        raise ValueError("its content has another fingerprint")
    return data


def read_space(data: Dataset, path: Path) -> Space:
    """The space of an encoding that came with its vectors. Raises almost anything where it is damaged."""
    arrays, _ = checked_arrays(path)
    one = read_encoding(path)
    if one is None or not one.brought or max(len(one.encoder), len(one.fingerprint)) > _LONG:
        raise ValueError("what it says about the encoder")
    if list(arrays) != ["vectors"] or arrays["vectors"].dtype != np.float32 or not one.encoder.isprintable():
        raise ValueError("no vectors of an encoder")
    return Space(data, one.encoder, one.fingerprint, arrays["vectors"])


def check_result(path: Path, spaces: Mapping[str, Space]) -> None:
    """Raises almost anything for what is no map, and no groups, of one of the `spaces`, by their fingerprints, and not
    what a view has selected either."""
    arrays, note = checked_arrays(path)
    made_from = note["made_from"]
    if result_key(*made_from) != path.stem:
        raise ValueError("it was made from something else")
    if made_from[0] == "selection":
        _check_selected(made_from[1], arrays, note["n"])
        return
    if made_from[1] not in spaces:
        raise ValueError("it belongs to nothing in this file")
    space = spaces[made_from[1]]
    if not all(np.isfinite(array).all() for name, array in arrays.items() if name != "silhouettes"):
        raise ValueError("numbers that are not finite")
    if made_from[0] in ("projection", "extended"):
        _check_map(space, made_from, arrays, note)
    elif made_from[0] == "clustering":
        _, _, method, _, _, settings, _ = made_from
        _check_groups(revived(path.stem, method, settings, (arrays, note)), len(space))
    else:
        raise ValueError("neither a map nor groups")


def _check_selected(key: str, arrays: Mapping[str, Any], n: int) -> None:
    bits = arrays["bits"]
    if type(n) is not int or bits.dtype != np.uint8 or bits.shape != ((n + 7) // 8,):
        raise ValueError("not a selection")
    history = selections.History(n)
    history.set(selections.unpack(bits.tobytes(), n), "")
    if history.fingerprint != key:
        raise ValueError("another selection")


def _check_map(space: Space, made_from: list[Any], arrays: dict[str, Any], note: Mapping[str, Any]) -> None:
    _, _, method, _, dims, seed, settings = made_from
    if not isinstance(settings, dict) or dims not in (2, 3):
        raise ValueError("no settings")
    check_seed(seed)
    coords = arrays.pop("coords")
    plane = Projection("", method, dims, seed, settings, coords, note["note"], arrays)
    if made_from[0] == "extended":
        made = arrays["fitted"]
        if made.shape != (len(space),) or made.dtype != np.bool_ or not made.any():
            raise ValueError("the items it was made from")
        if not re.fullmatch("[0-9a-f]{64}", note["base"]):
            raise ValueError("the map it comes from")
    elif "fitted" in arrays:
        raise ValueError("a map of some of the items")
    if coords.shape != (len(space), dims) or coords.dtype != np.float32 or not isinstance(plane.note, str):
        raise ValueError("no map of these items")
    exactly(plane, space.vectors[:1])


def _check_groups(groups: Clustering, n: int) -> None:
    k, labels, floats = len(groups.names), groups.labels, (groups.silhouette, *groups.silhouettes)
    texts = (*groups.names, groups.method, groups.note, groups.approximate, groups.measure)
    if not all(isinstance(text, str) and len(text) <= _LONG for text in texts) or len(set(groups.names)) < k:
        raise ValueError("no names of groups")
    if labels.shape != (n,) or labels.dtype.kind != "i" or set(np.unique(labels)) - {-1} != set(range(k)):
        raise ValueError("no labels of these items")
    if groups.sizes != tuple(np.bincount(labels[labels >= 0], minlength=k).tolist()):
        raise ValueError("other sizes")
    examples, sure = groups.examples, groups.confidence
    if examples.ndim != 2 or len(examples) != k or examples.dtype.kind != "i":
        raise ValueError("no examples of these groups")
    if k and not (examples.min(initial=-1) >= -1 and examples.max(initial=-1) < n):
        raise ValueError("examples that are no items")
    if len(groups.silhouettes) != k or not all(isinstance(value, float) for value in floats):
        raise ValueError("no silhouettes of these groups")
    if sure is not None and (sure.shape != (n,) or sure.dtype.kind != "f"):
        raise ValueError("no confidence of these items")
    if groups.on not in ANYWHERE or groups.metric not in METRICS or type(groups.sampled) is not int:
        raise ValueError("what it says about the groups")


def _check_media(shelf: Shelf, data: Dataset, known: set[str], progress: Progress) -> None:
    """Whether all pictures or sounds of a dataset can be opened; their paths come to those that are `known`."""
    for item in watched(data.items, len(data), progress, every=16):
        if isinstance(item, Picture | Sound) and isinstance(item.source, Path):
            path = item.source.relative_to(shelf.home).as_posix()
            if path not in known:
                item.checked()
                known.add(path)


def _check_own(store: Store, key: str, n: int) -> None:
    """Whether all that was kept under a name can be read, and is of `n` items."""
    texts, arrays = (list((store.home / what / key).glob("*")) for what in ("selections", "groups"))
    if any(checked_arrays(path)[0]["labels"].shape != (n,) for path in arrays):
        raise ValueError("groups of other items")
    kept, groups = selections.kept(store, key), edits.kept(store, key)
    if len(texts) != len(kept) or len(arrays) != len(groups) or max(len(kept), len(groups)) > selections.MOST:
        raise ValueError("one of them cannot be read")
    if any(one.items.max(initial=-1) >= n for one in kept):
        raise ValueError("a selection of items that there are not")


def _is_cell(value: Any) -> bool:
    return value is None or type(value) in (float, int, str)

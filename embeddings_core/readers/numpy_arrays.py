"""NumPy files: .npy is an array of vectors, .npz also what belongs to them, such as this app's own export."""

from __future__ import annotations

import io
import json
import math
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import CoreError, InputError
from ..plugins import ReaderSpec
from ..progress import watched
from ..space import Progress
from .columns import unique_names
from .cuts import ALL, Cut
from .limits import UNPACKED_BYTES, megabytes
from .loaded import Loaded
from .tables import table
from .vectors import NAMES, Candidates, as_vectors
from .zips import check_members

SPEC = ReaderSpec("numpy_arrays", "NumPy (NPY, NPZ)", (".npy", ".npz"))
_BEGINS = b"\x93NUMPY"
_AXES = ("x", "y", "z")
_HINT = "Save it with numpy.save or numpy.savez: an array (n, d) of numbers, without Python objects."
Array = npt.NDArray[Any]


def recognizes(raw: bytes) -> bool:
    """Whether `raw` is an array of NumPy, or a zip with nothing else in it."""
    if raw.startswith(_BEGINS):
        return True
    if not raw.startswith(b"PK"):
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as file:
            names = file.namelist()
            return bool(names) and all(name.endswith(".npy") for name in names) and _begins(file, names[0])
    except Exception:  # whatever a damaged zip makes zipfile raise
        return False


def _begins(file: zipfile.ZipFile, name: str) -> bool:
    with file.open(name) as member:
        return member.read(len(_BEGINS)) == _BEGINS


def read(raw: bytes, name: str, cut: Cut = ALL, progress: Progress | None = None) -> Loaded:
    """The vectors (n, d) in `raw`; of several arrays the one with two dimensions and the likeliest name. Arrays (n,)
    beside it become columns, as do coordinates (n, 2 or 3).

    Raises InputError for what is no array, holds Python objects, NaN, or says that it is larger than it is.
    """
    try:
        arrays = _members(raw, name) if raw.startswith(b"PK") else {"": _array(raw, name)}
    except CoreError:
        raise
    except Exception as error:  # a damaged file makes NumPy raise almost anything
        raise InputError(f"{name} cannot be read as NumPy: {str(error)[:200].rstrip('.')}.", _HINT) from error
    return _loaded(arrays, name, cut, progress)


def _members(raw: bytes, name: str) -> dict[str, Array]:
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        check_members(file.infolist(), name)
        members = [member for member in file.infolist() if member.filename.endswith(".npy")]
        return {member.filename.removesuffix(".npy"): _array(file.read(member), name) for member in members}


def _array(raw: bytes, name: str) -> Array:
    """The array in `raw`, once its header is known to be true. Raises InputError."""
    stream = io.BytesIO(raw)
    version = np.lib.format.read_magic(stream)
    read_header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, _, dtype = read_header(stream)
    if dtype.hasobject:
        raise InputError(f"{name} holds Python objects, which could run code; they are never read.", _HINT)
    size = math.prod(shape) * dtype.itemsize
    there = len(raw) - stream.tell()
    if size > UNPACKED_BYTES or size > there:
        raise InputError(
            f"{name} says that it holds an array of shape {shape}, which takes {megabytes(size)}; there are "
            f"{megabytes(there)}, and at most {megabytes(UNPACKED_BYTES)} are read.",
            "It may be cut off or damaged: save it again.",
        )
    array: Array = np.load(io.BytesIO(raw), allow_pickle=False)
    return array


def _loaded(arrays: Mapping[str, Array], name: str, cut: Cut, progress: Progress | None) -> Loaded:
    key = _vectors_key(arrays, name)
    array = arrays[key]
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"{name}: an array of shape {array.shape} holds no vectors.", _HINT)
    rows, total = cut.rows(name, len(array)), len(array)
    beside = {other: found for other, found in arrays.items() if other != key and found.shape[:1] == (total,)}
    names = _column_names(arrays)
    columns, left = _columns(beside, names)
    left += [other for other in arrays if other != key and other not in beside and other not in names["__own__"]]
    notes = cut.notes(total) + (
        [f"Left out: the arrays {', '.join(left[:10])}, which have other shapes."] if left else []
    )
    candidates = Candidates()
    candidates.found[key or name] = as_vectors(array if rows is None else array[rows], name)
    chosen = ((each, values if rows is None else [values[row] for row in rows]) for each, values in columns)
    return table(name, watched(chosen, len(columns), progress), notes, found=candidates)


def _vectors_key(arrays: Mapping[str, Array], name: str) -> str:
    """The name of the array of vectors. Raises InputError where there is none."""
    if "" in arrays:
        return ""
    flat = [key for key, array in arrays.items() if array.ndim == 2 and array.dtype.kind in "fiu" and key != "coords"]
    if not flat:
        shapes = ", ".join(f"{key} {array.shape}" for key, array in list(arrays.items())[:10])
        raise InputError(f"{name} holds no array (n, d) of numbers: {shapes or 'it is empty'}.", _HINT)
    return min(flat, key=lambda key: NAMES.index(key.lower()) if key.lower() in NAMES else len(NAMES))


def _column_names(arrays: Mapping[str, Array]) -> dict[str, Any]:
    """What this app's own export says the columns were called, by the names of their arrays."""
    about = arrays.get("about")
    if about is None or about.shape or about.dtype.kind != "U":
        return {"__own__": ()}
    try:
        columns = json.loads(str(about))["columns"]
        return {**{str(key): str(value) for key, value in columns.items()}, "labels": "cluster", "__own__": ("about",)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {"__own__": ()}


def _columns(beside: Mapping[str, Array], names: Mapping[str, Any]) -> tuple[list[tuple[str, list[Any]]], list[str]]:
    """Columns made of the arrays beside the vectors, and the names of those that make none."""
    made: list[tuple[str, list[Any]]] = []
    left = []
    for key, array in beside.items():
        if array.ndim == 1 and array.dtype.kind in "biufUM":
            made.append((str(names.get(key, key)), array.tolist() if array.dtype.kind != "M" else list(array)))
        elif key == "coords" and array.ndim == 2 and array.shape[1] <= len(_AXES):
            made += [(axis, column.tolist()) for axis, column in zip(_AXES, array.T, strict=False)]
        else:
            left.append(key)
    return list(zip(unique_names([each for each, _ in made]), (values for _, values in made), strict=True)), left

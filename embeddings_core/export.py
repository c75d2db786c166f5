"""Everything that was computed, as one file: CSV, Parquet or NPZ, one row an item."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from .errors import InputError, ParameterError
from .sheets import Column, Sheet, as_csv, as_npz, as_parquet
from .space import Clustering, Dataset, Floats, Ints, Projection, Space

AXES = ("x", "y", "z")
_WRITERS: dict[str, Callable[[Sheet], bytes]] = {"csv": as_csv, "parquet": as_parquet, "npz": as_npz}
_SURROGATES = re.compile("[\ud800-\udfff]")


def export(
    data: Dataset | Space,
    format: str,
    *,
    projection: Projection | None = None,
    clustering: Clustering | None = None,
    rows: Sequence[int] | None = None,
    include_vectors: bool = True,
) -> bytes:
    """`data` as the bytes of a "csv", "parquet" or "npz" file, one row an item.

    The columns are `item` (its number, from 0), the metadata with the text (a column `text` or `name` where the
    metadata has none), x, y (and z) of `projection`, `cluster` (-1 is noise) and `cluster_name` of `clustering`,
    and the vector: v0, v1, ... in CSV, a list of float32 called `vector` in Parquet. A metadata column with
    one of these names gets `meta_` in front. `rows` are the item numbers to export, in that order; None is all.

    CSV is UTF-8 with a byte order mark, so that spreadsheets read accents right. A text that begins with
    = + - @, a tab or a line break and is no number gets an apostrophe in front, so that no spreadsheet runs it
    as a formula. Parquet and NPZ hold every text as it is; half characters of damaged files become U+FFFD.

    NPZ holds `item`, `vectors` (n, d), `coords` (n, dims), `labels`, `cluster_name`, each metadata column as
    `meta_...`, and `about`, a JSON text with the encoder, the fingerprints and all settings; load it with
    `numpy.load(file, allow_pickle=False)`. Parquet has the same `about` in its schema's metadata.

    Raises ParameterError for an unknown format or item, InputError when a result belongs to other data.
    """
    if format not in _WRITERS:
        raise ParameterError(f"There is no format {format!r}.", f"Choose one of: {', '.join(_WRITERS)}.")
    dataset = data.dataset if isinstance(data, Space) else data
    for name, result in (("projection", projection), ("clustering", clustering)):
        _check_size(name, result, len(dataset))
    chosen = _rows(rows, len(dataset))
    vectors = _vectors(data)[chosen] if include_vectors and _has_vectors(data) else None
    coords = projection.coords[chosen] if projection else None
    labels = clustering.labels[chosen] if clustering else None
    after: dict[str, Column] = {}
    if coords is not None:
        after |= {AXES[i]: column for i, column in enumerate(coords.T)}
    if clustering is not None and labels is not None:
        after |= {"cluster": labels, "cluster_name": _group_names(clustering, labels)}
    own = ["item", *after, *_vector_names(vectors, format)]
    given = _given(dataset, chosen)
    names = _free_names([name for name, _ in given], own)
    columns = {"item": chosen, **dict(zip(names, (column for _, column in given), strict=True)), **after}
    sources = dict(zip(names, (name for name, _ in given), strict=True))
    about = _about(data, projection, clustering)
    return _WRITERS[format](Sheet(chosen, columns, sources, vectors, coords, labels, about))


def file_name(dataset: Dataset, format: str) -> str:
    """A name for the download that every file system takes: letters, digits, - and _ before the suffix."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", re.split(r"[/\\]", dataset.name)[-1])
    safe = re.sub(r"\W+", "-", stem).strip("-_")[:50] or "data"
    # the ending keeps it apart from the visitor's own file, and from names that Windows reserves
    return f"{safe}-embeddings.{format}"


def _rows(rows: Sequence[int] | None, n: int) -> Ints:
    if rows is None:
        return np.arange(n)
    chosen = np.asarray(rows, dtype=np.int64).reshape(-1)
    if not len(chosen):
        raise ParameterError("No items are chosen to export.", "Select some on the map, or export all.")
    wrong = chosen[(chosen < 0) | (chosen >= n)]
    if len(wrong):
        raise ParameterError(f"There is no item {wrong[0]}.", f"Items are numbered 0 to {n - 1}.")
    return chosen


def _check_size(name: str, result: Projection | Clustering | None, items: int) -> None:
    if result is None:
        return
    n = len(result.coords if isinstance(result, Projection) else result.labels)
    if n != items:
        raise InputError(f"The {name} has {n} items, the data {items}.", f"Make the {name} from this data.")


def _has_vectors(data: Dataset | Space) -> bool:
    return isinstance(data, Space) or data.kind == "vector"


def _vectors(data: Dataset | Space) -> Floats:
    return data.vectors if isinstance(data, Space) else np.stack(data.items).astype(np.float32)  # type: ignore[arg-type]


def _vector_names(vectors: Floats | None, format: str) -> list[str]:
    if vectors is None or format == "npz":
        return []
    return ["vector"] if format == "parquet" else [f"v{i}" for i in range(vectors.shape[1])]


def _group_names(clustering: Clustering, labels: Ints) -> list[str | None]:
    return [clustering.names[label] if label >= 0 else "noise" for label in labels.tolist()]


def _given(dataset: Dataset, rows: Ints) -> list[tuple[str, Column]]:
    """The columns that the data brought, after one that names the items where none of them does."""
    frame = dataset.metadata
    named = {str(column) for column in frame} & ({dataset.text} if dataset.kind == "text" else {"name", "file"})
    first: list[tuple[str, Column]] = []
    if not named:
        captions: list[str | None] = [clean(dataset.captions[row]) for row in rows]
        first = [("text" if dataset.kind == "text" else "name", captions)]
    chosen = frame.iloc[rows]
    return first + [(str(name), _values(chosen.iloc[:, i])) for i, name in enumerate(frame.columns)]


def _free_names(names: Iterable[str], taken: Iterable[str]) -> list[str]:
    """`names`, each different from the others and from those `taken`, in any case."""
    seen = {name.casefold() for name in taken}
    free = []
    for name in map(clean, names):
        while name.casefold() in seen:
            name = f"meta_{name}"
        seen.add(name.casefold())
        free.append(name)
    return free


def _values(series: pd.Series[Any]) -> Column:
    """A column as an array where it is all numbers, truths or times, otherwise as texts."""
    dtype = series.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return series.to_numpy().astype(np.float32 if dtype == np.float16 else dtype)
    if isinstance(dtype, np.dtype) and dtype.kind == "M":
        return series.to_numpy().astype("datetime64[us]")
    if dtype.kind in "iuf" and not series.hasnans:
        return np.array(series.tolist())
    if dtype.kind in "iuf":  # a nullable number: what is missing is NaN
        return series.to_numpy(dtype="float64", na_value=np.nan)
    return [None if missing(value) else clean(str(value)) for value in series]


def missing(value: Any) -> bool:
    """Whether a metadata value is none: None, NaN, NaT or NA."""
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def clean(text: str) -> str:
    """`text` as UTF-8 can hold it: half a character (a lone surrogate) becomes U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def _about(data: Dataset | Space, projection: Projection | None, clustering: Clustering | None) -> dict[str, Any]:
    dataset = data.dataset if isinstance(data, Space) else data
    about: dict[str, Any] = {
        "dataset": {
            "name": dataset.name, "kind": dataset.kind, "items": len(dataset), "license": dataset.license,
            "source": dataset.source, "fingerprint": dataset.fingerprint,
        },
    }  # fmt: skip
    if isinstance(data, Space):
        about["encoder"] = {"id": data.encoder, "fingerprint": data.encoder_fingerprint}
        about["fingerprint"] = data.fingerprint
    if projection is not None:
        about["projection"] = {
            "method": projection.method, "dims": projection.dims, "seed": projection.seed,
            "params": dict(projection.params), "note": projection.note,
        }  # fmt: skip
    if clustering is not None:
        about["clustering"] = {"method": clustering.method, "params": dict(clustering.params)}
    return about

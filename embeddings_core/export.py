"""Everything that was computed, as one file: CSV, Parquet, JSON Lines or NPZ, one row an item."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .errors import InputError, ParameterError
from .sheets import Column, Sheet, as_csv, as_npz, as_parquet
from .space import Clustering, Dataset, Floats, Ints, Projection, Space

if TYPE_CHECKING:
    import pyarrow as pa

AXES = ("x", "y", "z")
_SURROGATES = re.compile("[\ud800-\udfff]")
_BREAKS = str.maketrans({letter: json.dumps(letter)[1:-1] for letter in "\x85\u2028\u2029"})
_BLOCK = 8192  # rows that are written at once as JSON


def export(
    data: Dataset | Space,
    format: str,
    *,
    projection: Projection | None = None,
    clustering: Clustering | None = None,
    rows: Sequence[int] | Ints | None = None,
    include_vectors: bool = True,
    tags: Sequence[str] | None = None,
    extra: Mapping[str, Column] | None = None,
) -> bytes:
    """`data` as the bytes of a "csv", "parquet", "jsonl" or "npz" file, one row an item.

    The columns are `item` (its number, from 0), the metadata with the text (a column `text` or `name` where the
    metadata has none), `tags` and the `extra` columns if given, x, y (and z) of `projection`, `cluster` (-1 is noise)
    and `cluster_name` of `clustering`, with `cluster_probability` or `cluster_similarity` where their names were given,
    and the vector: v0, v1, ... in CSV, a list of float32 called `vector` in the others. A metadata column with one of
    these names gets `meta_` in front. `rows` (k,) are the item numbers to export, in that order; None is all. `tags`
    (n,) has one text for each item of `data`; a column of `extra` (k,) has one value for each row.

    CSV is UTF-8 with a byte order mark, so that spreadsheets read accents right. A text that begins with
    = + - @, a tab or a line break and is no number gets an apostrophe in front, so that no spreadsheet runs it
    as a formula. Parquet and NPZ hold every text as it is; half characters of damaged files become U+FFFD.

    JSON Lines is UTF-8 with one object a line; what is missing, NaN and infinite is null, a time is ISO 8601.

    NPZ holds `item`, `vectors` (n, d), `coords` (n, dims), `labels`, `cluster_name` (and how sure it is), each metadata
    column and the tags as `meta_...`, and `about`, a JSON text with the encoder, the fingerprints and all settings;
    load it with `numpy.load(file, allow_pickle=False)`. Parquet has the same `about` in its schema's metadata.

    Raises ParameterError for an unknown format or item, InputError when a result or tags belong to other data.
    """
    if format not in _WRITERS:
        raise ParameterError(f"There is no format {format!r}.", f"Choose one of: {', '.join(_WRITERS)}.")
    dataset = data.dataset if isinstance(data, Space) else data
    _check_size("projection", projection.coords if projection else None, len(dataset))
    _check_size("clustering", clustering.labels if clustering else None, len(dataset))
    _check_size("list of tags", tags, len(dataset))
    chosen = _rows(rows, len(dataset))
    vectors = _vectors(data)[chosen] if include_vectors and _has_vectors(data) else None
    coords = projection.coords[chosen] if projection else None
    labels = clustering.labels[chosen] if clustering else None
    after: dict[str, Column] = {}
    if coords is not None:
        after |= {AXES[i]: column for i, column in enumerate(coords.T)}
    if clustering is not None and labels is not None:
        after |= {"cluster": labels, "cluster_name": _group_names(clustering, labels)}
    if clustering is not None and clustering.confidence is not None:
        after |= {f"cluster_{clustering.measure}": clustering.confidence[chosen]}
    tagged: dict[str, Column] = {} if tags is None else {"tags": [clean(tags[row]) for row in chosen]}
    tagged |= extra or {}
    for name, column in tagged.items():
        _check_size(f"column {name!r}", column, len(chosen))
    own = ["item", *tagged, *after, *_vector_names(vectors, format)]
    given = _given(dataset, chosen)
    names = _free_names([name for name, _ in given], own)
    columns = {"item": chosen, **dict(zip(names, (column for _, column in given), strict=True)), **tagged, **after}
    sources = dict(zip(names, (name for name, _ in given), strict=True)) | {name: name for name in tagged}
    about = _about(data, projection, clustering)
    return _WRITERS[format](Sheet(chosen, columns, sources, vectors, coords, labels, about))


def file_name(dataset: Dataset, format: str, of: str = "embeddings") -> str:
    """A name for the download that every file system takes: letters, digits, - and _ before the suffix. `of` says what
    of the dataset is in it."""
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", re.split(r"[/\\]", dataset.name)[-1])
    safe = re.sub(r"\W+", "-", stem).strip("-_")[:50] or "data"
    # the ending keeps it apart from the visitor's own file, and from names that Windows reserves
    return f"{safe}-{of}.{format}"


def _rows(rows: Sequence[int] | Ints | None, n: int) -> Ints:
    if rows is None:
        return np.arange(n)
    chosen = np.asarray(rows, dtype=np.int64).reshape(-1)
    if not len(chosen):
        raise ParameterError("No items are chosen to export.", "Select some on the map, or export all.")
    wrong = chosen[(chosen < 0) | (chosen >= n)]
    if len(wrong):
        raise ParameterError(f"There is no item {wrong[0]}.", f"Items are numbered 0 to {n - 1}.")
    return chosen


def _check_size(name: str, given: Sequence[Any] | npt.NDArray[Any] | None, items: int) -> None:
    if given is not None and len(given) != items:
        raise InputError(f"The {name} has {len(given)} items, the data {items}.", f"Make the {name} from this data.")


def _has_vectors(data: Dataset | Space) -> bool:
    return isinstance(data, Space) or data.kind == "vector"


def _vectors(data: Dataset | Space) -> Floats:
    return data.vectors if isinstance(data, Space) else np.stack(data.items).astype(np.float32)  # type: ignore[arg-type]


def _vector_names(vectors: Floats | None, format: str) -> list[str]:
    if vectors is None or format == "npz":
        return []
    return ["vector"] if format in ("parquet", "jsonl") else [f"v{i}" for i in range(vectors.shape[1])]


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


def as_jsonl(sheet: Sheet) -> bytes:
    """One JSON object a line, the vectors as `vector`; numbers have as few digits as read back the same."""
    buffer = io.BytesIO()
    for at in range(0, len(sheet.rows), _BLOCK):
        block = slice(at, at + _BLOCK)
        values = {name: _json_values(column[block]) for name, column in sheet.columns.items()}
        if sheet.vectors is not None:
            values["vector"] = _json_lists(sheet.vectors[block])
        buffer.write(_json_lines(values))
    return buffer.getvalue()


def _json_lines(values: Mapping[str, pa.Array]) -> bytes:
    """Lines of JSON from columns that are JSON already."""
    parts: list[Any] = []
    for name, column in values.items():
        parts += [f"{',' if parts else '{'}{_json_text(name)}:", column]
    return "".join(_joined(*parts, "}\n").to_pylist()).encode()


def _joined(*parts: str | pa.Array) -> pa.Array:
    """The parts of each row as one text; in Python it would take many times longer."""
    import pyarrow as pa
    from pyarrow import compute

    texts = [pa.scalar(part, pa.large_string()) if isinstance(part, str) else part for part in (*parts, "")]
    return compute.binary_join_element_wise(*texts)


def _json_values(column: Column) -> pa.Array:
    """A column as JSON, cell by cell."""
    import pyarrow as pa
    from pyarrow import compute

    if isinstance(column, list):
        return pa.array(["null" if cell is None else _json_text(cell) for cell in column], pa.large_string())
    if column.dtype.kind == "M":
        times = np.datetime_as_string(column)
        return pa.array(["null" if time == "NaT" else f'"{time}"' for time in times], pa.large_string())
    known = np.isfinite(column) if column.dtype.kind == "f" else None
    texts = pa.array(np.ascontiguousarray(column), mask=None if known is None else ~known)
    return compute.fill_null(compute.cast(texts, pa.large_string()), "null")


def _json_lists(vectors: Floats) -> pa.Array:
    """Each row of (k, d) as a JSON list."""
    import pyarrow as pa
    from pyarrow import compute

    k, d = vectors.shape
    texts = compute.cast(pa.array(np.ascontiguousarray(vectors).ravel()), pa.large_string())
    lists = pa.LargeListArray.from_arrays(np.arange(k + 1, dtype=np.int64) * d, texts)
    return _joined("[", compute.binary_join(lists, pa.scalar(",", pa.large_string())), "]")


def _json_text(text: str) -> str:
    # some readers would end the line at these
    return json.dumps(text, ensure_ascii=False).translate(_BREAKS)


_WRITERS: dict[str, Callable[[Sheet], bytes]] = {
    "csv": as_csv, "parquet": as_parquet, "jsonl": as_jsonl, "npz": as_npz,
}  # fmt: skip


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

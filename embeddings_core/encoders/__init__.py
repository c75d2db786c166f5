"""Encoders turn items into vectors. One file a family; `encode` is the one way to run them.

A family's file exports SPEC (an EncoderSpec whose id is the family's default model) and
`make(model: str) -> Encoder`, where `model` is "" for the default, or whatever stood behind the colon
in "family:model". Where the SPEC has params, `make(model, **settings)` gets all of them, checked. Making
an encoder is cheap: the model is loaded by the first call of `encode`.

Besides the protocol an encoder may have

    fit(data: Dataset) -> Encoder    one that learns from the data first (words and their weights, the scale of a
                                     column): its items are encoded by what `fit` returns, all at once
    given(data, store, progress) -> Floats    the vectors come with the data, or are made of what other encoders gave
    remaining(data, store) -> int    how many items wait to be encoded, where `remaining` cannot tell by the store
    queries: Encoder                 what encodes a query, where that differs from an item (another prompt)
    temperature: float               what cosine similarities are multiplied by before a softmax makes them
                                     probabilities; only where the model was trained so

and the file `usual(kind) -> str`, the id to begin with, where that differs from one kind of data to the next.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

import numpy as np

from ..errors import InputError, ParameterError
from ..plugins import EncoderSpec, find, plugins
from ..space import Dataset, Floats, Ints, Item, Kind, Progress, Space, item_key
from ..store import Store, get_store, result_key
from ._rounds import FIRST, SOON, fair_order, rounds

__all__ = [
    "Encoder", "encode", "encode_items", "encoders_for", "for_queries", "get_encoder", "remaining",
    "split_id", "split_settings", "with_settings",
]  # fmt: skip


class Encoder(Protocol):
    """The protocol at the heart: what turns items into vectors."""

    @property
    def spec(self) -> EncoderSpec: ...

    @property
    def fingerprint(self) -> str:
        """Covers weights, preprocessing, pooling, prompt and dtype; known without loading the model."""
        ...

    @property
    def batch(self) -> int:
        """How many items a call of `encode` should get, so that progress and cancel stay lively."""
        ...

    def encode(self, items: Sequence[Item]) -> Floats:
        """(n, d) float32, one row an item; the same item gives the same row in any company, up to
        float rounding."""
        ...


@lru_cache(maxsize=8)
def get_encoder(id: str) -> Encoder:
    """The encoder with that id: a family's ("minilm"), "family:model", a hub id or a folder.

    Cheap: no model is loaded. Raises ParameterError for an unknown id, MissingPackage, ModelUnavailable.
    """
    base, given = split_settings(id)
    family, model = split_id(base)
    plugin = find("encoders", family, model)
    encoder: Encoder = plugin.make(model, **plugin.SPEC.settings(given))
    return encoder


def split_settings(id: str) -> tuple[str, dict[str, str]]:
    """An encoder id as what stands before its settings, and these by name: "a?b=1" is ("a", {"b": "1"})."""
    base, _, settings = id.partition("?")
    return base, dict(parse_qsl(settings, keep_blank_values=True))


def with_settings(base: str, settings: Mapping[str, Any], spec: EncoderSpec) -> str:
    """The id of the encoder `base` with `settings`; those that are as in `spec` are left out."""
    default = spec.settings({})
    other = {name: value for name, value in sorted(spec.settings(settings).items()) if value != default[name]}
    return f"{base}?{urlencode(other)}" if other else base


def usual(id: str, kind: Kind) -> str:
    """`id`, or, where it names a family that begins differently with each kind of data, the id to begin with."""
    begin = getattr(plugins("encoders").get(id), "usual", None)
    return str(begin(kind)) if begin else id


def models_of(id: str) -> list[str]:
    """What an encoder's id names without settings: the encoder, and all those that are parts of it."""
    base, given = split_settings(id)
    plugin = plugins("encoders").get(base.partition(":")[0])
    names = [param.name for param in plugin.SPEC.params if param.kind == "encoder"] if plugin else []
    return [base, *(model for name in names if name in given for model in models_of(given[name]))]


def split_id(id: str) -> tuple[str, str]:
    """An encoder id without settings as (family, model)."""
    known = plugins("encoders")
    family, _, model = id.partition(":")
    if family in known:
        return family, model
    if id.startswith(("hf-hub:", "local-dir:")):
        return "clip", id
    if _exists(Path(id)):
        return _family_of(Path(id)), id
    if "/" in id and len(id) < 200:
        return "minilm", id
    raise ParameterError(
        f"There is no encoder {id!r}.",
        f"Use one of {', '.join(known)}, a sentence-transformers hub id such as "
        "'sentence-transformers/all-mpnet-base-v2', or a folder with a model.",
    )


def _family_of(folder: Path) -> str:
    """Which family a model's folder belongs to, by the settings that lie in it."""
    from ._source import settings_file

    if (folder / "open_clip_config.json").is_file():
        return "clip"
    if "architecture" in settings_file(folder, "config.json"):
        return "timm"
    return "audio" if "sampling_rate" in settings_file(folder, "preprocessor_config.json") else "minilm"


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long a name, or a NUL in it
        return False


def encode(
    data: Dataset,
    encoder: str | Encoder = "minilm",
    *,
    store: Store | None = None,
    progress: Progress | None = None,
    arrived: Callable[[Space, Ints], None] | None = None,
) -> Space:
    """The Space of `data` under `encoder` (an id, or an Encoder).

    Vectors that the store knows are not computed again; new ones are kept batch by batch, so that a
    stopped or killed run goes on where it was. `progress(done, total)` counts items; it may raise
    Cancelled. Of more than about a thousand items a fair sample is encoded first. `arrived` gets the Space of what is
    there, and which items of `data` these are, (m,): at first what was known, and then each time that a good deal has
    come; each part begins with the one before. Raises InputError when the encoder does not read this kind of item.
    """
    store = store or get_store()
    model = get_encoder(encoder) if isinstance(encoder, str) else encoder
    name = encoder if isinstance(encoder, str) else model.spec.id
    if data.kind not in model.spec.reads and not hasattr(model, "given"):
        raise InputError(
            f"{model.spec.label} reads {' and '.join(model.spec.reads)} items; this data is {data.kind}.",
            "Choose another encoder.",
        )

    def part(rows: Ints, vectors: Floats) -> None:
        assert arrived is not None
        arrived(Space(data.take(rows), name, model.fingerprint, vectors), rows)

    key = _space_key(data, model)
    known = store.get_result(key)
    if known is not None and len(known[0].get("vectors", ())) == len(data):
        vectors = known[0]["vectors"]
    else:
        if hasattr(model, "given"):
            vectors = model.given(data, store, progress)
        elif hasattr(model, "fit"):
            vectors = np.asarray(model.fit(data).encode(data.items), dtype=np.float32)
        else:
            vectors = encode_items(
                model, data.items, store=store, keys=data.keys, progress=progress, arrived=part if arrived else None
            )
        store.put_result(key, {"vectors": vectors}, {})
    if progress:
        progress(len(data), len(data))
    return Space(data, name, model.fingerprint, vectors)


def encode_items(
    encoder: Encoder,
    items: Sequence[Item],
    *,
    store: Store | None = None,
    keys: Sequence[bytes] | None = None,
    progress: Progress | None = None,
    arrived: Callable[[Ints, Floats], None] | None = None,
) -> Floats:
    """(n, d) float32 for `items`, through the store: only what it does not know is encoded, once each, in fair rounds;
    within a round texts are sorted by length so that a batch holds little padding. `arrived` gets which items are
    there, (m,), and their vectors, (m, d): what is known, if that is something to look at, and after each round but
    the last; of the few of the first round only when they took long."""
    if not len(items):
        return encoder.encode([])
    store = store or get_store()
    keys = keys if keys is not None else [item_key(item) for item in items]
    known = store.get_vectors(encoder.fingerprint, keys)
    order = fair_order(len(items)).tolist()
    there = [row for row in order if keys[row] in known]
    waiting = rounds([row for row in order if keys[row] not in known], len(there))
    start = time.monotonic()

    def tell() -> None:
        if arrived:
            arrived(np.array(there, dtype=np.int64), _stack(known, [keys[row] for row in there]))

    if len(waiting) > 1 and len(there) >= FIRST:
        tell()
    for number, rows in enumerate(waiting):
        done = 0
        todo = list({keys[row]: row for row in rows if keys[row] not in known}.values())
        for batch in _batches(todo, items, encoder.batch):
            if progress:
                progress(len(there) + len(rows) * done // len(todo), len(items))
            done += len(batch)
            vectors = np.asarray(encoder.encode([items[row] for row in batch]), dtype=np.float32)
            batch_keys = [keys[row] for row in batch]
            store.put_vectors(encoder.fingerprint, batch_keys, vectors)
            known.update(zip(batch_keys, vectors, strict=True))
        there += rows
        if number + 1 < len(waiting) and (len(there) >= FIRST or time.monotonic() - start > SOON):
            tell()
    return _stack(known, keys)


def _batches(positions: list[int], items: Sequence[Item], size: int) -> list[list[int]]:
    """Batches of items of like length, long and short ones mixed, so that the time left is told fairly."""
    ordered = sorted(positions, key=lambda position: (_length(items[position]), position))
    batches = [ordered[start : start + size] for start in range(0, len(ordered), size)]
    random.Random(0).shuffle(batches)
    return batches


def _stack(known: Mapping[bytes, Floats], keys: Sequence[bytes]) -> Floats:
    return np.stack([known[key] for key in keys]).astype(np.float32, copy=False)


def remaining(data: Dataset, encoder: str | Encoder = "minilm", *, store: Store | None = None) -> int:
    """How many distinct items of `data` encode() would have to encode; 0 when the store knows all of them."""
    store = store or get_store()
    model = get_encoder(encoder) if isinstance(encoder, str) else encoder
    if store.has_result(_space_key(data, model)):
        return 0
    if hasattr(model, "remaining"):
        return int(model.remaining(data, store))
    return len(set(data.keys)) - store.count_vectors(model.fingerprint, data.keys)


def for_queries(space: Space) -> Encoder:
    """The encoder that turns what is asked of `space` into a vector of it."""
    model = get_encoder(space.encoder)
    if hasattr(model, "fit"):
        model = model.fit(space.dataset)
    queries: Encoder = getattr(model, "queries", model)
    return queries


def encoders_for(kind: Kind, *, ready: bool = False) -> tuple[EncoderSpec, ...]:
    """The encoders that read this kind of item; the one for ready vectors too where these came with the items."""
    found = tuple(module.SPEC for module in plugins("encoders").values())
    return tuple(spec for spec in found if kind in spec.reads or (ready and "vector" in spec.reads))


def _space_key(data: Dataset, model: Encoder) -> str:
    return result_key("space", data.fingerprint, model.fingerprint)


def _length(item: Item) -> int:
    return len(item) if isinstance(item, str) else 0

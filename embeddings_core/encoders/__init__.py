"""Encoders turn items into vectors. One file a family; `encode` is the one way to run them.

A family's file exports SPEC (an EncoderSpec whose id is the family's default model) and
`make(model: str) -> Encoder`, where `model` is "" for the default, or whatever stood behind the colon
in "family:model". Where the SPEC has params, `make(model, **settings)` gets all of them, checked. Making
an encoder is cheap: the model is loaded by the first call of `encode`.

Besides the protocol an encoder may have

    fit(data, progress=None) -> Encoder    one that learns from the data first (words and their weights, the scale of a
                                     column): its items are encoded by what `fit` returns, all at once
    source(data, store) -> Source    where its vectors come from, if neither item by item nor from learning: with the
                                     data, or from other encoders (see _sources.py)
    learns: bool                     whether an item's vector depends on the other items, where having `fit` does not
                                     tell
    queries: Encoder                 what encodes a query, where that differs from an item (another prompt)
    temperature: float               what cosine similarities are multiplied by before a softmax makes them
                                     probabilities; only where the model was trained so

and the file `usual(kind) -> str`, the id to begin with, where that differs from one kind of data to the next.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode

from ..encodings import brought_space, is_brought, note_encoding
from ..errors import CoreError, InputError, MissingPackage, ModelUnavailable, ParameterError
from ..plugins import EncoderSpec, find, plugins
from ..space import Dataset, Floats, Ints, Item, Kind, Progress, Space, item_key
from ..store import Store, get_store, result_key
from ._sources import ItemByItem, gathered, left, source_of, space_key

__all__ = [
    "Encoder", "described", "encode", "encode_items", "encoders_for", "for_items", "for_queries", "get_encoder",
    "learns", "remaining", "seconds_taken", "split_id", "split_settings", "with_settings",
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
    come; each part begins with the one before. Vectors that came in a project file are used as they are, without the
    model. Raises InputError when the encoder does not read this kind of item, and for what is no Dataset.
    """
    if not isinstance(data, Dataset):
        raise InputError(f"This is a {type(data).__name__}, not a Dataset.", "Read it first: ec.encode(ec.read(...)).")
    store = store or get_store()
    if isinstance(encoder, str) and (space := brought_space(store, data, encoder)) is not None:
        return space
    model = _found(encoder)
    name = encoder if isinstance(encoder, str) else model.spec.id

    def part(rows: Ints, vectors: Floats) -> None:
        assert arrived is not None
        arrived(Space(data.take(rows), name, model.fingerprint, vectors), rows)

    source, key, began = source_of(model, data, store), space_key(data, model), time.perf_counter()
    all_new = source.left() == len(set(data.keys))
    vectors = gathered(source, len(data), progress, part if arrived else None)
    if all_new:
        store.put_result(_time_key(key), {}, {"seconds": time.perf_counter() - began})
    if not store.has_result(key):
        store.put_result(key, {"vectors": vectors}, {})
    note_encoding(store, data, name, model.fingerprint)
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
    """(n, d) float32 for `items`, through the store: only what it does not know is encoded, once each, in fair rounds.
    `arrived` as for `gathered`."""
    if not len(items):
        return encoder.encode([])
    keys = keys if keys is not None else [item_key(item) for item in items]
    return gathered(ItemByItem(encoder, items, keys, store or get_store()), len(items), progress, arrived)


def remaining(data: Dataset, encoder: str | Encoder = "minilm", *, store: Store | None = None) -> int:
    """How many distinct items of `data` encode() would have to encode; 0 when the store knows all of them."""
    store = store or get_store()
    if isinstance(encoder, str) and is_brought(store, data, encoder):
        return 0
    return left(_found(encoder), data, store)


def seconds_taken(data: Dataset, encoder: str | Encoder = "minilm", *, store: Store | None = None) -> float:
    """How long encoding took here, with loading the model; NaN where not all of `data` was encoded at once."""
    store = store or get_store()
    if isinstance(encoder, str) and is_brought(store, data, encoder):
        return float("nan")
    known = store.get_result(_time_key(space_key(data, _found(encoder))))
    return float("nan") if known is None else float(known[1]["seconds"])


def _time_key(key: str) -> str:
    return result_key("seconds", key)


def learns(encoder: str | Encoder) -> bool:
    """Whether an encoder learns from the data, so that with other items beside it an item has another vector."""
    model = _found(encoder)
    return bool(getattr(model, "learns", hasattr(model, "fit")))


def _found(encoder: str | Encoder) -> Encoder:
    return get_encoder(encoder) if isinstance(encoder, str) else encoder


def for_items(space: Space) -> Encoder:
    """The encoder that turns items into vectors of `space`. Raises ModelUnavailable where it is not here, or only in
    another version, and what `get_encoder` raises."""
    model = _same(space)
    return model.fit(space.dataset) if hasattr(model, "fit") else model


def for_queries(space: Space) -> Encoder:
    """The encoder that turns what is asked of `space` into a vector of it."""
    model = for_items(space)
    queries: Encoder = getattr(model, "queries", model)
    return queries


def described(space: Space) -> EncoderSpec:
    """What there is to know of the encoder of `space`; that it reads nothing where it is not here."""
    try:
        return _same(space).spec
    except CoreError as error:
        return EncoderSpec(space.encoder, space.encoder, error.message, (), None, "see its page", "")


def _same(space: Space) -> Encoder:
    """The encoder that made the vectors of `space`. Raises ModelUnavailable where it is here only in another version,
    and what `get_encoder` raises."""
    model = get_encoder(space.encoder)
    if model.fingerprint != space.encoder_fingerprint:
        raise ModelUnavailable(
            f"{model.spec.label} is here in another version than the one that made these vectors.",
            "They can be compared with each other, but with nothing that is encoded here.",
        )
    return model


def dimension_names(space: Space) -> tuple[str, ...]:
    """What each of the d numbers of a vector of `space` stands for: d names by encoders that know (columns of rows,
    colors of pictures), none by all others, whose single numbers mean nothing by themselves, nor by one that is not
    here."""
    try:
        names: tuple[str, ...] = getattr(for_items(space), "dimension_names", ())
    except (MissingPackage, ModelUnavailable, ParameterError):
        return ()
    return names if len(names) == space.vectors.shape[1] else ()


def encoders_for(kind: Kind, *, ready: bool = False) -> tuple[EncoderSpec, ...]:
    """The encoders that read this kind of item; the one for ready vectors too where these came with the items."""
    found = tuple(module.SPEC for module in plugins("encoders").values())
    return tuple(spec for spec in found if kind in spec.reads or (ready and "vector" in spec.reads))

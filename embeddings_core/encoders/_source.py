"""Where a model's files are, a folder or a hub's repository, and whether they may be loaded.

No SPEC here, so this file is no plug-in.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from .. import hub
from ..errors import ModelUnavailable
from ..plugins import EncoderSpec
from ._card import Card, read_card
from ._loading import folder_digests

T = TypeVar("T")


class Source:
    """The files of one model, named by a folder or by a hub id "organization/name"."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.hub = not Path(model).is_dir()
        self._card: Card | None = None
        self._lock = threading.RLock()
        self._opened: Any = None

    @cached_property
    def commit(self) -> str:
        """The one revision of a hub's model that fingerprint and weights are of. Raises ModelUnavailable."""
        return hub.revision(self.model)

    def folder(self) -> Path:
        """Where the files are; a hub's are fetched first. Raises ModelUnavailable."""
        return hub.download(self.model, self.commit) if self.hub else Path(self.model).resolve()

    def here(self) -> Path | None:
        """Where the files are, None when a hub would have to be asked for them."""
        return hub.cached(self.model) if self.hub else Path(self.model).resolve()

    def described(self, spec: EncoderSpec) -> EncoderSpec:
        """`spec` with the license and the languages that the model's card names, once the card is here."""
        if self._card is None and (folder := self.here()) is not None:
            self._card = read_card(folder)
        card = self._card or Card()
        return replace(spec, license=card.license or "see its page", languages=card.languages)

    def opened(self, label: str, check: Callable[[Path], None], load: Callable[[Path], T]) -> T:
        """What `load` makes of the files, which `check` has found good: loaded by the first call. `label` names the
        model in what is said of an error. Raises ModelUnavailable."""
        with self._lock:
            if self._opened is None:
                folder = self.folder()
                check(folder)
                with hub.local_only(), hub.explained(label, "Check the files in its folder."):
                    self._opened = load(folder)
            opened: T = self._opened
            return opened

    def checked(self, check: Callable[[Path], None]) -> tuple[Any, ...]:
        """The `identity`, once `check` has found the files of a folder good; a hub's are checked when they are here.

        Raises ModelUnavailable within about 3 seconds when the model is neither here nor to be had."""
        if not self.hub:
            check(self.folder())
        return self.identity

    @cached_property
    def identity(self) -> tuple[Any, ...]:
        """What a fingerprint covers: the hub id and its revision, or the digests of the files in the folder."""
        if self.hub:
            return self.model, self.commit, *_code_allowed()
        return folder_digests(self.folder(), hub.wanted_files()), *_code_allowed()


def _code_allowed() -> tuple[str, ...]:
    return ("own code",) if hub.code_allowed() else ()


def settings_file(folder: Path | None, name: str) -> dict[str, Any]:
    """A JSON file of a model's folder that holds a mapping; {} where there is none to be had."""
    try:
        found = json.loads((folder / name).read_text(encoding="utf-8")) if folder else {}
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def check_weights(folder: Path) -> None:
    """Raises ModelUnavailable where the weights, or a part of them, are no safetensors."""
    if not any(folder.rglob("*.safetensors")):
        raise ModelUnavailable(
            f"{folder.name} has no weights as safetensors.",
            "Pickled weights (.bin, .pt) can run any code and are never loaded: save the model again with "
            "model.save_pretrained(folder), or choose another one.",
        )
    for path in folder.rglob("pytorch_model.bin"):
        if not any(path.parent.glob("*.safetensors")):
            raise ModelUnavailable(
                f"A part of {folder.name} ({path.parent.name}) has only pickled weights.",
                "Choose a model whose weights are all safetensors.",
            )


def check_code(folder: Path) -> None:
    """Raises ModelUnavailable for an architecture that transformers does not know and that comes as code."""
    if hub.code_allowed():
        return
    for path in folder.rglob("config.json"):
        config = settings_file(path.parent, path.name)
        if config.get("auto_map") and not _is_known(config):
            raise refused(folder, str(config.get("model_type", "an unknown architecture")))


def refused(folder: Path, what: str) -> ModelUnavailable:
    """The error for a model that wants to run code of its own."""
    return ModelUnavailable(
        f"{folder.name} wants to run code of its own ({what}).",
        "Code that comes with a model is not run: choose another model. Whoever runs this server can allow it, "
        f"for models that they trust, by {hub.CODE}=1 in its environment.",
    )


def _is_known(config: Mapping[str, Any]) -> bool:
    from transformers import CONFIG_MAPPING

    return config.get("model_type") in CONFIG_MAPPING

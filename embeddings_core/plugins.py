"""Plug-ins: a file in encoders/, projections/, clusterings/ or readers/ adds one thing.

Each such file exports a frozen SPEC, which can be listed for free, and one function. Heavy packages are
imported inside that function, never at the top of the file.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any, Literal

from .errors import MissingPackage, ParameterError
from .space import Kind

On = Literal["vectors", "pca50", "map"]
ANYWHERE: tuple[On, ...] = ("vectors", "pca50", "map")
"""What groups can be looked for in; see points.py."""


@dataclass(frozen=True)
class Param:
    """One setting of a method: what a widget needs to show it and the core needs to check it. Of the kind "encoder" it
    is the id of another encoder. `empty` says what an empty text stands for, or what to type. `tries` are values whose
    maps are worth comparing."""

    name: str
    label: str
    help: str
    default: Any
    kind: Literal["int", "float", "choice", "flag", "text", "encoder"] = "int"
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: tuple[Any, ...] = ()
    empty: str = "none"
    tries: tuple[Any, ...] = ()

    def check(self, value: Any) -> Any:
        """`value` as the right type. Raises ParameterError outside what is allowed."""
        if self.kind == "flag":
            return value not in ("0", "False") and bool(value)
        if self.kind in ("text", "encoder"):
            return str(value)
        if self.kind == "choice":
            if value not in self.choices:
                allowed = ", ".join(map(str, self.choices))
                raise ParameterError(f"{self.label}: {value!r} is not a choice.", f"Choose one of: {allowed}.")
            return value
        try:
            number = int(value) if self.kind == "int" else float(value)
        except (TypeError, ValueError, OverflowError):
            number = float("nan")
        low = float("-inf") if self.low is None else self.low
        high = float("inf") if self.high is None else self.high
        if not low <= number <= high:
            raise ParameterError(
                f"{self.label}: {value!r} is out of range.", f"It must be from {self.low} to {self.high}."
            )
        return number


def check_seed(seed: int) -> None:
    """Raises ParameterError for a seed that random number generators do not take."""
    if not 0 <= seed < 2**32:
        raise ParameterError(f"The seed is {seed}.", f"It must be from 0 to {2**32 - 1}.")


@dataclass(frozen=True)
class Need:
    """A package that a plug-in imports: the module's name, and what to `pip install`. `usual`: only its default model
    needs it, none that is named by a file, a folder or a hub id."""

    module: str
    package: str
    usual: bool = False

    @property
    def here(self) -> bool:
        return importlib.util.find_spec(self.module) is not None


@dataclass(frozen=True)
class EncoderSpec:
    """What there is to know about an encoder before it is loaded.

    `reads` are the kinds of items that it turns into vectors. `dimension` is the length of a vector, None
    when only the loaded model knows. `hub` says that its weights come from a model hub, `instant` that it has
    no model to load. `bridge` is the id of another encoder in whose space a typed text finds this one's pictures.
    `languages` says in words which ones it knows, "" where that means nothing. Settings that differ from those of
    `params` follow its id: "minilm?name=value&name=value".
    """

    id: str
    label: str
    summary: str
    reads: tuple[Kind, ...]
    dimension: int | None
    license: str
    source: str
    needs: tuple[Need, ...] = ()
    size_mb: int = 0
    hub: bool = False
    instant: bool = False
    bridge: str = ""
    approximate: str = ""
    languages: str = ""
    params: tuple[Param, ...] = ()

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, checked, with defaults filled in. Raises ParameterError."""
        return _settings(self, given)


@dataclass(frozen=True)
class MethodSpec:
    """What there is to know about a projection or a clustering before it is run.

    `reads` are the kinds of query that it asks of the space: its encoder, or its bridge, must read them.
    `on` is what a clustering can look for groups in, the usual first; `chance` says that its seed matters,
    `density` that its groups are dense places of any shape.
    """

    id: str
    label: str
    summary: str
    paper: str
    params: tuple[Param, ...] = ()
    needs: tuple[Need, ...] = ()
    reads: tuple[Kind, ...] = ()
    on: tuple[On, ...] = ANYWHERE
    chance: bool = True
    density: bool = False

    def settings(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, checked, with defaults filled in. Raises ParameterError."""
        return _settings(self, given)


def _settings(spec: EncoderSpec | MethodSpec, given: Mapping[str, Any]) -> dict[str, Any]:
    known = {param.name: param for param in spec.params}
    for name in given:
        if name not in known:
            allowed = ", ".join(known) or "none"
            raise ParameterError(f"{spec.label} has no setting {name!r}.", f"Its settings: {allowed}.")
    return {name: param.check(given.get(name, param.default)) for name, param in known.items()}


@dataclass(frozen=True)
class ReaderSpec:
    """What there is to know about a file format: `suffixes` in lower case, with the dot."""

    id: str
    label: str
    suffixes: tuple[str, ...]
    needs: tuple[Need, ...] = ()


@cache
def plugins(group: str) -> dict[str, ModuleType]:
    """The plug-in modules of a folder ("encoders", ...), by the id of their SPEC, in file order."""
    package = importlib.import_module(f"{__package__}.{group}")
    found = {}
    for entry in pkgutil.iter_modules(package.__path__):
        module = importlib.import_module(f"{package.__name__}.{entry.name}")
        if hasattr(module, "SPEC"):
            found[module.SPEC.id] = module
    return found


def specs(group: str) -> tuple[Any, ...]:
    """The SPECs of a folder."""
    return tuple(module.SPEC for module in plugins(group).values())


def find(group: str, id: str, model: str = "") -> ModuleType:
    """The plug-in module with that id, its packages installed (for `model`, where it is not the default one).
    Raises ParameterError, MissingPackage."""
    known = plugins(group)
    if id not in known:
        raise ParameterError(f"There is no {id!r} among the {group}.", f"There are: {', '.join(known)}.")
    require(known[id].SPEC, model)
    return known[id]


def missing(spec: EncoderSpec | MethodSpec | ReaderSpec, model: str = "") -> tuple[Need, ...]:
    """The packages that `spec` needs (for `model`) and that are not here."""
    return tuple(need for need in spec.needs if not need.here and not (model and need.usual))


def install_line(needs: Sequence[Need]) -> str:
    """How to install packages."""
    return f"pip install {' '.join(need.package for need in needs)}"


def require(spec: EncoderSpec | MethodSpec | ReaderSpec, model: str = "") -> None:
    """Raises MissingPackage, with the install line, when a package that `spec` needs (for `model`) is not here."""
    if lacking := missing(spec, model):
        names = " and ".join(need.module for need in lacking)
        raise MissingPackage(f"{spec.label} needs {names}.", f"Run: {install_line(lacking)}")

"""The lines of Python, and the versions of the packages, that make a map and its groups again."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib import metadata
from typing import cast

from ..clusterings._asked import ask
from ..errors import CoreError
from ..offers import family
from ..plugins import On, specs
from ..samples import sample, samples
from ..space import Clustering, Dataset, Projection, Space
from ..store import get_store

VERSIONS = ("numpy", "scipy", "pandas")
"""Packages that every result depends on."""


def recipe(views: Sequence[tuple[Space, Projection]], clustering: Clustering | None = None) -> list[str]:
    """Lines that make the spaces and maps again, as `space`, `plane`, or `space_a`, `plane_a`, ... of several, and the
    groups of the first, as `groups`. Where something cannot be made again by one call, a comment says so."""
    lines = ["import embeddings_core as ec", "", *_read(views[0][0].dataset)]
    spaces: dict[str, str] = {}
    for place, (space, plane) in enumerate(views):
        end = f"_{'abcdefghij'[place]}" if len(views) > 1 else ""
        if space.fingerprint not in spaces:
            spaces[space.fingerprint] = name = f"space{end}"
            lines.append(f"{name} = ec.encode(data, {space.encoder!r})")
            lines.append(f"assert {name}.fingerprint == {space.fingerprint!r}  # the same items and the same model")
        lines += _projected(f"plane{end}", spaces[space.fingerprint], plane)
    return lines + (_grouped(*views[0], clustering, lines) if clustering is not None else [])


def _read(dataset: Dataset) -> list[str]:
    """How the data is had again: a sample, what is kept in the store, or else a file."""
    for spec in samples():
        if spec.label == dataset.name and sample(spec.id).fingerprint == dataset.fingerprint:
            return [f"data = ec.sample({spec.id!r})"]
    if dataset.fingerprint in {kept.fingerprint for kept in get_store().datasets()}:
        return [
            f"data = ec.get_store().get_dataset({dataset.fingerprint!r})  # where the app keeps it",
            f"# elsewhere: data = ec.read({dataset.name!r}), from the file",
        ]
    return [f"data = ec.read({dataset.name!r})  # or as it was had for this report"]


def _projected(name: str, space: str, plane: Projection) -> list[str]:
    grown = ["# Items were added to this map later; these lines make one of all of them."] if plane.base else []
    settings = _settings([("dims", plane.dims), ("seed", plane.seed), *plane.params.items()])
    return [*grown, f"{name} = ec.project({space}, {plane.method!r}{settings})"]


def _grouped(space: Space, plane: Projection, groups: Clustering, lines: Sequence[str]) -> list[str]:
    names = ("space_a", "plane_a") if any(line.startswith("space_a") for line in lines) else ("space", "plane")
    on_map = groups.on == "map"
    settings = _settings([("on", groups.on), ("metric", groups.metric), *groups.params.items()])
    drawn = f", plane={names[1]}" if on_map else ""
    line = f"groups = ec.cluster({names[0]}, {groups.method!r}{drawn}{settings})"
    if _made(space, plane if on_map else None, groups):
        return [line]
    return ["# These groups were joined or edited by hand since; this line makes those before.", line]


def _made(space: Space, plane: Projection | None, groups: Clustering) -> bool:
    """Whether groups are as one call of `cluster` made them."""
    try:
        asked = ask(space, groups.method, cast("On", groups.on), groups.metric, plane, 0, dict(groups.params))
    except CoreError:
        return False
    return asked.key == groups.fingerprint


def _settings(given: Iterable[tuple[str, object]]) -> str:
    return "".join(f", {name}={value!r}" for name, value in given)


def versions(views: Sequence[tuple[Space, Projection]], clustering: Clustering | None = None) -> list[tuple[str, str]]:
    """Python's version and those of the packages that took part, by name: (package, version)."""
    methods = {plane.method for _, plane in views} | ({clustering.method} if clustering else set())
    needs = [
        need
        for group in ("projections", "clusterings")
        for spec in specs(group)
        if spec.id in methods
        for need in spec.needs
    ]
    for space, _ in views:
        try:
            needs += family(space.encoder).needs
        except (CoreError, KeyError):
            continue  # an Encoder of the caller's own
    names = sorted({*VERSIONS, *(need.package for need in needs)})
    found = [("Python", platform.python_version())]
    for name in names:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return found

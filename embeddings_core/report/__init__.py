"""A report: one page of HTML, which prints well, with the maps, the numbers, the settings, and how to make it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from ..compare import Comparison
from ..errors import InputError
from ..markup import Markup, document, joined, tag
from ..offers import name_of
from ..plugins import MethodSpec, specs
from ..procrustes import align
from ..space import Clustering, Floats, Projection, Space
from ..trust import Trust
from .drawing import MOST, Colors, legend, picture
from .meanings import COMPARISON, TRUST, Meaning
from .recipe import recipe, versions

GROUPS = 60
"""Groups that are listed."""
NAMES = "ABCDEFGHIJ"
"""What the maps are called."""
_STYLE = Path(__file__).with_name("report.css")
_ONE_COLOR = "#0072B2"


class View(NamedTuple):
    """A space, its map, and how far that can be trusted, where it was measured."""

    space: Space
    projection: Projection
    trust: Trust | None = None


def report(
    space: Space,
    projection: Projection,
    *,
    trust: Trust | None = None,
    others: Sequence[View] = (),
    comparison: Comparison | None = None,
    against: int = 1,
    clustering: Clustering | None = None,
    colors: Colors | None = None,
    title: str = "",
) -> str:
    """A page of HTML about a map: the data, the encoder, the map with its legend, how far it can be trusted, the
    groups, the settings and versions, and the lines of Python that make the same again.

    `others` are up to nine further spaces or maps of the same items, drawn beside it, and `comparison` is that of
    the map with the other one at the place `against`, from 1. Of more than 5,000 items a seeded sample is drawn, which
    is said. The file needs no other, runs no script and asks for nothing; texts of the data stay texts. The same is
    given, the same bytes come out: it tells no time. Raises InputError for results of other items.
    """
    views = [View(space, projection, trust), *others]
    colors = colors or Colors("", np.zeros(len(space), np.uint8), (_ONE_COLOR,), ("",))
    _check(views, clustering, colors)
    name = title or space.dataset.name
    body = joined(
        tag("header", tag("h1", name), tag("p", _about_data(space), class_="quiet")),
        _maps(views, colors),
        _trust(views),
        None if comparison is None else _comparison(comparison, NAMES[against]),
        None if clustering is None else _groups(clustering),
        _settings(views, clustering),
        _again(views, clustering),
    )
    return document(name, _STYLE.read_text(encoding="utf-8"), body)


def _check(views: Sequence[View], clustering: Clustering | None, colors: Colors) -> None:
    n = len(views[0].space)
    if len(views) > len(NAMES):
        raise InputError(f"{len(views)} maps do not fit on a page.", f"Give {len(NAMES)} at most.")
    sizes = [("map", len(view.projection.coords)) for view in views] + [("space", len(view.space)) for view in views]
    sizes += [("trust", len(view.trust.point_trust)) for view in views if view.trust is not None]
    sizes += [("list of colors", len(colors.codes))]
    sizes += [] if clustering is None else [("clustering", len(clustering.labels))]
    for what, size in sizes:
        if size != n:
            raise InputError(f"The {what} has {size} items, the data {n}.", f"Make the {what} from this data.")


def _about_data(space: Space) -> str:
    data = space.dataset
    return " · ".join(filter(None, (f"{len(data):,} items", data.name, data.source, data.license)))


# -- the maps --------------------------------------------------------------------------------------


def _maps(views: Sequence[View], colors: Colors) -> Markup:
    n = len(views[0].space)
    said = ["Every dot is an item; dots that lie close together are alike to the encoder."]
    if n > MOST:
        said.append(f"Drawn are {MOST:,} of {n:,} items, chosen by chance.")
    if any(view.projection.dims > 2 for view in views):
        said.append("Of three dimensions the first two are drawn.")
    places = [view.projection.coords for view in views]
    for place, coords in enumerate(places[1:], start=1):
        if coords.shape == places[0].shape:
            places[place] = align(coords, places[0])[0]
    if len(views) > 1:
        said.append(f"Maps are turned, mirrored and scaled as a whole to lie as {NAMES[0]} does.")
    figures = [_figure(view, _name(views, at), places[at], colors) for at, view in enumerate(views)]
    several = "maps several" if len(views) > 1 else "maps"
    return tag(
        "section", tag("h2", "The map" if len(views) == 1 else "The maps"), tag("p", " ".join(said)),
        tag("div", *figures, class_=several), legend(colors),
    )  # fmt: skip


def _figure(view: View, name: str, coords: Floats, colors: Colors) -> Markup:
    words = f"{name_of(view.space.encoder)} · {_method(view.projection)}"
    drawn = picture(coords, colors, f"Map of {len(view.space):,} items: {words}")
    caption = " · ".join(filter(None, (words, view.projection.note)))
    return tag("figure", tag("h3", name) if name else None, drawn, tag("figcaption", caption))


def _name(views: Sequence[View], place: int) -> str:
    return NAMES[place] if len(views) > 1 else ""


def _encoder(space: Space) -> str:
    name = name_of(space.encoder)
    return name if name == space.encoder else f"{name} ({space.encoder})"


def _spec(group: str, id: str) -> MethodSpec | None:
    return next((spec for spec in specs(group) if spec.id == id), None)


def _method(plane: Projection) -> str:
    spec = _spec("projections", plane.method)
    return spec.label if spec else plane.method


# -- the numbers -----------------------------------------------------------------------------------


def _trust(views: Sequence[View]) -> Markup | None:
    known = [(_name(views, place), view.trust) for place, view in enumerate(views) if view.trust is not None]
    if not known:
        return None
    verdicts = [
        tag("p", tag("strong", f"{name}: ") if name else None, trust.verdict, class_="verdict") for name, trust in known
    ]
    first = known[0][1]
    n = len(first.point_trust)
    said = f"Near means the {first.k} nearest items."
    if first.sampled < n:
        said += f" Measured on {first.sampled:,} of {n:,} items, chosen by chance; in parentheses 95% intervals."
    elif first.intervals:
        said += " In parentheses 95% intervals, where a figure was estimated from a part of the pairs."
    chances = {"knn_recall": f"{first.k / (n - 1):.2g}"}
    rows = [
        (meaning, [_value(trust, name, trust.intervals.get(name)) for _, trust in known], chances.get(name))
        for name, meaning in TRUST.items()
        if any(getattr(trust, name) is not None for _, trust in known)
    ]
    return tag(
        "section", tag("h2", "How far it can be trusted"), *verdicts, tag("p", said, class_="quiet"),
        _table([name or "Value" for name, _ in known], rows),
    )  # fmt: skip


def _comparison(found: Comparison, other: str) -> Markup:
    said = [f"A and {other}, over {len(found.items):,} items that are in both and the {found.k} nearest of each."]
    if any(found.left_out):
        said.append(f"Left out: {found.left_out[0]:,} that are only in A, {found.left_out[1]:,} only in {other}.")
    if found.sampled:
        said.append(f"Neighbors were looked for of {len(found.measured):,} items, chosen by chance.")
    said.append(f"Distances were compared for {found.pairs:,} pairs.")
    intervals = {"overlap": found.interval if found.sampled else None, "rsa": found.rsa_interval}
    chances = {"overlap": f"{found.chance:.2g}"}
    rows = [
        (meaning, [_value(found, name, intervals.get(name))], chances.get(name))
        for name, meaning in COMPARISON.items()
        if not np.isnan(getattr(found, name))
    ]
    return tag(
        "section", tag("h2", "How they differ"), tag("p", " ".join(said), class_="quiet"), _table(["Value"], rows)
    )


def _value(found: Trust | Comparison, name: str, interval: tuple[float, float] | None) -> str:
    value = getattr(found, name)
    if value is None or np.isnan(value):
        return "–"
    between = f" ({interval[0]:.3f} to {interval[1]:.3f})" if interval and interval[0] < interval[1] else ""
    return f"{value:.3f}{between}"


def _table(columns: Sequence[str], rows: Sequence[tuple[Meaning, Sequence[str], str | None]]) -> Markup:
    """A table of figures: what each is called, its values, and what it means."""
    lines = []
    for meaning, values, known in rows:
        chance = known or meaning.chance
        told = [f"Best {meaning.best:g}", f"by chance {chance}" if chance else ""]
        means = (meaning.says, " ", tag("span", ", ".join(filter(None, told)) + ".", class_="chance"))
        numbers = (tag("td", value, class_="number") for value in values)
        lines.append(tag("tr", tag("th", meaning.label, scope="row"), *numbers, tag("td", *means)))
    return _framed(["", *columns, "What it says"], lines, "figures")


def _framed(columns: Sequence[str], lines: Sequence[Markup], kind: str | None = None) -> Markup:
    head = tag("thead", tag("tr", *(tag("th", column, scope="col") for column in columns)))
    return tag("div", tag("table", head, tag("tbody", *lines), class_=kind), class_="wide")


def _groups(found: Clustering) -> Markup:
    n = len(found.labels)
    spec = _spec("clusterings", found.method)
    said = [f"{len(found.names)} groups by {spec.label if spec else found.method}."]
    if not np.isnan(found.silhouette):
        said.append(f"Mean silhouette {found.silhouette:.2f}, from -1 to 1: 0 is groups that flow into each other.")
    said += [found.note] if found.note else []
    listed = [*zip(found.names, found.sizes, strict=True)][:GROUPS]
    listed += [("in no group", found.noise)] if found.noise else []
    lines = [
        tag(
            "tr",
            tag("td", name),
            tag("td", f"{size:,}", class_="number"),
            tag("td", f"{size / n:.1%}", class_="number"),
        )
        for name, size in listed
    ]
    more = len(found.names) - GROUPS
    rest = tag("p", f"and {more:,} smaller groups.", class_="quiet") if more > 0 else None
    return tag(
        "section", tag("h2", "Groups"), tag("p", " ".join(said)), _framed(["Group", "Items", "Share"], lines), rest
    )


# -- how it was made -------------------------------------------------------------------------------


def _settings(views: Sequence[View], clustering: Clustering | None) -> Markup:
    lines: list[tuple[str, str]] = []
    for place, (space, plane, _) in enumerate(views):
        name = f" {NAMES[place]}" if len(views) > 1 else ""
        lines.append((f"Encoder{name}", f"{_encoder(space)}, {space.vectors.shape[1]} dimensions"))
        made = _told(plane.params, _spec("projections", plane.method))
        lines.append((f"Map{name}", ", ".join([_method(plane), f"{plane.dims}-D", *made, f"seed {plane.seed}"])))
    if clustering is not None:
        spec = _spec("clusterings", clustering.method)
        where = f"on {clustering.on}, by {clustering.metric}"
        made = _told(clustering.params, spec)
        lines.append(("Groups", ", ".join([spec.label if spec else clustering.method, where, *made])))
    papers = {spec.paper for _, plane, _ in views if (spec := _spec("projections", plane.method)) and spec.paper}
    lines += [("Papers", "; ".join(sorted(papers)))] if papers else []
    pairs = [(space, plane) for space, plane, _ in views]
    lines.append(("Versions", ", ".join(f"{name} {version}" for name, version in versions(pairs, clustering))))
    rows = [tag("tr", tag("th", name, scope="row"), tag("td", value)) for name, value in lines]
    return tag(
        "section",
        tag("h2", "Settings"),
        tag("div", tag("table", tag("tbody", *rows), class_="settings"), class_="wide"),
    )


def _told(params: Mapping[str, object], spec: MethodSpec | None) -> list[str]:
    labels = {param.name: param.label for param in spec.params} if spec else {}
    return [f"{labels.get(name, name)} {value}" for name, value in params.items()]


def _again(views: Sequence[View], clustering: Clustering | None) -> Markup:
    lines = recipe([(space, plane) for space, plane, _ in views], clustering)
    said = "On the same machine, with the same versions, these lines give the same numbers to the last bit."
    return tag("section", tag("h2", "Make it again"), tag("p", said), tag("pre", tag("code", "\n".join(lines))))

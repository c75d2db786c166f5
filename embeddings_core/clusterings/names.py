"""Groups by names that someone types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugins import MethodSpec, Param
from ..space import Progress, Space
from ..store import Store
from ..zero_shot import ZeroShot, split_names, zero_shot

SPEC = MethodSpec(
    id="names",
    label="By names",
    summary="Type names; every item goes to the one whose text is nearest to it. Nothing is trained (zero-shot).",
    paper="Radford et al. 2021, arXiv:2103.00020",
    params=(
        Param("names", "Names", "With commas between them: a cat, a dog. All items get one of them, even a poor one.",
              "", "text", empty="a cat, a dog"),
        Param("template", "Put into the text", "Where the name goes is {}. Empty: a photo of {} for pictures seen by "
              "CLIP, the bare name for all else.", "", "text", empty="the usual"),
    ),
    reads=("text",),
    on=("vectors",),
    chance=False,
)  # fmt: skip


def label(space: Space, settings: Mapping[str, Any], store: Store, progress: Progress | None) -> ZeroShot:
    """The names and each item's own."""
    return zero_shot(space, split_names(settings["names"]), settings["template"], store=store, progress=progress)

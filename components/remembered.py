"""What `AppState` remembers of results, each with what it is of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from embeddings_core import Clustering, Projection, Space
from embeddings_core.project_file import Opened
from embeddings_core.space import Floats

if TYPE_CHECKING:
    from components.app_state import AppState


class Measured(NamedTuple):
    """A number for each item, (n,), to color the map by: what it says, the dataset and encoder it is `of`, and the
    fingerprint of the map that it is about, "" where it is about none."""

    of: tuple[str, str]
    label: str
    values: Floats
    map: str = ""


class Grown(NamedTuple):
    """A map that grows: how it was made (`name`), and of what; the rest is placed on it."""

    name: str
    space: Space
    plane: Projection


@dataclass
class Presenting:
    """What a story needs: the one and the view of it that the state was made from (`played`), the state from before it
    was played, the link of a view that is to be kept, how often one was `asked` for, and the story that one was kept in
    last, or that is open on its page, by its key; `kept` says that this has just happened. `first` is the item and the
    query that the view had when it was drawn first.
    """

    played: tuple[str, int] = ("", 0)
    aside: AppState | None = None
    to_keep: dict[str, str] | None = None
    asked: int = 0
    kept_in: str = ""
    kept: bool = False
    first: tuple[int | None, str] | None = None

    def begun(self, state: AppState) -> None:
        """The view is drawn: what has happened to it so far was not the visitor's doing."""
        if self.first is None:
            self.first = state.item, state.query

    def turned(self, state: AppState) -> bool:
        """Something else is picked or asked for than the view had."""
        return self.first not in (None, (state.item, state.query))


class Shown(NamedTuple):
    """The map that was drawn last, and the fingerprint of the space that it is `of`."""

    of: str
    plane: Projection


class Found(NamedTuple):
    """The groups that were found last, and the fingerprint of the space that they are `of`."""

    of: str
    groups: Clustering


class Edit(NamedTuple):
    """A change of the groups with the fingerprint `of`, to be made by `make(space, groups, *args)`; `label` says for
    undo what it does, `group` is looked at afterwards."""

    of: str
    label: str
    make: Callable[..., Clustering]
    args: tuple[Any, ...]
    group: int | None


@dataclass
class ProjectFile:
    """The upload that was `opened` as a project file last, with what was in it; the job that makes one, with the data
    that is `packed`."""

    opened: tuple[str, Opened] | None = None
    packed: tuple[str, tuple[str, ...]] = ("", ())

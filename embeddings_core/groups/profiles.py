"""What there is to know about one group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..clusterings._sample import centers
from ..contrast import Contrast, contrast
from ..errors import InputError
from ..labels import nearest_to_centers
from ..points import Points
from ..space import Clustering, Ints, Progress, Space
from .silhouettes import Doubles
from .validity import checked

SHOWN = 5


@dataclass(frozen=True, eq=False)
class Profile:
    """One group: its `members` (m,), `typical` (up to 5) nearest its center first, and on its `edge` (up to 5) those
    first that are hardly nearer to it than to another center.

    `margins` (m,) tell by how much each member is: the Euclidean distance to the nearest other center less that to its
    own, in the full vectors; below 0 for one that is nearer to the other, and infinite without another group. `near`
    are the other groups, the nearest center first, and `distances` how far that is. `contrast` has the words, shares
    and numbers that set the group apart from all other items, noise too.
    """

    members: Ints
    typical: Ints
    edge: Ints
    margins: Doubles
    near: Ints
    distances: Doubles
    contrast: Contrast


def profile(space: Space, groups: Clustering, group: int, *, progress: Progress | None = None) -> Profile:
    """What there is to know about a group; `progress` counts texts. Raises InputError for a group that there is not,
    and for groups of other items."""
    checked(space, groups)
    if not 0 <= group < len(groups.names):
        raise InputError(f"There is no group {group}.", f"Groups are numbered 0 to {len(groups.names) - 1}.")
    from scipy.spatial.distance import cdist

    values = Points(space, "vectors", groups.metric).values
    middles = centers(values, groups.labels).astype(np.float64)
    members = np.flatnonzero(groups.labels == group)
    away = cdist(values[members], middles)
    own = away[:, group].copy()
    away[:, group] = np.inf
    margins = away.min(axis=1) - own
    # without another group the edge is what is farthest from the center
    order = np.lexsort((members, -own, margins))
    between = cdist(middles[group : group + 1], middles)[0]
    near = np.argsort(between, kind="stable")
    near = near[near != group]
    typical = nearest_to_centers(values, np.where(groups.labels == group, 0, -1), 1, SHOWN)[0]
    apart = contrast(space, groups.labels == group, progress=progress)
    return Profile(members, typical[typical >= 0], members[order[:SHOWN]], margins, near, between[near], apart)

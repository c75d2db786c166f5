"""Groups on all levels, from many small ones to two large ones: a tree of which belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..clusterings import described
from ..clusterings._sample import centers
from ..clusterings.agglomerative import cut
from ..errors import ParameterError
from ..labels import different, name_groups
from ..points import Points
from ..space import Clustering, Floats, Ints, Progress, Space
from ..store import Store, get_store, result_key
from .silhouettes import Doubles
from .validity import checked

NAMED = 60
"""Groups of a level up to which it is read anew for names."""


@dataclass(frozen=True, eq=False)
class Levels:
    """The groups of `groups` joined two by two. `joined` (g - 1, 2) are the pairs in turn, as scipy numbers them:
    groups are 0 to g - 1, and what row r joins is g + r from then on. `heights` (g - 1,) rise; the height of a row is
    Ward's distance of what it joins.

    `names` has one for each of the 2 g - 1 nodes of the tree: a node keeps it on all levels where it is there.
    """

    groups: Clustering
    joined: Ints
    heights: Doubles
    names: tuple[str, ...]

    def parts(self, count: int) -> Ints:
        """To which of `count` groups each of the g groups belongs, (g,), numbered from 0, the one with most items
        first. Raises ParameterError for a count that is not from 1 to g."""
        self._check(count)
        labels = cut(self.joined, count)
        sizes = np.bincount(labels, weights=self.groups.sizes)
        first = np.unique(labels, return_index=True)[1]
        rank = np.empty(count, dtype=np.int64)
        rank[np.lexsort((first, -sizes))] = np.arange(count)
        return np.asarray(rank[labels])

    def level_names(self, count: int) -> tuple[str, ...]:
        """The names of the `count` groups, in the order of `parts`."""
        parts = self.parts(count)
        return tuple(different([self.names[self._node(np.flatnonzero(parts == at))] for at in range(count)]))

    def cut(self, space: Space, count: int) -> Clustering:
        """The items in `count` groups, all figures measured anew. Raises ParameterError as `parts` does."""
        parts = self.parts(count)
        labels = np.where(self.groups.labels < 0, -1, parts[self.groups.labels])
        told = f"Cut from a tree of {len(self.groups.names)} groups."
        return described(space, self.groups, labels, self.level_names(count), told)

    def _check(self, count: int) -> None:
        most = len(self.groups.names)
        if not 1 <= count <= most:
            raise ParameterError(f"{count} groups of a tree of {most}.", f"Choose from 1 to {most}.")

    def _node(self, leaves: Ints) -> int:
        """The node that holds these groups and no others."""
        here = set(leaves.tolist())
        node: int = max(here)
        for row, pair in enumerate(self.joined.tolist()):
            if here.issuperset(pair):
                node = len(self.groups.names) + row
                here.add(node)
        return node


def levels(space: Space, groups: Clustering, *, store: Store | None = None, progress: Progress | None = None) -> Levels:
    """The tree of `groups`: the two whose joining adds least to the squared distances of items to their centers are
    joined first (Ward 1963, doi:10.1080/01621459.1963.10500845), by centers and sizes, in full vectors. Noise stays
    out. Computed once and then read from the store; `progress` counts names.

    Raises InputError for groups of other items, ParameterError where there is no group.
    """
    checked(space, groups)
    if not groups.names:
        raise ParameterError("There are no groups to join.", "Choose a method or settings that find some.")
    store = store or get_store()
    key = result_key("levels", 2, space.fingerprint, groups.labels, groups.names, groups.metric)
    known = store.get_result(key)
    if known is not None:
        return Levels(groups, known[0]["joined"], known[0]["heights"], tuple(known[1]["names"]))
    values = Points(space, "vectors", groups.metric).values
    joined, heights = ward(centers(values, groups.labels), groups.sizes)
    names = _names(space, groups, joined, store, progress)
    store.put_result(key, {"joined": joined, "heights": heights}, {"names": names})
    return Levels(groups, joined, heights, names)


def ward(places: Floats, sizes: Sequence[int]) -> tuple[Ints, Doubles]:
    """Pairs (g - 1, 2) and heights (g - 1,) of Ward's joining of groups with centers `places` (g, d) and sizes (g,),
    as scipy's linkage has them of the items where those of a group lie at its center."""
    from scipy.spatial.distance import cdist

    g = len(places)
    middles, weights, nodes = places.astype(np.float64), np.asarray(sizes, dtype=np.float64), np.arange(g)
    cost = cdist(middles, middles, "sqeuclidean") * 2 * np.multiply.outer(weights, weights)
    cost /= np.add.outer(weights, weights)
    np.fill_diagonal(cost, np.inf)
    joined, heights = np.empty((max(0, g - 1), 2), dtype=np.int64), np.empty(max(0, g - 1))
    for row in range(g - 1):
        one, other = divmod(int(np.argmin(cost)), g)
        joined[row], heights[row] = sorted((nodes[one], nodes[other])), np.sqrt(cost[one, other])
        both = weights[one] + weights[other]
        middles[one] = (middles[one] * weights[one] + middles[other] * weights[other]) / both
        weights[one], nodes[one] = both, g + row
        cost[other], cost[:, other] = np.inf, np.inf
        rest = np.isfinite(cost[one])
        again = ((middles - middles[one]) ** 2).sum(axis=1) * 2 * weights * both / (weights + both)
        cost[one, rest] = cost[rest, one] = again[rest]
    return joined, heights


def _names(space: Space, groups: Clustering, joined: Ints, store: Store, progress: Progress | None) -> tuple[str, ...]:
    """The name of each node: of a joined one what sets it apart from the others on the level where it begins. On levels
    of more than 60 groups it is called as its larger part is."""
    g = len(groups.names)
    names, where, sizes = list(groups.names), np.arange(g), dict(enumerate(groups.sizes))
    for row, pair in enumerate(joined.tolist()):
        if progress:
            progress(row, g - 1)
        where[np.isin(where, pair)] = g + row
        nodes, parts = np.unique(where, return_inverse=True)
        labels = np.where(groups.labels < 0, -1, parts.ravel()[groups.labels])
        if len(nodes) == 1:
            names.append("all")
        elif len(nodes) > NAMED:
            sizes[g + row] = sizes[pair[0]] + sizes[pair[1]]
            names.append(names[max(pair, key=lambda node: sizes[node])])
        else:
            names.append(name_groups(space, labels, len(nodes), store=store)[int(np.searchsorted(nodes, g + row))])
    return tuple(names)

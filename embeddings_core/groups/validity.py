"""How good groups are by their shape, and by a column of the metadata that should agree."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..metadata import series, text_codes
from ..plugins import On, plugins
from ..points import Points
from ..space import Clustering, Dataset, Ints, Progress, Projection, Space
from .density import Density, dbcv
from .silhouettes import Silhouettes, silhouettes


@dataclass(frozen=True, eq=False)
class Validity:
    """Figures of groups; NaN where one is not defined (fewer than 2 groups, or every item alone).

    `davies_bouldin` (Davies and Bouldin 1979) is 0 or more, lower is better; `calinski_harabasz` (Calinski and
    Harabasz 1974) 0 or more, higher is better; both of all items that are in a group. `density` is the DBCV of groups
    that were found by density, such as those of HDBSCAN; None of others, which it misjudges.
    """

    silhouettes: Silhouettes
    davies_bouldin: float
    calinski_harabasz: float
    density: Density | None


@dataclass(frozen=True, eq=False)
class Agreement:
    """How well groups agree with a column: the adjusted Rand index (`ari`, Hubert and Arabie 1985; 0 by chance, 1 the
    same), normalized mutual information (`nmi`, by the arithmetic mean), and the V-measure (Rosenberg and Hirschberg
    2007) with its two parts: `homogeneity`, 1 where a group holds a single value, and `completeness`, 1 where a value
    is in a single group. V-measure and NMI are the same number under two names. `column` is the column's name, or the
    method of the other groups, which then are the values.

    `table` (groups, values) counts items; `rows` names its rows, with "noise" last where there is some, which is
    compared as a group of its own; `values` names its columns, the commonest first. The `missing` items without a
    value are left out.
    """

    column: str
    ari: float
    nmi: float
    v_measure: float
    homogeneity: float
    completeness: float
    rows: tuple[str, ...]
    values: tuple[str, ...]
    table: Ints
    missing: int


def validity(
    space: Space,
    groups: Clustering,
    *,
    on: On = "vectors",
    plane: Projection | None = None,
    progress: Progress | None = None,
) -> Validity:
    """The figures of `groups`, measured `on` what is given, by their own metric. Raises InputError for groups of other
    items, ParameterError as Points does."""
    checked(space, groups)
    values = Points(space, on, groups.metric, plane).values
    count = len(groups.names)
    found = silhouettes(values, groups.labels, count, progress)
    inside = groups.labels >= 0
    members, labels = values[inside].astype(np.float64), groups.labels[inside]
    bouldin = harabasz = float("nan")
    if 2 <= count < len(members):
        from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score

        bouldin, harabasz = davies_bouldin_score(members, labels), calinski_harabasz_score(members, labels)
    method = plugins("clusterings").get(groups.method)
    dense = dbcv(values, groups.labels, count, progress) if method is not None and method.SPEC.density else None
    return Validity(found, float(bouldin), float(harabasz), dense)


def agreement(dataset: Dataset, groups: Clustering, column: str | Clustering) -> Agreement:
    """How `groups` agree with a metadata column, whose values are compared as text, or with other groups of the same
    items. Raises InputError for an unknown column, for one without any value, and for groups of other items."""
    checked(dataset, groups)
    if isinstance(column, Clustering):
        checked(dataset, column)
        (different, codes), name = _groups(column), column.method
    else:
        (different, codes), name = text_codes(series(dataset, column)), column
        if not different:
            raise InputError(f"The column {column!r} has no value.", "Choose another column.")
    from sklearn.metrics import adjusted_rand_score, homogeneity_completeness_v_measure, normalized_mutual_info_score

    known = codes >= 0
    rows, labels = _groups(groups)
    codes, labels = codes[known], labels[known]
    sizes = np.bincount(codes, minlength=len(different))
    order = np.lexsort((np.arange(len(different)), -sizes))[: int((sizes > 0).sum())]
    cells = np.bincount(labels * len(different) + codes, minlength=len(rows) * len(different))
    table = cells.reshape(len(rows), len(different))[:, order].astype(np.int64)
    homogeneity, completeness, v_measure = map(float, homogeneity_completeness_v_measure(codes, labels))
    return Agreement(
        name,
        float(adjusted_rand_score(codes, labels)),
        float(normalized_mutual_info_score(codes, labels)),
        v_measure,
        homogeneity,
        completeness,
        rows,
        tuple(different[value] for value in order),
        table,
        int((~known).sum()),
    )


def _groups(groups: Clustering) -> tuple[tuple[str, ...], Ints]:
    """Names and codes (n,) of groups, noise as one of its own, the last."""
    names = groups.names + (("noise",) if groups.noise else ())
    return names, np.where(groups.labels < 0, len(groups.names), groups.labels)


def checked(of: Space | Dataset, groups: Clustering) -> None:
    """Raises InputError for groups of another number of items."""
    if len(groups.labels) != len(of):
        raise InputError(f"Groups of {len(groups.labels)} items for {len(of)}.", "Give groups of these items.")

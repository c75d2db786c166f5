"""Groups of rows are named by the columns that set them apart."""

from __future__ import annotations

import numpy as np
import pandas as pd

import embeddings_core as ec
from embeddings_core.row_names import columns_apart
from embeddings_core.space import Dataset, Row


def shop() -> tuple[Dataset, np.ndarray]:
    """Cheap red things, dear blue ones; their weight says nothing."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], 60)
    prices = np.where(labels, 90, 10) + rng.normal(size=120)
    weights = rng.normal(size=120)
    rows = [
        Row((("price", float(p)), ("weight", float(w)), ("color", "blue" if g else "red"), ("id", f"no {k}")))
        for k, (p, w, g) in enumerate(zip(prices, weights, labels, strict=True))
    ]
    return Dataset("shop", "row", rows, pd.DataFrame(index=range(120))), labels.astype(np.int64)


def test_what_sets_a_group_apart_comes_first_and_chance_not_at_all():
    data, labels = shop()
    found = columns_apart(data, labels, 2)
    assert [set(words) for words in found] == [{"low price", "color red"}, {"high price", "color blue"}]


def test_groups_that_are_found_bear_these_names(store):
    data, _ = shop()
    groups = ec.cluster(ec.encode(data, "rows", store=store), "kmeans", store=store, clusters=2)
    assert sorted(groups.names) == ["color blue, high price", "color red, low price"]


def test_noise_and_odd_columns_are_no_trouble():
    rows = [Row((("a", None), ("b", "x"))), Row((("b", None),)), Row((("a", float("inf")), ("c", "y")))]
    data = Dataset("odd", "row", rows, pd.DataFrame(index=range(3)))
    assert columns_apart(data, np.array([-1, -1, -1]), 0) == []
    assert len(columns_apart(data, np.array([0, 1, -1]), 2)) == 2

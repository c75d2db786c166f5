"""Rows as vectors: every column counts alike, what is missing is told apart, what is rare lies together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import make_texts

import embeddings_core as ec
from embeddings_core.encoders.rows import COMMON, cells_of, columns_of, rows_of
from embeddings_core.errors import InputError
from embeddings_core.space import Dataset, Row


def table(**columns: list[float | str | None]) -> Dataset:
    """A dataset of rows."""
    rows = [Row(tuple(zip(columns, cells, strict=True))) for cells in zip(*columns.values(), strict=True)]
    return Dataset("table", "row", rows, pd.DataFrame(columns))


def vectors(data: Dataset, settings: str = "") -> np.ndarray:
    return ec.encode(data, f"rows{settings}").vectors


def mean_square(rows: np.ndarray) -> float:
    """The mean squared distance of two rows, drawn at random with putting back."""
    return float(((rows[:, None] - rows[None]) ** 2).sum(axis=2).mean())


def test_numbers_are_standard_scores():
    numbers = [1.0, 2.0, 3.0, 10.0]
    expected = (np.array(numbers) - 4) / np.std(numbers)
    np.testing.assert_allclose(vectors(table(a=numbers))[:, 0], expected, rtol=1e-6)


def test_robust_scores_are_not_moved_by_one_that_is_far_off():
    near = [float(value) for value in range(9)]
    one, other = (vectors(table(a=[*near, far]), "?scaling=robust")[:9, 0] for far in (9.0, 9e9))
    np.testing.assert_allclose(one, other, rtol=1e-6)
    assert np.ptp(vectors(table(a=[*near, 9e9]))[:9, 0]) < 1e-6


def test_a_column_of_categories_counts_as_much_as_one_of_numbers():
    rng = np.random.default_rng(0)
    data = table(
        price=rng.gamma(2, 50, 400).tolist(), kind=rng.choice(["a", "b", "c"], 400, p=(0.7, 0.2, 0.1)).tolist()
    )
    both = vectors(data)
    assert mean_square(both[:, :1]) == pytest.approx(2, rel=1e-5)
    assert mean_square(both[:, 1:]) == pytest.approx(2, rel=1e-5)
    assert mean_square(vectors(data, "?categories=2")[:, 1:]) == pytest.approx(8, rel=1e-5)
    assert mean_square(vectors(data, "?categories=0")[:, 1:]) == 0


def test_what_is_missing_is_the_mean_with_a_flag():
    found = vectors(table(a=[1.0, None, 3.0, None]))
    np.testing.assert_allclose(found, [[-1, -0.5], [0, 0.5], [1, -0.5], [0, 0.5]], atol=1e-6)


def test_rare_values_lie_together_and_common_ones_apart():
    found = vectors(table(a=["x", "x", "y", "y", "once", "also once"]))
    np.testing.assert_array_equal(found[4], found[5])
    assert len(np.unique(found, axis=0)) == 3
    many = vectors(table(a=[f"v{k:03}" for k in range(2 * COMMON)] * 2))
    assert many.shape[1] == COMMON + 1


def test_no_column_can_break_the_others():
    odd = table(
        equal=[0.1, 0.1, 0.1], huge=[-1e308, 1e308, 0.0], empty=[None, None, None], infinite=[float("inf"), 1.0, 2.0],
        own=["p", "q", "r"], mixed=[1.0, "one", None],
    )  # fmt: skip
    found = vectors(odd)
    assert np.isfinite(found).all()
    np.testing.assert_array_equal(found[:, 0], 0)
    assert np.ptp(found[:, 1]) > 2


def test_one_row_is_enough_and_no_column_too_few():
    assert vectors(table(a=[1.0], b=["x"])).shape[0] == 1
    with pytest.raises(InputError, match="no columns"):
        vectors(Dataset("bare", "row", [Row(()), Row(())], pd.DataFrame(index=range(2))))


def test_other_rows_are_measured_by_what_was_learned():
    data = table(a=[0.0, 2.0], b=["x", "x"])
    fitted = ec.get_encoder("rows").fit(data)
    np.testing.assert_allclose(fitted.encode([Row((("a", 5.0), ("b", "new")))])[0, 0], 4)
    assert fitted.encode([Row((("unknown", 5.0),))]).shape == fitted.encode(data.items)[:1].shape
    assert fitted.fingerprint != ec.get_encoder("rows").fit(table(a=[0.0, 3.0], b=["x", "x"])).fingerprint


def test_the_metadata_of_other_data_can_be_seen_as_rows():
    days = pd.to_datetime(["2020-01-01", "2020-01-03", None])
    data = make_texts(["one", "two", "three"], price=[1, 2, 3], when=days, sold=[True, False, True])
    table = columns_of(rows_of(data))
    assert set(table) == {"price", "when", "sold"}
    assert table["sold"] == ["True", "False", "True"]
    assert table["when"][1] - table["when"][0] == 2
    assert table["when"][2] is None
    assert ec.encode(data, "rows").vectors.shape[0] == 3


def test_cells_of_nullable_columns():
    assert cells_of(pd.Series([1, None], dtype="Int64")) == [1.0, None]
    assert cells_of(pd.Series(["a", None], dtype="string")) == ["a", None]
    assert cells_of(pd.Series([["a", "b"], float("nan")])) == ["['a', 'b']", None]


def test_a_row_can_be_asked_for_its_neighbors_but_a_text_not():
    space = ec.encode(table(a=[1.0, 1.1, 9.0], b=["x", "x", "y"]), "rows")
    assert ec.neighbors(space, 0, k=1).indices[0, 0] == 1
    with pytest.raises(InputError, match="does not read texts"):
        ec.neighbors(space, "cheap")

"""The name of a downloaded file is safe on every system, whatever the data is called."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings_core.export import file_name
from embeddings_core.space import Dataset


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("tickets.csv", "tickets-embeddings.csv"),
        ("../../etc/passwd", "passwd-embeddings.csv"),
        ("C:\\temp\\my data.xlsx", "my-data-embeddings.csv"),
        ('a<b>:"c"|?*\r\n', "a-b-c-embeddings.csv"),
        ("...", "data-embeddings.csv"),
        ("", "data-embeddings.csv"),
        ("con", "con-embeddings.csv"),
        ("Straße 日本", "Straße-日本-embeddings.csv"),
    ],
)
def test_file_names_are_safe(name: str, file: str) -> None:
    data = Dataset(name, "text", ["a"], pd.DataFrame({"text": ["a"]}))
    assert file_name(data, "csv") == file


@given(st.text())
def test_file_names_have_no_separators_and_fit(name: str) -> None:
    made = file_name(Dataset(name, "text", ["a"], pd.DataFrame({"text": ["a"]})), "parquet")
    assert not set(made) & set('/\\:*?"<>|\0\r\n')
    assert not made.startswith(".")
    assert len(made.encode("utf-8", "surrogatepass")) <= 255

"""Files with more rows than are read: how many there are is told, and a part can be asked for."""

from __future__ import annotations

import io
import json
from collections import Counter
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError, TooManyRows
from embeddings_core.readers import delimited, limits, load, read_bytes
from embeddings_core.readers import parquet as parquet_reader
from embeddings_core.readers.cuts import Cut

FRAME = pd.DataFrame({"text": [f"text {row}" for row in range(2_000)], "n": range(2_000), "g": ["a", "b"] * 1_000})
VECTORS = np.random.default_rng(0).normal(size=(2_000, 9)).astype(np.float32)


def parquet(frame: pd.DataFrame, **options: int) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer, **options)  # type: ignore[call-overload]
    return buffer.getvalue()


def workbook(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    return buffer.getvalue()


numbered = pd.DataFrame(VECTORS, columns=[f"v{place}" for place in range(9)])
SOURCES = {
    "a.csv": FRAME.to_csv(index=False).encode(),
    "vectors.csv": pd.concat([FRAME, numbered], axis=1).to_csv(index=False).encode(),
    "a.parquet": parquet(FRAME),
    "groups.parquet": parquet(FRAME.assign(vector=list(VECTORS)), row_group_size=300),
    "numbered.parquet": parquet(pd.concat([FRAME, numbered], axis=1), row_group_size=300),
    "a.jsonl": FRAME.to_json(orient="records", lines=True).encode(),
    "a.json": json.dumps(FRAME.to_dict("list")).encode(),
    "a.xlsx": workbook(FRAME),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("cut", [Cut(limit=7), Cut(sample=50, seed=3), Cut(limit=5_000)], ids=str)
def test_every_format_gives_the_same_part(name: str, cut: Cut) -> None:
    loaded = read_bytes(SOURCES[name], name, cut=cut)
    expected = cut.rows(name, 2_000)
    rows = np.arange(2_000) if expected is None else expected
    assert loaded.table["n"].tolist() == rows.tolist()
    assert loaded.table["text"].tolist() == [f"text {row}" for row in rows]
    said = [note for note in loaded.notes if "of 2,000 rows" in note]
    assert len(said) == (0 if expected is None else 1)
    if loaded.vectors is not None:
        np.testing.assert_allclose(loaded.vectors, VECTORS[rows], rtol=1e-6)


def test_lines_arrays_tables_and_lists_are_cut_as_well() -> None:
    text = "\n".join(FRAME["text"]).encode()
    assert list(ec.read(text, name="a.txt", limit=3).items) == ["text 0", "text 1", "text 2"]
    chosen = Cut(sample=5, seed=1).rows("", 2_000)
    assert chosen is not None
    np.testing.assert_array_equal(ec.read(VECTORS, sample=5, seed=1).vectors, VECTORS[chosen])
    assert ec.read(FRAME, sample=5, seed=1).metadata["n"].tolist() == chosen.tolist()
    assert list(ec.read(FRAME["text"].tolist(), sample=5, seed=1).items) == [f"text {row}" for row in chosen]


def test_a_sample_is_fair_and_the_same_for_the_same_seed() -> None:
    drawn = Counter(row for seed in range(2_000) for row in Cut(sample=5, seed=seed).rows("", 20))  # type: ignore[union-attr]
    assert sorted(drawn) == list(range(20))
    # each row is in a quarter of the samples: 500, with a standard deviation of 19
    assert all(400 < count < 600 for count in drawn.values())
    first, again = Cut(sample=5, seed=9).rows("", 10**12), Cut(sample=5, seed=9).rows("", 10**12)
    assert first is not None
    assert again is not None
    assert first.tolist() == again.tolist()


@pytest.mark.parametrize(
    "wrong", [{"limit": 0}, {"sample": -1}, {"limit": 5, "sample": 5}, {"limit": 2.5}, {"seed": -1}]
)
def test_what_is_no_part_is_told(wrong: dict[str, int]) -> None:
    with pytest.raises(ParameterError):
        load(FRAME, **wrong)


def test_more_rows_than_are_read_are_counted_and_a_part_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (limits, delimited):
        monkeypatch.setattr(module, "ROWS", 1_500)
    text = b"\n".join(b"x" for _ in range(2_000))
    for raw, name in ((SOURCES["a.csv"], "a.csv"), (SOURCES["a.parquet"], "a.parquet"), (text, "a.txt")):
        with pytest.raises(TooManyRows, match=r"has 2,000 rows; at most 1,500 can be read at once") as caught:
            read_bytes(raw, name)
        assert caught.value.rows == 2_000
        assert "a fair sample" in caught.value.hint
        assert len(read_bytes(raw, name, cut=Cut(limit=2)).table) == 2
        with pytest.raises(TooManyRows):
            read_bytes(raw, name, cut=Cut(limit=1_501))


def test_a_parquet_file_that_claims_a_billion_rows_is_not_believed_with_memory() -> None:
    raw = parquet(pd.DataFrame({"text": ["x"] * 3}))
    claimed = raw.replace(b"\x16\x06", b"\x16\x80\xe8\xed\xa1\xba\x01", 1)  # some count of 3 in the footer
    with suppress(InputError):
        assert len(read_bytes(claimed, "a.parquet", cut=Cut(sample=10)).table)


def test_of_a_parquet_file_beyond_all_memory_a_part_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = SOURCES["groups.parquet"]
    (tmp_path / "a.parquet").write_bytes(raw)
    (tmp_path / "a.csv").write_bytes(SOURCES["a.csv"])
    for module in (limits, parquet_reader):
        monkeypatch.setattr(module, "FILE_BYTES", 1_000)
    with pytest.raises(
        TooManyRows, match=r"has 2,000 rows; the file has [\d,]+ bytes, and at most 1,000 bytes are read"
    ):
        load(tmp_path / "a.parquet")
    loaded = load(tmp_path / "a.parquet", sample=20, seed=4)
    rows = Cut(sample=20, seed=4).rows("", 2_000)
    assert rows is not None
    assert loaded.table["n"].tolist() == rows.tolist()
    np.testing.assert_array_equal(loaded.vectors, VECTORS[rows])
    with pytest.raises(InputError, match="at most 1,000 bytes can be read at once"):
        load(tmp_path / "a.csv", limit=5)

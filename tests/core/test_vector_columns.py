"""Tables that hold ready vectors, as lists in a column or as a column a number."""

from __future__ import annotations

import io
import json

import numpy as np
import pandas as pd
from conftest import packed
from made import FRAME, TEXTS, VECTORS

from embeddings_core.readers import Loaded, load, read_bytes


def parquet(frame: pd.DataFrame) -> bytes:
    buffer = io.BytesIO()
    frame.to_parquet(buffer)
    return buffer.getvalue()


def lines(frame: pd.DataFrame) -> bytes:
    return "\n".join(json.dumps(row, default=list) for row in frame.drop(columns="day").to_dict("records")).encode()


def lists(rows: np.ndarray) -> list[list[float]]:
    return [list(map(float, row)) for row in rows]


def test_a_list_column_in_every_kind_of_table() -> None:
    frame = FRAME.assign(embedding=lists(VECTORS))
    written = FRAME.assign(embedding=[json.dumps(row) for row in lists(VECTORS)])
    ways = [
        read_bytes(parquet(frame), "a.parquet"),
        read_bytes(lines(frame), "a.jsonl"),
        read_bytes(json.dumps({"text": TEXTS, "embedding": lists(VECTORS)}).encode(), "a.json"),
        read_bytes(written.to_csv(index=False).encode(), "a.csv"),
        load(frame),
        load(FRAME.assign(embedding=list(VECTORS.astype(np.float16).astype(np.float32)))),
    ]
    for loaded in ways:
        assert loaded.kinds[:2] == ("text", "vector")
        assert "embedding" not in loaded.table
        np.testing.assert_allclose(loaded.dataset().vectors, VECTORS, rtol=2e-3, atol=1e-4)
        assert "embedding, 12 numbers each" in " ".join(loaded.notes)


def test_the_exports_of_embedding_atlas_and_latent_scope() -> None:
    neighbors = [{"ids": [1, 2], "distances": [0.1, 0.2]}] * 30
    atlas = FRAME.assign(
        projection_x=1.5, projection_y=2.5, __neighbors=neighbors, __row_index__=range(30), vec=lists(VECTORS)
    )
    files = {"data/dataset.parquet": parquet(atlas), "data/metadata.json": "{}", "index.html": "<p>x", "a.png": b"x"}
    for loaded in (read_bytes(parquet(atlas), "a.parquet"), read_bytes(packed(files), "a.zip")):
        assert list(loaded.table) == ["text", "stars", "day", "projection_x", "projection_y"]
        np.testing.assert_array_equal(loaded.dataset().vectors, VECTORS)
        assert "__neighbors" in " ".join(loaded.notes)
    scope = FRAME.assign(x=0.5, y=0.25, cluster=1, raw_cluster=-1, label="a group", deleted=False, ls_index=range(30))
    loaded = read_bytes(parquet(scope), "scopes-001-input.parquet")
    assert list(loaded.dataset().items) == TEXTS
    assert {"x", "y", "cluster", "label", "ls_index"} <= set(loaded.dataset().metadata)
    lance = read_bytes(parquet(scope.assign(vector=lists(VECTORS), sae_indices=[[1, 2, 3]] * 30)), "lance.parquet")
    np.testing.assert_array_equal(lance.vectors, VECTORS)


def test_rows_whose_vector_cannot_be_used_are_left_out_and_told() -> None:
    cells: list[object] = lists(VECTORS)
    cells[3], cells[5], cells[7] = None, [0.1, 0.2], [float("nan")] * 12
    frame = FRAME.assign(vector=cells)
    for loaded in (read_bytes(parquet(frame), "a.parquet"), load(frame), read_bytes(lines(frame), "a.jsonl")):
        data = loaded.dataset()
        assert "3 rows were left out" in " ".join(loaded.notes)
        assert list(data.items) == [text for row, text in enumerate(TEXTS) if row not in (3, 5, 7)]
        np.testing.assert_array_equal(data.vectors, np.delete(VECTORS, (3, 5, 7), axis=0))


def test_vectors_in_columns_of_every_name() -> None:
    for prefix, first in (("v", 0), ("dim_", 1), ("emb-", 0), ("V", 0)):
        columns = pd.DataFrame(VECTORS, columns=[f"{prefix}{place + first}" for place in range(12)])
        frame = pd.concat([FRAME[["text"]], columns], axis=1)
        for loaded in (load(frame), read_bytes(frame.to_csv(index=False).encode(), "a.csv"), excel(frame)):
            np.testing.assert_allclose(loaded.dataset().vectors, VECTORS, rtol=1e-6)
            assert list(loaded.table) == ["text"]
    for names in (["v0", "v1", "v3"], ["v1", "v2", "v3"], ["dim_0", "dim_1", "dim_2"]):
        assert load(pd.DataFrame(VECTORS[:, :3], columns=names)).vectors is None
    two = pd.DataFrame(VECTORS[:, :2], columns=["v0", "v1"])
    np.testing.assert_array_equal(load(two).vectors, VECTORS[:, :2])


def excel(frame: pd.DataFrame) -> Loaded:
    buffer = io.BytesIO()
    frame.to_excel(buffer, index=False)
    return read_bytes(buffer.getvalue(), "a.xlsx")


def test_more_numbers_than_a_table_has_columns() -> None:
    wide = np.random.default_rng(1).normal(size=(4, 1536)).astype(np.float32)
    frame = pd.DataFrame(wide, columns=[f"v{place}" for place in range(1536)]).assign(text=TEXTS[:4])
    for raw, name in ((frame.to_csv(index=False).encode(), "a.csv"), (parquet(frame), "a.parquet")):
        np.testing.assert_allclose(read_bytes(raw, name).dataset().vectors, wide, rtol=1e-6)


def test_lists_that_are_no_vectors_stay_what_they_are() -> None:
    frame = FRAME.assign(tags=[[1, 2]] * 30, boxes=[[1, 2, 3, 4, 5, 6, 7, 8]] * 30)
    loaded = load(frame)
    assert loaded.vectors is None
    assert loaded.table["tags"][0] == "[1, 2]"


def test_vectors_without_a_text_are_vectors_and_categories_do_not_change_that() -> None:
    frame = pd.DataFrame({"topic": ["a", "b", "a"] * 10, "vector": lists(VECTORS)})
    loaded = load(frame)
    assert (loaded.kind, loaded.dataset().kind, loaded.kinds) == ("vector", "vector", ("vector", "text"))
    assert load(frame).dataset("topic").kind == "text"

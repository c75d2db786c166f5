"""Reading one large file tells how far it is, and stops where it is told to."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from conftest import packed
from hypothesis import given
from hypothesis import strategies as st
from made_documents import pdf

from embeddings_core.errors import Cancelled
from embeddings_core.progress import STEPS, phase, watched
from embeddings_core.readers import json_lines, load
from embeddings_core.readers import parquet as parquet_reader

N = 3_000
FRAME = pd.DataFrame({"text": [f"line number {i}" for i in range(N)], "stars": np.arange(N) % 5})
VECTORS = np.random.default_rng(0).normal(size=(N, 8)).astype(np.float32)


def saved(method: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    getattr(FRAME, method)(buffer, **options)
    return buffer.getvalue()


def array() -> bytes:
    buffer = io.BytesIO()
    np.savez(buffer, X=VECTORS, label=FRAME["text"].to_numpy(dtype=str), stars=FRAME["stars"].to_numpy())
    return buffer.getvalue()


PARAGRAPHS = [f"{text}, and so on.\n\n" for text in FRAME["text"]]
CSV = saved("to_csv", index=False)
FILES = {
    "a.csv": CSV,
    "a.parquet": saved("to_parquet"),
    "a.jsonl": saved("to_json", orient="records", lines=True),
    "a.json": saved("to_json", orient="records"),
    "a.xlsx": saved("to_excel", index=False),
    "a.pdf": pdf([f"Page {i} with a text." for i in range(12)]),
    "a.html": "".join(f"<p>{text}</p>" for text in PARAGRAPHS).encode(),
    "a.md": "".join(PARAGRAPHS).encode(),
    "a.npz": array(),
    "a.tsv": "\n".join("\t".join(map(str, row)) for row in VECTORS.tolist()).encode(),
    "a.vec": "".join(f"w{i} {' '.join(map(str, row))}\n" for i, row in enumerate(VECTORS.tolist())).encode() * 2,
    "a.zip": packed({"inside/a.csv": CSV}),
}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet_reader, "_BATCH", 1_000)


@pytest.mark.parametrize("name", FILES)
def test_reading_tells_how_far_it_is_and_stops_when_it_is_told_to(name: str) -> None:
    seen: list[tuple[int, int]] = []
    load(FILES[name], name, lambda done, total: seen.append((done, total)))
    assert len(set(seen)) >= 2
    assert seen == sorted(seen)
    assert len({total for _, total in seen}) == 1
    assert all(0 <= done <= total for done, total in seen)

    def stop(done: int, total: int) -> None:
        if (done, total) == seen[-1]:
            raise Cancelled

    with pytest.raises(Cancelled):
        load(FILES[name], name, stop)


@pytest.mark.parametrize("sample", [None, 10])
def test_a_table_with_an_open_quotation_mark_is_read_twice_and_never_goes_back(sample: int | None) -> None:
    raw = b'text,stars\n"never closed,3\n' + CSV.partition(b"\n")[2]
    seen: list[int] = []
    load(raw, "a.csv", lambda done, total: seen.append(done), sample=sample)
    assert seen == sorted(seen)
    assert any(500 < done < 600 for done in seen)


@given(st.lists(st.tuples(st.integers(0, 99), st.integers(1, 50)), min_size=1, max_size=6))
def test_phases_are_told_one_after_the_other(works: list[tuple[int, int]]) -> None:
    seen: list[tuple[int, int]] = []
    for place, (done, total) in enumerate(works):
        tell = phase(lambda *far: seen.append(far), place / len(works), (place + 1) / len(works))
        for step in range(min(done, total) + 1):
            tell(step, total)
    assert seen == sorted(seen)
    assert all(total == STEPS and 0 <= done <= STEPS for done, total in seen)


def test_things_go_by_unchanged() -> None:
    seen: list[int] = []
    assert list(watched("abcde", 5, lambda done, total: seen.append(done), every=2)) == list("abcde")
    assert seen == [0, 2, 4]
    assert list(watched("ab", 2, None)) == ["a", "b"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3)
)
WRITTEN = VALUES.map(json.dumps) | VALUES.map(lambda value: json.dumps(value, indent=1))


BROKEN = st.text('[]{},:"1a \n', max_size=12) | st.tuples(WRITTEN, st.sampled_from([",", "]", " 1"])).map("".join)


def outcome(parse: Callable[[str], Any], text: str) -> Any:
    """What a parser gives, or the line on which it stops."""
    try:
        return "value", parse(text)
    except json.JSONDecodeError as error:
        return "error", error.lineno


@given(WRITTEN | BROKEN)
def test_a_list_read_one_by_one_is_what_json_says(text: str) -> None:
    found = outcome(lambda text: json_lines._whole(text, lambda done, total: None), text)
    assert found == outcome(json.loads, text)

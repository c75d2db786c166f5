"""A fingerprint changes with every part of its input, and with nothing else."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from conftest import make_texts
from hypothesis import given
from hypothesis import strategies as st

from embeddings_core.fingerprints import content_key, file_digest, fingerprint
from embeddings_core.space import Dataset

parts = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


def as_compared(part: object) -> object:
    """A form in which Python tells apart what it calls equal: 1, 1.0 and True, 0.0 and -0.0."""
    if isinstance(part, dict):
        return ("map", tuple(sorted((key, as_compared(value)) for key, value in part.items())))
    if isinstance(part, (list, tuple)):
        return ("list", tuple(map(as_compared, part)))
    return (type(part).__name__, repr(part))


@given(parts, parts)
def test_different_input_has_a_different_fingerprint(one: object, other: object) -> None:
    assert (fingerprint(one) == fingerprint(other)) == (repr(as_compared(one)) == repr(as_compared(other)))


@given(st.text(), st.text())
def test_where_one_part_ends_matters(one: str, other: str) -> None:
    assert (fingerprint(one, other) == fingerprint(one + other, "")) == (other == "")


def test_arrays_count_with_type_shape_and_every_number() -> None:
    array = np.arange(2_000_000, dtype=np.float32)
    changed = array.copy()
    changed[1_234_567] += 1
    others = (array.astype(np.float64), array.reshape(2, -1), changed)
    assert len({fingerprint(each) for each in (array, *others)}) == 4
    assert fingerprint(array[::2]) == fingerprint(array[::2].copy())


def test_a_dataclass_counts_by_its_fields() -> None:
    @dataclass
    class Setting:
        name: str
        value: float

    assert fingerprint(Setting("a", 1.0)) == fingerprint(Setting("a", 1.0)) != fingerprint(Setting("a", 2.0))


def test_what_has_no_stable_content_is_refused() -> None:
    with pytest.raises(TypeError, match="object"):
        fingerprint(object())


def test_it_is_the_same_in_another_process() -> None:
    program = "from embeddings_core.fingerprints import fingerprint as f; print(f('a', 1, {'x': [2.5], 'b': None}))"
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == fingerprint("a", 1, {"b": None, "x": [2.5]})


def test_keys_are_of_the_content(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes("é".encode())
    assert content_key("é").hex() == content_key("é".encode()).hex() == file_digest(path)


def test_a_dataset_changes_with_items_metadata_and_order_but_not_with_its_name() -> None:
    one = make_texts(["a", "b"], n=[1, 2])
    same = Dataset("another name", "text", one.items, one.metadata, one.text)
    others = (make_texts(["a", "c"], n=[1, 2]), make_texts(["a", "b"], n=[1, 3]), make_texts(["b", "a"], n=[2, 1]))
    assert one.fingerprint == same.fingerprint
    assert len({each.fingerprint for each in (one, *others, make_texts(["a", "b"], m=[1, 2]))}) == 5

"""Ready vectors from every kind of file: against what the format's own library writes, and hostile ones."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from conftest import packed
from gensim.models import KeyedVectors
from made import FRAME, TEXTS, VECTORS

import embeddings_core as ec
from embeddings_core.errors import InputError
from embeddings_core.readers import load, read_bytes
from embeddings_core.store import Store

WORDS = ["the", ",", "New_York", "käse", "3", "naïve", "日本"]


def saved(array: np.ndarray, **options: bool) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, **options)
    return buffer.getvalue()


def upload(name: str, content: bytes | str) -> io.BytesIO:
    file = io.BytesIO(content if isinstance(content, bytes) else content.encode())
    file.name = name  # type: ignore[attr-defined]
    return file


def refused(raw: bytes, name: str, match: str) -> InputError:
    with pytest.raises(InputError, match=match) as caught:
        read_bytes(raw, name)
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("format", ["csv", "parquet", "jsonl", "npz"])
def test_this_apps_own_export_comes_back_with_texts_and_vectors(format: str, store: Store) -> None:
    data = ec.read(FRAME.assign(vector=list(VECTORS)))
    space = ec.encode(data, "ready", store=store)
    plane = ec.project(space, "pca", store=store)
    back = read_bytes(ec.export(space, format, projection=plane), f"a.{format}").dataset(keep=["stars", "day", "x"])
    assert (back.kind, back.text, list(back.items)) == ("text", "text", TEXTS)
    np.testing.assert_array_equal(back.vectors, VECTORS)
    np.testing.assert_array_equal(ec.encode(back, "ready", store=store).vectors, VECTORS)
    assert back.metadata["stars"].tolist() == FRAME["stars"].tolist()
    assert back.metadata["day"].tolist() == FRAME["day"].tolist()
    np.testing.assert_allclose(back.metadata["x"], plane.coords[:, 0], rtol=1e-6)


TYPES = ["float32", "float16", "float64", ">f4", ">f8", "int8", "uint16"]


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("order", ["C", "F"])
def test_npy_of_every_type(kind: str, order: str) -> None:
    array = np.asarray((VECTORS * 10).astype(kind), order=order)  # type: ignore[call-overload]
    loaded = read_bytes(saved(array), "a.npy")
    assert (loaded.kind, loaded.kinds) == ("vector", ("vector",))
    np.testing.assert_array_equal(loaded.dataset().vectors, array.astype(np.float32))


def test_npz_with_metadata_beside_the_vectors() -> None:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, X=VECTORS, label=np.array(TEXTS), year=np.arange(30), other=np.zeros((3, 4)))
    loaded = read_bytes(buffer.getvalue(), "a.npz")
    np.testing.assert_array_equal(loaded.dataset().vectors, VECTORS)
    assert list(loaded.dataset().items) == TEXTS
    assert loaded.table["year"].tolist() == list(range(30))
    assert "the arrays other" in " ".join(loaded.notes)


def claims(shape: str) -> bytes:
    """An .npy file whose header tells of that shape, with 8 bytes of content."""
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header.encode() + bytes(8)


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (saved(np.array([{"a": 1}], dtype=object), allow_pickle=True), "Python objects"),
        (claims("(1000000000, 1000)"), r"takes 4,000,000 MB; there are \d+ bytes"),
        (claims("(2, 2)"), "says that it holds an array of shape"),
        (claims("(-2, 2)"), "cannot be read|holds no vectors|says that"),
        (claims("__import__('os')"), "cannot be read as NumPy"),
        (saved(np.ones(5)), "holds no vectors"),
        (saved(np.ones((0, 4))), "holds no vectors"),
        (saved(np.ones((2, 2), complex)), "no real numbers"),
        (saved(np.array([["a", "b"]])), "no real numbers"),
        (saved(np.array([[1, np.nan], [1, 1]])), "1 of 2 vectors hold NaN"),
        (b"\x93NUMPY", "cannot be read as NumPy"),
        (b"\x93NUMPY\x09\x09" + bytes(30), "cannot be read as NumPy"),
    ],
)
def test_hostile_npy(raw: bytes, match: str) -> None:
    refused(raw, "a.npy", match)


def test_hostile_npz() -> None:
    refused(packed({"a.npy": claims("(1000000000, 1000)")}), "a.npz", "takes 4,000,000 MB")
    refused(packed({"a.npy": saved(np.array([None]), allow_pickle=True)}), "a.npz", "Python objects")
    refused(packed({"a.npy": saved(np.ones(3))}), "a.npz", r"no array \(n, d\) of numbers: a \(3,\)")
    refused(packed({"a.npy": b"\x93NUMPY?"}), "a.npz", "cannot be read as NumPy")


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_as_gensim_writes_it(binary: bool, tmp_path: Path) -> None:
    vectors = KeyedVectors(12)
    vectors.add_vectors(WORDS, VECTORS[: len(WORDS)])
    for name in ("a.bin", "a.vec", "a.txt"):
        vectors.save_word2vec_format(str(tmp_path / name), binary=binary)
        loaded = load(tmp_path / name)
        data = loaded.dataset()
        assert (data.kind, list(data.items), loaded.kinds[0]) == ("text", WORDS, "text")
        np.testing.assert_allclose(data.vectors, VECTORS[: len(WORDS)], rtol=1e-6)
    cut = load(tmp_path / "a.bin", sample=3, seed=1)
    assert list(cut.dataset().items) == [WORDS[place] for place in sorted(map(WORDS.index, cut.table["word"]))]
    np.testing.assert_allclose(cut.vectors, VECTORS[[WORDS.index(word) for word in cut.table["word"]]], rtol=1e-6)


def glove(words: list[str]) -> bytes:
    return "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, VECTORS, strict=False)).encode()


def test_glove_with_words_of_several_parts_and_a_broken_line() -> None:
    raw = glove(["the", "New York", ". . ."])
    loaded = read_bytes(raw, "glove.6B.12d.txt")
    assert list(loaded.dataset().items) == ["the", "New York", ". . ."]
    np.testing.assert_allclose(loaded.dataset().vectors, VECTORS[:3], rtol=1e-6)
    error = refused(raw + b"cut off 0.1 0.2\n", "glove.6B.12d.txt", "line 4: it is not a word and 12 numbers")
    assert "Mend or remove it" in error.hint


def test_plain_texts_are_no_word_vectors() -> None:
    for raw in (b"10 20\nx y\n", b"3 2\n", b"one 1 2 3\ntwo 4 5 6\n", b"a b c d e f g h i j\n" * 4):
        assert read_bytes(raw, "a.txt").vectors is None


@pytest.mark.parametrize(
    ("raw", "match"),
    [
        (b"999999999999 300\nthe " + bytes(1200), "it is too short for that"),
        (b"2 3\nthe " + VECTORS[0, :3].tobytes() + b"nothingelsehere" * 9, "word 2: the file ends"),
        (b"5 10\nno vectors here\n", "too short|word 1: the file ends"),
        (bytes(range(256)), "does not begin|word"),
    ],
)
def test_hostile_word_vectors(raw: bytes, match: str) -> None:
    refused(raw, "a.bin", match)


TSV = "\n".join("\t".join(map(str, row)) for row in VECTORS)
METADATA = "label\tgroup\n" + "\n".join(f"word {row}\t{row % 3}" for row in range(30))
SINGLE = "\n".join(f"word {row}" for row in range(30))
CONFIG = {"embeddings": [{"tensorShape": [30, 12], "tensorPath": "t/tensors.bytes", "metadataPath": "t/metadata.tsv"}]}
SETS: dict[str, dict[str, bytes | str]] = {
    "tsv": {"tensors.tsv": TSV, "metadata.tsv": METADATA},
    "single column": {"metadata.tsv": SINGLE, "tensors.tsv": TSV},
    "bytes": {"tensors.bytes": VECTORS.tobytes(), "metadata.tsv": METADATA},
    "config": {
        "projector_config.json": json.dumps(CONFIG), "t/tensors.bytes": VECTORS.tobytes(), "t/metadata.tsv": METADATA,
    },
    "npy and csv": {"v.npy": saved(VECTORS), "about.csv": METADATA.replace("\t", ",")},
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_vectors_and_their_metadata_in_two_files(name: str, tmp_path: Path) -> None:
    files = SETS[name]
    for given, content in files.items():
        (tmp_path / given).parent.mkdir(exist_ok=True)
        (tmp_path / given).write_bytes(content if isinstance(content, bytes) else content.encode())
    uploads = [upload(given, content) for given, content in files.items()]
    for loaded in (load(uploads), read_bytes(packed(files), "a.zip"), load(tmp_path)):
        assert loaded.vectors is not None
        np.testing.assert_allclose(loaded.vectors, VECTORS, rtol=1e-6)
        assert loaded.table["label"].tolist() == SINGLE.split("\n")


def test_tensors_alone() -> None:
    np.testing.assert_allclose(read_bytes(TSV.encode(), "tensors.tsv").dataset().vectors, VECTORS, rtol=1e-6)
    assert "together with its metadata" in refused(VECTORS.tobytes(), "tensors.bytes", "how many numbers").hint
    config = {"projector_config.json": json.dumps({"embeddings": [{"tensorShape": [30, 12]}]})}
    alone = read_bytes(packed({**config, "tensors.bytes": VECTORS.tobytes()}), "a.zip")
    np.testing.assert_array_equal(alone.vectors, VECTORS)


@pytest.mark.parametrize(
    ("files", "match"),
    [
        ({"t.bytes": VECTORS.tobytes()[:-1], "m.tsv": METADATA}, "would take"),
        ({"t.bytes": VECTORS.tobytes(), "m.tsv": METADATA, "u.bytes": b"1234"}, "2 files of vectors"),
        ({"t.tsv": TSV, "m.tsv": "a\tb\nx\ty"}, "30 vectors but 1 rows of metadata"),
        ({"t.bytes": b"\xff" * 8, "m.tsv": "a\nb"}, "2 of 2 vectors hold NaN"),
        ({"t.bytes": b"1234", "projector_config.json": "{}"}, "names no embeddings"),
        (
            {"t.bytes": b"1234", "projector_config.json": '{"embeddings": [{"tensorShape": [1e9, -1]}]}'},
            "gives the shape",
        ),
        ({"t.bytes": b"1234", "projector_config.json": '{"embeddings": [{"tensorPath": "../x"}]}'}, "does not hold"),
        (
            {"t.bytes": b"1234", "projector_config.json": '{"embeddings": [{"tensorShape": [9999999, 9999999]}]}'},
            "take",
        ),
    ],
)
def test_hostile_sets(files: dict[str, bytes | str], match: str) -> None:
    refused(packed(files), "a.zip", match)

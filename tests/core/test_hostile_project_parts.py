"""Project files whose zip is whole, and in whose parts something is damaged or hostile."""

from __future__ import annotations

import io
import json
import os
import pickle
import zipfile

import numpy as np
import pandas as pd
import pytest
from made_projects import changed, files, good, members, npz, refused, sealed, texts, zipped

import embeddings_core as ec
from embeddings_core import encodings, selections
from embeddings_core.fingerprints import fingerprint
from embeddings_core.store import Store, result_key
from embeddings_core.store.files import save_arrays

PRINT = "0" * 64


def with_arrays(raw: bytes, **arrays: np.ndarray) -> bytes:
    """An .npz file with some of its arrays replaced; what is None is taken out."""
    with np.load(io.BytesIO(raw)) as file:
        kept = {name: file[name] for name in file.files}
    return npz(**{name: array for name, array in (kept | arrays).items() if array is not None})


def with_note(raw: bytes, **said: object) -> bytes:
    with np.load(io.BytesIO(raw)) as file:
        note = json.loads(bytes(file["__note__"]))
    return with_arrays(raw, __note__=np.frombuffer(json.dumps(note | said).encode(), np.uint8))


def with_about(raw: bytes, **said: object) -> bytes:
    return json.dumps(json.loads(raw) | said).encode()


def huge(shape: tuple[int, ...]) -> bytes:
    """An .npz whose header claims far more than is there."""
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": "<f4", "fortran_order": False, "shape": shape})
    return zipped(("vectors.npy", buffer.getvalue() + b"\0" * 16))


class TestTheData:
    @pytest.mark.parametrize(
        ("like", "change"),
        [
            ("dataset.json", lambda raw: b"{}"),
            ("dataset.json", lambda raw: b"no"),
            ("dataset.json", lambda raw: with_about(raw, kind="program")),
            ("dataset.json", lambda raw: with_about(raw, rows=10**12)),
            ("dataset.json", lambda raw: with_about(raw, name=3)),
            ("dataset.json", lambda raw: with_about(raw, text="no such column")),
            ("dataset.json", lambda raw: with_about(raw, created=float("nan"))),
            ("dataset.json", lambda raw: with_about(raw, columns=["a"])),
            ("items.parquet", lambda raw: b"PAR1 no PAR1"),
            ("items.parquet", lambda raw: raw[:-9]),
        ],
    )
    def test_damaged(self, like, change):
        refused(changed(good(), like, change), "is damaged")

    def test_other_content_than_its_fingerprint_says(self):
        def other(raw: bytes) -> bytes:
            frame = pd.read_parquet(io.BytesIO(raw))
            frame.loc[0, frame.columns[-1]] = frame.loc[1, frame.columns[-1]]
            buffer = io.BytesIO()
            frame.to_parquet(buffer, index=False)
            return buffer.getvalue()

        refused(
            changed(good(), "items.parquet", other), "another fingerprint|cannot be read any more|is not in the store"
        )

    def test_a_word_that_is_repeated_until_memory_is_full(self, monkeypatch):
        frame = pd.DataFrame({"item": ["x" * 1_000_000] * 2000})
        buffer = io.BytesIO()
        frame.to_parquet(buffer, index=False)
        assert len(buffer.getvalue()) < 1_100_000
        parts_of = {f"datasets/{PRINT}/items.parquet": buffer.getvalue()}
        about = {"name": "", "kind": "text", "text": None, "license": "", "source": "", "description": "",
                 "rows": 2000, "columns": [], "created": 0.0}  # fmt: skip
        parts_of[f"datasets/{PRINT}/dataset.json"] = json.dumps(about).encode()
        refused(sealed(parts_of), "too long")

    def test_a_picture_that_is_none(self):
        refused(changed(good(), "pictures/", lambda raw: b"no picture"), "is damaged")

    def test_a_picture_of_nothing(self):
        parts_of = {path: raw for path, raw in members(good()).items() if path != "manifest.json"}
        refused(sealed({**parts_of, f"pictures/00/{PRINT}": b"x"}), "belongs to nothing")

    @pytest.mark.parametrize("path", [f"selections/{PRINT}/{PRINT}.json", f"encodings/{PRINT}/{PRINT}.npz",
                                      f"datasets/{PRINT}/items.parquet"])  # fmt: skip
    def test_parts_without_their_data(self, path):
        refused(sealed({path: b"x"}), "belongs to nothing")


class TestTheVectors:
    def test_not_finite(self):
        for bad in (np.nan, np.inf):
            vectors = np.full((24, 16), bad, np.float32)
            refused(changed(good(), self.lost(), lambda raw, v=vectors: with_arrays(raw, vectors=v)), "NaN or inf")

    @staticmethod
    def lost() -> str:
        """Where the vectors of the texts lie."""
        key = texts().fingerprint
        return f"encodings/{key}/"

    @pytest.mark.parametrize(
        "arrays",
        [
            {"vectors": np.zeros((3, 16), np.float32)},
            {"vectors": np.zeros(24, np.float32)},
            {"vectors": np.zeros((24, 16))},
            {"vectors": None},
            {"more": np.zeros(1)},
        ],
    )
    def test_other_shapes_and_types(self, arrays):
        refused(changed(good(), self.lost(), lambda raw: with_arrays(raw, **arrays)), "is damaged")

    @pytest.mark.parametrize("said", [{"encoder": "minilm"}, {"encoder": 3}, {"fingerprint": 3}, {"brought": False}])
    def test_another_encoder_than_its_name_says(self, said):
        refused(changed(good(), self.lost(), lambda raw: with_note(raw, **said)), "about the encoder")

    @pytest.mark.parametrize("shape", [(10**9, 10**6), (10**30,), (2**62, 4), (-1, -4)])
    def test_headers_that_claim_more_than_there_is(self, shape):
        refused(changed(good(), self.lost(), lambda raw: huge(shape)), "is damaged")

    def test_pickles(self, tmp_path):
        mark = tmp_path / "a pickle was loaded"

        class Evil:
            def __reduce__(self):
                return os.mkdir, (str(mark),)

        array = np.empty(1, dtype=object)
        array[0] = Evil()
        evil = npz(vectors=array)
        assert str(mark).encode() in evil
        refused(changed(good(), self.lost(), lambda raw: evil), "not an array of numbers")
        refused(changed(good(), self.lost(), lambda raw: pickle.dumps(Evil())), "is damaged")
        assert not mark.exists()

    def test_an_npz_that_is_a_zip_bomb(self):
        bomb = zipped(("vectors.npy", bytes(50_000_000)), how=zipfile.ZIP_DEFLATED)
        refused(changed(good(), self.lost(), lambda raw: bomb), "not stored as an array")

    def test_an_encoder_whose_name_has_control_characters(self, tmp_path):
        store = Store(tmp_path / "s")
        data = store.put_dataset(texts())
        encodings.bring_encoding(store.home, ec.Space(data, "a\x1b[31m", "f", np.eye(24, dtype=np.float32)))
        found = {path: raw for path, raw in files(store.home).items() if not path.startswith("results")}
        refused(sealed(found), "no vectors of an encoder")


class TestResults:
    def test_under_another_key(self):
        parts_of = {path: raw for path, raw in members(good()).items() if path != "manifest.json"}
        path = next(path for path in parts_of if path.startswith("results"))
        parts_of[f"results/{PRINT}.npz"] = parts_of.pop(path)
        refused(sealed(parts_of), "made from something else")

    def test_of_a_space_that_is_not_here(self, tmp_path):
        made_from = ["projection", "of minilm", "pca", 1, 2, 0, {}]
        path = tmp_path / "r.npz"
        save_arrays(path, {"coords": np.zeros((24, 2), "f4")}, {"note": "", "made_from": made_from})
        parts_of = {path: raw for path, raw in members(good()).items() if path != "manifest.json"}
        parts_of[f"results/{result_key(*made_from)}.npz"] = path.read_bytes()
        refused(sealed(parts_of), "belongs to nothing")

    @pytest.mark.parametrize(
        ("kind", "arrays", "note"),
        [
            ("index", {"index": np.zeros(9, np.uint8)}, {}),
            ("projection", {"coords": np.zeros((3, 2), "f4")}, {"note": ""}),
            ("projection", {"coords": np.full((24, 2), np.nan, "f4")}, {"note": ""}),
            ("projection", {"coords": np.zeros((24, 2))}, {"note": ""}),
            ("projection", {"coords": np.zeros((24, 2), "f4")}, {"note": ["no text"]}),
            ("projection", {"coords": np.zeros((24, 2), "f4"), "fitted": np.ones(3, bool)}, {"note": ""}),
            ("extended", {"coords": np.zeros((24, 2), "f4")}, {"note": "", "base": PRINT}),
            ("extended", {"coords": np.zeros((24, 2), "f4"), "fitted": np.ones(3, bool)}, {"note": "", "base": PRINT}),
            ("extended", {"coords": np.zeros((24, 2), "f4"), "fitted": np.zeros(24, bool)},
             {"note": "", "base": PRINT}),
            ("extended", {"coords": np.zeros((24, 2), "f4"), "fitted": np.ones(24, "f4")}, {"note": "", "base": PRINT}),
            ("extended", {"coords": np.zeros((24, 2), "f4"), "fitted": np.ones(24, bool)}, {"note": "", "base": "<b>"}),
            ("projection", {"coords": np.zeros((24, 2), "f4"), "components": np.zeros((2, 16), "f4"),
                            "mean": np.zeros(3, "f4")}, {"note": ""}),
        ],
    )  # fmt: skip
    def test_damaged_maps(self, tmp_path, kind, arrays, note):
        made_from = [kind, fingerprint(texts().fingerprint, "lost-1"), "pca", 7, 2, 0, {}]
        path = tmp_path / "r.npz"
        save_arrays(path, arrays, {**note, "made_from": made_from})
        parts_of = {path: raw for path, raw in members(good()).items() if path != "manifest.json"}
        parts_of[f"results/{result_key(*made_from)}.npz"] = path.read_bytes()
        refused(sealed(parts_of), "is damaged")

    @pytest.mark.parametrize(("dims", "seed"), [(7, 0), (2, "x"), (2, -1), (2, [0])])
    def test_maps_that_nobody_can_ask_for(self, tmp_path, dims, seed):
        made_from = ["projection", fingerprint(texts().fingerprint, "lost-1"), "pca", 1, dims, seed, {}]
        path = tmp_path / "r.npz"
        save_arrays(path, {"coords": np.zeros((24, dims), "f4")}, {"note": "", "made_from": made_from})
        parts_of = {path: raw for path, raw in members(good()).items() if path != "manifest.json"}
        parts_of[f"results/{result_key(*made_from)}.npz"] = path.read_bytes()
        refused(sealed(parts_of), "is damaged")

    @pytest.mark.parametrize(
        ("arrays", "said"),
        [
            ({"labels": np.zeros(24, np.int64)}, {}),
            ({"labels": np.arange(24)}, {}),
            ({"labels": np.zeros(3, np.int64)}, {}),
            ({"examples": np.full((3, 5), 99)}, {}),
            ({"examples": np.zeros((1, 5), np.int64)}, {}),
            ({"confidence": np.zeros(2, "f4")}, {}),
            ({}, {"names": ["a", "a", "b"]}),
            ({}, {"names": ["a", "b"]}),
            ({}, {"names": [1, 2, 3]}),
            ({}, {"sizes": [1, 1, 22]}),
            ({}, {"silhouettes": [0.1]}),
            ({}, {"silhouette": "high"}),
            ({}, {"on": "nowhere"}),
            ({}, {"metric": "no"}),
            ({}, {"note": 3}),
            ({}, {"more": 3}),
        ],
    )
    def test_damaged_groups(self, arrays, said):
        path = next(path for path, raw in members(good()).items() if path.startswith("results") and b"kmeans" in raw)
        refused(changed(good(), path, lambda raw: with_note(with_arrays(raw, **arrays), **said)), "is damaged")


class TestKeptUnderAName:
    def test_damaged_selections(self):
        refused(changed(good(), "selections/", lambda raw: b"{}"), "cannot be read")

    def test_selections_of_items_that_there_are_not(self, tmp_path):
        store = Store(tmp_path / "s")
        selections.keep(store, texts().fingerprint, "beyond", [24])
        parts_of = {path: raw for path, raw in members(good()).items() if path != "manifest.json"}
        refused(sealed(parts_of | files(store.home)), "items that there are not")

    @pytest.mark.parametrize("labels", [np.zeros(3, np.int32), np.full(24, 9, np.int32)])
    def test_damaged_groups(self, labels):
        refused(changed(good(), "groups/", lambda raw: with_arrays(raw, labels=labels)), "is damaged")

    @pytest.mark.parametrize("raw", [b"no", b"{}", b'{"version": 1, "name": "", "created": 0, "scenes": []}'])
    def test_damaged_stories(self, raw):
        refused(sealed({"stories/abc.json": raw}), "no story")

    @pytest.mark.parametrize(
        ("bits", "n"), [(np.zeros(1, np.uint8), 8), (np.ones(1, np.uint8), 10**12), (np.ones(8, np.float32), 8)]
    )
    def test_damaged_selections_of_a_view(self, tmp_path, bits, n):
        made_from = ("selection", selections.History(9).fingerprint)
        save_arrays(tmp_path / "r.npz", {"bits": bits}, {"n": n, "made_from": made_from})
        path = f"results/{result_key(*made_from)}.npz"
        refused(sealed({path: (tmp_path / "r.npz").read_bytes()}), "selection")


class TestOldVersions:
    @pytest.mark.parametrize(
        "tags", [b"no", b"[]", b'{"a/b": {"x": [1]}}', b'{"ab": {"": [1]}}', b'{"ab": {"x": ["y"]}}']
    )
    def test_what_cannot_be_brought_up_to_date(self, tags):
        refused(sealed({"tags.json": tags}, version=0), "cannot be read as version 0")

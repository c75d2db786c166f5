"""Damaged and hostile project files are refused whole, with the reason, and the store stays as it was."""

from __future__ import annotations

import stat
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_projects import files, good, members, mine, refused, sealed, zipped

import embeddings_core as ec
from embeddings_core.errors import CoreError, InputError
from embeddings_core.project_file import parts, unpacking
from embeddings_core.store import Store

PRINT = "0" * 64


class TestTheZip:
    def test_not_a_zip_or_only_a_part_of_one(self):
        for raw in (b"", b"no zip", good()[: len(good()) // 2], good()[:-10], good()[100:] + b"x"):
            refused(raw, "no project file, or only a part of one|is damaged")

    def test_a_zip_of_something_else(self):
        refused(zipped(("a.txt", b"text")), "no project file")
        refused(zipped(("manifest.json", b'{"format": "other"}')), "no project file")
        refused(zipped(("manifest.json", b"[1, 2]")), "no project file")
        refused(zipped(("manifest.json", b"{")), "manifest is damaged")
        refused(zipped(("manifest.json", b"[" * 100_000)), "manifest is damaged")

    @pytest.mark.parametrize("version", [parts.VERSION + 1, 99])
    def test_a_newer_version(self, version):
        refused(sealed({}, version=version), "has version")

    @pytest.mark.parametrize("version", [None, "1", True, -1, 1.0])
    def test_no_version(self, version):
        refused(sealed({}, version=version), "which version")

    @pytest.mark.parametrize("said", [None, 3, [3], [{}], [{"path": 1, "size": 1, "sha256": ""}],
                                      [{"path": "a", "size": -1, "sha256": ""}],
                                      [{"path": "a", "size": 1, "sha256": "", "more": 1}]])  # fmt: skip
    def test_a_list_of_parts_that_is_none(self, said):
        refused(sealed({}, parts=said), "list of parts")

    @pytest.mark.parametrize(
        "name", ["../evil", "/etc/passwd", "C:/evil", "datasets/../../evil", f"datasets/{PRINT}/../items.parquet",
                 f"results/{PRINT}.npz/", f"results\\{PRINT}.npz", "vectors.sqlite", f"results/{PRINT}.npy",
                 f"results/{PRINT}.npz\n", f"pictures/00/{PRINT}.png", "tags.json"],
    )  # fmt: skip
    def test_names_that_lead_elsewhere(self, name):
        refused(sealed({name: b"x"}), "no part is called|not in its manifest|missing")

    def test_nothing(self):
        refused(sealed({}), "there is nothing in it")

    def test_links(self):
        link = zipfile.ZipInfo(f"results/{PRINT}.npz")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        refused(zipped((link, b"/etc/passwd")), "link to another file")

    def test_compressed_parts_as_in_a_zip_bomb(self):
        refused(zipped((f"results/{PRINT}.npz", bytes(10_000_000)), how=zipfile.ZIP_DEFLATED), "compressed")

    def test_parts_that_overlap_as_in_a_zip_bomb(self):
        raw = bytearray(zipped(("a" * 9, b"x" * 2000), ("b" * 9, b"x" * 2000)))
        end = raw.index(b"PK\x05\x06")
        entry = bytes(raw[raw.index(b"PK\x01\x02") : raw.index(b"PK\x01\x02") + 55])
        many = b"".join(entry.replace(b"a" * 9, f"{place:09}".encode()) for place in range(50))
        start = raw.index(b"PK\x01\x02")
        tail = bytearray(raw[end:])
        tail[8:12] = (50).to_bytes(2, "little") * 2
        tail[12:16] = len(many).to_bytes(4, "little")
        refused(bytes(raw[:start]) + many + bytes(tail), "zip bomb")

    def test_encrypted_parts(self):
        raw = bytearray(zipped((f"results/{PRINT}.npz", b"x")))
        raw[6] |= 1
        raw[raw.index(b"PK\x01\x02") + 8] |= 1
        refused(bytes(raw), "encrypted")

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_two_parts_of_one_name(self):
        refused(zipped(("manifest.json", b"{}"), ("manifest.json", b"{}")), "same name")
        part = {"path": f"results/{PRINT}.npz", "size": 1, "sha256": PRINT}
        refused(sealed({}, parts=[part, part]), "names a part twice")

    def test_more_or_less_than_the_manifest_names(self):
        parts_of = members(good())
        extra = zipped(*parts_of.items(), ("extra.txt", b"x"))
        refused(extra, "not in its manifest")
        path = next(path for path in parts_of if path.startswith("results"))
        refused(zipped(*(pair for pair in parts_of.items() if pair[0] != path)), "missing")

    def test_a_part_that_was_changed(self):
        parts_of = members(good())
        path = next(path for path in parts_of if path.startswith("results"))
        refused(zipped(*(parts_of | {path: parts_of[path][:-1] + b"\xff"}).items()), "not what the manifest says")
        refused(zipped(*(parts_of | {path: parts_of[path] + b"x"}).items()), "bytes instead of")

    def test_too_large(self, monkeypatch):
        monkeypatch.setattr(unpacking, "LARGEST", len(good()) - 1)
        refused(good(), "at most")

    def test_too_many_parts(self, monkeypatch):
        monkeypatch.setattr(unpacking, "MOST", 3)
        refused(good(), "more than 3 parts")

    def test_no_file_at_all(self):
        with pytest.raises(InputError, match="cannot be opened"):
            ec.open_project("/nowhere/p.zip", store=mine())

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
    def test_one_bit_is_never_overlooked(self, place, bit):
        raw, store = bytearray(good()), Store(mine().home.parent / "second")
        raw[int(place * len(raw))] ^= 1 << bit
        before = files(store.home)
        try:
            ec.open_project(bytes(raw), store=store)
        except CoreError:
            assert files(store.home) == before
        else:  # a bit that says nothing, such as one of a time in the zip
            assert members(bytes(raw)) == members(good())

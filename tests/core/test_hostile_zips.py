"""Zip files from strangers: bombs, lies, names that lead elsewhere, nested, encrypted and damaged ones."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from embeddings_core.errors import CoreError, InputError
from embeddings_core.pictures import picture_bytes
from embeddings_core.readers import Loaded, load, read_bytes
from embeddings_core.readers.limits import RATIO_FREE, UNPACKED_BYTES
from embeddings_core.readers.zips import Budget, read_member, safe_name

PICTURE = picture_bytes(Image.new("RGB", (9, 7), "teal"))
CENTRAL = b"PK\x01\x02"
LOCAL = b"PK\x03\x04"


def packed(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in files.items():
            file.writestr(name, content)
    return buffer.getvalue()


def zeros(name: str, megabytes: int) -> bytes:
    """A zip whose one member is nothing but zeros."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file, file.open(name, "w", force_zip64=True) as member:
        for _ in range(megabytes):
            member.write(bytes(1_000_000))
    return buffer.getvalue()


BOMB = zeros("a.csv", 300)


def lying(raw: bytes, unpacked: int | None = None, flag: int = 0) -> bytes:
    """The same zip, whose first member claims another size, or has a flag set."""
    changed = bytearray(raw)
    for mark, size_at, flag_at in ((CENTRAL, 24, 8), (LOCAL, 22, 6)):
        start = changed.index(mark)
        if unpacked is not None:
            struct.pack_into("<I", changed, start + size_at, unpacked)
        changed[start + flag_at] |= flag
    return bytes(changed)


def refused(raw: bytes, name: str, match: str) -> InputError:
    """The error, having a hint and coming before much was unpacked."""
    tracemalloc.start()
    try:
        with pytest.raises(InputError, match=match) as caught:
            read_bytes(raw, name)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("name", ["a.zip", "a.csv", "a.png"])
def test_a_bomb_is_refused_before_it_is_unpacked(name: str) -> None:
    assert len(BOMB) < 1_000_000
    refused(BOMB, name, r"a\.csv is packed more than 200 times over, as in a zip bomb")


@pytest.mark.parametrize("claimed", [1, 10, 1_000_000])
def test_a_bomb_that_claims_to_be_small_is_not_unpacked_further_than_it_claims(claimed: int) -> None:
    refused(lying(BOMB, claimed), "a.zip", "a.zip cannot be read. It cannot be unpacked: Bad CRC-32")


def test_a_bomb_in_a_workbook_is_refused() -> None:
    refused(
        packed({"xl/workbook.xml": b"<workbook/>", "xl/worksheets/sheet1.xml": bytes(30_000_000)}), "a.xlsx", "zip bomb"
    )


def test_many_members_that_unpack_to_too_much_together_are_refused() -> None:
    raw = packed({f"{number}.png": bytes(19_900_000) for number in range(3)})
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        budget = Budget("a.zip", 40_000_000)
        for member in file.infolist()[:2]:
            assert len(read_member(file, member, budget)) == 19_900_000
        with pytest.raises(InputError, match="unpacks to more than"):
            read_member(file, file.infolist()[2], budget)


def test_many_members_that_claim_too_much_together_are_refused() -> None:
    claims = bytearray(packed({f"{number}.png": b"small" for number in range(UNPACKED_BYTES // RATIO_FREE + 1)}))
    at = 0
    while (at := claims.find(CENTRAL, at + 1)) > 0:
        struct.pack_into("<I", claims, at + 24, RATIO_FREE)
    refused(bytes(claims), "a.zip", "unpacks to more than 2,000 MB")


OUTSIDE = {
    "../../evil.png": "evil.png",
    "/etc/evil.png": "etc/evil.png",
    "C:\\Windows\\evil.png": "Windows/evil.png",
    "a/../../b/./evil.png": "a/b/evil.png",
    "..\\..\\evil.png": "evil.png",
    "line\nbreak.png": "line break.png",
    "\u202egnp.exe.png": "gnp.exe.png",
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_names_that_lead_elsewhere_are_made_safe_and_nothing_is_written(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    before = sorted(tmp_path.rglob("*"))
    assert safe_name(name) == OUTSIDE[name]
    loaded = read_bytes(packed({name: PICTURE, "fine/other.png": PICTURE}), "a.zip")
    assert loaded.table["file"].tolist() == [OUTSIDE[name].split("/")[-1], "other.png"]
    assert not any(".." in value or value.startswith("/") for value in loaded.table["folder"])
    assert read_bytes(packed({name[:-4] + ".csv": b"text\nx"}), "a.zip").dataset().items == ["x"]
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", ["", "..", "/", "C:", "../..", " / ", "\0"])
def test_a_name_of_which_nothing_is_left(name: str) -> None:
    assert safe_name(name) == "unnamed"


def test_a_zip_in_a_zip_is_not_opened() -> None:
    inner = packed({"b.csv": b"text\nx"})
    loaded = read_bytes(packed({"a.png": PICTURE, "inner.zip": inner}), "a.zip")
    assert loaded.skipped == [("inner.zip", "A zip inside a zip is not opened.")]
    refused(packed({"inner.zip": inner}), "a.zip", r"inner\.zip in a\.zip is a zip itself")
    refused(packed({"inner.csv": inner}), "a.zip", r"inner\.csv in a\.zip is a zip itself")


def test_a_workbook_in_a_zip_is_opened() -> None:
    buffer = io.BytesIO()
    pd.DataFrame({"text": ["x"]}).to_excel(buffer, index=False)
    assert read_bytes(packed({"a.xlsx": buffer.getvalue()}), "a.zip").dataset().items == ["x"]


def test_encrypted_members_are_skipped_or_told() -> None:
    loaded = read_bytes(lying(packed({"secret.png": PICTURE, "open.png": PICTURE}), flag=1), "a.zip")
    assert loaded.skipped == [("secret.png", "It is encrypted.")]
    assert loaded.table["file"].tolist() == ["open.png"]
    refused(
        lying(packed({"secret.png": PICTURE}), flag=1),
        "a.zip",
        r"secret\.png in a\.zip cannot be read\. It is encrypted",
    )
    told = refused(
        lying(packed({"a.csv": b"text\nx"}), flag=1), "a.zip", r"a\.csv in a\.zip cannot be read\. It is encrypted"
    )
    assert "without a password" in told.hint


def test_damaged_zips_are_told() -> None:
    raw = packed({"a.png": PICTURE, "b.png": PICTURE})
    refused(raw[: len(raw) // 2], "a.zip", r"a\.zip is a damaged zip file")
    refused(b"no zip at all", "a.zip", r"a\.zip is a damaged zip file")
    broken = bytearray(raw)
    start = raw.index(PICTURE[:8]) if PICTURE[:8] in raw else 30 + len("a.png")
    broken[start + 4 : start + 30] = bytes(26)
    loaded = read_bytes(bytes(broken), "a.zip")
    assert loaded.table["file"].tolist() == ["b.png"]
    assert [name for name, _ in loaded.skipped] == ["a.png"]
    assert "cannot be unpacked" in loaded.skipped[0][1]


@pytest.mark.parametrize("files", [{}, {"folder/": b""}, {".hidden.csv": b"text\nx"}, {"__MACOSX/a.png": PICTURE}])
def test_a_zip_of_nothing(files: dict[str, bytes]) -> None:
    refused(packed(files), "a.zip", "holds nothing that can be read: it is empty")


def test_an_office_document_is_no_zip_of_its_pictures() -> None:
    for files in ({"[Content_Types].xml": b"<x/>", "word/media/a.png": PICTURE}, {"mimetype": b"x", "a.png": PICTURE}):
        assert "PDF" in refused(packed(files), "a.docx", "is an office document or e-book").hint


def test_two_tables_are_not_mixed() -> None:
    told = refused(packed({"a.csv": b"text\nx", "b.csv": b"text\ny"}), "a.zip", r"These are 2 tables: a\.csv, b\.csv")
    assert "one table at a time" in told.hint


def test_a_csv_that_is_a_zip_is_read_as_one_with_a_note() -> None:
    loaded = read_bytes(packed({"a.png": PICTURE, "b.png": PICTURE}), "table.csv")
    assert (loaded.kind, len(loaded.media)) == ("image", 2)
    assert loaded.notes[0].startswith("The name ends in .csv; it was read as what it is: Zip")


def test_of_many_members_each_one_that_is_no_picture_is_told() -> None:
    files = {f"{number}.md": b"" for number in range(5_000)} | {f"{number}.png": b"" for number in range(500)}
    loaded = load(io.BytesIO(packed(files | {"a.png": PICTURE})), "a.zip")
    assert loaded.table["file"].tolist() == ["a.png"]
    assert {name for name, _ in loaded.skipped} == set(files)


WHOLE = packed({"a.png": PICTURE, "b/c.png": PICTURE, "notes.txt": b"x"})


@settings(max_examples=200)
@given(
    st.integers(0, len(WHOLE)),
    st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=8),
    st.sampled_from(["a.zip", "a.xlsx", "a.csv"]),
)
def test_a_zip_damaged_anywhere_is_read_or_told(end: int, wrong: list[tuple[int, int]], name: str) -> None:
    raw = bytearray(WHOLE)
    for place, byte in wrong:
        raw[place] = byte
    try:
        loaded = read_bytes(bytes(raw) if wrong else bytes(raw[:end]), name)
    except CoreError as error:
        hint = error.hint
        assert hint
    else:
        assert isinstance(loaded, Loaded)

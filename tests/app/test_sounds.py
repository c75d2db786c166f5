"""Sounds on the pages: where the browser finds them, and what cards, lists and the table say of them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from conftest import make_texts
from starlette.applications import Starlette
from starlette.testclient import TestClient

import embeddings_core as ec
from components.items.rows import rows
from components.panels.table import payload
from components.published import publish_items, sound_address
from components.routes import ROUTES
from components.rows import columns
from embeddings_core.selections import History
from embeddings_core.sounds import Sound
from embeddings_core.store import Store


def recorded(format: str) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, np.zeros(4_000, np.float32), 8_000, format=format)
    return buffer.getvalue()


FILES = [recorded("WAV"), recorded("FLAC"), recorded("OGG")]
TYPES = ["audio/wav", "audio/flac", "audio/ogg"]


def sounds(items: list[Sound]) -> ec.Dataset:
    table = pd.DataFrame({"file": ["a.wav", "b.flac", "c.ogg"], "seconds": [0.5] * 3})
    return ec.Dataset("sounds", "sound", items, table)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=ROUTES))


def test_a_sound_is_served_as_it_was_brought(client: TestClient, store: Store) -> None:
    fresh = sounds([Sound.from_bytes(raw) for raw in FILES])
    for data in (fresh, store.put_dataset(fresh)):
        publish_items(data)
        for item, (raw, kind) in enumerate(zip(FILES, TYPES, strict=True)):
            answer = client.get(sound_address(data, item))
            assert (answer.status_code, answer.content) == (200, raw)
            assert answer.headers["content-type"] == kind
            assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_part_of_a_kept_sound_can_be_asked_for(client: TestClient, store: Store) -> None:
    data = store.put_dataset(sounds([Sound.from_bytes(raw) for raw in FILES]))
    publish_items(data)
    answer = client.get(sound_address(data, 0), headers={"Range": "bytes=4-9"})
    assert (answer.status_code, answer.content) == (206, FILES[0][4:10])


def test_what_is_no_sound_is_not_served(client: TestClient, tmp_path: Path) -> None:
    gone = Sound(Sound.from_bytes(FILES[0]).digest, tmp_path / "gone")
    page = Sound.from_bytes(b"<script>alert(1)</script>")
    data, texts = sounds([gone, page, Sound.from_bytes(FILES[2])]), make_texts(["x"])
    publish_items(data)
    publish_items(texts)
    asked = [sound_address(data, 0), sound_address(data, 1), sound_address(data, 3), sound_address(texts, 0)]
    assert [client.get(address).status_code for address in asked] == [404] * 4


def test_cards_lists_and_the_table_can_play_it(client: TestClient) -> None:
    data = sounds([Sound.from_bytes(raw) for raw in FILES])
    card = client.get(f"{publish_items(data)}/1").json()
    assert (card["title"], card["sound"]) == ("b.flac", sound_address(data, 1))
    assert ["seconds", "0.5"] in card["fields"]
    (row,) = rows(data, [2])
    assert row["sound"] == sound_address(data, 2)
    assert "seconds: 0.5" in row["more"]
    sent = payload(data, History(3), None, "")
    assert f"{sent['sounds']}/1" == sound_address(data, 1)
    assert columns(data)[0]["name"] == "Sound"

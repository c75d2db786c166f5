"""The main job in a browser: bring data, encode it, see it, ask it, take it away."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
from made_documents import pdf
from playwright.sync_api import Page, expect
from steps import click_item, lasso, linked, open_page, open_panel, point_at, rows, see_map, settle

import embeddings_core as ec

pytestmark = [pytest.mark.browser, pytest.mark.model]

WICKED = "<script>document.title = 'broken'</script><b>bold</b>"
ANIMALS = ("cat", "dog", "horse", "sparrow", "trout")
PLACES = ("kitchen", "garden", "harbor", "library", "station")


def upload(page: Page, files: list[Path] | list[dict[str, object]]) -> None:
    page.goto("/data")
    page.locator(".st-key-upload input[type=file]").set_input_files(files)  # type: ignore[arg-type]


def encode(page: Page) -> None:
    page.locator(".st-key-encode button").click()


def test_a_csv_from_upload_to_reload(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "notes.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["id", "body", "place", "stars"])
        for i in range(60):
            text = f"The {ANIMALS[i % 5]} sat quietly in the {PLACES[i // 12]} for {i + 1} minutes"
            writer.writerow([i, WICKED if i == 3 else text, PLACES[i // 12], i / 7])
    upload(page, [path])
    expect(page.locator(".st-key-text_column input")).to_have_value("body")
    expect(page.get_by_text("60 texts will be encoded")).to_be_visible()
    encode(page)
    see_map(page, 60)
    # a click, its neighbors
    click_item(page, 20)
    expect(rows(page)).to_have_count(10)
    linked(page, "item")
    # what looks like markup is text, everywhere
    page.goto(page.url.split("?")[0] + "?" + re.sub(r"item=\d+", "item=3", page.url.split("?")[1]))
    see_map(page, 60)
    expect(page.locator(".st-key-center .ee-text")).to_have_text(WICKED)
    # a loop, another color
    lasso(page, 0.96)
    open_panel(page, "Selection")
    expect(page.get_by_text("are selected")).to_be_visible()
    page.locator(".st-key-color").get_by_role("combobox").click()
    page.get_by_role("option", name="stars").click()
    expect(page.locator(".ee-legend .ee-scale")).to_be_visible()
    # the file holds what is on screen
    open_panel(page, "Download")
    with page.expect_download() as download:
        page.locator(".st-key-download button").click()
    exported = ec.read(download.value.path(), text="body", name=download.value.suggested_filename)
    assert list(exported.items) == list(ec.read(path, text="body").items)
    assert {"x", "y", "cluster", "v0", "v383", "place"} <= set(pd.read_csv(download.value.path()).columns)
    # it stays
    page.reload()
    see_map(page, 60)
    open_page(page, "Data")
    expect(page.get_by_role("button", name="notes")).to_be_visible()
    assert page.title() != "broken"


def test_pictures_are_found_by_a_typed_text(page: Page) -> None:
    emoji = ec.sample("emoji")
    wanted = ("banana", "umbrella", "pizza", "hammer", "violin", "bus", "snail", "spider")
    names = emoji.metadata["name"].tolist()
    files = [
        {"name": f"{name}.png", "mimeType": "image/png", "buffer": emoji.items[names.index(name)].read()}
        for name in wanted
        if name in names
    ]
    assert len(files) >= 6
    upload(page, files)
    expect(page.get_by_text(f"{len(files)} pictures will be encoded")).to_be_visible()
    encode(page)
    see_map(page, len(files))
    for word in ("hammer", "violin"):
        page.locator(".st-key-query input").fill(word)
        page.locator(".st-key-query input").press("Enter")
        expect(rows(page).first).to_contain_text(word, timeout=120_000)
    expect(page.locator(".st-key-neighbors")).to_contain_text("approximat")
    expect(rows(page).first.locator("img")).to_have_js_property("complete", True)
    click_item(page, 0)
    expect(page.locator(".st-key-center img")).to_be_visible()


def paste(page: Page, lines: str) -> None:
    page.goto("/data")
    page.locator(".st-key-paste textarea").fill(lines)
    page.locator(".st-key-paste textarea").press("Control+Enter")
    page.locator(".st-key-use_paste button").click()


def test_pasted_lines_become_a_map(page: Page) -> None:
    paste(page, "apples\npears\n\nplums\ncherries\na broken engine\napples")
    expect(page.get_by_text("6 texts will be encoded")).to_be_visible()
    encode(page)
    see_map(page, 6)
    click_item(page, 1)
    expect(rows(page).first).to_be_visible()


def test_an_encode_can_be_stopped_and_goes_on_where_it_was(page: Page) -> None:
    lines = "\n".join(f"Sentence number {i} about {PLACES[i % 5]} and {ANIMALS[i % 3]} " * 6 for i in range(3000))
    upload(page, [{"name": "many.txt", "mimeType": "text/plain", "buffer": lines.encode()}])  # type: ignore[list-item]
    encode(page)
    expect(page.get_by_text(re.compile(r"[\d,]+ of 3,000 · .* a second")).first).to_be_visible(timeout=120_000)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text(re.compile(r"[\d,]+ of 3,000")).first).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Stopped")).to_be_visible()


def test_a_parquet_with_texts_and_vectors_opens_at_once(page: Page, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    group = np.arange(60) % 3
    vectors = (rng.normal(size=(3, 16))[group] * 4 + rng.normal(size=(60, 16))).astype(np.float32)
    texts = [f"The {ANIMALS[place]} number {row}" for row, place in enumerate(group)]
    frame = pd.DataFrame({"body": texts, "animal": [ANIMALS[place] for place in group], "embedding": list(vectors)})
    frame.to_parquet(tmp_path / "both.parquet")
    upload(page, [tmp_path / "both.parquet"])
    expect(page.get_by_text("Ready vectors were found: embedding, 16 numbers each")).to_be_visible()
    expect(page.get_by_text("60 texts with ready vectors of 16 numbers, which are used as they are")).to_be_visible()
    encode(page)
    see_map(page, 60)
    # the neighbors are those of the vectors that came along
    click_item(page, 0)
    item = int(page.locator(".st-key-center [data-item]").get_attribute("data-item") or -1)
    expect(rows(page)).to_have_count(10)
    for row in rows(page).all():
        expect(row).to_contain_text(ANIMALS[group[item]])


def test_a_zip_of_sounds_can_be_heard(page: Page, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "tones.zip", "w") as file:
        for place in range(12):
            hertz = (220, 440, 880)[place % 3] * (1 + place / 500)
            format = ("wav", "flac", "ogg", "mp3")[place % 4]
            file.writestr(f"{place}.{format}", recorded(hertz, format))
        file.writestr("broken.wav", b"RIFF and nothing more")
        file.writestr("labels.csv", "name,pitch\n" + "\n".join(f"{p}.{f},{p % 3}" for p, f in _named()))
    upload(page, [tmp_path / "tones.zip"])
    expect(page.get_by_text("12 sounds will be encoded")).to_be_visible()
    expect(page.get_by_text("1 file was left out")).to_be_visible()
    expect(page.locator("audio")).to_have_count(3)
    encode(page)
    see_map(page, 12)
    point_at(page, 4)
    expect(page.locator(".ee-card audio")).to_have_attribute("src", re.compile("/explorer/sounds/.*/4"))
    expect(page.locator(".ee-card")).to_contain_text("seconds")
    click_item(page, 4)
    expect(rows(page)).to_have_count(10)
    played = page.locator(".st-key-neighbor_list audio").first.evaluate(
        "async (audio) => { await audio.play(); return [audio.error, audio.duration]; }"
    )
    assert played == [None, pytest.approx(2, abs=0.1)]
    open_panel(page, "Table")
    play = page.locator(".ee-table-sound button").first
    expect(play).to_have_attribute("aria-label", "Play 0.wav")
    play.click()
    expect(play).to_have_attribute("aria-label", "Stop 0.wav")
    expect(play).to_have_attribute("aria-label", "Play 0.wav")


def _named() -> list[tuple[int, str]]:
    return [(place, ("wav", "flac", "ogg", "mp3")[place % 4]) for place in range(12)]


def recorded(hertz: float, format: str) -> bytes:
    buffer = io.BytesIO()
    wave = 0.3 * np.sin(2 * np.pi * hertz * np.arange(32_000) / 16_000)
    soundfile.write(buffer, wave.astype(np.float32), 16_000, format=format.upper())
    return buffer.getvalue()


def test_a_pdf_becomes_passages_with_headings_and_pages(page: Page, tmp_path: Path) -> None:
    pages = [f"Chapter {at}.\nThe {ANIMALS[at]} lives in the {PLACES[at]}." for at in range(5)]
    (tmp_path / "book.pdf").write_bytes(pdf(pages, [(f"About the {ANIMALS[at]}", at, None) for at in range(5)]))
    upload(page, [tmp_path / "book.pdf"])
    expect(page.get_by_text("Split into passages of about 1,000 characters")).to_be_visible()
    expect(page.get_by_text("5 texts will be encoded")).to_be_visible()
    encode(page)
    see_map(page, 5)
    click_item(page, 2)
    expect(page.locator(".st-key-center")).to_contain_text("Chapter")
    expect(page.locator(".st-key-center")).to_contain_text("heading: About the")
    expect(page.locator(".st-key-center")).to_contain_text("document: book.pdf")


def test_the_samples_open(page: Page) -> None:
    page.goto("/data")
    page.locator(".st-key-sample").get_by_text("Handwritten digits").click()
    expect(page.get_by_text("UCI").first).to_be_visible()
    page.locator(".st-key-open_sample button").click()
    page.locator(".st-key-projection").get_by_text("PCA").click()
    see_map(page, 1797)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.csv", b"", "empty"),
        ("picture.png", b"\x89PNG\r\n\x1a\nbroken", "picture"),
        ("wrong.parquet", b"not a table", "wrong.parquet"),
    ],
)
def test_bad_files_get_a_message_and_nothing_is_lost(page: Page, name: str, content: bytes, said: str) -> None:
    upload(page, [{"name": name, "mimeType": "application/octet-stream", "buffer": content}])  # type: ignore[list-item]
    alert = page.locator("[data-testid=stAlert]").first
    expect(alert).to_contain_text(re.compile(said, re.IGNORECASE))
    settle(page)
    open_page(page, "Explore")
    see_map(page, 615)

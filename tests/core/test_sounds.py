"""Sounds: every format, decoded to one channel at any rate; damaged, long and lying ones are told."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
from conftest import packed

import embeddings_core as ec
from embeddings_core.errors import InputError, ParameterError
from embeddings_core.readers import load, read_bytes
from embeddings_core.sounds import SECONDS, Sound, check, media_type
from embeddings_core.store import Store

FORMATS = {"wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "mp3": "audio/mpeg"}


def tone(hertz: float = 440, seconds: float = 0.5, rate: int = 16_000, channels: int = 1) -> np.ndarray:
    wave = 0.5 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)
    return np.repeat(wave[:, None], channels, axis=1).astype(np.float32)


def recorded(format: str = "wav", rate: int = 16_000, subtype: str | None = None, **kind: float) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, tone(rate=rate, **kind), rate, format=format.upper(), subtype=subtype)  # type: ignore[arg-type]
    return buffer.getvalue()


def pitch(samples: np.ndarray, rate: int) -> float:
    """The loudest frequency, in hertz."""
    return float(np.abs(np.fft.rfft(samples)).argmax() * rate / len(samples))


@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_decoded_and_known_by_its_first_bytes(format: str) -> None:
    raw = recorded(format, channels=2)
    assert media_type(raw[:12]) == FORMATS[format]
    sound = Sound.from_bytes(raw)
    samples = sound.samples(16_000)
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert sound.seconds == pytest.approx(0.5, abs=0.1)
    assert len(samples) == pytest.approx(8_000, abs=1_600)
    assert pitch(samples, 16_000) == pytest.approx(440, abs=6)
    assert (check(raw).rate, check(raw).channels) == (16_000, 2)


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "FLOAT", "DOUBLE", "ULAW"])
def test_every_kind_of_wav(subtype: str) -> None:
    samples = Sound.from_bytes(recorded(subtype=subtype)).samples(16_000)
    np.testing.assert_allclose(samples, tone()[:, 0], atol=0.03)


@pytest.mark.parametrize(("rate", "wanted"), [(44_100, 16_000), (8_000, 16_000), (16_000, 16_000), (48_000, 22_050)])
def test_the_pitch_stays_at_any_rate(rate: int, wanted: int) -> None:
    samples = Sound.from_bytes(recorded(rate=rate)).samples(wanted)
    assert len(samples) == pytest.approx(wanted / 2, abs=2)
    assert pitch(samples, wanted) == pytest.approx(440, abs=4)
    with pytest.raises(ParameterError, match="The rate is 0"):
        Sound.from_bytes(recorded()).samples(0)


def test_channels_become_their_mean_and_what_is_no_number_silence() -> None:
    buffer = io.BytesIO()
    both = np.stack([np.full(1000, 0.5), np.full(1000, -0.25)], axis=1).astype(np.float32)
    both[10] = np.nan
    soundfile.write(buffer, both, 16_000, format="WAV", subtype="FLOAT")
    samples = Sound.from_bytes(buffer.getvalue()).samples()
    assert samples[0] == pytest.approx(0.125)
    assert samples[10] == 0


def lying(raw: bytes, at: int, pack: str, value: int) -> bytes:
    changed = bytearray(raw)
    struct.pack_into(pack, changed, at, value)
    return bytes(changed)


WAV = recorded()
HOSTILE = {
    "no sound": (b"RIFFxxxxAVI nothing", "no sound"),
    "only a header": (WAV[:44], "is empty|damaged"),
    "cut off in the header": (WAV[:20], "damaged"),
    "noise after the mark": (b"fLaC" + bytes(range(256)) * 4, "damaged"),
    "ogg": (b"OggS" + bytes(200), "damaged"),
    "mp3": (b"\xff\xfb" + bytes(200), "damaged|is empty"),
    "a thousand channels": (lying(WAV, 22, "<H", 1000), "1,000 channels|damaged|is empty"),
    "four thousand million samples a second": (lying(WAV, 24, "<I", 2**32 - 1), "samples a second|damaged"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sounds(name: str) -> None:
    raw, match = HOSTILE[name]
    with pytest.raises(InputError, match=match) as caught:
        check(raw)
    assert caught.value.hint


def test_a_header_that_claims_hours_gives_what_is_there() -> None:
    assert Sound.from_bytes(lying(WAV, 40, "<I", 2**31)).seconds == pytest.approx(0.5, abs=0.01)


def test_a_sound_that_is_too_long_is_told() -> None:
    raw = recorded("flac", rate=1_000, seconds=SECONDS + 1)
    with pytest.raises(InputError, match="longer than 10 minutes"):
        check(raw)


def test_sounds_in_every_way_they_can_be_brought(tmp_path: Path, store: Store) -> None:
    files = {"a.wav": WAV, "b/high.flac": recorded("flac", hertz=880), "b/low.mp3": recorded("mp3", hertz=220)}
    for name, raw in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(raw)
    uploads = [io.BytesIO(raw) for raw in files.values()]
    for upload, name in zip(uploads, files, strict=True):
        upload.name = name  # type: ignore[attr-defined]
    sounds = [Sound.from_bytes(raw) for raw in files.values()]
    for way in (tmp_path, packed(files), [tmp_path / name for name in files], uploads, sounds):
        loaded = load(way, "all.zip" if isinstance(way, bytes) else None)
        assert [sound.digest for sound in loaded.media] == [sound.digest for sound in sounds]
        assert loaded.kind == "sound"
        assert loaded.table["seconds"].round(1).tolist() == pytest.approx([0.5, 0.5, 0.5], abs=0.1)
    data = ec.read(tmp_path)
    assert data.metadata["folder"].tolist() == ["", "b", "b"]
    kept = store.get_dataset(store.put_dataset(data).fingerprint)
    assert [item.read() for item in kept.items] == list(files.values())  # type: ignore[union-attr]


def test_damaged_ones_are_skipped_with_the_reason_and_pictures_among_them_too() -> None:
    from PIL import Image

    from embeddings_core.pictures import picture_bytes

    picture = picture_bytes(Image.new("RGB", (9, 7)))
    files = {"a.wav": WAV, "b.wav": recorded(hertz=880), "bad.mp3": b"bad", "c.png": picture, "notes.pdf": b"x"}
    loaded = read_bytes(packed(files), "a.zip")
    assert loaded.table["file"].tolist() == ["a.wav", "b.wav"]
    assert {name: why.split()[-1] for name, why in loaded.skipped} == {
        "bad.mp3": "read.", "c.png": "are.", "notes.pdf": "read.",
    }  # fmt: skip
    with pytest.raises(InputError, match=r"a\.wav cannot be used\. The sound is damaged") as caught:
        read_bytes(WAV[:20], "a.wav")
    assert "WAV, FLAC, OGG or MP3" in caught.value.hint


def test_a_name_may_lie() -> None:
    loaded = read_bytes(recorded("flac"), "a.csv")
    assert loaded.kind == "sound"
    assert "name ends in .csv" in loaded.notes[0]

"""What every encoder promises, over the whole registry; then what single families add."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import tone
from PIL import Image, ImageDraw
from tiny_models import save_bert, save_clip, save_keras, save_resnet, save_sentence_model, save_wav2vec2

from embeddings_core.encoders import Encoder, encode_items, encoders_for, get_encoder, split_id
from embeddings_core.encoders.combined import usual
from embeddings_core.errors import InputError, MissingPackage, ParameterError
from embeddings_core.pictures import Picture, picture_bytes
from embeddings_core.plugins import EncoderSpec, Need, specs
from embeddings_core.space import Dataset, Item, Kind, Row

ROOT = Path(__file__).parents[2]


def picture(seed: int, size: tuple[int, int] = (90, 60)) -> Picture:
    """A few colored shapes."""
    rng = np.random.default_rng(seed)
    image = Image.new("RGB", size, tuple(int(v) for v in rng.integers(0, 255, 3)))
    for _ in range(4):
        x, y, w, h = (int(v) for v in rng.integers(0, 50, 4))
        color = tuple(int(v) for v in rng.integers(0, 255, 3))
        ImageDraw.Draw(image).rectangle((x, y, x + w, y + h), fill=color)
    return Picture.from_bytes(picture_bytes(image))


ITEMS: dict[Kind, list[Item]] = {
    "text": [
        "The train is late again.",
        "",
        "Where is my parcel?",
        "a " * 900,
        "half \ud800 a character",
        "Ünïcödé 漢字 🙂",
    ],
    "image": [picture(seed) for seed in range(5)] + [picture(9, (7, 300))],
    "sound": [tone(pitch) for pitch in (110, 220, 440, 880)] + [tone(440, noise=0.2), tone(440, 0.01)],
    "row": [
        Row((("price", 2.0), ("color", "red"))),
        Row((("price", 3.5), ("color", "red"))),
        Row((("price", None), ("color", "blue"))),
        Row((("price", 2.0), ("color", "blue"))),
        Row((("price", -1e3), ("color", None))),
        Row((("price", 7.0),)),
    ],
    "vector": list(np.random.default_rng(0).normal(size=(6, 12)).astype(np.float32)),
}
# of what is made for one kind of data only
USUAL: dict[str, dict[Kind, str]] = {
    "combined": {"image": usual("image"), "sound": "combined?first=mel&second=mel%3Floudness%3DTrue"}
}
REAL = [pytest.param(spec, id=spec.id, marks=[pytest.mark.model] if spec.size_mb else []) for spec in specs("encoders")]
CASES = [
    pytest.param(
        spec, kind, id=f"{spec.id}-{kind}", marks=[pytest.mark.model] if spec.size_mb or spec.id in USUAL else []
    )
    for spec in specs("encoders")
    if all(need.here for need in spec.needs)  # what is optional is tried where it is
    for kind in spec.reads
]


SMALL = {
    "audio": save_wav2vec2,
    "clip": save_clip,
    "keras": lambda folder: f"MobileNetV3Small={save_keras(folder.with_suffix('.weights.h5'))}",
    "timm": save_resnet,
    "transformers": save_bert,
}


class Folders(dict[str, Path | str]):
    """Small models for families whose default comes from the internet, by family, made when they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __missing__(self, family: str) -> Path | str:
        self[family] = SMALL[family](self.folder / family)
        return self[family]


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> Folders:
    return Folders(tmp_path_factory.mktemp("families"))


def open_family(spec: EncoderSpec, folders: Folders, kind: Kind) -> Encoder:
    """The family's default encoder; where that needs a hub, one with a small model in a folder; one that learns
    from the data has learned from ITEMS."""
    encoder = get_encoder(f"{spec.id}:{folders[spec.id]}" if spec.hub else USUAL.get(spec.id, {}).get(kind, spec.id))
    return encoder.fit(data_of(kind)) if hasattr(encoder, "fit") else encoder


def data_of(kind: Kind) -> Dataset:
    return Dataset("items", kind, ITEMS[kind], pd.DataFrame(index=range(len(ITEMS[kind]))))


@pytest.mark.parametrize(("spec", "kind"), CASES)
class TestContract:
    def test_one_finite_float32_row_an_item(self, spec, kind, folders):
        encoder = open_family(spec, folders, kind)
        vectors = encoder.encode(ITEMS[kind])
        assert vectors.dtype == np.float32
        assert vectors.shape == (6, encoder.spec.dimension or vectors.shape[1])
        assert np.isfinite(vectors).all()

    def test_same_items_same_rows(self, spec, kind, folders):
        encoder = open_family(spec, folders, kind)
        np.testing.assert_array_equal(encoder.encode(ITEMS[kind]), encoder.encode(ITEMS[kind]))

    def test_company_and_order_do_not_matter(self, spec, kind, folders):
        encoder = open_family(spec, folders, kind)
        together = encoder.encode(ITEMS[kind])
        alone = np.concatenate([encoder.encode([item]) for item in ITEMS[kind]])
        backwards = encoder.encode(ITEMS[kind][::-1])[::-1]
        np.testing.assert_allclose(alone, together, atol=1e-5)
        np.testing.assert_allclose(backwards, together, atol=1e-5)

    def test_different_items_have_different_rows(self, spec, kind, folders):
        vectors = open_family(spec, folders, kind).encode(ITEMS[kind])
        nothing = ~vectors.any(axis=1)  # a text without a known word
        assert len(np.unique(vectors.round(6), axis=0)) == 6 - max(0, nothing.sum() - 1)
        assert nothing.sum() <= 2

    def test_nothing_gives_no_rows(self, spec, kind, folders):
        encoder = open_family(spec, folders, kind)
        nothing = encoder.encode([])
        assert nothing.shape[0] == 0
        assert nothing.dtype == np.float32
        if kind != "vector":
            assert nothing.shape[1] == encoder.encode(ITEMS[kind][:1]).shape[1]
        assert encode_items(encoder, []).shape == nothing.shape

    def test_other_kinds_are_refused(self, spec, kind, folders):
        encoder = open_family(spec, folders, kind)
        for other in ITEMS.keys() - set(spec.reads):
            with pytest.raises(InputError):
                encoder.encode(ITEMS[other])


@pytest.mark.parametrize("spec", REAL)
def test_spec_tells_what_the_screen_needs(spec):
    assert all((spec.label, spec.summary, spec.license, spec.source))
    assert spec.bridge == "" or get_encoder(spec.bridge).spec.reads == ("text", "image")
    assert all(spec in encoders_for(kind) for kind in spec.reads)


@pytest.mark.parametrize("spec", [pytest.param(s, id=s.id) for s in specs("encoders") if s.needs])
def test_missing_package_names_its_cure(spec, monkeypatch):
    monkeypatch.setattr(Need, "here", False)
    with pytest.raises(MissingPackage) as caught:
        get_encoder.__wrapped__(spec.id)
    assert caught.value.hint == "Run: pip install " + " ".join(need.package for need in spec.needs)


@pytest.mark.model
def test_fingerprints_are_stable_and_distinct(folders, tmp_path):
    here = [spec for spec in specs("encoders") if all(need.here for need in spec.needs)]
    ids = [f"{s.id}:{folders[s.id]}" if s.hub else s.id for s in here]
    ids += [f"clip:{save_clip(tmp_path / 'other', seed=1)}", f"minilm:{save_sentence_model(tmp_path / 'bert')}"]
    prints = [get_encoder.__wrapped__(id).fingerprint for id in ids]
    assert prints == [get_encoder.__wrapped__(id).fingerprint for id in ids]
    assert len(set(prints)) == len(ids)


@pytest.mark.model
def test_fingerprint_follows_every_setting_in_a_folder(tmp_path):
    folder = save_sentence_model(tmp_path / "bert")
    before = get_encoder.__wrapped__(str(folder)).fingerprint
    pooling = folder / "1_Pooling" / "config.json"
    changed = pooling.read_text().replace("mean", "cls")
    assert changed != pooling.read_text()
    pooling.write_text(changed)
    assert get_encoder.__wrapped__(str(folder)).fingerprint != before


@pytest.mark.model
def test_listing_and_fingerprints_load_no_model_library(folders):
    code = """
import json, os, sys
import embeddings_core as ec
found = {}
for spec in ec.encoders():
    try:
        found[spec.id] = ec.get_encoder(spec.id).fingerprint
    except ec.CoreError as error:
        found[spec.id] = type(error).__name__
found["folder"] = ec.get_encoder(os.environ["CLIP_FOLDER"]).fingerprint
heavy = ("torch", "transformers", "sentence_transformers", "timm", "open_clip", "sklearn", "umap", "keras", "soundfile")
print(json.dumps([found, [name for name in heavy if name in sys.modules]]))
"""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "CLIP_FOLDER": str(folders["clip"]), "HF_HUB_OFFLINE": "1"},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    found, heavy = json.loads(run.stdout)
    assert heavy == []
    silent = {name: answer for name, answer in found.items() if len(answer) != 64}
    missing = {spec.id for spec in specs("encoders") if not all(need.here for need in spec.needs)}
    assert {name for name in silent if name not in missing} <= {spec.id for spec in specs("encoders") if spec.hub}
    assert {silent[name] for name in missing & set(silent)} <= {"MissingPackage"}
    assert found["minilm"] == get_encoder("minilm").fingerprint


@pytest.mark.parametrize(
    ("id", "family", "model"),
    [
        ("minilm", "minilm", ""),
        ("minilm:sentence-transformers/all-mpnet-base-v2", "minilm", "sentence-transformers/all-mpnet-base-v2"),
        ("BAAI/bge-small-en-v1.5", "minilm", "BAAI/bge-small-en-v1.5"),
        ("clip:ViT-B-32/openai", "clip", "ViT-B-32/openai"),
        ("hf-hub:org/name", "clip", "hf-hub:org/name"),
        ("local-dir:/some/folder", "clip", "local-dir:/some/folder"),
    ],
)
def test_ids_name_family_and_model(id, family, model):
    assert split_id(id) == (family, model)


@pytest.mark.model
def test_a_folder_names_its_family(folders, tmp_path):
    assert split_id(str(folders["timm"])) == ("timm", str(folders["timm"]))
    assert split_id(str(folders["audio"]))[0] == "audio"
    assert split_id(str(folders["clip"]))[0] == "clip"
    assert split_id(str(tmp_path))[0] == "minilm"


def test_unknown_id_lists_what_there_is():
    with pytest.raises(ParameterError) as caught:
        get_encoder("word2vec")
    assert "minilm" in caught.value.hint


class TestPixels:
    def test_eight_by_eight_gives_its_gray_values(self):
        gray = np.random.default_rng(0).integers(0, 256, (8, 8)).astype(np.uint8)
        item = Picture.from_bytes(picture_bytes(Image.fromarray(gray)))
        vectors = get_encoder("pixels").encode([item])
        np.testing.assert_allclose(vectors[0], gray.ravel() / 255 * 16, rtol=1e-6)

    def test_larger_pictures_are_averaged_by_area(self):
        gray = np.random.default_rng(1).integers(0, 256, (24, 40)).astype(np.uint8)
        item = Picture.from_bytes(picture_bytes(Image.fromarray(gray)))
        means = gray.reshape(8, 3, 8, 5).mean(axis=(1, 3)).ravel() / 255 * 16
        np.testing.assert_allclose(get_encoder("pixels").encode([item])[0], means, atol=1e-4)

    def test_digits_give_back_their_data(self):
        from sklearn.datasets import load_digits

        data = load_digits().data[:20]
        images = [Image.fromarray(np.rint(row.reshape(8, 8) * 255 / 16).astype(np.uint8)) for row in data]
        items = [Picture.from_bytes(picture_bytes(image)) for image in images]
        np.testing.assert_allclose(get_encoder("pixels").encode(items), data, atol=0.5 * 16 / 255 + 1e-6)


def test_ready_vectors_come_back_and_must_agree_in_length():
    rows = np.arange(12, dtype=np.float32).reshape(3, 4)
    np.testing.assert_array_equal(get_encoder("ready").encode(list(rows)), rows)
    with pytest.raises(InputError, match="2 to 4 numbers"):
        get_encoder("ready").encode([rows[0], rows[0, :2]])

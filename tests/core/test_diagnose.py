"""The figures of a space: known dimensions of known shapes, the spectrum NumPy finds, what is not defined, samples."""

from __future__ import annotations

import importlib
import math

import numpy as np
import pytest
from conftest import blobs, make_space, make_texts
from hypothesis import given
from hypothesis import strategies as st

import embeddings_core as ec
from embeddings_core.diagnose.dimension import dimensions
from embeddings_core.diagnose.normal import MEASURED, MEASURES, reading
from embeddings_core.errors import Cancelled, InputError
from embeddings_core.store import Store

MODULE = importlib.import_module("embeddings_core.diagnose")  # the package's name for it is the function


def shape(kind: str, n: int = 2_500) -> np.ndarray:
    rng = np.random.default_rng(0)
    if kind == "swiss roll":
        from sklearn.datasets import make_swiss_roll

        return np.asarray(make_swiss_roll(n, random_state=0)[0])
    if kind == "line":
        return np.outer(rng.random(n), rng.normal(size=30))
    if kind == "sphere":
        points = rng.normal(size=(n, 3))
        return points / np.linalg.norm(points, axis=1, keepdims=True) @ rng.normal(size=(3, 40))
    return rng.normal(size=(n, 10))


@pytest.mark.parametrize(
    ("kind", "true", "within"), [("swiss roll", 2, 0.2), ("gaussian", 10, 1), ("line", 1, 0.1), ("sphere", 2, 0.2)]
)
def test_known_shapes_have_their_dimension(kind: str, true: float, within: float, store: Store) -> None:
    found = ec.diagnose(make_space(shape(kind)), store=store)
    for estimate in (found.two_nn, found.likeliest):
        assert estimate.value == pytest.approx(true, abs=within)
        assert estimate.low < estimate.value < estimate.high
        assert estimate.high - estimate.low < 0.15 * true
    assert found.intrinsic_dimension == found.two_nn.value


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(1e-3, 1e3))
def test_the_dimension_knows_no_turn_and_no_scale(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(60, 4)).astype(np.float32)
    turned = (scale * points @ np.linalg.qr(rng.normal(size=(4, 4)))[0]).astype(np.float32)
    for before, after in zip(dimensions(points), dimensions(turned), strict=True):
        assert after.value == pytest.approx(before.value, rel=1e-2)


def test_copies_change_no_dimension_and_are_counted(store: Store) -> None:
    points = shape("sphere", 600)
    twice = np.concatenate([points, points, points[:300]])
    found, alone = (ec.diagnose(make_space(p), store=store) for p in (twice, points))
    assert found.duplicates == 900 / 1_500
    assert alone.duplicates == 0
    assert found.two_nn == alone.two_nn
    dusty = np.concatenate([points, points + 1e-7])
    assert ec.diagnose(make_space(dusty), store=store).duplicates < 0.5
    near = dimensions(np.concatenate([points, points[:40] + 1e-6]).astype(np.float32))[0]
    assert near.value == pytest.approx(alone.two_nn.value, abs=0.25)


@pytest.mark.parametrize(("n", "d"), [(200, 12), (15, 40)])
def test_the_spectrum_is_numpys(n: int, d: int, store: Store) -> None:
    vectors = np.random.default_rng(0).normal(size=(n, d)) * np.arange(1, d + 1) + 5
    found = ec.diagnose(make_space(vectors), store=store)
    singular = np.linalg.svd(vectors - vectors.mean(axis=0), compute_uv=False)
    shares = singular[singular > 1e-9] / singular.sum()
    assert found.spectrum.shape == (d,)
    np.testing.assert_allclose(found.spectrum[: len(singular)], singular**2 / (singular**2).sum(), atol=1e-6)
    assert found.effective_rank == pytest.approx(math.exp(-(shares * np.log(shares)).sum()), rel=1e-3)
    assert found.used == pytest.approx(found.effective_rank / min(n - 1, d))
    assert 0 < found.used <= 1


def test_the_mean_cosine_is_that_of_all_pairs(store: Store) -> None:
    vectors = np.random.default_rng(0).normal(size=(70, 5)) + 1
    vectors[7] = 0
    kept = np.delete(vectors, 7, axis=0)
    unit = kept / np.linalg.norm(kept, axis=1, keepdims=True)
    found = ec.diagnose(make_space(vectors), store=store)
    assert found.mean_cosine == pytest.approx((unit @ unit.T)[np.triu_indices(69, 1)].mean(), abs=1e-6)
    assert found.norms == pytest.approx(np.quantile(np.linalg.norm(vectors, axis=1), [0, 0.5, 1]))


def test_hubness_is_that_of_the_list_of_hubs(store: Store) -> None:
    space = make_space(blobs(200, 30)[0])
    assert ec.diagnose(space, store=store).hubness == ec.find_hubs(space, store=store).skew


def test_what_is_not_defined_is_not_a_number(store: Store) -> None:
    found = ec.diagnose(make_space(np.full((30, 4), 0.3)), store=store)
    assert found.mean_cosine == pytest.approx(1)
    assert found.duplicates == 29 / 30
    assert all(map(math.isnan, (found.intrinsic_dimension, found.likeliest.low, found.effective_rank, found.hubness)))
    assert found.spectrum.tolist() == [0, 0, 0, 0]
    assert {r.name: r.verdict for r in found.readings} == {
        "intrinsic_dimension": "unknown", "mean_cosine": "high", "used": "unknown", "hubness": "unknown",
        "duplicates": "high",
    }  # fmt: skip
    few = ec.diagnose(make_space(np.random.default_rng(0).normal(size=(3, 4))), store=store)
    assert math.isnan(few.intrinsic_dimension)
    assert math.isnan(ec.diagnose(make_space(np.zeros((3, 4))), store=store).mean_cosine)
    with pytest.raises(InputError, match="One item makes no space"):
        ec.diagnose(make_space(np.ones((1, 4))), store=store)


def test_a_grid_has_no_ratios(store: Store) -> None:
    grid = np.stack(np.meshgrid(*[np.arange(6.0)] * 3), axis=-1).reshape(-1, 3)
    found = ec.diagnose(make_space(grid), store=store)
    assert math.isnan(found.intrinsic_dimension)
    assert found.likeliest.value > 0


def test_of_very_many_a_sample_is_measured(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    space = make_space(shape("gaussian", 1_200))
    whole = ec.diagnose(space, store=store)
    monkeypatch.setattr(MODULE, "MOST", 900)
    part = ec.diagnose(space, store=Store(store.home / "fresh"))
    assert (part.sampled, part.measured, part.n) == (True, 900, 1_200)
    assert not whole.sampled
    assert (part.mean_cosine, part.norms, part.duplicates) == (whole.mean_cosine, whole.norms, whole.duplicates)
    assert part.two_nn.low < whole.intrinsic_dimension < part.two_nn.high
    assert part.effective_rank == pytest.approx(whole.effective_rank, rel=0.01)
    assert part.hubness == pytest.approx(whole.hubness, abs=0.5)


def test_it_is_remembered_and_can_be_stopped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    space, seen = make_space(blobs(150, 9)[0]), []
    found = ec.diagnose(space, store=store, progress=lambda done, total: seen.append(done / total))
    assert seen == sorted(seen)
    assert len(seen) > 2

    def stop(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        ec.diagnose(make_space(blobs(140, 9)[0]), store=store, progress=stop)
    monkeypatch.delattr(MODULE, "_diagnosed")
    again = ec.diagnose(space, store=store)
    assert again.readings == found.readings
    assert again.spectrum.tolist() == found.spectrum.tolist()


@pytest.mark.parametrize("encoder", ["minilm", "tfidf", "random"])
def test_what_was_measured_is_measured_again(encoder: str, store: Store) -> None:
    ec.seed(store)
    known = MEASURED[encoder]
    found = ec.diagnose(ec.encode(ec.sample(known.sample), encoder, store=store), store=store)
    for name in ("intrinsic_dimension", "mean_cosine", "used", "hubness"):
        assert getattr(found, name) == pytest.approx(getattr(known, name), rel=0.03, abs=0.02)
    assert {r.name: r.verdict for r in found.readings if r.verdict != "usual"} == (
        {"intrinsic_dimension": "high"} if encoder == "random" else {}
    )
    assert found.readings[0].known == f"{encoder} on the sample everyday: {known.intrinsic_dimension:g}"
    assert found.readings[-1].known == ""


def test_readings_of_other_encoders_say_the_usual_range_only() -> None:
    found = [reading(name, measure.low - 0.01, "someone/else") for name, measure in MEASURES.items()]
    assert {(r.verdict, r.known) for r in found} == {("low", "")}
    assert all(r.measure.meaning and r.measure.reason for r in found)


def test_items_of_one_text_each_are_enough(store: Store) -> None:
    found = ec.diagnose(make_space(np.eye(2), make_texts(["a", "b"])), store=store)
    assert (found.mean_cosine, found.hubness, found.duplicates) == (0, 0, 0)
